"""FAISS against brute force: the values, not only the shapes."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from semsearch import dense
from semsearch.dense import Dense, Vectors


def unit(rows: int, dim: int, seed: int) -> Vectors:
    vectors: Vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[NDArray[np.float16], Dense]:
    vectors = unit(500, 32, 1).astype(np.float16)
    path = tmp_path_factory.mktemp("dense") / "v.faiss"
    dense.save(path, [vectors[:200], vectors[200:200], vectors[200:]], 32)
    return vectors, Dense(path)


def test_search_is_exact(stored: tuple[NDArray[np.float16], Dense]) -> None:
    vectors, index = stored
    queries = unit(5, 32, 2)
    rows, cosines = index.search(queries, 7)
    exact = queries @ vectors.astype(np.float32).T
    for query in range(5):
        order = np.argsort(-exact[query])[:7]
        assert rows[query].tolist() == order.tolist()
        assert cosines[query] == pytest.approx(exact[query][order], abs=1e-4)


def test_filters_apply_before_ranking(stored: tuple[NDArray[np.float16], Dense]) -> None:
    vectors, index = stored
    query = unit(1, 32, 3)
    exact = (query @ vectors.astype(np.float32).T)[0]
    allowed = np.zeros(500, np.bool_)
    allowed[np.argsort(exact)[:9]] = (
        True  # the nine rows farthest away: far outside the top of an open search
    )
    rows, _ = index.search(query, 5, allowed=allowed)
    assert rows[0].tolist() == np.argsort(-np.where(allowed, exact, -2))[:5].tolist()
    assert index.search(query, 50, allowed=allowed)[0].shape == (1, 9)
    assert index.search(query, 5, allowed=np.zeros(500, np.bool_))[0].shape == (1, 0)


def test_rows_come_back_as_they_were_written(stored: tuple[NDArray[np.float16], Dense]) -> None:
    vectors, index = stored
    assert np.array_equal(index.vectors(np.array([3, 499])), vectors[[3, 499]].astype(np.float32))
    assert index.vectors(np.zeros(0, np.int64)).shape == (0, 32)


def test_equal_rows_are_ranked_by_their_place(tmp_path: Path) -> None:
    same = np.repeat(unit(1, 8, 4).astype(np.float16), 6, axis=0)
    dense.save(tmp_path / "v", [same], 8)
    rows, _ = Dense(tmp_path / "v").search(same[:1].astype(np.float32), 6)
    assert rows[0].tolist() == [0, 1, 2, 3, 4, 5]


def test_an_empty_matrix_answers_with_nothing(tmp_path: Path) -> None:
    dense.save(tmp_path / "v", [], 8)
    rows, cosines = Dense(tmp_path / "v").search(unit(1, 8, 5), 3)
    assert rows.shape == cosines.shape == (1, 0)


@pytest.mark.parametrize("rows", [0, 1, 300])
def test_a_file_is_what_faiss_would_write(tmp_path: Path, rows: int) -> None:
    vectors = unit(rows, 32, 6).astype(np.float16) if rows else np.zeros((0, 32), np.float16)
    dense.save(tmp_path / "v", [vectors[: rows // 2], vectors[rows // 2 :]], 32)
    index = faiss.IndexScalarQuantizer(32, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.train(np.zeros((1, 32), np.float32))
    if rows:
        index.add(vectors.astype(np.float32))
    assert (tmp_path / "v").read_bytes() == faiss.serialize_index(index).tobytes()
    assert np.array_equal(dense.stored(tmp_path / "v", 32), vectors)
