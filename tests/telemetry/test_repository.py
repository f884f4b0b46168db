"""The sink `git:` on its own: which repositories it takes, what it commits and pushes."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.event_spool import RUN, event, ids, read
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.store.repository import find_repository
from taskfiles.telemetry.repository import EventRepository
from taskfiles.telemetry.spool import Chunk

EVENTS = [event(1), event(2)]


@pytest.fixture
def events(tmp_path: Path) -> Project:
    """A repository of events without a remote."""
    made = Project(tmp_path / "events")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    return made


def sink(place: Project, project: Project, clone: str = "c1") -> EventRepository:
    environment = {
        name: value for name, value in project.environment(None).items() if "GIT_AUTHOR" not in name
    }
    return EventRepository(str(place.root), clone, find_repository(project.root), environment)


def chunk(*events: dict[str, object], day: str = "2026-11-20") -> Chunk:
    return Chunk(f"dt={day}/ci.jsonl", 0, 1, list(events), 0)


def subjects(place: Project) -> list[str]:
    return place.git("log", "--format=%an: %s").splitlines()


@pytest.mark.parametrize("where", ["none", "file", "below"])
def test_what_is_no_repository_of_events_is_refused(where: str, events: Project, project: Project) -> None:
    place = {
        "none": events.root.parent / "gone",
        "file": events.write("file", ""),
        "below": events.write("below/file", "").parent,
    }[where]
    with pytest.raises(TaskfilesError) as refused:
        EventRepository(str(place), "c1", find_repository(project.root), {})
    assert refused.value.code == "io"
    assert "it is not a git work tree" in refused.value.message


def test_a_repository_with_the_same_first_commit_is_refused(events: Project, project: Project) -> None:
    project.task("fix")
    project.git("add", ".")
    project.git("commit", "-q", "-m", "first")
    sink(events, project)  # without a commit it is nobody's copy
    events.git("pull", "-q", str(project.root), "HEAD")
    with pytest.raises(TaskfilesError, match="shares its first commit"):
        sink(events, project)


def test_events_of_each_run_are_committed_to_a_file_of_its_own(events: Project, project: Project) -> None:
    other = event(3, run_id="0199c6f2-0000-4000-8000-000000000009")
    odd = event(4) | {"correlationid": "../x"}
    note = sink(events, project).deliver([chunk(*EVENTS, other), chunk(odd, day="2026-11-21")]).note
    assert note == "committed; it has no remote to push to"
    names = [file.relative_to(events.root).as_posix() for file in sorted(events.root.glob("dt=*/*"))]
    assert names[0] == "dt=2026-11-20/0199c6f2-0000-4000-8000-000000000009.c1.jsonl"
    assert names[1] == f"dt=2026-11-20/{RUN}.c1.jsonl"
    assert len(names[2].rpartition("/")[2]) == len(f"{'0' * 32}.c1.jsonl")
    assert ids(read(events.root)) == ids([*EVENTS, other, odd])
    assert subjects(events) == ["tasks: Events of 3 runs"]
    assert events.git("status", "--porcelain") == ""


def test_what_it_holds_already_makes_no_commit(events: Project, project: Project) -> None:
    target = sink(events, project)
    target.deliver([chunk(*EVENTS)])
    target.deliver([chunk(*EVENTS)])
    target.deliver([chunk(*EVENTS, event(5))])
    assert subjects(events) == ["tasks: Events of 1 run"] * 2
    assert ids(read(events.root)) == ids([*EVENTS, event(5)])


def test_what_else_is_staged_there_is_not_committed(events: Project, project: Project) -> None:
    events.write("mine.txt", "mine")
    events.git("add", "mine.txt")
    sink(events, project).deliver([chunk(*EVENTS)])
    assert events.git("status", "--porcelain") == "A  mine.txt\n"


def test_clones_that_were_not_first_merge_and_push(events: Project, project: Project, tmp_path: Path) -> None:
    bare = tmp_path / "remote.git"
    events.git("init", "-q", "--bare", "-b", "main", str(bare))
    second = Project(tmp_path / "second")
    events.git("clone", "-q", str(bare), str(second.root))
    events.git("remote", "add", "origin", str(bare))
    assert sink(events, project).deliver([chunk(event(1))]).note == ""
    assert sink(second, project, "c2").deliver([chunk(event(2))]).note == ""
    fresh = tmp_path / "fresh"
    events.git("clone", "-q", str(bare), str(fresh))
    assert ids(read(fresh)) == ids(EVENTS)


def test_a_remote_that_refuses_is_an_error_and_the_commit_stays(events: Project, project: Project) -> None:
    events.git("remote", "add", "backup", str(events.root.parent / "gone.git"))
    with pytest.raises(TaskfilesError) as refused:
        sink(events, project).deliver([chunk(*EVENTS)])
    assert refused.value.code == "git-failed"
    assert subjects(events) == ["tasks: Events of 1 run"]
