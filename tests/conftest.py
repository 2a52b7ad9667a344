"""Paths of the data beside the checkout, and the rule that no test reaches the network."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
OFFLINE = ROOT / "tests" / "offline"
BLOCKED_LOG = Path(tempfile.mkstemp(prefix="semsearch-blocked-")[1])

os.environ["BLOCKED_LOG"] = str(BLOCKED_LOG)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")]))
sys.path.insert(0, str(OFFLINE))
import no_network  # noqa: E402, F401

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C

settings.register_profile("semsearch", deadline=None, print_blob=True)  # a slow moment is no failure
settings.load_profile("semsearch")


@pytest.fixture(autouse=True)
def _no_attempt_to_reach_the_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test during which anything, in this process or a command it started, tried the network."""
    before = BLOCKED_LOG.stat().st_size
    yield
    attempts = BLOCKED_LOG.read_bytes()[before:].decode()
    if not request.node.get_closest_marker("tries_network"):
        assert not attempts, f"tried to reach the network:\n{attempts}"


def pytest_unconfigure() -> None:
    """Remove the list of refused attempts."""
    BLOCKED_LOG.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real minutes and judgments beside the checkout; it is no part of the repository."""
    path = ROOT.parent / "shared"
    if not path.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return path


@pytest.fixture(scope="session")
def seeds(shared: Path) -> Path:
    """Five minutes as plain text, in two layouts."""
    return shared / "seeds"


@pytest.fixture(scope="session")
def greve(shared: Path) -> Path:
    """A year and a half of one municipality's meetings, as FirstAgenda publishes them."""
    return shared / "greve"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of minutes in the checkout, which the README's commands index."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def corpus_index(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of `corpus`, built once for all tests; open it, do not write to it."""
    return built(corpus, tmp_path_factory)


@pytest.fixture(scope="session")
def seeds_index(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of `seeds`, built once for all tests; open it, do not write to it."""
    return built(seeds, tmp_path_factory)


@pytest.fixture(scope="session")
def greve_index(greve: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of `greve`, built once for all tests (half a minute); open it, do not write to it."""
    return built(greve, tmp_path_factory)


def built(folder: Path, factory: pytest.TempPathFactory) -> Path:
    """Index a folder of minutes."""
    from semsearch import build_index

    index = factory.mktemp(folder.name) / "index"
    build_index(folder, index)
    return index


@pytest.fixture(scope="module")
def in_process() -> Iterator[None]:
    """Read documents in this process and load the model once: a build in a fifth of a second."""
    from invented import read_here

    import semsearch.encoders
    import semsearch.reindex
    from semsearch.encoders import load_encoder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("semsearch.workers.run", read_here)
        for module in (semsearch.encoders, semsearch.reindex):
            patch.setattr(module, "load_encoder", cache(load_encoder))
        yield
