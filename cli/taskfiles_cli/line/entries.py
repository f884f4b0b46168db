"""Tasks to be created, as JSON or Markdown says them."""

from __future__ import annotations

from typing import Any

from taskfiles.basics.commas import split_commas
from taskfiles.errors import TaskfilesError
from taskfiles.operations.new_all import NewTask
from taskfiles.task.keys import LIST_KEYS
from taskfiles.text.checkboxes import write_box
from taskfiles.text.sections import ACCEPTANCE_CRITERIA, CHECKBOX, SECTIONS, split_lines, visible_lines
from taskfiles_cli.line.texts import parse_given, read_file, read_text, source_name

_SHAPE = "list of tasks"
_EXAMPLE = '[{"title": "A", "ref": "a"}, {"title": "B", "depends_on": ["a"], "criteria": ["It works"]}]'
_OWN = ("title", "ref", "template", "criteria", "sections", "body", "description")


def read_entries(name: str) -> list[NewTask]:
    """Read the entries of a file, `-` for standard input: JSON, or Markdown with a `# Title` for each.

    Raises TaskfilesError (bad-value, bad-json).
    """
    text = read_text("--from", "-") if name == "-" else read_file("--from", name)
    found = _read_json(text, name) if text.lstrip()[:1] in {"[", "{"} else _read_markdown(text)
    if not found:
        remedy = "Write a list of objects with `title`, or Markdown with a `# Title` for each task."
        raise TaskfilesError(
            "bad-value", option="--from", given=f"“{name}”", problem="it names no task", remedy=remedy
        )
    return found


def _read_json(text: str, name: str) -> list[NewTask]:
    value = parse_given(text, name, _SHAPE, _EXAMPLE)
    rows = value.get("tasks", [value]) if isinstance(value, dict) else value
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _bad_json(name, "it is not a list of objects")
    return [_entry(row, name) for row in rows]


def _entry(row: dict[str, Any], name: str) -> NewTask:
    title, ref, template, criteria, sections, body, overview = (row.get(key) for key in _OWN)
    pairs = list(sections.items()) if isinstance(sections, dict) else []
    is_sound = (
        isinstance(title or "", str)
        and (ref is None or isinstance(ref, str))
        and (template is None or isinstance(template, str))
        and (
            criteria is None
            or (isinstance(criteria, list) and all(isinstance(each, str) for each in criteria))
        )
        and (sections is None or isinstance(sections, dict))
        and all(isinstance(text, str) for _, text in pairs)
        and (body is None or isinstance(body, str))
        and (overview is None or isinstance(overview, str))
    )
    if not is_sound:
        problem = (
            "title, ref, template, description, body are texts, criteria a list, sections an object of texts"
        )
        raise _bad_json(name, problem)
    if criteria:
        pairs.insert(0, (ACCEPTANCE_CRITERIA, "\n".join(map(write_box, criteria))))
    if overview:
        pairs.insert(0, (SECTIONS[0], overview))
    keys = {key: value for key, value in row.items() if key not in _OWN}
    whole = None if body is None else "\n" + body.strip("\r\n") + "\n"
    return NewTask(title or "", keys, tuple(pairs), whole, ref, template)


def _bad_json(name: str, problem: str) -> TaskfilesError:
    return TaskfilesError(
        "bad-json", source=source_name(name), problem=problem, shape=_SHAPE, example=_EXAMPLE
    )


def _read_markdown(text: str) -> list[NewTask]:
    found: list[tuple[str, list[str]]] = []
    lines = split_lines(text)
    for number, line in visible_lines(lines):
        if line is not None and line.startswith("# "):
            found.append((line[2:].strip(), []))
        elif found:
            found[-1][1].append(lines[number])
    return [_section_entry(title, rest) for title, rest in found]


def _section_entry(title: str, lines: list[str]) -> NewTask:
    """Read an entry: `key: value` lines, text for Overview, boxes for the criteria, then sections."""
    keys: dict[str, Any] = {}
    rest = list(lines)
    while rest and (not rest[0].strip() or _is_key(rest[0])):
        line = rest.pop(0)
        if line.strip():
            key, _, value = line.partition(":")
            is_list = key.strip() in LIST_KEYS
            keys[key.strip()] = split_commas([value]) if is_list else value.strip()
        elif keys:
            break
    ref, template = keys.pop("ref", None), keys.pop("template", None)
    sections: list[tuple[str, list[str]]] = [("Overview", [])]
    boxes: list[str] = []
    for number, seen in visible_lines(rest):
        if seen is not None and seen.startswith("## "):
            sections.append((seen[3:].strip(), []))
        elif seen is not None and len(sections) == 1 and CHECKBOX.match(seen + " "):
            boxes.append(seen.strip())
        else:
            sections[-1][1].append(rest[number])
    pairs = [(name, "".join(part).strip("\r\n")) for name, part in sections]
    pairs = [(name, part) for name, part in pairs if part.strip()]
    if boxes:
        pairs.append((ACCEPTANCE_CRITERIA, "\n".join(boxes)))
    return NewTask(title, keys, tuple(pairs), None, ref, template)


def _is_key(line: str) -> bool:
    key, colon, _ = line.partition(":")
    return bool(colon) and key.strip().isidentifier() and not line.startswith(" ")
