"""Cuts the process that imports it off from the network, as a machine without one would be.

Loopback and Unix sockets answer; any other attempt is refused and appended to the file $BLOCKED_LOG names.
"""

import errno
import os
import sys
from pathlib import Path
from typing import Any

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
BY_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
BY_NAME = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


def is_local(host: object) -> bool:
    """Tell whether a host, as bytes or text, is this machine; None and "" mean any of its addresses."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    return not text or text.startswith(LOOPBACK)


def host_called(event: str, args: tuple[Any, ...]) -> object:
    """Return the host an audit event is about, None for every other event and for Unix sockets."""
    if event in BY_ADDRESS:
        return args[1][0] if isinstance(args[1], tuple) else None
    return args[0] if event in BY_NAME else None


def refuse(event: str, args: tuple[Any, ...]) -> None:
    """Raise "network is unreachable" before a name is looked up or an address is called."""
    host = host_called(event, args)
    if is_local(host):
        return
    if log := os.environ.get("BLOCKED_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{event} {host!r}\n")
    raise OSError(errno.ENETUNREACH, f"the tests have no network: {host!r}")


sys.addaudithook(refuse)
