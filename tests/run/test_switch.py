"""The kill switch: orders are found, listed and lifted, and one that can't be read stops as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskfiles import TaskfilesError
from taskfiles.run.switch import Stop, Switch

ALL = Stop(None, "Costs", "Ada", "2025-11-02T12:00:00Z")
FIX = Stop("fix", "Wrong\ud800 task", "Bob", "2025-11-02T12:00:00Z")


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    return Switch(str(tmp_path))


def test_no_order_is_in_force_at_first(switch: Switch) -> None:
    assert switch.find("fix") is None
    assert switch.list() == []
    assert switch.lift(None) is switch.lift("fix") is False


def test_an_order_for_one_task_is_for_no_other(switch: Switch) -> None:
    switch.put(FIX)
    assert switch.find("fix") == FIX
    assert switch.find("fix-2") is switch.find("all") is None


def test_an_order_for_all_counts_before_a_task_s_own(switch: Switch) -> None:
    switch.put(FIX)
    switch.put(ALL)
    assert switch.find("fix") == switch.find("other") == ALL
    assert switch.list() == [ALL, FIX]


def test_the_latest_order_counts_until_it_is_lifted(switch: Switch) -> None:
    switch.put(ALL)
    switch.put(ALL._replace(reason="Night"))
    found = switch.find("fix")
    assert found is not None
    assert found.reason == "Night"
    assert switch.lift(None)
    assert switch.find("fix") is None


def test_a_task_named_all_is_a_task(switch: Switch) -> None:
    switch.put(FIX._replace(task="all"))
    assert switch.find("fix") is None
    assert switch.lift(None) is False
    assert [stop.task for stop in switch.list()] == ["all"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"[" * 100_000, b'{"reason": ""}', b"\xff", None])
def test_an_order_that_cannot_be_read_stops_nevertheless(damage: bytes | None, tmp_path: Path) -> None:
    switch = Switch(str(tmp_path))
    switch.put(FIX)
    (file,) = (tmp_path / "stops").iterdir()
    file.unlink()
    if damage is None:
        file.mkdir()
    else:
        file.write_bytes(damage)
    assert switch.find("fix") == Stop("fix", "stopped", "", "")
    assert switch.list() == [Stop("fix", "stopped", "", "")]


def test_a_file_in_the_place_of_the_orders_is_one_for_all(tmp_path: Path) -> None:
    (tmp_path / "stops").touch()
    switch = Switch(str(tmp_path))
    (stop,) = switch.list()
    assert switch.find("fix") == stop
    assert (stop.task, stop.reason) == (None, f"{tmp_path}/stops is no directory")
    with pytest.raises(TaskfilesError) as caught:
        switch.put(ALL)
    assert caught.value.code == "io"
    assert switch.lift(None)
    assert (switch.find("fix"), switch.list()) == (None, [])


@pytest.mark.parametrize(
    "name", ["all.json", "task-fix.json", "fix.json", "all", "task-fix", "notes.txt", "x"]
)
@pytest.mark.parametrize("is_link", [False, True])
def test_what_is_listed_is_what_stops(tmp_path: Path, name: str, is_link: bool) -> None:
    """One answer, whatever lies there: a task is stopped by the orders that are listed for it or for all."""
    (tmp_path / "stops").mkdir()
    place = tmp_path / "stops" / name
    place.symlink_to("gone") if is_link else place.write_text("{}")
    switch = Switch(str(tmp_path))
    listed = switch.list()
    found = [stop for stop in (switch.find("fix"), switch.find("other")) if stop is not None]
    assert {*listed} == {*found}
    for stop in listed:
        assert switch.lift(stop.task)
    assert switch.list() == []
    assert switch.find("fix") is None
