"""Unified diffs in the form that `git apply` reads."""

from __future__ import annotations

from taskfiles.text.sections import split_lines

_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


def quote_path(path: str) -> str:
    r"""Write a path as git does in a patch: with control characters or quotes in it as a string of C.

    >>> quote_path("a/ä b.md"), quote_path("a/b\n.md")
    ('a/ä b.md', '"a/b\\n.md"')
    """
    if not any(ord(char) < 32 or char in '"\\\x7f' or 0xD800 <= ord(char) < 0xE000 for char in path):
        return path
    quoted = "".join(map(_quote_byte, path.encode("utf-8", "surrogateescape")))
    return f'"{quoted}"'


def _quote_byte(code: int) -> str:
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    return f"\\{code:03o}" if code < 32 or code >= 127 else chr(code)


def text_diff(before: bytes, after: bytes, source: str, target: str) -> str:
    """Return the unified diff of two files' contents; empty if they are equal."""
    import difflib  # noqa: PLC0415 (most commands show no diff)

    old, new = (split_lines(data.decode(errors="replace")) for data in (before, after))
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, quote_path(source), quote_path(target))
    )
