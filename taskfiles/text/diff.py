"""Unified diffs in the form that `git apply` reads."""

from __future__ import annotations

from taskfiles.text.matching import match_lines
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
    old, new = (split_lines(data.decode(errors="replace")) for data in (before, after))
    lines = [f"--- {quote_path(source)}\n", f"+++ {quote_path(target)}\n"]
    for group in match_lines(old, new).get_grouped_opcodes():
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@\n")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [" " + line for line in old[i1:i2]]
            else:
                lines += ["-" + line for line in old[i1:i2]]
                lines += ["+" + line for line in new[j1:j2]]
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
        for line in (lines if len(lines) > 2 else [])
    )


def _span(start: int, end: int) -> str:
    """Write lines of one side as a hunk's header does: an empty span is named by the line before it."""
    size = end - start
    begin = start + 1 if size else start
    return str(begin) if size == 1 else f"{begin},{size}"
