"""The page of figures tells the truth: its arithmetic, and what the command makes of its example."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from support.in_process import call
from support.paths import REPOSITORY
from support.project import Project
from taskfiles.report.attempts import DIMENSIONS as DIMENSIONS_OF_REPORT
from taskfiles.report.attempts import make_attempt_material
from taskfiles.report.frontier import Offer, find_frontier
from taskfiles.report.material import BOUNDS
from taskfiles.stats.dimensions import DIMENSIONS
from taskfiles.stats.figures import FIGURES
from taskfiles.stats.rows import Scope, gather
from taskfiles.stats.texts import duration_text

PAGE = REPOSITORY / "docs" / "reference" / "metrics.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository's docs")
ROW = re.compile(r"^\| `(\w+)` \| .* \| `([^`]+)` = (\S+) \|$", re.MULTILINE)
USAGE = ["input", "output", "cache read", "cache write", "estimated input", "estimated output"]


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def rank(values: list[int], percent: int) -> int:
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def evaluate(arithmetic: str) -> Any:
    names = {"z": 1.959964, "sqrt": math.sqrt, "rank": rank, "max": max, "__builtins__": {}}
    return eval(arithmetic, names)  # the page is ours


def read_value(shown: str) -> Any:
    return {"true": True, "false": False}.get(shown) if shown in {"true", "false"} else _number(shown)


def _number(shown: str) -> Any:
    if re.fullmatch(r"\d+", shown):
        return int(shown)
    return float(shown) if re.fullmatch(r"\d+\.\d+", shown) else shown


def is_shown(value: Any, shown: str) -> bool:
    """Whether a value is what the page shows of it: bounds in five digits, all else whole."""
    told = read_value(shown)
    if isinstance(told, float) and len(shown) == 7:
        return bool(round(value, 5) == told)
    return type(value) is type(told) and bool(value == told)


def example() -> dict[str, list[dict[str, str]]]:
    """The rows of the example by task, each by the names of its columns."""
    header, _, *rows = re.findall(
        r"^\|(.*)\|$", text().partition("## The example")[2].partition("##")[0], re.MULTILINE
    )
    names = [name.strip() for name in header.split("|")]
    tasks: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        cells = dict(zip(names, (cell.strip() for cell in row.split("|")), strict=True))
        tasks.setdefault(cells["task"], []).append(cells)
    return tasks


def attempt(row: dict[str, str]) -> dict[str, Any]:
    outcome, _, error = row["outcome"].partition(", ")
    status = {"success": "completed", "partial": "completed", "abandoned": "abandoned"}.get(outcome, "failed")
    told: dict[str, Any] = {
        "started_at": f"2025-11-02T{row['start']}:00Z",
        "ended_at": f"2025-11-02T{row['end']}:00Z",
        "duration_seconds": int(row["seconds"]),
        "status": status,
        "executor": {"tool": "agent", "model": row["model"]},
    }
    told |= {"outcome": outcome} if outcome in {"partial", "blocked"} else {}
    told |= {"error_type": error} if error else {}
    usage = {f"{name.replace(' ', '_')}_tokens": int(row[name]) for name in USAGE if row[name]}
    costs = {"actual_usd_micros": "cost", "estimated_usd_micros": "estimated cost"}
    cost = {key: int(row[name]) for key, name in costs.items() if row[name]}
    gates = {}
    if row["run"]:
        run = [f"gate-{number}" for number in range(int(row["run"]))]
        gates = {"run": run, "failed": run[: int(row["failed"])]}
    told |= {key: part for key, part in (("usage", usage), ("cost", cost), ("quality_gates", gates)) if part}
    if row["review"]:
        approved = row["review"] == "approved"
        told["reviewer"] = {"name": "Ada", "approved": approved, "reviewed_at": "2025-11-03T12:00:00Z"}
    return told


def test_the_page_has_an_example_of_every_figure_in_order() -> None:
    assert sorted(name for name, _, _ in ROW.findall(text())) == sorted(figure.name for figure in FIGURES)
    for name in DIMENSIONS:
        assert f"`{name}`" in text().partition("## Dimensions")[2].partition("##")[0]


def test_the_page_names_the_cases_of_every_figure() -> None:
    section = text().partition("## Cases")[2].partition("##")[0]
    told = {}
    for cases, names in re.findall(r"^\| (?:`(\w+)`|none[^|]*) \| (.*) \|$", section, re.MULTILINE):
        told |= dict.fromkeys(re.findall(r"`(\w+)`", names), cases or None)
    assert told == {figure.name: figure.cases for figure in FIGURES}


@pytest.mark.parametrize(
    ("name", "arithmetic", "shown"), ROW.findall(text()) if PAGE.is_file() else [], ids=lambda part: part[:30]
)
def test_the_arithmetic_is_right(name: str, arithmetic: str, shown: str) -> None:
    assert is_shown(evaluate(arithmetic), shown)


def put_example(project: Project) -> None:
    for name, rows in example().items():
        attempts = json.dumps({"attempts": [attempt(row) for row in rows]})
        estimate = "estimate_minutes: 10\n" if name == "rename" else ""
        project.task(name, size=rows[0]["size"], extra=f"{estimate}execution: {attempts}\n")


def test_the_report_makes_of_the_example_what_the_page_says(project: Project) -> None:
    put_example(project)
    gathered, _ = project.store.read_all(lambda found: (gather(found, Scope(), DIMENSIONS_OF_REPORT), []))
    material = make_attempt_material(gathered, Scope())
    rows = re.findall(
        r"^\| ([a-z ]+) \| .* \| (.+) \|$", text().partition("## In the report")[2], re.MULTILINE
    )
    examples = dict(rows)
    bins = ["0s", *map(duration_text, BOUNDS)]
    told = [f"from {at} on {n}" for at, n in zip(bins, material.durations["opus"], strict=True) if n]
    assert examples["durations"] == f"opus: {', '.join(told)}"
    assert material.attempts_to_success["opus"] == {1: 1, 2: 1, 3: 1}
    assert "1st 1 (rename), 2nd 1 (parse), 3rd 1 (queue); not there 2" in examples["attempts to success"]
    gates = [f"{name}: failed in {failed} of {run}" for name, (run, failed) in material.gates.items()]
    assert examples["gates"] == "; ".join(gates)
    (opus,) = [group for group in material.by_model["groups"] if group["key"]["model"] == "opus"]
    cost, known = opus["cost_per_task_usd_micros"], opus["cost_known_tasks"]
    assert (
        examples["cost against success"]
        == f"opus: {cost:.2f} against {opus['cost_known_successes']} of {known}"
    )
    assert find_frontier([Offer(cost, 1.0, known)]) == []


def test_the_command_makes_of_the_example_what_the_page_says(project: Project) -> None:
    put_example(project)
    answer = call(project, "stats", "--by", "model", "--output", "json").json
    (group,) = [each for each in answer["groups"] if each["key"]["model"] == "opus"]
    examples = ROW.findall(text())
    assert len(examples) == len(FIGURES)
    for name, arithmetic, shown in examples:
        assert is_shown(group[name], shown), (name, group[name], shown)
        by_hand = evaluate(arithmetic)
        assert group[name] == (pytest.approx(by_hand, rel=1e-12) if isinstance(by_hand, float) else by_hand)


def test_the_page_names_every_key_beside_the_groups(project: Project) -> None:
    answer = call(project, "stats", "--output", "json").json
    named = set(re.findall(r"^\| `(\w+)` \|", text().partition("## Beside the groups")[2], re.MULTILINE))
    assert named == answer.keys() - {"by", "groups"}
