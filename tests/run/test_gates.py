"""Quality gates: which ones are chosen, how they are given, run and written down."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taskfiles import TaskfilesError
from taskfiles.config.model import GateSettings, parse_config
from taskfiles.run.gates import (
    Gate,
    Verdict,
    choose_gates,
    failed_required,
    gates_object,
    parse_gates,
    run_gates,
)

CONFIG = b"""
gates.test.command = "pytest"
gates.lint = {command = "ruff", required = false, timeout = "1m"}
gates.docs = {command = "sphinx", task_types = ["docs"]}
"""


def run(gates: list[Gate], at: Path, stop: Callable[[], str] = lambda: "", **more: Any) -> list[Verdict]:
    given: dict[str, Any] = {
        "directory": os.fspath(at),
        "environment": {"PATH": os.environ["PATH"], "NAME": "Ada"},
        "log": os.fspath(at / "logs" / "a"),
        "on_output": bytearray().extend,
        "should_stop": stop,
        "is_urgent": lambda: True,
    }
    return run_gates(gates, **given | more)


@pytest.mark.parametrize(
    ("task_type", "names"),
    [("feature", ["test", "lint"]), ("docs", ["test", "lint", "docs"]), (None, ["test", "lint"])],
)
def test_a_gate_is_for_the_types_of_tasks_that_it_names(task_type: object, names: list[str]) -> None:
    config, findings = parse_config(CONFIG)
    assert config is not None
    assert findings == []
    chosen = choose_gates(config.gates, task_type)
    assert [gate.name for gate in chosen] == names
    assert chosen[1] == Gate("lint", "ruff", required=False, timeout=60.0)


def test_a_gate_is_given_as_name_and_command() -> None:
    one, other = parse_gates([" test = pytest -q ", "lint=a=b"])
    assert (one.name, one.command, one.required) == ("test", "pytest -q", True)
    assert (other.name, other.command) == ("lint", "a=b")
    assert one.timeout == GateSettings(command="x").timeout


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["lint"], "a gate is a name and a command"),
        (["lint="], "its name or its command is empty"),
        (["=true"], "its name or its command is empty"),
        (["a\tb=true"], "its name or its command is empty"),
        (["lint=true", " lint=false"], "a gate of that name is given already"),
    ],
)
def test_a_gate_that_is_none_is_refused(texts: list[str], problem: str) -> None:
    with pytest.raises(TaskfilesError) as refused:
        parse_gates(texts)
    assert refused.value.code == "bad-value"
    assert problem in refused.value.message


def test_gates_run_one_after_the_other_and_a_failure_stops_none(tmp_path: Path) -> None:
    gates = [Gate("first", "echo $NAME > made"), Gate("no", "cat made; exit 3"), Gate("last", "cat made")]
    verdicts = run(gates, tmp_path)
    assert [(each.gate, each.passed, each.output) for each in verdicts] == [
        (gates[0], True, ""),
        (gates[1], False, "Ada\n"),
        (gates[2], True, "Ada\n"),
    ]
    assert all(each.milliseconds >= 0 for each in verdicts)


def test_what_a_gate_prints_is_passed_on_and_kept_under_its_name(tmp_path: Path) -> None:
    printed = bytearray()
    run([Gate("unit/tests: all", "echo out; echo err >&2")], tmp_path, on_output=printed.extend)
    (log,) = (tmp_path / "logs").iterdir()
    assert log.name == "a.gate-unit-tests--all.log"
    assert sorted(log.read_text().splitlines()) == sorted(printed.decode().splitlines()) == ["err", "out"]


def test_the_end_of_a_long_output_is_kept_for_the_next_attempt(tmp_path: Path) -> None:
    (verdict,) = run([Gate("long", "yes line | head -n 5000; echo the end; exit 1")], tmp_path)
    assert len(verdict.output) <= 8000
    assert verdict.output.endswith("line\nthe end\n")


def test_a_gate_that_takes_too_long_has_failed(tmp_path: Path) -> None:
    (verdict,) = run([Gate("slow", "exec sleep 60", timeout=0.2)], tmp_path)
    assert (verdict.passed, verdict.output) == (False, "\n[it took longer than 0.2 s]\n")


def test_a_gate_that_cannot_be_started_has_failed_and_says_why(tmp_path: Path) -> None:
    gates = [Gate("gone", "true"), Gate("next", "true")]
    verdicts = run(gates, tmp_path, directory=os.fspath(tmp_path / "gone"))
    assert [each.passed for each in verdicts] == [False, False]
    assert verdicts[0].output.startswith("sh: ")


def test_a_stop_ends_the_gate_that_runs_and_begins_no_other(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    gates = [Gate("one", "true"), Gate("two", "touch begun; exec sleep 60"), Gate("three", "true")]
    verdicts = run(gates, tmp_path, lambda: "enough" if begun.exists() else "")
    assert [each.gate.name for each in verdicts] == ["one"]
    assert run(gates, tmp_path, lambda: "enough") == []


def test_verdicts_as_an_attempt_has_them() -> None:
    passed, failed = Verdict(Gate("a", "x"), True, 5, ""), Verdict(Gate("b", "x"), False, 7, "")
    advisory = Verdict(Gate("c", "x", required=False), False, 9, "")
    assert gates_object([]) == {}
    assert gates_object([passed]) == {"run": ["a"], "durations_ms": {"a": 5}}
    assert gates_object([passed, failed, advisory]) == {
        "run": ["a", "b", "c"],
        "failed": ["b", "c"],
        "durations_ms": {"a": 5, "b": 7, "c": 9},
    }
    assert failed_required([passed, failed, advisory]) == [failed]
