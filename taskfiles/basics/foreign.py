"""What other libraries say of a mistake, in our words: a function for each of them, pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# By pydantic's type of error, or its first word: what belongs there.
_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "path": "a path",
    "datetime": "an instant",
    "date": "a day",
    "uuid": "a UUID",
    "url": "a URL",
    "enum": "one of the words that it takes",
    "literal": "one of the words that it takes",
}
_LIMITS = {
    "greater_than_equal": ("ge", "a number from {}"),
    "greater_than": ("gt", "a number above {}"),
    "less_than_equal": ("le", "a number up to {}"),
    "less_than": ("lt", "a number below {}"),
    "string_too_short": ("min_length", "text of {} characters or more"),
    "string_too_long": ("max_length", "text of {} characters at most"),
    "too_short": ("min_length", "a list of {} items or more"),
    "too_long": ("max_length", "a list of {} items at most"),
    "string_pattern_mismatch": ("pattern", "text of the form {}"),
}
# What Python's TOML reader says, by its beginning, and what to show instead.
_TOML = (
    ("Cannot overwrite", "this is set a second time"),
    ("Cannot declare", "this table stands here a second time"),
    ("Cannot redefine", "this table stands here a second time"),
    ("Cannot mutate", "this table was closed above, and can't be added to"),
    ("Duplicate inline table key", "a key stands twice in these braces"),
    ("Escaped character", "an escape stands for no character"),
    ("Expected '='", "an equals sign is missing after the key"),
    ("Expected ']", "the name of a table is not closed with its bracket"),
    ("Expected newline", "something follows after the value"),
    ("Expected", "something is missing here"),
    ("Found invalid character", "a character stands here that TOML does not allow"),
    ("Illegal character", "a character stands here that TOML does not allow"),
    ("Invalid date", "this is no date or time"),
    ("Invalid hex", "an escape is not followed by its hexadecimal digits"),
    ("Invalid initial character", "a key begins with a character that needs quotes"),
    ("Invalid statement", "this is neither a key nor a table"),
    ("Invalid value", "this is no value; text needs quotes"),
    ("Unclosed array", "a bracket is not closed"),
    ("Unclosed inline table", "a brace is not closed"),
    ("Unescaped '\\'", "a backslash is followed by a character that it can't escape"),
    ("Unterminated string", "a text has no closing quote"),
)


def wanted_by_pydantic(details: Mapping[str, Any]) -> str | None:
    """Say what belongs where pydantic refused a value, by one of its errors; None where that is not known.

    >>> wanted_by_pydantic({"type": "int_parsing"}), wanted_by_pydantic({"type": "missing"})
    ('a whole number', None)
    """
    kind, given = str(details.get("type", "")), details.get("ctx") or {}
    name, form = _LIMITS.get(kind, ("", ""))
    if name in given:
        return form.format(given[name])
    return _WANTED.get(kind) or _WANTED.get(kind.partition("_")[0])


def explain_pydantic(details: Mapping[str, Any]) -> str:
    """Say in a clause what is wrong with a value, by one of pydantic's errors.

    >>> explain_pydantic({"type": "missing"}), explain_pydantic({"type": "string_type"})
    ('it is missing', 'text belongs there')
    """
    kind = str(details.get("type", ""))
    if kind == "missing":
        return "it is missing"
    if kind == "extra_forbidden":
        return "there is no such key"
    wanted = wanted_by_pydantic(details)
    return f"{wanted} belongs there" if wanted else "its value is none that belongs there"


def explain_toml(message: str) -> tuple[str, int | None, int | None]:
    """Say what is wrong with a TOML text, by the message of Python's reader, and its line and column.

    Both are None at the end of the text.

    >>> explain_toml("Invalid value (at line 3, column 8)")
    ('this is no value; text needs quotes', 3, 8)
    """
    said, _, where = message.partition(" (at ")
    problem = next((meaning for words, meaning in _TOML if said.startswith(words)), "this is no TOML")
    found = re.match(r"line (\d+), column (\d+)", where)
    return (problem, int(found[1]), int(found[2])) if found else (problem, None, None)


def explain_record(error: Exception) -> str:
    """Say what is wrong with a record of a file, by the exception that reading it has raised."""
    if isinstance(error, json.JSONDecodeError):
        return "a line of it is no JSON"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, KeyError):
        return f"a record of it has no {error.args[0]}" if error.args else "a record of it lacks a column"
    if isinstance(error, TypeError):
        return "a record of it has a value of another type"
    return str(error) or "a record of it can't be read"
