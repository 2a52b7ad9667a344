"""The suite runs without a network, and the package has nothing that runs what a file tells it to."""

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import semsearch

MODULES = sorted(Path(semsearch.__file__).parent.rglob("*.py"))
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}
UNSAFE_CALLS = {"eval", "exec", "compile", "torch.load", "yaml.load", "os.system"}
UNSAFE_KEYWORDS = {"allow_pickle", "trust_remote_code", "allow_dangerous_deserialization", "shell"}
DOCUMENTATION_HOST = "192.0.2.1"  # TEST-NET-1, RFC 5737: reserved, nobody's


@pytest.mark.tries_network
def test_network_is_refused_here() -> None:
    with pytest.raises(OSError, match="no network"):
        socket.create_connection((DOCUMENTATION_HOST, 80), timeout=1)
    with pytest.raises(OSError, match="no network"):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.tries_network
def test_network_is_refused_in_commands_started_here() -> None:
    code = f"import socket; socket.create_connection(({DOCUMENTATION_HOST!r}, 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "no network" in done.stderr
    log = Path(os.environ["BLOCKED_LOG"]).read_text()
    assert DOCUMENTATION_HOST in log.splitlines()[-1]


def test_loopback_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Everything in a module that could run or unpickle what a file holds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.partition(".")[0] in UNSAFE_MODULES)
        elif isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] in UNSAFE_MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            yield from {ast.unparse(node.func)} & UNSAFE_CALLS
            yield from (str(word.arg) for word in node.keywords if is_unsafe(word))


def is_unsafe(word: ast.keyword) -> bool:
    return word.arg in UNSAFE_KEYWORDS and not (
        isinstance(word.value, ast.Constant) and word.value.value is False
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_package_runs_nothing_a_file_holds(path: Path) -> None:
    assert not list(unsafe(ast.parse(path.read_text(encoding="utf-8"))))


def test_unsafe_finds_each_kind() -> None:
    code = (
        "import pickle\nfrom marshal import loads\neval(x)\ntorch.load(f)\nf(allow_pickle=True, shell=False)"
    )
    assert list(unsafe(ast.parse(code))) == ["pickle", "marshal", "eval", "torch.load", "allow_pickle"]
