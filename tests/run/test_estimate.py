"""What a project's own command says a task will take; whatever is wrong with it, nothing is known then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from taskfiles.run.estimate import estimate

TASK = {"id": "fix", "title": "Ärger"}
WHOLE = '{"estimated_input_tokens": 9, "estimated_output_tokens": 2, "estimated_usd_micros": 7}'


def ask(command: str, directory: Path, task: dict[str, Any] = TASK) -> dict[str, Any]:
    return estimate(command, task, directory=os.fspath(directory), environment={"PATH": os.environ["PATH"]})


def test_each_estimate_goes_to_its_place_in_an_attempt(tmp_path: Path) -> None:
    assert ask(f"echo '{WHOLE}'", tmp_path) == {
        "usage": {"estimated_input_tokens": 9, "estimated_output_tokens": 2},
        "cost": {"estimated_usd_micros": 7},
    }


def test_the_command_gets_the_task_in_the_project_s_directory(tmp_path: Path) -> None:
    ask("cat > task.json", tmp_path)
    assert (tmp_path / "task.json").read_text("utf-8") == '{"id": "fix", "title": "Ärger"}'


def test_a_command_need_not_read_what_it_is_given(tmp_path: Path) -> None:
    task = {"body": "x" * 10**6}
    assert ask("echo '{\"estimated_usd_micros\": 1}'", tmp_path, task) == {
        "cost": {"estimated_usd_micros": 1}
    }


@pytest.mark.parametrize("value", ["-1", "1.5", '"9"', "true", "null", str(2**63), "[9]"])
def test_what_is_no_whole_number_is_unknown(value: str, tmp_path: Path) -> None:
    answer = f'{{"estimated_input_tokens": {value}, "estimated_usd_micros": 0, "more": 1}}'
    assert ask(f"echo '{answer}'", tmp_path) == {"cost": {"estimated_usd_micros": 0}}


@pytest.mark.parametrize(
    "command",
    [
        f"echo '{WHOLE}'; exit 1",
        f"echo '{WHOLE}'; kill $$",
        f"echo '{WHOLE}' >&2",
        f"echo '[{WHOLE}]'",
        f"echo '{WHOLE}{WHOLE}'",
        "printf '\\377'",
        "head -c 200000 /dev/zero | tr '\\0' '['",
        "no-such-program",
        "true",
    ],
)
def test_a_command_that_fails_or_says_something_else_says_nothing(command: str, tmp_path: Path) -> None:
    assert ask(command, tmp_path) == {}


def test_a_directory_that_is_gone_is_no_error(tmp_path: Path) -> None:
    assert ask("true", tmp_path / "gone") == {}


@pytest.mark.slow
def test_who_dispatches_does_not_wait_for_long(tmp_path: Path) -> None:
    assert ask(f"echo '{WHOLE}'; exec sleep 60", tmp_path) == {}
