"""Which files nobody has touched since they were read: those a night need not read again.

What is trusted is what git and restic trust: inode, size and both times, to the nanosecond. No program can
set the time at which a file or its attributes were last changed (ctime): who writes to a file, renames it, or
puts its old times back leaves a mark. A stamp is empty, and so equal to none, where that does not hold: on
Windows, on a disk whose clock is coarser than a millisecond, and for a file that had not rested when it was
looked at, since what is written twice within one tick of a clock has one time.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

NAME = "seen.json"
REST_NS = 2_000_000_000  # a tick of a kernel's clock is 10 ms at most
_TICK_NS = 1_000_000
_WINDOWS = os.name == "nt"


def stamp(file: Path | str) -> str:
    """Return what differs when the file has been touched; "" where that cannot be told."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return ""
    changed = found.st_ctime_ns
    trusted = not _WINDOWS and stat.S_ISREG(found.st_mode) and changed % _TICK_NS
    if not trusted or time.time_ns() - changed < REST_NS:
        return ""
    return f"{found.st_ino}.{found.st_size}.{found.st_mtime_ns}.{changed}"


def load(folder: Path) -> dict[str, str]:
    """Return the stamps, by path, that a generation was built from; none where it keeps none."""
    try:
        stamps: dict[str, str] = json.loads((folder / NAME).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return stamps


def save(folder: Path, stamps: Mapping[str, str]) -> None:
    """Write stamps beside the other files of a generation; empty ones are left out."""
    kept = {path: stamps[path] for path in sorted(stamps) if stamps[path]}
    (folder / NAME).write_text(json.dumps(kept, ensure_ascii=False, indent=0), "utf-8")
