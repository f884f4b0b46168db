"""What a link leads to, as people type it: a URL, a file, another task, an issue elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from taskfiles.basics.patterns import lazy
from taskfiles.errors import TaskfilesError
from taskfiles.task.values import is_inner_path
from taskfiles.task.words import LinkType, Relation
from taskfiles.text.typed import read_typed
from taskfiles_cli.line.names import find_id, is_path, may_be_no_id, read_task_path

if TYPE_CHECKING:
    from taskfiles import Store

_URL = lazy(r"[A-Za-z][A-Za-z0-9+.-]*://\S+|mailto:\S+")
_ISSUE = lazy(r"(?:(?P<repo>[\w.-]+/[\w.-]+))?#(?P<number>[0-9]{1,18})")
_LINEAR = lazy(r"[A-Z][A-Z0-9]*-[0-9]+")
_REMEDY = (
    "Write a URL, a path, a task's id, RELATION:ID, OWNER/REPO#12 or ABC-12; or a map, as in "
    "'{type: url, url: https://example.org, title: How}'."
)


def read_link(store: Store, option: str, text: str, *, is_new: bool = True) -> Any:
    """Read a link; one that is not new need not say its relation. What begins with a brace is a map.

    Raises TaskfilesError (bad-value).
    """
    typed = text.strip()
    if typed[:1] == "{":
        return read_typed(typed)
    if _URL.fullmatch(typed):
        return {"type": LinkType.URL.value, "url": typed}
    if match := _ISSUE.fullmatch(typed):
        repo = {"repo": match["repo"]} if match["repo"] else {}
        return {"type": LinkType.GITHUB_ISSUE.value, **repo, "number": int(match["number"])}
    if _LINEAR.fullmatch(typed):
        return {"type": LinkType.LINEAR.value, "key": typed}
    relation, colon, name = typed.partition(":")
    if colon and relation.casefold().replace("_", "-") in set(Relation):
        word = Relation(relation.casefold().replace("_", "-"))
        return {"type": LinkType.TASK.value, "id": find_id(store, name.strip()), "relation": word.value}
    if not typed or any(each.isspace() for each in typed) or (colon and "/" not in relation):
        raise _bad_link(option, text, "it is neither a URL, a path, nor a task")
    return _read_name(store, option, typed, is_new=is_new)


def read_among(
    store: Store, option: str, items: Iterable[tuple[str, Any]], *, is_new: bool = True
) -> list[tuple[str, Any]]:
    """Return items of list keys with the links among them read, as far as these are text."""
    return [
        (
            key,
            read_link(store, option, item, is_new=is_new)
            if key == "links" and isinstance(item, str)
            else item,
        )
        for key, item in items
    ]


def _read_name(store: Store, option: str, typed: str, *, is_new: bool) -> dict[str, Any]:
    """Read a task's id, or a path; the path of a task's file stands for the task."""
    path = read_task_path(store, typed) if is_path(typed) or "." in typed else None
    if path is None or (path in store.walk() and may_be_no_id(typed)):
        relation = {"relation": Relation.RELATED.value} if is_new else {}
        return {"type": LinkType.TASK.value, "id": find_id(store, typed), **relation}
    if not is_inner_path(path) or os.path.isabs(path):
        raise _bad_link(option, typed, "it lies outside of the project")
    return {"type": LinkType.FILE.value, "path": path}


def _bad_link(option: str, text: str, problem: str) -> TaskfilesError:
    return TaskfilesError("bad-value", option=option, given=f"“{text}”", problem=problem, remedy=_REMEDY)
