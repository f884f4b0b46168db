"""Attempts of one session as they are recorded: across tasks, in any order, amended, merged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.in_process import call
from support.project import Project

ID = "0199c6f2-0000-7000-8000-00000000000"


@pytest.fixture
def two(project: Project) -> Project:
    project.task("a")
    project.task("b")
    return project


def codex(total: int) -> str:
    usage = {"input_tokens": total, "cached_input_tokens": 0, "output_tokens": total // 10}
    messages = [{"type": "thread.started", "thread_id": "t-1"}, {"type": "turn.completed", "usage": usage}]
    return "".join(json.dumps(message) + "\n" for message in messages)


def record(project: Project, task: str, hour: int, total: int, *words: str) -> Any:
    end = f"2025-11-02T{hour:02}:00:00Z"
    line = ("record", task, "--from-agent", "codex", "-", "--ended-at", end, "--duration-seconds", "60")
    if "--amend" not in words:
        line += ("--id", f"{ID}{hour}")
    done = call(project, *line, *words, "-o", "json", stdin=codex(total))
    assert done.code == 0, done.err
    return done.json


def own(project: Project, *tasks: str) -> dict[str, list[int | None]]:
    found = {}
    for task in tasks:
        execution: Any = project.get(task).values["execution"]
        found[task] = [each.get("usage", {}).get("input_tokens") for each in execution["attempts"]]
    return found


def total(project: Project) -> int | None:
    answer = project.run("stats", "--by", "tool", "--output", "json").json
    tokens: int | None = answer["groups"][0]["input_tokens"]
    return tokens


def findings(project: Project) -> list[str]:
    listed = project.run("validate", "--output", "json").json["findings"]
    return [finding["code"] for finding in listed]


def test_a_resumed_session_counts_once(two: Project) -> None:
    record(two, "a", 1, 100)
    record(two, "a", 2, 130)
    assert own(two, "a") == {"a": [100, 30]}
    assert (total(two), findings(two)) == (130, [])


def test_an_earlier_attempt_that_comes_late_changes_the_later_one_in_another_task(two: Project) -> None:
    record(two, "b", 2, 130)
    answer = record(two, "a", 1, 100)
    assert own(two, "a", "b") == {"a": [100], "b": [30]}
    assert (total(two), findings(two)) == (130, [])
    assert answer["task"]["id"] == "a"
    assert two.run("undo").code == 0
    assert own(two, "b") == {"b": [130]}


def test_an_amendment_of_an_earlier_one_changes_the_later_ones(two: Project) -> None:
    record(two, "a", 1, 100)
    record(two, "b", 2, 130)
    record(two, "a", 1, 120, "--amend", f"{ID}1")
    assert own(two, "a", "b") == {"a": [120], "b": [10]}


def test_a_replay_under_its_id_changes_nothing(two: Project) -> None:
    record(two, "a", 1, 100)
    record(two, "a", 2, 130)
    before = two.tree()
    assert record(two, "a", 2, 130)["changed"] is False
    assert two.tree() == before


def test_recorded_twice_under_other_ids_it_counts_once(two: Project) -> None:
    record(two, "a", 1, 100)
    record(two, "b", 2, 100)
    assert (own(two, "a", "b"), total(two)) == ({"a": [100], "b": [0]}, 100)


def test_branches_that_each_have_a_part_of_the_session_are_counted_once_when_merged(two: Project) -> None:
    two.git("add", "-A")
    two.git("commit", "-qm", "start")
    two.git("checkout", "-qb", "other")
    record(two, "b", 2, 130)
    two.git("commit", "-qam", "second")
    two.git("checkout", "-q", "-")
    record(two, "a", 1, 100)
    two.git("commit", "-qam", "first")
    two.git("merge", "-q", "--no-edit", "other")
    assert own(two, "a", "b") == {"a": [100], "b": [130]}
    assert (total(two), findings(two)) == (130, ["same-session"])
    record(two, "a", 1, 100, "--amend", f"{ID}1")
    assert own(two, "a", "b") == {"a": [100], "b": [30]}
    assert findings(two) == []


def test_datasets_agree_with_statistics(two: Project) -> None:
    record(two, "b", 2, 130)
    text = two.get("b").data.decode().replace("t-1", "t-9")
    record(two, "a", 1, 100)
    two.write(two.get("b").path, text.replace("t-9", "t-1"))  # as a merge leaves it
    assert own(two, "b") == {"b": [130]}
    place = two.root.parent / "data"
    assert call(two, "export", "--dataset", str(place), "--repo", "ada/app", "--no-events").code == 0
    (file,) = place.rglob("attempts.jsonl")
    tokens = [json.loads(line)["input_tokens"] for line in file.read_text().splitlines()]
    assert (sorted(tokens), total(two)) == ([30, 100], 130)


def test_a_computed_cost_follows_the_own_figures(two: Project) -> None:
    two.write("tasks/tasks.toml", "[prices.gpt]\ninput = 1000000\noutput = 0\n")
    record(two, "b", 2, 130, "--model", "gpt", "--cost-usd", "0.00013", "--cost-source", "computed")
    record(two, "a", 1, 100, "--model", "gpt")
    execution: Any = two.get("b").values["execution"]
    assert execution["attempts"][0]["cost"] == {"actual_usd_micros": 30, "source": "computed"}


def test_what_can_not_be_told_stays_out_and_is_found(two: Project) -> None:
    line = ("record", "a", "--tool", "codex", "--session-id", "t-1", "--status", "failed")
    assert call(two, *line, "--ended-at", "2025-11-02T01:00:00Z", "--duration-seconds", "9").code == 0
    record(two, "a", 2, 130)
    assert own(two, "a") == {"a": [None, None]}
    assert findings(two) == ["same-session"]
