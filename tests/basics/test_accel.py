"""Which accelerators a setting chooses."""

from __future__ import annotations

import pytest

from taskfiles.basics import accel


@pytest.mark.parametrize("setting", ["", "1"])
def test_all_are_on_unless_a_setting_says_otherwise(setting: str) -> None:
    accel.choose("0")
    accel.choose(setting)
    assert accel.are_on(*accel.KNOWN)


def test_none_are_on_at_zero() -> None:
    accel.choose("0")
    assert not any(map(accel.is_on, accel.KNOWN))
    assert accel.are_on()


def test_only_those_named_are_on_and_unknown_names_mean_nothing() -> None:
    accel.choose("argv,index,warp")
    assert {name for name in accel.KNOWN if accel.is_on(name)} == {"argv", "index"}
    assert accel.are_on("argv", "index")
    assert not accel.are_on("argv", "keytable")
    assert not accel.is_on("warp")
