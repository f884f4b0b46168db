"""A dataset is not put among other things, nor where it makes no sense; nothing is written there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.dataset.destination import check_destination


def reason(place: str | Path) -> str:
    with pytest.raises(TaskfilesError) as caught:
        check_destination(str(place))
    assert caught.value.code == "bad-dataset"
    assert caught.value.hint.startswith("Name a directory that is empty")
    return caught.value.message


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("/", "it is the root of the file system"),
        ("//", "it is the root of the file system"),
        ("/etc", "it lies in /etc, which belongs to the system"),
        ("/usr/share/tasks", "it lies in /usr, which belongs to the system"),
        ("/proc/self/x", "it lies in /proc, which belongs to the system"),
        ("/dev/null", "it lies in /dev, which belongs to the system"),
        ("", "it names no directory"),
        (" \t", "it names no directory"),
    ],
)
def test_places_that_are_no_place_for_a_dataset(project: Project, place: str, problem: str) -> None:
    assert problem in reason(place)
    done = call(project, "export", "--dataset", place, "--output", "json")
    assert (done.code, done.error["code"]) == (5, "bad-dataset")
    assert problem in done.error["message"]


def test_the_home_directory(project: Project, tmp_path: Path) -> None:
    home = tmp_path / "ada"
    home.mkdir()
    done = call(project, "export", "--dataset", str(home), "--output", "json", env={"HOME": str(home)})
    assert (done.code, "it is your home directory" in done.error["message"]) == (5, True)
    check_destination(str(home / "data"), str(home))


def test_a_directory_that_holds_other_things(project: Project) -> None:
    project.task("fix")
    place = project.root.parent / "held"
    place.mkdir()
    for name in ("a", "b", "c", "d", ".hidden", "notes.md"):
        (place / name).write_text("x")
    done = call(project, "export", "--dataset", str(place), "--output", "json")
    assert "it contains other files and no manifest.json: a, b, c and 1 other" in done.error["message"]
    assert sorted(os.listdir(place)) == [".hidden", "a", "b", "c", "d", "notes.md"]


def test_a_file_and_what_would_be_below_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        assert f"{tmp_path / 'file'} is no directory" in reason(place)


def test_a_directory_with_descriptions_and_one_with_a_dataset(project: Project) -> None:
    project.task("fix")
    place = project.root.parent / "data"
    place.mkdir()
    for name in (".gitignore", "README.md", "LICENSE"):
        (place / name).write_text("x")
    ok(call(project, "export", "--dataset", str(place)))
    (place / "of others").write_text("x")
    ok(call(project, "export", "--dataset", str(place)))
