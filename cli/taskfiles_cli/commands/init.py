"""`tasks init`: make a directory a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from taskfiles.errors import TaskfilesError
from taskfiles.files import create_file, naming
from taskfiles.git import find_repository
from taskfiles.keys import FORMAT
from taskfiles.place import CONFIG_NAME, DIRECTORIES, TASKS_DIR
from taskfiles_cli.output import Colour, Format
from taskfiles_cli.session import Session

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.options import Color, Output


_CONFIG = (
    f"# Settings of this project's tasks; every key has a default (`tasks help format`).\nformat = {FORMAT}\n"
)


def init(
    output: Output = Format.HUMAN,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be created.")] = False,
    root: Annotated[
        Path | None, typer.Option("--root", metavar="DIR", help="Where to create tasks/. Default: here.")
    ] = None,
    color: Color = Colour.AUTO,
) -> int:
    """Make this directory a project: create tasks/.

    Creates the state directories and tasks/tasks.toml; what is there stays as it is.
    """
    session = Session(output, root, color)
    directory = (root or Path.cwd()) / TASKS_DIR
    repository = find_repository(Path(os.path.realpath(directory.parent)))
    top = repository.top if repository else directory.parent
    if not Path(os.path.realpath(directory)).is_relative_to(os.path.realpath(top)):
        raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")
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
    entries = [{"path": path, "field": "path", "from": None, "to": path} for path in made]
    answer = session.mutation("repo.prepare.complete", [], dry_run=dry_run)
    answer |= {"reason": None if made else "unchanged", "changed": bool(made), "changes_made": entries}
    verb = "Would create" if dry_run else "Created"
    text = "".join(f"{verb} {path}\n" for path in made) or "Everything is in place already.\n"
    session.console.answer(answer, human=lambda: text, plain=made)
    return 0
