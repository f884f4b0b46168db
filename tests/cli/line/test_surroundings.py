"""What the environment says of places."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskfiles import TaskfilesError
from taskfiles_cli.line.surroundings import cache_directory, here, state_directory


@pytest.mark.parametrize(
    ("environment", "cache", "state"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.cache", "/home/ada/.local/state"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "/s"}, "/c", "/s"),
        ({"XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "/s"}, "/c", "/s"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "", "XDG_STATE_HOME": ""}, "/h/.cache", "/h/.local/state"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "c", "XDG_STATE_HOME": "./s"}, "/h/.cache", "/h/.local/state"),
        ({"HOME": "h", "XDG_CACHE_HOME": "c", "XDG_STATE_HOME": "/s"}, None, "/s"),
        ({"HOME": "h"}, None, None),
        ({}, None, None),
    ],
)
def test_directories_of_the_user(environment: dict[str, str], cache: str | None, state: str | None) -> None:
    assert (cache_directory(environment), state_directory(environment)) == (cache, state)


def test_the_working_directory_may_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    assert here() == str(place)
    place.rmdir()
    with pytest.raises(TaskfilesError) as refused:
        here()
    assert refused.value.code == "io"
    assert "the current directory" in refused.value.message
