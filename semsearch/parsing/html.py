"""HTML -> lines, as a reader sees them: paragraphs, numbered lists, one line for each table row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from semsearch.errors import DocumentError
from semsearch.parsing.encoding import clean
from semsearch.parsing.lines import Line, Sheet, Style

_SKIPPED = frozenset(
    "head script style template noscript svg math img object iframe canvas select button nav".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_BOLD = frozenset(("b", "strong"))
_PARAGRAPHS = frozenset(
    """address article aside blockquote body caption center dd div dl dt fieldset figure footer form header
    hr html legend main ol p pre section table tbody td tfoot th thead tr ul""".split()
)
_BLOCKS = _PARAGRAPHS | _HEADINGS | {"li"}
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_BULLETS = ("-", "–", "•", "·", "*", "o ")
_DEEPEST = 10_000  # the parser's time grows with the square of the depth; this many take 0.2 s (2025-11)
_SURFACE = 2_000


def lines_of(html: str, path: str) -> list[Line]:
    """Render a piece of HTML as lines, see `render`.

    Raises:
        DocumentError: elements lie deeper than any document's.
    """
    body = tree_of(html, path).body if html else None
    return render(body) if body is not None else []


def tree_of(html: str, path: str) -> LexborHTMLParser:
    """Parse HTML, whatever is wrong with it.

    Raises:
        DocumentError: elements lie deeper than any document's.
    """
    _refuse_depth(html, path)
    return LexborHTMLParser(html)


def render(root: LexborNode) -> list[Line]:
    """Render what lies in an element. Blank lines part paragraphs; list items and rows follow each other.

    A row is one line, its cells parted by " | "; a table within a cell makes the outer one layout only.
    Pictures are left out. Lines of lists, tables and earlier decisions (class "sagsforloeb") are fixed.
    """
    return _Renderer(_tables(root) if root.css_first("table") else {}).render(root)


def _refuse_depth(html: str, path: str) -> None:
    """Refuse what would take the parser minutes, by counting tags without building a tree."""
    if html.count("<") - 2 * html.count("</") < _SURFACE:
        return
    depth = 0
    for part in html.split("<")[1:]:
        if part.startswith("/"):
            depth = max(0, depth - 1)
        elif part[:1].isalpha() and not part.partition(">")[0].endswith("/"):
            depth += part.replace(">", " ", 1).split(None, 1)[0].lower() not in _VOID
        if depth > _DEEPEST:
            raise DocumentError(
                f"{path}: more than {_DEEPEST} elements lie in each other",
                "save the page again from a browser",
            )


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, str | None, bool]]:
    """Yield each node under `root`, its tag and True; elements once more, with False, after their content."""
    stack: list[tuple[LexborNode, str | None]] = []
    node = root.first_child
    while node is not None:
        tag = node.tag
        yield node, tag, True
        if tag != "-text":
            child = node.first_child
            if child is not None and tag not in _SKIPPED:
                stack.append((node, tag))
                node = child
                continue
            yield node, tag, False
        following = node.next
        while following is None and stack:
            above, tag = stack.pop()
            yield above, tag, False
            following = above.next
        node = following


@dataclass
class _Table:
    nested: bool = False
    widest: int = 0
    cells: int = 0

    @property
    def is_data(self) -> bool:
        return not self.nested and self.widest > 1


def _tables(root: LexborNode) -> dict[int, _Table]:
    """Tell tables of data from those that only lay out the page: one column, or a table within."""
    found: dict[int, _Table] = {}
    open_: list[_Table] = []
    for node, tag, entering in walk(root):
        if tag == "table":
            if entering:
                if open_:
                    open_[-1].nested = True
                open_.append(found.setdefault(node.mem_id, _Table()))
            else:
                open_.pop()
        elif entering and open_ and tag == "tr":
            open_[-1].cells = 0
        elif entering and open_ and tag in ("td", "th"):
            open_[-1].cells += 1
            open_[-1].widest = max(open_[-1].widest, open_[-1].cells)
    return found


@dataclass
class _List:
    ordered: str | None  # the kind of its numbers; None for bullets
    number: int


@dataclass
class _Renderer:
    """Turns nodes into lines; one for each document."""

    tables: dict[int, _Table]
    sheet: Sheet = field(default_factory=Sheet)
    parts: list[str] = field(default_factory=list)  # of the line being built
    cells: list[str] = field(default_factory=list)  # of the row being built
    lists: list[_List] = field(default_factory=list)
    prefix: str = ""
    plain: bool = False  # whether the line holds text that is not bold
    heading: int = 0
    bold: int = 0
    quoted: int = 0
    layout: int = 0
    data: int = 0

    def render(self, root: LexborNode) -> list[Line]:
        for node, tag, entering in walk(root):
            if tag == "-text":
                self._text(node.text_content or "")
            elif tag == "br":
                if entering:
                    self._break()
            elif entering:
                self._enter(tag, node)
            else:
                self._leave(tag, node)
        self._flush()
        return self.sheet.lines

    def _text(self, text: str) -> None:
        self.parts.append(text)
        if not self.bold and not self.plain and not text.isspace():
            self.plain = True

    def _break(self) -> None:
        if self.data:
            self.parts.append(" ")
        elif not self._flush():
            self.sheet.gap = True

    def _enter(self, tag: str | None, node: LexborNode) -> None:
        if tag in _BLOCKS:
            self._boundary(tag)
        if tag in _HEADINGS:
            self.heading += 1
        elif tag in _BOLD:
            self.bold += 1
        elif tag in ("ul", "ol"):
            self.lists.append(_list(tag, node))
        elif tag == "li":
            self._item(node)
        elif tag == "table":
            self._table(node, 1)
        elif tag == "span" and node.attributes.get("class") == "sagsforloeb":
            self.quoted += 1

    def _leave(self, tag: str | None, node: LexborNode) -> None:
        if self.data and tag in ("td", "th"):
            self.cells.append(self._take())
        elif self.data and tag == "tr":
            self._row()
        elif tag in _BLOCKS:
            self._boundary(tag)
        if tag in _HEADINGS:
            self.heading -= 1
        elif tag in _BOLD:
            self.bold -= 1
        elif tag in ("ul", "ol"):
            self.lists.pop()
            self.sheet.gap = self.sheet.gap or not self.lists
        elif tag == "li":
            self.prefix = ""
        elif tag == "table":
            self._table(node, -1)
        elif tag == "span" and node.attributes.get("class") == "sagsforloeb":
            self.quoted -= 1

    def _boundary(self, tag: str) -> None:
        """End the line at the edge of a block; outside a list a blank line follows."""
        if self.data:
            self.parts.append(" ")
            return
        self._flush()
        if not self.lists:
            self.sheet.gap = True

    def _table(self, node: LexborNode, step: int) -> None:
        if self.tables[node.mem_id].is_data:
            self.data += step
            self.sheet.gap = True
        else:
            self.layout += step

    def _item(self, node: LexborNode) -> None:
        kind = self.lists[-1] if self.lists else _List(None, 1)
        value = node.attributes.get("value") or ""
        if value.isdecimal() and len(value) < 7:
            kind.number = int(value)
        mark = f"{_numeral(kind.number, kind.ordered)}." if kind.ordered else "-"
        kind.number += 1
        self.prefix = "  " * (len(self.lists) - 1) + mark + " "

    def _row(self) -> None:
        self.sheet.add_row([*self.cells, self._take()])
        self.cells = []

    def _take(self) -> str:
        text = " ".join(clean("".join(self.parts)).split())
        self.parts.clear()
        self.plain = False
        return text

    def _flush(self) -> bool:
        """End the line being built; False where it holds nothing."""
        if not self.parts:
            return False
        bold = not self.plain
        text = self._take()
        if not text:
            return False
        style = self._style(bold)
        if self.prefix and not _numbered(text, self.prefix):
            text = self.prefix + text
        self.prefix = ""
        self.sheet.add(text, style)
        return True

    def _style(self, bold: bool) -> Style:
        if self.quoted or self.lists or self.data:
            return Style.FIXED
        if self.heading or (bold and not self.layout):
            return Style.STYLED
        return Style.FIXED if self.layout else Style.PLAIN


def _list(tag: str, node: LexborNode) -> _List:
    if tag == "ul":
        return _List(None, 1)
    start = node.attributes.get("start") or ""
    kind = node.attributes.get("type") or "1"
    return _List(kind if kind in "1aAiI" else "1", int(start) if start.isdecimal() and len(start) < 7 else 1)


def _numeral(number: int, kind: str) -> str:
    if kind in "aA" and 0 < number <= 26:
        return chr(ord(kind) + number - 1)
    if kind in "iI" and 0 < number < 40:
        roman = (
            "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
        )
        return roman if kind == "i" else roman.upper()
    return str(number)


def _numbered(text: str, prefix: str) -> bool:
    """Whether the text of a list item brings its own number or bullet."""
    mark = prefix.strip()
    return text.startswith((mark, mark.rstrip(".") + ")")) if mark != "-" else text.startswith(_BULLETS)
