"""Quotes -> a short answer in the question's language, by a model the user brings; checked, or dropped.

The model sees the question and the quotes, fenced as data, and nothing else. What it writes is shown only if
every sentence cites a quote and holds no number, name or address that its quotes do not (`grounding`).
"""

from __future__ import annotations

from dataclasses import replace

from semsearch.llm.chat import ChatFailed, complete
from semsearch.llm.grounding import fault_of
from semsearch.llm.prompt import messages
from semsearch.records import Answer

__all__ = ["rewrite"]


def rewrite(
    answer: Answer, question: str, *, url: str, model: str, timeout_s: float = 60.0
) -> tuple[Answer, str]:
    """Return the answer as a model puts it, or as it is with the reason why; no server makes it raise.

    Args:
        answer: what the minutes say; its quotes are all the model is given.
        question: as typed.
        url: of an OpenAI-compatible server, for example http://localhost:11434/v1 (Ollama).
        model: its name for the model.
        timeout_s: for the whole exchange.

    Returns:
        (the rewritten answer, "") or (`answer` unchanged, what went wrong).

    Raises:
        UsageError: `url` is not an http or https address.
    """
    try:
        written = complete(url, model, messages(question, answer.quotes), timeout_s=timeout_s)
    except ChatFailed as failed:
        return answer, f"{failed}; showing the quotes instead"
    fault = fault_of(written, question, answer.quotes)
    if fault:
        return answer, f"{model} {fault}; showing the quotes instead"
    return replace(answer, text=written, model=model), ""
