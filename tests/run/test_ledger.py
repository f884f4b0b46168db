"""The attempts under way in a clone: added, locked, found again, and no leftovers while they last."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from taskfiles import TaskfilesError
from taskfiles.run.ledger import Entry, Ledger

FIRST = "0199c6f2-0000-7000-8000-000000000001"
SECOND = "0199c6f2-0000-7000-8000-000000000002"
STARTED = {"started_at": "2025-11-02T12:00:00Z"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    (tmp_path / "runs").mkdir()
    return Ledger(str(tmp_path))


def entry(attempt_id: str = FIRST, **more: Any) -> Entry:
    return Entry(attempt_id, "fix", "/srv/app", STARTED)._replace(**more)


def files(place: Path) -> list[str]:
    return sorted(file.name for file in (place / "runs").iterdir())


def test_an_entry_is_found_as_it_was_put(ledger: Ledger) -> None:
    whole = entry(attempt=STARTED | {"notes": "é"}, is_whole=True, log="/logs/1")
    ledger.put(whole)
    assert ledger.find(FIRST) == ledger.find(FIRST.upper()) == whole
    assert ledger.find(SECOND) is None


def test_an_attempt_without_a_start_has_not_begun() -> None:
    assert not entry(attempt={}).has_begun
    assert entry().has_begun


def test_an_attempt_is_under_way_while_its_entry_is_held(tmp_path: Path) -> None:
    ledger, other = Ledger(str(tmp_path)), Ledger(str(tmp_path))
    with ledger.held(entry()):
        assert (other.running(), other.left()) == ([entry()], [])
        with other.taken(FIRST, 0.0) as found:
            assert found is None
    assert (other.running(), other.left()) == ([], [entry()])


def test_of_those_that_take_what_was_left_one_gets_it(ledger: Ledger, tmp_path: Path) -> None:
    ledger.put(entry())
    with ledger.taken(FIRST, 0.0) as found:
        assert found == entry()
        with Ledger(str(tmp_path)).taken(FIRST, 0.0) as late:
            assert late is None
        ledger.drop(FIRST)
    with ledger.taken(FIRST, 0.0) as gone:
        assert gone is None
    assert files(tmp_path) == []


def test_dropping_takes_all_that_belongs_to_an_entry(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.held(entry()):
        ledger.add(FIRST, {"notes": "x"})
        assert len(files(tmp_path)) == 3
        ledger.drop(FIRST)
    assert files(tmp_path) == []
    ledger.drop(FIRST)


def test_what_an_agent_adds_is_kept_in_its_order(ledger: Ledger, tmp_path: Path) -> None:
    parts: list[dict[str, object]] = [{"notes": "ä\n"}, {"turns": 3}, {"notes": "later"}]
    for part in parts:
        ledger.add(FIRST, part)
    assert ledger.added(FIRST.upper()) == parts
    with (tmp_path / "runs" / f"{FIRST}.added").open("ab") as file:
        file.write(b'[1]\n{"torn": ')
    assert ledger.added(FIRST) == parts
    assert ledger.added(SECOND) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"attempt_id": "x", "task_id": "fix", "attempt": {}}',
        b'{"attempt_id": "%s", "task_id": "NO ID", "attempt": {}}' % FIRST.encode(),
        b'{"attempt_id": "%s", "task_id": "fix", "attempt": []}' % FIRST.encode(),
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_entry_is_named_and_no_attempt(data: bytes, ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "runs" / f"{FIRST}.json"
    file.write_bytes(data)
    ledger.put(entry(SECOND))
    assert ledger.find(FIRST) is None
    assert ledger.unreadable() == [str(file)]
    assert ledger.left() == [entry(SECOND)]


@pytest.mark.parametrize("attempt_id", ["", "../fix", "fix", f"{FIRST}/x"])
def test_what_is_no_id_names_no_file(attempt_id: str, ledger: Ledger) -> None:
    assert ledger.find(attempt_id) is None


def test_the_last_sign_of_life_is_the_latest_of_its_files(ledger: Ledger, tmp_path: Path) -> None:
    logged = entry(log=str(tmp_path / "log"))
    ledger.put(logged)
    file, out = tmp_path / "runs" / f"{FIRST}.json", tmp_path / "log.out.log"
    os.utime(file, (1000, 1000))
    assert ledger.last_seen(logged) == 1000
    out.touch()
    os.utime(out, (2000, 2000))
    assert ledger.last_seen(logged) == 2000
    ledger.beat(FIRST)
    assert ledger.last_seen(logged) == file.stat().st_mtime > 2000
    assert ledger.last_seen(entry(SECOND)) == 0.0
    ledger.beat(SECOND)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    ledger = Ledger(str(tmp_path))
    for refuse in (
        lambda: ledger.put(entry()),
        lambda: ledger.add(FIRST, {}),
        ledger.held(entry()).__enter__,
    ):
        with pytest.raises(TaskfilesError) as caught:
            refuse()
        assert caught.value.code == "io"
    assert ledger.running() == ledger.left() == ledger.unreadable() == []


def test_a_lock_that_cannot_be_opened_is_somebody_s(ledger: Ledger, tmp_path: Path) -> None:
    ledger.put(entry())
    (tmp_path / "runs" / f"{FIRST}.lock").symlink_to("elsewhere")
    assert (ledger.running(), ledger.left()) == ([entry()], [])
