"""The one flag that stops all that runs in a process."""

from __future__ import annotations

import threading

import pytest

from support.processes import PATIENCE
from taskfiles.run.halt import Halt


def test_nothing_stops_until_somebody_asks() -> None:
    halt = Halt()
    assert (halt.reason, halt.is_urgent()) == ("", False)


def test_the_first_reason_stays_and_the_second_asking_is_urgent() -> None:
    halt = Halt()
    halt.ask("interrupted by SIGINT")
    assert (halt.reason, halt.is_urgent()) == ("interrupted by SIGINT", False)
    halt.ask("interrupted by SIGTERM")
    assert (halt.reason, halt.is_urgent()) == ("interrupted by SIGINT", True)


@pytest.mark.parametrize("seconds", [0, -1])
def test_no_time_to_wait_is_no_wait(seconds: float) -> None:
    halt = Halt()
    halt.wait(seconds)
    assert halt.reason == ""


def test_who_waits_is_woken_by_the_asking() -> None:
    halt = Halt()
    waiting = threading.Thread(target=halt.wait, args=(2 * PATIENCE,), daemon=True)
    waiting.start()
    halt.ask("enough")
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
