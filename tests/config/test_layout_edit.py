"""The key `layout` of tasks.toml is set without touching another byte."""

from __future__ import annotations

import tomllib

import pytest

from taskfiles.config.edit import Undeclarable, set_layout


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'layout = "flat"\n'),
        ("format = 1\n", 'format = 1\nlayout = "flat"\n'),
        ("# Settings\nformat = 1 # yes\n[lock]\n", '# Settings\nformat = 1 # yes\nlayout = "flat"\n[lock]\n'),
        ("format = 1", 'format = 1\nlayout = "flat"\n'),
        ("\ufeffformat = 1\r\n[labels]\r\n", '\ufeffformat = 1\r\nlayout = "flat"\r\n[labels]\r\n'),
        ("[lock]\nlayout = 1\n", 'layout = "flat"\n[lock]\nlayout = 1\n'),
        ("layout = 'states' # why\n", 'layout = "flat" # why\n'),
        ('"layout" = "states"\nformat = 1\n', '"layout" = "flat"\nformat = 1\n'),
        ("timestamps = false\n", 'layout = "flat"\ntimestamps = false\n'),
    ],
)
def test_one_line_changes(before: str, after: str) -> None:
    assert set_layout(before.encode(), "flat").decode() == after
    assert set_layout(after.encode(), "flat").decode() == after
    assert tomllib.loads(after.removeprefix("\ufeff"))["layout"] == "flat"


def test_what_has_no_place_for_the_key_is_refused() -> None:
    with pytest.raises(Undeclarable):
        set_layout(b'"lay\\u006fut" = "states"\n', "flat")
