"""Regular expressions compiled at their first use: a query should not wait for those it does not need."""

from __future__ import annotations

import re
from functools import cached_property


class LazyPattern:
    """A regular expression; `now` is the compiled one."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source = source
        self._flags = flags

    @cached_property
    def now(self) -> re.Pattern[str]:
        """The compiled pattern, made when first asked for."""
        return re.compile(self.source, self._flags)
