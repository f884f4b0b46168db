"""What to work on, for people: ranked candidates and staged plans."""

from __future__ import annotations

from typing import Any

from support.backlogs import DONE, make_task
from support.backlogs import plan as plan_of
from support.streams import as_written
from taskfiles import Task
from taskfiles.backlog.wire import plan_object
from taskfiles_cli.render.lines import compose
from taskfiles_cli.render.queue import render_choice as lines_of_choice
from taskfiles_cli.render.queue import render_plan


def counted(part: str, word: str, points: int) -> dict[str, Any]:
    return {"part": part, "reason": f"{part} {word}", "points": points}


def candidate(rank: int, task_id: str, **more: Any) -> dict[str, Any]:
    reasons = [counted("priority", "high", 30), counted("size", "xl", 0)]
    known = {
        "rank": rank,
        "id": task_id,
        "title": "Fix\nit",
        "score": 30,
        "reasons": reasons,
        "blocked": None,
        "expired": None,
    }
    return known | more


def render_choice(answer: dict[str, Any], parallel: bool) -> str:
    return as_written(lines_of_choice(answer, parallel))


def choice(*candidates: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"candidates": list(candidates), "selected": [], "passed_over": [], "skipped": [], **more}


def test_candidates_are_ranked_with_what_counts_for_them() -> None:
    second = candidate(2, "a", score=0, reasons=[])
    assert render_choice(choice(candidate(1, "longer"), second), parallel=False).splitlines() == [
        "  1. longer  Fix\\nit",
        "     30 points: priority high +30",
        "  2. a       Fix\\nit",
        "     0 points",
    ]


def test_what_most_have_alike_is_said_once() -> None:
    usual = [counted("priority", "normal", 200), counted("ambiguity", "low", 10), counted("epic", "none", 0)]
    high = [counted("priority", "high", 300), *usual[1:]]
    vague = [
        usual[0],
        counted("ambiguity", "high", 0),
        counted("epic", "a", 30),
        counted("criteria", "no", -600),
    ]
    answer = choice(
        candidate(1, "first", score=310, reasons=high),
        *(candidate(rank, f"t{rank}", score=210, reasons=usual) for rank in (2, 3)),
        candidate(4, "vague", score=-370, reasons=vague),
    )
    assert render_choice(answer, parallel=False).splitlines()[1::2] == [
        "     310 points: priority high +300",
        "     210 points",
        "     210 points",
        "     -370 points: ambiguity high +0, epic a +30, criteria no -600",
    ]
    assert render_choice(answer, parallel=False).splitlines()[-1] == (
        "Unless stated otherwise: priority normal +200, ambiguity low +10"
    )


def test_halves_that_differ_each_say_what_they_have() -> None:
    one, other = [counted("size", "tiny", 20)], [counted("size", "small", 15)]
    answer = choice(candidate(1, "a", score=20, reasons=one), candidate(2, "b", score=15, reasons=other))
    assert render_choice(answer, parallel=False).splitlines()[1::2] == [
        "     20 points: size tiny +20",
        "     15 points: size small +15",
    ]


def test_a_claim_that_has_run_out_is_named() -> None:
    expired = {"by": "Ada\x1b", "until": "2025-11-02T12:00:00Z"}
    text = render_choice(choice(candidate(1, "a", expired=expired)), parallel=False)
    assert text.endswith("     in progress; the claim of Ada\\x1b expired at 2025-11-02T12:00:00Z\n")


def test_who_goes_together_and_who_was_passed_over() -> None:
    passed = [{"id": "c", "conflict": "touches:src|src/**", "with": "a"}]
    text = render_choice(choice(candidate(1, "a"), selected=["a", "b"], passed_over=passed), parallel=True)
    assert text.endswith("\n\nTogether: a, b\nPassed over: c, touches:src|src/** with a\n")


def test_nothing_to_begin_is_said() -> None:
    first = 'There is no task to begin. `tasks new "Fix the navbar" --state ready` creates one.\n'
    assert render_choice(choice(), parallel=True) == first
    skipped = [{"code": "idea", "count": 1, "ids": ["a"]}]  # the command says what to do about them
    assert render_choice(choice(skipped=skipped), parallel=True) == "There is no task to begin.\n"


def test_a_terminal_gets_lines_of_its_width() -> None:
    reasons = [counted(f"reason {number}", "of some length", 1) for number in range(6)]
    passed = [{"id": "c" * 30, "conflict": "touches:src|src/**", "with": "a" * 30}]
    answer = choice(
        candidate(1, "a", title="Fix the navbar " * 8, reasons=reasons, priority="urgent"),
        candidate(12, "longer", title="b", priority="high"),
        selected=["a", "longer"],
        passed_over=passed,
    )
    lines = [compose(line, colours=False) for line in lines_of_choice(answer, True, 60, "icon")]
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("  1. a       Fix the navbar Fix")
    assert lines[1].startswith("     ")
    assert "▲ urgent" in "".join(lines[:4])
    assert " 12. longer  b" in lines


def planned(*tasks: Task, **settings: Any) -> str:
    plan = plan_of(list(tasks), **settings)
    return as_written(render_plan(plan_object(plan), plan))


def test_a_plan_shows_its_stages_and_what_later_tasks_wait_for() -> None:
    lines = planned(make_task("a"), make_task("b"), make_task("later", depends_on=["a"])).splitlines()
    assert lines[0].startswith("3 tasks in 2 stages: ")
    assert lines[1].startswith("multiwf-")
    assert lines[2:] == [
        "",
        "Stage 0, 2 side by side",
        "  a      Title of a",
        "  b      Title of b",
        "",
        "Stage 1",
        "  later  Title of later",
        "         waits for stage 0: depends_on:a",
    ]


def test_waiting_for_room_is_named_and_long_lists_are_cut() -> None:
    full = planned(make_task("a"), make_task("b"), max_parallel=1)
    assert "waits for stage 0: it is full\n" in full
    others = [make_task(name) for name in "abcde"]
    waiting = make_task("last", depends_on=[task.id for task in others])
    assert "depends_on:a, depends_on:b, depends_on:c and 2 more\n" in planned(*others, waiting)
    assert "one after the other" in planned(make_task("a"), make_task("b"), parallel=False)


def test_a_preview_says_so_and_an_empty_plan_too() -> None:
    assert planned(make_task("a"), preview=True).splitlines()[2] == "Preview only: not to be run."
    assert planned(make_task("a", **DONE)).endswith("; there is nothing to plan.\n")
