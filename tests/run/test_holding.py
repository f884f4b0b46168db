"""One name held by one process: what others find meanwhile, and what a killed holder leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from support.processes import PATIENCE
from taskfiles import TaskfilesError
from taskfiles.run.holding import Holding, hold, one_at_a_time

KILLED = """
import os, signal, sys
from taskfiles.run.holding import hold
holding = hold(sys.argv[1], "fix")
with holding.busy():
    os.kill(os.getpid(), signal.SIGKILL)
"""


def held(directory: Path, name: str = "fix") -> Holding:
    found = hold(str(directory), name)
    assert found is not None
    return found


def test_one_holds_a_name_and_others_do_not(tmp_path: Path) -> None:
    holding = held(tmp_path)
    assert hold(str(tmp_path), "fix") is None
    held(tmp_path, "other").release()
    holding.release()
    held(tmp_path).release()


def test_a_name_that_is_free_leaves_no_file(tmp_path: Path) -> None:
    held(tmp_path / "made" / "for it").release()
    assert list((tmp_path / "made" / "for it").iterdir()) == []


def test_the_note_stands_while_git_is_at_work_and_no_longer(tmp_path: Path) -> None:
    holding = held(tmp_path)
    with holding.busy():
        assert (tmp_path / "fix").read_bytes() != b""
    assert (tmp_path / "fix").read_bytes() == b""
    assert not holding.was_cut_short
    holding.release()


def test_what_was_broken_off_is_known_to_the_next_holder(tmp_path: Path) -> None:
    holding = held(tmp_path)
    with pytest.raises(KeyboardInterrupt), holding.busy():
        raise KeyboardInterrupt
    holding.release()
    assert (tmp_path / "fix").exists()
    after = held(tmp_path)
    assert after.was_cut_short
    after.settle()
    assert not after.was_cut_short
    after.release()
    assert not held(tmp_path).was_cut_short


def test_a_killed_holder_leaves_the_name_free_and_its_note(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    holding = held(tmp_path)
    assert holding.was_cut_short
    holding.release()


def test_a_file_that_was_taken_away_from_under_its_lock_protects_nothing(tmp_path: Path) -> None:
    old = held(tmp_path)
    (tmp_path / "fix").unlink()
    new = held(tmp_path)
    assert hold(str(tmp_path), "fix") is None
    new.release()
    old.release()


def test_a_place_that_is_no_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for refuse in (
        lambda: hold(str(tmp_path / "file"), "fix"),
        one_at_a_time(str(tmp_path / "file")).__enter__,
    ):
        with pytest.raises(TaskfilesError) as caught:
            refuse()
        assert caught.value.code == "io"
        assert str(tmp_path / "file") in caught.value.message


def test_threads_come_into_a_directory_one_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            with one_at_a_time(str(tmp_path / "place")):
                inside.append(number)
                most.append(len(inside))
                os.sched_yield()
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert most == [1] * 80
