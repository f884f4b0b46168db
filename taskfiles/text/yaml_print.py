"""Format values as YAML text: the pieces that an edit writes into a file, never a whole document."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from taskfiles.basics.instants import INSTANT_NAMES
from taskfiles.basics.patterns import lazy
from taskfiles.text.nodes import Value

# What YAML 1.1 parsers read as something other than text; quoted for their sake.
_OTHER_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"])
_NUMBERS = lazy(
    r"[-+]?[0-9][0-9_,]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[-+]?(?:0b[01_]+|0x[0-9a-f_]+|0o?[0-7_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|\.[0-9_]+(?:e[-+]?[0-9]+)?)"
    r"|[-+]?\.(?:inf|nan)",
    re.IGNORECASE | re.ASCII,
)
# What YAML 1.1 parsers read as a date, in the widest form that one of them takes.
_DATES = lazy(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:T|[ \t]+)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]*)?)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?",
    re.IGNORECASE | re.ASCII,
)
_MOST_DASHES = 3  # in a date or a number; a UUID has more
_INDICATORS = tuple("-?:,[]{}#&*!|>'\"%@`")

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _is_unprintable(text: str) -> bool:
    """Return whether a character of the text is unprintable in YAML; Python's printable ones never are."""
    return not text.isprintable() and _unprintable().search(text) is not None


@lru_cache(maxsize=1)  # compiled on first use: it takes longer than printing all of an edit
def _unprintable() -> re.Pattern[str]:
    return re.compile(
        "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    )


def print_scalar(value: Value, *, style: str = "", flow: bool = False, key: Value = "") -> str:
    """Format a scalar on one line, in the wanted quoting style if the value allows it.

    `style` is `""`, `'` or `"`; `flow` means that the text is inside `[…]` or `{…}`. `key` is the key that
    has the value: dates are written without quotes only where the format has an instant.

    >>> print_scalar("no"), print_scalar("a: b", style="'"), print_scalar(5)
    ('"no"', "'a: b'", '5')
    """
    if isinstance(value, str):
        if style == "'" and not _is_unprintable(value) and "\n" not in value and "\t" not in value:
            return "'" + value.replace("'", "''") + "'"
        if style in {"", "|", ">"} and _is_plain(value, flow, is_instant=key in INSTANT_NAMES):
            return value
        return '"' + "".join(_escape(char) for char in value) + '"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _print_float(value)
    if isinstance(value, int):
        return str(value)
    return _print_flow(value)


def print_block(
    value: Value, indent: int, *, newline: str = "\n", step: int = 2, literal: bool = True, key: str = ""
) -> list[str]:
    """Format the value after `key:` or `-`: the rest of that line, then whole lines below it.

    `indent` is the column of the children; `literal` allows literal blocks for texts of several lines;
    `key` is as in `print_scalar`.
    Each returned line but the first ends with `newline`; the first has neither a blank before it nor a
    line end.
    """
    if isinstance(value, dict) and value:
        lines = [""]
        for name, item in value.items():
            lead = print_scalar(name) + ":"
            lines += _entry(lead, item, indent, newline, step=step, literal=literal, key=name)
        return lines
    if isinstance(value, list) and value:
        lines = [""]
        for item in value:
            lines += print_item(item, indent, newline=newline, step=step, literal=literal)
        return lines
    if literal and isinstance(value, str) and is_literal(value):
        return print_literal(value, indent, newline)
    return [print_scalar(value, key=key)]


def print_item(
    item: Value, indent: int, *, newline: str = "\n", step: int = 2, gap: int = 1, literal: bool = True
) -> list[str]:
    """Format one item of a block sequence as whole lines, the dash in column `indent`."""
    inner = indent + 1 + gap
    if isinstance(item, dict) and item:
        lines = print_block(item, inner, newline=newline, step=step, literal=literal)[1:]
        return [" " * indent + "-" + " " * gap + lines[0][inner:], *lines[1:]]
    return _entry("-", item, indent, newline, step=step, literal=literal)


def _entry(
    lead: str, item: Value, indent: int, newline: str, *, step: int, literal: bool, key: str = ""
) -> list[str]:
    head, *rest = print_block(item, indent + step, newline=newline, step=step, literal=literal, key=key)
    return [" " * indent + lead + (" " + head if head else "") + newline, *rest]


def is_literal(text: str) -> bool:
    """Return whether a text of several lines reads back exactly from a literal block."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and not text.endswith("\n\n")  # only `|+` keeps them, and it would absorb the blank lines below
        and not _is_unprintable(text)
        and bool(lines[0].strip(" \t"))
        and not lines[0].startswith((" ", "\t"))
        and not any(line.startswith(("\t", " ")) and not line.strip(" \t") for line in lines)
    )


def print_literal(text: str, indent: int, newline: str = "\n") -> list[str]:
    """Format text as a literal block: its header, then its lines."""
    lines = text.removesuffix("\n").split("\n")
    header = "|" if text.endswith("\n") else "|-"
    return [header, *((" " * indent + line if line else "") + newline for line in lines)]


def _print_flow(value: Value) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{print_scalar(k, flow=True)}: {print_scalar(v, flow=True, key=k)}" for k, v in value.items()
            )
            + "}"
        )
    assert isinstance(value, list)
    return "[" + ", ".join(print_scalar(item, flow=True) for item in value) + "]"


def _print_float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if not _is_unprintable(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_plain(text: str, flow: bool, *, is_instant: bool) -> bool:
    if not text or text.startswith((" ", "\t", *_INDICATORS)) or text.endswith((" ", "\t", ":")):
        return False
    if ": " in text or " #" in text or "\t" in text or "\n" in text or _is_unprintable(text):
        return False
    if flow and any(char in text for char in ",[]{}:?"):
        return False
    if text.lower() in _OTHER_WORDS or text.startswith(("---", "...")):
        return False
    # Compiling the patterns takes longer than all else that an edit prints, and few texts need them.
    if text[0] not in "0123456789+." or text.count("-") > _MOST_DASHES:
        return True
    if text[:4].isdigit() and text[4:5] == "-":
        return is_instant or not _DATES.fullmatch(text)
    return not _NUMBERS.fullmatch(text)
