"""What commands that claim tasks share: the holder's name, lengths of time, the answer."""

from __future__ import annotations

import os
import pwd
from datetime import timedelta

import pytest

from support.layouts import in_states
from support.project import NOON, Project
from support.streams import in_memory
from taskfiles import Store, TaskfilesError
from taskfiles.operations.pickup import pickup
from taskfiles_cli.command.pickup import answer_pickup, read_duration, read_holder, read_lease
from taskfiles_cli.command.session import Session


@pytest.fixture(autouse=True)
def inside(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process works in the project; git knows nobody."""
    monkeypatch.chdir(project.root)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)


def test_the_holder_is_named_by_the_caller_by_git_or_by_the_system(project: Project) -> None:
    assert read_holder("  Ada ", project.store) == "Ada"
    assert read_holder(None, project.store) == pwd.getpwuid(os.geteuid()).pw_name
    project.git("config", "user.name", "Grace")
    assert read_holder(None, project.store) == "Grace"
    (project.root / ".git").rename(project.root / "git")
    assert read_holder(None, project.store) == pwd.getpwuid(os.geteuid()).pw_name
    with pytest.raises(TaskfilesError):
        read_holder("\udcff", project.store)


def test_lengths_of_time() -> None:
    assert (read_lease(None), read_lease("2h")) == (None, 7200)
    assert read_duration("--timeout", "90s", "90s or 2h") == 90
    with pytest.raises(TaskfilesError) as refused:
        read_duration("--timeout", "soon", "90s or 2h")
    assert refused.value.code == "bad-value"
    assert refused.value.hint == "Write it as 90s or 2h."


def answered(store: Store, output: str = "human", *, dry_run: bool = False) -> str:
    session = Session(output)
    session.begin("task.claim", dry_run=True)
    with in_memory() as written:
        had = pickup(store, "fix", by="Ada", dry_run=dry_run)
        answer_pickup(session, had.changes, had.made)
        out, err = written()
    assert err == ""
    return out


@in_states
def test_people_get_all_that_whoever_works_needs(project: Project) -> None:
    project.task("fix")
    project.task("epic", kind="epic", children="[fix]", title="The page")
    project.task("part", parent="fix", title='"A part\\x1b"')
    store = Store(project.root, now=lambda: NOON)
    first, second, third, _, *rest = answered(store).splitlines()
    assert first == ("Picked up fix for Ada until 2025-11-02T12:30:00.000Z: tasks/20-in-progress/task-fix.md")
    assert second.startswith("To act as its holder, give --claim claim-")
    assert "git add -A tasks" in third
    assert rest[0] == "fix: Title of fix"
    assert rest[-5:] == [
        "Part of:",
        "  epic (ready): The page",
        "",
        "Children:",
        "  part (ready): A part\\x1b",
    ]


def test_a_claim_that_had_run_out_and_one_that_is_renewed(project: Project) -> None:
    project.task("fix")
    pickup(Store(project.root, now=lambda: NOON), "fix", by="Grace")
    later = Store(project.root, now=lambda: NOON + timedelta(hours=1))
    assert "The claim of Grace expired at 2025-11-02T12:30:00.000Z.\n" in answered(later)
    project.task("other")
    store = Store(project.root, now=lambda: NOON)
    store.claims = [pickup(store, "other", by="Ada").made.token or ""]
    session = Session("human")
    with in_memory() as written:
        had = pickup(store, "other", by="Ada")
        answer_pickup(session, had.changes, had.made)
        assert written()[0].startswith("Renewed the claim on other for Ada until ")


@in_states
def test_a_dry_run_is_a_diff_and_plain_is_the_id(project: Project) -> None:
    project.task("fix")
    assert answered(project.store, dry_run=True).startswith("diff --git ")
    assert answered(project.store, "plain") == "fix\n"
