"""What tasks.toml declares, what tasks use of it, and what the fix writes."""

from __future__ import annotations

import pytest

from support.project import Project, store
from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.doctor.declarations import check_declarations, reconcile_declarations
from taskfiles.task.names import CONFIG_PATH


def scene_of(project: Project, config: str) -> Scene:
    project.write(CONFIG_PATH, config)
    return Scene(str(project.root), store(project))


def wrong(seen: list[Seen]) -> list[str]:
    return [each.message for each in seen if each.status is Status.WRONG]


def test_where_nothing_is_declared_anything_may_be_used(project: Project) -> None:
    project.task("fix", labels="[ui]")
    (seen,) = check_declarations(scene_of(project, "format = 1\n"))
    assert seen.status is Status.OK
    assert seen.message.endswith("declares no labels, tracks or milestones; tasks use any.")


def test_what_is_declared_is_well(project: Project) -> None:
    project.task("fix", labels="[ui]")
    (seen,) = check_declarations(scene_of(project, "[labels.ui]\n[milestones]\n"))
    assert (seen.status, seen.path) == (Status.OK, CONFIG_PATH)
    assert seen.message == "What tasks use of labels and milestones is declared."


def test_what_is_used_and_not_declared_is_named(project: Project) -> None:
    project.task("fix", labels="[ui, db]", milestone="soon")
    seen = list(check_declarations(scene_of(project, "[labels.ui]\n[milestones]\n")))
    assert wrong(seen) == [
        "Tasks use labels that are not declared: db.",
        "Tasks use milestones that are not declared: soon.",
    ]
    assert {each.path for each in seen} == {CONFIG_PATH}


def test_ten_names_are_shown_and_the_rest_counted(project: Project) -> None:
    project.task("fix", labels=f"[{', '.join(f'l-{number:02}' for number in range(12))}]")
    (message,) = wrong(list(check_declarations(scene_of(project, "[labels]\n"))))
    assert message.endswith("l-08, l-09 and 2 more.")


def test_what_can_be_no_name_is_for_people(project: Project) -> None:
    project.task("fix", track="No id")
    (seen,) = check_declarations(scene_of(project, "[tracks]\n"))
    assert (seen.by_hand, seen.message) == (True, "Tasks use tracks that can't be declared: No id.")
    assert seen.hint == "Give the tasks others that are ids, as those of tracks are."


def test_a_track_has_an_epic_of_its_title(project: Project) -> None:
    project.task("epic-ui", kind="epic", track="ui", title="Old")
    seen = list(check_declarations(scene_of(project, '[tracks.ui]\ntitle = "New"\n[tracks.db]\n')))
    assert wrong(seen) == [
        "The track db has no epic.",
        "The epic of track ui is titled “Old”, the track “New”.",
    ]


def test_the_fix_declares_what_is_used_and_creates_epics(project: Project) -> None:
    project.task("fix", labels="[ui]", track="work")
    scene = scene_of(project, "[labels]\n[tracks]\n")
    before = list(check_declarations(scene))
    fixed = list(reconcile_declarations(scene))
    assert len(wrong(before)) == 3
    assert {each.status for each in fixed} == {Status.FIXED}
    assert all(each.message.startswith("Wrote ") for each in fixed)
    assert scene.preparation is not None
    assert [each.status for each in check_declarations(scene)] == [Status.OK]
    assert "[labels.ui]" in (project.root / CONFIG_PATH).read_text()
    assert list(reconcile_declarations(scene)) == []


def test_what_the_fix_can_not_do_it_says(project: Project) -> None:
    project.task("fix", labels="[new]")
    seen = list(reconcile_declarations(scene_of(project, "labels = {}\n")))
    assert [each.status for each in seen] == [Status.INFO]


@pytest.mark.parametrize("config", ["a = [", None])
def test_without_settings_or_a_project_another_check_speaks(config: str | None, project: Project) -> None:
    scene = Scene(str(project.root), None) if config is None else scene_of(project, config)
    assert list(check_declarations(scene)) == []
    if config is None:
        assert list(reconcile_declarations(scene)) == []
