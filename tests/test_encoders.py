"""Encoders: one contract for all, the shipped model against sentence-transformers, missing models."""

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch import build_index, open_index
from semsearch.config import Settings
from semsearch.encoders import (
    MODELS,
    SHIPPED,
    Encoder,
    HubEncoder,
    StaticEncoder,
    Vectors,
    WordPieces,
    load_encoder,
)
from semsearch.errors import IndexMissing, ModelMissing
from semsearch.sortedlines import SortedLines

FOLDER = MODELS / SHIPPED
TEXTS = [
    "Hvad blev besluttet om taksterne for 2018?",
    "What was decided about the rates for 2018?",
    "§ 17, stk. 4-udvalg: 1,1 mio. kr. (it-promille-puljen) SHC's",
    "børnehaveplads Børnehaveplads BØRNEHAVEPLADS",
    "a\x1cb a\u00a0b\u2003c\td\ne",
    "İstanbul ΣΑΣ ςa ½ ﬁn ²",
    "caf\u00e9 cafe\u0301 A\u030arhus",
    "日本語 \U0001f642\U0001f642 hej",
    "x" * 150 + " kort",
    "_under_score_ 100% €5 a/b «citat»",
]
EMPTY = ["", "   ", "\n\t"]


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sentence-transformers model of somebody else's, saved to a folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    weights = np.random.default_rng(0).standard_normal((tokenizer.get_vocab_size(), 8), dtype=np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu")
    folder = tmp_path_factory.mktemp("models") / "tiny"
    model.save(str(folder))
    return folder


@pytest.fixture(scope="session", params=["shipped", "folder"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Every kind of Encoder in turn."""
    if request.param == "shipped":
        return load_encoder()
    return load_encoder(str(request.getfixturevalue("static_folder")))


def close(a: Vectors, b: Vectors) -> bool:
    return bool(np.allclose(a, b, atol=1e-5))


def test_rows_have_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_encodes_to_zeros(encoder: Encoder) -> None:
    assert not encoder.encode_passages(EMPTY).any()
    assert not encoder.encode_queries(EMPTY).any()
    assert encoder.encode_passages([]).shape == (0, encoder.dim)


def test_text_decides_its_vector_alone(encoder: Encoder) -> None:
    mixed = TEXTS + EMPTY + TEXTS[::-1]
    together = encoder.encode_passages(mixed)
    for text, vector in zip(mixed, together, strict=True):
        assert close(encoder.encode_passages([text])[0], vector)
    assert close(encoder.encode_passages(mixed[::-1])[::-1], together)


def test_composed_and_decomposed_are_one_text(encoder: Encoder) -> None:
    composed = [unicodedata.normalize("NFC", text) for text in TEXTS]
    decomposed = [unicodedata.normalize("NFD", text) for text in TEXTS]
    assert close(encoder.encode_queries(composed), encoder.encode_queries(decomposed))


def test_name_and_revision_are_steady(encoder: Encoder) -> None:
    again = load_encoder(encoder.name)
    assert (again.name, again.revision, again.dim) == (encoder.name, encoder.revision, encoder.dim)
    assert encoder.revision


def test_static_vectors_are_exactly_the_same_in_any_batch() -> None:
    encoder = load_encoder()
    together = encoder.encode_passages(TEXTS)
    alone = np.concatenate([StaticEncoder(FOLDER).encode_passages([text]) for text in TEXTS])
    assert np.array_equal(together, alone)


@pytest.fixture(scope="session")
def reference() -> Any:
    """The shipped folder as sentence-transformers loads it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(FOLDER), device="cpu")


def test_shipped_model_is_what_sentence_transformers_makes_of_it(reference: Any) -> None:
    texts = TEXTS + EMPTY + [" ".join(TEXTS) * 20]
    assert np.abs(reference.encode(texts) - load_encoder().encode_passages(texts)).max() < 1e-5


# Latin, Greek, Cyrillic and typographic signs: beyond them the Unicode tables of Python and of the tokenizer,
# which are of other years, disagree on what is punctuation.
SIGNS = st.characters(max_codepoint=0x52F, exclude_categories=["Cn", "Cs"]) | st.sampled_from("–—‘’“”„…•€™§")


@given(st.lists(st.text(SIGNS, max_size=60), min_size=1, max_size=5))
def test_any_text_encodes_as_in_sentence_transformers(reference: Any, texts: list[str]) -> None:
    ours = reference[0].tokenizer.encode_batch(texts, add_special_tokens=False)
    pieces = WordPieces(SortedLines.open(FOLDER / "pieces.tsv"), longest=40)
    few = [pieces.ids(text).tolist() for text in texts]
    pieces._load()
    pieces.clear()
    assert few == [pieces.ids(text).tolist() for text in texts] == [encoding.ids for encoding in ours]


def test_vocabulary_is_the_tokenizers() -> None:
    vocabulary = json.loads((FOLDER / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    lines = (FOLDER / "pieces.tsv").read_text(encoding="utf-8").split("\n")[:-1]
    assert lines == sorted(lines, key=lambda line: line.partition("\t")[0].encode() + b"\t")
    assert {piece: int(number) for piece, number in (line.split("\t") for line in lines)} == vocabulary
    about = json.loads((FOLDER / "semsearch.json").read_text(encoding="utf-8"))
    assert (about["pieces"], about["longest"]) == (len(vocabulary), max(map(len, vocabulary)))


def test_translations_are_near_and_other_texts_are_not() -> None:
    da = ["Byrådet godkendte budgettet for skolerne.", "Vejen skal have ny belysning."]
    en = ["The city council approved the budget for the schools.", "The road is to have new lighting."]
    similarity = load_encoder().encode_passages(da) @ load_encoder().encode_queries(en).T
    assert similarity[0, 0] > similarity[0, 1] + 0.3
    assert similarity[1, 1] > similarity[1, 0] + 0.3


def test_package_data_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 30_000_000


def test_shipped_model_loads_no_torch() -> None:
    code = (
        "import sys; from semsearch.encoders import load_encoder\n"
        "load_encoder().encode_queries(['hvad blev besluttet?'])\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'tokenizers', 'safetensors'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_copy_of_the_shipped_folder_runs_the_same_way(tmp_path: Path) -> None:
    for name in ("semsearch.json", "pieces.tsv", "model.safetensors"):
        (tmp_path / name).symlink_to(FOLDER / name)
    copied = load_encoder(str(tmp_path))
    assert isinstance(copied, StaticEncoder)
    assert copied.revision == load_encoder(None).revision == load_encoder(SHIPPED).revision


@pytest.mark.parametrize("broken", ["semsearch.json", "pieces.tsv", "model.safetensors"])
def test_incomplete_model_is_missing(tmp_path: Path, broken: str) -> None:
    for name in ("semsearch.json", "pieces.tsv", "model.safetensors"):
        (tmp_path / name).symlink_to(FOLDER / name)
    (tmp_path / broken).unlink()
    (tmp_path / broken).write_bytes(b"{}")
    with pytest.raises(ModelMissing, match=tmp_path.name):
        StaticEncoder(tmp_path)


def test_revision_follows_the_files(static_folder: Path, tmp_path: Path) -> None:
    before = HubEncoder(str(static_folder)).revision
    extra = static_folder / "extra.txt"
    extra.write_text("x")
    after = HubEncoder(str(static_folder)).revision
    extra.unlink()
    assert before != after
    assert HubEncoder(str(static_folder)).revision == before


def test_own_prompts_come_before_the_table(static_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "e5-small"
    folder.mkdir()
    for path in static_folder.rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(static_folder)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    plain = HubEncoder(str(static_folder))
    table = HubEncoder(str(folder))
    assert close(table.encode_queries(["vej"]), plain.encode_queries(["query: vej"]))
    assert close(table.encode_passages(["vej"]), plain.encode_passages(["passage: vej"]))
    config = folder / "config_sentence_transformers.json"
    settings = json.loads(config.read_text()) | {"prompts": {"query": "find ", "document": ""}}
    config.write_text(json.dumps(settings))
    own = HubEncoder(str(folder))
    assert close(own.encode_queries(["vej"]), plain.encode_queries(["find vej"]))
    assert close(own.encode_passages(["vej"]), plain.encode_passages(["vej"]))


@pytest.mark.tries_network
def test_model_that_is_not_here_and_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(ModelMissing) as caught:
        load_encoder("intfloat/multilingual-e5-small")
    assert caught.value.exit_code == 4
    assert "multilingual-e5-small" in caught.value.message
    assert "--model DIR" in caught.value.hint


def test_offline_switch_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelMissing, match="HF_HUB_OFFLINE"):
        load_encoder("intfloat/multilingual-e5-small")


def test_folder_without_a_model_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="folder"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "why"), [("./nosuch", "there is no such folder"), (__file__, "it is a file, not a folder")]
)
def test_a_path_that_is_no_folder_is_said_in_our_own_words(name: str, why: str) -> None:
    with pytest.raises(ModelMissing, match=f": {why}$"):
        load_encoder(name)


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("http://proxy:abc", "what HTTPS_PROXY says is no address"),
        ("http://[::1", "what HTTPS_PROXY says is no address"),
        ("localhost:1", "no hub answers at localhost:1 "),
        ("user:secret@localhost:1", "no hub answers at localhost:1 "),
    ],
)
def test_a_proxy_is_read_as_it_is_written(monkeypatch: pytest.MonkeyPatch, proxy: str, said: str) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ModelMissing) as caught:
        load_encoder("intfloat/nosuch")
    assert said in caught.value.message
    assert "secret" not in caught.value.message


def test_a_folder_is_remembered_by_where_it_lies(
    static_folder: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, moved = tmp_path / "index", tmp_path / "moved"
    monkeypatch.chdir(static_folder.parent)
    build_index(corpus, index, settings=Settings(model="tiny"))
    for typed in (None, "tiny", "./tiny", "tiny/", str(static_folder)):
        assert open_index(index, model=typed).searcher.encoder.name == str(static_folder)
    monkeypatch.chdir(tmp_path)
    assert open_index(index).search("havnebad")
    shutil.copytree(static_folder, moved)
    assert open_index(index, model="moved").search("havnebad")
    assert not build_index(corpus, index, settings=Settings(model="moved")).encoded
    (moved / "extra.txt").write_text("x")
    for other in ("moved", "tiny", SHIPPED):
        with pytest.raises(IndexMissing, match="built with the model"):
            open_index(index, model=other)
