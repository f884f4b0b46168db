"""The settings that many commands need: a plain file is known without reading it as TOML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.config.model import Config, parse_config
from taskfiles.config.quick import Settings, plain_settings


def test_the_defaults_are_those_of_the_whole_configuration() -> None:
    assert Settings.from_config(Config()) == Settings()


def test_they_are_taken_from_the_whole_configuration() -> None:
    text = "timestamps = false\nlock.timeout = '1s'\nlease.duration = '1m'\ntelemetry.sinks = ['none']\n"
    text += "run.allow_partial = false\n"
    config, _ = parse_config(text.encode())
    assert config is not None
    assert Settings.from_config(config) == Settings(
        1, timestamps=False, lock_timeout=1, lease=60, telemetry=False, allow_partial=False
    )


@pytest.mark.parametrize(
    "data", [None, b"", b"\n\n", b"# x\r\n", b"format = 1\n", b" format = 1 \n# [lock]\n"]
)
def test_a_plain_file_is_the_defaults(data: bytes | None) -> None:
    assert plain_settings(data) == Settings()


@pytest.mark.parametrize(
    "data", [b"format=1\n", b"format = 2\n", b"[lock]\n", b"format = 1\nformat = 1\n", b"\xff"]
)
def test_any_other_file_is_left_to_be_read(data: bytes) -> None:
    assert plain_settings(data) is None


LINES = st.sampled_from(
    ["", "# note", "format = 1", "format = 2", "timestamps = false", "[lock]", "  # [lock]"]
)


@given(st.lists(LINES, max_size=4).map("\n".join))
def test_what_is_taken_for_plain_reads_as_the_defaults(text: str) -> None:
    if (settings := plain_settings(text.encode())) is not None:
        config, findings = parse_config(text.encode())
        assert config is not None
        assert (Settings.from_config(config), findings) == (settings, [])
