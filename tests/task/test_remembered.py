"""What an index remembers of a file: a record is written and read again, and a key identifies a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from support.backlogs import make_task
from support.strategies import VALUES
from taskfiles.task.remembered import (
    RACY_NS,
    Entry,
    fits,
    is_racy,
    is_related,
    key_of,
    pack,
    unpack,
    unpack_values,
)
from taskfiles.task.wire import make_entry
from taskfiles.text.nodes import same


def test_an_entry_is_its_record() -> None:
    entry = make_entry(make_task("fix", labels=["ui"]), check=True)
    again = Entry(unpack(pack(entry.record())))
    assert again.record() == entry.record()
    assert (again.id, again.state, again.errors, again.related) == ("fix", "ready", (), False)
    assert unpack_values(again.values)["labels"] == ["ui"]


@given(VALUES)
def test_values_that_are_packed_are_the_same_unpacked(value: Any) -> None:
    assert same(unpack(pack({"key": value})), {"key": value})


def test_only_plain_values_can_be_packed() -> None:
    with pytest.raises(ValueError, match="unmarshallable"):
        pack({"key": object()})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"id": "a", "labels": ["b"]}, False),
        ({"children": [], "parent": None}, False),
        ({"children": ["b"]}, True),
        ({"parent": "b"}, True),
        ({"depends_on": ["b"]}, True),
        ({"blocks": ["b"]}, True),
    ],
)
def test_keys_that_relate_tasks(values: dict[str, Any], expected: bool) -> None:
    assert is_related(values) is expected


# Keys of files


def test_a_key_is_that_of_one_file_s_content(tmp_path: Path) -> None:
    file = tmp_path / "task-a.md"
    file.write_text("a")
    key = key_of(file.stat())
    assert key == key_of(file.stat())
    os.utime(file, ns=(1, 1))
    assert key_of(file.stat()) != key
    (tmp_path / "other").write_text("a")
    assert key_of((tmp_path / "other").stat()) != key
    assert fits(key)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ((0, 0, 0, 0), True),
        ((2**64 - 1, 0, 0, 0), True),
        ((2**64, 0, 0, 0), False),
        ((1, 1, -1, 1), False),
    ],
)
def test_a_key_fits_into_64_bits_or_is_not_kept(key: tuple[int, int, int, int], expected: bool) -> None:
    assert fits(key) is expected


def test_a_file_that_changed_just_before_it_was_read_may_change_unseen() -> None:
    started = 10 * RACY_NS
    assert not is_racy((1, 1, started - RACY_NS, started - RACY_NS), started)
    assert is_racy((1, 1, started - RACY_NS + 1, 0), started)
    assert is_racy((1, 1, 0, started - RACY_NS + 1), started)
    assert is_racy((1, 1, started + 1, 0), started)
