"""One task as JSON: every known key in its order, the file's own keys as they are, what goes with it."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from support.backlogs import make_task
from support.strategies import VALUES
from taskfiles.basics.jsontext import json_text, json_value
from taskfiles.task.claim import new_lease
from taskfiles.task.findings import make_finding
from taskfiles.task.keys import ADDED_KEYS, DEFAULTS, KEY_ORDER
from taskfiles.task.task import Task, parse_task
from taskfiles.task.wire import (
    changes_object,
    claim_object,
    derived_object,
    finding_object,
    findings_object,
    lease_object,
    make_entry,
    row_bytes,
    task_object,
)

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
ATTEMPT = {
    "started_at": "2025-11-02T13:00:00.1234567+01:00",
    "ended_at": "2025-11-02T12:02:00Z",
    "duration_seconds": 120,
    "status": "failed",
    "executor": {"tool": "t"},
    "reviewer": {"name": "ana", "approved": False, "reviewed_at": "2025-11-02 14:00:00+01:00"},
}


def test_every_known_key_comes_first_with_its_default() -> None:
    task = make_task("fix", x_own={"a": 1}, labels=["ui"])
    made = task_object(task)
    assert list(made) == [*KEY_ORDER, "x_own", *ADDED_KEYS]
    assert (made["labels"], made["size"], made["x_own"]) == (["ui"], DEFAULTS["size"], {"a": 1})
    assert (made["path"], made["etag"], made["valid"]) == (task.path, task.etag, True)


def test_instants_are_shown_in_utc_with_their_digits_and_others_as_they_stand() -> None:
    made = task_object(
        make_task("fix", created_at="2025-11-02T13:00:00+01:00", updated_at="soon", x_at="soon")
    )
    assert (made["created_at"], made["updated_at"], made["x_at"]) == ("2025-11-02T12:00:00Z", "soon", "soon")
    task = make_task("fix", execution={"attempts": [ATTEMPT, "none"]})
    attempt = task_object(task)["execution"]["attempts"][0]
    assert attempt["started_at"] == "2025-11-02T12:00:00.1234567Z"
    assert attempt["reviewer"]["reviewed_at"] == "2025-11-02T13:00:00Z"
    assert task.values["execution"] == {"attempts": [ATTEMPT, "none"]}  # the task itself stays


def test_a_key_of_the_file_that_the_tool_has_too_is_set_aside() -> None:
    task = parse_task("tasks/a.md", b"---\nid: a\npath: mine\nbody: mine\nextra: mine\n---\nText\n")
    made = task_object(task, show=True)
    assert made["extra"] == {"path": "mine", "body": "mine", "extra": "mine"}
    assert (made["path"], made["body"]) == ("tasks/a.md", "Text\n")


def test_figures_follow_from_sound_attempts_only() -> None:
    sound = make_task("fix", execution={"attempts": [ATTEMPT | {"started_at": "2025-11-02T12:00:00Z"}]})
    assert derived_object(sound) == task_object(sound, show=True)["derived"]
    assert derived_object(sound) == {
        "attempts": 1,
        "retry_count": 0,
        "total_execution_seconds": 120,
        "wall_clock_seconds": 120,
        "active_seconds": 120,
        "idle_seconds": 0,
    }
    assert derived_object(make_task("fix")) is None
    assert derived_object(make_task("fix", execution={"attempts": [{}]})) is None


@given(VALUES)
def test_any_value_can_be_written_as_json(value: Any) -> None:
    assert json.loads(json_text({"key": json_value(value)})) == {"key": json_value(value)}


@pytest.mark.parametrize(("value", "word"), [(math.nan, ".nan"), (math.inf, ".inf"), (-math.inf, "-.inf")])
def test_a_number_that_json_does_not_know_is_yaml_s_word_for_it(value: float, word: str) -> None:
    assert json_value({"a": [value]}) == {"a": [word]}
    assert changes_object([{"field": "a", "from": 1.5, "to": value}]) == [
        {"field": "a", "from": 1.5, "to": word}
    ]


def test_a_row_is_the_same_however_the_task_was_had() -> None:
    task = make_task("fix", title="Größe", x_own="\U0001f469")
    entry = make_entry(task, check=True)
    again = Task.from_entry(task.path, entry, lambda asked: task.document)
    assert row_bytes(again) == row_bytes(task) == json_text(task_object(task)).encode()
    assert json.loads(row_bytes(task)) == task_object(task)


# What goes with a task


def test_a_claim_has_its_token_and_whose_it_was_before() -> None:
    lease = new_lease("fix", "ana", NOON, 60, "claim-1")
    public = {"by": "ana", "since": "2025-11-02T12:00:00.000Z", "until": "2025-11-02T12:01:00.000Z"}
    assert lease_object(lease) == public
    assert claim_object(lease, "claim-1", None) == {"token": "claim-1", **public, "expired": None}
    assert claim_object(lease, "claim-1", lease)["expired"] == public


def test_findings_are_counted_by_severity() -> None:
    given = [
        make_finding(code, "a.md", 1, 1, **params)
        for code, params in [
            ("empty-text", {}),
            ("no-zone", {}),
            ("no-zone", {}),
            ("unknown-key", {"key": "x", "near": ""}),
        ]
    ]
    made = findings_object(given, 7)
    assert made["summary"] == {"files": 7, "errors": 1, "warnings": 2, "hints": 1}
    assert made["findings"] == [finding_object(finding) for finding in given]
    assert list(made["findings"][0]) == [
        "code",
        "severity",
        "message",
        "path",
        "line",
        "column",
        "field",
        "hint",
    ]
