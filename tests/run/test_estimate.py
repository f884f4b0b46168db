"""What a project's own command says a task will take; whatever is wrong with it, nothing is known then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from taskfiles.run.estimate import estimate

TASK = {"id": "fix", "title": "Ärger"}
WHOLE = '{"estimated_input_tokens": 9, "estimated_output_tokens": 2, "estimated_usd_micros": 7}'


def ask(
    command: str, directory: Path, task: dict[str, Any] = TASK, said: list[str] | None = None
) -> dict[str, Any]:
    """What is estimated; where `said` is not given, nothing must be said of it."""
    heard: list[str] = []
    found = estimate(
        command,
        task,
        directory=os.fspath(directory),
        environment={"PATH": os.environ["PATH"]},
        say=heard.append,
    )
    assert said is not None or heard == []
    if said is not None:
        said += heard
    return found


def test_each_estimate_goes_to_its_place_in_an_attempt(tmp_path: Path) -> None:
    assert ask(f"echo '{WHOLE}'", tmp_path) == {
        "usage": {"estimated_input_tokens": 9, "estimated_output_tokens": 2},
        "cost": {"estimated_usd_micros": 7},
    }


def test_the_command_gets_the_task_in_the_project_s_directory(tmp_path: Path) -> None:
    ask("cat > task.json; echo {}", tmp_path)
    assert (tmp_path / "task.json").read_text("utf-8") == '{"id": "fix", "title": "Ärger"}'


def test_a_command_need_not_read_what_it_is_given(tmp_path: Path) -> None:
    task = {"body": "x" * 10**6}
    assert ask("echo '{\"estimated_usd_micros\": 1}'", tmp_path, task) == {
        "cost": {"estimated_usd_micros": 1}
    }


@pytest.mark.parametrize("value", ["-1", "1.5", '"9"', "true", "null", str(2**63), "[9]"])
def test_what_is_no_whole_number_is_unknown(value: str, tmp_path: Path) -> None:
    answer = f'{{"estimated_input_tokens": {value}, "estimated_usd_micros": 0, "more": 1}}'
    said: list[str] = []
    assert ask(f"echo '{answer}'", tmp_path, said=said) == {"cost": {"estimated_usd_micros": 0}}
    (sentence,) = said
    assert sentence.startswith("predict.command gave estimated_input_tokens another value than ")
    assert sentence.endswith(" This one is not estimated.")


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (f"echo '{WHOLE}'; exit 1", "failed with exit status 1"),
        (
            f"echo '{WHOLE}'; echo first >&2; echo 'no model' >&2; exit 3",
            "failed with exit status 3: no model",
        ),
        (f"echo '{WHOLE}'; kill $$", "failed with signal 15"),
        (f"echo '{WHOLE}' >&2", "did not answer with one JSON object"),
        (f"echo '[{WHOLE}]'", "did not answer with one JSON object"),
        (f"echo '{WHOLE}{WHOLE}'", "did not answer with one JSON object"),
        ("printf '\\377'", "did not answer with one JSON object"),
        ("head -c 200000 /dev/zero | tr '\\0' '['", "did not answer with one JSON object"),
        ("no-such-program", "failed with exit status 127: "),
        ("true", "did not answer with one JSON object"),
        ("echo '{\"usd\": 1}'", "answered with none of estimated_input_tokens, "),
    ],
)
def test_a_command_that_fails_or_says_something_else_is_warned_of(
    command: str, problem: str, tmp_path: Path
) -> None:
    said: list[str] = []
    assert ask(command, tmp_path, said=said) == {}
    (sentence,) = said
    assert sentence.startswith(f"predict.command {problem}")
    assert sentence.endswith(". What the task will take is not estimated.")


def test_nothing_is_said_of_an_empty_answer(tmp_path: Path) -> None:
    assert ask("echo '{}'", tmp_path) == {}


def test_a_directory_that_is_gone_is_no_error(tmp_path: Path) -> None:
    said: list[str] = []
    assert ask("true", tmp_path / "gone", said=said) == {}
    assert said[0].startswith("predict.command can't be started: no such file or directory")


@pytest.mark.slow
def test_who_dispatches_does_not_wait_for_long(tmp_path: Path) -> None:
    said: list[str] = []
    assert ask(f"echo '{WHOLE}'; exec sleep 60", tmp_path, said=said) == {}
    assert said == ["predict.command took longer than 2 s. What the task will take is not estimated."]
