"""What the package imports is what it declares, and what it declares is pinned."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def canonical(name: str) -> str:
    """The one spelling of a package's name (PEP 503), without version or comment."""
    return re.sub(r"[-_.]+", "-", re.split(r"[=<>\[; ]", name.strip())[0]).lower()


PINNED = {
    canonical(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}


def imported_packages() -> set[str]:
    """Every package outside the standard library that a module of semsearch imports, anywhere in it."""
    found: set[str] = set()
    for path in (ROOT / "semsearch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"semsearch"}


def test_imports_are_declared() -> None:
    homes = packages_distributions()
    imported = {canonical(homes.get(name, [name])[0]) for name in imported_packages()}
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["plot"]
    assert imported - {"torch", "transformers"} <= {canonical(name) for name in declared}


@pytest.mark.parametrize("extra", [None, *PROJECT["optional-dependencies"]])
def test_declared_packages_are_pinned(extra: str | None) -> None:
    names = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    assert {canonical(name) for name in names} <= PINNED
