"""Hypothesis profiles (`ci` by default, another one by HYPOTHESIS_PROFILE) and shared fixtures."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.branches import commit
from support.in_process import call
from support.indexed_projects import Shelf
from support.limits import rights_can_be_given_up
from support.project import BODY, Project, install
from taskfiles.basics import accel

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "ci", max_examples=500, deadline=None, derandomize=False, print_blob=True, suppress_health_check=_SLOW
)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=50)
settings.register_profile("long", settings.get_profile("ci"), max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell's background job ignores Ctrl-C, and so would the programs that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def git_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .git of a new repository, as git has made it."""
    made = Project(tmp_path_factory.mktemp("git"))
    made.git("init", "-q", "-b", "main", "--template=")
    return made.root / ".git"


@pytest.fixture
def project(tmp_path: Path, git_directory: Path) -> Project:
    """An empty project in a git repository of its own."""
    made = Project(tmp_path / "repo")
    (made.root / "tasks" / "10-ready").mkdir(parents=True)
    shutil.copytree(git_directory, made.root / ".git")
    return made


@pytest.fixture(autouse=True)
def accelerators() -> Iterator[None]:
    """Whatever a test has chosen in this process, the next one begins with all of them."""
    yield
    accel.choose("")


@pytest.fixture(scope="session")
def without_rights(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a test needs that lets processes give up their rights: that something is refused to them then."""
    if not rights_can_be_given_up(tmp_path_factory.mktemp("rights")):
        pytest.skip("this user can't give up its rights, so that nothing is refused to it")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Projects whose files grow old together."""
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def old(shelf: Shelf, tmp_path: Path) -> Project:
    """A project in a git repository of its own, none of whose files has changed for two seconds."""
    return shelf.take(tmp_path / "repo")


@pytest.fixture
def repository(project: Project) -> Project:
    """A project with the driver set up, `tasks` on the PATH, and a committed task."""
    programs = install(project.root.parent / "bin")
    project.env["PATH"] = f"{programs}:{os.environ['PATH']}"
    project.env["GIT_EDITOR"] = "true"
    body = BODY.replace("- [x] Second", "- [ ] Second\n- [ ] Third")
    body += "".join(f"Step {number} of the way.\n" for number in range(40))
    stamps = {"created_at": "2025-11-02T15:00:00Z", "updated_at": "2025-11-02T15:00:00Z"}
    project.task("fix", body=body, labels="[ui]", extra="x_own: {a: 1} # ours to keep\n", **stamps)
    assert call(project, "init", "--merge-driver").code == 0
    commit(project, "start")
    return project
