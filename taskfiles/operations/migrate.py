"""Use case: bring the tasks of another tool into this project, in one change; the source is never written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.backlog.snapshot import bad_config
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.changes.write import SettingsChange
from taskfiles.config.edit import Undeclarable, add_tables
from taskfiles.config.model import read_toml
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.migrate.choices import Choice, read_choices, unmapped
from taskfiles.migrate.chosen import check_chosen, keep_chosen, keep_options, read_chosen, read_options
from taskfiles.migrate.foreign import STRICT, Care, Place, Reading, Setting, Source, SourceFinding
from taskfiles.migrate.history import Origin, read_history
from taskfiles.migrate.known import OLD_ID
from taskfiles.migrate.plan import Plan, Update, plan
from taskfiles.migrate.registry import choose_source, load_source
from taskfiles.migrate.render import prefix_of
from taskfiles.migrate.rows import Row
from taskfiles.migrate.settings import choose_settings
from taskfiles.migrate.shape import find_kept, list_options
from taskfiles.migrate.verify import Proof, prove
from taskfiles.migrate.wire import finding_object, plan_object, proof_object, values_object
from taskfiles.operations.declared import is_declarable
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding
from taskfiles.task.layout import FLAT, TASKS_DIR
from taskfiles.task.names import CONFIG_PATH, RESERVED_IDS, expected_path, ids_in_path
from taskfiles.text.nodes import Value, field_name

MIGRATE = "task.migrate"


class Migration(NamedTuple):
    """A migration: its source, whether that was guessed, others that stand there, and what was planned."""

    source: str
    tool: str
    is_guessed: bool
    others: list[str]
    plan: Plan

    @property
    def problem(self) -> TaskfilesError | None:
        """The error for which nothing is written, if there is one."""
        if errors := self.plan.errors:
            return _bad_source(errors)
        return unmapped(self.plan) if self.plan.unmapped else None


class MigrationRequest(NamedTuple):
    """What is migrated: what lies in a directory or file, and how it is read.

    Without `source` the kind is guessed from what stands there. `choices` say what words of the source are
    here: its key, its word, and ours; they come before those that tasks.toml keeps. `text` is what a program
    has printed of a source that is not on this machine (github); `directory` is then only its name. `care`
    says what is made of files that are not as they should be. With `use_git` instants and commit messages
    that the source lacks come from its history.
    """

    directory: Path
    source: str | None = None
    choices: Sequence[Choice] = ()
    text: str | None = None
    care: Care = STRICT
    use_git: bool = True


def migrate_tasks(store: Store, request: MigrationRequest, *, dry_run: bool = False) -> Result[Migration]:
    """Bring the tasks of another tool into the project.

    Its configuration becomes tables of tasks.toml, in the same change, and choices and the options that shape
    texts are kept there, so that later runs and `verify_migration` know them. Again it
    brings in what has changed there since, and keeps what has changed here. A dry run returns the plan,
    whatever stands in the way. Paths of findings begin with the directory.
    Raises TaskfilesError: no-source, bad-source, unmapped, bad-value, bad-config, and as `mutate_all` does.
    """
    chosen, is_guessed, others = _choose(store, request)
    store.check_writable()
    with store.locks.store():
        found = _plan(store, request, chosen)
        kept = keep_chosen(request.choices, chosen.name, chosen.rows)
        change = _plan_settings(store, found, [*keep_options(request.care, chosen.name), *kept])
        made = Migration(chosen.name, chosen.tool, is_guessed, others, found)
        if dry_run:
            return Result([], made, True)
        if made.problem is not None:
            raise made.problem
        edits = {update.id: _edit(update) for update in found.updates}
        changes = mutate_all(store, edits, creations=found.creations, action=MIGRATE, settings=change)
        if change is not None:
            store.reload_config()
        return Result(changes, made, False)


class Verification(NamedTuple):
    """A comparison of a source with what came of it here; as `Migration`, with what it proves.

    `gone` are ids of tasks that came from such a source and that this one does not have, `options` those that
    shape texts.
    """

    source: str
    tool: str
    is_guessed: bool
    proof: Proof
    gone: list[str]
    options: list[str]


def verify_migration(store: Store, request: MigrationRequest) -> Verification:
    """Compare each task of a source with the one that came from it; nothing is written.

    Raises TaskfilesError: no-source, bad-source, unmapped, bad-value, bad-config.
    """
    chosen, is_guessed, _ = _choose(store, request)
    found = _plan(store, request, chosen)
    made = Migration(chosen.name, chosen.tool, is_guessed, [], found)
    if made.problem is not None:
        raise made.problem
    proof = prove(found, chosen.name)
    key = f"{prefix_of(chosen.name)}{OLD_ID}"
    here = {each.here.id for each in found.expected if each.here is not None}
    came = [task.id for task in store.snapshot().tasks if task.value(key) is not None]
    gone = [each for each in came if each not in here]
    return Verification(chosen.name, chosen.tool, is_guessed, proof, gone, found.options)


def _plan_settings(store: Store, found: Plan, kept: Sequence[Setting]) -> SettingsChange | None:
    """Return the change of tasks.toml; the plan gets to know what is in it, and what can't be.

    A source that brings nothing new brings no settings: what is gone here was removed here.
    """
    before = store.config_bytes()
    is_changing = bool(found.updates or found.creations)
    wanted = [*(found.settings if is_changing else ()), *kept]
    found.settings, after, fields = [], before or b"", []
    for setting in choose_settings(wanted, _read_config(before), is_first=found.is_first):
        try:
            if not all(is_declarable(setting.path[0], name) for name in setting.path[1:]):
                raise Undeclarable(setting.path[0])
            after = add_tables(after, [(setting.path, setting.values)])
        except Undeclarable:
            message = f"{setting.name}: {field_name(setting.path)} can't be written into {CONFIG_PATH}."
            found.findings.append(SourceFinding(Place(CONFIG_PATH), "not-declared", "warning", message))
            continue
        found.settings.append(setting)
        change = {"path": CONFIG_PATH, "field": field_name(setting.path), "from": None}
        fields.append({**change, "to": values_object(setting)})
    return SettingsChange(before, after, fields) if found.settings else None


def _read_config(data: bytes | None) -> dict[str, Any]:
    """Return the values of a tasks.toml that can be used. Raises TaskfilesError (bad-config)."""
    read = read_toml(data or b"")
    if isinstance(read, Finding):
        raise bad_config(read)
    return read[1]


def _choose(store: Store, request: MigrationRequest) -> tuple[Source, bool, list[str]]:
    if request.text is not None and request.source is not None:
        return load_source(request.source), False, []
    chosen = choose_source(request.directory, request.source, store.directory)
    _check_apart(store, request.directory)
    return chosen


def _check_apart(store: Store, directory: Path) -> None:
    """Refuse a source below this project's own tasks/: what is read there would be both."""
    top, there = store.directory.resolve(), directory.resolve()
    if there == top or top in there.parents:
        raise _not_apart(directory)


def _not_apart(directory: Path) -> TaskfilesError:
    return TaskfilesError(
        "no-source",
        path=str(directory),
        problem=f"its tasks are in this project's own {TASKS_DIR}/",
        remedy=f"Move them aside first, as with `git mv {TASKS_DIR} old-{TASKS_DIR}`.",
    )


def _plan(store: Store, request: MigrationRequest, chosen: Source) -> Plan:
    directory, text = request.directory, request.text
    config = store.config_bytes() or b""
    if wrong := check_chosen(config):
        raise bad_config(wrong[0])
    raw = _read_config(config)
    choices = [*read_chosen(raw, chosen.name), *request.choices]
    care = read_options(raw, chosen.name, request.care)
    if request.care.markers and chosen.drop_markers is None:
        raise _markerless(chosen)
    if text is not None and chosen.parse is not None:
        reading = chosen.parse(text, str(directory))
    else:
        reading = chosen.read(directory, care)
    own = f"{os.path.relpath(store.directory, directory)}/"
    if any(task.place.path.startswith(own) for task in reading.tasks):
        raise _not_apart(directory)
    taken: set[str] = set(RESERVED_IDS) if store.settings.layout == FLAT else set()
    taken.update(each for path in store.walk() for each in ids_in_path(path))
    taken |= store.find_absent().ids.keys()
    existing = store.snapshot().tasks
    taken |= {task.id for task in existing}

    def path_of(values: Mapping[str, Value]) -> str:
        return expected_path(dict(values), store.settings.layout)

    origins = _read_origins(directory, reading, chosen.rows) if request.use_git else {}
    found = plan(
        reading,
        chosen,
        existing=existing,
        taken=taken,
        choices=read_choices(choices, chosen.rows),
        origins=origins,
        path_of=path_of,
        care=care,
    )
    if list_options(request.care) != list_options(read_options(raw, chosen.name, STRICT)):
        found.findings += [find_kept(each.task, each.id, each.shaped) for each in found.kept]
    if text is None:
        for each in found.expected:
            each.task.place = _place_in(directory, each.task.place)
        found.findings = [_name_file(each, directory) for each in found.findings]
    return found


def _read_origins(directory: Path, reading: Reading, rows: Mapping[str, Row]) -> dict[str, Origin]:
    """Return what git knows of a source of one file for each task; nothing of others."""
    key = next((name for name, row in rows.items() if row.how == "word" and row.ours == "state"), None)
    paths = {task.place.path for task in reading.tasks if task.lines}
    if not paths or key is None or not directory.is_dir():
        return {}
    history = read_history(directory, key, paths)
    if history.problem is not None:
        reading.report(Place("."), "no-history", history.problem, is_error=False)
    return history.origins


def _name_file(finding: SourceFinding, directory: Path) -> SourceFinding:
    """Return a finding whose path leads to the file from where the directory was named."""
    return finding._replace(place=_place_in(directory, finding.place))


def _place_in(directory: Path, place: Place) -> Place:
    file = directory if directory.is_file() else directory / place.path
    return place._replace(path=str(file))


def _edit(update: Update) -> Edit:
    def edit(draft: Draft) -> None:
        draft.values = dict(update.values)
        draft.body = update.body.decode(errors="surrogateescape")

    return edit


def _markerless(source: Source) -> TaskfilesError:
    return TaskfilesError(
        "bad-value",
        option="markers",
        given="used",
        problem=f"{source.tool} writes no markers into texts",
        remedy="Leave it out; it is for Backlog.md.",
    )


def _bad_source(errors: Sequence[SourceFinding]) -> TaskfilesError:
    first = errors[0]
    return TaskfilesError(
        "bad-source",
        path=first.place.path,
        line=first.place.line,
        column=first.place.column,
        count=number_of(len(errors), "place"),
        problem=first.message.rstrip("."),
        details={"findings": [finding_object(each) for each in errors]},
    )


def migration_object(made: Migration) -> dict[str, Any]:
    """Return a migration as JSON has it."""
    return {
        "source": made.source,
        "tool": made.tool,
        "guessed": made.is_guessed,
        "others": made.others,
        **plan_object(made.plan),
    }


def verification_object(made: Verification) -> dict[str, Any]:
    """Return a comparison of a source with what is here as JSON has it."""
    return {
        "source": made.source,
        "tool": made.tool,
        "guessed": made.is_guessed,
        "options": made.options,
        **proof_object(made.proof),
        "gone": made.gone,
    }
