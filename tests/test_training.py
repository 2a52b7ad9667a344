"""The recipe of the shipped model: what is read, how words are cut, and that the arithmetic is Adam's."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from semsearch.encoders import StaticEncoder, WordPieces

torch = pytest.importorskip("torch")
data = pytest.importorskip("training.data", reason="run pytest from the checkout: python -m pytest")
from training import export, glossary, model, vocabulary  # noqa: E402


def test_test_sentences_are_kept_out(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("It rains.\tDet regner.\ttatoeba\nThe road\tVejen\tcdt\n")
    assert data.read_bitext(path, {data.key_of("DET  REGNER")}) == [("The road", "Vejen", "cdt")]


def test_names_attendance_and_votes_are_dropped() -> None:
    assert data.without_names("Tak til hr. Ole Bo Hansen (S) for svaret, Mona.", {"Mona"}) == (
        "Tak til (S) for svaret, ."
    )
    assert (
        data.ATTENDANCE.sub("", "Godkendt.\nFraværende: Ole Hansen\nImod stemte (Ø)").strip() == "Godkendt."
    )


def test_passages_are_even_and_whole() -> None:
    text = " ".join(str(i) for i in range(250))
    parts = data.passages_of(text, 110)
    assert " ".join(parts) == text
    assert [len(part.split()) for part in parts] == [125, 125]


def test_html_is_cut_at_headings() -> None:
    html = "<h3>Beslutning</h3><p>Godkendt &amp; sendt.</p><h2>Resume</h2><div>Kort.</div>"
    assert list(data.split_html(html)) == [("Beslutning", "Godkendt & sendt."), ("Resume", "Kort.")]


def test_glossary_finds_what_comes_and_goes_together() -> None:
    rows = [
        ("the road is long", "vejen er lang"),
        ("the road", "vejen"),
        ("the school is long", "skolen er lang"),
        ("the road is old", "vejen er gammel"),
    ]
    words = glossary.glossary(rows)
    assert (words["vejen"], words["lang"]) == ("road", "long")
    assert glossary.swap("Vejen er ny", words)[0].startswith("road")


def test_words_by_hand_stand_for_their_forms() -> None:
    words = glossary.with_hand({"vejene": "lanes"}, [("road", "vej"), ("street", "vej")])
    assert glossary.swap("Vejene og vejen", words) == ("lanes og road", 2 / 3)


def test_lists_by_hand_are_read_but_for_what_is_banned() -> None:
    everything = data.hand_pairs("by hand", data.BY_HAND, set())
    first = everything.left[0]
    assert first not in data.hand_pairs("by hand", data.BY_HAND, {data.key_of(first)}).left
    assert all(" " not in word for word in everything.right)
    assert everything.best_first()[0] == (first, everything.right[0])


def test_commonest_words_and_every_sign_are_pieces() -> None:
    counts = vocabulary.count_words([(["vej og vej", "bog"], 3.0), (["sti"], 1.0)])
    assert counts["vej"] == 6
    pieces = vocabulary.choose_pieces(counts, size=10)
    assert pieces[0] == vocabulary.UNKNOWN
    assert {"vej", "v", "e", "j", "o", "g"} <= set(pieces)
    assert "sti" not in pieces


def test_saved_model_is_the_rows(tmp_path: Path) -> None:
    pieces = [vocabulary.UNKNOWN, "bog", "vej"]
    rows = np.array([[9, 9], [3, 4], [0, -2]], dtype=np.float32)
    export.save_model(tmp_path, pieces, rows)
    vectors = StaticEncoder(tmp_path).encode_passages(["bog", "VEJ", "bog vej", "ukendt"])
    assert np.allclose(vectors, [[0.6, 0.8], [0.0, -1.0], [0.832, 0.555], [0.0, 0.0]], atol=0.01)


def bags(*texts: str) -> model.Bags:
    return model.Bags(texts, WordPieces.of([vocabulary.UNKNOWN, "a", "b", "c"]))


def test_bags_cut_batches() -> None:
    rng = np.random.default_rng(0)
    ids, offsets = bags("a b", "c", "b b c").take(np.array([2, 0]), None, rng)
    assert (ids.tolist(), offsets.tolist()) == ([2, 2, 3, 1, 2], [0, 3])


def test_dropping_pieces_leaves_one_at_least() -> None:
    drop = np.ones(2, dtype=np.float32)
    ids, offsets = bags("a b", "b b c").take(np.array([0, 1]), drop, np.random.default_rng(0))
    assert offsets.tolist() == [0, 1]
    assert len(ids) == 2


def test_same_group_is_no_negative() -> None:
    left, plain = torch.eye(3), model.Recipe(scale=5.0, margin=0.0)
    apart = model.contrast(left, left, torch.tensor([[0], [1], [2]]), plain)
    together = model.contrast(left, left, torch.tensor([[0, 3], [0, 4], [1, 4]]), plain)
    assert float(apart) == pytest.approx(np.log(1 + 2 * np.exp(-5.0)), rel=1e-4)
    met = [np.log(1 + np.exp(-5.0)), 0.0, np.log(1 + np.exp(-5.0))]  # the middle pair shares a text with each
    assert float(together) == pytest.approx(np.mean(met), abs=1e-6)


def test_a_pair_must_win_by_the_margin_and_against_its_own_language() -> None:
    left, group = torch.eye(3), torch.tensor([[0], [1], [2]])
    close = model.contrast(left, left, group, model.Recipe(scale=5.0, margin=0.2))
    both = model.contrast(left, left, group, model.Recipe(scale=5.0, margin=0.0), within=True)
    assert float(close) == pytest.approx(np.log(1 + 2 * np.exp(-4.0)), rel=1e-4)
    assert float(both) == pytest.approx(np.log(1 + 4 * np.exp(-5.0)), rel=1e-4)


def task(left: model.Bags, right: model.Bags, batch: int) -> model.Task:
    return model.Task("pairs", left, right, np.arange(len(left))[:, None], 1.0, batch, parallel=True)


def test_neighbourhoods_hold_the_nearest_translations() -> None:
    texts = ("a", "a a a b", "c", "c c c b")
    weights = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    for seed in range(5):
        pairs = task(bags(*texts), bags(*texts), batch=2)
        rows = model.neighbourhoods(pairs, weights, np.random.default_rng(seed), near=1)
        assert sorted(rows.tolist()) in ([0, 1], [2, 3])


def test_directions_of_the_languages_are_taken_out() -> None:
    rows = np.array([[0, 0, 0], [5, 0, 1], [0, 5, 1], [0, 0, 2]], dtype=np.float32)
    left = model.without_means(rows, [task(bags("a", "a"), bags("b", "b"), batch=2)])
    assert np.allclose(left[1:3], 0, atol=1e-5)
    assert np.linalg.norm(left[3]) > 1


def test_forms_of_one_word_begin_alike() -> None:
    pieces = [vocabulary.UNKNOWN, "vejene", "vejen", "road", "skole", "school"]
    words = WordPieces.of(pieces)
    pairs = task(model.Bags(["road", "school"], words), model.Bags(["vejen", "skole"], words), batch=2)
    rows = model.start_rows([pairs], pieces, None, model.Recipe(dim=64))
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    assert unit[1] @ unit[2] == pytest.approx(1.0, abs=1e-4)  # "vejene" stands nowhere
    assert unit[2] @ unit[3] == pytest.approx(1.0, abs=1e-4)
    assert abs(unit[1] @ unit[4]) < 0.6


def test_lazy_adam_is_adam_where_every_row_is_touched() -> None:
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(4, 3, generator=generator)
    plain = start.clone().requires_grad_(True)
    reference = torch.optim.Adam([plain], lr=0.01)
    weights = start.clone()
    lazy = model.LazyAdam(weights)
    for step in range(3):
        gradient = torch.randn(4, 3, generator=torch.Generator().manual_seed(step + 1))
        plain.grad = gradient
        reference.step()
        rows = weights.clone()
        rows.grad = gradient
        lazy.step(torch.arange(4), rows, 0.01)
    assert torch.allclose(weights, plain.detach(), atol=1e-6)
