"""Texts and names as every dialect of SQL reads them; pure."""

from __future__ import annotations


def literal(text: str | None) -> str:
    """Write a text, or null.

    >>> literal("it's"), literal(None)
    ("'it''s'", 'NULL')
    """
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write the name of a column, which may be a word of SQL, such as `values`; ours have no quotes.

    >>> identifier("values")
    '"values"'
    """
    return f'"{name}"'
