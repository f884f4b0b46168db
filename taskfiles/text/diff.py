"""Unified diffs in the form that `git apply` reads."""

from __future__ import annotations

from taskfiles.text.sections import split_lines


def text_diff(before: bytes, after: bytes, source: str, target: str) -> str:
    """Return the unified diff of two files' contents; empty if they are equal."""
    import difflib  # noqa: PLC0415 (most commands show no diff)

    old, new = (split_lines(data.decode(errors="replace")) for data in (before, after))
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, source, target)
    )
