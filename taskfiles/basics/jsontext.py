"""Write JSON for other programs: the one place where answers, events and datasets become JSON text.

What is written is JSON for strict readers too (RFC 8259 and its notes): no NaN, no half of a surrogate pair.
It is one line for every reader of lines, also for those that take U+0085, U+2028 and U+2029 for line ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taskfiles.basics.patterns import lazy

_ODD = lazy("[\x85\u2028\u2029\ud800-\udfff]")
# Bits of a whole number that a double can still stand for, and digits that may be more.
_LARGEST, _DIGITS = 1023, 309
_LONG = lazy(f"[0-9]{{{_DIGITS}}}")
# So many digits in a row have six among every 51st character, which is far less to look at.
_STEP, _SOME = 51, lazy(f"[0-9]{{{_DIGITS // 51}}}")


def json_text(value: Any, *, indent: int | None = None, blanks: bool = False, in_order: bool = False) -> str:
    r"""Format a value as JSON; `blanks` puts one after `:` and `,`, `in_order` sorts keys.

    Half of a surrogate pair, as in file names that are not UTF-8, becomes its escape as visible text. Numbers
    that JSON does not have become YAML's words for them.

    >>> json_text({"a": "b\u2028c", "d": float("inf")})
    '{"a":"b\\u2028c","d":".inf"}'
    >>> print(json_text("e\udcff"))
    "e\\udcff"
    """
    try:
        text = _dump(value, indent, blanks=blanks, in_order=in_order)
    except ValueError:  # a number that is not finite, or of more digits than Python converts
        text = ""
    if not text or has_long_number(text):
        text = _dump(json_value(value), indent, blanks=blanks, in_order=in_order)
    return text if text.isascii() else _ODD.sub(_escape, text)


def encode_json(value: Any) -> bytes:
    r"""Encode a value for ourselves, so that `json.loads` returns it: half of a surrogate pair stays that.

    >>> encode_json({"path": "e\udcff", "size": None})
    b'{"path": "e\\udcff", "size": null}'
    """
    if _make_encoder is not None:
        encode = _make_encoder({}, _refuse, encode_basestring_ascii, None, ": ", ", ", False, False, True)
        return "".join(encode(value, 0)).encode()
    import json  # noqa: PLC0415 (as below)

    return json.dumps(value).encode()


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is not JSON")


def has_long_number(text: str) -> bool:
    """Return whether a text has so many digits in a row that no double stands for the number."""
    return len(text) >= _DIGITS and _SOME.search(text[::_STEP]) is not None and _LONG.search(text) is not None


def _dump(value: Any, indent: int | None, *, blanks: bool, in_order: bool) -> str:
    comma, colon = (", ", ": ") if blanks else (",", ": " if indent is not None else ":")
    if indent is None and _make_encoder is not None:
        return "".join(
            _make_encoder({}, str, encode_basestring, None, colon, comma, in_order, False, False)(value, 0)
        )
    import json  # noqa: PLC0415 (as said there)

    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        indent=indent,
        separators=(comma, colon),
        sort_keys=in_order,
        default=str,
    )


_make_encoder: Callable[..., Any] | None
try:  # the encoder of `json.dumps`, without the milliseconds of importing `json`
    from _json import encode_basestring, encode_basestring_ascii, make_encoder

    _make_encoder = make_encoder
except ImportError:  # an interpreter without it
    _make_encoder = None


def json_value(value: Any) -> Any:
    """Return a copy of a value; numbers that JSON readers do not have become text, as YAML writes them.

    >>> json_value([float("nan"), 10**400 == json_value(10**400), {"a": (1,)}])
    ['.nan', False, {'a': [1]}]
    """
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return ".inf" if value > 0 else "-.inf" if value < 0 else ".nan"
    if isinstance(value, int) and value.bit_length() > _LARGEST:
        return _number_text(value)
    return value


def _number_text(number: int) -> str:
    try:
        return str(number)
    except ValueError:  # of more digits than Python converts
        return hex(number)


def _escape(found: Any) -> str:
    code = ord(found[0])
    return f"\\\\u{code:04x}" if code >= 0xD800 else f"\\u{code:04x}"
