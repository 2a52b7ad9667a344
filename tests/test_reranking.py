"""The second stage that `eval` measures: the same hits, the best of them weighed word by word."""

from pathlib import Path

import pytest

from semsearch import OpenIndex, open_index, reranking
from semsearch.reranking import rerank


@pytest.fixture(scope="module")
def opened(corpus_index: Path) -> OpenIndex:
    return open_index(corpus_index)


def test_every_hit_is_kept(opened: OpenIndex) -> None:
    hits = opened.searcher.search("takster på Solgården", k=60, abstain=False).hits
    found = rerank(opened.searcher, "takster på Solgården", hits)
    assert len(hits) > reranking.BEST
    assert {hit.id for hit, _ in found} == {hit.id for hit in hits}
    scores = [score for _, score in found[: reranking.BEST]]
    assert scores == sorted(scores, reverse=True)
    assert [hit for hit, _ in found[reranking.BEST :]] == list(hits[reranking.BEST :])


def test_a_passage_that_has_the_words_gains_most(opened: OpenIndex) -> None:
    hits = opened.searcher.search("havnebad", k=reranking.BEST, abstain=False).hits
    gained = {hit.id: score - hit.score for hit, score in rerank(opened.searcher, "havnebad", hits)}
    holding = [gained[hit.id] for hit in hits if "havnebad " in hit.text.lower()]
    others = [gained[hit.id] for hit in hits if "havn" not in hit.text.lower()]
    assert holding and others
    assert min(holding) == pytest.approx(reranking.WEIGHT, abs=1e-3)
    assert max(others) < min(holding)


@pytest.mark.parametrize("query", ["", "havnebad"])
def test_no_hits(opened: OpenIndex, query: str) -> None:
    assert rerank(opened.searcher, query, []) == []
