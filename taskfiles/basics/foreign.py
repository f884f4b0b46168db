"""What other libraries say of a mistake, in our words: a function for each of them, pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from taskfiles.basics.quotation import add_quotation

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
    ("Cannot overwrite", "this is set twice"),
    ("Cannot declare", "this table is given twice"),
    ("Cannot redefine", "this table is given twice"),
    ("Cannot mutate", "this table was closed above, and can't be added to"),
    ("Duplicate inline table key", "a key is given twice in these braces"),
    ("Escaped character", "an escape is for no character"),
    ("Expected '='", "an equals sign is missing after the key"),
    ("Expected ']", "the name of a table is not closed with its bracket"),
    ("Expected newline", "something follows after the value"),
    ("Expected", "something is missing here"),
    ("Found invalid character", "this character is not allowed in TOML"),
    ("Illegal character", "this character is not allowed in TOML"),
    ("Invalid date", "this is not a date or time"),
    ("Invalid hex", "an escape is not followed by its hexadecimal digits"),
    ("Invalid initial character", "a key begins with a character that needs quotes"),
    ("Invalid statement", "this is neither a key nor a table"),
    ("Invalid value", "this is not a value; text needs quotes"),
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
    return f"{wanted} belongs there" if wanted else "its value is not allowed there"


def explain_toml(message: str) -> tuple[str, int | None, int | None]:
    """Say what is wrong with a TOML text, by the message of Python's reader, and its line and column.

    Both are None at the end of the text.

    >>> explain_toml("Invalid value (at line 3, column 8)")
    ('this is not a value; text needs quotes', 3, 8)
    """
    said, _, where = message.partition(" (at ")
    problem = next((meaning for words, meaning in _TOML if said.startswith(words)), "this is not a TOML")
    found = re.match(r"line (\d+), column (\d+)", where)
    return (problem, int(found[1]), int(found[2])) if found else (problem, None, None)


def explain_record(error: Exception) -> str:
    """Say what is wrong with a record of a file, by the exception that reading it has raised."""
    if isinstance(error, json.JSONDecodeError):
        return "a line of it is not a JSON"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, KeyError):
        return f"a record of it has no {error.args[0]}" if error.args else "a record of it lacks a column"
    if isinstance(error, RecursionError):
        return "a record of it is nested too deeply"
    if isinstance(error, TypeError):
        return "a record of it has a value of another type"
    return str(error) or "a record of it can't be read"


# By SQLite's name of an error, as it begins.
_SQLITE = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_NOTADB": "it is not an SQLite database",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_CANTOPEN": "it can't be opened",
    "SQLITE_PERM": "it can't be opened",
    "SQLITE_READONLY": "it can't be written",
    "SQLITE_IOERR": "the disk failed",
    "SQLITE_CONSTRAINT": "two of its rows have one key",
    "SQLITE_TOOBIG": "a value of it is too long for SQLite",
}
_DUCKDB = {
    "OutOfMemoryException": "it needs more memory than there is",
    "IOException": "a file of it can't be read or written",
    "HTTPException": "its server can't be read",
    "PermissionException": "a file of it can't be read",
}
# By the names of the classes that an exception has: of Python, and of what fsspec reads URLs with.
_REMOTE = {
    "FileNotFoundError": "there is no such file",
    "PermissionError": "access is refused",
    "NoCredentialsError": "no credentials are set up for it",
    "TimeoutError": "there was no answer in time",
    "ServerTimeoutError": "there was no answer in time",
    "gaierror": "the name of its server can't be found",
    "ClientConnectorDNSError": "the name of its server can't be found",
    "SSLError": "there is no secure connection to its server",
    "ClientConnectorError": "its server can't be reached",
    "ClientConnectionError": "the connection to its server broke",
    "ConnectionError": "its server can't be reached",
    "EndpointConnectionError": "its server can't be reached",
    "HTTPException": "its server answered something else than HTTP",
    "ImportError": "a package that reads such URLs is missing",
    "ValueError": "it is not a URL that can be read",
}


def explain_sqlite(error: Exception) -> str:
    """Say in a clause what SQLite refused, with its own words quoted."""
    name = str(getattr(error, "sqlite_errorname", ""))
    clause = next((ours for begin, ours in _SQLITE.items() if name.startswith(begin)), "SQLite can't use it")
    return add_quotation(clause, "SQLite", str(error))


def explain_duckdb(error: Exception) -> str:
    """Say in a clause what DuckDB refused, with its own words quoted."""
    clause = _by_class(error, _DUCKDB) or "it holds something that DuckDB can't read"
    return add_quotation(clause, "DuckDB", str(error))


def is_about_content(error: Exception) -> bool:
    """Return whether DuckDB refused what a file holds, and not that it can't be read or written."""
    return _by_class(error, _DUCKDB) is None


def explain_remote(error: BaseException, program: str) -> str:
    """Say in a clause why what lies behind a URL can't be used, with the words of who reads it quoted."""
    status = getattr(error, "status", None)
    clause = f"its server answered {status}" if isinstance(status, int) else _by_class(error, _REMOTE)
    return add_quotation(clause or "it can't be used", program, str(error))


def _by_class(error: BaseException, clauses: Mapping[str, str]) -> str | None:
    return next((clauses[each.__name__] for each in type(error).__mro__ if each.__name__ in clauses), None)
