"""Two clones and a bare remote: what a command changed reaches the other clone by `git commit -a`.

Where a file was moved, the answer says what to add first; a new file is git's to add as any other.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from support.effort import some
from support.in_process import call, ok
from support.layouts import OTHER
from support.project import BODY, INSIGHTS, Project
from taskfiles.task.layout import FLAT, LAYOUTS, STATES

STAGE = "git add -A tasks"
MIGRATE = "migrate backlog ../old --map status:Odd"
RECORD = "record fix --status failed --tool t --duration-seconds 1 --ended-at 2025-11-02T12:00:00Z"


class Changing(NamedTuple):
    """A command that changes something: what is done before it, and whether it makes a file.

    `moves` are the layouts in which it moves a file.
    """

    line: str
    before: tuple[str, ...] = ()
    creates: bool = False
    moves: tuple[str, ...] = ()
    within: tuple[str, ...] = LAYOUTS


COMMANDS = {
    "pickup": Changing("pickup fix --by ada", moves=(STATES,)),
    "new": Changing("new --title More --parent story", creates=True),
    "next": Changing("next --claim --by ada", moves=(STATES,)),
    "update": Changing("update fix --meta size=xl --field Overview Text"),
    "metadata": Changing("metadata set fix -"),
    "update state": Changing("update fix --meta state=in-progress", moves=(STATES,)),
    "update kind": Changing("update alone --meta kind=story", moves=(STATES,)),
    "move": Changing("move fix in-progress", moves=(STATES,)),
    "move cascade": Changing("move story canceled --cascade canceled", moves=(STATES,)),
    "complete": Changing("complete begun", moves=(STATES,)),
    "release": Changing("release fix --force", ("pickup fix --by ada",), moves=(STATES,)),
    "rename": Changing("rename fix better", moves=LAYOUTS),
    "adopt": Changing("adopt other fix"),
    "note": Changing("note fix Half-way"),
    "update where": Changing("update --where state=ready --priority low"),
    "update states": Changing("update fix alone --state idea", moves=(STATES,)),
    "migrate": Changing(f"{MIGRATE}=ready", creates=True),
    "migrate again": Changing(f"{MIGRATE}=idea", (f"{MIGRATE}=ready",), moves=(STATES,)),
    "ranks": Changing("fmt --ranks", ("update fix --rank 3", "update other --rank 3.5")),
    "delete": Changing("delete alone"),
    "record": Changing(RECORD),
    "review": Changing("review fix --reviewer ada --approved", (RECORD,)),
    "fmt": Changing("fmt odd"),
    "validate": Changing("validate --fix", moves=LAYOUTS),
    "run": Changing("run fix -- true", moves=(STATES,)),
    "undo of a move": Changing("undo", ("move fix in-progress",), moves=(STATES,)),
    "undo of a deletion": Changing("undo", ("delete alone",), creates=True),
    "undo of a rename": Changing("undo", ("rename fix better",), moves=LAYOUTS),
    "cleanup": Changing("cleanup --older-than 1d"),
    "archive": Changing("cleanup --older-than 1d --archive", moves=(FLAT,), within=(FLAT,)),
    "undo of an archive": Changing(
        "undo", ("cleanup --older-than 1d --archive",), moves=(FLAT,), within=(FLAT,)
    ),
    "convert": Changing("init --layout OTHER", moves=LAYOUTS),
    "undo of a conversion": Changing("undo", ("init --layout OTHER",), moves=LAYOUTS),
}
MOVING = [pytest.param(name, layout) for name, each in COMMANDS.items() for layout in each.moves]
ALL = [pytest.param(name, layout) for name, each in COMMANDS.items() for layout in each.within]


def remote(project: Project) -> Project:
    """Give a project some tasks, a bare remote, and another clone."""
    project.task("story", kind="story", children="[fix]")
    body = f"{BODY}\nSee [the other](<{'' if project.layout == FLAT else '../10-ready/'}"
    body += f"{project.path('other', kind='story').rpartition('/')[2]}>).\n"
    project.task("fix", body=body, priority="urgent")
    project.task("other", kind="story", children="[]")
    project.task("alone").rename(project.root / project.path("misplaced"))
    project.write(project.path("odd"), f"---\ntitle: Odd\nid: odd\nkind: task\nstate: ready\n---\n{BODY}")
    done = BODY.replace("[ ]", "[x]") + INSIGHTS
    project.task("begun", state="in-progress", body=done, commit_message="Do it")
    project.task("old", state="done", completed_at="2020-01-01T00:00:00Z", created_at="2020-01-01T00:00:00Z")
    project.write("../old/backlog/config.yml", "project_name: Old\n")
    project.write("../old/backlog/tasks/back-1 - A.md", "---\nid: BACK-1\ntitle: A\nstatus: Odd\n---\n")
    if project.layout == STATES:
        project.configure('format = 1\nlayout = "states"\n')
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    project.git("clone", "-q", "--bare", ".", "../bare")
    project.git("remote", "add", "origin", "../bare")
    project.git("push", "-q", "-u", "origin", "main")
    project.git("clone", "-q", "../bare", "../clone")
    return Project(project.root.parent / "clone", project.env)


def share(project: Project, answer: dict[str, object], *, creates: bool) -> None:
    """Commit what an answer says, or the changes of what git knows; push it."""
    if creates:
        project.git("add", "tasks")
    if "stage" in answer:
        assert answer["stage"] == STAGE
        project.git(*STAGE.split()[1:])
    project.git("commit", "-qam", "change")
    project.git("push", "-q")


def listed(project: Project) -> object:
    """What the project lists, without claims: they are the clone's own."""
    tasks = ok(call(project, "list", "-o", "json")).json
    return [task | {"claim": None} for task in tasks]


@pytest.mark.parametrize(("name", "layout"), some(ALL, 9))
def test_nothing_is_lost_and_the_other_clone_lists_the_same(project: Project, name: str, layout: str) -> None:
    other = remote(project)
    changing = COMMANDS[name]
    for line in changing.before:
        answer = ok(call(project, *words(line, layout), "-o", "json")).json
        share(project, answer, creates=True)
        other.git("pull", "-q")
    before = project.tree()
    line = words(changing.line, layout)
    end = line.index("--") if "--" in line else len(line)
    done = ok(call(project, *line[:end], "-o", "json", *line[end:], stdin='{"size": "xl"}'))
    answer = done.json if name != "validate" else json.loads(done.err.splitlines()[-1])
    assert project.tree() != before
    assert ("stage" in answer) is (layout in changing.moves)
    share(project, answer, creates=changing.creates)
    other.git("pull", "-q")
    assert other.tree() == project.tree()
    assert project.git("status", "--porcelain") == ""
    assert listed(other) == listed(project)


@pytest.mark.parametrize(("name", "layout"), some(MOVING, 6))
def test_people_are_told_that_files_have_moved(project: Project, name: str, layout: str) -> None:
    remote(project)
    for line in COMMANDS[name].before:
        ok(call(project, *words(line, layout)))
    line = words(COMMANDS[name].line, layout)
    done = ok(call(project, *line))
    assert f"`{STAGE}`" in done.out + done.err


def words(line: str, layout: str) -> list[str]:
    return [OTHER[layout] if word == "OTHER" else word for word in line.split(" ")]
