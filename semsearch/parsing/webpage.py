"""A saved page of minutes -> Meeting."""

from __future__ import annotations

from semsearch.errors import DocumentError
from semsearch.parsing import firstagenda, html
from semsearch.parsing.layout import read_meeting
from semsearch.records import Meeting


def parse(text: str, path: str) -> Meeting:
    """Read minutes laid out in HTML: FirstAgenda's page of a meeting, or any other.

    Raises:
        DocumentError: the page is no minutes, or built to harm.
    """
    tree = html.tree_of(text, path)
    if firstagenda.is_page(tree):
        return firstagenda.parse_page(tree, path)
    if tree.body is None:
        raise DocumentError(f"{path} holds no text", "save the page again from a browser")
    return read_meeting(html.render(tree.body), path)
