"""The floors: a module imports only from floors below its own, siblings never import each other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import semsearch

PACKAGE = Path(semsearch.__file__).parent
# Top to bottom; a folder is one unit, whose own modules may import each other. `text` is the one place that
# knows the languages, so the pure modules that read words stand on it.
FLOORS = (
    "__main__ __init__",
    "cli",
    "library job views terminal feed evaluation_view chart",
    "answers likeness llm news evaluation status checking reindex",
    "assembly reranking",
    "planning calibration",
    "searcher",
    "meanings cases evidence",
    "index",
    "spool coverage",
    "prepare",
    "corpus seen workers passages catalog dense lexical bm25 vocabulary store",
    "parsing encoders metrics queries outcomes judgments lexicon",
    "text terms arrays sortedlines",
    "records config",
    "errors",
)
HEIGHT = {unit: -floor for floor, units in enumerate(FLOORS) for unit in units.split()}
ONE_HOME = "faiss tantivy tokenizers safetensors sentence_transformers Stemmer lxml selectolax pypdfium2 docx"
LAZY = {"torch", "transformers", "sentence_transformers", "fastapi"}  # seconds each: inside functions only
MODULES = sorted(PACKAGE.rglob("*.py"))


def unit_of(path: Path) -> str:
    """`semsearch/text.py` -> `text`; `semsearch/parsing/pdf.py` -> `parsing`."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every dotted name a tree imports, at its top or inside a function; `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def own_unit(name: str) -> str | None:
    """The unit of this package that a dotted name lies in; None for other packages."""
    first, *rest = name.split(".")
    if first != "semsearch":
        return None
    return rest[0] if len(rest) > 1 or (rest and rest[0] in HEIGHT) else "__init__"


def module_level(tree: ast.Module) -> Iterator[str]:
    """The packages that importing the module imports."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (name.partition(".")[0] for name in imported(node))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    unit = unit_of(path)
    assert unit in HEIGHT, f"{unit} is on no floor: give it one in FLOORS and in docs/design.md"
    tree = parsed(path)
    targets = {target for name in imported(tree) if (target := own_unit(name))} - {unit}
    upward = {target for target in targets if HEIGHT.get(target, 0) >= HEIGHT[unit]}
    assert not upward, f"{unit} may not import {sorted(upward)}"
    assert not LAZY & set(module_level(tree))


def test_the_floors_hold_what_there_is_and_the_design_names_it() -> None:
    assert set(HEIGHT) == {unit_of(path) for path in MODULES}
    design = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    table = design.partition("## Floors")[2].partition("\n## ")[0]
    assert set(HEIGHT) <= set(re.findall(r"`(\w+)/?`", table))


def packages(tree: ast.AST) -> set[str]:
    """The top-level packages a tree imports anywhere."""
    return {name.partition(".")[0] for name in imported(tree)}


@pytest.mark.parametrize("library", ONE_HOME.split())
def test_heavy_library_has_one_home(library: str) -> None:
    homes = {unit_of(path) for path in MODULES if library in packages(parsed(path))}
    assert len(homes) <= 1, f"{library} is imported by {sorted(homes)}"


def test_import_rules_see_what_they_should() -> None:
    tree = ast.parse("import torch\nfrom semsearch.parsing import pdf\ndef f():\n    import semsearch.cli\n")
    assert {own_unit(name) for name in imported(tree)} == {None, "parsing", "cli"}
    assert set(module_level(tree)) == {"torch", "semsearch"}
