"""Relative links in Markdown: where they lead, and how they are written after files have moved; pure."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.words import LinkType
from taskfiles.text.sections import split_lines, visible_lines

_LINK = re.compile(
    r"\]\([ \t]*(?P<inline><[^<>]*>|[^\s()<>]+)"  # [text](destination)
    r"|^ {0,3}\[[^\]]+\]:[ \t]*(?P<definition><[^<>]*>|[^\s<>]+)"  # [label]: destination
)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?|$")  # a scheme, a host, a place in the same file


class Link(NamedTuple):
    """A link to a file: the number of its line, from 0, the span of its destination there, and its target.

    The target is a path relative to the root; one that begins with `../` lies outside.
    """

    line: int
    start: int
    end: int
    target: str


def find_links(path: str, lines: list[str]) -> Iterator[Link]:
    """Yield the links to files in the text of the file at a path, outside fenced code.

    >>> [link.target for link in find_links("tasks/web/a.md", ["[b](../b.md#how), [c](/c.md), [d](https://d)"])]
    ['tasks/b.md', 'c.md']
    """
    for number, line in visible_lines(lines):
        for match in _LINK.finditer(line or ""):
            start, end = match.span(match.lastgroup or 0)
            target = resolve(path, str(line)[start:end])
            if target is not None:
                yield Link(number, start, end, target)


def resolve(path: str, destination: str) -> str | None:
    """Return the path of the file that a link leads to; None for a link to anything else."""
    bare = destination.strip("<>")
    if _ELSEWHERE.match(bare):
        return None
    from urllib.parse import unquote  # noqa: PLC0415 (only links need it)

    file = unquote(re.split(r"[#?]", bare, maxsplit=1)[0], errors="surrogateescape")
    base = "" if file.startswith("/") else posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(base, file.lstrip("/")))


def relocate_links(body: str, before: str, after: str, moved: Mapping[str, str]) -> str:
    """Return a body whose links lead to the same files once its own file and others have moved.

    `before` and `after` are the paths of the body's file, `moved` maps paths of other files. A link that
    leads there as it is written is not touched.

    >>> relocate_links("[b](task-b.md#how)", "tasks/10-ready/task-a.md", "tasks/a.md", {})
    '[b](10-ready/task-b.md#how)'
    >>> relocate_links("[b](<b.md>)", "tasks/a.md", "tasks/a.md", {"tasks/b.md": "tasks/30-done/a b.md"})
    '[b](<30-done/a b.md>)'
    """
    lines = split_lines(body)
    for link in reversed(list(find_links(before, lines))):
        line = lines[link.line]
        given = line[link.start : link.end]
        target = moved.get(link.target, link.target)
        if resolve(after, given) != target:
            lines[link.line] = line[: link.start] + write_link(given, after, target) + line[link.end :]
    return "".join(lines)


def find_paths(links: object) -> Iterator[str]:
    """Yield the paths of the files that links of a frontmatter lead to, relative to the root.

    >>> [*find_paths([{"type": "file", "path": "./a.py"}, {"type": "url", "url": "x:y"}])]
    ['a.py']
    """
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("type") == LinkType.FILE and isinstance(link.get("path"), str):
            yield posixpath.normpath(link["path"])


def relocate_paths(links: Any, moved: Mapping[str, str]) -> list[Any]:
    """Return links of a frontmatter that lead to the same files once these have moved.

    >>> relocate_paths([{"type": "file", "path": "tasks/a.md"}], {"tasks/a.md": "tasks/b.md"})
    [{'type': 'file', 'path': 'tasks/b.md'}]
    """
    return [
        {**link, "path": target}
        if (target := next((moved[path] for path in find_paths([link]) if path in moved), None))
        else link
        for link in links
    ]


def write_link(given: str, path: str, target: str) -> str:
    """Return a link from the file at a path to a target, in the form of the one that was given."""
    from urllib.parse import quote  # noqa: PLC0415 (only links that change need it)

    quoted = given.startswith("<")
    bare = given.strip("<>")
    tail = bare[len(re.split(r"[#?]", bare, maxsplit=1)[0]) :]
    if bare.startswith("/"):
        file = f"/{target}"
    else:
        file = posixpath.relpath(target, posixpath.dirname(path) or ".")
        if bare.startswith("./") and not file.startswith("../"):
            file = f"./{file}"
    if not quoted or "%" in bare:
        file = quote(os.fsencode(file), safe="/!$&'*+,;=:@~-._")
    return f"<{file}{tail}>" if quoted else f"{file}{tail}"
