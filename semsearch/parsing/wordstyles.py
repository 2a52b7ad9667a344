"""The styles of a Word document: which paragraphs are headings, bold, or numbered by their style."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = _W + "val"
_HEADING = re.compile(r"(?:heading|overskrift|title|titel|subtitle|undertitel)\s?\d?", re.IGNORECASE)
_DEEPEST = 20  # styles that a style may be based on in turn


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph's style says about its look; `numbering` is (list, level)."""

    heading: bool = False
    bold: bool = False
    numbering: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Styles:
    """The paragraph styles of a document, by id; `default` is that of a paragraph that names none."""

    by_id: dict[str, ParagraphStyle] = field(default_factory=dict)
    default: str = ""

    def of(self, paragraph: etree._Element) -> ParagraphStyle:
        """Give the style of a paragraph, with what the paragraph itself adds."""
        properties = paragraph.find(_W + "pPr")
        named = value(properties, "pStyle") or self.default
        style = self.by_id.get(named, ParagraphStyle())
        outline = value(properties, "outlineLvl")
        if outline is not None and outline in set("012345678"):
            return ParagraphStyle(True, style.bold, style.numbering)
        return style


def read_styles(root: etree._Element | None) -> Styles:
    """Read the styles part; without one every paragraph is plain."""
    if root is None:
        return Styles()
    elements = {element.get(_W + "styleId", ""): element for element in root.iter(_W + "style")}
    default = next((name for name, element in elements.items() if _is_default(element)), "")
    return Styles({name: _read(name, elements) for name in elements}, default)


def value(properties: etree._Element | None, name: str) -> str | None:
    """Give the value of a property; None where it is not set."""
    found = properties.find(_W + name) if properties is not None else None
    return found.get(_VAL) if found is not None else None


def is_on(properties: etree._Element | None, name: str, default: bool = False) -> bool:
    """Whether a switch such as bold is on; `default` is what it is where nothing is said."""
    found = properties.find(_W + name) if properties is not None else None
    return default if found is None else found.get(_VAL, "true") not in ("0", "false", "off", "none")


def list_of(properties: etree._Element | None) -> tuple[str, int] | None:
    """Give the list and level that paragraph properties put a paragraph in."""
    numbering = properties.find(_W + "numPr") if properties is not None else None
    if numbering is None:
        return None
    name, level = value(numbering, "numId"), value(numbering, "ilvl") or "0"
    return (name or "0", int(level) if level.isdecimal() else 0)


def _is_default(element: etree._Element) -> bool:
    return element.get(_W + "type") == "paragraph" and element.get(_W + "default") in ("1", "true")


def _read(name: str, elements: dict[str, etree._Element]) -> ParagraphStyle:
    """Read a style with what it takes over from those it is based on."""
    heading, bold, numbering = False, None, None
    for _ in range(_DEEPEST):
        element = elements.get(name)
        if element is None:
            break
        paragraph, run = element.find(_W + "pPr"), element.find(_W + "rPr")
        heading = heading or _is_heading(element, paragraph)
        if bold is None and run is not None and run.find(_W + "b") is not None:
            bold = is_on(run, "b")
        numbering = numbering or list_of(paragraph)
        name = value(element, "basedOn") or ""
    return ParagraphStyle(heading, bool(bold), numbering)


def _is_heading(element: etree._Element, paragraph: etree._Element | None) -> bool:
    outline = value(paragraph, "outlineLvl")
    printed = value(element, "name") or ""
    return bool(_HEADING.fullmatch(printed)) or (outline is not None and outline in set("012345678"))
