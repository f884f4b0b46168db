"""What `init` writes into a new tasks.toml is read back as what was asked for."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.config.edit import value_text
from taskfiles.config.model import Config, Layout, parse_config
from taskfiles.config.profiles import ALERTS_NOTE, HEAD, PROFILES, config_text, missing_settings
from taskfiles.config.quick import plain_settings
from taskfiles.config.sinks import parse_sink


def read(text: str) -> Config:
    config, findings = parse_config(text.encode())
    assert findings == []
    assert config is not None
    return config


def test_without_a_profile_a_file_says_its_format_and_how_to_go_on() -> None:
    assert config_text(None, []) == HEAD.format(layout="flat") + ALERTS_NOTE
    assert read(config_text(None, [])) == Config(layout=Layout.FLAT)


def test_the_dev_profile_is_the_defaults_as_comments() -> None:
    text = config_text("dev", [])
    assert read(text) == Config(layout=Layout.FLAT)
    assert plain_settings(text.encode()) is not None
    bare = [
        line.removeprefix("# ")
        for line in text.removesuffix(ALERTS_NOTE).splitlines()
        if "Profile" not in line
    ]
    assert read("\n".join(bare[1:])) == Config(layout=Layout.FLAT)
    assert "\n# [lock]\n# timeout = " in text


@pytest.mark.parametrize("profile", [None, *PROFILES])
@pytest.mark.parametrize("sinks", [[], ["none"], ["local", "dir:../events"]])
def test_what_was_asked_for_is_what_the_file_says(profile: str | None, sinks: list[str]) -> None:
    config = read(config_text(profile, sinks))
    assert missing_settings(config, profile, sinks) == []
    assert config.telemetry.sinks == (sinks or ["local"])
    if profile == "prod":
        assert (config.lock.timeout, config.lease.duration) == (30, 3600)
        assert (config.run.max_ambiguity, config.run.allow_partial) == ("medium", False)


def test_settings_that_a_kept_file_lacks_are_named() -> None:
    kept = read("[lock]\ntimeout = '30000ms'\n[run]\nmax_ambiguity = 'low'\n")
    assert missing_settings(kept, "prod", ["none"]) == [
        'lease.duration = "1h"',
        'run.max_ambiguity = "medium"',
        "run.allow_partial = false",
        'telemetry.sinks = ["none"]',
    ]
    assert missing_settings(kept, None, []) == []
    assert missing_settings(None, "dev", []) == [f"{key} = {value}" for key, value in PROFILES["dev"].items()]


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_any_text_is_written_as_toml(text: str) -> None:
    assert tomllib.loads(f"a = {value_text(text)}\n") == {"a": text}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1).filter(str.strip))
def test_any_path_of_a_sink_is_written_as_it_stands(path: str) -> None:
    sink = f"dir:{path}"
    assert parse_sink(sink).target == path
    assert read(config_text("prod", [sink])).telemetry.sinks == [sink]
