"""Whatever call of the system fails, and whenever a signal comes: no byte is lost, and all of it is known."""

from __future__ import annotations

import errno
import re
import signal
from collections.abc import Callable

import pytest

from support.effort import Effort, some
from support.in_process import call
from support.injection import failing, run_failing, signalling
from support.kill_steps import clear, pending
from support.layouts import make_project, mostly_in_states
from support.project import Project
from taskfiles.task.layout import FLAT
from taskfiles_cli.line.exit_codes import EXITS

ERRORS = [
    errno.ENOSPC,
    errno.EIO,
    errno.EACCES,
    errno.EROFS,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENOLCK,
    errno.EINTR,
    errno.ENOMEM,
    errno.EPERM,
    errno.ESTALE,
]
# A warning says that nothing can undo this change, or that its record is where git's directory can't be read.
NO_UNDO = ("no undo", "no change can be undone", "are kept elsewhere")
# What a command could not read it leaves as it is: the file is named, or what stays to be fixed.
STILL = {"error[unreadable-file]", "warning[wrong-name]", "warning[wrong-directory]"}
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def family(project: Project) -> None:
    text = "updated_at: 2020-01-01T00:00:00Z\n"
    project.task("s", kind="story", children="[a, b]", extra=text)
    project.task("a", depends_on="[b]", extra=text)
    project.task("b", extra=text)
    project.task("old", state="canceled", extra=text)
    name = "tasks/wrong.md" if project.layout == FLAT else "tasks/10-ready/mixed.md"  # `--fix` renames it
    project.write(name, "---\ntitle: M\nid: mixed\nstate: ready\nkind: task\n---\n")


COMMANDS: dict[str, tuple[str, ...]] = {
    "update": ("update", "a", "--meta", "size=xl"),
    "move": ("move", "a", "in-progress"),
    "move --cascade": ("move", "s", "canceled", "--cascade", "canceled"),
    "new": ("new", "--title", "N", "--parent", "s"),
    "record": ("record", "a", "--status", "failed", "--tool", "t", "--duration-seconds", "5"),
    "rename": ("rename", "b", "c"),
    "delete": ("delete", "old"),
    "cleanup": ("cleanup", "--older-than", "90d"),
    "fmt": ("fmt",),
    "validate --fix": ("validate", "--fix"),
    "adopt": ("adopt", "s", "mixed"),
    "pickup": ("pickup", "b", "--by", "me"),
    "undo": ("undo",),
}


def arrange(project: Project, name: str) -> None:
    clear(project)
    family(project)
    if name == "undo":
        assert call(project, "rename", "b", "c").code == 0


class Law:
    """What holds of a command after each of its steps."""

    def __init__(self, project: Project, name: str) -> None:
        self.project, self.name, self.argv = project, name, COMMANDS[name]
        arrange(project, name)
        self.normal = call(project, *self.argv).code
        arrange(project, name)

    def check(self, step: int, act: Callable[[], object], what: str) -> bool:
        """Run the command with a fault at a step; gives whether it came so far."""
        project = self.project
        arrange(project, self.name)
        before = project.tree()
        done, reached = run_failing(project, self.argv, step, act)
        if not reached:
            return False
        place = f"{self.name}, {what} at step {step}: {done}"
        found = visible(project)
        if done is not None:
            assert done.code in EXITS, place
            assert done.code != 70, place
            assert "Traceback" not in done.err, place
        fixed = call(project, "doctor", "--fix")
        assert fixed.code in {0, 1}, (place, fixed)
        assert not pending(project), place
        assert not [path for path in project.tree() if ".tasks-" in path], place
        after = project.tree()
        if done is not None:  # nothing is left for anybody to fix
            assert after == found, place
        if after == before:
            assert (
                done is None or done.code or STILL & set(re.findall(r"\w+\[[a-z-]+\]", done.out + done.err))
            ), place
            return True
        if self.name == "pickup":  # what undoes it is the claim's token, which the answer has
            return True
        if done is not None and done.code == 0 and any(words in done.err for words in NO_UNDO):
            return True
        self.takes_back(before, after, place)
        return True

    def takes_back(self, before: dict[str, bytes], after: dict[str, bytes], place: str) -> None:
        """`undo` knows all of the change."""
        project = self.project
        if self.name == "undo":  # an undo is undone by its run
            assert after == self.whole(), place
            return
        back = call(project, "undo")
        assert back.code == 0, (place, back)
        assert project.tree() == before, place

    def whole(self) -> dict[str, bytes]:
        """The files as they are after the undone command's undo: as the family was."""
        other = Project(self.project.root.parent / "whole")
        if not other.root.exists():
            make_project(other.root, self.project.layout)
            family(other)
        return other.tree()


def visible(project: Project) -> dict[str, bytes]:
    return {path: data for path, data in project.tree().items() if ".tasks-" not in path}


@mostly_in_states
@pytest.mark.parametrize("name", some(list(COMMANDS), 7))
def test_a_call_that_fails(project: Project, effort: Effort, name: str) -> None:
    law = Law(project, name)
    stride = effort.pick(short=47, deep=5, long=1)
    for step in range(1, 2000, stride):
        chosen = effort.pick(short=[ERRORS[step // stride % len(ERRORS)]], deep=ERRORS[:3], long=ERRORS)
        if not all(law.check(step, failing(number), errno.errorcode[number]) for number in chosen):
            break


@mostly_in_states
@pytest.mark.parametrize("name", some(list(COMMANDS), 7))
def test_a_signal_between_two_calls(project: Project, effort: Effort, name: str) -> None:
    law = Law(project, name)
    stride = effort.pick(short=53, deep=5, long=1)
    for step in range(1, 2000, stride):
        chosen = effort.pick(short=[SIGNALS[step // stride % len(SIGNALS)]], deep=SIGNALS[:2], long=SIGNALS)
        if not all(law.check(step, signalling(number), number.name) for number in chosen):
            break


def test_a_skill_of_claude_code(project: Project) -> None:
    """It begins with what the skill is called and is for, and the block stands below it."""
    done = call(project, "inject", "--skill")
    assert (done.code, done.out) == (0, "Created .claude/skills/tasks/SKILL.md\n")
    text = (project.root / ".claude/skills/tasks/SKILL.md").read_text()
    assert re.match(r"---\nname: tasks\ndescription: [^\n]{20,}\n---\n\n<!-- tasks:begin", text)
    assert "tasks next --claim" in text
    assert call(project, "inject", "--skill", "--check").code == 0
    assert call(project, "inject", "--skill", "AGENTS.md").code == 2
    assert call(project, "inject").code == 2
