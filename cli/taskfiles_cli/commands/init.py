"""`tasks init`: make a directory a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles.errors import TaskfilesError
from taskfiles.files import create_file, naming
from taskfiles.git import find_repository
from taskfiles.keys import FORMAT
from taskfiles.names import CONFIG_NAME, DIRECTORIES, TASKS_DIR
from taskfiles_cli.output import Colour, Format, escape
from taskfiles_cli.session import Session

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.options import Color, Output


_CONFIG = (
    f"# Settings of this project's tasks; every key has a default (`tasks help format`).\nformat = {FORMAT}\n"
)


def init(
    output: Output = Format.HUMAN,
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

    Creates the state directories and tasks/tasks.toml; what is there stays as it is. Nothing else is
    written unless an option asks for it.
    """
    session = Session(output, root, color)
    directory = (root or Path.cwd()) / TASKS_DIR
    repository = find_repository(Path(os.path.realpath(directory.parent)))
    top = repository.top if repository else directory.parent
    if not Path(os.path.realpath(directory)).is_relative_to(os.path.realpath(top)):
        raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")
    settings = _set_driver(directory.parent, dry_run) if merge_driver else []
    made: list[str] = []
    with naming("Creating", TASKS_DIR + "/"):
        for name in DIRECTORIES.values():
            if not (directory / name).is_dir():
                made.append(f"{TASKS_DIR}/{name}/")
                if not dry_run:
                    (directory / name).mkdir(parents=True, exist_ok=True)
        if not (directory / CONFIG_NAME).exists():
            made.append(f"{TASKS_DIR}/{CONFIG_NAME}")
            if not dry_run:
                create_file(directory / CONFIG_NAME, _CONFIG.encode())
    entries = [{"path": path, "field": "path", "from": None, "to": path} for path in made] + settings
    create, change = ("Would create", "Would set") if dry_run else ("Created", "Set")
    text = "".join(f"{create} {path}\n" for path in made)
    text += "".join(f"{change} {entry['field']} in {escape(entry['path'])}\n" for entry in settings)
    answer = session.mutation("repo.prepare.complete", [], dry_run=dry_run)
    answer |= {"reason": None if entries else "unchanged", "changed": bool(entries), "changes_made": entries}
    text = text or "Everything is in place already.\n"
    paths = dict.fromkeys(str(entry["path"]) for entry in entries)
    session.console.answer(answer, human=lambda: text, plain=paths)
    return 0


def _set_driver(root: Path, dry_run: bool) -> list[dict[str, Any]]:
    from taskfiles import mergedriver  # noqa: PLC0415 (only who asks for it needs it)

    plan = mergedriver.plan_driver(root)
    if not dry_run:
        mergedriver.install_driver(root, plan)
    return mergedriver.list_driver_changes(root, plan)
