"""One exchange with an OpenAI-compatible server, bounded in time and size."""

from __future__ import annotations

import json
from http.client import HTTPException
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from semsearch.errors import UsageError

MAX_BYTES = 1 << 20
MAX_TOKENS = 500
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ChatFailed(Exception):
    """The server gave no text that can be used; the message says why."""


class _NoRedirect(HTTPRedirectHandler):
    """Quotes go to the address the user named and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: the redirect becomes an HTTP error."""


def complete(url: str, model: str, messages: list[dict[str, str]], *, timeout_s: float) -> str:
    """Return what the model writes to messages.

    Raises:
        UsageError: `url` is not an http or https address.
        ChatFailed: no answer in time, an error, or an answer that is not a chat completion.
    """
    asked = {
        "model": model,
        "messages": messages,
        "temperature": 0,
        "max_tokens": MAX_TOKENS,
        "stream": False,
    }
    request = Request(_endpoint(url), json.dumps(asked).encode(), {"Content-Type": "application/json"})
    return _content(_within(timeout_s, request), model)


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is not closed
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--llm {url!r} is no address", "for example http://localhost:11434/v1")
    base = url.rstrip("/")
    if base.endswith("/chat/completions"):
        return base
    return f"{base}/chat/completions" if parts.path.strip("/") else f"{base}/v1/chat/completions"


def _opener(request: Request) -> OpenerDirector:
    local = urlsplit(request.full_url).hostname in _LOOPBACK
    return build_opener(_NoRedirect, *([ProxyHandler({})] if local else []))


def _within(timeout_s: float, request: Request) -> bytes:
    """Fetch in a thread that is left behind when time is up: a server may drip headers for ever."""
    place = urlsplit(request.full_url).netloc
    done: list[bytes | ChatFailed] = []
    worker = Thread(target=lambda: done.append(_outcome(request, timeout_s)), daemon=True)
    worker.start()
    worker.join(timeout_s)
    found = done[0] if done else ChatFailed(f"{place} took longer than {timeout_s:g} s")
    if isinstance(found, ChatFailed):
        raise found
    return found


def _outcome(request: Request, timeout_s: float) -> bytes | ChatFailed:
    """Return the body of the answer, or what went wrong."""
    place = urlsplit(request.full_url).netloc
    try:
        with _opener(request).open(request, timeout=timeout_s) as response:
            body = bytes(response.read(MAX_BYTES + 1))
    except HTTPError as error:
        error.close()
        return ChatFailed(f"{place} answered with HTTP {error.code}")
    except (OSError, HTTPException, ValueError) as error:  # URLError and TimeoutError are kinds of OSError
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            return ChatFailed(f"{place} took longer than {timeout_s:g} s")
        return ChatFailed(f"{place} cannot be asked: {str(reason) or type(reason).__name__}")
    if len(body) > MAX_BYTES:
        return ChatFailed(f"{place} answered with more than {MAX_BYTES >> 20} MB")
    return body


def _content(body: bytes, model: str) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise ChatFailed(f"{model} did not answer with a chat completion") from None
    if not isinstance(content, str) or not content.strip():
        raise ChatFailed(f"{model} answered with nothing")
    return content.strip()
