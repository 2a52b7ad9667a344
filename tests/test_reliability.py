"""Every promise of docs/reliability.md names tests that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"(test_\w+\.py)(?: -k (?:\"([^\"]+)\"|(\w+)))?", PAGE)))
BENCHMARKS = sorted(set(re.findall(r"-m benchmarks\.(\w+)", PAGE)))


@pytest.mark.parametrize(("file", "any_of", "word"), NAMED)
def test_the_tests_named_are_there(file: str, any_of: str, word: str) -> None:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for wanted in filter(None, [*any_of.split(" or "), word]):
        assert any(name.startswith("test_") and wanted in name for name in names), wanted


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_benchmarks_named_are_there(name: str) -> None:
    assert (ROOT / "benchmarks" / f"{name}.py").is_file()
