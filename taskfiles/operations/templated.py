"""New tasks completed from the project's templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.task.keys import LIST_KEYS
from taskfiles.text.checkboxes import write_box
from taskfiles.text.sections import ACCEPTANCE_CRITERIA, CRITERION_TO_WRITE, canonical_title, read_section

if TYPE_CHECKING:
    from taskfiles.config.templates import Template, Templates
    from taskfiles.store.store import Store


class Beginning(NamedTuple):
    """What a new task is made of: its keys, the body that it begins with (None: the usual one), and texts.

    `level` is its kind if the keys have none.
    """

    keys: Mapping[str, Any]
    body: str | None
    sections: Sequence[tuple[str, str]]
    level: str = "task"


def load_templates(store: Store) -> Templates | None:
    """Read the templates of tasks.toml; None where it has none, which costs nothing."""
    if not store.settings.templates:
        return None
    from taskfiles.config.templates import read_templates  # noqa: PLC0415 (few projects have any)

    return read_templates(store.config_bytes() or b"")


def complete_from(templates: Templates | None, name: str | None, begun: Beginning) -> Beginning:
    """Complete a new task from the template of a name, else from that of its kind, else not at all.

    What the task says itself goes before the template; lists and criteria are united, the task's own first.
    Raises TaskfilesError: bad-value for a name that there is not, bad-config for a template that is wrong.
    """
    if templates is None or name is not None or templates.by_kind:
        found = _find(templates, name, str(begun.keys.get("kind") or begun.level))
        return begun if found is None else _complete(found, begun)
    return begun


def _find(templates: Templates | None, name: str | None, kind: str) -> Template | None:
    known = {} if templates is None else templates.by_name
    chosen = name if name is not None or templates is None else templates.by_kind.get(kind)
    if chosen is None:
        return None
    if chosen not in known:
        raise _no_template(chosen, list(known))
    findings = [] if templates is None else templates.findings.get(chosen, [])
    if wrong := next((finding for finding in findings if finding.severity == "error"), None):
        from taskfiles.backlog.snapshot import bad_config  # noqa: PLC0415 (only a mistake needs it)

        raise bad_config(wrong)
    return known[chosen]


def _no_template(name: str, known: Sequence[str]) -> TaskfilesError:
    from taskfiles.task.values import suggest  # noqa: PLC0415 (only a mistake needs it)

    text = f"tasks/tasks.toml has {', '.join(known)}." if known else "Write it below [templates.NAME] first."
    remedy, problem = suggest(name, known) + text, "there is no such template"
    return TaskfilesError("bad-value", option="template", given=f"“{name}”", problem=problem, remedy=remedy)


def _complete(template: Template, begun: Beginning) -> Beginning:
    keys = {**template.keys, **begun.keys}
    for key in LIST_KEYS & template.keys.keys() & begun.keys.keys():
        keys[key] = [*begun.keys[key], *(item for item in template.keys[key] if item not in begun.keys[key])]
    body = begun.body
    if body is None and template.body is not None:
        body = "\n" + template.body.strip("\r\n") + "\n"
    own = {canonical_title(title) for title, _ in begun.sections}
    sections = list(begun.sections)
    if begun.body is None:
        sections = [each for each in template.sections if canonical_title(each[0]) not in own] + sections
    if template.criteria:
        sections = _with_criteria(template.criteria, body, sections)
    return begun._replace(keys=keys, body=body, sections=sections)


def _with_criteria(
    criteria: Sequence[str], body: str | None, sections: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return sections with the template's criteria below those that the task has of its own."""
    given = [text for title, text in sections if canonical_title(title) == ACCEPTANCE_CRITERIA]
    own = given[-1] if given else read_section(body or "", ACCEPTANCE_CRITERIA) or ""
    boxes = "\n".join(write_box(text) for text in criteria)
    text = boxes if own.strip() in {"", CRITERION_TO_WRITE} else f"{own.rstrip()}\n{boxes}"
    rest = [each for each in sections if canonical_title(each[0]) != ACCEPTANCE_CRITERIA]
    return [*rest, (ACCEPTANCE_CRITERIA, text)]
