"""What came of an attempt, case by case, as docs/how-to/run.md has them in its table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.run.gates import Gate, Verdict
from taskfiles.run.judging import (
    GATES_LATE,
    MAX_REASON,
    OUT_OF_TIME,
    Judgement,
    Word,
    concerns_all,
    judge,
    make_feedback,
    own_word,
)
from taskfiles.run.process import Ended, How
from taskfiles.task.words import ExecutionStatus, Outcome

GOOD = Ended(0, How.EXITED, 1.0)
LINT = Gate("lint", "ruff check .")
FAILED_LINT = Verdict(LINT, False, 5, "a.py:1: wrong")
ADVISORY = Verdict(Gate("slow", "slow", required=False), False, 5, "")


def words_of(judgement: Judgement) -> tuple[str, str, str | None]:
    return judgement.status.value, judgement.outcome.value, judgement.error_type


@pytest.mark.parametrize(
    ("ended", "more", "expected"),
    [
        (GOOD, {}, ("completed", "success", None)),
        (GOOD, {"verdicts": [ADVISORY]}, ("completed", "success", None)),
        (GOOD, {"verdicts": [FAILED_LINT]}, ("completed", "partial", "gate_failed")),
        (Ended(3, How.EXITED, 1.0), {}, ("failed", "failed", "agent_error")),
        (GOOD, {"word": Word(True)}, ("failed", "failed", "agent_error")),
        (GOOD, {"word": Word(True, "rate_limit")}, ("failed", "failed", "rate_limit")),
        *[
            (Ended(code, How.EXITED, 1.0), {}, ("failed", "failed", "cancelled"))
            for code in (-1, -2, -9, -15, 129, 130, 137, 143)
        ],
        (Ended(-11, How.EXITED, 1.0), {}, ("failed", "failed", "agent_error")),
        (Ended(139, How.EXITED, 1.0), {}, ("failed", "failed", "agent_error")),
        (Ended(124, How.EXITED, 1.0), {}, ("failed", "failed", "timeout")),
        (Ended(-15, How.STOPPED, 60.0, OUT_OF_TIME), {}, ("failed", "failed", "timeout")),
        (GOOD, {"stopped": OUT_OF_TIME}, ("failed", "failed", "timeout")),
        (GOOD, {"stopped": GATES_LATE, "timeout": 60}, ("failed", "failed", "timeout")),
        (Ended(-15, How.TIMED_OUT, 60.0), {"timeout": 60}, ("failed", "failed", "timeout")),
        (Ended(0, How.STOPPED, 1.0, "enough"), {}, ("abandoned", "failed", "cancelled")),
        (GOOD, {"stopped": "enough"}, ("abandoned", "failed", "cancelled")),
        (None, {"problem": "agent: not found"}, ("failed", "blocked", "precondition")),
    ],
)
def test_each_end_has_its_words(
    ended: Ended | None, more: dict[str, Any], expected: tuple[str, str, str | None]
) -> None:
    assert words_of(judge(ended, **more)) == expected


@pytest.mark.parametrize(
    ("ended", "more", "reason"),
    [
        (Ended(3, How.EXITED, 1.0), {}, "it ended with exit code 3"),
        (Ended(3, How.EXITED, 1.0), {"word": Word(True, None, "no quota")}, "no quota"),
        (GOOD, {"word": Word(True)}, "it says so itself"),
        (Ended(-9, How.EXITED, 1.0), {}, "signal 9 ended it"),
        (Ended(143, How.EXITED, 1.0), {}, "signal 15 ended it"),
        (Ended(0, How.STOPPED, 1.0, OUT_OF_TIME), {}, "the overall time is over"),
        (Ended(-15, How.TIMED_OUT, 90.0), {"timeout": 90}, "it took longer than 90 s"),
        (Ended(0, How.STOPPED, 1.0, "Costs"), {}, "Costs"),
        (Ended(0, How.STOPPED, 1.0), {}, "stopped"),
        (GOOD, {"verdicts": [FAILED_LINT, ADVISORY]}, "failed: lint"),
        (None, {"problem": " \n"}, "no reason is known"),
    ],
)
def test_each_failure_has_its_reason(ended: Ended | None, more: dict[str, Any], reason: str) -> None:
    assert judge(ended, **more).reason == reason


def test_a_stop_counts_before_all_else_and_a_signal_before_the_agent_s_word() -> None:
    stopped = judge(Ended(-9, How.STOPPED, 1.0, "Costs"), word=Word(True, "rate_limit"))
    assert words_of(stopped) == ("abandoned", "failed", "cancelled")
    killed = judge(Ended(-9, How.EXITED, 1.0), word=Word(True, "rate_limit", "no quota"))
    assert (killed.error_type, killed.reason) == ("cancelled", "no quota")


@given(st.text(max_size=2 * MAX_REASON))
def test_a_reason_is_one_bounded_line(text: str) -> None:
    reason = judge(Ended(1, How.EXITED, 1.0), word=Word(True, None, text)).reason
    assert reason
    assert len(reason) <= MAX_REASON
    assert len(reason.splitlines()) == 1


def test_a_reason_holds_no_secret() -> None:
    word = Word(True, None, "refused: api_key=swordfish")
    assert judge(Ended(1, How.EXITED, 1.0), word=word).reason == "refused: api_key=[redacted]"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"notes": "busy", "error_type": "x"}, None),
        ({"status": "completed"}, Word(False)),
        ({"outcome": "success"}, Word(False)),
        ({"status": "completed", "outcome": "partial"}, Word(True)),
        (
            {"status": "failed", "error_type": "no_access", "error_reason": "why"},
            Word(True, "no_access", "why"),
        ),
        ({"status": "abandoned"}, Word(True)),
    ],
)
def test_what_an_agent_recorded_is_its_word_only_if_it_says_how_it_ended(
    said: dict[str, Any], word: Word | None
) -> None:
    assert own_word(said) == word


@pytest.mark.parametrize(
    ("ended", "verdicts", "expected"),
    [
        (GOOD, [], False),
        (GOOD, [FAILED_LINT], True),
        (Ended(1, How.EXITED, 1.0), [], True),
        (Ended(-15, How.TIMED_OUT, 1.0), [], True),
        (Ended(0, How.STOPPED, 1.0), [], False),
        (None, [], False),
    ],
)
def test_another_attempt_is_made_where_it_may_do_better(
    ended: Ended | None, verdicts: list[Verdict], expected: bool
) -> None:
    assert judge(ended, verdicts=verdicts, timeout=1).can_be_retried is expected


def test_the_next_attempt_is_given_what_required_gates_have_printed() -> None:
    judgement = judge(GOOD, verdicts=[FAILED_LINT, ADVISORY])
    feedback = make_feedback(judgement, [FAILED_LINT, ADVISORY])
    assert feedback == (
        "It ended partial: failed: lint.\n\n"
        "The gate `lint` runs `ruff check .`, which failed:\n\n```\na.py:1: wrong\n```"
    )
    silent = make_feedback(judgement, [FAILED_LINT._replace(output=" \n")])
    assert "(it printed nothing)" in silent


@given(st.text(alphabet="`x\n", max_size=12))
def test_the_fence_is_longer_than_any_in_what_was_printed(output: str) -> None:
    judgement = Judgement(ExecutionStatus.COMPLETED, Outcome.PARTIAL, "gate_failed", "failed: lint")
    shown = make_feedback(judgement, [FAILED_LINT._replace(output=f"x{output}x")])
    fence = shown.rpartition("\n")[2]
    assert set(fence) == {"`"}
    assert f"x{output}x".strip() == shown.partition(f"{fence}\n")[2].removesuffix(f"\n{fence}")
    assert fence not in f"x{output}x"


# Success needs a deed or a word


@pytest.mark.parametrize(
    ("word", "changed", "expected"),
    [
        (Word(False), True, ("completed", "success", None, False)),
        (Word(False), False, ("completed", "success", None, True)),
        (Word(False), None, ("completed", "success", None, False)),
        (Word(False, refused=2), True, ("completed", "success", None, False)),
        (Word(False, refused=2), False, ("failed", "blocked", "permission", False)),
        (Word(True, "output_limit", is_open=True), True, ("failed", "failed", "output_limit", False)),
        (Word(True, "output_limit", is_open=True), False, ("failed", "blocked", "output_limit", False)),
        (Word(True, "server_error"), False, ("failed", "failed", "server_error", False)),
    ],
)
def test_success_needs_a_deed_or_a_word(
    word: Word, changed: bool | None, expected: tuple[object, ...]
) -> None:
    found = judge(GOOD, word=word, changed=changed)
    assert (found.status.value, found.outcome.value, found.error_type, found.no_change) == expected


def test_who_is_refused_its_tools_is_not_tried_again() -> None:
    assert not judge(GOOD, word=Word(False, refused=1), changed=False).can_be_retried
    assert concerns_all(judge(GOOD, word=Word(False, refused=1), changed=False), 0)


def test_standard_error_is_the_reason_where_nothing_better_is_said() -> None:
    ended = Ended(1, How.EXITED, 1.0)
    found = judge(ended, word=Word(complaint="error: unknown option '-x'"))
    assert (found.error_type, found.reason) == ("invalid_input", "error: unknown option '-x'")
    found = judge(ended, word=Word(True, "refusal", "It won't.", "content_filter", complaint="warned"))
    assert (found.error_type, found.reason, found.detail) == ("refusal", "It won't.", "content_filter")
    assert judge(Ended(143, How.EXITED, 1.0), word=Word(complaint="Terminated")).error_type == "cancelled"
