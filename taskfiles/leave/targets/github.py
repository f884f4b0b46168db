"""GitHub issues: JSON in the form of `gh issue list --json …`, a file."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles.leave.moments import print_instant
from taskfiles.leave.target import Item, Leaving, Namer, Target
from taskfiles.migrate.sources.github import SOURCE
from taskfiles.task.task import Task

_REASONS = {"closed": "COMPLETED", "not planned": "NOT_PLANNED", "duplicate": "DUPLICATE"}


def start_naming(kept: Collection[str]) -> Namer:
    """Return what gives the next number of an issue, after `#`."""
    numbers = count(max((int(each[1:]) for each in kept if each[1:].isdecimal()), default=0) + 1)
    return lambda _task, _is_named: f"#{next(numbers)}"


def find_linked(task: Task) -> str | None:
    """Return the number of the issue that a task links to, after `#`."""
    return next((f"#{link['number']}" for link in _links(task)), None)


def _links(task: Task) -> list[dict[str, Any]]:
    found = task.values.get("links")
    return [
        link
        for link in (found if isinstance(found, list) else [])
        if isinstance(link, dict)
        and link.get("type") == "github_issue"
        and isinstance(link.get("number"), int)
    ]


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write all issues."""
    issues = [_make_issue(item) for item in leaving.items]
    return {"issues.json": (json_text(issues, indent=1) + "\n").encode()}


def _make_issue(item: Item) -> dict[str, Any]:
    keys, number = dict(item.keys), item.old_id.removeprefix("#")
    body = item.text.removeprefix("\n").removesuffix("\n")
    issue: dict[str, Any] = {"title": item.title, "body": body, **item.own}
    if number.lstrip("-").isdecimal():
        issue["number"] = int(number)
    issue["state"] = "OPEN" if item.state == "open" else "CLOSED"
    issue["stateReason"] = _REASONS.get(item.state, "")
    repo = next((link.get("repo") for link in _links(item.task) if str(link["number"]) == number), None)
    if repo:
        issue["url"] = f"https://github.com/{repo}/issues/{number}"
    for key, inner in (("labels", "name"), ("assignees", "login")):
        found = keys.pop(key, None)
        issue[key] = [{inner: each} for each in found] if isinstance(found, list) else []
    if (milestone := keys.pop("milestone", None)) is not None:
        issue["milestone"] = {"title": milestone}
    if isinstance(author := issue.get("author"), str):
        issue["author"] = {"login": author}
    return {**issue, **keys}


TARGET = Target(SOURCE, write, print_instant, place="issues.json", names=start_naming, remembers=find_linked)
