"""Mentions of tasks in files that can't be read as tasks; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from taskfiles.backlog.mentions import Reference
from taskfiles.basics.patterns import lazy

_ID = r"(?P<id>[a-z0-9][a-z0-9-]*)"
# A whole value: alone, in a list, or after a key.
_VALUE = lazy(rf"(?:^[ \t]*-[ \t]+|^[ \t]*|[:,\[{{][ \t]*)[\"']?{_ID}[\"']?[ \t]*(?=[,\]}}#]|$)", re.ASCII)
_IN_BODY = lazy(rf"\[Task:{_ID}\]|(?:epic|story|task)-(?P<file>[a-z0-9][a-z0-9-]*)\.md", re.ASCII)


def find_in_unreadable(path: str, data: bytes, ids: Collection[str]) -> Iterator[Reference]:
    """Yield the lines of a file's bytes that may mention some ids.

    In the frontmatter that is a whole value, below it `[Task:ID]` and the name of a task's file. Where no
    line ends the frontmatter, all of the file counts as both.
    """
    lines = data.decode(errors="replace").splitlines()
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    end = fences[1] if len(fences) > 1 else None
    for number, line in enumerate(lines):
        found = set()
        if end is None or number < end:
            found |= {match["id"] for match in _VALUE.finditer(line)}
        if end is None or number > end:
            found |= {match["id"] or match["file"] for match in _IN_BODY.finditer(line)}
        for target in sorted(found.intersection(ids)):
            yield Reference(target, path, number + 1)
