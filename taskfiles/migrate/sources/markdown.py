"""Any folder of Markdown with frontmatter, by the usual names of keys, or by a mapping file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.markdown import find_title, list_markdown, read_page
from taskfiles.migrate.rows import (
    BLOCKED,
    DROP,
    NUMBERED,
    PRIORITIES,
    SIZES,
    Row,
    moment,
    names,
    refs,
    text,
    word,
)
from taskfiles.migrate.sources import boxes
from taskfiles.task.keys import PARTS, REFERENCES, ROOT, WORDS
from taskfiles.text.nodes import Value

_STATES = {
    **dict.fromkeys(("idea", "draft", "backlog", "inbox", "someday"), "idea"),
    **dict.fromkeys(("ready", "todo", "to do", "open", "pending", "none"), "ready"),
    **dict.fromkeys(("in progress", "doing", "active", "started"), "in-progress"),
    **dict.fromkeys(("done", "completed", "complete", "closed", "true"), "done"),
    **dict.fromkeys(("canceled", "cancelled"), "canceled"),
    "blocked": BLOCKED,
    "false": "ready",
}
ROWS: dict[str, Row] = {
    "id": DROP,
    "title": DROP,
    "status": word("state", _STATES),
    "state": word("state", _STATES),
    "priority": word("priority", NUMBERED | PRIORITIES),
    "size": word("size", SIZES),
    "type": text("task_type"),
    "tags": names("labels"),
    "labels": names("labels"),
    "assignee": names("assignees"),
    "assignees": names("assignees"),
    "milestone": text("milestone"),
    "parent": refs("parent"),
    "children": refs("children"),
    "depends_on": refs("depends_on"),
    "dependencies": refs("depends_on"),
    "blocks": refs("blocks"),
    "created": moment("created_at"),
    "created_at": moment("created_at"),
    "updated": moment("updated_at"),
    "updated_at": moment("updated_at"),
    "completed": moment("completed_at"),
    "completed_at": moment("completed_at"),
}
_HOW = {"text": text, "moment": moment, "list:filled": names}  # by the type of a key of ours
_SETTINGS = {"name", "files", "id", "title", "keys", "lines", "only"}


def finds(directory: Path) -> bool:
    """Return whether a Markdown file of the directory has a status in its frontmatter."""
    if not directory.is_dir():
        return False
    for file in list_markdown(directory):
        page = read_page(file, directory, Reading())
        if page is not None and {"status", "state"} & page.values.keys():
            return True
    return False


def read(directory: Path, care: Care) -> Reading:
    """Read every file with frontmatter."""
    return _read(directory, care, ROWS, {})


def load_mapping(file: Path) -> Source:
    """Return the source that a mapping file describes. Raises TaskfilesError (bad-mapping)."""
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(file, reason_of(error)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(file, f"the TOML can't be read: {error}") from None
    unknown = settings.keys() - _SETTINGS
    if unknown:
        raise _bad(file, f"`{min(unknown)}` is no setting of it")
    given = settings.get("keys", {})
    if not isinstance(given, dict):
        raise _bad(file, "`keys` is no table")
    rows = {str(key): _read_row(file, str(key), value) for key, value in given.items() if value != "keep"}
    name = str(settings.get("name", file.stem))
    if "lines" in settings:
        return _load_boxes(file, name, rows, settings)
    rows |= {str(settings.get(key, key)): DROP for key in ("id", "title")}

    def read_mapped(directory: Path, care: Care) -> Reading:
        return _read(directory, care, rows, settings)

    return Source(name, name, rows, finds, read_mapped)


def _load_boxes(file: Path, name: str, rows: dict[str, Row], settings: dict[str, Any]) -> Source:
    if settings["lines"] != "boxes":
        raise _bad(file, "`lines` is not boxes")
    found, signs = boxes.USUAL | rows, [str(key) for key in settings.get("keys", {})]
    if (box := rows.get(boxes.BOX)) is not None:
        usual = boxes.USUAL[boxes.BOX]
        found[boxes.BOX] = box._replace(words={**usual.words, **box.words}, absent=box.absent or usual.absent)

    def read_lines(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
        return boxes.read_boxes(directory, signs, settings)

    return Source(name, name, found, Path.is_dir, read_lines)


def _read_row(file: Path, key: str, value: Any) -> Row:
    if value == "drop":
        return DROP
    given = {"to": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not isinstance(given.get("to"), str):
        raise _bad(file, f'`keys.{key}` says no key of ours, as `to = "state"`')
    ours, words = given["to"], given.get("words", {})
    if ours in WORDS:
        usual = {"state": _STATES, "priority": NUMBERED | PRIORITIES, "size": SIZES}.get(ours, {})
        return _read_words(file, key, ours, usual, given if isinstance(words, dict) else {})
    if ours in {"parent", *REFERENCES}:
        return refs(ours)
    known = PARTS[ROOT].get(ours)
    if known is not None and known.type in _HOW:
        return _HOW[known.type](ours)
    raise _bad(file, f"`keys.{key}`: there is no key `{ours}` that it could be")


def _read_words(file: Path, key: str, ours: str, usual: dict[str, str], given: dict[str, Any]) -> Row:
    words = {
        str(theirs).casefold().replace("_", " ").replace("-", " "): str(mine)
        for theirs, mine in given.get("words", {}).items()
    }
    absent = given.get("absent")
    allowed = {*WORDS[ours], BLOCKED} if ours == "state" else {*WORDS[ours]}
    for mine in [*words.values(), *([absent] if absent is not None else [])]:
        if mine not in allowed:
            raise _bad(file, f"`keys.{key}`: {ours} has no word “{mine}”")
    return word(ours, usual | words, absent)


def _bad(file: Path, problem: str) -> TaskfilesError:
    return TaskfilesError("bad-mapping", path=str(file), problem=problem)


def _read(directory: Path, care: Care, rows: dict[str, Row], settings: dict[str, Any]) -> Reading:
    reading = Reading()
    id_key, title_key = str(settings.get("id", "id")), str(settings.get("title", "title"))
    pattern = settings.get("files")
    for file in list_markdown(directory):
        if isinstance(pattern, str) and not file.relative_to(directory).match(pattern):
            continue
        page = read_page(file, directory, reading, care=care)
        if page is None:
            continue
        if not rows.keys() & page.values.keys():
            reading.report(Place(page.path), "no-task", "It has none of the keys.", is_error=False)
            continue
        keys: dict[str, Value] = dict(page.values)
        named = page.values.get(id_key)
        old_id = str(named) if named not in (None, "") and not isinstance(named, (list, dict)) else file.stem
        title = str(page.values.get(title_key) or find_title(page.body) or file.stem)
        reading.tasks.append(
            ForeignTask(
                Place(page.path), old_id, title, page.body, keys, page.lines, body_line=page.body_line
            )
        )
    return reading


SOURCE = Source("markdown", "Markdown files", ROWS, finds, read)
