"""Profiles of effort, and shared fixtures.

TASKS_TESTS chooses how much effort the tests take (tests/support/effort.py):

- short, the default: what the README's command runs. Laws try 20 examples; loops that kill or interrupt a
  command at each of its steps take a sample of the steps.
- deep: laws try 500 examples, loops take each step. `TASKS_TESTS=deep pytest -m "deep and not surface"` runs
  the tests that then take more effort, with those marked `slow`, and no others; `.ci/run` does so.
- long: 20,000 examples and ten times as many kills, for a night.

Short and deep try the same examples at each run: what they say is said of the change. The long profile draws
others each time; what it finds is written into the law as an @example.

Tests with the marker `slow` wait for seconds or repeat one thought at length. They are left out unless a -m
asks for them; `-m "slow or not slow"` runs all of a file. Tests with the marker `surface`
(tests/support/surfaces.py) need another program than git and Python. They are left out unless a -m asks for
them; `.ci/surfaces` runs them. With TASKS_REQUIRE_ALL=1 a test whose program is missing fails, instead of
being skipped. TASKS_CORPUS names a directory of outside task files (tests/support/corpora.py).
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from support.branches import commit
from support.effort import EXAMPLES, Effort, choose
from support.in_process import call
from support.indexed_projects import Shelf
from support.large_pages import use_large_pages
from support.layouts import layouts_of, make_project
from support.limits import rights_can_be_given_up
from support.processes import end_launched
from support.project import BODY, Project, install

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

_EFFORT = choose()
settings.register_profile(
    _EFFORT.profile,
    max_examples=EXAMPLES[_EFFORT.profile],
    deadline=None,
    derandomize=_EFFORT.profile != "long",
    print_blob=True,
    suppress_health_check=_SLOW,
)
settings.load_profile(_EFFORT.profile)

# All that is collected stays until the end: looking through it for circles takes as long as collecting it.
gc.disable()

# A shell's background job ignores Ctrl-C, what nohup starts ignores a hangup, and so would the programs that
# the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_auto_num_workers() -> int | None:
    """Let half as many more workers run as there are cores: the short profile often waits for the disk."""
    return None if _EFFORT.profile != "short" else (os.cpu_count() or 1) * 3 // 2


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each test that the deep profile runs: its effort depends on the profile, or it is slow."""
    if not isinstance(item, pytest.Function):
        return
    if "effort" in item.fixturenames or is_hypothesis_test(item.obj) or item.get_closest_marker("slow"):
        item.add_marker("deep")


def pytest_collection_finish() -> None:
    """Collect garbage from now on, among what the tests themselves leave; make forking cheap."""
    gc.freeze()
    gc.enable()
    use_large_pages()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a project under the layouts that it is for (tests/support/layouts.py)."""
    given = {name for mark in metafunc.definition.iter_markers("parametrize") for name in _names(mark)}
    if "layout" in metafunc.fixturenames and "layout" not in given:
        asked = metafunc.definition.get_closest_marker("layout")
        metafunc.parametrize("layout", layouts_of(metafunc.definition.nodeid, asked))


def _names(mark: pytest.Mark) -> Iterable[str]:
    names = mark.args[0]
    return names.replace(" ", "").split(",") if isinstance(names, str) else names


@pytest.fixture(scope="session")
def effort() -> Effort:
    """The effort that a test shall take; whoever asks for it is marked `deep`."""
    return _EFFORT


@pytest.fixture(scope="session")
def git_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .git of a new repository, as git has made it."""
    made = Project(tmp_path_factory.mktemp("git"))
    made.git("init", "-q", "-b", "main", "--template=")
    return made.root / ".git"


@pytest.fixture
def project(tmp_path: Path, git_directory: Path, layout: str) -> Project:
    """An empty project of a layout in a git repository of its own."""
    made = Project(tmp_path / "repo")
    make_project(made.root, layout)
    shutil.copytree(git_directory, made.root / ".git")
    return made


@pytest.fixture(autouse=True)
def _processes() -> Iterator[None]:
    """End the processes that a test has left, as one that fails half-way does."""
    yield
    end_launched()


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
