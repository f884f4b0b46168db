"""What was handed to sinks and archives, as the event log has it."""

from __future__ import annotations

import pytest

from support.event_log import events_of
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles_cli.command.event import end
from taskfiles_cli.command.handed import tell_handed
from taskfiles_cli.command.session import Session

FAILED = TaskfilesError("sink-failed", sink="dir:../events", problem="it is full")


@pytest.mark.parametrize(
    ("changed", "served", "error", "expected"),
    [
        (True, True, None, ("success", None, {"records": 3})),
        (False, True, None, ("success", "unchanged", {"records": 3})),
        (True, True, FAILED, ("partial", "sink-failed", {"records": 3})),
        (False, False, FAILED, ("failed", "sink-failed", {"dropped": 0})),
    ],
)
def test_all_sinks_together_are_one_event(
    changed: bool,
    served: bool,
    error: TaskfilesError | None,
    expected: tuple[str, str | None, dict[str, int]],
    project: Project,
) -> None:
    session = Session("json", project.root)
    session.begin("telemetry.write")
    tell_handed(session, "dir:../events", 3, changed=changed, served=served, error=error)
    end(0, None)
    (event,) = events_of(project)
    data = event["data"]
    emitted = {key: data[key] for key in ("records", "dropped") if key in data}
    assert (data["outcome"], data["reason"], emitted) == expected
    assert data["sink"] == "dir:../events"
    assert event["type"] == ("telemetry.write.failed" if expected[0] == "failed" else "telemetry.write")
