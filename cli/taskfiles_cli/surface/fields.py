"""Every key and section of a task as a text that a form can show, and such texts as changes.

What a key takes is read from the one table of keys; what is written is read as the options of `tasks update`
are, so that both refuse the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from taskfiles import Store, Task, TaskfilesError, Update
from taskfiles.task.keys import DEFAULTS, PARTS, ROOT, WORDS
from taskfiles.text.sections import find_headings, find_section, read_section, split_lines
from taskfiles.text.typed import is_clearing
from taskfiles_cli.line.links import read_among
from taskfiles_cli.line.names import find_id, find_references
from taskfiles_cli.line.values import read_items, read_meta
from taskfiles_cli.surface.visible import show

_ELSEWHERE = frozenset({"id", "state", "execution"})  # a rename, a move and a record change these
_LONG = frozenset({"commit_message", "blocked", "close_reason"})
_KEY, _SECTION, _APPEND, _BODY, _CRITERION = "key:", "section:", "append:", "body", "criterion"
_ADD, _REMOVE = "add:", "remove:"


class Field(NamedTuple):
    """A key or section in a form.

    `control` is word, lines, long, text or json; `text` is what stands there, empty for what is absent.
    `is_safe` says that a form gives back exactly this text: one that hides something is edited in its file.
    """

    name: str
    label: str
    control: str
    text: str
    choices: tuple[str, ...]
    is_safe: bool


def list_keys(task: Task) -> list[Field]:
    """List the keys that a form changes, those of the format in its order, then the task's own."""
    own = [key for key in task.values if key not in PARTS[ROOT] and "=" not in key]
    return [_make_key(task, key) for key in [*PARTS[ROOT], *own] if key not in _ELSEWHERE]


def list_sections(task: Task) -> list[Field]:
    """List the sections with their texts as they are in the file, and the whole where they are not all."""
    lines = split_lines(task.body)
    headings = [heading for heading in find_headings(lines) if heading.level <= 2]
    titles = []
    for heading in headings:
        found = find_section(lines, heading.title)
        if heading.level == 2 and found is not None and found.heading == heading:
            titles.append(heading.title)
    fields = [
        _make_text(f"{_SECTION}{title}", title, read_section(task.body, title) or "") for title in titles
    ]
    begin = headings[0].start if headings else len(lines)
    if len(titles) < len(headings) or "".join(lines[:begin]).strip():
        fields.append(_make_text(_BODY, "The whole text", task.body.strip("\r\n")))
    return fields


def is_field(name: str) -> bool:
    """Return whether a name is that of a field whose text can have been seen."""
    return name.startswith((_KEY, _SECTION)) or name == _BODY


def write_field(task: Task, name: str) -> str:
    """Return the text that a form shows for a key or section by its name; empty for what it has none of."""
    if name.startswith(_KEY):
        return _write(task, name.removeprefix(_KEY))[1]
    if name.startswith(_SECTION):
        return _plain(read_section(task.body, name.removeprefix(_SECTION)) or "")
    return _plain(task.body.strip("\r\n")) if name == _BODY else ""


def read_changes(store: Store, texts: Mapping[str, Any]) -> Update:
    """Read the texts of a form, by the names of their fields, as a change.

    `add:KEY` and `remove:KEY` are items of a list, commas between several.
    Raises TaskfilesError: bad-value for what no key takes or is no field, and as references are read.
    """
    values: dict[str, Any] = {}
    wanted: dict[str, Any] = {"sections": [], "appends": [], "criteria": [], "add": [], "remove": []}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise _no_field(name)
        if name.startswith(_KEY):
            key = name.removeprefix(_KEY)
            if key == "parent" and text.strip():
                wanted["parent"] = find_id(store, text.strip())
            else:
                values[key] = _read(store, key, text)
        elif name.startswith(_SECTION):
            wanted["sections"].append((name.removeprefix(_SECTION), text))
        elif name.startswith((_ADD, _REMOVE)):
            way, _, key = name.partition(":")
            wanted[way] += _read_items(store, f"--{way}", key, text)
        elif name.startswith(_APPEND):
            wanted["appends"].append((name.removeprefix(_APPEND), text))
        elif name == _CRITERION:
            wanted["criteria"].append(text)
        elif name == _BODY:
            wanted["body"] = "\n" + text.strip("\r\n") + "\n" if text.strip() else ""
        else:
            raise _no_field(name)
    return Update(set=values, **wanted)


def _read(store: Store, key: str, text: str) -> Any:
    """Read the text of a key: nothing clears it, each line is an item of a list, all else as `--meta`."""
    if key in _ELSEWHERE or not key:
        raise _no_field(key)
    if not text.strip():
        return "" if key == "title" else None
    if _type_of(key) == "list:filled" and not text.lstrip().startswith("["):
        items = [line.strip() for line in text.splitlines() if line.strip()]
        return [item for _, item in find_references(store, [(key, item) for item in items])]
    return read_meta(key, f"{key}={text.strip()}")[1]


def _read_items(store: Store, option: str, key: str, text: str) -> list[tuple[str, Any]]:
    """Read items of a list key as `tasks update --add` and `--remove` do."""
    if key in _ELSEWHERE or not key:
        raise _no_field(key)
    items = read_items(option, [f"{key}={text}"]) if text.strip() else []
    return find_references(store, read_among(store, option, items, is_new=option == f"--{_ADD[:-1]}"))


def _type_of(key: str) -> str:
    return PARTS[ROOT][key].type if key in PARTS[ROOT] else ""


def _make_key(task: Task, key: str) -> Field:
    control, text = _write(task, key)
    choices = tuple(word.value for word in WORDS[key]) if control == "word" else ()
    is_safe = _is_safe(key) and _is_safe(text) and _comes_back(key, control, text, task.values.get(key))
    return Field(f"{_KEY}{key}", key, control, text, choices, is_safe)


def _comes_back(key: str, control: str, text: str, value: Any) -> bool:
    """Return whether the text of a form is read as the value that it shows; text in a list's place is not."""
    if control in {"word", "lines"} or not text.strip():
        return True
    try:
        return bool(
            read_meta(key, f"{key}={text.strip()}")[1] == (value.strip() if isinstance(value, str) else value)
        )
    except TaskfilesError:  # what is wrong is shown as it stands, to be corrected
        return True


def _make_text(name: str, label: str, text: str) -> Field:
    return Field(name, label, "long", _plain(text), (), _is_safe(label) and _is_safe(text))


def _write(task: Task, key: str) -> tuple[str, str]:
    """Return the control of a key, and what it shows: a default only where a word is chosen."""
    value = task.values.get(key)
    if key in WORDS:
        return "word", str(DEFAULTS.get(key) if value is None else value)
    kind = _type_of(key)
    if value is None:
        value = [] if kind == "list:filled" else ""
    if kind == "list:filled" and isinstance(value, list) and all(map(_is_line, value)):
        return "lines", "\n".join(map(str, value))
    if isinstance(value, str) and kind and is_clearing(value):
        return "text", f'"{value}"'
    if isinstance(value, str) and (kind or read_meta(key, f"{key}={value}")[1] == value):
        return "long" if key in _LONG or "\n" in value else "text", _plain(value)
    return "json", json.dumps(value, ensure_ascii=False) if value != "" else ""


def _is_line(item: object) -> bool:
    return isinstance(item, str) and bool(item.strip()) and "\n" not in item and not item.startswith("[")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _is_safe(text: str) -> bool:
    return show(text) == _plain(text)


def _no_field(name: object) -> TaskfilesError:
    remedy = "Reload the page, and choose one that it offers."
    given = f"“{str(name)[:40]}”"
    return TaskfilesError(
        "bad-value", option="field", given=given, problem="a form does not change it", remedy=remedy
    )
