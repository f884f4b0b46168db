"""Counts of tasks, attempts, gates and reviews in one group, each from a handful of attempts."""

from __future__ import annotations

import pytest

from support.attempt_rows import make_group, make_row
from taskfiles.stats import counts
from taskfiles.stats.counts import first_successes
from taskfiles.stats.rows import Ending


def test_a_task_counts_once_and_each_of_its_attempts() -> None:
    group = make_group(make_row("a", 1), make_row("a", 2), make_row("b", 1))
    assert (counts.tasks(group), counts.attempts(group)) == (2, 3)


def test_a_task_succeeded_if_its_last_attempt_in_the_file_did() -> None:
    failed = make_row("a", 1, start=60, ending=Ending.FAILED)
    assert counts.successes(make_group(failed, make_row("a", 2, start=0))) == 1
    assert counts.successes(make_group(make_row("a", 1), make_row("a", 2, ending=Ending.FAILED))) == 0


def test_a_rejected_success_is_none_and_an_approved_failure_neither() -> None:
    rejected = make_row("a", approved=False)
    approved = make_row("b", ending=Ending.FAILED, approved=True)
    group = make_group(rejected, approved)
    assert counts.successes(group) == counts.first_attempt_successes(group) == 0
    assert counts.attempts_succeeded(group) == counts.attempts_failed(group) == 1


def test_only_tasks_that_began_in_the_group_have_a_first_attempt_there() -> None:
    group = make_group(make_row("a", 2), make_row("b", 1, ending=Ending.FAILED))
    assert (counts.first_attempts(group), counts.first_attempt_successes(group)) == (1, 0)
    assert first_successes(group) == []


def test_success_within_k_goes_by_the_attempt_s_number_in_the_file() -> None:
    began = make_row("a", 1, ending=Ending.FAILED)
    group = make_group(began, make_row("a", 3))  # the second attempt is in another group
    assert counts.success_within_2(group) == 0
    assert counts.success_within_3(group) == counts.success_within_5(group) == 1
    assert counts.success_within_5(make_group(began, make_row("a", 6))) == 0


def test_a_task_that_succeeded_and_failed_later_succeeded_within_k() -> None:
    group = make_group(make_row("a", 1), make_row("a", 2, ending=Ending.FAILED))
    assert (counts.success_within_2(group), counts.successes(group)) == (1, 0)


def test_attempts_to_success_are_those_of_the_first_success() -> None:
    rows = [make_row("a", 1), make_row("a", 2)]
    rows += [make_row("b", 1, ending=Ending.FAILED), make_row("b", 4)]
    rows += [make_row("c", 1, approved=False)]
    group = make_group(*rows)
    assert sorted(first_successes(group)) == [1, 4]
    assert (counts.attempts_to_success_median(group), counts.attempts_to_success_max(group)) == (1, 4)


def test_without_a_success_nothing_is_known_of_the_attempts_to_one() -> None:
    group = make_group(make_row(ending=Ending.BLOCKED))
    assert counts.attempts_to_success_median(group) is counts.attempts_to_success_max(group) is None


def test_a_task_is_reviewed_by_its_last_attempt_an_attempt_by_its_own() -> None:
    group = make_group(
        make_row("a", 1, approved=False),
        make_row("a", 2, approved=True),
        make_row("b", 1, approved=True),
        make_row("b", 2),
        make_row("c", 1, approved=False),
    )
    assert (counts.reviewed(group), counts.accepted(group)) == (2, 1)
    assert (counts.reviews_approved(group), counts.reviews_rejected(group)) == (2, 2)


@pytest.mark.parametrize("ending", list(Ending))
def test_each_attempt_ended_in_one_way(ending: Ending) -> None:
    group = make_group(make_row("a", ending=ending), make_row("b", ending=ending))
    figures = {each: getattr(counts, f"attempts_{each}")(group) for each in Ending}
    assert figures == {each: 2 if each is ending else 0 for each in Ending}


def test_gates_are_counted_by_gate_and_by_attempt() -> None:
    group = make_group(
        make_row("a", gates={"build": False, "lint": True}),
        make_row("b", gates={"build": True, "lint": True}),
        make_row("c", gates={"build": False}),
    )
    assert (counts.gated_attempts(group), counts.gate_failed_attempts(group)) == (3, 2)
    assert (counts.gates_run(group), counts.gates_failed(group)) == (5, 3)


def test_no_gate_that_was_run_is_0_and_no_word_of_gates_is_unknown() -> None:
    silent, none_run = make_row("a"), make_row("b", gates={})
    assert counts.gates_run(make_group(silent)) is counts.gates_failed(make_group(silent)) is None
    group = make_group(silent, none_run)
    assert counts.gates_run(group) == counts.gates_failed(group) == 0
    assert counts.gated_attempts(group) == counts.gate_failed_attempts(group) == 0


def test_an_empty_group_counts_nothing() -> None:
    group = make_group()
    assert counts.tasks(group) == counts.attempts(group) == counts.successes(group) == 0
    assert counts.first_attempts(group) == counts.reviewed(group) == counts.gated_attempts(group) == 0
