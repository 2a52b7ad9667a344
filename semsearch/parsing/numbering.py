"""The numbered lists of a Word document: the number or bullet that Word prints before a paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from semsearch.parsing.wordstyles import list_of, value

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str = "bullet"
    text: str = ""
    start: int = 1


@dataclass
class Numbering:
    """Counts the lists of a document while its paragraphs are read in order."""

    levels: dict[str, list[_Level]] = field(default_factory=dict)  # by list
    shared: dict[str, str] = field(default_factory=dict)  # list -> whose numbers it goes on with
    counts: dict[str, list[int | None]] = field(default_factory=dict)

    def label(self, paragraph: etree._Element, styled: tuple[str, int] | None) -> str:
        """Count a paragraph and give what is printed before it: "3.", "b)", "-" for a bullet, "" for none.

        Levels below the first are indented by two spaces each.
        """
        properties = paragraph.find(_W + "pPr")
        name, level = list_of(properties) or styled or ("0", 0)
        if name not in self.levels or not 0 <= level < _LEVELS:
            return ""
        levels = self.levels[name]
        counts = self.counts.setdefault(self.shared[name], [None] * _LEVELS)
        before = counts[level]
        counts[level] = levels[level].start if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        return self._printed(levels, counts, level)

    def _printed(self, levels: list[_Level], counts: list[int | None], level: int) -> str:
        own = levels[level]
        if own.kind == "none" or (own.kind != "bullet" and not own.text):
            return ""
        indent = "  " * level if "%" not in own.text.replace(f"%{level + 1}", "") else ""
        if own.kind == "bullet":
            return indent + "-"

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            count = counts[at]
            return numeral(levels[at].start if count is None else count, levels[at].kind)

        return indent + _PLACE.sub(number, own.text)


def read_numbering(root: etree._Element | None) -> Numbering:
    """Read the numbering part; without one no paragraph is numbered."""
    numbering = Numbering()
    if root is None:
        return numbering
    abstract = {
        element.get(_W + "abstractNumId", ""): _levels(element) for element in root.iter(_W + "abstractNum")
    }
    for element in root.iter(_W + "num"):
        name, base = element.get(_W + "numId", ""), value(element, "abstractNumId") or ""
        levels = list(abstract.get(base, ()))
        if not levels:
            continue
        restarts = _override(levels, element)
        numbering.levels[name] = levels
        numbering.shared[name] = f"num {name}" if restarts else base
    return numbering


def numeral(number: int, kind: str) -> str:
    """Print a number as a list of this kind does; kinds that are not known print digits."""
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 % 10 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 400:
        roman = ""
        for size, sign in _ROMAN:
            roman += sign * (number // size)
            number %= size
        return roman.upper() if kind == "upperRoman" else roman
    return f"{number:02}" if kind == "decimalZero" else str(number)


def _levels(element: etree._Element) -> list[_Level]:
    levels = [_Level()] * _LEVELS
    for level in element.iterchildren(_W + "lvl"):
        at = level.get(_W + "ilvl", "0")
        if at.isdecimal() and int(at) < _LEVELS:
            levels[int(at)] = _level(level)
    return levels


def _level(element: etree._Element) -> _Level:
    start = value(element, "start") or "1"
    kind = value(element, "numFmt") or "decimal"
    return _Level(
        kind, value(element, "lvlText") or "", int(start) if start.isdecimal() and len(start) < 7 else 1
    )


def _override(levels: list[_Level], element: etree._Element) -> bool:
    """Put what a list changes of its pattern into `levels`; tell whether it counts for itself."""
    restarts = False
    for override in element.iterchildren(_W + "lvlOverride"):
        at = override.get(_W + "ilvl", "0")
        if not at.isdecimal() or int(at) >= _LEVELS:
            continue
        own = override.find(_W + "lvl")
        if own is not None:
            levels[int(at)] = _level(own)
        start = value(override, "startOverride")
        if start is not None and start.isdecimal() and len(start) < 7:
            level = levels[int(at)]
            levels[int(at)] = _Level(level.kind, level.text, int(start))
            restarts = True
    return restarts
