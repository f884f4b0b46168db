"""The comments that one side of a merge added, put back where the merge lost them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from taskfiles.text.document import line_start
from taskfiles.text.nodes import Node, YamlProblem, same
from taskfiles.text.yaml import read_yaml

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)


def keep_comments(text: str, base: str, theirs: str, newline: str = "\n") -> str:
    r"""Put comments of theirs that neither the base nor the text holds above the key they stand with.

    A comment that can't stand there without becoming part of a value is left out.

    >>> keep_comments("a: 2\nb: 1\n", "a: 1\nb: 1\n", "a: 1\n# why\nb: 1 # because\n")
    'a: 2\n# why\n# because\nb: 1\n'
    """
    wanted = list(_comments(theirs, read_yaml(theirs)))
    if not wanted:
        return text
    root = read_yaml(text)
    known = {comment for comment, _ in [*_comments(base, read_yaml(base)), *_comments(text, root)]}
    for comment, key in wanted:
        if comment in known:
            continue
        place = _line_of(text, root, key)
        added = f"{text[:place]}{comment}{newline}{text[place:]}"
        try:
            found = read_yaml(added)
        except YamlProblem:
            continue
        if same(found.value, root.value):
            text, root = added, found
            known.add(comment)
    return text


def _comments(text: str, root: Node) -> Iterator[tuple[str, str | None]]:
    """List the comments with the top-level key that each stands above, beside or within."""
    values = list(_scalars(root))
    for match in _COMMENT.finditer(text):
        if any(start < match.start() < end for start, end in values):
            continue
        line_end = match.end()
        owners = (
            key.key
            for key, value in root.children
            if max(key.end, value.end) > match.start() or "\n" not in text[max(key.end, value.end) : line_end]
        )
        yield match[0].rstrip(), next(owners, None)


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
    """Where the line of a top-level key begins; the end of the text where there is none."""
    node = root.find_key((key,)) if key is not None else None
    if node is None:
        return len(text)
    return line_start(text, node.start)
