"""What reports are made of in tests: tasks with attempts of every kind, and events, with hostile names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from support.backlogs import DONE, make_task
from support.project import Project
from taskfiles import Task
from taskfiles.report.attempts import DIMENSIONS, make_attempt_material
from taskfiles.report.material import AttemptMaterial
from taskfiles.stats.rows import Scope, gather

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onload="alert(1)',
    "cdata": "]]><svg onload=alert(1)>",
    "entity": "&amp;<b>&lt;",
    "control": "a\x00b\x1b[31m\x85c",
    "newline": "two\nlines\ttabbed",
    "right to left": "\u202eevil\u202c עברית",
    "emoji": "👩\u200d🔬 model",
    "reference": "url(#clip1) id=clip1",
    "expression": "datum.x'); alert(1); ('",
    "long": "x" * 5000,
    "half a pair": "\ud800 alone",
    "not a character": "\ufffe\uffff",
    **{
        name: name
        for name in (
            "constructor",
            "toString",
            "valueOf",
            "hasOwnProperty",
            "__proto__",
            "length",
            "null",
            "0",
        )
    },
    "field path": "a.b[c]['d']\"e\\",
    "an axis's own word": "datum.label",
    "empty": "",
}


def attempt(day: int, seconds: int, status: str = "completed", **more: Any) -> dict[str, Any]:
    """An attempt of November 2025; `model`, `cost`, `gates` and `month` are short for what they stand for."""
    month = more.pop("month", 11)
    executor = {"tool": "agent"} | (
        {"model": model} if (model := more.pop("model", None)) is not None else {}
    )
    end = f"{10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    told: dict[str, Any] = {
        "started_at": f"2025-{month:02}-{day:02}T10:00:00Z",
        "ended_at": f"2025-{month:02}-{day:02}T{end}Z",
        "duration_seconds": seconds,
        "status": status,
        "executor": executor,
    }
    if (cost := more.pop("cost", None)) is not None:
        told["cost"] = {"actual_usd_micros": cost}
    if (gates := more.pop("gates", None)) is not None:
        told["quality_gates"] = {
            "run": sorted(gates),
            "failed": [name for name in sorted(gates) if not gates[name]],
        }
    return told | more


def put(project: Project, task_id: str, *attempts: dict[str, Any], **keys: str) -> None:
    """Write a done task with these attempts."""
    text = json.dumps({"attempts": attempts})
    for pair in set(re.findall(r"\\ud8[0-9a-f]{2}\\ud[c-f][0-9a-f]{2}", text)):  # JSON's way, and not YAML's
        text = text.replace(pair, json.loads(f'"{pair}"'))
    extra = f"execution: {text}\n" if attempts else ""
    project.task(task_id, extra=extra, **{"state": "done", **keys})


def fill(project: Project) -> None:
    """A project in which every chart has something to show: models, ambiguities, months, many and few."""
    models = [("opus", 900_000, 1), ("sonnet", 300_000, 2), ("haiku", 40_000, 3), ("dear", 2_500_000, 2)]
    for place, (model, cost, rarely) in enumerate(models):
        for number in range(9):
            gates = {"lint": number % (rarely + 1) != 0, "test": number % 4 != 1}
            first = attempt(
                1 + number,
                20 * 2 ** (number + place),
                "failed" if number % (rarely + 1) == 0 else "completed",
                model=model,
                cost=cost + 1000 * number,
                gates=gates,
                month=8 + place,
            )
            more = [attempt(20, 300, model=model, cost=cost)] if number % 4 == 0 else []
            words = ("low", "medium", "high")
            put(project, f"{model}-{number}", first, *more, ambiguity=words[number % 3 if place else 0])
    put(project, "once", attempt(3, 60, model="rare", cost=10_000), ambiguity="high")
    put(project, "nameless", attempt(3, 60), ambiguity="high")
    for number in range(3):
        put(project, f"untold-{number}", completed_at=f"2025-0{7 + number}-11T12:00:00Z")


def fill_hostile(project: Project) -> None:
    """A project whose texts are all attacks on whoever shows them."""
    for place, (name, text) in enumerate(HOSTILE.items()):
        safe = (
            text.replace("\ud800", "?").replace("\x00", "\x01").replace("\ufffe\uffff", "!")
        )  # no YAML has these
        gates = {safe: place % 2 == 0}
        for number in range(6):
            model = attempt(1 + number, 90, model=safe, cost=1000 * (place + 1), gates=gates)
            put(project, f"t-{place}-{number}", model)
        put(project, f"u-{place}", title=json.dumps(safe[:150].replace("\n", " ").replace("\t", " ")))
        assert name


def event(number: int, action: str, outcome: str = "success", **more: Any) -> dict[str, Any]:
    """An event; `type`, `time`, `run` and `reason` have defaults, all else goes into `data`."""
    run = more.pop("run", f"run-{number}")
    time = more.pop("time", f"2025-11-{1 + number % 28:02}T10:00:00.000Z")
    return {
        "specversion": "1.0",
        "id": more.pop("id", f"event-{number}"),
        "type": more.pop("type", "decision.recorded" if outcome == "blocked" else "task.changed"),
        "time": time,
        "correlationid": run,
        "sequence": f"{number:019}.000001",
        "data": {"action": action, "outcome": outcome, "reason": more.pop("reason", None), **more},
    }


def plan(number: int, plan_id: str, outcome: str | None, **more: Any) -> dict[str, Any]:
    """A plan that was made, or with an outcome executed."""
    if outcome is None:
        return event(number, "plan.create", type="multi_workflow.plan_created", plan_id=plan_id, **more)
    told = {"plan_id": plan_id, "status": "executed"} | more
    return event(number, "plan.execute", outcome, type="multi_workflow.execution_summary", **told)


def write_log(directory: Path, events: list[dict[str, Any]], host: str = "host") -> Path:
    """Write events as a log has them, each on its day."""
    for each in events:
        file = directory / f"dt={each['time'][:10]}" / f"{host}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(each) + "\n")
    return directory


def fill_log(directory: Path) -> Path:
    """A log with every outcome, several reasons, and plans of every end."""
    actions = ["task.update", "task.claim", "attempt.record", "agent.complete", "config.load"]
    outcomes = ["success", "success", "success", "partial", "blocked", "failed"]
    events = []
    for number in range(120):
        outcome = outcomes[number % 6]
        reason = None if outcome == "success" else ["claimed", "lock-timeout", "bad-value"][number % 3]
        events.append(event(number, actions[number % 5], outcome, reason=reason))
    ends = ["success"] * 6 + ["partial", "failed", None]
    for number, end in enumerate(ends, 200):
        events.append(plan(number, f"plan-{number}", None))
        if end is not None:
            events.append(plan(number + 100, f"plan-{number}", end, reason=end))
    return write_log(directory, events)


def make_done(task_id: str, *attempts: dict[str, Any], **keys: Any) -> Task:
    """Make a done task with these attempts, without a file."""
    execution = {"execution": {"attempts": list(attempts)}} if attempts else {}
    return make_task(task_id, **{**DONE, **keys, **execution})


def material_of(*tasks: Task) -> AttemptMaterial:
    """Count tasks as a report does."""
    return make_attempt_material(gather(tasks, Scope(), DIMENSIONS), Scope())
