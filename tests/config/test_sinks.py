"""The words that name a sink, and what is wrong with one."""

from __future__ import annotations

import pytest

from taskfiles.config.sinks import KINDS, UNDRAINED, Sink, check_sinks, parse_sink


@pytest.mark.parametrize(
    ("text", "sink"),
    [
        ("local", Sink("local", "")),
        ("none", Sink("none", "")),
        ("dir:../events", Sink("dir", "../events")),
        ("dir:C:/events", Sink("dir", "C:/events")),
        ("git: a b", Sink("git", " a b")),
        ("otlp:https://example.invalid:4318/v1", Sink("otlp", "https://example.invalid:4318/v1")),
        ("otlp:HTTP://localhost", Sink("otlp", "HTTP://localhost")),
    ],
)
def test_a_sink_is_a_kind_and_a_target(text: str, sink: Sink) -> None:
    assert parse_sink(text) == sink


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "there is no such sink"),
        ("Local", "there is no such sink"),
        ("file:x", "there is no such sink"),
        ("../events", "there is no such sink"),
        ("none:x", "`none` takes nothing after it"),
        ("local:", "`local` takes nothing after it"),
        ("dir", "`dir:` needs a path after it"),
        ("git: ", "`git:` needs a path after it"),
        ("otlp:", "`otlp:` needs a URL after it"),
        ("otlp:example.invalid", "it is not an http or https URL"),
        ("otlp:ftp://example.invalid", "it is not an http or https URL"),
        ("otlp:https://", "it is not an http or https URL"),
        ("otlp:http://[::1", "it is not an http or https URL"),
        ("otlp:http://[zz]/", "it is not an http or https URL"),
        ("otlp:http://example.invalid:99999", "its port is no number up to 65535"),
        ("otlp:https://me:secret@example.invalid", "its URL contains a credential"),
        ("otlp:https://token@example.invalid", "its URL contains a credential"),
    ],
)
def test_what_is_no_sink_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_sink(text)


def test_sinks_stand_side_by_side_unless_there_is_to_be_none() -> None:
    assert check_sinks([]) == []
    assert check_sinks(["none"]) == [Sink("none", "")]
    assert [sink.kind for sink in check_sinks(["local", "dir:a", "dir:b"])] == ["local", "dir", "dir"]
    for texts in (["none", "local"], ["dir:a", "none"], ["none", "none"]):
        with pytest.raises(ValueError, match="`none` stands alone"):
            check_sinks(texts)
    with pytest.raises(ValueError, match="no such sink"):
        check_sinks(["local", "x"])


def test_a_repository_keeps_what_is_not_drained() -> None:
    assert {"dir", "git", "otlp"} == {*KINDS} - UNDRAINED
