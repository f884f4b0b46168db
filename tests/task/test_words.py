"""The words of the format, as docs/reference/format.md lists them, in the order that comparisons go by."""

from __future__ import annotations

from enum import StrEnum

import pytest

from taskfiles.task import words
from taskfiles.task.words import CLOSED, State


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (words.Kind, "epic story task"),
        (words.State, "idea ready in-progress done canceled"),
        (words.Priority, "none low normal high urgent"),
        (words.Size, "tiny small medium large xl"),
        (words.Ambiguity, "low medium high"),
        (words.ExecutorLevel, "simple standard expert human_review"),
        (words.Isolation, "isolated module shared global"),
        (words.ExecutionStatus, "completed failed abandoned"),
        (words.Outcome, "success partial blocked failed"),
        (words.LinkType, "github_issue linear url file task"),
        (words.CostSource, "reported computed estimated"),
    ],
)
def test_each_key_takes_these_words_in_this_order(kind: type[StrEnum], text: str) -> None:
    assert " ".join(kind) == text


def test_a_task_is_closed_when_nobody_works_at_it_any_more() -> None:
    assert {*State} - CLOSED == {"idea", "ready", "in-progress"}
