"""What is installed for agents works as it is written: each line in a fresh shell, in few calls and bytes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest

from support.branches import commit
from support.in_process import call, ok
from support.layouts import mostly_in_states
from support.project import BODY, Done, Project
from taskfiles.text.block import BEGIN, END
from taskfiles_cli.command.block import block_text

BLOCK_BYTES, GUIDE_BYTES = 1200, 5000
FIRST_CALLS, FURTHER_CALLS = 5, 4
READ_BYTES = 3000  # beside the task's own text
AGENTS, TASKS = 20, 60
PROGRAMS = os.path.dirname(sys.executable)
WORDS = {"TOOL": "codex", "MODEL": "gpt-5-codex", "TEXT": "Say what was done"}


def guide() -> str:
    return (files("taskfiles_cli") / "topics" / "agent.md").read_text(encoding="utf-8")


def loop(text: str) -> list[str]:
    """The lines of the first block of commands, without their comments."""
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[:1]
    return [line.partition(" #")[0].rstrip() for line in block.splitlines()]


def shell(project: Project, line: str) -> Done:
    """Run one line in a shell of its own: nothing of an earlier one is left, not even the session."""
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=project.root,
        env=project.environment({"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}),
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def fill(line: str, task_id: str) -> str:
    for name, value in {**WORDS, "ID": task_id}.items():
        line = re.sub(rf"\b{name}\b", value, line)
    return line


def work(project: Project, lines: list[str]) -> list[tuple[str, Done]]:
    """Do one task as the lines say; its id is read from the first answer."""
    first = shell(project, lines[0])
    assert first.code == 0, first.err
    (task_id,) = re.findall(r"^Picked up (\S+) ", first.out, re.MULTILINE)
    return [(task_id, first)] + [(task_id, shell(project, fill(line, task_id))) for line in lines[1:]]


def test_block_and_guide_are_short() -> None:
    assert len(f"{BEGIN}\n{block_text()}{END}\n".encode()) < BLOCK_BYTES
    assert len(guide().encode()) < GUIDE_BYTES
    assert not re.search(r"TASKS_CLAIM|export ", block_text())


@pytest.mark.parametrize("text", [block_text, guide], ids=["block", "guide"])
@pytest.mark.parametrize("layout", ["flat", pytest.param("states", marks=pytest.mark.slow)])
def test_the_lines_do_task_after_task(project: Project, text: object, layout: str) -> None:
    project.write("tasks/tasks.toml", f'layout = "{layout}"\n')
    for n in range(3):
        ok(call(project, "new", "--title", f"Task {n}", "--state", "ready", "--add-criterion", "It works"))
    assert callable(text)
    lines = loop(text())
    assert len(lines) <= FURTHER_CALLS
    assert len(lines) + 1 <= FIRST_CALLS  # the guide is read once
    for _ in range(3):
        done = work(project, lines)
        assert [each.code for _, each in done] == [0] * len(lines), done
        task = project.get(done[0][0])
        assert (task.state, "- [ ]" in task.body) == ("done", False)
        assert [attempt["status"] for attempt in task.values["execution"]["attempts"]] == ["completed"]
        own = len(task.body.encode())
        assert sum(len((each.out + each.err).encode()) for _, each in done) - own < READ_BYTES
    assert shell(project, lines[0]).code == 1
    assert ok(call(project, "validate")).code == 0


def test_a_stuck_agent_gives_its_task_back(project: Project) -> None:
    """The commands between backticks of the block's line about it, with the name that the claim shows."""
    project.task("fix", body=BODY)
    first = shell(project, loop(block_text())[0])
    (line,) = re.findall(r"^- Stuck: (.*?)(?=^- )", block_text(), re.DOTALL | re.MULTILINE)
    (name,) = re.findall(r"^  claim +(.+?) since ", first.out, re.MULTILINE)
    commands = [each for each in re.findall(r"`([^`]+)`", line) if each.startswith("tasks ")]
    for command in commands:
        done = shell(project, fill(command, "fix").replace("NAME", shlex.quote(name)))
        assert done.code == 0, done.err
    task = project.get("fix")
    assert (task.state, task.get("blocked"), task.get("assignees")) == ("ready", "WHY", [])


def work_off(place: Project) -> list[str]:
    """Do task after task in a directory by the block's lines, until none is offered; return their ids."""
    lines, ids = loop(block_text()), list[str]()
    while True:
        first = shell(place, lines[0])
        if first.code == 1:
            return ids
        assert first.code == 0, first.err
        (task_id,) = re.findall(r"^Picked up (\S+) ", first.out, re.MULTILINE)
        for line in lines[1:]:
            done = shell(place, fill(line, task_id))
            assert done.code == 0, done.err
        ids.append(task_id)


def check_done(project: Project, found: list[str]) -> None:
    """Each task was done once, and nothing that was written about it is lost."""
    assert sorted(found) == sorted(f"t{n}" for n in range(TASKS))
    rows = json.loads(ok(call(project, "list", "--output", "json")).out)
    assert {(row["state"], len(row["execution"]["attempts"])) for row in rows} == {("done", 1)}
    for n in range(TASKS):
        assert project.get(f"t{n}").body.count("Say what was done") == 3  # a note, two insights


@mostly_in_states
@pytest.mark.slow
def test_twenty_agents_in_one_directory_do_each_task_once(project: Project) -> None:
    for n in range(TASKS):
        project.task(f"t{n}", body=BODY)
    with ThreadPoolExecutor(AGENTS) as pool:
        found = [task_id for ids in pool.map(work_off, [project] * AGENTS) for task_id in ids]
    check_done(project, found)


@mostly_in_states
@pytest.mark.slow
def test_twenty_agents_in_twenty_worktrees_do_each_task_once(project: Project) -> None:
    """Each commits on a branch of its own; all branches are merged at the end."""
    for n in range(TASKS):
        project.task(f"t{n}", body=BODY)
    project.git("init", "-q", "-b", "main")
    commit(project, "tasks")
    places = [Project(project.root.parent / f"agent-{number}") for number in range(AGENTS)]
    for place in places:
        project.git("worktree", "add", "-q", "-b", place.root.name, str(place.root))
    with ThreadPoolExecutor(AGENTS) as pool:
        found = [task_id for ids in pool.map(work_off, places) for task_id in ids]
    for place in places:
        if place.git("status", "--porcelain").strip():
            commit(place, place.root.name)
            project.git("merge", "-q", "--no-edit", place.root.name)
    check_done(project, found)
