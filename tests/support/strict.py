"""A reader of JSON as strict as the strictest: what it takes, every program takes."""

from __future__ import annotations

import json
from typing import Any


def strict_json(text: str) -> Any:
    """Read JSON; refuse NaN, a key that stands twice, half a surrogate pair, a number beyond a double."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    def whole(digits: str) -> int:
        assert len(digits) <= 310, "a number beyond a double"
        float(int(digits))
        return int(digits)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), "a key stands twice"
        return dict(pairs)

    value = json.loads(text, parse_constant=refuse, parse_int=whole, object_pairs_hook=unique)
    json.dumps(value, ensure_ascii=False).encode()  # raises for half a surrogate pair
    return value


def strict_lines(text: str) -> list[Any]:
    """Read JSON Lines as a reader does for which U+0085, U+2028 and U+2029 end a line, too."""
    lines = text.splitlines()
    assert len(lines) == text.count("\n"), "a line separator stands within a record"
    return [strict_json(line) for line in lines]
