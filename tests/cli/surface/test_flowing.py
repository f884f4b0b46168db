"""The history of states for pages: as the command has it, and what commits hold read once for each."""

from __future__ import annotations

from support.branches import commit
from support.in_process import call, inside, ok
from support.project import Project
from taskfiles.history.transitions import read_steps, read_transitions
from taskfiles_cli.surface.figures import draw_flow
from taskfiles_cli.surface.flowing import History, _read_apart
from taskfiles_cli.surface.mirror import Mirror


def test_it_is_what_the_command_reads_and_goes_along_with_commits_and_changes(project: Project) -> None:
    project.task("fix", state="ready", created_at="2025-11-02T12:00:00Z")
    project.task("other", state="idea", created_at="2025-11-02T12:00:00Z")
    commit(project, "start")
    mirror = Mirror(lambda: project.store)
    history = History(mirror)
    first = history.read(mirror.view.revision)
    assert first == read_transitions(project.store)
    assert history.read(mirror.view.revision) is first
    steps = history._steps
    ok(call(project, "move", "fix", "idea"))
    revision = mirror.refresh().revision
    assert sorted(str(each.after) for each in history.read(revision)) == ["idea", "idea", "ready"]
    assert history._steps is steps  # nothing that commits hold was read again
    assert len(history.read_committed()) == 2
    commit(project, "moved")
    assert history.read(revision) == read_transitions(project.store)
    assert len(history.read_committed()) == 3


def test_another_process_reads_the_same_and_nothing_of_the_project_is_run(project: Project) -> None:
    project.task("fix", state="ready", created_at="2025-11-02T12:00:00Z")
    project.write("taskfiles.py", "raise SystemExit('run')\n")
    commit(project, "start")
    ok(call(project, "rename", "fix", "mend"))
    commit(project, "renamed")
    mirror = Mirror(lambda: project.store)
    history = History(mirror, many=1)
    with inside(project):
        steps = _read_apart(project.store)
        assert steps == read_steps(project.store)
        assert history.read(1) == read_transitions(project.store)


def test_charts_are_those_of_the_tasks_that_are_asked_for(project: Project) -> None:
    for each in ("fix", "other"):
        project.task(each, created_at="2025-11-02T12:00:00Z")
    mirror = Mirror(lambda: project.store)
    view, found = mirror.view, History(mirror).read(1)
    whole = draw_flow(view, None, found, mirror.now())
    one = draw_flow(view, [view.backlog.by_id["fix"]], found, mirror.now())
    assert [figure.chart.name for figure in whole] == ["flow", "age"]
    assert [each[-1].chart.cases for each in (whole, one)] == ["n = 2 open tasks", "n = 1 open task"]
