"""Starting up is quick: nothing heavy is loaded before something asks for it."""

import subprocess
import sys

HEAVY = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "fastapi"}
ENGINES = {"faiss", "numpy", "tantivy", "tokenizers", "lxml", "selectolax", "pypdfium2", "docx"}
FACES = {"typer", "click", "rich"}


def imported_by(*arguments: str) -> set[str]:
    """The top-level packages that a fresh interpreter imports while it runs with these arguments."""
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_import_loads_the_standard_library_only() -> None:
    loaded = imported_by("-c", "import semsearch")
    assert "semsearch" in loaded
    assert not loaded & (HEAVY | ENGINES | FACES)


def test_help_loads_no_engine() -> None:
    loaded = imported_by("-m", "semsearch", "--help")
    assert "typer" in loaded
    assert not loaded & (HEAVY | ENGINES)
