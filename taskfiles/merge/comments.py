"""Comments that one side of a merge added, restored where the merge lost them; pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from taskfiles.text.document import line_start
from taskfiles.text.nodes import Node, YamlProblem, same
from taskfiles.text.yaml import read_yaml

_TRIES = 64  # parses of the text; comments that have no place after so many are left out
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)


def keep_comments(text: str, base: str, theirs: str, newline: str = "\n") -> str:
    r"""Insert comments that only theirs has above the key that they belong to.

    A comment that would become part of a value there is left out.

    >>> keep_comments("a: 2\nb: 1\n", "a: 1\nb: 1\n", "a: 1\n# why\nb: 1 # because\n")
    'a: 2\n# why\n# because\nb: 1\n'
    """
    wanted = list(_comments(theirs, read_yaml(theirs)))
    if not wanted:
        return text
    root = read_yaml(text)
    known = {comment for comment, _ in [*_comments(base, read_yaml(base)), *_comments(text, root)]}
    fresh = {comment: key for comment, key in reversed(wanted) if comment not in known}
    return _put(text, root, list(reversed(fresh.items())), newline, [_TRIES])


def _put(text: str, root: Node, wanted: list[tuple[str, str | None]], newline: str, tries: list[int]) -> str:
    """Put comments in, all at once if that leaves the values as they are, else each half of them apart.

    `tries` is how many texts may still be parsed, so that the work is linear in the text.
    """
    if not wanted or not tries[0]:
        return text
    tries[0] -= 1
    added = _insert(text, root, wanted, newline)
    try:
        found = read_yaml(added)
    except YamlProblem:
        found = None
    if found is not None and same(found.value, root.value):
        return added
    if len(wanted) == 1:
        return text
    half = len(wanted) // 2
    first = _put(text, root, wanted[:half], newline, tries)
    return _put(first, read_yaml(first), wanted[half:], newline, tries)


def _insert(text: str, root: Node, wanted: list[tuple[str, str | None]], newline: str) -> str:
    """Insert each comment, in their order, above the line of its key."""
    above: dict[int, list[str]] = {}
    for comment, key in wanted:
        above.setdefault(_line_of(text, root, key), []).append(comment + newline)
    parts, at = [], 0
    for place in sorted(above):
        parts += [text[at:place], *above[place]]
        at = place
    return "".join([*parts, text[at:]])


def _comments(text: str, root: Node) -> Iterator[tuple[str, str | None]]:
    """Yield each comment with the top-level key that it is above, beside or within."""
    scalars = sorted(_scalars(root))
    ends: list[int] = []  # where each top-level entry or one before it ends
    for key, value in root.children if root.kind == "mapping" else ():
        ends.append(max(key.end, value.end, *ends[-1:]))
    for match in _COMMENT.finditer(text):
        before = bisect_left(scalars, (match.start(),)) - 1
        if before >= 0 and match.start() < scalars[before][1]:
            continue
        owner = bisect_left(ends, text.rfind("\n", 0, match.start()) + 1)
        yield match[0].rstrip(), root.children[owner][0].key if owner < len(ends) else None


def _scalars(root: Node) -> Iterator[tuple[int, int]]:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.alias:
            continue
        if node.kind == "scalar":
            yield node.start, node.end
        for child in node.children:
            pending += child if isinstance(child, tuple) else [child]


def _line_of(text: str, root: Node, key: str | None) -> int:
    """Return where the line of a top-level key begins; the end of the text if there is no such key."""
    node = root.find_key((key,)) if key is not None else None
    if node is None:
        return len(text)
    return line_start(text, node.start)
