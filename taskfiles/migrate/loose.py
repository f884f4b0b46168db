"""Markdown that says in bold before its sections what others say in a frontmatter; pure."""

from __future__ import annotations

import re

from taskfiles.text.nodes import Value

_PAIR = re.compile(
    r"(?:[-*+]\s+)?(?:\*\*|__)(?P<key>[^*_:]+?)\s*(?::(?:\*\*|__)|(?:\*\*|__)\s*:)\s*(?P<value>.*)"
)
_TITLE = re.compile(r"#\s+(?P<title>.+?)[\s#]*")
_STATES = {"status", "state"}


def read_loosely(text: str) -> tuple[dict[str, Value], dict[str, int]] | None:
    """Return the values before the first section with their lines; None where no state is among them.

    >>> read_loosely("# Fix it\\n\\n**Status**: In Review\\n- **Due Date:** 2026-01-02\\n\\n## Why\\n")[0]
    {'title': 'Fix it', 'status': 'In Review', 'due_date': '2026-01-02'}
    """
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        written = line.strip()
        if written.startswith("##"):
            break
        if (title := _TITLE.fullmatch(written)) is not None:
            found = [("title", title["title"])]
        elif (pair := _PAIR.fullmatch(written)) is not None:
            found = [("_".join(pair["key"].casefold().split()), pair["value"].strip("` "))]
        else:
            continue
        for key, value in found:
            if key not in values:
                values[key], lines[key] = value, number
    return (values, lines) if _STATES & values.keys() else None
