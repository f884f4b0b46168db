"""`tasks init`: make a directory a project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from taskfiles import Store
from taskfiles.basics.signals import uninterrupted
from taskfiles.config.model import Layout
from taskfiles.config.profiles import config_text, missing_settings
from taskfiles.config.sinks import check_sinks
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.operations.convert import CONVERT, choose_layout, convert
from taskfiles.operations.declare import COMPLETE, Step, describe_changes, error_step, find_refusal, prepare
from taskfiles.store.disk import create_file, io_errors
from taskfiles.store.location import find_git, is_project
from taskfiles.store.outputs import check_output
from taskfiles.store.repository import find_repository
from taskfiles.store.sparse import check_left_out
from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, STATES, TASKS_DIR
from taskfiles.task.wire import changes_object
from taskfiles.text.block import find_block
from taskfiles_cli.command.session import Session, staging_line
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.output_format import Profile
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.surroundings import here
from taskfiles_cli.line.texts import check_utf8
from taskfiles_cli.render.lines import Lines
from taskfiles_cli.render.remedies import say_error

if TYPE_CHECKING:
    from taskfiles.merge.driver import Plan
    from taskfiles.operations.inject import Injection
    from taskfiles_cli.line.options import Texts, flag, opt

_AGENTS_FILE = "AGENTS.md"
# Files that some agents read in place of AGENTS.md, or beside it, where they are there.
_OTHERS = {
    "CLAUDE.md": "CLAUDE.md",
    "GEMINI.md": "GEMINI.md",
    ".github/copilot-instructions.md": ".github/copilot-instructions.md",
    ".cursor/rules": ".cursor/rules/tasks.mdc",
}


@command("output", "lock_timeout", "color", action=COMPLETE)
def init(
    session: Session,
    *,
    yes: Annotated[
        bool, flag("Convert although open branches have moved task files. There are no prompts.", "--yes")
    ] = False,
    layout: Annotated[
        Layout | None,
        flag(
            "How files are placed: flat, one path for a task's whole life (the default of a new project), or "
            "states, a directory for each state. A project of the other layout is converted.",
            "--layout",
        ),
    ] = None,
    profile: Annotated[
        Profile | None,
        flag(
            "Settings for a new tasks/tasks.toml: dev, the defaults; prod, for agents that nobody watches.",
            "--profile",
        ),
    ] = None,
    telemetry: Annotated[
        Texts,
        opt(
            "SINK",
            "A sink for a new tasks/tasks.toml: local, none, dir:PATH, git:PATH, otlp:URL.",
            "--telemetry",
        ),
    ] = None,
    agents: Annotated[
        bool, flag("Write the block for agents into AGENTS.md, as `tasks inject` does.", "--agents")
    ] = False,
    merge_driver: Annotated[
        bool,
        flag(
            "Have git merge task files by meaning: set .gitattributes and this clone's configuration.",
            "--merge-driver",
        ),
    ] = False,
    dry_run: Annotated[bool, flag("Show what would be created.", "--dry-run")] = False,
    root: Annotated[Path | None, opt("DIR", "Where to create tasks/. Default: here.", "--root")] = None,
) -> int:
    """Make this directory a project: create tasks/.

    Creates tasks/tasks.toml, with --layout states also the state directories; files that exist are kept, and
    settings that they lack are listed. With the other layout every file moves in one change, links between
    them follow, and `tasks undo` reverts it. Where it declares labels, tracks or milestones, those that tasks
    use are declared too, and tracks get their epics. Nothing else is written unless an option asks for it.
    Called again it changes nothing.
    """
    if root is not None:
        check_local("--root", os.fspath(root))
    base = root or Path(here())
    sinks = _read_sinks(telemetry or [])
    check_output("--root", str(base))
    _check_inside(base)
    # Everything that can be refused is looked at before anything is created.
    _refuse(base, session)
    plans = _plan(base, agents, merge_driver)
    kept = _missing_settings(base, profile, sinks)
    done = _Done()
    with _locked(base, session, dry_run):
        if not dry_run:  # what others may have done before the lock was had
            plans = _plan(base, agents, merge_driver)
        chosen = choose_layout(base, layout)
        settings = config_text(profile, sinks, layout or chosen).encode()
        _convert(session, base, layout, done, settings=settings, dry_run=dry_run, despite_branches=yes)
        _noted(session, partial(_create, base, [CONFIG_NAME], settings), done, dry_run)
        directories = [f"{name}/" for name in DIRECTORIES.values()] if (layout or chosen) == STATES else []
        for work in (
            partial(_create, base, directories, b""),
            partial(_inject, plans),
            partial(_install, base, plans),
        ):
            _noted(session, work, done, dry_run)
        whole = _prepare(base, session, done, dry_run)
    if whole.errors and not done.entries:
        _warn(session, whole.errors[1:])
        session.tell_step(whole)
        raise whole.errors[0]
    _answer(session, done, whole, dry_run)
    if agents:
        _name_others(base, session)
    if kept:
        path = f"{TASKS_DIR}/{CONFIG_NAME}"
        message = f"It stays as it is, without {'; '.join(kept)}."
        session.console.warn(message, code="kept-settings", path=path)
    return 1 if whole.errors else 0


def _name_others(base: Path, session: Session) -> None:
    """Name files for other agents that are there and lack the block."""
    for name, file in _OTHERS.items():
        there = base / file
        if not (base / name).exists() or (there.exists() and there.samefile(base / _AGENTS_FILE)):
            continue
        if there.is_file() and _has_block(there):
            continue
        message = (
            f"Agents that read {name} may not read {_AGENTS_FILE}: `tasks inject {file}` tells them, too."
        )
        session.console.warn(message, code="other-agents", path=name)


def _has_block(file: Path) -> bool:
    """Return whether a file has the block, whole or damaged; what can't be read is not complained of here."""
    try:
        return find_block(str(file), file.read_bytes()) is not None
    except TaskfilesError:
        return True
    except OSError:
        return False


def _noted(session: Session, work: Callable[[_Done, bool], None], done: _Done, dry_run: bool) -> None:
    """Do a part of the work; what is made and what is said of it belong together."""
    with uninterrupted():
        before = len(done.entries)
        try:
            work(done, dry_run)
        finally:
            for entry in done.entries[before:] if not dry_run else ():
                session.store.note_written(str(entry["path"]), [entry])


class _Plans(NamedTuple):
    """What options ask for beside tasks/."""

    injection: Injection | None
    driver: Plan | None


def _plan(base: Path, agents: bool, merge_driver: bool) -> _Plans:
    return _Plans(_plan_block(base) if agents else None, _plan_driver(base) if merge_driver else None)


class _Done:
    """What was done, or with --dry-run would be: entries of `changes_made`, paths, sentences."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.paths: dict[str, None] = {}
        self.lines: list[str] = []
        self.staging: dict[str, str] = {}

    def add(self, path: str, entry: dict[str, Any], sentence: str) -> None:
        """Note one thing."""
        self.entries.append(entry)
        self.paths[path] = None
        self.lines.append(sentence)


def _answer(session: Session, done: _Done, whole: Step, dry_run: bool) -> None:
    outcome = "partial" if whole.errors else "success"
    reason = whole.reason if whole.errors else None if done.entries else "unchanged"
    answer = session.mutation(
        [],
        dry_run=dry_run,
        outcome=outcome,
        reason=reason,
        changed=bool(done.entries),
        applied_rules=list(whole.applied_rules),
        changes_made=changes_object(done.entries),
        **done.staging,
    )
    text: Lines = done.lines or ("" if whole.errors else "Everything is in place already.")
    session.console.answer(answer, human=lambda: text, plain=done.paths)
    _warn(session, whole.errors)


def _warn(session: Session, errors: Sequence[TaskfilesError]) -> None:
    for error in errors:
        session.console.warn(say_error(error), code=error.code, path=error.path)


def _check_inside(base: Path) -> None:
    repository = find_repository(Path(os.path.realpath(base)))
    top = repository.top if repository else base
    if not Path(os.path.realpath(base / TASKS_DIR)).is_relative_to(os.path.realpath(top)):
        raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")


def _refuse(base: Path, session: Session) -> None:
    """Refuse a project whose tasks.toml can't be used, or is not checked out, whatever else is asked for."""
    place = os.path.realpath(base)
    if not os.path.lexists(base / TASKS_DIR / CONFIG_NAME) and (git := find_git(place)) is not None:
        check_left_out(git[0], git[1], place)
    if (base / TASKS_DIR).is_dir() and (refused := find_refusal(Store(base))):
        session.tell_steps(refused.steps)
        raise refused.summary.errors[0]


@contextmanager
def _locked(base: Path, session: Session, dry_run: bool) -> Iterator[None]:
    """Make `tasks/` and hold its lock, so that of many at once each creates what the others have not."""
    if dry_run:
        yield
        return
    with io_errors("Creating", TASKS_DIR + "/"):
        (base / TASKS_DIR).mkdir(parents=True, exist_ok=True)
    session.root = base
    with session.store.locks.store():
        yield


def _create(base: Path, names: Sequence[str], config: bytes, done: _Done, dry_run: bool) -> None:
    """Create what is missing of some directories and files of `tasks/`."""
    directory = base / TASKS_DIR
    for name in names:
        if os.path.lexists(directory / name.rstrip("/")):
            continue
        path = f"{TASKS_DIR}/{name}"
        if not dry_run:
            with io_errors("Creating", path):
                if name == CONFIG_NAME:
                    create_file(directory / name, config)
                else:
                    (directory / name).mkdir(exist_ok=True)
        verb = "Would create" if dry_run else "Created"
        done.add(path, {"path": path, "field": "path", "from": None, "to": path}, f"{verb} {path}")


def _convert(
    session: Session,
    base: Path,
    layout: Layout | None,
    done: _Done,
    *,
    settings: bytes,
    dry_run: bool,
    despite_branches: bool,
) -> None:
    """Convert a project to a layout, or write the key that it lacks; `settings` are for one without any."""
    if not is_project(str(base)):
        return
    session.root = base
    store = session.store
    store.reload_config()
    has_settings = os.path.lexists(base / TASKS_DIR / CONFIG_NAME)
    if layout in (None, store.layout) and (store.config.layout is not None or not has_settings):
        return
    wanted = str(layout or store.settings.layout)
    try:
        made = convert(store, wanted, settings, despite_branches=despite_branches, dry_run=dry_run)
    except TaskfilesError as error:
        session.tell_step(error_step(CONVERT, error))
        raise
    path = f"{TASKS_DIR}/{CONFIG_NAME}"
    entry = made.made.setting
    verb = "Would set" if dry_run else "Set"
    done.add(path, entry, f'{verb} layout = "{wanted}" in {path}')
    moved = [change for change in made.changes if change.before and change.before.path != change.after.path]
    entries = [entry for change in made.changes for entry in change.changes]
    session.tell_step(Step(CONVERT, "success", changes_made=[entry, *entries]))
    done.entries += entries
    for change in made.changes:
        done.paths[change.after.path] = None
    if moved:
        done.lines.append(f"{'Would move' if dry_run else 'Moved'} {number_of(len(moved), 'task file')}")
    done.staging = session.staging(moved) if not dry_run else {}
    if done.staging:
        done.lines.append(staging_line(done.staging))
    for link in made.made.links:
        message = f"A link to {link.target} leads nowhere now; {link.path} is left as it is."
        session.console.warn(message, code="links-broken", path=f"{link.path}:{link.line}")
    if moved:
        session.warn_findings(made.made.unreadable)


def _inject(plans: _Plans, done: _Done, dry_run: bool) -> None:
    injection = plans.injection
    if injection is None or not injection.changed:
        return
    from taskfiles.operations.inject import write_injection  # noqa: PLC0415 (see _plan_block)
    from taskfiles_cli.command.block import injection_change, injection_sentence  # noqa: PLC0415 (as above)

    if not dry_run:
        write_injection(injection)
    done.add(injection.path, injection_change(injection), injection_sentence(injection, dry_run))


def _install(base: Path, plans: _Plans, done: _Done, dry_run: bool) -> None:
    driver = plans.driver
    if driver is None:
        return
    from taskfiles.merge.driver import install_driver, list_driver_changes  # noqa: PLC0415 (see _plan_driver)

    if not dry_run:
        install_driver(base, driver)
    verb = "Would set" if dry_run else "Set"
    for entry in list_driver_changes(base, driver):
        done.add(str(entry["path"]), entry, f"{verb} {entry['field']} in {entry['path']}")


def _prepare(base: Path, session: Session, done: _Done, dry_run: bool) -> Step:
    """Reconcile what tasks.toml declares with what tasks use."""
    if not (base / TASKS_DIR).is_dir():  # with --dry-run
        return Step(COMPLETE, "success", "unchanged")
    session.root = base
    whole = prepare(session.store, dry_run=dry_run, on_step=session.tell_step).summary
    verb = "Would write" if dry_run else "Wrote"
    sentences = [f"{verb} {what}" for what, _ in describe_changes(whole.changes_made)]
    done.lines += sentences
    done.entries += whole.changes_made
    done.paths |= {str(entry["path"]): None for entry in whole.changes_made}
    return whole


def _read_sinks(texts: list[str]) -> list[str]:
    """Check the sinks asked for. Raises TaskfilesError (bad-value)."""
    sinks = [check_utf8("--telemetry", text) for text in texts]
    try:
        check_sinks(sinks)
    except ValueError as error:
        given, remedy = f"“{', '.join(sinks)}”", "Use local, none, dir:PATH, git:PATH or otlp:URL."
        raise TaskfilesError(
            "bad-value", option="--telemetry", given=given, problem=str(error), remedy=remedy
        ) from error
    return sinks


def _missing_settings(base: Path, profile: Profile | None, sinks: list[str]) -> list[str]:
    """Name the settings asked for that a tasks.toml which is there already doesn't hold."""
    if not (profile or sinks) or not os.path.lexists(base / TASKS_DIR / CONFIG_NAME):
        return []
    config, _ = Store(base).read_config()
    return missing_settings(config, profile, sinks)


def _plan_block(base: Path) -> Injection:
    from taskfiles.operations.inject import plan_injection  # noqa: PLC0415 (only --agents needs it)
    from taskfiles_cli.command.block import block_text  # noqa: PLC0415 (as above)

    return plan_injection(str(base / _AGENTS_FILE), str(base), block_text())


def _plan_driver(base: Path) -> Plan:
    from taskfiles.merge.driver import plan_driver  # noqa: PLC0415 (only --merge-driver needs it)

    return plan_driver(base)
