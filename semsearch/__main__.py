"""`python -m semsearch` and the command `semsearch`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line; one thread for each numeric library, which is what a single query needs."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if sys.stdout is None:  # closed by the caller
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - to the end of the process
    from semsearch.cli import run

    code = run()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # skips tearing down libraries: 20-40 ms of each query


if __name__ == "__main__":
    main()
