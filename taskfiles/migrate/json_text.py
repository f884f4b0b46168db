"""JSON as strict readers take it, with the place of what they refuse; pure."""

from __future__ import annotations

import json
import math
import re
import sys
from typing import Any, NoReturn

from taskfiles.text.nodes import MAX_DEPTH

_PARTS = re.compile(r'"(?:\\.|[^"\\])*"?|[\[{\]}]|-?(?:Infinity|\d[\d.eE+-]*)|NaN')


class BadJson(Exception):
    """What is wrong with a text as JSON, and where: an index into it."""

    def __init__(self, problem: str, index: int) -> None:
        super().__init__(problem)
        self.problem, self.index = problem, index

    def place(self, text: str) -> tuple[int, int]:
        """Return line and column of the place, both from 1."""
        before = text[: self.index]
        return before.count("\n") + 1, self.index - before.rfind("\n")


class _NoNumber(ValueError):
    def __init__(self, written: str, problem: str) -> None:
        super().__init__(problem)
        self.written = written


def decode_json(text: str) -> tuple[Any, int]:
    """Return the value that a text begins with, and where it ends. Raises BadJson.

    Refused are, as JSON has it, NaN and Infinity; numbers larger than any that can be held; and what nests
    deeper than a frontmatter may.

    >>> decode_json('{"a": 1} rest')
    ({'a': 1}, 8)
    """
    if (deep := _find_depth(text)) is not None:
        raise BadJson(f"it nests deeper than {MAX_DEPTH} levels", deep)
    start = len(text) - len(text.lstrip(" \t\r\n"))
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise BadJson(error.msg[:1].lower() + error.msg[1:], error.pos) from None
    except _NoNumber as bad:
        raise BadJson(str(bad), _find_part(text, bad.written)) from None
    return value, end


def load_json(text: str) -> Any:
    """Return the value of a text that is one value. Raises BadJson."""
    value, end = decode_json(text)
    if rest := text[end:].strip(" \t\r\n"):
        raise BadJson("extra data", text.index(rest, end))
    return value


def _find_depth(text: str) -> int | None:
    """Return where a text nests too deep, brackets in strings left out; None if it does not."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return None
    depth = 0
    for part in _PARTS.finditer(text):
        depth += (part[0] in "[{") - (part[0] in "]}")
        if depth > MAX_DEPTH:
            return part.start()
    return None


def _find_part(text: str, written: str) -> int:
    return next((part.start() for part in _PARTS.finditer(text) if part[0] == written), 0)


def _refuse_constant(written: str) -> NoReturn:
    raise _NoNumber(written, f"{written} is no number of JSON")


def _read_float(written: str) -> float:
    value = float(written)
    if math.isinf(value):
        raise _NoNumber(written, f"{written} is larger than any number that can be held")
    return value


def _read_integer(written: str) -> int:
    longest = sys.get_int_max_str_digits()
    if longest and len(written) > longest:
        raise _NoNumber(written, f"a number has {len(written)} digits")
    return int(written)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_float, parse_int=_read_integer)
