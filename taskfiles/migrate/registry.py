"""The sources that can be migrated from, and which of them a directory holds."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from taskfiles.errors import TaskfilesError
from taskfiles.migrate.foreign import Source

# Modules of `sources`, by the names of the sources, in the order in which they are looked for.
MODULES = {
    "backlog": "backlog",
    "taskmd": "taskmd",
    "beads": "beads",
    "tbd": "tbd",
    "ticket": "ticket",
    "taskmaster": "taskmaster",
    "spec-kit": "spec_kit",
    "todo.txt": "todo_txt",
    "taskwarrior": "taskwarrior",
    "github": "github",
    "taskplain": "taskplain",
    "markdown": "markdown",
}

ANY = "markdown"  # what others hold looks like it, too
LIKE_OURS = frozenset({"taskplain", ANY})


def load_source(name: str) -> Source:
    """Return a source by its name, or of a mapping file. Raises TaskfilesError (bad-value, bad-mapping)."""
    if name.endswith(".toml"):
        from taskfiles.migrate.sources.markdown import load_mapping  # noqa: PLC0415 (few sources have one)

        return load_mapping(Path(name))
    if name not in MODULES:
        known = ", ".join(MODULES)
        raise TaskfilesError(
            "bad-value",
            option="source",
            given=f"“{name}”",
            problem="there is no such source",
            remedy=f"It is one of {known}, or the path of a mapping file.",
        )
    source: Source = import_module(f"taskfiles.migrate.sources.{MODULES[name]}").SOURCE
    return source


def choose_source(directory: Path, name: str | None, own: Path) -> tuple[Source, bool, list[str]]:
    """Return the source of a directory, whether it was guessed, and the names of the others that stand there.

    `own` is the project's own directory of tasks, which is not a source although it may look like one.
    Raises TaskfilesError (no-source, bad-value).
    """
    chosen = None if name is None else load_source(name)
    if not directory.exists():
        raise _no_source(
            directory, "it does not exist", "Name the directory or file that contains the tasks."
        )
    if chosen is not None:
        return chosen, False, []
    found = [source for source in map(load_source, MODULES) if source.finds(directory)]
    if (directory / own.name).resolve() == own.resolve():
        found = [source for source in found if source.name not in LIKE_OURS]
    found = [source for source in found if source.name != ANY] or found
    if not found:
        known = ", ".join(MODULES)
        raise _no_source(
            directory,
            "nothing there looks like tasks of a known tool",
            f"Name the tool before the directory, one of {known}.",
        )
    return found[0], True, [source.name for source in found[1:]]


def _no_source(directory: Path, problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("no-source", path=str(directory), problem=problem, remedy=remedy)
