"""Old days of the log go into archives whole; nothing is deleted unasked, unarchived or undrained."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.effort import Effort
from support.event_log import log_of
from support.event_spool import event, forget, log
from support.in_process import call
from support.kill_steps import kill_at
from support.project import Done, Project, need
from support.surfaces import PROGRAMS
from taskfiles import Store
from taskfiles.schema.files import read_schema
from taskfiles.telemetry.retention import RETENTION, compact, retention_of

SCHEMA = Draft202012Validator(read_schema("telemetry-compact"))
OLD = "2025-01-02"
REMOVAL = frozenset({"os.rmdir"})
PLAN, SUMMARY = "multi_workflow.plan_created", "multi_workflow.execution_summary"


def run(project: Project, *argv: str) -> Done:
    done = call(project, "telemetry", "compact", "--output", "json", *argv)
    forget(project)
    SCHEMA.validate(done.json)
    return done


def rows(done: Done) -> list[tuple[str, str]]:
    return [(row["day"], row["outcome"]) for row in done.json["days"]]


def archive_of(project: Project, day: str = OLD, host: str = "ci-7") -> Path:
    return project.root / f".git/tasks/telemetry/archive/v1/dt={day}/{host}.jsonl.gz"


def content(archive: Path) -> bytes:
    data = archive.read_bytes()
    digest, name = archive.with_name(archive.name + ".sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(data).hexdigest(), archive.name)
    return gzip.decompress(data)


def files(project: Project) -> dict[str, bytes]:
    place = project.root / ".git/tasks/telemetry"
    return {
        str(file): file.read_bytes() for file in place.rglob("*") if file.is_file() and file.suffix != ".lock"
    }


def at(project: Project, day: str, hour: int = 12) -> Store:
    now = datetime.fromisoformat(f"{day}T{hour:02d}:00:00+00:00")
    return Store(project.root, now=lambda: now)


def days_later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def test_an_old_day_is_archived_and_stays(project: Project) -> None:
    file = log(project, event(1, day=OLD), event(2, day=OLD), day=OLD)
    assert rows(run(project)) == [(OLD, "archived")]
    assert content(archive_of(project)) == file.read_bytes()
    before = files(project)
    assert rows(run(project)) == [(OLD, "archived")]
    assert files(project) == before


@PROGRAMS
def test_the_checksum_is_the_usual_tools(project: Project) -> None:
    need("sha256sum")
    log(project, event(1, day=OLD), day=OLD)
    run(project)
    archive = archive_of(project)
    command = ["sha256sum", "-c", f"{archive.name}.sha256"]
    assert subprocess.run(command, cwd=archive.parent, capture_output=True, check=False).returncode == 0


def test_deletion_is_asked_for_and_keeps_the_archive(project: Project) -> None:
    first = log(project, event(1, day=OLD), day=OLD).read_bytes()
    log(project, event(2, day=OLD), day=OLD, host="other")
    young = log(project, event(3), day=datetime.now(UTC).date().isoformat())
    assert rows(run(project, "--delete")) == [(OLD, "deleted")]
    assert [file.name for file in sorted(log_of(project).iterdir())] == [young.parent.name]
    assert content(archive_of(project)) == first
    assert content(archive_of(project, host="other"))
    assert rows(run(project, "--delete")) == []


def test_a_dry_run_does_nothing(project: Project) -> None:
    log(project, event(1, day=OLD), day=OLD)
    before = files(project)
    done = run(project, "--delete", "--dry-run")
    assert rows(done) == [(OLD, "deleted")]
    assert files(project) == before
    assert "would be deleted" in call(project, "telemetry", "compact", "--delete", "--dry-run").out


def test_lines_that_come_late_join_the_archive(project: Project) -> None:
    first = log(project, event(1, day=OLD), day=OLD).read_bytes()
    run(project, "--delete")
    second = log(project, event(2, day=OLD), day=OLD).read_bytes()
    assert rows(run(project, "--delete")) == [(OLD, "deleted")]
    assert content(archive_of(project)) == first + second


@pytest.mark.parametrize("kind", sorted(RETENTION))
def test_each_type_has_its_time(project: Project, kind: str) -> None:
    log(project, event(1, day=OLD, kind=kind), event(2, day=OLD, kind="telemetry.write"), day=OLD)
    days = round(RETENTION[kind] / 86400)
    assert compact(at(project, days_later(OLD, days)), dry_run=True) == []
    (due,) = compact(at(project, days_later(OLD, days + 1)), dry_run=True)
    assert (due.day, due.events) == (OLD, 2)


def test_the_longest_of_a_day_decides(project: Project) -> None:
    log(project, event(1, day=OLD), event(2, day=OLD, kind="task.completion"), day=OLD)
    assert compact(at(project, days_later(OLD, 700))) == []


def test_a_type_that_is_not_known_stays_as_long_as_most(project: Project) -> None:
    log(project, event(1, day=OLD, kind="from.the.future"), day=OLD)
    assert compact(at(project, days_later(OLD, 90))) == []
    assert len(compact(at(project, days_later(OLD, 91)))) == 1


def test_settings_decide_and_a_plan_stays_as_long_as_its_summary(project: Project) -> None:
    assert retention_of({PLAN: 5.0, SUMMARY: 9.0, "task.changed": 1.0}) == {
        **RETENTION,
        PLAN: 9.0,
        SUMMARY: 9.0,
        "task.changed": 1.0,
    }
    project.configure('[telemetry.retention]\n"task.changed" = "2d"\n')
    log(project, event(1, day=OLD), day=OLD)
    assert compact(at(project, days_later(OLD, 2))) == []
    assert len(compact(at(project, days_later(OLD, 3)))) == 1


@pytest.mark.parametrize(("days", "count_"), [(0, 0), (1, 0), (2, 1)])
def test_today_and_yesterday_are_never_past(project: Project, days: int, count_: int) -> None:
    project.configure('[telemetry.retention]\n"task.changed" = "0s"\n')
    log(project, event(1, day=OLD), day=OLD)
    assert len(compact(at(project, days_later(OLD, days), hour=23), delete=True)) == count_


def test_a_secret_in_a_sinks_name_is_not_shown(project: Project) -> None:
    secret = "ghp_" + "a1B2" * 9
    project.configure(f'[telemetry]\nsinks = ["otlp:https://example.invalid/{secret}"]\n')
    log(project, event(1, day=OLD), day=OLD)
    done = run(project)
    assert rows(done) == [(OLD, "kept")]
    assert secret not in done.out


def test_what_a_sink_has_not_had_is_left_alone(project: Project, tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    project.configure('[telemetry]\nsinks = ["local", "dir:../events"]\n')
    log(project, event(1, day=OLD), day=OLD)
    before = files(project)
    done = run(project, "--delete")
    assert (done.code, rows(done)) == (0, [(OLD, "kept")])
    assert done.json["days"][0]["reason"] == "not drained to dir:../events"
    assert files(project) == before
    assert call(project, "trust").code == 0
    assert call(project, "telemetry", "push").code == 0
    forget(project)
    log(project, event(2, day=OLD), day=OLD)  # the sink has had a part only
    assert rows(run(project, "--delete")) == [(OLD, "kept")]
    assert call(project, "telemetry", "push").code == 0
    forget(project)
    assert rows(run(project, "--delete")) == [(OLD, "deleted")]


def test_a_torn_end_that_nobody_will_have_does_not_keep_a_day(project: Project, tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    project.configure('[telemetry]\nsinks = ["dir:../events"]\n')
    with log(project, event(1, day=OLD), day=OLD).open("ab") as lines:
        lines.write(b"{half")
    assert call(project, "trust").code == 0
    assert call(project, "telemetry", "push").code == 0
    forget(project)
    assert rows(run(project, "--delete")) == [(OLD, "deleted")]
    assert content(archive_of(project)).endswith(b"{half")


def test_a_damaged_archive_is_neither_replaced_nor_trusted(project: Project) -> None:
    file = log(project, event(1, day=OLD), day=OLD)
    archive = archive_of(project)
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"no archive")
    done = run(project, "--delete")
    assert (done.code, rows(done), done.error["code"]) == (6, [(OLD, "failed")], "io")
    assert "damaged" in done.err
    assert archive.read_bytes() == b"no archive"
    assert file.exists()


def test_damaged_lines_are_archived_as_they_are(project: Project) -> None:
    file = log(project, event(1, day=OLD), day=OLD)
    with file.open("ab") as lines:
        lines.write(b"no json\n\n{half")
    data = file.read_bytes()
    assert rows(run(project, "--delete")) == [(OLD, "deleted")]
    assert content(archive_of(project)) == data


def test_what_is_no_day_is_left_alone(project: Project) -> None:
    log(project, event(1), day="never")
    (log_of(project) / "notes.txt").write_text("mine")
    before = files(project)
    assert rows(run(project, "--delete")) == []
    assert files(project) == before


def test_killed_anywhere_every_line_is_in_the_log_or_its_archive(project: Project, effort: Effort) -> None:
    project.configure("")
    for step in effort.steps(short=2):
        day = days_later(OLD, step)
        data = log(project, event(step, day=day), day=day).read_bytes()
        store = at(project, days_later(day, 400))
        was_killed = kill_at(step, partial(compact, store, delete=True), project, elsewhere=REMOVAL)
        file = log_of(project) / f"dt={day}" / "ci-7.jsonl"
        assert file.exists() or content(archive_of(project, day)) == data, f"killed at step {step}"
        compact(store, delete=True)
        assert not file.exists()
        assert content(archive_of(project, day)) == data
        if not was_killed:
            assert step > 10
            return


def test_without_a_log_there_is_nothing_to_do(project: Project) -> None:
    assert run(project).json["days"] == []
    assert call(project, "telemetry", "compact").out == "No day is past its time.\n"
