"""The templates of new tasks in `[templates]` of tasks/tasks.toml, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from taskfiles.config.model import find_positions, make_config_finding, read_toml
from taskfiles.task.codes import FINDINGS
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.keys import KEY_ORDER, schema_problems
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.remembered import RESERVED
from taskfiles.task.synonyms import suggest_key
from taskfiles.task.values import BadValue, describe, plain_value, suggest
from taskfiles.text.nodes import MAX_DEPTH, Path, field_name

TEMPLATES = "templates"
_CRITERIA, _SECTIONS, _BODY = "criteria", "sections", "body"
_TEXTS = (_CRITERIA, _SECTIONS, _BODY)
# What each task has of its own, or what the tool writes.
_OWN = frozenset({"id", "title", "ref", "children", "execution", "created_at", "updated_at", "completed_at"})
_FORBIDDEN = _OWN | {"last_activity_at"} | (RESERVED - {_BODY})
_SOUND = {"id": "a", "title": "a", "state": "idea"}


class Template(NamedTuple):
    """What new tasks begin with: keys, sections or a whole body, and criteria that all must meet.

    Its `kind` among the keys makes it that kind's own: it is used where no template is named.
    """

    name: str
    keys: Mapping[str, Any] = {}
    sections: tuple[tuple[str, str], ...] = ()
    criteria: tuple[str, ...] = ()
    body: str | None = None


class Templates(NamedTuple):
    """The templates of a project by name, the names by the kind that each is for, and what is wrong.

    `findings` are by the name of the template.
    """

    by_name: dict[str, Template]
    by_kind: dict[str, str]
    findings: dict[str, list[Finding]]


class _Problem(NamedTuple):
    at: Path  # within the template; empty for the template itself
    given: str
    problem: str
    remedy: str | None
    code: str = "config-value"


def read_templates(data: bytes) -> Templates:
    """Read the templates of a configuration's bytes; what is wrong with all else is for others to report."""
    read = read_toml(data)
    found = Templates({}, {}, {})
    if isinstance(read, Finding):
        return found
    text, raw = read
    tables = raw.get(TEMPLATES, {})
    if not isinstance(tables, dict):
        return found
    positions = find_positions(text)
    for name, table in tables.items():
        problems = [*_problems(table), *_of_kind(table, found.by_kind)]
        if problems:
            findings = [_finding(name, each, positions) for each in problems]
            found.findings[name] = sorted(findings, key=lambda finding: (finding.line, finding.column))
        template = _make(name, table) if isinstance(table, dict) else Template(name)
        found.by_name[name] = template
        if isinstance(kind := template.keys.get("kind"), str):
            found.by_kind.setdefault(kind, name)
    return found


def check_templates(data: bytes) -> list[Finding]:
    """Return the findings of the templates in a configuration's bytes, in the order of lines."""
    findings = [each for found in read_templates(data).findings.values() for each in found]
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def _make(name: str, table: Mapping[str, Any]) -> Template:
    sections, criteria, body = (table.get(key) for key in (_SECTIONS, _CRITERIA, _BODY))
    keys = {key: value for key, value in table.items() if key not in _TEXTS and key not in _FORBIDDEN}
    return Template(
        name,
        {key: _plain(value) for key, value in keys.items()},
        tuple(sections.items()) if isinstance(sections, dict) else (),
        tuple(criteria) if isinstance(criteria, list) else (),
        body if isinstance(body, str) else None,
    )


def _plain(value: object) -> Any:
    try:
        return plain_value(value, MAX_DEPTH)
    except BadValue:  # a time without a date, or a date and time without a zone
        return str(value)


def _finding(name: str, problem: _Problem, positions: Any) -> Finding:
    path: Path = (TEMPLATES, name, *problem.at)
    if problem.code == "config-unknown-key":
        return make_config_finding(problem.code, path, positions, key=field_name(path), near=problem.given)
    named = {"key": field_name(path), "given": problem.given, "problem": problem.problem}
    return make_config_finding("config-value", path, positions, **named, remedy=problem.remedy)


def _of_kind(table: object, taken: Mapping[str, str]) -> Iterator[_Problem]:
    """Find a second template for a kind."""
    kind = table.get("kind") if isinstance(table, dict) else None
    if isinstance(kind, str) and kind in taken:
        problem = f"the template {taken[kind]} is for that kind already"
        yield _Problem(("kind",), f'"{kind}"', problem, "Leave it out of one; that one is then used by name.")


def _problems(table: object) -> Iterator[_Problem]:
    if not isinstance(table, dict):
        remedy = "Write its keys below [templates.NAME], as in `labels = [...]`."
        yield _Problem((), describe(table), "it should be a table", remedy)
        return
    keys = {key: _plain(value) for key, value in table.items() if key not in _TEXTS}
    for key in [key for key in keys if key in _FORBIDDEN]:
        remedy = "Leave it out; each task has its own."
        yield _Problem((key,), describe(keys.pop(key)), "a template can't set it", remedy)
    for key in keys:
        if key not in KEY_ORDER and (near := suggest_key(key, KEY_ORDER) or suggest(key, [*_TEXTS])):
            yield _Problem((key,), near, "", None, "config-unknown-key")
    for code, path, params in schema_problems({**_SOUND, **keys}):
        same = make_finding(code if code in FINDINGS else "wrong-type", CONFIG_PATH, 1, 1, **params)
        says = same.message[:1].lower() + same.message[1:].rstrip(".")
        more = " `task_type` takes any other word." if path == ("kind",) else ""
        yield _Problem(path, _show(keys, path), says, f"{same.hint}{more}")
    yield from _of_texts(table)


def _show(keys: Mapping[str, Any], path: Path) -> str:
    value = keys.get(str(path[0]))
    return f'"{value}"' if isinstance(value, str) else describe(value)


def _of_texts(table: Mapping[str, Any]) -> Iterator[_Problem]:
    criteria, sections, body = (table.get(key) for key in (_CRITERIA, _SECTIONS, _BODY))
    if criteria is not None and not (
        isinstance(criteria, list) and all(isinstance(each, str) and _is_line(each) for each in criteria)
    ):
        remedy = 'Write them as in `criteria = ["The tests pass"]`.'
        yield _Problem((_CRITERIA,), describe(criteria), "it should be a list of texts, a line each", remedy)
    if sections is not None and not (
        isinstance(sections, dict) and all(isinstance(each, str) for each in sections.values())
    ):
        remedy = "Write a text for each, below [templates.NAME.sections]."
        yield _Problem((_SECTIONS,), describe(sections), "it should be a table of texts", remedy)
    if body is not None and not isinstance(body, str):
        yield _Problem((_BODY,), describe(body), "it should be a text", 'Write it between """.')
    if body is not None and sections is not None:
        yield _Problem((_BODY,), "beside sections", "a template has one of the two", "Leave out the other.")


def _is_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1
