"""`tasks init`: make a directory a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Store
from taskfiles.errors import TaskfilesError
from taskfiles.files import create_file, naming
from taskfiles.git import find_repository
from taskfiles.place import CONFIG_NAME, DIRECTORIES, TASKS_DIR
from taskfiles.profile import config_text, missing_settings
from taskfiles.sinks import check_sinks
from taskfiles_cli.output import Colour, Format, Profile, escape
from taskfiles_cli.session import Session
from taskfiles_cli.texts import check_utf8

if TYPE_CHECKING:
    import typer

    from taskfiles.injection import Injection
    from taskfiles.mergedriver import Plan
    from taskfiles_cli.options import Color, Output

_AGENTS_FILE = "AGENTS.md"


def init(
    output: Output = Format.HUMAN,
    yes: Annotated[  # noqa: ARG001 (for scripts that say so; there is no prompt to leave out)
        bool, typer.Option("--yes", help="Ask nothing; this version never asks.")
    ] = False,
    profile: Annotated[
        Profile | None,
        typer.Option(
            "--profile",
            help="Settings for a new tasks/tasks.toml: dev, the defaults; prod, agents that nobody watches.",
        ),
    ] = None,
    telemetry: Annotated[
        list[str] | None,
        typer.Option(
            "--telemetry",
            metavar="SINK",
            help="A sink for a new tasks/tasks.toml: local, none, dir:PATH, git:PATH, otlp:URL.",
        ),
    ] = None,
    agents: Annotated[
        bool, typer.Option("--agents", help="Tell agents in AGENTS.md, as `tasks inject` does.")
    ] = False,
    merge_driver: Annotated[
        bool,
        typer.Option(
            "--merge-driver",
            help="Have git merge task files by meaning: set .gitattributes and this clone's configuration.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be created.")] = False,
    root: Annotated[
        Path | None, typer.Option("--root", metavar="DIR", help="Where to create tasks/. Default: here.")
    ] = None,
    color: Color = Colour.AUTO,
) -> int:
    """Make this directory a project: create tasks/.

    Creates the state directories and tasks/tasks.toml; what is there stays as it is, and settings that
    it doesn't hold are told. Nothing else is written unless an option asks for it. Called again it
    changes nothing.
    """
    session = Session(output, root, color)
    session.begin("repo.prepare.complete", dry_run=dry_run)
    base = root or Path.cwd()
    sinks = _read_sinks(telemetry or [])
    _check_inside(base)
    # Everything that can be refused is looked at before anything is created.
    injection = _plan_block(base) if agents else None
    driver = _plan_driver(base) if merge_driver else None
    kept = _missing_settings(base, profile, sinks)
    made = _create(base, config_text(profile, sinks).encode(), dry_run)
    entries: list[dict[str, Any]] = [
        {"path": path, "field": "path", "from": None, "to": path} for path in made
    ]
    verb = "Would create" if dry_run else "Created"
    text = "".join(f"{verb} {path}\n" for path in made)
    if injection is not None and injection.changed:
        from taskfiles_cli.agents import injection_change, injection_sentence  # noqa: PLC0415 (see _plan_block)

        if not dry_run:
            _write_block(base, session)
        entries.append(injection_change(injection))
        made.append(injection.path)
        text += injection_sentence(injection, dry_run)
    if driver is not None:
        from taskfiles.mergedriver import install_driver, list_driver_changes  # noqa: PLC0415 (see _plan_driver)

        if not dry_run:
            install_driver(base, driver)
        settings = list_driver_changes(base, driver)
        entries += settings
        made += dict.fromkeys(str(entry["path"]) for entry in settings)
        verb = "Would set" if dry_run else "Set"
        text += "".join(f"{verb} {entry['field']} in {escape(entry['path'])}\n" for entry in settings)
    answer = session.mutation([], dry_run=dry_run)
    answer |= {"reason": None if made else "unchanged", "changed": bool(made), "changes_made": entries}
    session.console.answer(answer, human=lambda: text or "Everything is in place already.\n", plain=made)
    if kept:
        path = f"{TASKS_DIR}/{CONFIG_NAME}"
        message = f"It stays as it is, without {'; '.join(kept)}."
        session.console.warn(message, code="kept-settings", path=path)
    return 0


def _check_inside(base: Path) -> None:
    repository = find_repository(Path(os.path.realpath(base)))
    top = repository.top if repository else base
    if not Path(os.path.realpath(base / TASKS_DIR)).is_relative_to(os.path.realpath(top)):
        raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")


def _create(base: Path, config: bytes, dry_run: bool) -> list[str]:
    """Create what is missing of `tasks/`, and name it."""
    made: list[str] = []
    directory = base / TASKS_DIR
    with naming("Creating", TASKS_DIR + "/"):
        for name in DIRECTORIES.values():
            if not (directory / name).is_dir():
                made.append(f"{TASKS_DIR}/{name}/")
                if not dry_run:
                    (directory / name).mkdir(parents=True, exist_ok=True)
        if not (directory / CONFIG_NAME).exists():
            made.append(f"{TASKS_DIR}/{CONFIG_NAME}")
            if not dry_run:
                create_file(directory / CONFIG_NAME, config)
    return made


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
    from taskfiles.injection import plan_injection  # noqa: PLC0415 (only --agents needs it)
    from taskfiles_cli.agents import block_text  # noqa: PLC0415 (as above)

    return plan_injection(str(base / _AGENTS_FILE), str(base), block_text())


def _plan_driver(base: Path) -> Plan:
    from taskfiles.mergedriver import plan_driver  # noqa: PLC0415 (only --merge-driver needs it)

    return plan_driver(base)


def _write_block(base: Path, session: Session) -> None:
    """Put the block in, on the file as it is under the lock."""
    from taskfiles.injection import write_injection  # noqa: PLC0415 (see _plan_block)

    session.root = base
    with session.store.locks.store():
        write_injection(_plan_block(base))
