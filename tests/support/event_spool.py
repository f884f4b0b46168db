"""Logs of events for tests: real files in a clone, lines as the tool writes them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from support.event_log import log_of
from support.project import Project

RUN = "7f1d7c0e-51a5-4d0f-8d0e-1f6c0f6d7a11"


def event(number: int, *, day: str = "2026-11-20", kind: str = "task.changed", **data: Any) -> dict[str, Any]:
    """An event with an id of its own."""
    digits = hashlib.sha256(f"{day}{kind}{number}".encode()).hexdigest()
    time = f"{day}T05:00:00.{number % 1000:03d}Z"
    return {
        "specversion": "1.0",
        "id": f"0199c6f2-{digits[:4]}-7{digits[4:7]}-8{digits[7:10]}-{digits[10:22]}",
        "source": "urn:taskfiles:ada/app",
        "type": kind,
        "subject": "fix",
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": f"urn:taskfiles:schema:v1:event.{kind}",
        "correlationid": data.get("run_id", RUN),
        "sequence": f"1795237200000000000.{number:06d}",
        "data": {
            "run_id": RUN,
            "repo": "ada/app",
            "issue_number": None,
            "event_type": kind,
            "applied_rules": [],
            "changes_made": [{"path": "tasks/fix.md", "field": "priority", "from": "low", "to": "high"}],
            "timestamp": time,
            "action": "task.update",
            "outcome": "success",
            "reason": None,
            "actor": "user 1000 session 7",
            **data,
        },
    }


def log(project: Project, *events: dict[str, Any], day: str = "2026-11-20", host: str = "ci-7") -> Path:
    """Add events to a clone's log."""
    file = log_of(project) / f"dt={day}" / f"{host}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as lines:
        for each in events:
            lines.write(json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
    return file


def read(directory: Path) -> list[dict[str, Any]]:
    """Every event of the files below a directory; a line that is none fails the test."""
    files = sorted(file for file in directory.rglob("*.jsonl") if ".git" not in file.parts)
    found = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [each for each in found if each["type"] not in {"telemetry.write", "decision.recorded"}]


def forget(project: Project) -> None:
    """Take out of the log what the tool has told itself: what stays is the test's own."""
    for file in log_of(project).glob(f"dt=*/{os.uname().nodename}.jsonl"):
        file.unlink()
        with contextlib.suppress(OSError):
            file.parent.rmdir()


def ids(events: list[dict[str, Any]]) -> list[str]:
    """The ids of events, in order."""
    return sorted(each["id"] for each in events)
