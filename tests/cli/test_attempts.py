"""`tasks attempts`: which attempts are shown, and what they add up to."""

from __future__ import annotations

import pytest

from support.in_process import call, ok
from support.project import Project


def attempt(day: int, minutes: int = 10, status: str = "completed", **more: str) -> str:
    keys = {"tool": "claude-code", "model": "opus"} | {
        name: more.pop(name) for name in ("tool", "model") if name in more
    }
    executor = ", ".join(f"{name}: {value}" for name, value in keys.items())
    rest = "".join(f", {name}: {value}" for name, value in more.items())
    return (
        f"{{started_at: 2025-11-{day:02}T10:00:00Z, ended_at: 2025-11-{day:02}T10:{minutes:02}:00Z, "
        f"duration_seconds: {60 * minutes}, status: {status}, executor: {{{executor}}}{rest}}}"
    )


@pytest.fixture
def project(project: Project) -> Project:
    first = attempt(1, status="failed", error_type="timeout", cost="{actual_usd_micros: 1250000}")
    second = attempt(
        3, 20, cost="{actual_usd_micros: 250000}", usage="{input_tokens: 45678, output_tokens: 9}"
    )
    review = "{name: Ada, approved: false, reviewed_at: 2025-11-04T10:00:00Z}"
    project.task("top", kind="story", children="[deep]", execution=f"{{attempts: [{first}, {second}]}}")
    third = attempt(2, model="gpt-5", tool="codex", reviewer=review)
    project.task("deep", state="idea", labels="[ui]", execution=f"{{attempts: [{third}]}}")
    project.task("idle")
    return project


def ends(project: Project, *argv: str) -> list[str]:
    return [line[9] for line in ok(call(project, "attempts", *argv, "-o", "plain")).out.splitlines()]


@pytest.mark.parametrize(
    ("argv", "days"),
    [
        ([], "321"),
        (["--since", "2025-11-02"], "32"),
        (["--until", "2025-11-03"], "21"),
        (["--since", "2025-11-02", "--until", "2025-11-03"], "2"),
        (["--status", "failed,abandoned"], "1"),
        (["--model", "opus"], "31"),
        (["--model", "opus,gpt-5", "--tool", "codex"], "2"),
        (["--task", "top"], "321"),
        (["--task", "deep"], "2"),
        (["-s", "ready"], "31"),
        (["-l", "ui"], "2"),
        (["--where", "parent=top"], "2"),
        (["--where", "label=ui state=ready"], ""),
        (["-s", "idea", "--where", "state=ready"], ""),
        (["--limit", "1"], "3"),
        (["--limit", "0"], ""),
    ],
)
def test_options_choose(project: Project, argv: list[str], days: str) -> None:
    assert ends(project, *argv) == [*days]


def test_days_are_those_of_the_project(project: Project) -> None:
    project.configure('timezone = "Pacific/Kiritimati"\n')  # fourteen hours ahead: ten is midnight
    assert ends(project, "--since", "2025-11-03") == ["3", "2"]
    assert "2025-11-04 00:20" in call(project, "attempts").out


def test_people_see_who_did_what_and_the_sum(project: Project) -> None:
    lines = ok(call(project, "attempts")).out.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "ENDED TASK RESULT TIME COST MODEL TOOL TOKENS REVIEW",
        "2025-11-03 10:20 top succeeded 20m $0.25 opus claude-code 46k in, 9 out",
        "2025-11-02 10:10 deep succeeded 10m gpt-5 codex rejected by Ada",
        "2025-11-01 10:10 top timed out 10m $1.25 opus claude-code",
        "Together: 3 attempts, 40m of work, cost $1.50 (2/3).",
    ]
    shown = call(project, "attempts", "--limit", "1").out.splitlines()
    assert shown[2:] == [
        "Together: 3 attempts, 40m of work, cost $1.50 (2/3).",
        "2 more attempts not shown: --limit 3",
    ]


def test_people_see_twenty_and_programs_all(project: Project) -> None:
    many = ", ".join(attempt(day) for day in range(1, 24))
    project.task("many", execution=f"{{attempts: [{many}]}}")
    assert len(call(project, "attempts").out.splitlines()) == 1 + 20 + 2
    assert len(call(project, "attempts", "-o", "json").json) == 26


def test_an_empty_answer_says_what_to_type(project: Project) -> None:
    none = "No attempt matches. `tasks attempts` shows all 3 attempts.\n"
    assert ok(call(project, "attempts", "--model", "nobody")).out == none
    for file in (project.root / "tasks").rglob("*.md"):
        if "idle" not in file.name:
            file.unlink()
    none = "No attempts. `tasks record ID` records one, `tasks run ID` makes one.\n"
    assert ok(call(project, "attempts")).out == none


def test_a_task_that_is_not_there_is_refused(project: Project) -> None:
    done = call(project, "attempts", "--task", "nobody", "-o", "json")
    assert (done.code, done.error["code"]) == (3, "no-such-task")
    assert call(project, "attempts", "--status", "done").code == 2
    assert call(project, "attempts", "--since", "today", "--until", "2025-11-01").code == 2


def test_tasks_that_are_left_out_are_named(project: Project) -> None:
    project.task("odd", priority="hihg", execution=f"{{attempts: [{attempt(9)}]}}")
    done = ok(call(project, "attempts", "-o", "plain"))
    assert "odd" not in done.out
    assert "unknown-value" in done.err or "1 other task has errors" in done.err
