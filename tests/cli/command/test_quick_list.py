"""The list from the index alone says what the long way says, or leaves it to that."""

from __future__ import annotations

from contextlib import redirect_stdout

import pytest

from support.in_process import call, ok
from support.project import Project
from support.streams import in_memory, on_terminal
from taskfiles_cli.command.quick_list import answer


@pytest.fixture
def listed(old: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that was listed before, in which this process works."""
    monkeypatch.chdir(old.root)
    for name, value in old.environment(None).items():
        monkeypatch.setenv(name, value)
    return old


def remember(project: Project) -> None:
    ok(call(project, "list", "--output", "json"))


def quick(*argv: str) -> tuple[int | None, str]:
    with in_memory() as written:
        code = answer([*argv])
        return code, written()[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "argv",
    [
        ("list", "--output", "json"),
        ("list", "-o", "json", "--state", "done"),
        ("list", "--state", "idea", "-o", "json"),
        ("list", "-s", "idea", "-o", "json"),
    ],
)
def test_it_says_what_the_long_way_says(argv: tuple[str, ...], listed: Project) -> None:
    remember(listed)
    assert quick(*argv) == (0, ok(call(listed, *argv)).out)


def test_a_change_since_then_is_seen(listed: Project) -> None:
    remember(listed)
    listed.task("new")
    code, out = quick("list", "--output", "json")
    assert code is None or "new" in out


def test_without_an_index_it_is_left(listed: Project) -> None:
    assert quick("list", "--output", "json") == (None, "")


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("list",),
        ("list", "--output", "plain"),
        ("list", "--output", "json", "--open", "x"),
        ("list", "--output", "json", "--state", "nope"),
        ("list", "--state", "done", "--state", "done"),
        ("list", "--state", "done", "-s", "done"),
        ("show", "--output", "json"),
    ],
)
def test_another_command_line_is_left(argv: tuple[str, ...], listed: Project) -> None:
    remember(listed)
    assert quick(*argv) == (None, "")


def test_where_people_read_or_nobody_it_is_left(listed: Project) -> None:
    remember(listed)
    with on_terminal():
        assert answer(["list", "--output", "json"]) is None


def test_outside_of_a_project_or_behind_a_link_it_is_left(
    listed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(listed)
    monkeypatch.chdir(listed.root.parent)
    assert quick("list", "--output", "json") == (None, "")
    monkeypatch.chdir(listed.root)
    (listed.root / "tasks").rename(listed.root / "moved")
    (listed.root / "tasks").symlink_to("moved")
    assert quick("list", "--output", "json") == (None, "")


def test_an_output_that_refuses_is_reported_as_by_every_command(listed: Project) -> None:
    remember(listed)
    with open("/dev/full", "w", encoding="utf-8") as full, in_memory() as written, redirect_stdout(full):
        assert answer(["list", "--output", "json"]) == 6
        assert '"code": "io"' in written()[1]
