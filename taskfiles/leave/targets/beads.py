"""beads: one issue a line in `.beads/issues.jsonl`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles.leave.moments import print_instant
from taskfiles.leave.target import Item, Leaving, Target
from taskfiles.migrate.json_file import compose
from taskfiles.migrate.known import OLD_ID
from taskfiles.migrate.render import prefix_of
from taskfiles.migrate.sources.beads import SOURCE
from taskfiles.task.words import Kind
from taskfiles.text.nodes import Value

_SECTIONS = {"Design": "design", "Acceptance Criteria": "acceptance_criteria", "Notes": "notes"}
_HEADING = re.compile(rf"(?:\A|(?<=\n))\n## ({'|'.join(_SECTIONS)})\n\n")
_NORMAL, _UNKNOWN = 2, "1970-01-01T00:00:00Z"
_OLD_ID = f"{prefix_of(SOURCE.name)}{OLD_ID}"
_KINDS = ("discovered-from", "related", "relates-to", "duplicates", "supersedes")


def spell(word: str) -> Value:
    """Return a word with underlines, a priority's number as one.

    >>> spell("in progress"), spell("0")
    ('in_progress', 0)
    """
    return int(word) if word.isdigit() else word.replace(" ", "_")


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write all issues, parents before their children."""
    lines = [json_text(_make_issue(item), blanks=True) for item in leaving.items]
    return {".beads/issues.jsonl": "".join(f"{line}\n" for line in lines).encode()}


def _make_issue(item: Item) -> dict[str, Any]:
    own = dict(item.own)
    needs = [(item.parent, "parent-child")] if item.parent is not None else []
    needs += [(each, "parent-child") for each in item.kept["parent"]]
    needs += [(each, "blocks") for each in item.waits]
    for kind in _KINDS:
        found = own.get(kind)
        named = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
        if named and named == found:
            needs += [(each, kind) for each in named]
            del own[kind]
    issue: dict[str, Any] = {"id": item.old_id, "title": item.title, **split_body(item.text)}
    if item.task.values.get("kind") == Kind.EPIC:
        issue["issue_type"] = "epic"
    issue |= {**own, **item.keys, "status": spell(item.state)}
    if _OLD_ID not in item.task.values:  # what came from there goes back as it came
        issue.setdefault("priority", _NORMAL)  # absent would be 0, the most urgent
    if minutes := item.task.values.get("estimate_minutes"):
        issue["estimated_minutes"] = minutes
    _close(issue, item.keys)
    if assignees := item.keys.get("assignee"):
        issue["assignee"] = ", ".join(map(str, assignees)) if isinstance(assignees, list) else assignees
    if needs:
        issue["dependencies"] = [
            {"issue_id": item.old_id, "depends_on_id": target, "type": kind} for target, kind in needs
        ]
    return issue


def _close(issue: dict[str, Any], keys: Mapping[str, Value]) -> None:
    """Have just a closed issue say when: the tool refuses any other, and all issues with it."""
    if issue["status"] != "closed":
        issue.pop("closed_at", None)
    elif not issue.get("closed_at"):
        issue["closed_at"] = keys.get("updated_at") or keys.get("created_at") or _UNKNOWN


def split_body(body: str) -> dict[str, str]:
    """Return the parts of a body that the source puts together to just this body; else all in one.

    >>> split_body("\\nWhy\\n\\n## Notes\\n\\nN\\n")
    {'description': 'Why', 'notes': 'N'}
    """
    first, *rest = _HEADING.split(body)
    parts = {"description": _strip(first)}
    for heading, text in zip(rest[::2], rest[1::2], strict=True):
        parts.setdefault(_SECTIONS[heading], text.removesuffix("\n"))
    found = compose(
        ("", parts["description"]), *((heading, parts.get(key)) for heading, key in _SECTIONS.items())
    )
    if found != body.encode():
        parts = {"description": _strip(body)}
    return {key: text for key, text in parts.items() if text.strip()}


def _strip(text: str) -> str:
    return text.removeprefix("\n").removesuffix("\n")


TARGET = Target(SOURCE, write, print_instant, spell=spell)
