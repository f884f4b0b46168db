"""Every write in a project happens inside an action of the registry, through few doors, and is told."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

import taskfiles
import taskfiles_cli
from support.action_outcomes import PARTS, SUCCEED, Case, finishable
from support.effort import some
from support.event_log import events_of, records_of
from support.in_process import call
from support.project import Project
from support.syntax import parse
from taskfiles.telemetry.actions import ACTIONS, PARTIAL, SUCCESS
from taskfiles_cli.command import event as running
from taskfiles_cli.command.event import REPAIR
from taskfiles_cli.line.program import COMMANDS


def patching(project: Project) -> None:
    project.task("fix")
    project.write("../patch.json", '{"size": "xl"}')


# Commands that share an action of the matrix with another one.
MORE = {
    "metadata set": Case(("metadata", "set", "fix", "../patch.json"), patching),
    "edit": Case(("edit", "fix")),
    "note": Case(("note", "fix", "half done")),
    "next --claim": Case(("next", "--claim")),
    "record-attempt": Case(
        ("record-attempt", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1")
    ),
    "start": Case(("start", "fix")),
    "done": Case(("done", "fix"), finishable),
    "update several": Case(
        ("update", "fix", "other", "-p", "high"), lambda project: [project.task("fix"), project.task("other")]
    ),
    "update --where": Case(
        ("update", "--where", "state=ready", "--parent", "epic"),
        lambda project: [
            project.task("fix"),
            project.task("other"),
            project.task("epic", kind="epic", state="idea"),
            project.task("former", kind="epic", state="idea", children="[fix]"),
        ],
    ),
    "update --state": Case(("update", "fix", "--meta", "state=done"), finishable),
    "move --cascade": Case(
        ("move", "epic", "ready", "--cascade", "ready"),
        lambda project: [
            project.task("fix", state="idea"),
            project.task("epic", kind="epic", state="idea", children="[fix]"),
        ],
    ),
    "new --parent": Case(
        ("new", "--title", "Below", "--parent", "epic"), lambda project: project.task("epic", kind="epic")
    ),
}
SCENES = {
    **{f"{name}, success": scene for name, scene in SUCCEED.items()},
    **{f"{name}, partial": scene for name, scene in PARTS.items()},
    **MORE,
}
# What only reads, what git runs, and what tells the log of other programs; the rest of `telemetry` handles
# the log itself.
READS = {
    "list",
    "show",
    "metadata get",
    "tree",
    "log",
    "search",
    "stats",
    "attempts",
    "export",
    "report",
    "schema",
    "help",
    "completion",
    "merge-driver",
    "board",  # as below: tests/cli/tui/test_board.py
    "web",  # it makes the changes of other commands: tests/cli/web/test_acting.py
}


def run(project: Project, scene: Case) -> None:
    """Run a scene's line; an editor needs a process of its own."""
    if scene.line[0] == "edit":
        editor = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write('More.')\""
        done = project.run(*scene.line, env={"EDITOR": editor})
    else:
        done = call(project, *scene.line)
    assert done.code == scene.exit, done


# These may find nothing to change, or never change a file of the project.
UNSURE = {"plan", "run", "trust", "validate", "init", "doctor"}
IN_JOURNAL = {
    name: scene
    for name, scene in SCENES.items()
    # What the log does of itself, and the repair of what another command has begun.
    if scene.line[0] not in {"telemetry", "list"}
}


def test_every_command_that_writes_has_its_scene() -> None:
    lines = [" ".join(scene.line) for scene in SCENES.values()]
    driven = {name for name in COMMANDS if any(f"{line} ".startswith(f"{name} ") for line in lines)}
    left = COMMANDS.keys() - driven - READS
    assert {name for name in left if not name.startswith("telemetry ")} == set()


@pytest.mark.parametrize("scene", some([*IN_JOURNAL.values()], 16), ids=IN_JOURNAL)
def test_each_change_is_in_the_journal_and_in_the_log(project: Project, scene: Case) -> None:
    """The journal's actions and runs are known, and no path changes of which no event tells."""
    scene.before(project)
    before, known = project.tree(), {record.key for record in records_of(project)}
    told = len(events_of(project))
    run(project, scene)
    after = project.tree()
    assert after != before or scene.line[0] in UNSURE
    events = events_of(project)[told:]
    runs = {event["correlationid"] for event in events if event["data"]["outcome"] in {SUCCESS, PARTIAL}}
    assert events
    assert {event["data"]["action"] for event in events} <= ACTIONS.keys()
    for record in records_of(project):
        assert record.action in ACTIONS
        assert record.key in known or record.run_id in runs
    changes = [change for event in events for change in event["data"]["changes_made"]]
    paths = {change["path"] for change in changes}
    paths |= {change[side] for change in changes for side in ("from", "to") if change["field"] == "path"}
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed <= paths
    tasks = {path for path in changed if path.startswith("tasks/") and path.endswith(".md")}
    noted = {
        path
        for record in records_of(project)
        if record.key not in known
        for change in record.files
        for path in (change.source, change.target)
    }
    assert tasks <= noted


# Through which doors


class Write(NamedTuple):
    """A step of the system on a file of the project: the path, the modules on the way, the action."""

    path: str
    modules: tuple[str, ...]
    action: str | None


_PACKAGES = {Path(package.__file__).parent: package.__name__ for package in (taskfiles, taskfiles_cli)}  # type: ignore[arg-type]  # both packages have files
_CHANGING = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.symlink"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_watched: list[tuple[str, list[Write]]] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    """See every step that changes a file; a hook can't be taken out again, so that it is idle elsewhere."""
    if not _watched:
        return
    if event == "open":
        path, _, flags = args
        paths = [path] if isinstance(flags, int) and flags & _WRITING else []
    else:
        paths = [arg for arg in args if isinstance(arg, (str, bytes))] if event in _CHANGING else []
    for path in paths:
        if not isinstance(path, (str, bytes)):
            continue
        full = os.path.abspath(os.fsdecode(path))
        root, found = _watched[-1]
        if full.startswith(root + os.sep) and not full.startswith(os.path.join(root, ".git") + os.sep):
            action = None if running._run is None else running._run.action
            found.append(Write(os.path.relpath(full, root), _modules(), action))


def _modules() -> tuple[str, ...]:
    """The project's own modules that led here, the innermost first."""
    names: list[str] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        for base, package in _PACKAGES.items():
            if file.is_relative_to(base):
                name = ".".join((package, *file.relative_to(base).with_suffix("").parts))
                names += [name] if names[-1:] != [name] else []
        frame = frame.f_back
    return tuple(names)


@contextmanager
def watching(project: Project) -> Iterator[list[Write]]:
    """Collect what is done to the files of a project."""
    if not _hooked:
        sys.addaudithook(_watch)
        _hooked.append(True)
    _watched.append((str(project.root), []))
    try:
        yield _watched[-1][1]
    finally:
        _watched.pop()


_hooked: list[bool] = []


IN_PROCESS = {name: scene for name, scene in SCENES.items() if scene.line[0] != "edit"}


@pytest.mark.parametrize("scene", some([*IN_PROCESS.values()], 20), ids=IN_PROCESS)
def test_task_files_are_written_through_one_door_and_inside_an_action(project: Project, scene: Case) -> None:
    scene.before(project)
    before = project.tree()
    with watching(project) as writes:
        run(project, scene)
    assert bool(writes) >= (project.tree() != before)
    for write in writes:
        if "taskfiles.store.recovery" in write.modules:
            assert events_of(project)[-1]["data"]["action"] == REPAIR
            continue
        assert write.action in ACTIONS, write
        if write.path.endswith(".md") and write.path.startswith("tasks/"):
            # The calls of the system that Python lacks have a module of their own below it.
            door = [module for module in write.modules[:2] if module != "taskfiles.store.exchange"]
            assert door[0] == "taskfiles.store.disk", write
            assert {"taskfiles.changes.write", "taskfiles.changes.commit"} <= set(write.modules), write


@pytest.mark.parametrize(
    "line",
    ["list", "show fix", "tree", "log", "next", "stats", "report", "validate", "doctor", "metadata get fix"],
)
def test_what_only_reads_touches_no_file(project: Project, line: str) -> None:
    project.task("fix")
    with watching(project) as writes:
        call(project, *line.split())
    assert writes == []


# Which modules may change files at all, and of what.
WRITERS = {
    "taskfiles.store.disk": "the steps themselves",
    "taskfiles.changes.write": "task files",
    "taskfiles.changes.commit": "task files, by `write`, and its own record",
    "taskfiles.store.site": "the mark of a worktree, below its git directory",
    "taskfiles.store.recovery": "task files of a change that was cut short, and its record",
    "taskfiles.operations.declare_steps": "tasks/tasks.toml",
    "taskfiles.operations.convert": "directories of states that a conversion empties",
    "taskfiles.operations.inject": "AGENTS.md and its like",
    "taskfiles.merge.driver": "git's temporary file in a merge; .gitattributes",
    "taskfiles.store.journal": "the journal",
    "taskfiles.store.shared": "directories of state, with git's modes",
    "taskfiles.dataset.history": "when a clone was last exported",
    "taskfiles.fleet.place": "copies of a remote dataset's files, in a directory of its own",
    "taskfiles.run.copying": "ignored files that an agent's worktree is given",
    "taskfiles.run.checkout": "a worktree that an agent has removed",
    "taskfiles_cli.command.driver": "that the merge driver was missed once",
    "taskfiles.store.claims": "claims",
    "taskfiles.run.plan_ledger": "what the tasks of a plan under way came to",
    "taskfiles.leave.directory": "the files of another tool, in a directory of its own",
    "taskfiles_cli.surface.site": "the pages of the board as files, in a directory of its own",
    "taskfiles_cli.surface.secret": "the secret of a clone's web server",
    "taskfiles.store.closings": "notes of what worktrees have closed",
    "taskfiles.store.locks": "locks",
    "taskfiles.dataset.directory": "a dataset that is exported: its lock, its manifest, files put in place",
    "taskfiles.dataset.parquet": "new Parquet files of it",
    "taskfiles.dataset.writing": "new text files of it",
    "taskfiles.run.holding": "locks on worktrees",
    "taskfiles.store.index.writing": "the index",
    "taskfiles.store.index.texts": "the texts of the index, by `writing`",
    "taskfiles.doctor.project": "a damaged index",
    "taskfiles.run.attempt": "the prompt's file, and the directory where agents put results",
    "taskfiles.run.ledger": "attempts under way",
    "taskfiles.run.process": "what a program is given on its standard input",
    "taskfiles.run.switch": "orders to stop",
    "taskfiles.run.transcript": "what programs print",
    "taskfiles_cli.commands.init": "tasks/ and its directories, tasks/tasks.toml",
    "taskfiles_cli.commands.edit": "the text in the editor",
    "taskfiles_cli.commands.inject": "the directory of a skill",
    "taskfiles_cli.commands.report": "the report, where it is asked for",
    "taskfiles_cli.runner.forwarding": "standard error",
    "taskfiles_cli.command.funnel": "the report of a bug",
}
_STEPS = {"create_file", "replace_file", "move_file", "remove_file", "put_file", "write_aside", "write_out"}
_STEPS |= {"remove_leftover", "write_over"}
_SYSTEM = {
    "write",
    "rename",
    "replace",
    "link",
    "unlink",
    "remove",
    "mkdir",
    "makedirs",
    "symlink",
    "truncate",
}
_SYSTEM |= {"rmdir", "removedirs"}
_METHODS = {"write_text", "write_bytes", "touch", "unlink", "mkdir", "rmdir", "symlink_to", "hardlink_to"}
# What any text that `_changes` finds something in matches; most modules need not be parsed.
_CHANGES = re.compile(rf"\bopen\b|\bos\b|\b(?:{'|'.join(_STEPS | _METHODS)})\b")


def test_few_modules_change_files() -> None:
    """Whoever writes anywhere is on the list; the telemetry writes below the git directory and to sinks."""
    found = set()
    for base, package in _PACKAGES.items():
        for file in base.rglob("*.py"):
            parts = file.relative_to(base).with_suffix("").parts
            if parts[0] == "telemetry" or not _CHANGES.search(file.read_text(encoding="utf-8")):
                continue
            if any(map(_changes, ast.walk(parse(file)))):
                found.add(".".join((package, *parts)))
    assert found == WRITERS.keys()


def _changes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        modes = [word for word in node.args[1:2] if isinstance(word, ast.Constant)]
        opens = node.func.id == "open" and any(set(str(mode.value)) & set("wax+") for mode in modes)
        return opens or node.func.id in _STEPS
    if not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    return (
        (owner == "os" and node.func.attr in _SYSTEM)
        or (owner == "disk" and node.func.attr in _STEPS)
        or (owner not in {"os", "disk", "self", "console"} and node.func.attr in _METHODS)
    )
