"""Regular expressions compiled when they are first asked: a change meets few of the two thousand that gate knows."""

import re
from typing import Any, cast, overload


@overload
def regex(text: str, flags: int = 0) -> re.Pattern[str]: ...
@overload
def regex(text: bytes, flags: int = 0) -> re.Pattern[bytes]: ...
def regex(text: str | bytes, flags: int = 0) -> re.Pattern[Any]:
    """What `re.compile` gives, for modules: compiling them all would take longer than judging a change of one line.

    The functions of `re` do not take it for a pattern: call its methods. A wrong expression raises `re.error` at its
    first use, so `tests/test_lazy.py` uses each.
    """
    return cast("re.Pattern[Any]", _Regex(text, flags))


class _Regex:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._arguments: tuple[Any, int] = (text, flags)

    def __getattr__(self, name: str) -> Any:
        """A method or an attribute of the pattern; kept, so that it is asked for here but once."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "_compiled":
            self._compiled = re.compile(*self._arguments)
            return self._compiled
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found
