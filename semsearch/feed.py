"""News as an RSS 2.0 feed, for mail programs and intranet pages."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from semsearch.errors import UsageError
from semsearch.news import News
from semsearch.outcomes import label

_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # of XML 1.0, section 2.2


def rss(news: Sequence[News], *, title: str) -> bytes:
    """Return a feed of news as UTF-8 XML. A guid changes with its item's wording: readers show it again."""
    from xml.etree import ElementTree

    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    newest = max((one.changed for one in news), default="")
    for tag, text in (
        ("title", title),
        ("link", next((url for one in news if (url := _url(one))), "urn:semsearch")),
        ("description", "New and changed items of municipal minutes"),
        ("lastBuildDate", _stamp(newest) if newest else ""),
    ):
        if text:
            ElementTree.SubElement(channel, tag).text = _fit(text)
    for one in news:
        entry = ElementTree.SubElement(channel, "item")
        for tag, text in _fields(one):
            ElementTree.SubElement(entry, tag).text = _fit(text)
        guid = ElementTree.SubElement(entry, "guid", isPermaLink="false")
        guid.text = f"{one.treatment.item.id}@{one.changed}"
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def write_rss(path: Path, news: Sequence[News], *, title: str) -> None:
    """Write a feed whole, so that a reader never sees half of it.

    Raises:
        UsageError: the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(rss(news, title=title))
        beside.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "name a file in a folder that exists"
        ) from None


def _fields(one: News) -> list[tuple[str, str]]:
    item = one.treatment.item
    outcome = f" ({label(item.outcome).lower()})" if item.outcome else ""
    url = _url(one)
    about = [
        one.treatment.decision or "",
        f"{item.meeting.committee}, {item.meeting.date}, item {item.number}",
    ]
    about += [f"case {item.case_number}"] if item.case_number else []
    about += [f"matches: {', '.join(one.queries)}"] if one.queries else []
    return [
        ("title", f"{item.title}{outcome}"),
        *([("link", url)] if url else []),
        ("description", "\n".join(line for line in about if line)),
        ("category", item.meeting.committee),
        ("pubDate", _stamp(one.changed)),
    ]


def _url(one: News) -> str | None:
    return one.treatment.item.url or one.treatment.item.meeting.url


def _stamp(changed: str) -> str:
    return format_datetime(datetime.fromisoformat(changed).astimezone(UTC))


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)
