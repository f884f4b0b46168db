"""A task's links for people: where each leads, on a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taskfiles.task.words import LinkType
from taskfiles_cli.render.table import words


def link_texts(links: Any) -> Iterator[str]:
    """Yield a line for each link; one that is none in the words of JSON.

    >>> [*link_texts([{"type": "task", "id": "a"}, {"type": "file", "path": "b.py"}])]
    ['related to task a', 'file b.py']
    """
    for link in links if isinstance(links, list) else [links]:
        yield (_text(link) if isinstance(link, dict) else None) or words(link)


def _text(link: Mapping[str, Any]) -> str | None:
    kind = link.get("type")
    if kind == LinkType.GITHUB_ISSUE and "number" in link:
        return f"GitHub issue {words(link.get('repo')) if link.get('repo') else ''}#{words(link['number'])}"
    if kind == LinkType.LINEAR and "key" in link:
        return f"Linear issue {words(link['key'])}"
    if kind == LinkType.URL and "url" in link:
        title = f"{words(link['title'])}: " if link.get("title") else ""
        return f"{title}{words(link['url'])}"
    if kind == LinkType.FILE and "path" in link:
        return f"file {words(link['path'])}"
    if kind == LinkType.TASK and "id" in link:
        relation = words(link.get("relation") or "related")
        return f"{'related to' if relation == 'related' else relation} task {words(link['id'])}"
    return None
