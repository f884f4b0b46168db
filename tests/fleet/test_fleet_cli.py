"""`tasks stats --dataset`: real repositories exported into one dataset, in a directory or behind a URL."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import json
import re
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from support.attempts import morning
from support.datasets import manifest_of
from support.effort import Effort, crossed
from support.in_process import call, ok
from support.project import Done, Project
from taskfiles import TaskfilesError
from taskfiles.fleet.place import Dataset, check_sizes, open_dataset
from taskfiles.fleet.steady import read_steadily
from taskfiles.schema.files import read_schema

SCHEMA = Draft202012Validator(read_schema("stats"))
ALERTS = Draft202012Validator(read_schema("stats-alerts"))
FORMATS = ("jsonl", "parquet")
# Spark, which takes its time to start, is compared with the others in test_fleet.py.
ENGINES = ("python", "duckdb")
SLOW = '[[alerts]]\nmetric = "duration_p50"\nabove = 600\nby = ["repo", "model"]\nleast = 1\n'


def attempt(day: int, minutes: int, status: str = "completed", model: str = "opus") -> dict[str, Any]:
    cost = {"actual_usd_micros": 1000 * minutes}
    gates = {"run": ["lint"], "failed": [] if status == "completed" else ["lint"]}
    return morning(day, minutes, status, model) | {"cost": cost, "quality_gates": gates}


def tried(*attempts: dict[str, Any]) -> str:
    return f"execution: {json.dumps({'attempts': attempts})}\n"


class Fleet:
    """Two projects, `app` and `web`, and the place of their dataset."""

    def __init__(self, app: Project, web: Project, place: Path) -> None:
        self.app, self.web, self.place = app, web, place
        self.nowhere = Project(place.parent / "nowhere")  # no git, no tasks
        self.nowhere.root.mkdir()

    def export(self, format_: str = "jsonl") -> None:
        for repo, project in self.repos.items():
            argv = ("--dataset", str(self.place), "--format", format_, "--repo", repo)
            ok(call(project, "export", *argv, "--output", "json"))

    @property
    def repos(self) -> dict[str, Project]:
        return {"ada/app": self.app, "ada/web": self.web}

    def stats(self, *argv: str, place: str | Path | None = None) -> Done:
        """Ask in a directory that is not a project."""
        return call(self.nowhere, "stats", "--dataset", str(place or self.place), *argv)

    def ask(self, *argv: str, place: str | Path | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = ok(self.stats(*argv, "--output", "json", place=place)).json
        SCHEMA.validate(answer)
        return answer


@pytest.fixture
def fleet(project: Project, tmp_path: Path) -> Fleet:
    """Tasks below each other, with attempts and without, an invalid and an unreadable one; a plan's event.

    Both repositories have a task `fix`.
    """
    other = Project(tmp_path / "web")
    shutil.copytree(project.root, other.root)
    project.task("epic", kind="epic")
    failed = attempt(2, 5, "failed")
    project.task("fix", state="done", parent="epic", extra=tried(failed, attempt(3, 10)), labels="[ui, e2e]")
    for number in range(5):
        model = "gpt" if number % 2 else "opus"
        made = tried(attempt(4 + number, 20, model=model))
        project.task(f"t-{number}", ambiguity="low", x_team="[red, blue]", extra=made)
    project.task("told", state="done")
    project.task("odd", priority="soon")
    project.write("tasks/10-ready/task-broken.md", "---\nid: broken\ntitle: Broken: file\n---\n")
    ok(call(project, "plan"))
    other.task("fix", extra=tried(attempt(2, 40, model="gpt")))
    other.task("child", parent="fix", extra=tried(attempt(1, 7, "abandoned")))
    other.task("silent", state="done")
    return Fleet(project, other, tmp_path / "data")


@contextmanager
def serve(handle: Callable[[web.Application], object]) -> Iterator[str]:
    """Serve over HTTP in a thread; gives the URL."""
    loop = asyncio.new_event_loop()
    app = web.Application()
    handle(app)
    # Readers keep their connections, for which nobody waits.
    runner = web.AppRunner(app, shutdown_timeout=0)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port: int = runner.addresses[0][1]
        return port

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/data"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def url(fleet: Fleet) -> Iterator[str]:
    """The dataset behind a URL, as it is in its directory at the time of each request."""
    fleet.place.mkdir()
    with serve(lambda app: app.router.add_static("/data", fleet.place)) as url:
        yield url


def refused(done: Done, code: str, words: str) -> None:
    assert done.code > 0
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.error["code"] == code
    assert words in done.error["message"] + (done.error.get("hint") or "")


def keys_of(answer: dict[str, Any]) -> set[tuple[str | None, ...]]:
    return {tuple(group["key"].values()) for group in answer["groups"]}


def test_a_file_of_another_size_is_refused_before_other_machines_fetch_it(fleet: Fleet, url: str) -> None:
    fleet.export("jsonl")
    dataset = open_dataset(url)
    check_sizes(dataset, ["tasks", "attempts"])
    (file, *_) = dataset.manifest.files_of("attempts")
    stored = fleet.place / file.path
    stored.write_bytes(stored.read_bytes()[:-1])
    check_sizes(dataset, ["tasks"])
    with pytest.raises(TaskfilesError, match=re.escape(f"{file.path} has not the bytes")):
        check_sizes(dataset, ["tasks", "attempts"])


# The figures


@pytest.mark.parametrize(("format_", "engine"), crossed(FORMATS, ENGINES))
def test_of_one_repository_it_tells_what_its_files_do(fleet: Fleet, format_: str, engine: str) -> None:
    fleet.export(format_)
    for repo, project in fleet.repos.items():
        for argv in (
            (),
            ("--by", "label,tool"),
            ("--by", "month", "--since", "2025-11-03", "--until", "2025-11-06"),
            ("--task", "fix", "--by", "model"),
            ("--state", "done"),
            ("--by", "model", "--limit", "1"),
            ("--plans",),
        ):
            expected = ok(call(project, "stats", *argv, "--output", "json")).json
            assert fleet.ask("--engine", engine, "--repo", repo, *argv) == expected


@pytest.mark.parametrize(("format_", "engine"), crossed(FORMATS, ENGINES))
def test_repositories_together_and_apart(fleet: Fleet, format_: str, engine: str) -> None:
    fleet.export(format_)
    both = fleet.ask("--engine", engine, "--by", "repo,model")
    assert keys_of(both) == {
        ("ada/app", "opus"),
        ("ada/app", "gpt"),
        ("ada/web", "opus"),
        ("ada/web", "gpt"),
    }
    # Both have a task `fix`, and they are two.
    assert {each["key"]["model"]: each["tasks"] for each in fleet.ask("--by", "model")["groups"]} == {
        "opus": 5,
        "gpt": 3,
    }
    (web,) = fleet.ask("--engine", engine, "--by", "repo", "--repo", "ada/web")["groups"]
    assert (web["key"], web["tasks"], web["attempts_abandoned"]) == ({"repo": "ada/web"}, 2, 1)
    named = fleet.ask("--engine", engine, "--by", "repo", "--repo", "ada/web", "--repo", "ada/app")
    assert named == fleet.ask("--engine", engine, "--by", "repo")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_is_asked_for_with_all_below_it(fleet: Fleet, engine: str) -> None:
    fleet.export()
    asked = fleet.ask("--engine", engine, "--task", "fix", "--by", "repo")
    assert {each["key"]["repo"]: each["attempts"] for each in asked["groups"]} == {"ada/app": 2, "ada/web": 2}
    assert keys_of(fleet.ask("--engine", engine, "--task", "epic", "--by", "repo")) == {("ada/app",)}
    for argv in (("--task", "nothing"), ("--task", "epic", "--repo", "ada/web")):
        refused(fleet.stats("--engine", engine, *argv, "--output", "json"), "no-such-task", argv[1])


@pytest.mark.parametrize("engine", ENGINES)
def test_tasks_without_telemetry_are_listed(fleet: Fleet, engine: str) -> None:
    fleet.export()
    listed = fleet.ask("--engine", engine, "--without-telemetry")["tasks_without_telemetry"]
    assert [(each["id"], each["path"].partition("/tasks/")[0]) for each in listed] == [
        ("silent", "ada/web"),
        ("told", "ada/app"),
    ]
    own = json.loads(ok(call(fleet.app, "stats", "--without-telemetry", "--output", "jsonl")).out)
    of_dataset = {"path": f"ada/app/{own['path']}", "completed_at": "2025-11-02T12:00:00.000000Z"}
    assert listed[1] == own | of_dataset
    human = ok(fleet.stats("--engine", engine, "--without-telemetry")).out
    assert [line.split()[0] for line in human.splitlines()[1:]] == ["silent", "told"]


def test_plans_are_those_of_all_logs(fleet: Fleet) -> None:
    ok(call(fleet.web, "plan"))
    fleet.export()
    for engine in ENGINES:
        plans = fleet.ask("--engine", engine, "--plans")["plans"]
        assert plans["multi_workflow_count"] == 2
        before = fleet.ask("--engine", engine, "--plans", "--until", "2025-11-01")["plans"]
        assert before["multi_workflow_count"] == 0
        one = fleet.ask("--engine", engine, "--plans", "--repo", "ada/web")["plans"]
        assert one["multi_workflow_count"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_own_keys_are_dimensions_where_some_task_has_them(fleet: Fleet, engine: str) -> None:
    fleet.export("parquet")
    assert keys_of(fleet.ask("--engine", engine, "--by", "x_team")) == {("red",), ("blue",), (None,)}
    done = fleet.stats("--engine", engine, "--by", "modle", "--output", "json")
    refused(done, "bad-value", "model")
    # Another repository has that key, so that it is known.
    known = fleet.ask("--engine", engine, "--by", "x_team", "--repo", "ada/web")
    assert keys_of(known) == {(None,)}


def test_every_format_of_the_answer(fleet: Fleet) -> None:
    fleet.export()
    groups = fleet.ask("--by", "repo,model")["groups"]
    lines = ok(fleet.stats("--by", "repo,model", "--output", "jsonl")).out.splitlines()
    assert [json.loads(line) for line in lines] == groups
    header, *rows = csv.reader(io.StringIO(ok(fleet.stats("--by", "repo,model", "--output", "csv")).out))
    assert header[:3] == ["repo", "model", "rank"]
    assert [row[:2] for row in rows] == [list(group["key"].values()) for group in groups]
    human = ok(fleet.stats("--by", "repo,model")).out
    assert all(repo in human for repo in fleet.repos)
    plain = ok(fleet.stats("--by", "repo,model", "--output", "plain")).out.splitlines()
    assert len(plain) == len(groups)
    assert len(fleet.ask("--by", "repo,model", "--limit", "2")["groups"]) == 2


def test_alerts_judge_the_fleet(fleet: Fleet) -> None:
    fleet.export("parquet")
    rules = fleet.nowhere  # a project of rules alone
    rules.configure(SLOW)
    for engine in ENGINES:
        argv = (
            "stats",
            "--alerts",
            "--dataset",
            str(fleet.place),
            "--engine",
            engine,
            "--until",
            "2025-12-01",
        )
        done = call(rules, *argv, "--output", "json")
        assert done.code == 1
        ALERTS.validate(done.json)
        found = [tuple(each["key"].values()) for each in done.json["findings"]]
        assert sorted(found) == [("ada/app", "gpt"), ("ada/app", "opus"), ("ada/web", "gpt")]
        web = call(rules, *argv, "--repo", "ada/web", "--output", "plain")
        assert (web.code, len(web.out.splitlines())) == (1, 1)
    rules.configure(SLOW.replace("repo", "rope"))
    done = call(rules, "stats", "--alerts", "--dataset", str(fleet.place), "--output", "json")
    refused(done, "bad-config", "rope")
    # In files there is no such dimension as a repository.
    fleet.app.configure(SLOW)
    refused(call(fleet.app, "stats", "--alerts", "--output", "json"), "bad-config", "repo")


def test_an_empty_project_gives_empty_figures(fleet: Fleet) -> None:
    empty = Project(fleet.place.parent / "empty")
    (empty.root / "tasks" / "10-ready").mkdir(parents=True)
    ok(call(empty, "export", "--dataset", str(fleet.place), "--repo", "none", "--no-events"))
    for engine in ENGINES:
        answer = fleet.ask("--engine", engine, "--plans")
        assert answer["groups"] == []
        assert answer["plans"] is None


def test_a_place_with_odd_letters(fleet: Fleet) -> None:
    for format_ in FORMATS:
        fleet.place = fleet.place.parent / format_
        fleet.export(format_)
        expected = fleet.ask("--by", "repo,model")
        fleet.place = fleet.place.rename(fleet.place.parent / f"it's [odd] * é? {format_}")
        for engine in ENGINES:
            assert fleet.ask("--engine", engine, "--by", "repo,model") == expected


def test_repositories_in_files_of_their_own(fleet: Fleet) -> None:
    for repo, project in fleet.repos.items():
        argv = ("--format", "parquet", "--partition", "repo", "--repo", repo)
        ok(call(project, "export", "--dataset", str(fleet.place), *argv))
    assert len(manifest_of(fleet.place).files_of("attempts")) == 2
    answers = [fleet.ask("--engine", engine, "--by", "repo,model") for engine in ENGINES]
    assert answers[0] == answers[1]
    assert len(keys_of(answers[0])) == 4


# Behind a URL


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_a_url_gives_what_the_directory_does(fleet: Fleet, url: str, format_: str) -> None:
    fleet.export(format_)
    for argv in (
        ("--by", "repo,model"),
        ("--plans", "--without-telemetry"),
        ("--task", "fix", "--repo", "ada/web"),
    ):
        assert fleet.ask(*argv, place=url) == fleet.ask(*argv)
    assert fleet.ask(place=f"{url}/") == fleet.ask()


def test_the_python_engine_reads_no_url(fleet: Fleet, url: str) -> None:
    fleet.export()
    done = fleet.stats("--engine", "python", "--output", "json", place=url)
    refused(done, "bad-value", "Use --engine duckdb")


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_missing_behind_a_url(fleet: Fleet, url: str, format_: str) -> None:
    refused(fleet.stats("--output", "json", place=url), "io", "(fsspec says “")
    fleet.export(format_)
    file = manifest_of(fleet.place).files_of("attempts")[0]
    path = fleet.place / file.path
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    refused(fleet.stats("--output", "json", place=url), "bad-dataset", file.path)
    path.unlink()
    refused(fleet.stats("--output", "json", place=url), "io", file.path)


@pytest.mark.parametrize("format_", FORMATS)
def test_other_bytes_of_the_same_length_behind_a_url(fleet: Fleet, url: str, format_: str) -> None:
    fleet.export(format_)
    file = manifest_of(fleet.place).files_of("attempts")[0]
    path = fleet.place / file.path
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"opus", b"0pus") if format_ == "jsonl" else whole[::-1])
    refused(fleet.stats("--output", "json", place=url), "bad-dataset", file.path)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_server_that_knows_no_ranges_will_do(fleet: Fleet, format_: str) -> None:
    fleet.export(format_)

    def plain(app: web.Application) -> None:
        async def answer(request: web.Request) -> web.Response:
            return web.Response(body=(fleet.place / request.match_info["path"]).read_bytes())

        app.router.add_get("/data/{path:.*}", answer)

    with serve(plain) as url:
        assert fleet.ask("--by", "repo,model", place=url) == fleet.ask("--by", "repo,model")


def test_a_server_that_sends_less_than_it_says(fleet: Fleet) -> None:
    fleet.export()

    def cut(app: web.Application) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            data = (fleet.place / request.match_info["path"]).read_bytes()
            if request.path.endswith("manifest.json"):
                return web.Response(body=data)
            sent = web.StreamResponse(headers={"Content-Length": str(len(data))})
            await sent.prepare(request)
            await sent.write(data[:7])
            assert request.transport is not None
            request.transport.close()
            return sent

        app.router.add_get("/data/{path:.*}", answer)

    with serve(cut) as url:
        refused(fleet.stats("--output", "json", place=url), "io", url)


def test_a_server_that_fails(fleet: Fleet) -> None:
    def fail(app: web.Application) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=500)

        app.router.add_get("/{path:.*}", answer)

    with serve(fail) as url:
        refused(fleet.stats("--output", "json", place=url), "io", "its server answered 500 (fsspec says “")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_server_that_fails_at_the_files_of_a_table(fleet: Fleet, format_: str) -> None:
    fleet.export(format_)

    def fail(app: web.Application) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            if request.path.endswith("/manifest.json"):
                return web.FileResponse(fleet.place / "manifest.json")
            return web.Response(status=503)

        app.router.add_get("/{path:.*}", answer)

    with serve(fail) as url:
        refused(fleet.stats("--output", "json", place=url), "io", url)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (b"[]", "bad-dataset", "not a manifest of a dataset"),
        (b"\xff\xfe", "bad-dataset", "it is not JSON"),
    ],
)
def test_what_is_no_manifest_behind_a_url(fleet: Fleet, url: str, text: bytes, code: str, words: str) -> None:
    (fleet.place / "manifest.json").write_bytes(text)
    refused(fleet.stats("--output", "json", place=url), code, words)


def test_nobody_listens(fleet: Fleet) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{held.getsockname()[1]}/data"
        done = fleet.stats("--output", "json", place=url)
        refused(done, "io", "its server can't be reached (fsspec says “")
        refused(done, "io", "Check the URL")


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("nosuch://bucket/data", "it is not a URL that can be read"),
        ("gs://bucket/data", "a package that reads such URLs is missing"),
        ("://", "there is no such file"),
        ("http://", "it is not a URL that can be read"),
    ],
)
def test_urls_that_nothing_reads(fleet: Fleet, place: str, reason: str) -> None:
    done = fleet.stats("--output", "json", place=place)
    refused(done, "io", f"{reason} (fsspec says “")
    refused(done, "io", "Check the URL")


# Refusals


def test_a_directory_without_a_dataset(fleet: Fleet, tmp_path: Path) -> None:
    refused(fleet.stats("--output", "json", place=tmp_path / "none"), "bad-dataset", "no manifest.json")
    refused(fleet.stats("--output", "json", place=fleet.app.root), "bad-dataset", "manifest.json")
    (tmp_path / "file").write_text("mine")
    assert fleet.stats("--output", "json", place=tmp_path / "file").error["code"] == "io"


@pytest.mark.parametrize(("format_", "engine"), crossed(FORMATS, ENGINES))
def test_columns_of_other_releases(fleet: Fleet, format_: str, engine: str) -> None:
    """More columns than are known are passed over; fewer would be taken for what nobody knows."""
    fleet.export(format_)
    expected = ok(fleet.stats("--engine", engine)).out
    path = fleet.place / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["columns"]["tasks"]["mood"] = "text"
    path.write_text(json.dumps(manifest))
    assert ok(fleet.stats("--engine", engine)).out == expected
    del manifest["columns"]["tasks"]["uniform"]
    path.write_text(json.dumps(manifest))
    done = fleet.stats("--engine", engine, "--output", "json")
    refused(done, "bad-dataset", "its tables have no column tasks.uniform")


@pytest.mark.parametrize("format_", ["csv", "sqlite", "otlp", "task-completion"])
def test_formats_that_no_engine_reads(fleet: Fleet, format_: str) -> None:
    ok(call(fleet.app, "export", "--dataset", str(fleet.place), "--format", format_, "--repo", "a"))
    done = fleet.stats("--output", "json")
    refused(done, "bad-dataset", f"it is {format_}, which no engine reads")
    assert "another directory" in done.error["hint"]


def test_unknown_repositories(fleet: Fleet) -> None:
    fleet.export()
    done = fleet.stats("--repo", "ada/wep", "--output", "json")
    refused(done, "bad-value", "the dataset holds no such repository")
    assert "ada/web" in done.error["hint"]


@pytest.mark.parametrize("argv", [("--engine", "duckdb"), ("--repo", "ada/app"), ("--alerts", "--repo", "a")])
def test_options_that_need_a_dataset(fleet: Fleet, argv: Sequence[str]) -> None:
    done = call(fleet.app, "stats", *argv, "--output", "json")
    assert done.code == 2
    refused(done, "usage", "without --dataset")


@pytest.mark.parametrize(
    ("module", "format_", "engine", "extra"),
    [
        ("duckdb", "parquet", (), "fleet"),
        ("duckdb", "jsonl", ("--engine", "duckdb"), "fleet"),
        ("duckdb", "parquet", ("--engine", "python"), "fleet"),
        ("pyspark.sql", "jsonl", ("--engine", "spark"), "spark"),
    ],
)
def test_a_missing_extra_is_named(  # noqa: PLR0917 (pytest gives them by name)
    fleet: Fleet,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    format_: str,
    engine: Sequence[str],
    extra: str,
) -> None:
    fleet.export(format_)
    monkeypatch.setitem(sys.modules, module, None)
    refused(fleet.stats(*engine, "--output", "json"), "missing-extra", f"pip install 'taskfiles[{extra}]'")


def test_without_any_extra_python_counts(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.export()
    expected = fleet.ask("--by", "repo")
    for module in ("duckdb", "fsspec", "sqlglot", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, module, None)
    assert fleet.ask("--by", "repo") == expected


def test_a_url_without_its_reader(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    done = fleet.stats("--output", "json", place="http://127.0.0.1:9/data")
    refused(done, "missing-extra", "pip install 'taskfiles[fleet]'")


@pytest.mark.parametrize(("format_", "engine"), crossed(FORMATS, ENGINES))
def test_files_that_are_gone_or_damaged(fleet: Fleet, format_: str, engine: str) -> None:
    fleet.export(format_)
    file = manifest_of(fleet.place).files_of("attempts")[0]
    path = fleet.place / file.path
    whole = path.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], whole + whole):
        path.write_bytes(broken)
        refused(fleet.stats("--engine", engine, "--output", "json"), "bad-dataset", file.path)
    path.write_bytes(b"\0" * len(whole))  # as long as before
    done = fleet.stats("--engine", engine, "--output", "json")
    refused(done, "bad-dataset", str(fleet.place))
    path.unlink()
    refused(fleet.stats("--engine", engine, "--output", "json"), "bad-dataset", file.path)
    path.write_bytes(whole)
    fleet.ask("--engine", engine)


def test_a_dataset_is_only_read(fleet: Fleet) -> None:
    fleet.export()
    before = {path: path.read_bytes() for path in fleet.place.rglob("*") if path.is_file()}
    for engine in ENGINES:
        fleet.ask("--engine", engine)
    assert {path: path.read_bytes() for path in fleet.place.rglob("*") if path.is_file()} == before


# While others export


@pytest.mark.slow
@pytest.mark.parametrize(("format_", "engine"), crossed(FORMATS, ENGINES))
def test_readers_do_not_fail_while_others_export(
    fleet: Fleet, effort: Effort, format_: str, engine: str
) -> None:
    """A reader gets what one export has written, whole: that of before, or that of after."""
    fleet.export(format_)
    argv = ("--dataset", str(fleet.place), "--format", format_, "--repo", "ada/web", "--no-events")
    answers = []
    for model in ("gpt", "opus"):
        fleet.web.task("fix", extra=tried(attempt(2, 40, model=model)))
        ok(call(fleet.web, "export", *argv))
        answers.append(fleet.ask("--by", "repo,model"))
    stop = threading.Event()

    def write() -> None:
        for number in itertools.count():
            if stop.is_set():
                break
            fleet.web.task("fix", extra=tried(attempt(2, 40, model=["gpt", "opus"][number % 2])))
            assert fleet.web.run("export", *argv).code == 0

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [
            fleet.ask("--by", "repo,model", "--engine", engine) for _ in range(effort.pick(short=3, deep=5))
        ]
    finally:
        stop.set()
        writer.join()
    assert all(answer in answers for answer in found)


def test_what_is_changed_during_a_reading_is_read_again(fleet: Fleet) -> None:
    fleet.export()
    seen = []

    def read(dataset: Dataset) -> list[str]:
        seen.append([*dataset.manifest.repositories])
        if len(seen) < 3:
            argv = ("--dataset", str(fleet.place), "--repo", f"ada/{len(seen)}")
            ok(call(fleet.web, "export", *argv))
        if len(seen) == 1:
            raise TaskfilesError("io", path="x", action="Reading", problem="it is gone", remedy="")
        return seen[-1]

    assert read_steadily(open_dataset(str(fleet.place)), read) == ["ada/1", "ada/2", "ada/app", "ada/web"]
    assert len(seen) == 3


def test_a_dataset_that_never_stays_the_same_is_an_error(fleet: Fleet) -> None:
    fleet.export()
    tries = itertools.count()

    def read(_: Dataset) -> None:
        ok(
            call(
                fleet.web,
                "export",
                "--dataset",
                str(fleet.place),
                "--repo",
                f"ada/{next(tries)}",
                "--no-events",
            )
        )

    with pytest.raises(TaskfilesError, match="it is written all the time"):
        read_steadily(open_dataset(str(fleet.place)), read)
