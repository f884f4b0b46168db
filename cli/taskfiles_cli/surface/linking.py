"""A task's links as faces show them: where each leads, as a text, an address, or a task; pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from taskfiles_cli.render.links import link_texts

_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


class Named(NamedTuple):
    """Another task by its id, with its title and state; they are None where there is no such task."""

    id: str
    title: str | None
    state: str | None


class Linked(NamedTuple):
    """A link: its text as `tasks show` has it, and what it leads to if that can be opened from a page."""

    text: str
    address: str | None
    task: Named | None
    relation: str


def list_links(links: Any, name: Callable[[Any], Named]) -> list[Linked]:
    """List links; `name` finds a task by its id.

    >>> list_links([{"type": "url", "url": "javascript:1"}], lambda _: Named("", None, None))
    [Linked(text='javascript:1', address=None, task=None, relation='')]
    """
    if links is None:
        return []
    each_one = links if isinstance(links, list) else [links]
    return [_read(link, text, name) for link, text in zip(each_one, link_texts(each_one), strict=True)]


def _read(link: Any, text: str, name: Callable[[Any], Named]) -> Linked:
    if not isinstance(link, dict):
        return Linked(text, None, None, "")
    if link.get("type") == "task" and "id" in link:
        relation = str(link.get("relation") or "related")
        return Linked(text, None, name(link["id"]), "related to" if relation == "related" else relation)
    return Linked(text, _find_address(link), None, "")


def _find_address(link: dict[str, Any]) -> str | None:
    """Return where a browser is led: only by schemes that are safe."""
    address = link.get("url") if link.get("type") == "url" else None
    repository, number = link.get("repo"), link.get("number")
    if link.get("type") == "github_issue" and isinstance(repository, str) and type(number) is int:
        known = _REPOSITORY.fullmatch(repository)
        return f"https://github.com/{quote(repository)}/issues/{number}" if known else None
    return address if isinstance(address, str) and _ADDRESS.fullmatch(address) else None
