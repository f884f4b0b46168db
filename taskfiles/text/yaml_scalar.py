"""Resolve the text of a YAML scalar by YAML 1.2's core schema: timestamps stay text and `no` is a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from taskfiles.text.nodes import MAX_DIGITS

if TYPE_CHECKING:
    from taskfiles.text.nodes import Value

_NULL = re.compile(r"null|Null|NULL|~|", re.ASCII)
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE", re.ASCII)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"(?P<inf>[-+]?\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)", re.ASCII)
_TAG = "tag:yaml.org,2002:"


def resolve(text: str, tag: str | None) -> Value:
    """Return a scalar's value; with a custom tag it stays text."""
    if tag is not None and tag != _TAG + "float":
        if tag == _TAG + "null":
            return None
        if tag not in {_TAG + "bool", _TAG + "int"}:
            return text
    if text[:1].isalpha() and text[0] not in "nNtTfF":  # the common case, without a regular expression
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            return text
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        return float(number) if tag == _TAG + "float" and abs(number) < 10**300 else number
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if match := _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1)) if match["inf"] else float("nan")
    return text


def _finite(text: str) -> Value:
    """Convert text to a float; a number too large for one stays text instead of becoming infinity."""
    number = float(text)
    return text if number in (float("inf"), float("-inf")) else number
