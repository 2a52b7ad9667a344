"""A picture of an evaluation: nDCG@10 of each arm, kind by kind; drawn with Pillow (`semsearch[plot]`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from semsearch.errors import UsageError

if TYPE_CHECKING:
    from semsearch.evaluation import Report

SCALE = 2  # pixels a point, so that text stays sharp on dense screens
BAR, GAP, PLOT_WIDTH, LEFT, TOP, RIGHT, BOTTOM = 15, 16, 460, 190, 74, 60, 40
TEXT_SIZE = 13
INK, FAINT, PAPER = "#1f2933", "#cbd2d9", "#ffffff"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999")  # Okabe & Ito 2008


def draw(report: Report, path: Path) -> None:
    """Write a PNG of horizontal bars: groups of queries from top to bottom, in each one bar an arm.

    Raises:
        UsageError: Pillow is not installed, or the file cannot be written.
    """
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise UsageError(
            "--plot needs Pillow, which is not installed", "pip install 'semsearch[plot]'"
        ) from None
    groups = _groups(report)
    height = TOP + sum(len(bars) * BAR + GAP for _, bars in groups) + BOTTOM
    image = Image.new("RGB", (SCALE * (LEFT + PLOT_WIDTH + RIGHT), SCALE * height), PAPER)
    sheet = _Sheet(ImageDraw.Draw(image), ImageFont.load_default(SCALE * TEXT_SIZE))
    _draw_axis(sheet, height)
    _draw_legend(sheet, [arm.name for arm in report.arms])
    _draw_bars(sheet, groups)
    try:
        image.save(path, "PNG")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror or error}", "name another file"
        ) from None


class _Sheet:
    """Draws in points, with the origin at the top left."""

    def __init__(self, pen: Any, font: Any) -> None:
        self._pen = pen
        self._font = font

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._pen.rectangle([SCALE * left, SCALE * top, SCALE * right, SCALE * bottom], fill=colour)

    def text(self, left: float, middle: float, words: str, *, anchor: str = "lm", colour: str = INK) -> None:
        self._pen.text((SCALE * left, SCALE * middle), words, fill=colour, font=self._font, anchor=anchor)

    def width(self, words: str) -> float:
        return float(self._pen.textlength(words, font=self._font)) / SCALE


def _groups(report: Report) -> list[tuple[str, list[float]]]:
    """Return "all", languages and kinds with the number of queries, and the value of each arm."""
    if not report.arms or not report.arms[0].figures:
        raise UsageError("nothing to draw: no query is answerable", "leave --plot out")
    return [
        (
            f"{group.partition('=')[2] or group} ({figures.queries})",
            [arm.figures[group].ndcg_10 for arm in report.arms],
        )
        for group, figures in report.arms[0].figures.items()
    ]


def _draw_axis(sheet: _Sheet, height: float) -> None:
    sheet.text(LEFT, 18, "nDCG@10 by kind of query")
    for tenth in range(0, 11, 2):
        place = LEFT + PLOT_WIDTH * tenth / 10
        sheet.box(place, TOP - 8, place + 0.5, height - BOTTOM, FAINT)
        sheet.text(place, height - BOTTOM + 14, f"{tenth / 10:.1f}", anchor="mm")


def _draw_legend(sheet: _Sheet, names: list[str]) -> None:
    left: float = LEFT
    for place, name in enumerate(names):
        sheet.box(left, 40, left + 11, 51, COLOURS[place % len(COLOURS)])
        sheet.text(left + 16, 46, name)
        left += sheet.width(name) + 36


def _draw_bars(sheet: _Sheet, groups: list[tuple[str, list[float]]]) -> None:
    top: float = TOP
    for label, values in groups:
        sheet.text(LEFT - 12, top + len(values) * BAR / 2, label, anchor="rm")
        for place, value in enumerate(values):
            right = LEFT + PLOT_WIDTH * value
            sheet.box(LEFT, top + 1, max(right, LEFT + 1), top + BAR - 2, COLOURS[place % len(COLOURS)])
            sheet.text(right + 5, top + BAR / 2, f"{value:.2f}")
            top += BAR
        top += GAP
