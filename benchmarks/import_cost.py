"""What each dependency costs: CPU time of importing it in a fresh process, its size, version and licence.

Run with `.venv/bin/python -m benchmarks.import_cost`; prints the table of docs/design.md.
"""

import statistics
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

RUNS = 5
MODULES = {
    "faiss-cpu": "faiss",
    "filelock": "filelock",
    "lxml": "lxml.html",
    "numpy": "numpy",
    "pypdfium2": "pypdfium2",
    "PyStemmer": "Stemmer",
    "python-docx": "docx",
    "rapidfuzz": "rapidfuzz.process",
    "rich": "rich.console",
    "safetensors": "safetensors.numpy",
    "selectolax": "selectolax.lexbor",
    "sentence-transformers": "sentence_transformers",
    "tantivy": "tantivy",
    "tokenizers": "tokenizers",
    "torch": "torch",
    "typer": "typer",
}


def cpu_ms(code: str) -> float:
    """Return the median user and system time of `RUNS` fresh interpreters that run `code`."""
    return statistics.median(one_run(code) for _ in range(RUNS))


def one_run(code: str) -> float:
    """Return the user and system time of one fresh interpreter, in milliseconds."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def size_mb(package: Distribution) -> float:
    """Return what the installed files of a package take, compiled bytecode included."""
    paths = (Path(str(package.locate_file(file))) for file in package.files or ())
    return sum(path.stat().st_size for path in paths if path.exists()) / 1e6


def licence(package: Distribution) -> str:
    """Return the licence as the package declares it."""
    metadata = package.metadata.json
    classifiers = [line for line in metadata.get("classifier", ()) if line.startswith("License")]
    named = ", ".join(line.rpartition(" :: ")[2] for line in classifiers)
    return str(metadata.get("license_expression") or named or metadata.get("license"))


def main() -> None:
    """Print one row a dependency; the cost is above that of an empty interpreter."""
    empty = cpu_ms("")
    print(f"empty interpreter: {empty:.0f} ms\n")
    print("| package | version | licence | MB | import, CPU ms |\n|---|---|---|---|---|")
    for name, module in MODULES.items():
        package = distribution(name)
        cost = cpu_ms(f"import {module}") - empty
        print(
            f"| {name} | {package.version} | {licence(package)} | {size_mb(package):.1f} | {cost:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
