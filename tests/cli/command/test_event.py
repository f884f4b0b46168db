"""One process's action in the event log: however it ends, and whatever is wrong with the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from support.attempts import DONE
from support.backlogs import make_task
from support.event_log import events_of, log_file, log_of
from support.project import Project
from taskfiles import Store, TaskfilesError
from taskfiles_cli.command import event
from taskfiles_cli.command.event import Run
from taskfiles_cli.command.origin import Origin

RUN = "2cedfa3f-3ddf-4498-9038-b87710985780"
CAUSE = "0199c6f2-0000-7000-8000-000000000001"
NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)


class Process:
    """A process that works on a project, and what it has warned of."""

    def __init__(self, project: Project) -> None:
        self.project, self.warnings = project, list[tuple[str, str]]()
        self.store: Store | None = None

    def open(self) -> Store:
        self.store = self.store or self.project.store
        return self.store

    @property
    def origin(self) -> Origin:
        return Origin(
            RUN,
            "me",
            lambda: NOON,
            self.open,
            lambda: self.store,
            lambda text, code: self.warnings.append((text, code)),
        )

    def run(self, action: str = "task.update", subject: str | None = "fix") -> Run:
        return Run(self.origin, action, subject)


@pytest.fixture
def process(project: Project, monkeypatch: pytest.MonkeyPatch) -> Process:
    for name in ("TASKS_CAUSATION_ID", "TASKS_CORRELATION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(project.root.parent / "home"))
    return Process(project)


def data_of(process: Process) -> list[dict[str, Any]]:
    return [each["data"] for each in events_of(process.project)]


def test_an_event_names_run_caller_task_and_cause(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKS_CAUSATION_ID", CAUSE)
    process.run().tell("success", changes=[], payload={"changed": True})
    (found,) = events_of(process.project)
    assert (found["correlationid"], found["causationid"], found["subject"]) == (RUN, CAUSE, "fix")
    assert (found["type"], found["time"]) == ("task.changed", "2025-11-02T12:00:00.000Z")
    data = found["data"]
    assert (data["actor"], data["action"], data["outcome"], data["changed"]) == (
        "me",
        "task.update",
        "success",
        True,
    )


def test_the_only_task_is_the_subject_and_its_issue_is_named(process: Process) -> None:
    linked = make_task("other", links=[{"type": "github_issue", "number": 7}])
    run = process.run(subject=None)
    run.tell("success", tasks=[linked])
    run.tell("success", tasks=[linked, make_task("third")])
    first, second = events_of(process.project)
    assert (first["subject"], first["data"]["issue_number"]) == ("other", 7)
    assert "subject" not in second


def test_details_stand_beside_the_action_s_own_event_alone(process: Process) -> None:
    run = process.run()
    run.details["by"] = "Ada"
    run.tell("success", action="task.move")
    assert not run.is_told
    run.tell("blocked", reason="claimed")
    assert run.is_told
    other, own = data_of(process)
    assert "by" not in other
    assert (own["by"], own["rule"], own["decision"]) == ("Ada", "task.update", "blocked")


@pytest.mark.parametrize(
    ("code", "reason", "written", "expected"),
    [
        (0, None, 0, ("success", None)),
        (141, None, 0, ("success", None)),
        (1, None, 0, ("partial", "unfinished")),
        (4, "claimed", 0, ("blocked", "claimed")),
        (6, "io", 0, ("failed", "io")),
        (70, "internal", 0, ("failed", "internal")),
        (4, "claimed", 2, ("partial", "claimed")),
    ],
)
def test_an_action_without_its_event_has_one_at_the_end(
    code: int, reason: str | None, written: int, expected: tuple[str, str | None], process: Process
) -> None:
    process.open().tally.files = written
    process.run().end(code, reason)
    (data,) = data_of(process)
    assert (data["outcome"], data["reason"]) == expected
    assert ("rule" in data) == (expected[0] == "blocked")


def test_an_action_is_emitted_once_and_usage_never(process: Process) -> None:
    run = process.run()
    run.tell("success")
    run.end(0, None)
    process.run().end(2, "usage")
    assert len(data_of(process)) == 1


def test_a_log_that_is_switched_off_stays_empty(process: Process) -> None:
    process.project.configure('[telemetry]\nsinks = ["none"]\n')
    process.run().end(0, None)
    assert not log_of(process.project).exists()


def test_settings_that_can_not_be_read_switch_nothing_off(process: Process) -> None:
    process.project.configure("a = [")
    process.run().end(0, None)
    assert len(data_of(process)) == 1


def test_without_a_project_the_log_is_the_user_s(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Store:
        raise TaskfilesError("no-project", path="x")

    monkeypatch.chdir(process.project.root.parent)
    home = process.project.root.parent / "home"
    Run(process.origin._replace(open_store=refuse), "config.load", None).end(5, "no-project")
    assert len(list(home.rglob("*.jsonl"))) == 1
    assert process.warnings == []


def test_a_log_that_can_not_be_written_is_one_warning(process: Process) -> None:
    place = log_of(process.project)
    place.parent.mkdir(parents=True)
    place.touch()
    run = process.run()
    run.tell("success")
    run.tell("success")
    run.end(0, None)
    ((text, code),) = process.warnings
    assert code == "telemetry.write.failed"
    assert text.startswith("The event log in ")
    assert text.endswith("this run is not in it.")


def test_what_this_process_could_not_write_is_counted_once_it_can(process: Process) -> None:
    place = log_of(process.project)
    place.parent.mkdir(parents=True)
    place.touch()
    run = process.run()
    run.tell("success")
    place.unlink()
    run.end(0, None)
    (data,) = data_of(process)
    assert (data["action"], data["dropped"]) == ("telemetry.write.failed", 1)


def test_the_end_of_a_task_has_one_id(process: Process) -> None:
    done = make_task("fix", state="done", commit_message="m", completed_at="2025-11-02T17:00:00Z")
    process.run().tell_completion(done)  # nobody has tried it
    tried = make_task("fix", state="canceled", execution={"attempts": [DONE]})
    for _ in range(2):
        process.run().tell_completion(tried, action="task.move")
    process.run().tell_completion(make_task("fix", execution={"attempts": [{"status": "odd"}]}))
    assert len(log_file(process.project).read_bytes().splitlines()) == 2
    (found,) = events_of(process.project)  # readers take an id once
    assert (found["type"], found["data"]["completion"]["outcome"]) == ("task.completion", "success")
    assert process.warnings == []


def test_a_process_has_one_action(process: Process) -> None:
    event.end(0, None)
    event.begin(process.origin, "task.update", "fix", None)
    event.tell_repair(process.origin)
    event.end(4, "claimed")
    event.end(0, None)
    assert [(data["action"], data["outcome"]) for data in data_of(process)] == [
        ("store.recover", "success"),
        ("task.update", "blocked"),
    ]


def test_a_repair_is_emitted_where_nothing_else_is_done(process: Process) -> None:
    event.tell_repair(process.origin)
    assert [data["action"] for data in data_of(process)] == ["store.recover"]


def test_an_action_of_one_s_own_has_its_type(process: Process) -> None:
    Run(process.origin, "deploy.site", None, "decision.recorded").end(0, None)
    (found,) = events_of(process.project)
    assert (found["type"], found["data"]["rule"]) == ("decision.recorded", "deploy.site")
