"""PDF documents -> Meeting: what is printed, put back into paragraphs, headings and table rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pypdfium2 as pdfium

from semsearch.errors import DocumentError
from semsearch.parsing.layout import read_meeting
from semsearch.parsing.paragraphs import AND, Words, assemble
from semsearch.parsing.pdflines import lines_of, usual_distance
from semsearch.parsing.pdfwords import Page, read_page
from semsearch.records import Meeting

_MOST_PAGES = 5_000
_MOST_WORDS = 5_000_000
_LINE = 0.6  # of a letter's height: what is this much lower is on another line
_BROKEN = 0.03  # share of lines that end in a broken word from which words were broken on purpose
_UNREADABLE = 0.3  # share of characters without a letter's meaning from which a text is no text


def parse(data: bytes, path: str) -> Meeting:
    """Read minutes in a PDF; `pages` of the result are the offsets of the pages' first characters.

    Raises:
        DocumentError: the file is damaged, protected by a password, scanned, too large, or no minutes.
    """
    pages = list(_pages(data, path))
    letters = "".join(word.text for page in pages for word in page.words)
    if not any(map(str.isalnum, letters)):
        raise DocumentError(
            f"{path} is scanned: its {len(pages)} pages hold pictures, no text",
            "run text recognition (OCR) on it first",
        )
    if sum(map(_is_unreadable, letters)) > _UNREADABLE * len(letters):
        raise DocumentError(
            f"{path} does not say which letters its fonts print", "run text recognition (OCR) on it"
        )
    spelled = [word.text.strip(".,;:()") for page in pages for word in page.words]
    words = Words(spelled, hyphenated=_is_hyphenated(pages))
    distance = usual_distance(pages)
    lines, starts = assemble([lines_of(page, words.join, distance) for page in pages], words, distance)
    return replace(read_meeting(lines, path), pages=starts)


def _pages(data: bytes, path: str) -> Iterator[Page]:
    try:
        with pdfium.PdfDocument(data) as document:
            if len(document) > _MOST_PAGES:
                raise DocumentError(f"{path} has more than {_MOST_PAGES} pages", "split the file by meetings")
            count = 0
            for number in range(len(document)):
                page = read_page(document[number])
                count += len(page.words)
                if count > _MOST_WORDS:
                    raise DocumentError(
                        f"{path} holds more than {_MOST_WORDS} words", "split the file by meetings"
                    )
                yield page
    except pdfium.PdfiumError as error:
        protected = "password" in str(error).lower()
        what = "is protected by a password" if protected else f"is a damaged PDF ({error})"
        raise DocumentError(
            f"{path} {what}", "save it again without protection" if protected else "fetch it again"
        ) from None


def _is_hyphenated(pages: list[Page]) -> bool:
    """Whether the typesetter broke words: more lines end in a hyphen than words with a hyphen explain."""
    ends = [
        (one.text, other.text)
        for page in pages
        for one, other in pairwise(page.words)
        if other.top < one.top - _LINE * one.size
    ]
    broken = [end for end in ends if end[0].endswith("-") and end[1][:1].islower() and end[1] not in AND]
    return len(broken) > _BROKEN * len(ends)


def _is_unreadable(letter: str) -> bool:
    return letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or letter < " "
