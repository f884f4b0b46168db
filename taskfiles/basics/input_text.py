"""Text and JSON that come from outside: decoded and parsed in one place, every problem in our own words."""

from __future__ import annotations

import json
from json import JSONDecodeError
from typing import Any

_MARK = "\ufeff"
_LONGEST_NUMBER = 4300  # digits that Python converts; no other reader takes more
# What Python's reader says, and what to show instead.
_MEANINGS = (
    ("Expecting value", "a value is missing"),
    ("Expecting property name", "a key in double quotes is missing"),
    ("Expecting ':'", "a colon is missing"),
    ("Expecting ','", "a comma or a closing bracket is missing"),
    ("Illegal trailing comma", "there is a comma before a closing bracket"),
    ("Unterminated string", "the text that begins here has no closing quote"),
    ("Invalid control character", "a text has a control character, such as a line end, that is not escaped"),
    ("Invalid \\u", "`\\u` is not followed by four hexadecimal digits"),
    ("Invalid \\", "a backslash is followed by a character that it can't escape"),
    ("Extra data", "something follows after the value"),
)


class BadInput(ValueError):
    """Input that can't be used: the problem, and its line and column from 1 where they are known."""

    def __init__(self, problem: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.line, self.column = problem, line, column

    def __str__(self) -> str:
        return (
            self.problem if self.line is None else f"{self.problem} at line {self.line}, column {self.column}"
        )


def decode_text(data: bytes) -> str:
    """Decode UTF-8, a byte-order mark left out: shells on Windows put one before what they write.

    Raises BadInput.
    """
    try:
        return data.decode().removeprefix(_MARK)
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise BadInput("it is UTF-16, not UTF-8") from None
        before = data[: error.start].decode(errors="replace").removeprefix(_MARK)
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        problem = f"it is not UTF-8: there is the byte 0x{data[error.start]:02x}"
        raise BadInput(problem, line, column) from None


def parse_json(given: bytes | str, *, max_depth: int | None = None) -> Any:
    """Parse one strict JSON value, without NaN and keys that stand twice; a byte-order mark is left out.

    Raises BadInput.

    >>> parse_json(b'\\xef\\xbb\\xbf{"a": [1.5]}')
    {'a': [1.5]}
    """
    text = decode_text(given) if isinstance(given, bytes) else given.removeprefix(_MARK)
    if not text.strip():
        raise BadInput("it is empty")
    try:
        value = json.loads(
            text,
            parse_int=_whole,
            parse_float=_finite,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
        if max_depth is not None and _nests_deeper(value, max_depth):
            raise BadInput(f"it nests deeper than {max_depth} levels")
        json.dumps(value, ensure_ascii=False).encode()
    except JSONDecodeError as error:
        raise BadInput(_explain(error.msg), error.lineno, error.colno) from None
    except UnicodeEncodeError:
        raise BadInput("a text has half of a surrogate pair") from None
    except RecursionError:
        raise BadInput("it nests too deep") from None
    return value


def _explain(message: str) -> str:
    return next((meaning for words, meaning in _MEANINGS if message.startswith(words)), "it is not JSON")


def _nests_deeper(value: object, limit: int) -> bool:
    """Return whether a value nests deeper than `limit` levels; without recursion."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            item
            for outer in level
            if isinstance(outer, (dict, list))
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise BadInput(f"a number has {len(digits)} digits")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise BadInput(f"{text[:40]} is too large")
    return number


def _refuse_constant(word: str) -> None:
    raise BadInput(f"{word} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise BadInput(f"the key “{twice[:60]}” stands twice in one object")
    return result
