"""A file of lines sorted by their keys, searched where it lies: a few words read a few of its pages."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path


class SortedLines:
    """Lines `key TAB value`, sorted by the bytes of `key TAB`, each ended by a newline; immutable."""

    def __init__(self, lines: bytes | mmap.mmap) -> None:
        self.lines = lines

    @classmethod
    def open(cls, path: Path) -> SortedLines:
        """Map a file.

        Raises:
            OSError, ValueError: it is missing, unreadable or empty.
        """
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    @classmethod
    def of(cls, values: Mapping[str, str]) -> SortedLines:
        """Make the lines of a mapping, as they are written to a file."""
        keyed = sorted((f"{key}\t".encode(), value.encode()) for key, value in values.items())
        return cls(b"".join(key + value + b"\n" for key, value in keyed))

    def find(self, key: str) -> str | None:
        """Return the value of a key, or None without a line of it: some 17 looks into 100,000 lines."""
        wanted, lines = key.encode() + b"\t", self.lines
        low, high = 0, len(lines)
        while low < high:
            start = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = lines.find(b"\n", start)
            found = lines[start : start + len(wanted)]
            if found == wanted:
                return lines[start + len(wanted) : end].decode()
            low, high = (end + 1, high) if found < wanted else (low, start)
        return None
