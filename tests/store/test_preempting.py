"""One command comes between any two steps of another: each answers as if they had run one after the other."""

from __future__ import annotations

import json
import re
import shutil
from itertools import count
from pathlib import Path

import pytest

from support.effort import Effort, crossed, some
from support.in_process import call
from support.indexed_projects import LIST, Shelf
from support.interleaving import stop_at
from support.project import Done, Project
from taskfiles import TaskfilesError
from taskfiles.task.layout import FLAT, STATES

AT_ONCE = ("--lock-timeout", "0")  # who is stopped lets go of no lock
JSON = ("--output", "json")
LOCKED = TaskfilesError("lock-timeout", path="tasks/", seconds="0").message
NEW_EACH_TIME = re.compile(r'"etag": *"[^"]*"|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}')
READERS = {
    "list": ("list", *JSON),
    "show": ("show", "fix", *JSON),
    "next": ("next", *JSON),
    "validate": ("validate", *JSON),
    "doctor": ("doctor", *JSON),
    "tree": ("tree", *JSON),
    "stats": ("stats", *JSON),
}
WRITERS = {
    "closes": ("update", "fix", "--meta", "state=canceled"),
    "claims": ("pickup", "fix", "--by", "Ada"),
    "records": ("record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1"),
    "renames": ("rename", "fix", "mend"),
    "deletes": ("delete", "lone"),
    "adds": ("new", "--title", "New", "--id", "new", "--parent", "whole"),
    "converts": ("init", "--layout", "OTHER"),
}
OTHER = {FLAT: STATES, STATES: FLAT}
IN_STEPS = {
    FLAT: {"renames", "adds", "converts"},
    STATES: {"closes", "claims", "renames", "adds", "converts"},
}


@pytest.fixture
def family(project: Project) -> Project:
    """A committed project in which each writer has something to do in more than one file."""
    project.task("whole", kind="story", children="[fix]")
    project.task("fix")
    project.task("later", depends_on="[fix]")
    project.task("lone")
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    return project


def renew(project: Project) -> None:
    """Bring everything back to the commit, with nothing kept beside it."""
    project.git("clean", "-qfdx")
    project.git("checkout", "-q", ".")
    shutil.rmtree(project.root / ".git/tasks", ignore_errors=True)


def line(project: Project, writer: str) -> list[str]:
    return [OTHER[project.layout] if word == "OTHER" else word for word in WRITERS[writer]]


def answer(done: Done) -> list[object]:
    """What a command says, without what is new each time; of doctor what each check says."""
    assert "Traceback" not in done.err
    told = json.loads(NEW_EACH_TIME.sub(_same, done.out), object_hook=_without_claim) if done.out else None
    if isinstance(told, dict) and "results" in told:
        return [row for row in told["results"] if row["check"] != "index"]
    return [done.code, told, done.err]


def _without_claim(value: dict[str, object]) -> dict[str, object]:
    """Leave out who holds a task: that stands beside the files, and is read before or after them."""
    if value.get("code") == "claimed":
        value = value | {"code": "in-progress"}
    if isinstance(skipped := value.get("skipped"), list):
        value = value | {"skipped": sorted(skipped, key=str)}
    return {key: each for key, each in value.items() if key != "claim"}


def _same(found: re.Match[str]) -> str:
    return '"etag": 0' if found[0].startswith('"') else "new"


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "writer"), crossed(READERS, [*WRITERS]))
def test_who_reads_sees_what_was_or_what_is(
    family: Project, effort: Effort, reader: str, writer: str
) -> None:
    read, write = [*READERS[reader]], [*line(family, writer), *AT_ONCE]
    before = answer(call(family, *read))
    call(family, *write)
    after = answer(call(family, *read))
    for step in effort.steps(short=6, deep=3):
        renew(family)
        done = stop_at(step, read, family.root, family, lambda: call(family, *write))
        if done is None:
            break
        seen = answer(done)
        if reader == "doctor":
            assert all(row in before + after for row in seen), step
        else:
            assert seen in (before, after), step
    assert step > 15


@pytest.mark.slow
@pytest.mark.parametrize("writer", some([*WRITERS], 3))
@pytest.mark.parametrize("reader", ["validate", "doctor"])
def test_half_a_change_is_no_finding(family: Project, effort: Effort, reader: str, writer: str) -> None:
    """Who checks while a change is made waits for its end, here in vain."""
    read, write = [*READERS[reader], *AT_ONCE], line(family, writer)
    found = [findings(call(family, *read))]
    call(family, *write)
    found.append(findings(call(family, *read)))
    seen: list[Done] = []
    for step in effort.steps(short=7, deep=5):
        renew(family)
        if stop_at(step, write, family.root, family, lambda: seen.append(call(family, *read))) is None:
            break
    refused = [done for done in seen if LOCKED in done.out + done.err]
    assert len(seen) > max(effort.pick(short=5, deep=9), len(refused))
    assert bool(refused) == (writer in IN_STEPS[family.layout])
    for done in seen:
        assert done in refused or findings(done) in found


def findings(done: Done) -> list[object]:
    """What is wrong, as `validate` or `doctor` tell it."""
    assert "Traceback" not in done.err
    told = done.json
    if "findings" in told:
        return [*told["findings"]]
    return [row for row in told["results"] if row["status"] == "wrong"]


def test_a_file_that_goes_while_it_is_read(shelf: Shelf, tmp_path: Path) -> None:
    """It is read where it has gone to, whether or not it was about to be remembered."""
    for step in count(1):
        project = shelf.take(tmp_path / str(step))
        close = ["update", "alpha", "--meta", "state=canceled"]
        file = project.root / "tasks/10-ready/task-alpha.md"
        done = stop_at(step, [*LIST], file, project, lambda: call(project, *close))  # noqa: B023 (called at once)
        if done is None:
            break
        assert (done.code, done.err) == (0, "")
        assert {row["id"]: row["state"] for row in done.json}["alpha"] == "canceled"
    assert step > 1
