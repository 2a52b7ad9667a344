"""Starting up is quick: nothing heavy is loaded before something asks for it."""

import subprocess
import sys

HEAVY = {"torch", "transformers", "sentence_transformers", "fastapi"}


def loaded_after(code: str) -> set[str]:
    """The top-level modules in memory after a fresh interpreter ran `code`."""
    ending = "\nimport sys\nprint(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_import_loads_nothing_heavy() -> None:
    loaded = loaded_after("import semsearch")
    assert "semsearch" in loaded
    assert not loaded & (HEAVY | {"faiss", "numpy", "tantivy", "tokenizers", "typer", "rich"})
