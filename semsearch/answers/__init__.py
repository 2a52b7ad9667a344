"""Question -> answer: the minutes' own words, or nothing.

An answer is one to five quotes, best first, and as few as answer (see `compose`).
"""

from __future__ import annotations

from dataclasses import replace

from semsearch.answers.compose import NO_DECISION, compose
from semsearch.answers.decisions import is_beyond
from semsearch.answers.extract import candidates
from semsearch.answers.questions import read_question
from semsearch.records import Answer, Filters
from semsearch.searcher import Result, Searcher

__all__ = ["NO_DECISION", "ask", "read_question"]


def ask(
    searcher: Searcher, question: str, *, filters: Filters | None = None, k: int = 10
) -> tuple[Answer | None, Result]:
    """Answer a question with quotes, or with None where the minutes hold nothing.

    Returns:
        The answer and the search it rests on, whose hits are what comes closest where there is no answer.
        `Answer.note` says so where a decision was asked for and none is printed, or none of the time asked
        for. What was decided in a month before the first meeting or after the last is not in the minutes.
    """
    filters = filters or Filters()
    result = searcher.search(question, k=k, filters=filters)
    if not (result.hits and result.sure and (filters or _says_what_about(result))):
        return None, replace(result, abstained=True)
    asked = read_question(question)
    if asked.wants_decision and is_beyond(searcher.index, result.query):
        return None, replace(result, abstained=True)
    found = candidates(searcher, asked, result, filters)
    quotes, outcome, note = compose(searcher.index, asked, result, filters, found)
    if not quotes:
        return None, replace(result, abstained=True)
    return Answer("\n".join(quote.text for quote in quotes), quotes, outcome, note=note), result


def _says_what_about(result: Result) -> bool:
    """Whether a question names anything that an answer could be about: a topic, a case, a time or a body."""
    query = result.query
    return bool(query.has_topic or query.case_number or query.first or query.last or query.committees)
