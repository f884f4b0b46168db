"""Rules for comments of the frontmatter: text that only looks like a part of a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from taskfiles.basics.patterns import lazy
from taskfiles.task.findings import Problem
from taskfiles.task.rules.registry import finds
from taskfiles.text.yaml import read_yaml

if TYPE_CHECKING:
    from taskfiles.task.source import Source
    from taskfiles.text.nodes import Node, Path

# A comment that is written as people write numbers and tags: no blank follows the sign.
_SIGN = lazy(r"[ \t]#(?=[^\s#!])")
_AFTER = lazy(r"[ \t]+(?P<comment>#[^\s#!][^\r\n]*)")
_LONGEST = 40


@finds("comment-in-value")
def check_comments(task: Source) -> Iterator[Problem]:
    """Check that no value without quotes is cut short by a comment that looks like a part of it."""
    front = task.document.front
    if _SIGN.search(front) is None:  # saves parsing the nodes of most files
        return
    for path, node in _plain_scalars(read_yaml(front)):
        found = _AFTER.match(front, node.end)
        if found is not None:
            comment = found["comment"]
            shown = comment if len(comment) <= _LONGEST else comment[:_LONGEST] + "…"
            given = {"comment": shown, "value": f"{front[node.start : node.end][:_LONGEST]} {shown}".strip()}
            yield Problem("comment-in-value", path, given, at="front", offset=found.start("comment"))


def _plain_scalars(root: Node) -> Iterator[tuple[Path, Node]]:
    """Yield the scalars that are written without quotes, each with its path."""
    pending: list[tuple[Path, Node]] = [((), root)]
    while pending:
        path, node = pending.pop()
        if node.kind == "scalar":
            if not node.style and not node.alias:
                yield path, node
        elif not node.alias:
            steps: Iterable[tuple[str | int, Node]] = enumerate(node.children)
            if node.kind == "mapping":
                steps = ((key.key, value) for key, value in node.children)
            pending += [((*path, step), value) for step, value in steps]
