"""Filters: plain keywords that are checked when they are given, and what each of them chooses."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.backlogs import make_task
from taskfiles import Filter, Task, TaskfilesError, find_tasks
from taskfiles.task.keys import WORDS
from taskfiles.task.words import CLOSED, ExecutionStatus, State

DAY = "2025-11-02T12:00:00Z"


def attempt(**keys: Any) -> dict[str, Any]:
    return {"status": "failed", "started_at": DAY, "ended_at": DAY, "duration_seconds": 0, **keys}


def chosen(tasks: list[Task], **criteria: Any) -> list[str]:
    return [task.id for task in find_tasks(tasks, Filter(**criteria))]


def refusal(**criteria: Any) -> TaskfilesError:
    with pytest.raises(TaskfilesError) as caught:
        Filter(**criteria)
    assert caught.value.code == "bad-value"
    return caught.value


# Nonsense is refused when the filter is made


def test_an_unknown_field_is_refused() -> None:
    error = refusal(stat={"ready"})
    assert error.message == "A filter can't be given “stat”: it has no such field."
    assert error.hint.startswith("Did you mean state? Its fields are kind, state, priority, ")


@pytest.mark.parametrize("key", [*WORDS, "status"])
def test_an_unknown_word_is_refused(key: str) -> None:
    words = list(map(str, WORDS.get(key, ExecutionStatus)))
    error = refusal(**{key: {words[-1], words[0] + "x"}})
    assert error.message == f"A filter's {key} can't be “{words[0]}x”: it is not one of its values."
    assert error.hint.endswith(f"Use {', '.join(words)}.")


def test_the_nearest_word_is_offered() -> None:
    assert refusal(priority="hihg").hint.startswith("Did you mean high? ")


@pytest.mark.parametrize("field", [*WORDS, "status", "label", "assignee", "parent", "model", "tool"])
@pytest.mark.parametrize("given", [5, True, b"ready", {"ready": 1}, ["ready", 5], [["ready"]], object()])
def test_what_is_no_text_is_refused(field: str, given: object) -> None:
    error = refusal(**{field: given})
    assert error.message.startswith(f"A filter's {field} can't be ")
    assert error.message.endswith(": it is one text or several.")


@pytest.mark.parametrize("field", ["label", "assignee", "parent", "model", "tool"])
def test_blank_text_is_refused(field: str) -> None:
    assert refusal(**{field: ["a", " "]}).message == f"A filter's {field} can't be “ ”: it is blank."


@pytest.mark.parametrize("given", ["bug", {"bug"}, ["bug", "ui"], ("bug",), {"bug": 1}, [{5}], 5])
def test_labels_are_groups(given: object) -> None:
    """A flat set could mean any of them or all of them, and `label` means any."""
    error = refusal(labels=given)
    assert error.message.endswith(": it is a list of groups, each a set of labels.")
    assert error.hint == "Any of two is label={'a', 'b'}, both of them labels=[{'a'}, {'b'}]."


@pytest.mark.parametrize(
    "field",
    ["blocked", "open", "has_execution"],
)
def test_a_switch_is_a_boolean(field: str) -> None:
    assert refusal(**{field: "no"}).message == f"A filter's {field} can't be “no”: it is True or False."


def test_search_is_text() -> None:
    assert refusal(search=5).message == "A filter's search can't be 5: it is a text."


@pytest.mark.parametrize("given", ["x=1", ["x"], [("x", "1", "2")], {"x": object()}, {5: "x"}, {"x": [1]}, 5])
def test_meta_is_keys_with_values(given: object) -> None:
    assert "can't be" in refusal(meta=given).message


@pytest.mark.parametrize("given", [datetime(2025, 11, 2), "2025-11-02", 0])
def test_since_is_an_aware_datetime(given: object) -> None:
    error = refusal(since=given)
    assert error.message.startswith("A filter's since can't be ")
    assert error.hint == "Give a datetime with a time zone, as in datetime(2025, 11, 2, tzinfo=UTC)."


@pytest.mark.parametrize("given", ["UTC", 0, timedelta(hours=1)])
def test_zone_is_a_time_zone(given: object) -> None:
    assert refusal(zone=given).hint == "Give a time zone, as in ZoneInfo('Europe/Berlin')."


@pytest.mark.parametrize("field", [*WORDS, "status"])
@pytest.mark.parametrize("given", ["redy", ["redy"], {"redy": 1}, [1], b"ready", 5, ""])
def test_each_field_of_words_takes_its_words_alone(field: str, given: object) -> None:
    assert f"A filter's {field} can't be " in refusal(**{field: given}).message


@pytest.mark.parametrize("field", ["assignee", "parent", "model", "tool", "label"])
@pytest.mark.parametrize("given", [{"a": 1}, [1], b"a", 5, " "])
def test_each_field_of_texts_takes_texts_alone(field: str, given: object) -> None:
    assert f"A filter's {field} can't be " in refusal(**{field: given}).message


# What is chosen


@pytest.fixture
def tasks() -> list[Task]:
    return [
        make_task("a", state="ready", labels=["bug", "ui"], assignees=["ana"], priority="high"),
        make_task("b", state="done", labels=["bug"], updated_at=DAY, x_n=5),
        make_task("c", state="idea", kind="story", children=["a"], blocked="by the weather"),
        make_task(
            "d", state="ready", labels=["x"], execution={"attempts": [attempt(executor={"tool": "t"})]}
        ),
    ]


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ({}, "abcd"),
        ({"state": "ready"}, "ad"),
        ({"state": State.READY}, "ad"),
        ({"state": {"ready", "idea"}}, "acd"),
        ({"state": ["done"]}, "b"),
        ({"state": CLOSED}, "b"),
        ({"state": (word for word in ("done", "idea"))}, "bc"),
        ({"state": State}, "abcd"),
        ({"state": None}, "abcd"),
        ({"state": []}, ""),
        ({"kind": "task", "state": "ready"}, "ad"),
        ({"priority": "normal"}, "bcd"),
        ({"label": "bug"}, "ab"),
        ({"label": {"ui", "x"}}, "ad"),
        ({"labels": [{"bug", "x"}, {"ui", "x"}]}, "ad"),
        ({"label": "bug", "labels": [{"ui"}]}, "a"),
        ({"labels": ((text for text in group) for group in (["bug", "x"], ["ui"]))}, "a"),
        ({"labels": []}, "abcd"),
        ({"label": []}, ""),
        ({"assignee": "ana"}, "a"),
        ({"parent": {"c", "gone"}}, "a"),
        ({"blocked": True}, "c"),
        ({"blocked": False}, "abd"),
        ({"open": True}, "acd"),
        ({"search": "TITLE OF A"}, "a"),
        ({"meta": {"x_n": 5}}, "b"),
        ({"meta": {"x_n": "5"}}, "b"),
        ({"meta": {"x_n": 6}}, ""),
        ({"meta": [("labels", "bug"), ("labels", "ui")]}, "a"),
        ({"meta": {"x_n": None, "kind": "task"}}, "ad"),
        ({"has_execution": True}, "d"),
        ({"status": "failed", "tool": {"t", "u"}}, "d"),
        ({"status": ["failed"], "model": "m"}, ""),
        ({"since": datetime(2025, 11, 2, tzinfo=UTC)}, "b"),
    ],
)
def test_tasks_are_chosen(tasks: list[Task], criteria: dict[str, Any], ids: str) -> None:
    assert chosen(tasks, **criteria) == list(ids)


# A filter is a value


def test_filters_compare_by_what_they_ask() -> None:
    assert Filter(state="ready", label="bug") == Filter(label=["bug"], state={State.READY})
    assert len({Filter(open=True), Filter(open=True), Filter()}) == 2
    assert Filter(state="ready") != Filter(kind="task")
    assert Filter() != object()


def test_a_filter_shows_what_it_asks() -> None:
    assert repr(Filter()) == "Filter()"
    wanted = Filter(state={"ready", "done"}, label="bug", open=True, meta={"x": 1})
    assert repr(wanted) == "Filter(state={'done', 'ready'}, labels=[{'bug'}], open=True, meta=[('x', 1)])"
    assert eval(repr(wanted)) == wanted


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda wanted: pickle.loads(pickle.dumps(wanted))]
)
def test_a_filter_can_be_copied(again: Callable[[Filter], Filter]) -> None:
    wanted = Filter(state="ready", labels=[{"a"}], since=datetime.now(UTC) - timedelta(days=1))
    assert again(wanted) == wanted


def test_a_filter_does_not_change() -> None:
    """What was checked stays checked."""
    with pytest.raises(AttributeError, match="a Filter does not change; make another one"):
        Filter().state = {"redy"}  # type: ignore[assignment,misc]  # the very mistake


def test_filters_need_no_pydantic() -> None:
    code = (
        "import sys; from taskfiles import Filter; Filter(state='ready'); "
        "assert not {'pydantic', 'dataclasses', 'inspect'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
