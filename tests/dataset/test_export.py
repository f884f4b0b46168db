"""`tasks export`: what a project gives, each format by its own reader, refusals, formats of the answer."""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from jsonschema import Draft202012Validator
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from support.attempts import DONE, FAILED
from support.datasets import FORMATS, content_of, manifest_of, read_back, settle_rows
from support.effort import crossed
from support.event_log import events_of, log_of
from support.in_process import call, ok
from support.layouts import in_states
from support.project import Done, Project
from taskfiles.basics.secret_rule import SECRET_KEYS
from taskfiles.dataset.columns import TABLES, Column, Type
from taskfiles.dataset.export import export as export_dataset
from taskfiles.dataset.export import export as write_dataset
from taskfiles.dataset.flatten import flatten_tasks
from taskfiles.dataset.happenings import flatten_events
from taskfiles.dataset.manifest import Counts
from taskfiles.dataset.merging import Source, merge_steadily
from taskfiles.dataset.rows import list_rows, settle
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given, in_batches
from taskfiles.schema.files import read_schema
from taskfiles.telemetry.actions import EXECUTION_SUMMARY, PLAN_CREATED
from taskfiles.telemetry.redact import ACTORS, PATHS
from taskfiles.telemetry.spans import ATTRIBUTES
from taskfiles.telemetry.workflows import count_batch

SCHEMA = Draft202012Validator(read_schema("export"))
COUNTS = {"tasks": 4, "attempts": 2, "gates": 4, "invalid": 1, "twins": 0, "unreadable": 1, "gone": 0}


@pytest.fixture
def shop(project: Project) -> Project:
    """A done task with attempts, one without, an idea, an invalid and an unreadable one; some events."""
    tried = f"execution: {json.dumps({'attempts': [FAILED, DONE]})}\n"
    project.task("fix", state="done", extra=tried, labels="[ui, e2e]", x_team="core")
    project.task("open", depends_on="[fix]", title='"=1+1, \\"quoted\\"\\nand \\u202eround 😀"')
    project.task("idea", state="idea")
    project.task("odd", priority="soon")
    project.write(project.path("broken"), "---\nid: broken\ntitle: Broken: file\n---\n")
    ok(call(project, "update", "idea", "--meta", "size=large"))
    ok(call(project, "plan"))
    return project


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "data"


def export(project: Project, place: Path, *argv: str) -> Done:
    done = call(project, "export", "--dataset", str(place), "--output", "json", *argv)
    if done.code == 0:
        SCHEMA.validate(done.json)
    return done


@pytest.mark.parametrize("format_", FORMATS)
def test_every_table_is_read_back_by_the_format_s_own_reader(
    shop: Project, place: Path, format_: str
) -> None:
    answer = ok(export(shop, place, "--format", format_, "--repo", "ada/app")).json
    flat = flatten_tasks(shop.store.snapshot().tasks, "ada/app")._asdict()
    tables = read_back(place)
    for table in ("tasks", "attempts", "gates"):
        assert tables[table] == list_rows(settle(table, flat[table]))
    assert [row["event_id"] for row in tables["events"]] == sorted(event["id"] for event in events_of(shop))
    assert len(tables["plans"]) == 1
    counts = COUNTS | {"events": len(tables["events"]), "plans": 1}
    assert answer["repositories"] == {"ada/app": counts}
    assert manifest_of(place).repositories["ada/app"]._asdict() == counts


@in_states
def test_what_is_wrong_is_told_and_counted(shop: Project, place: Path) -> None:
    done = call(shop, "export", "--dataset", str(place))
    told = done.err.splitlines()
    assert done.code == 0
    assert [line.partition(":")[0] for line in told] == [shop.path("broken"), "warning"]
    assert "1 other task has errors (tasks/10-ready/task-odd.md)" in told[1]
    rows = {row["task_id"]: row["problem"] for row in read_back(place)["tasks"]}
    assert rows == {"fix": None, "open": None, "idea": None, "odd": "invalid"}


def test_an_empty_project_is_a_dataset_too(project: Project, tmp_path: Path) -> None:
    for format_ in FORMATS:
        ok(export(project, tmp_path / format_, "--format", format_))
        assert read_back(tmp_path / format_) == {table: [] for table in TABLES}
        assert manifest_of(tmp_path / format_).repositories.keys() == {"repo"}


def test_it_is_a_plain_read_of_tasks_and_log(shop: Project, place: Path) -> None:
    before, events = shop.tree(), events_of(shop)
    ok(export(shop, place))
    assert shop.tree() == before
    assert events_of(shop) == events


def test_the_name_of_a_repository_is_that_of_its_remote(shop: Project, place: Path) -> None:
    shop.git("remote", "add", "origin", "git@example.com:ada/shop.git")
    ok(export(shop, place))
    assert manifest_of(place).repositories.keys() == {"example.com/ada/shop"}
    assert {row["repo"] for row in read_back(place)["tasks"]} == {"example.com/ada/shop"}


def test_the_format_is_that_of_the_dataset_else_jsonl(shop: Project, tmp_path: Path) -> None:
    ok(export(shop, tmp_path / "a"))
    assert manifest_of(tmp_path / "a").format == "jsonl"
    ok(export(shop, tmp_path / "b", "--format", "CSV"))
    ok(export(shop, tmp_path / "b", "--repo", "two"))
    assert manifest_of(tmp_path / "b").format == "csv"


# Events and plans


def test_events_leave_redacted_whatever_the_project_says(shop: Project, place: Path) -> None:
    shop.configure('[telemetry]\nredact = "none"\n')
    ok(call(shop, "trust"))
    ok(export(shop, place))
    data = json.loads(
        next(row for row in read_back(place)["events"] if row["action"] == "task.update")["data"]
    )
    assert data["actor"].startswith("actor:")
    assert data["changes_made"][0]["path"].startswith("path:")
    assert "session" not in (place / "events.jsonl").read_text()


def test_events_can_be_left_out(shop: Project, place: Path, tmp_path: Path) -> None:
    ok(export(shop, place, "--no-events"))
    counts = manifest_of(place).repositories["repo"]
    assert (counts.events, counts.plans) == (None, None)
    assert read_back(place)["events"] == []
    assert not (shop.root / ".git/tasks/telemetry/key").exists()
    ok(export(shop, tmp_path / "with"))
    ok(export(shop, tmp_path / "merged", "--from", str(tmp_path / "with"), "--no-events"))
    assert content_of(tmp_path / "merged") == content_of(place)


def test_an_event_that_stands_twice_is_there_once(shop: Project, place: Path) -> None:
    (file,) = log_of(shop).rglob("*.jsonl")
    file.write_bytes(file.read_bytes() * 2 + b'{"id": "torn", "ty')
    ok(export(shop, place))
    ids = [row["event_id"] for row in read_back(place)["events"]]
    assert len(ids) == len(set(ids)) == len(events_of(shop))


def test_odd_events_are_rows_too(project: Project, place: Path) -> None:
    """What nobody of us writes, but a log may hold: no time, NaN, a number where text belongs."""
    log = log_of(project) / "dt=2026-11-20"
    log.mkdir(parents=True)
    lines = [
        {"id": "a", "type": "task.changed", "data": {"action": 5, "x": float("nan")}, "time": "yesterday"},
        {"id": "b", "type": PLAN_CREATED, "data": {"plan_id": "p\udcff", "stages": [7]}, "time": None},
        {"id": "c", "type": "task.changed", "data": {}, "time": "2026-11-20T23:30:00.123456789-05:00"},
    ]
    (log / "host.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for format_ in FORMATS:
        directory = place.with_name(format_)
        ok(export(project, directory, "--format", format_))
        tables = read_back(directory)
        assert [(row["event_id"], row["time"], row["month"]) for row in tables["events"]] == [
            ("a", None, None),
            ("b", None, None),
            ("c", "2026-11-21T04:30:00.123456Z", "2026-11"),
        ]
        assert json.loads(tables["events"][0]["data"]) == {"action": 5, "x": None}
        assert [row["plan_id"] for row in tables["plans"]] == ["p\\udcff"]


def plan_event(
    plan_id: str, *, executed: bool | None = None, outcome: str = "success", keys: Any = ()
) -> Any:
    data: dict[str, Any] = {"plan_id": plan_id, "stage_count": 1, "stages": [{"blocking_conflicts": [*keys]}]}
    if executed is not None:
        data |= {"status": "executed" if executed else "skipped", "outcome": outcome}
    return {
        "id": "x",
        "type": PLAN_CREATED if executed is None else EXECUTION_SUMMARY,
        "time": "2026-11-20T10:00:00Z",
        "data": data,
    }


def test_batch_metrics_follow_from_the_rows_of_plans() -> None:
    keys = ("depends_on:a", "isolation:global", "touches:path:1|path:2")
    events = [
        plan_event("p", keys=keys),
        plan_event("p", executed=True, outcome="partial"),
        plan_event("p", executed=False),
        plan_event("q", keys=keys[:1]),
        plan_event("q", executed=True, outcome="partial"),
        plan_event("q", executed=True, outcome="success", keys=keys[1:2]),
        plan_event("r", executed=False, outcome="partial"),
        {"id": "y", "type": "task.changed", "data": {"plan_id": "s"}},
    ]
    plans = flatten_events(events, "r").plans
    metrics = count_batch(events)
    assert metrics.multi_workflow_count == len(plans) == 3
    assert metrics.partial_success_count == sum(row["last_outcome"] == "partial" for row in plans) == 1
    assert metrics.conflict_count == sum(len(row["conflicts"]) for row in plans) == 3
    assert [(row["plan_id"], row["runs"]) for row in plans] == [("p", 1), ("q", 2), ("r", 0)]


# Spans and completions


def test_spans_are_requests_of_a_collector_one_a_task(shop: Project, place: Path) -> None:
    ok(export(shop, place, "--format", "otlp", "--repo", "ada/app"))
    (line,) = (place / "otlp/ada%2Fapp.jsonl").read_text().splitlines()
    request = ParseDict(json.loads(line), ExportTraceServiceRequest())
    spans = [span for each in request.resource_spans for scope in each.scope_spans for span in scope.spans]
    assert [span.name for span in spans if not span.parent_span_id] == [
        "invoke_agent codex",
        "invoke_agent claude-code",
    ]
    assert len({span.trace_id for span in spans}) == 1
    (file,) = manifest_of(place).files
    assert (file.table, file.repo, file.rows) == ("otlp", "ada/app", 1)


def test_an_attempt_without_id_is_no_span_and_that_is_told(project: Project, place: Path) -> None:
    bare = {key: value for key, value in DONE.items() if key != "id"}
    project.task("fix", extra=f"execution: {json.dumps({'attempts': [bare]})}\n")
    done = ok(export(project, place, "--format", "otlp"))
    assert "1 attempt left out: a span needs an id and times between 1970 and 2262: one of " in done.err
    assert (place / "otlp/repo.jsonl").read_bytes() == b""


def test_what_spans_tell_needs_no_key() -> None:
    """They are redacted without the clone's key: nothing of them may be a path, a person or a secret."""
    for where in ATTRIBUTES.values():
        last = where.rpartition(".")[2]
        assert last not in PATHS | ACTORS
        assert not SECRET_KEYS.search(last)


def test_completions_are_those_of_telemetry_completion(shop: Project, place: Path) -> None:
    """A task that was tried has one, too, whether it was closed or not: its run has ended."""
    shop.task("tried", extra=f"execution: {json.dumps({'attempts': [DONE]})}\n")
    ok(export(shop, place, "--format", "task-completion"))
    lines = (place / "task-completion/repo.jsonl").read_text().splitlines()
    shown = [
        call(shop, "telemetry", "completion", each, "--output", "json").json for each in ("fix", "tried")
    ]
    assert [json.loads(line) for line in lines] == shown


def test_documents_of_several_repositories_lie_side_by_side(shop: Project, place: Path) -> None:
    for repo in ("b", "a"):
        ok(export(shop, place, "--format", "otlp", "--repo", repo))
    before = content_of(place)
    assert not ok(export(shop, place, "--repo", "b")).json["changed"]
    assert content_of(place) == before
    assert [file.path for file in manifest_of(place).files] == ["otlp/a.jsonl", "otlp/b.jsonl"]


# Refusals


def refused(done: Done, code: str, words: str) -> None:
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.error["code"] == code
    assert words in done.error["message"]


def test_another_format_and_a_newer_version_are_refused(shop: Project, place: Path) -> None:
    ok(export(shop, place))
    before = content_of(place)
    refused(export(shop, place, "--format", "csv"), "bad-dataset", "it is jsonl, not csv")
    refused(export(shop, place, "--partition", "repo"), "bad-value", "not split by repository")
    assert content_of(place) == before
    manifest = place / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))
    refused(export(shop, place), "bad-dataset", "its version is 2")


def test_a_dataset_with_other_columns_is_read_but_not_written(shop: Project, place: Path) -> None:
    ok(export(shop, place))
    manifest = place / "manifest.json"
    value = json.loads(manifest.read_text())
    value["columns"]["tasks"]["mood"] = "text"
    manifest.write_text(json.dumps(value))
    before = content_of(place)
    refused(export(shop, place), "bad-dataset", "its tables have other columns")
    assert content_of(place) == before
    assert len(manifest_of(place).files) == 5


def of_another_release(place: Path, format_: str) -> None:
    """Give the tasks of a dataset a column more and one less, as another release would write them."""
    manifest = manifest_of(place)
    columns = [column for column in manifest.columns["tasks"] if column.name != "title"]
    schema = {**manifest.columns, "tasks": (Column("mood", Type.TEXTS, ""), *columns)}
    tables = read_back(place)
    rows = {**tables, "tasks": [row | {"mood": ["fine", row["task_id"]]} for row in tables["tasks"]]}
    given = Given(manifest.repositories, in_batches(rows.__getitem__, schema), columns=schema)
    write_dataset(str(place.with_name(f"{place.name}-other")), given, DatasetFormat(format_), by_repo=False)


@pytest.mark.slow
@pytest.mark.parametrize(("format_", "target"), crossed(FORMATS, [*FORMATS[1:], *FORMATS[:1]]))
def test_parts_of_other_releases_are_merged(shop: Project, tmp_path: Path, format_: str, target: str) -> None:
    """Columns that a part does not have are null; those that this release does not know are carried."""
    ours, theirs, place = (tmp_path / name for name in ("ours", "theirs", "both"))
    ok(export(shop, ours, "--repo", "ada/app"))
    ok(export(shop, theirs, "--repo", "ada/web"))
    of_another_release(theirs, format_)
    sources = ("--from", str(ours), "--from", f"{theirs}-other", "--format", target)
    ok(export(shop, place, *sources))
    manifest = manifest_of(place)
    assert [column.name for column in manifest.columns["tasks"]][-1] == "mood"
    assert manifest.columns["tasks"][:-1] == TABLES["tasks"]
    assert not manifest.lacking
    rows = {(row["repo"], row["task_id"]): row for row in Source(str(place), manifest).rows("tasks")}
    before = {row["task_id"]: row for row in read_back(ours)["tasks"]}
    for (repo, task_id), row in rows.items():
        changed = (
            {"repo": repo, "mood": ["fine", task_id], "title": None} if repo == "ada/web" else {"mood": None}
        )
        assert row == before[task_id] | changed
    assert not ok(export(shop, place, *sources)).json["changed"]
    ok(export(shop, tmp_path / "again", "--from", str(place), "--format", format_))
    again = manifest_of(tmp_path / "again")
    assert again.columns == manifest.columns
    assert [*Source(str(tmp_path / "again"), again).rows("tasks")] == [*rows.values()]
    refused(export(shop, place), "bad-dataset", "other columns")


def test_columns_of_unknown_types_are_refused(shop: Project, place: Path) -> None:
    ok(export(shop, place))
    manifest = place / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"title": "text"', '"title": "text", "mood": "feeling"', 1))
    done = export(shop, place.with_name("x"), "--from", str(place))
    refused(done, "bad-dataset", "has a type that this release does not know")
    manifest.write_text(text.replace('"title": "text"', '"title": "integer"', 1))
    refused(export(shop, place.with_name("x"), "--from", str(place)), "bad-dataset", "in different types")


def test_rows_that_no_manifest_names_are_refused(shop: Project, tmp_path: Path) -> None:
    """Files that are as the manifest says, which names another repository than their rows."""
    ok(export(shop, tmp_path / "one"))
    manifest = tmp_path / "one/manifest.json"
    manifest.write_text(manifest.read_text().replace('"repo": {', '"other": {'))
    for format_ in FORMATS:
        done = export(shop, tmp_path / format_, "--from", str(tmp_path / "one"), "--format", format_)
        refused(done, "bad-dataset", "rows of repo, which")


@pytest.mark.parametrize("name", ["attempts.jsonl", "tasks", "dataset.sqlite", "otlp"])
def test_files_without_manifest_are_refused(shop: Project, place: Path, name: str) -> None:
    place.mkdir()
    (place / name).write_text("mine")
    (place / "notes.txt").write_text("mine")
    words = f"it contains other files and no manifest.json: {name}"
    refused(export(shop, place, "--format", "parquet"), "bad-dataset", words)
    assert content_of(place) == {name: b"mine", "notes.txt": b"mine"}
    assert not (place / ".tasks-export.lock").exists()


def test_files_of_others_stay(shop: Project, place: Path) -> None:
    place.mkdir()
    (place / "README.md").write_text("mine")
    for title in ("One", "Two"):
        ok(export(shop, place, "--format", "parquet"))
        ok(call(shop, "new", "--title", title))
    assert (place / "README.md").read_text() == "mine"


@pytest.mark.parametrize("inside", ["tasks", "tasks/data", "link"])
def test_a_place_among_task_files_is_refused(shop: Project, inside: str) -> None:
    (shop.root / "link").symlink_to("tasks")
    before = shop.tree()
    refused(export(shop, shop.root / inside), "bad-value", "it lies in tasks/")
    assert shop.tree() == before


def test_sources_that_change_during_a_merge_are_read_again(shop: Project, place: Path) -> None:
    ok(export(shop, place))
    seen: list[list[str]] = []

    def write(given: Given) -> list[str]:
        seen.append([*given.repositories])
        if len(seen) < 3:
            ok(export(shop, place, "--repo", f"ada/{len(seen)}"))
        if len(seen) == 1:
            raise FileNotFoundError(2, "gone", "x")
        return seen[-1]

    assert merge_steadily([str(place)], write) == sorted([*seen[0], "ada/1", "ada/2"])
    assert len(seen) == 3


def test_a_damaged_file_is_not_merged(shop: Project, place: Path) -> None:
    ok(export(shop, place, "--repo", "a"))
    with (place / "gates.jsonl").open("ab") as file:
        file.write(b"{}\n")
    before = content_of(place)
    refused(
        export(shop, place, "--repo", "b"), "bad-dataset", "gates.jsonl is not what the manifest tells of"
    )
    refused(export(shop, place.with_name("x"), "--from", str(place)), "bad-dataset", "gates.jsonl")
    assert content_of(place) == before


@pytest.mark.parametrize("format_", ["jsonl", "csv", "sqlite", "parquet"])
def test_a_file_that_holds_something_else_is_named_whatever_its_manifest_says(
    shop: Project, place: Path, format_: str
) -> None:
    """Nothing is dropped in silence, and the remedy does not speak of the disk."""
    ok(export(shop, place, "--format", format_, "--repo", "a"))
    manifest = json.loads((place / "manifest.json").read_text())
    for each in manifest["files"]:
        (place / each["path"]).write_bytes(b"something else")
        each |= {"bytes": 14, "sha256": sha256(b"something else").hexdigest()}
    (place / "manifest.json").write_text(json.dumps(manifest))
    before = content_of(place)
    merged = export(shop, place.with_name("x"), "--from", str(place), "--format", format_)
    for done in (export(shop, place, "--repo", "b"), merged):
        assert done.error["code"] == "bad-dataset"
        assert "Check the disk" not in done.error["hint"]
    assert content_of(place) == before


def test_a_record_that_is_nested_too_deeply_is_an_error_of_its_file(shop: Project, place: Path) -> None:
    ok(export(shop, place, "--repo", "a"))
    file = place / "gates.jsonl"
    file.write_bytes(file.read_bytes() + b'{"repo":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")
    manifest = json.loads((place / "manifest.json").read_text())
    (named,) = (each for each in manifest["files"] if each["path"] == "gates.jsonl")
    named |= {"bytes": file.stat().st_size, "sha256": sha256(file.read_bytes()).hexdigest()}
    (place / "manifest.json").write_text(json.dumps(manifest))
    merged = export(shop, place.with_name("x"), "--from", str(place), "--format", "csv")
    refused(merged, "bad-dataset", "a record of it is nested too deeply")


def test_a_damaged_file_of_parquet_is_named(shop: Project, place: Path) -> None:
    ok(export(shop, place, "--format", "parquet", "--repo", "a"))
    (file,) = place.glob("attempts/*/*")
    file.write_bytes(file.read_bytes()[:-8])
    before = content_of(place)
    refused(export(shop, place, "--repo", "b"), "bad-dataset", file.name)
    file.unlink()
    refused(export(shop, place, "--repo", "b"), "bad-dataset", file.name)  # gone, too
    assert content_of(place).items() <= before.items()


def test_a_repository_in_two_sources_is_an_error(shop: Project, tmp_path: Path, place: Path) -> None:
    for name in ("one", "two"):
        ok(export(shop, tmp_path / name))
    sources = ("--from", str(tmp_path / "one"), "--from", str(tmp_path / "two"))
    refused(export(shop, place, *sources), "bad-dataset", "the repository repo is in")
    assert not place.exists()
    refused(export(shop, place, "--from", str(tmp_path / "none")), "bad-dataset", "it has no manifest.json")
    refused(export(shop, place, "--from", str(place)), "bad-value", "it is the dataset that is written")
    refused(export(shop, place, "--from", str(tmp_path / "one"), "--repo", "x"), "bad-value", "--repo")
    ok(export(shop, tmp_path / "spans", "--format", "otlp"))
    refused(export(shop, place, "--from", str(tmp_path / "spans")), "bad-dataset", "which holds no rows")


def test_sources_need_no_project(shop: Project, tmp_path: Path, place: Path) -> None:
    ok(export(shop, tmp_path / "one"))
    elsewhere = Project(tmp_path / "elsewhere")
    elsewhere.root.mkdir()
    ok(export(elsewhere, place, "--from", "../one", "--format", "sqlite"))
    assert read_back(place) == read_back(tmp_path / "one")


def test_links_within_a_dataset_are_not_written_through(shop: Project, place: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    ok(export(shop, place, "--format", "parquet"))
    for file in place.glob("tasks/*"):
        file.rename(tmp_path / "elsewhere" / file.name)
    (place / "tasks").rmdir()
    (place / "tasks").symlink_to("../elsewhere")
    ok(call(shop, "new", "--title", "Another"))
    before = content_of(tmp_path / "elsewhere")
    refused(export(shop, place), "bad-dataset", "tasks is no directory of its own")
    assert content_of(tmp_path / "elsewhere") == before
    assert not (place / ".tasks-export").exists()


def test_a_missing_extra_is_named(shop: Project, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    done = export(shop, place, "--format", "parquet")
    refused(done, "missing-extra", "This needs duckdb, which is not installed here")
    assert "pip install 'taskfiles[fleet]'" in done.error["hint"]
    assert not (place / "manifest.json").exists()
    assert not (place / ".tasks-export").exists()


def test_parquet_is_split_by_repository_where_asked(shop: Project, place: Path) -> None:
    for repo in ("ada/app", "b"):
        ok(export(shop, place, "--format", "parquet", "--partition", "repo", "--repo", repo))
    ok(export(shop, place, "--repo", "ada/app"))  # as the dataset is
    assert manifest_of(place).partition == ("repo", "month")
    attempts = [Path(file.path).parent.as_posix() for file in manifest_of(place).files_of("attempts")]
    assert attempts == ["attempts/repo=ada%2Fapp/month=2025-11", "attempts/repo=b/month=2025-11"]
    assert [file.repo for file in manifest_of(place).files_of("tasks")] == ["ada/app", "b"]


def test_large_months_are_several_files(shop: Project, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskfiles.dataset.parquet.FILE_ROWS", 3)
    ok(export(shop, place, "--format", "parquet", "--repo", "ada/app"))
    assert [file.rows for file in manifest_of(place).files_of("gates")] in ([3, 1], [1, 3])
    ok(export(shop, place.with_name("plain"), "--repo", "ada/app"))
    assert read_back(place) == read_back(place.with_name("plain"))


def test_a_place_with_odd_letters(shop: Project, tmp_path: Path) -> None:
    for format_ in FORMATS:
        place = tmp_path / "it's [odd] * é" / format_
        for repo in "ab":
            ok(export(shop, place, "--format", format_, "--repo", repo))
        ok(export(shop, tmp_path / f"back-{format_}", "--from", str(place)))
        assert len(read_back(tmp_path / f"back-{format_}")["attempts"]) == 4


# The answer


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    rows = [
        {**dict.fromkeys(column.name for column in TABLES["gates"]), "gate": f"{n:04}"} for n in range(1200)
    ]
    rows = settle_rows("gates", [row | {"repo": "a", "task_id": "t", "position": 1} for row in rows])
    told: list[tuple[int, int]] = []
    given = Given({"a": Counts(gates=1200)}, in_batches(lambda table: rows if table == "gates" else ()))
    export_dataset(str(tmp_path / "data"), given, None, progress=lambda *each: told.append(each))
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]


def test_the_answer_for_people_and_in_plain(shop: Project, place: Path) -> None:
    first = call(shop, "export", "--dataset", "../data", "--repo", "ada/app").out.splitlines()
    assert first[0] == "ada/app: written to ../data (jsonl)."
    assert [line.split()[0] for line in first[1:]] == ["TABLE", *TABLES]
    again = call(shop, "export", "--dataset", "../data", "--repo", "ada/app").out
    assert again.startswith("ada/app: unchanged in ../data (jsonl).\n")
    ok(call(shop, "update", "open", "--meta", "size=xl"))
    plain = call(shop, "export", "--dataset", "../data", "--repo", "ada/app", "--output", "plain").out
    assert plain == "events.jsonl\ntasks.jsonl\n"


def test_a_full_disk_and_a_file_in_the_way(shop: Project, place: Path) -> None:
    place.write_text("mine")
    refused(export(shop, place), "bad-dataset", f"{place} is no directory")
    assert place.read_text() == "mine"
    assert os.path.isfile(place)
