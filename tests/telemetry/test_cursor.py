"""How far a sink has had the log, kept in a small file of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taskfiles.telemetry.cursor import Busy, Cursor

FILES = {"dt=2026-11-20/ci.jsonl": 120, "dt=2026-11-21/ci.jsonl": 0}


def file_of(state: Path) -> Path:
    (file,) = (state / "telemetry" / "cursors").glob("*.json")
    return file


def test_what_was_saved_is_loaded_by_the_same_sink_alone(tmp_path: Path) -> None:
    cursor = Cursor(str(tmp_path), "dir:/srv/events")
    assert cursor.load() == {}
    cursor.save(FILES)
    assert cursor.load() == Cursor(str(tmp_path), "dir:/srv/events").load() == FILES
    assert Cursor(str(tmp_path), "dir:/srv/event").load() == {}
    cursor.save({})
    assert cursor.load() == {}


def test_the_file_names_its_sink(tmp_path: Path) -> None:
    Cursor(str(tmp_path), "git:../events").save(FILES)
    assert json.loads(file_of(tmp_path).read_text()) == {"sink": "git:../events", "files": FILES}


@pytest.mark.parametrize(
    ("content", "files"),
    [
        (b"", {}),
        (b"[]", {}),
        (b'{"files": [1]}', {}),
        (b"\xff", {}),
        (b'{"files": {"a": 5, "b": -1, "c": true, "d": "9", "e": 1.5, "f": 0}}', {"a": 5, "f": 0}),
    ],
)
def test_what_cannot_be_read_is_offered_again(content: bytes, files: dict[str, int], tmp_path: Path) -> None:
    cursor = Cursor(str(tmp_path), "dir:events")
    cursor.save(FILES)
    file_of(tmp_path).write_bytes(content)
    assert cursor.load() == files


def test_one_process_at_a_time_drains_to_a_sink(tmp_path: Path) -> None:
    cursor, other = (Cursor(str(tmp_path), name) for name in ("dir:a", "dir:b"))
    with cursor.held():
        with pytest.raises(Busy), Cursor(str(tmp_path), "dir:a").held():
            pytest.fail("two hold one sink")
        with other.held():
            pass
    with cursor.held():
        pass


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "telemetry").touch()
    cursor = Cursor(str(tmp_path), "dir:a")
    for refuse in (lambda: cursor.save(FILES), cursor.held().__enter__, cursor.load):
        with pytest.raises(OSError, match="telemetry"):
            refuse()
