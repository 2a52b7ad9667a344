"""Results as people read them: rich text on a terminal, plain lines in a pipe."""

from semsearch.terminal.found import show_answer, show_hits, show_similar
from semsearch.terminal.listings import show_case, show_decisions, show_meeting, show_news
from semsearch.terminal.maintenance import progress_bar, show_check, show_report, show_status
from semsearch.terminal.parts import clean, console, warn

__all__ = [
    "clean",
    "console",
    "progress_bar",
    "show_answer",
    "show_case",
    "show_check",
    "show_decisions",
    "show_hits",
    "show_meeting",
    "show_news",
    "show_report",
    "show_similar",
    "show_status",
    "warn",
]
