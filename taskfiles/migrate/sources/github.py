"""GitHub issues: the JSON of `gh issue list --state all --json …`, or of `gh api`, or by calling gh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Setting, Source
from taskfiles.migrate.json_file import Lines, compose, parse_json, read_text
from taskfiles.migrate.rows import DROP, moment, names, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "number": DROP,
    "title": DROP,
    "body": DROP,
    "url": DROP,
    "id": DROP,
    "state": word(
        "state",
        {"open": "ready", "closed": "done", "not planned": "canceled", "duplicate": "canceled"},
        absent="ready",  # `gh issue list` lists open ones
    ),
    "stateReason": DROP,
    "labels": names("labels"),
    "assignees": names("assignees"),
    "milestone": text("milestone"),
    "createdAt": moment("created_at"),
    "updatedAt": moment("updated_at"),
    "closedAt": moment("completed_at"),
}
_URL = re.compile(r"https?://[^/]+/(?P<repo>[^/]+/[^/]+)/issues/\d+")
_REASONS = {"not planned", "duplicate"}
_REST = {
    **dict.fromkeys(
        ("number", "title", "body", "state", "labels", "assignees", "milestone", "pull_request"), ""
    ),
    "html_url": "url",
    "state_reason": "stateReason",
    "user": "author",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "closed_at": "closedAt",
}


def finds(directory: Path) -> bool:
    """Return whether this is a JSON file whose first object has an issue's number."""
    return directory.is_file() and directory.suffix == ".json" and b'"number"' in _start(directory)


def _start(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(1 << 20)


def read(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
    """Read all issues of a file."""
    reading = Reading()
    text = read_text(directory, directory, reading)
    return reading if text is None else parse(text, directory.name)


def parse(text: str, name: str) -> Reading:
    """Read all issues of a text in JSON."""
    reading = Reading()
    found = parse_json(text, name, reading)
    if found is None:
        return reading
    issues, lines = found[0], Lines(found[1])
    if not isinstance(issues, list):
        reading.report(Place(name), "not-a-list", "It is not a list of issues.")
        return reading
    issues = [_rename(each) for each in issues]
    for issue in issues:
        if isinstance(issue, dict):
            place = Place(name, lines.find("title", issue.get("title")))
            if issue.get("pull_request"):
                message = f"#{issue.get('number')} is a pull request, and is left out."
                reading.report(place, "pull-request", message, is_error=False)
                continue
            reading.tasks.append(_make_task(issue, place))
        else:
            reading.report(Place(name), "not-an-object", "An issue is no object.")
    reading.settings = list(_find_settings(issues))
    return reading


def _rename(issue: Any) -> Any:
    """Return an issue of the API under the names that gh has, without addresses of other calls."""
    if not isinstance(issue, dict) or "html_url" not in issue:
        return issue
    found = {name or key: issue[key] for key, name in _REST.items() if key in issue}
    if isinstance(milestone := found.get("milestone"), dict):
        found["milestone"] = {**milestone, "dueOn": milestone.get("due_on")}
    return found


def _find_settings(issues: list[Any]) -> Iterator[Setting]:
    """Yield labels and milestones as issues show them, with what they say of themselves."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for issue in issues:
        given = issue if isinstance(issue, dict) else {}
        labels = given.get("labels")
        for label in labels if isinstance(labels, list) else ():
            if isinstance(label, dict) and (name := str(label.get("name") or "").strip()):
                text = str(label.get("description") or "").strip()
                found.setdefault(("labels", name), {"description": text} if text else {})
        milestone = given.get("milestone")
        if isinstance(milestone, dict) and (name := str(milestone.get("title") or "").strip()):
            found.setdefault(("milestones", name), _find_due(milestone.get("dueOn")))
    for (family, name), values in sorted(found.items(), key=lambda item: item[0]):
        yield Setting(family, (family, name), values)


def _find_due(given: object) -> dict[str, Any]:
    try:
        return {"due": date.fromisoformat(str(given)[:10])}
    except ValueError:
        return {}


def _make_task(issue: dict[str, Any], place: Place) -> ForeignTask:
    number = issue.get("number")
    keys: dict[str, Value] = dict(issue)
    keys["labels"] = _name(issue.get("labels"), "name")
    keys["assignees"] = _name(issue.get("assignees"), "login")
    if isinstance(issue.get("milestone"), dict):
        keys["milestone"] = issue["milestone"].get("title")
    if isinstance(issue.get("author"), dict):
        keys["author"] = issue["author"].get("login")
    reason = str(issue.get("stateReason") or "").lower().replace("_", " ")
    words = {"state": reason} if reason in _REASONS else {}
    ours: dict[str, Value] = {}
    if isinstance(number, int) and number > 0:
        match = _URL.match(str(issue.get("url") or ""))
        link: dict[str, Value] = {"type": "github_issue"}
        ours["links"] = [link | ({"repo": match["repo"]} if match else {}) | {"number": number}]
    body, title = compose(("", issue.get("body"))), str(issue.get("title") or "")
    old_id, wanted = (title, "") if number is None else (f"#{number}", f"issue-{number}")
    return ForeignTask(place, old_id, title, body, keys, words=words, ours=ours, wanted_id=wanted)


def _name(given: object, key: str) -> list[Value]:
    items = given if isinstance(given, list) else []
    return [str(each.get(key)) if isinstance(each, dict) else str(each) for each in items]


SOURCE = Source("github", "GitHub issues", ROWS, finds, read, parse)
