"""The rule that attempts of one session, in whatever tasks, have figures of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taskfiles.task.attempts import attempt_list
from taskfiles.task.findings import Finding, Problem
from taskfiles.task.sessions import Place, differs, find_own, session_of
from taskfiles.task.task import Task


def check_sessions(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no attempt's figures count what an earlier one of its session took, or can't be known."""
    by_id: dict[str, Task] = {}
    members: list[tuple[Place, dict[str, Any]]] = []
    for task in tasks:
        attempts = attempt_list({"execution": task.value("execution")})
        if not any(map(session_of, attempts)) or task.errors:
            continue
        by_id[task.id] = task
        members += [
            (Place(task.id, number), attempt)
            for number, attempt in enumerate(attempts)
            if isinstance(attempt, dict) and session_of(attempt) is not None
        ]
    own = find_own(members)
    for place, attempt in members:
        found = own.get(place)
        if found is None or (found.problem is None and not differs(attempt, found)):
            continue
        problem = found.problem or "its figures are not the session's totals minus the earlier ones"
        path = ("execution", "attempts", place.number, "session_totals")
        yield by_id[place.task].locate(Problem("same-session", path, {"problem": problem}))
