"""Signals that end a command: the exit code, the event, the journal, whenever they come."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from support.effort import Effort, crossed
from support.event_log import events_of, last_event
from support.file_steps import fork_at
from support.in_process import call, inside, ok
from support.kill_steps import clear, pending
from support.layouts import in_states
from support.processes import launch, open_files
from support.project import SCRIPT, Project
from taskfiles_cli.command import signals
from taskfiles_cli.commands import edit
from taskfiles_cli.main import main

ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
UPDATE = ("update", "fix", "--meta", "size=xl")
DECLARED = "[labels.ui]\n[tracks]\n[milestones]\n"


def declared(project: Project) -> None:
    project.configure(DECLARED)
    project.task("fix", labels="[ui, api]", track="web", milestone="m1")


def plain(project: Project) -> None:
    project.task("fix", kind="story", children="[a]", extra="updated_at: 2025-11-01T00:00:00Z\n")
    project.task("a")


COMMANDS = {
    "one file": (plain, UPDATE),
    "a move": (plain, ("move", "a", "in-progress")),
    "several files": (plain, ("move", "fix", "canceled", "--cascade", "canceled")),
    "delete": (plain, ("delete", "fix")),
    "new": (plain, ("new", "--title", "N", "--parent", "fix")),
    "init": (declared, ("init",)),
    "doctor --fix": (declared, ("doctor", "--fix")),
}


def whole_tree(project: Project) -> dict[str, bytes | None]:
    """Every file with its bytes, and every directory, below `tasks/`."""
    found = sorted((project.root / "tasks").rglob("*"))
    directories = {path.relative_to(project.root).as_posix(): None for path in found if path.is_dir()}
    return directories | project.tree()


def signalled(project: Project, argv: tuple[str, ...], step: int, number: signal.Signals) -> int:
    """Run a command in a forked child that gets a signal before its n-th step; gives its exit code."""

    def work() -> None:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        signals.note(signal.SIGINT)  # as in a new process: tests before may have had another one
        signals.heed()
        with inside(project):
            os._exit(main(argv))

    child = fork_at(step, number, work, project.root)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(("name", "number"), crossed(COMMANDS, ENDING))
def test_a_signal_at_any_step_leaves_no_change_untold(
    project: Project, effort: Effort, number: signal.Signals, name: str
) -> None:
    """All of the change or nothing, and event and journal say which."""
    arrange, argv = COMMANDS[name]
    look = whole_tree if name == "init" else Project.tree
    seen = set()
    for step in effort.pick(short=[1, 7, 13, 18, 24, 31], deep=range(1, 400)):
        clear(project)
        arrange(project)
        before = look(project)
        code = signalled(project, argv, step, number)
        after = look(project)
        assert code in {0, 1, 128 + number}, f"step {step}"
        assert not pending(project)
        if code != 128 + number:
            break
        data = last_event(project)["data"]
        seen.add(data["outcome"])
        if after == before:
            assert (data["outcome"], data["reason"]) == ("failed", "interrupted")
            continue
        assert data["outcome"] in {"success", "partial"}, f"step {step}"
        assert data["changes_made"], f"step {step}"
        if argv[0] not in {"init", "doctor"}:
            ok(call(project, "undo"))
            assert project.tree() == before, f"step {step}"
    assert "failed" in seen


@in_states
@pytest.mark.slow
@pytest.mark.parametrize("name", ["init", "doctor --fix"])
def test_steps_of_a_preparation_are_told_when_it_is_interrupted(
    project: Project, effort: Effort, name: str
) -> None:
    arrange, argv = COMMANDS[name]
    partial = []
    for step in effort.steps(short=5):
        clear(project)
        arrange(project)
        code = signalled(project, argv, step, signal.SIGINT)
        if code != 130:
            break
        events = [event["data"] for event in events_of(project)]
        if "api" not in (project.root / "tasks/tasks.toml").read_text():  # the key `layout` at most
            continue
        summary = events[-1]
        assert summary["action"] == "repo.prepare.complete"
        if summary["outcome"] == "success":  # all was done, and the signal came while that was said
            break
        assert summary["outcome"] == "partial"
        told = {(each["path"], each["field"]) for each in summary["changes_made"]}
        assert ("tasks/tasks.toml", "labels.api") in told
        steps = {each["action"]: each["outcome"] for each in events[:-1]}
        assert steps["config.load"] == "success"
        assert steps["repo.prepare.labels.reconcile"] in {"success", "partial"}
        partial.append(step)
    assert len(partial) > effort.pick(short=0, deep=3)


@pytest.mark.parametrize("number", ENDING, ids=lambda each: each.name)
def test_a_process_that_waits_ends_with_the_signals_code(project: Project, number: signal.Signals) -> None:
    project.task("fix")
    before = project.tree()
    with project.store.locks.tasks("fix"):
        process = project.start(*UPDATE, "--lock-timeout", "60", "--output", "json")
        while not any("/.git/tasks/locks/" in name for name in open_files(process.pid)):
            assert process.poll() is None, process.communicate()
        process.send_signal(number)
        _, err = process.communicate()
    assert process.returncode == 128 + number
    assert b'"code": "interrupted"' in err
    assert project.tree() == before
    data = last_event(project)["data"]
    assert (data["action"], data["outcome"], data["reason"]) == ("task.update", "failed", "interrupted")


def test_a_hangup_that_is_ignored_stays_ignored(project: Project) -> None:
    """As `nohup` has it."""
    project.task("fix")
    with project.store.locks.tasks("fix"):
        process = launch(
            [*SCRIPT, *UPDATE, "--lock-timeout", "60"],
            cwd=project.root,
            env=project.environment(None),
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        )
        while not any("/.git/tasks/locks/" in name for name in open_files(process.pid)):
            assert process.poll() is None
        process.send_signal(signal.SIGHUP)
    assert process.wait() == 0


@pytest.mark.parametrize("number", ENDING[1:], ids=lambda each: each.name)
def test_a_wrapped_program_gets_the_signal(project: Project, number: signal.Signals) -> None:
    project.task("fix")
    ready = project.root.parent / "ready"
    process = project.start("telemetry", "wrap", "deploy", "--", "sh", "-c", f"touch {ready}; exec sleep 60")
    while not ready.exists():
        assert process.poll() is None, process.communicate()
    process.send_signal(number)
    process.communicate()
    assert process.returncode == 128 + number
    assert last_event(project)["data"]["reason"] == f"signal-{int(number)}"


@pytest.mark.parametrize("number", ENDING[1:], ids=lambda each: each.name)
def test_an_interrupted_edit_says_where_the_text_is(project: Project, number: signal.Signals) -> None:
    project.task("fix")
    ready = project.root.parent / "ready"
    project.env = {"EDITOR": f"sh -c 'echo more >> \"$1\"; touch {ready}; exec sleep 60' -"}
    process = project.start("edit", "fix")
    while not ready.exists():
        assert process.poll() is None, process.communicate()
    process.send_signal(number)
    _, err = process.communicate()
    assert process.returncode == 128 + number
    assert b"Your text is kept in " in err


class Early(subprocess.Popen[bytes]):
    """A process that is there when a signal comes, before who starts it knows it."""

    noted: Path

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.noted.write_text(str(self.pid))
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("script", ["exec sleep 60", "trap '' TERM; while :; do sleep 0.1; done"])
def test_no_editor_is_left_by_a_signal_that_comes_while_it_starts(project: Project, script: str) -> None:
    project.task("fix")
    Early.noted = project.root.parent / "pid"
    project.env = {"EDITOR": f"sh -c '{script}' -"}
    child = os.fork()
    if child == 0:
        signals.heed()
        with (
            inside(project),
            mock.patch("subprocess.Popen", Early),
            mock.patch.object(edit, "_PATIENCE", 0.5),
        ):
            os._exit(main(("edit", "fix")))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(int(Early.noted.read_text()), 0)
