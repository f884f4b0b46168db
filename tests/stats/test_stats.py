"""`tasks stats`: a small project computed by hand, what is left out, options, formats, terminals."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support import report_material as material
from support.corpora import FILES, needs_corpus
from support.in_process import call
from support.project import Done, Project
from support.streams import as_written
from taskfiles.schema.files import read_schema
from taskfiles.stats.figures import FIGURES
from taskfiles_cli.render.stats import render_stats

SCHEMA = Draft202012Validator(read_schema("stats"))


def attempt(
    day: int, start: str, minutes: int, status: str = "completed", model: str | None = "opus", **more: Any
) -> dict[str, Any]:
    hour, minute = map(int, start.split(":"))
    end = hour * 60 + minute + minutes
    executor = {"tool": "claude-code", **({"model": model} if model else {})}
    return {
        "started_at": f"2025-11-{day:02}T{start}:00Z",
        "ended_at": f"2025-11-{day:02}T{end // 60:02}:{end % 60:02}:00Z",
        "duration_seconds": minutes * 60,
        "status": status,
        "executor": executor,
        **more,
    }


def verdict(approved: bool) -> dict[str, Any]:
    return {"name": "Ada", "approved": approved, "reviewed_at": "2025-11-09T12:00:00Z"}


def put(project: Project, task_id: str, *attempts: dict[str, Any], **keys: str) -> None:
    extra = f"execution: {json.dumps({'attempts': attempts})}\n" if attempts else ""
    project.task(task_id, extra=extra, **{"state": "done", **keys})


def ask(project: Project, *argv: str) -> dict[str, Any]:
    done = call(project, "stats", *argv, "--output", "json")
    assert done.code == 0, done.err
    SCHEMA.validate(done.json)
    answer: dict[str, Any] = done.json
    return answer


def group(answer: dict[str, Any], *values: str | None) -> dict[str, Any]:
    (found,) = [each for each in answer["groups"] if tuple(each["key"].values()) == values]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def shop(project: Project) -> Project:
    """Six tasks of low ambiguity and one of high one, by two models."""
    put(project, "a", attempt(1, "10:00", 10, cost={"actual_usd_micros": 100}, reviewer=verdict(True)))
    put(
        project,
        "b",
        attempt(1, "10:00", 20, "failed", error_type="timeout", cost={"actual_usd_micros": 300}),
        attempt(1, "11:00", 30, cost={"actual_usd_micros": 200, "estimated_usd_micros": 400}),
    )
    put(project, "c", attempt(2, "10:00", 40, "failed"), attempt(2, "10:30", 30, model="gpt"))
    put(project, "d", attempt(3, "10:00", 5, reviewer=verdict(False)))
    put(project, "e", attempt(3, "10:00", 5, "abandoned", error_type="cancelled"), state="ready")
    put(
        project,
        "f",
        attempt(
            4, "10:00", 15, outcome="partial", quality_gates={"run": ["build", "lint"], "failed": ["lint"]}
        ),
        state="in-progress",
    )
    put(project, "g", attempt(30, "23:30", 20, model="gpt"), ambiguity="high", size="xl")
    put(project, "untold")
    put(project, "open", state="ready")
    return project


def test_a_small_project_by_hand(shop: Project) -> None:
    answer = ask(shop)
    assert answer["by"] == ["model", "ambiguity"]
    assert [tuple(each["key"].values()) for each in answer["groups"]] == [
        ("opus", "low"),
        ("gpt", "low"),
        ("gpt", "high"),
    ]
    opus = group(answer, "opus", "low")
    # a and b succeed; c failed here, d was rejected, e abandoned, f partial.
    expected = {"rank": 1, "tasks": 6, "attempts": 7, "successes": 2, "insufficient": False}
    expected |= {"first_attempts": 6, "first_attempt_successes": 1, "success_within_2": 2}
    expected |= {"attempts_to_success_median": 1, "attempts_to_success_max": 2}
    expected |= {"reviewed": 2, "accepted": 1, "reviews_approved": 1, "reviews_rejected": 1}
    expected |= {"attempts_succeeded": 3, "attempts_partial": 1, "attempts_blocked": 0, "attempts_failed": 1}
    expected |= {"attempts_timed_out": 1, "attempts_abandoned": 1}
    expected |= {"work_seconds": 125 * 60, "duration_p50": 900, "duration_p95": 2400}
    # Wall clock: 10 + 90 + 40 + 5 + 5 + 15 minutes, of which b was idle from 10:20 to 11:00.
    expected |= {"wall_seconds": 165 * 60, "idle_seconds": 40 * 60, "duration_p95_measure": "maximum"}
    expected |= {"gated_attempts": 1, "gate_failed_attempts": 1, "gates_run": 2, "gates_failed": 1}
    expected |= {"input_tokens": None, "input_tokens_known_attempts": 0}
    expected |= {"cost_usd_micros": 600, "cost_known_attempts": 3, "cost_known_tasks": 2}
    expected |= {
        "cost_known_successes": 2,
        "cost_per_task_usd_micros": 300,
        "cost_per_success_usd_micros": 300,
    }
    expected |= {"cost_compared_tasks": 1, "cost_actual_to_estimated": 1.25}
    # Six medium tasks worked 10, 50, 70, 5, 5 and 15 minutes: the median is 10.
    expected |= {"effort_tasks": 6, "effort_work_seconds": 125 * 60, "effort_expected_seconds": 3600}
    assert {name: opus[name] for name in expected} == expected
    assert opus["success_rate"] == 2 / 6
    assert opus["success_rate_low"] == pytest.approx(0.0967714, abs=1e-7)
    assert opus["success_rate_high"] == pytest.approx(0.7000067, abs=1e-7)
    assert opus["effort"] == 7500 / 3600
    assert answer["sizes"] == [
        {"size": "medium", "tasks": 6, "median_work_seconds": 600, "insufficient": False},
        {"size": "xl", "tasks": 1, "median_work_seconds": 1200, "insufficient": True},
    ]


def test_a_task_counts_in_each_group_and_its_first_attempt_in_one(shop: Project) -> None:
    answer = ask(shop)
    gpt = group(answer, "gpt", "low")
    assert (gpt["tasks"], gpt["successes"], gpt["first_attempts"], gpt["success_rate"]) == (1, 1, 0, 1.0)
    assert (gpt["first_attempt_rate"], gpt["attempts_to_success_max"], gpt["rank"]) == (None, None, None)
    assert gpt["insufficient"] is gpt["first_attempt_insufficient"] is True
    together = ask(shop, "--by", "tool")["groups"][0]
    assert (together["tasks"], together["successes"], together["attempts_to_success_max"]) == (7, 4, 2)
    # c's attempts overlap by ten minutes, so that it was never idle.
    assert answer["totals"]["tasks"] == 7
    assert together["idle_seconds"] == 40 * 60
    assert together["wall_seconds"] == (165 + 20 + 20) * 60


def test_what_is_left_out_is_counted_and_named(shop: Project) -> None:
    shop.task(
        "wrong", priority="hihg", extra=f"execution: {json.dumps({'attempts': [attempt(1, '1:00', 5)]})}\n"
    )
    shop.write(shop.path("broken"), "---\nid: broken\n")
    twin = (shop.root / shop.path("e")).read_text()
    shop.write(shop.path("twin", "idea"), twin)
    done = call(shop, "stats", "--output", "json")
    unreadable, others = [json.loads(line)["warning"] for line in done.err.splitlines()]
    assert (unreadable["path"], others["code"], others["count"]) == (
        shop.path("broken"), "other-tasks", 2,
    )  # fmt: skip
    answer = done.json
    assert (answer["invalid"], answer["unreadable"], answer["without_telemetry"]) == (3, 1, 1)
    assert answer["totals"]["tasks"] == 6  # neither of the two files with the id e
    assert ask(shop, "--state", "done")["invalid"] == 0
    human = call(shop, "stats").out
    assert "Left out: 3 invalid tasks, 1 unreadable file; see `tasks validate`." in human
    assert "Without any attempt: 1 done task;" in human


def test_open_tasks_that_were_due_are_counted(project: Project) -> None:
    project.configure('timezone = "Asia/Tokyo"\n')
    project.task("late", due="2020-01-01", milestone="v1")
    project.task("far", due="9999-01-01")
    project.task("ended", state="done", due="2020-01-01", close_reason="superseded", created_by="ana")
    assert ask(project)["overdue"] == 1
    assert ask(project, "--state", "done")["overdue"] == 0
    assert "Overdue: 1 open task; `tasks list --overdue` lists them." in call(project, "stats").out
    (row,) = [each for each in export_rows(project) if each["task_id"] == "late"]
    assert (row["due"], row["milestone"]) == ("2020-01-01T14:59:59.999999Z", "v1")
    (row,) = [each for each in export_rows(project) if each["task_id"] == "ended"]
    assert (row["close_reason"], row["created_by"], row["rank"]) == ("superseded", "ana", None)


def export_rows(project: Project) -> list[dict[str, Any]]:
    call(project, "export", "--dataset", "out", "--format", "jsonl")
    lines = (project.root / "out").rglob("tasks*.jsonl")
    return [json.loads(line) for path in lines for line in path.read_text().splitlines()]


def test_an_invalid_task_may_be_of_any_state(shop: Project) -> None:
    shop.write("tasks/10-ready/task-odd.md", "---\nid: odd\ntitle: Odd\nstate: [done]\n---\n")
    assert ask(shop, "--state", "done")["invalid"] == 1


def test_without_telemetry_lists_done_tasks_without_an_attempt(shop: Project) -> None:
    expected = {"id": "untold", "title": "Title of untold", "kind": "task"}
    expected |= {
        "path": shop.path("untold", "done", completed_at="2025-11-02T12:00:00Z"),
        "completed_at": "2025-11-02T12:00:00Z",
    }
    assert ask(shop, "--without-telemetry")["tasks_without_telemetry"] == [expected]
    assert json.loads(call(shop, "stats", "--without-telemetry", "-o", "jsonl").out) == expected
    assert call(shop, "stats", "--without-telemetry", "-o", "plain").out == "untold\n"
    assert list(csv.DictReader(io.StringIO(call(shop, "stats", "--without-telemetry", "-o", "csv").out))) == [
        expected
    ]
    assert "untold" in call(shop, "stats", "--without-telemetry").out
    for span in (("--since", "2025-11-03"), ("--until", "2025-11-02"), ("--state", "ready")):
        assert ask(shop, *span)["without_telemetry"] == 0


@pytest.mark.parametrize(
    ("span", "attempts"),
    [
        (("--since", "2025-11-01T10:20:00Z"), 8),
        (("--since", "2025-11-01T10:20:00.001Z"), 7),
        (("--until", "2025-11-01T10:20:00Z"), 1),
        (("--since", "2025-11-01T12:00:00+01:00", "--until", "2025-11-03"), 3),
        (("--until", "2025-12-01"), 9),
    ],
)
def test_attempts_count_that_ended_in_the_span(shop: Project, span: tuple[str, ...], attempts: int) -> None:
    """From its beginning on, before its end."""
    assert ask(shop, *span)["totals"]["attempts"] == attempts


def test_a_first_attempt_outside_the_span_is_none_inside(shop: Project) -> None:
    answer = ask(shop, "--since", "2025-11-01T11:00:00Z", "--until", "2025-11-02")
    opus = group(answer, "opus", "low")
    assert (opus["tasks"], opus["successes"], opus["first_attempts"]) == (1, 1, 0)
    assert answer["filter"] == {
        "since": "2025-11-01T11:00:00Z",
        "until": "2025-11-02T00:00:00Z",
        "states": [],
        "task": None,
    }


def test_what_follows_one_another_is_shown_in_its_order(project: Project) -> None:
    """Months and words of a scale, whoever ranks first; other groups go by rank."""
    for number in range(6):
        for month, size, status in (
            (9, "xl", "completed"),
            (10, "small", "failed"),
            (11, "medium", "completed"),
        ):
            tried = material.attempt(1, 60, status, model=f"m-{month}", month=month)
            material.put(
                project, f"t-{month}-{number}", tried, size=size, priority="low" if month == 9 else "urgent"
            )

    def shown(*by: str) -> list[list[str]]:
        return [list(each["key"].values()) for each in ask(project, "--by", ",".join(by))["groups"]]

    assert shown("month") == [["2025-09"], ["2025-10"], ["2025-11"]]
    assert shown("size") == [["small"], ["medium"], ["xl"]]
    assert shown("priority") == [["low"], ["urgent"]]
    assert shown("model", "month") == [["m-10", "2025-10"], ["m-11", "2025-11"], ["m-9", "2025-09"]]
    assert shown("model")[-1] == ["m-10"]
    ranks = [each["rank"] for each in ask(project, "--by", "month")["groups"]]
    assert ranks == [1, 3, 1]


def test_months_are_those_of_utc(project: Project) -> None:
    late = attempt(30, "22:00", 30) | {"ended_at": "2025-11-30T23:30:00-02:00"}
    put(project, "a", attempt(30, "22:00", 30), late)
    assert {each["key"]["month"] for each in ask(project, "--by", "month")["groups"]} == {
        "2025-11",
        "2025-12",
    }


def test_a_task_and_all_below_it(project: Project) -> None:
    project.task("epic", kind="epic", children="[story]")
    project.task("story", kind="story", children="[a]")
    put(project, "a", attempt(1, "10:00", 10), state="ready")
    put(project, "b", attempt(1, "10:00", 10), state="ready")
    for task_id, tasks in (("epic", 1), ("a", 1), ("b", 1)):
        assert ask(project, "--task", task_id)["totals"]["tasks"] == tasks
    done = call(project, "stats", "--task", "epik", "-o", "json")
    assert (done.code, done.error["code"]) == (3, "no-such-task")
    (project.root / "tasks/00-idea").mkdir()
    project.write(project.path("x", "idea"), (project.root / project.path("a")).read_bytes())
    done = call(project, "stats", "--task", "a", "-o", "json")
    assert (done.code, done.error["code"]) == (3, "ambiguous-task")
    assert ask(project, "--task", "b")["invalid"] == 0


def test_labels_and_own_keys(project: Project) -> None:
    put(
        project,
        "a",
        attempt(1, "10:00", 10),
        labels="[ui, api, ui]",
        x_team="red",
        x_map="{n: 5, f: [true, {b: 1}]}",
    )
    put(project, "b", attempt(1, "10:00", 10), labels="[]", x_team="' '")

    def keys(by: str) -> list[tuple[str | None, ...]]:
        return [tuple(each["key"].values()) for each in ask(project, "--by", by)["groups"]]

    assert keys("label") == [("api",), ("ui",), (None,)]
    assert keys("labels,x_team") == [("api", "red"), ("ui", "red"), (None, None)]
    assert keys("x_map.n") == [("5",), (None,)]
    assert keys("x_map.f") == [("true",), ('{"b":1}',), (None,)]
    assert keys("state,track") == [("done", None)]
    assert ask(project, "--by", "label")["totals"]["attempts"] == 2


def test_words_stand_in_their_order(project: Project) -> None:
    for size in ("xl", "tiny", "medium"):
        put(project, size, attempt(1, "10:00", 10), size=size)
    assert [each["key"]["size"] for each in ask(project, "--by", "size")["groups"]] == [
        "tiny",
        "medium",
        "xl",
    ]


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (("--by", "modle"), "Did you mean model?"),
        (("--by", ""), "it names nothing"),
        (("--by", "model,x_none"), "it is not a known field"),
        (("--since", "someday"), "7d"),
        (("--since", "2025-11-02", "--until", "2025-11-02"), "not after"),
        (("--state", "finished"), "one of"),
    ],
)
def test_wrong_words_are_refused(shop: Project, argv: tuple[str, ...], word: str) -> None:
    done = call(shop, "stats", *argv, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "bad-value")
    assert word in done.error["message"] + done.error["hint"]


def test_attempts_out_of_order_count_as_they_stand(project: Project) -> None:
    """The first is the first in the file, and the last the last, whatever their times."""
    put(project, "a", attempt(2, "10:00", 10), attempt(1, "10:00", 10, "failed"))
    (only,) = ask(project)["groups"]
    assert (only["first_attempt_successes"], only["successes"], only["attempts_to_success_max"]) == (1, 0, 1)
    assert (only["wall_seconds"], only["idle_seconds"]) == (86400 + 600, 86400 - 600)


def test_from_twenty_attempts_on_there_is_a_percentile(project: Project) -> None:
    for count, expected in ((19, (19 * 60, "maximum")), (20, (19 * 60, "percentile"))):
        for number in range(1, count + 1):
            put(project, f"t-{number}", attempt(1, "10:00", number))
        (only,) = ask(project)["groups"]
        assert (only["duration_p95"], only["duration_p95_measure"]) == expected


def test_huge_numbers_stay_whole(project: Project) -> None:
    most = 2**63 - 1
    cost = {"actual_usd_micros": most, "estimated_usd_micros": 1}
    for number in range(5):
        put(
            project,
            f"t-{number}",
            attempt(1, "10:00", 1, cost=cost)
            | {
                "duration_seconds": most,
                "started_at": "0001-01-01T00:00:00Z",
                "ended_at": "9999-12-31T23:59:59Z",
            },
        )
    answer = ask(project)
    (only,) = answer["groups"]
    assert only["cost_usd_micros"] == only["work_seconds"] == answer["totals"]["work_seconds"] == 5 * most
    assert only["effort"] == 1.0
    assert call(project, "stats").code == 0


def test_nothing_at_all(project: Project) -> None:
    answer = ask(project)
    assert (answer["groups"], answer["groups_found"], answer["sizes"], answer["plans"]) == ([], 0, [], None)
    assert {answer["totals"][name] for name in answer["totals"]} == {0, None}
    assert (
        call(project, "stats").out
        == "No attempts. `tasks record ID` records one, `tasks run ID` makes one.\n"
    )
    assert call(project, "stats", "-o", "plain").out == call(project, "stats", "-o", "jsonl").out == ""
    assert call(project, "stats", "-o", "csv").out.startswith("model,ambiguity,rank,tasks,")


def test_plans_are_counted_from_the_log(project: Project) -> None:
    project.task("fix")
    assert ask(project, "--plans")["plans"] is None
    call(project, "plan")
    call(project, "plan")
    expected = {"multi_workflow_count": 1, "partial_success_count": 0, "conflict_count": 0}
    assert ask(project, "--plans")["plans"] == expected
    assert ask(project)["plans"] is None
    assert ask(project, "--plans", "--until", "2025-11-01")["plans"] == {
        **expected,
        "multi_workflow_count": 0,
    }
    assert (
        "In the event log: 1 plan, 0 of them a partial success, 0 conflicts."
        in call(project, "stats", "--plans").out
    )
    (log,) = (project.root / ".git/tasks/telemetry/v1").rglob("*.jsonl")
    odd = {"id": "1", "type": "multi_workflow.plan_created", "time": "2025-11-02T12:00:00Z"}
    for data in (
        {"plan_id": "p", "stages": [5, {"blocking_conflicts": [None]}]},
        {"plan_id": "q", "stages": "x"},
    ):
        with log.open("a") as file:
            file.write(json.dumps({**odd, "id": data["plan_id"], "data": data}) + "\n")
    assert ask(project, "--plans")["plans"] == {**expected, "multi_workflow_count": 3}


def test_formats_say_the_same(shop: Project) -> None:
    groups = ask(shop)["groups"]
    assert [json.loads(line) for line in call(shop, "stats", "-o", "jsonl").out.splitlines()] == groups
    assert call(shop, "stats", "-o", "plain").out == "opus\tlow\ngpt\tlow\ngpt\thigh\n"
    rows = list(csv.DictReader(io.StringIO(call(shop, "stats", "-o", "csv").out)))
    assert list(rows[0]) == ["model", "ambiguity", "rank", *(figure.name for figure in FIGURES)]
    for row, each in zip(rows, groups, strict=True):
        flat = {**each["key"], **{name: value for name, value in each.items() if name != "key"}}
        texts = {name: "" if value is None else str(value) for name, value in flat.items()}
        assert row == {
            name: text.lower() if text in {"True", "False"} else text for name, text in texts.items()
        }


def test_at_most_so_many_groups(shop: Project) -> None:
    answer = ask(shop, "--limit", "1")
    assert (len(answer["groups"]), answer["groups_found"], answer["totals"]["tasks"]) == (1, 3, 7)
    assert "Of 3 groups 1 shown." in call(shop, "stats", "--limit", "1").out
    assert call(shop, "stats", "--limit", "0").out.startswith("No groups shown.\n")


def test_the_table_in_a_pipe(shop: Project) -> None:
    assert call(shop, "stats", "--by", "model").out == TABLE


TABLE = """\
MODEL  RANK  TASKS  SUCCESS        RATE  95 % INTERVAL  FIRST  ATTEMPTS  P50      P95         COST
opus      1      6        2       33.3%      9.7-70.0%    1/6         7  15m  max 40m  $0.00 (3/7)
gpt       -      2        2  100.0% n<5    34.2-100.0%    1/1         2  20m  max 30m            -
Together: 7 tasks, 9 attempts, 2h 55m of work, cost $0.00 (3/9).
n<5: too few tasks to rank.
Without any attempt: 1 done task; `tasks stats --without-telemetry` lists them.
"""


def test_bars_on_a_terminal_that_is_wide_enough(shop: Project) -> None:
    answer = ask(shop)
    wide = as_written(render_stats(answer, 140)).splitlines()
    assert "9.7-70.0%  ·━━━━━●━━━━━━━━·····" in wide[1]
    assert "20.7-100.0%  ····━━━━━━━━━━━━━━━●" in wide[2]
    narrow = as_written(
        render_stats(
            {**answer, "groups": [{**answer["groups"][0], "key": {"model": "m" * 90, "n": "x\ty"}}]}, 110
        )
    ).splitlines()
    assert "━" not in narrow[1]
    assert max(map(len, narrow[:2])) == 110
    assert "m…  x\\ty" in narrow[1]
    small = as_written(render_stats(answer, 80)).splitlines()
    assert small[0] == "MODEL  AMBIGUITY  RANK  TASKS  SUCCESS        RATE  95 % INTERVAL         COST"
    assert small[-1] == "No room for FIRST, ATTEMPTS, P50, P95: `--output csv` has them."


def test_it_reads_and_nothing_else(shop: Project) -> None:
    before = shop.tree()
    done: Done = call(shop, "stats", "--plans", "--by", "label,month")
    assert done.code == 0
    assert shop.tree() == before
    assert not (shop.root / ".git/tasks/telemetry").exists()


@needs_corpus
def test_the_corpus(project: Project) -> None:
    for file in FILES:
        project.write(f"tasks/{file.parent.name}/{file.name}", file.read_bytes())
    answer = ask(project, "--by", "month,model,tool")
    assert answer["invalid"] == answer["unreadable"] == 0
    assert answer["totals"]["tasks"] + answer["without_telemetry"] == len(FILES)
    listed = call(project, "list", "--has-execution", "-o", "json").json
    assert answer["totals"]["attempts"] == sum(len(task["execution"]["attempts"]) for task in listed)
    assert sum(each["attempts"] for each in answer["groups"]) == answer["totals"]["attempts"]
