"""What a migration does: which tasks come, which change, which words have no place yet; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from taskfiles.migrate.compare import describe, is_another, merge
from taskfiles.migrate.family import Member, relate
from taskfiles.migrate.foreign import STRICT, Care, ForeignTask, Reading, Setting, Source, SourceFinding
from taskfiles.migrate.history import Origin
from taskfiles.migrate.ids import OldIds, choose_id
from taskfiles.migrate.known import BASE, OLD_ID, count_doubles, find_gone, find_known
from taskfiles.migrate.references import anchor_links
from taskfiles.migrate.render import make_task, prefix_of
from taskfiles.migrate.rows import Row, fold
from taskfiles.migrate.settings import add_used
from taskfiles.migrate.shape import Shaped, find_doubts, list_options, shape_texts
from taskfiles.migrate.translate import Choices, Met, Translated, find_word, translate
from taskfiles.task.task import Task
from taskfiles.task.words import State
from taskfiles.text.nodes import Value

UNMAPPED = "unmapped"
_RELATIONS = ("children", "depends_on", "blocks")


class Moved(NamedTuple):
    """A task of the source: its old id, the id here, its state here, and what comes of it."""

    old_id: str
    id: str
    state: str
    outcome: str  # new | changed | same


class Text(NamedTuple):
    """A text of a task of the source, the id of that task here, and what options made of it."""

    task: ForeignTask
    id: str
    shaped: Shaped


class Update(NamedTuple):
    """A task that is here already and what it becomes."""

    id: str
    values: dict[str, Value]
    body: bytes


class Expected(NamedTuple):
    """What a task of the source has to be here: its values and body, and the task that came from it."""

    task: ForeignTask
    values: dict[str, Value]
    here: Task | None


@dataclass
class Plan:
    """All that a migration does, and what it found.

    `expected` are the tasks of the source in their order. `met` counts the words of the source with what
    they are here, `unplaced` the keys that have no place, with the keys that keep them. `settings` are tables
    of tasks.toml that the source's configuration becomes, `idle` its keys without a place. `options` shape
    texts; `texts` are those that are written, with what came of it, `kept` those that have changed here, so
    that an option that was not given before does not change them. `paths` are the ids of tasks by their
    files.
    """

    moved: list[Moved] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    creations: list[Task] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    findings: list[SourceFinding] = field(default_factory=list)
    met: Counter[Met] = field(default_factory=Counter)
    settings: list[Setting] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    unplaced: Counter[tuple[str, str]] = field(default_factory=Counter)
    options: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    kept: list[Text] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def unmapped(self) -> list[Met]:
        """The words of tasks that nothing maps."""
        return sorted(each for each, count in self.met.items() if each.word is None and count)

    @property
    def is_first(self) -> bool:
        """Whether nothing of this source is here yet."""
        return all(each.here is None for each in self.expected)

    @property
    def errors(self) -> list[SourceFinding]:
        """The findings for which nothing is written."""
        return [finding for finding in self.findings if finding.severity == "error"]


def plan(
    reading: Reading,
    source: Source,
    *,
    existing: Iterable[Task],
    taken: Collection[str],
    choices: Choices,
    origins: Mapping[str, Origin],
    path_of: Callable[[Mapping[str, Value]], str],
    care: Care = STRICT,
) -> Plan:
    """Plan the migration of what a source holds.

    `existing` are the project's tasks, of which those that came from this source are found again by the id
    that they keep; `taken` are ids that a new task can't have. `origins` are what git knows of the
    source's files. `path_of` returns the path of a task's file. `care` says what becomes of texts.
    """
    done = Plan(findings=list(reading.findings), idle=reading.idle, options=list_options(care))
    prefix, existing = prefix_of(source.name), list(existing)
    pairs = [(task, translate(task, source.rows, choices, source.tool)) for task in reading.tasks]
    numbers = count_doubles(reading.tasks)
    here = find_known(existing, reading.tasks, numbers, prefix)
    members = _name_all([task for task, _ in pairs], here, taken, pairs, done)
    for (foreign, translated), member, old in zip(pairs, members, here, strict=True):
        done.met.update(translated.met)
        done.findings += translated.findings
        _fill_in(translated.keys, origins.get(foreign.place.path))
        values = {"id": member.id, **_collect(foreign, translated, member, prefix, done)}
        done.expected.append(Expected(foreign, values, old))
    places = [
        (str(each.values["id"]), path_of(each.values) if each.here is None else each.here.path)
        for each in done.expected
    ]
    done.paths = {task.path: task.id for task in existing} | {path: task_id for task_id, path in places}
    gone = find_gone(existing, {task_id for task_id, _ in places}, prefix)
    shaped = shape_texts(reading.tasks, places, care, source.drop_markers, gone)
    rest = zip(done.expected, pairs, places, numbers, shaped, strict=True)
    for each, (foreign, translated), (task_id, path), nth, became in rest:
        text = Text(foreign, task_id, became)
        if each.here is not None:
            done.moved.append(_compare(text, each, each.here, prefix, done))
            continue
        body = anchor_links(foreign.body, path, done.paths) if care.references else foreign.body
        base = describe(_without_id(each.values), body, nth, foreign.source_body)
        made = {**each.values, f"{prefix}{OLD_ID}": foreign.old_id, f"{prefix}{BASE}": base}
        task = make_task(foreign, made, prefix, done.findings)
        if task is None:
            continue
        task.path = path_of(task.values)
        done.creations.append(task)
        _report(text, done)
        state = task.state if _has_state(translated) else UNMAPPED
        done.moved.append(Moved(foreign.old_id, task_id, state, "new"))
    _count_declared(reading, source.rows, choices, done)
    done.settings = add_used(reading.settings, [each.values for each in done.expected])
    return done


def _without_id(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if key != "id"}


def _report(text: Text, done: Plan) -> None:
    """Note what options made of a text that is written."""
    done.texts.append(text)
    done.findings += find_doubts(text.task, text.id, text.shaped)


def _count_declared(reading: Reading, rows: Mapping[str, Row], choices: Choices, done: Plan) -> None:
    """Count words that the source declares and no task has, so that they can be mapped before one has."""
    seen = {(each.row, fold(each.value)) for each in done.met}
    for name, words in reading.declared.items():
        for word in words:
            if (name, fold(word)) not in seen:
                row = rows[name]
                done.met[Met(name, word, row.ours, find_word(name, row, fold(word), choices))] = 0


def _has_state(translated: Translated) -> bool:
    return not any(each.key == "state" and each.word is None for each in translated.met)


def _fill_in(keys: dict[str, Value], origin: Origin | None) -> None:
    """Add the instants and the message that only git knows, marked as such."""
    if origin is None:
        return
    if "created_at" not in keys:
        keys |= {"created_at": origin.created_at, "x_created_from": "git"}
    lacks = {"completed_at", "commit_message"} - keys.keys()
    if keys.get("state") == State.DONE and origin.commit is not None and lacks:
        known: dict[str, Value] = {"completed_at": origin.decided_at, "commit_message": origin.message}
        keys |= {key: known[key] for key in sorted(lacks)}
        keys["x_completed_from"] = f"git:{origin.commit[:12]}"


def _name_all(
    foreign: Sequence[ForeignTask],
    here: Sequence[Task | None],
    taken: Collection[str],
    pairs: Sequence[tuple[ForeignTask, Translated]],
    done: Plan,
) -> list[Member]:
    used, old_ids = set(taken), OldIds()
    members = []
    for task, old, (_, translated) in zip(foreign, here, pairs, strict=True):
        task_id = old.id if old is not None else choose_id(task, used, done.findings)
        used.add(task_id)
        old_ids.add(task.old_id, task_id)
        kind = translated.keys.get("kind")
        members.append(
            Member(task, task_id, str(kind) if kind else None, translated.relations, translated.lines)
        )
    relate(members, old_ids, done.findings)
    return members


def _collect(
    foreign: ForeignTask, translated: Translated, member: Member, prefix: str, done: Plan
) -> dict[str, Value]:
    """Return the keys of a task without its id; what has no place is kept under the source's prefix."""
    title = " ".join(foreign.title.split())
    values: dict[str, Value] = {"title": title or foreign.old_id or member.id, "state": "idea"}
    if not title:
        message = f"{foreign.old_id} has no title; its id stands in for it."
        done.findings.append(SourceFinding(foreign.place, "no-title", "warning", message))
    values |= translated.keys
    values |= {"kind": str(member.kind or "task")}
    for key in _RELATIONS:
        if found := getattr(member, key):
            values[key] = list(found)
    reserved = {OLD_ID, BASE}
    lost: dict[str, Value] = {key: list(names) for key, names in member.lost.items()}
    for key, value in {**translated.extra, **lost}.items():
        name = key if key.startswith("x_") else f"{prefix}{key}"
        name += "_" if name.removeprefix(prefix) in reserved else ""
        values[name] = value
        done.unplaced[key, name] += 1
    return values


def _compare(text: Text, expected: Expected, old: Task, prefix: str, done: Plan) -> Moved:
    foreign, values = text.task, _without_id(expected.values)
    given = old.values.get(f"{prefix}{BASE}")
    base = given if isinstance(given, str) else ""
    if is_another(values, foreign.source_body, base) and old.values.get("created_at") != values.get(
        "created_at", ...
    ):
        message = (
            f"{foreign.old_id} was “{old.title}” the last time, and is “{values['title']}” now, with another"
            f" text: it may be another task. If it is the same, delete {old.id} here and migrate again; if"
            " not, give this source a name of its own in a mapping file."
        )
        done.findings.append(SourceFinding(foreign.place, "another-task", "error", message))
    merged = merge(
        old.values,
        old.document.body,
        values,
        foreign.body,
        base,
        raw=foreign.source_body,
        anchor=lambda body: anchor_links(body, old.path, done.paths),
    )
    for key in merged.conflicts:
        message = f"{old.id}: `{key}` has changed here and in the source; what is here stays."
        done.findings.append(SourceFinding(foreign.at(key), "conflict", "warning", message))
    if merged.is_kept:
        done.kept.append(text)
    state = str(merged.values.get("state", ""))
    merged.values[f"{prefix}{BASE}"] = merged.base
    if merged.values == old.values and merged.body == old.document.body:
        return Moved(foreign.old_id, old.id, state, "same")
    if merged.body != old.document.body:
        _report(text, done)
    done.updates.append(Update(old.id, merged.values, merged.body))
    return Moved(foreign.old_id, old.id, state, "changed")
