"""Draining the log to its sinks: whole, once, redacted, only where it may, and never for too long."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.effort import Effort, crossed, some
from support.event_log import events_of, log_of
from support.event_spool import event, forget, ids, log, read
from support.in_process import call
from support.kill_steps import kill_at
from support.layouts import in_states, mostly_in_states
from support.limits import give_up_rights, run_limited
from support.otlp_receiver import decode_traces, receiving
from support.project import Done, Project
from support.simultaneous import at_once
from taskfiles import Store
from taskfiles.schema.files import read_schema
from taskfiles.telemetry.drain import Around, choose_sinks, drain
from taskfiles.telemetry.event_files import add_events
from taskfiles.telemetry.folder import EventFolder
from taskfiles.telemetry.otlp import Receiver as OtlpReceiver
from taskfiles.telemetry.retry_after import parse_retry_after
from taskfiles.telemetry.spool import Chunk

SCHEMA = Draft202012Validator(read_schema("telemetry-push"))
EVENTS = [event(number) for number in range(1, 4)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "events"
    made.mkdir()
    return made


@pytest.fixture
def remote(tmp_path: Path, project: Project) -> Path:
    """A bare repository, and a clone of it beside the project: `events-repo`."""
    bare = tmp_path / "remote.git"
    project.git("init", "-q", "--bare", "-b", "main", str(bare))
    clone(project, bare, tmp_path / "events-repo")
    return bare


def clone(project: Project, bare: Path, place: Path) -> Path:
    project.git("clone", "-q", str(bare), str(place))
    project.git("-C", str(place), "symbolic-ref", "HEAD", "refs/heads/main")
    return place


def push(project: Project, *sinks: str, env: dict[str, str] | None = None) -> Done:
    argv = [part for sink in sinks for part in ("--sink", sink)]
    done = call(project, "telemetry", "push", "--output", "json", *argv, env=env)
    if done.out:
        SCHEMA.validate(done.json)
    forget(project)
    return done


def trust(project: Project) -> None:
    assert call(project, "trust").code == 0
    forget(project)


def rows(done: Done) -> list[tuple[str, int]]:
    return [(row["outcome"], row["events"]) for row in done.json["sinks"]]


def pushed(project: Project, bare: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """What a fresh clone of the remote holds."""
    fresh = tmp_path / f"fresh-{len(list(tmp_path.iterdir()))}"
    project.git("clone", "-q", str(bare), str(fresh))
    return read(fresh)


# What arrives


def test_a_directory_gets_each_event_once(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    log(project, event(9, day="2026-11-21"), day="2026-11-21", host="other")
    assert rows(push(project, "dir:../events")) == [("success", 4)]
    assert rows(push(project, "dir:../events")) == [("success", 0)]
    log(project, event(4))
    assert rows(push(project, "dir:../events")) == [("success", 1)]
    assert ids(read(folder)) == ids([*EVENTS, event(4), event(9, day="2026-11-21")])
    names = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*.jsonl"))]
    assert [name.partition("/")[0] for name in names] == ["dt=2026-11-20", "dt=2026-11-21"]
    assert not any("ci-7" in name or "other" in name for name in names)


def test_a_repository_gets_a_file_for_each_run(project: Project, remote: Path, tmp_path: Path) -> None:
    other = "11111111-51a5-4d0f-8d0e-1f6c0f6d7a11"
    log(project, *EVENTS, event(7, run_id=other), event(8, run_id="../../evil"))
    assert rows(push(project, "git:../events-repo")) == [("success", 5)]
    assert ids(pushed(project, remote, tmp_path)) == ids(
        [*EVENTS, event(7, run_id=other), event(8, run_id="../../evil")]
    )
    place = tmp_path / "events-repo"
    files = [file.name for file in sorted((place / "dt=2026-11-20").iterdir())]
    assert len(files) == 3
    assert any(name.startswith(other) for name in files)
    head = project.git("-C", str(place), "log", "-1", "--format=%an %ae %s").strip()
    assert head == "tasks tasks@localhost Events of 3 runs"
    assert rows(push(project, "git:../events-repo")) == [("success", 0)]
    assert project.git("-C", str(place), "status", "--porcelain") == ""


def test_clones_that_push_at_the_same_place_do_not_conflict(
    project: Project, remote: Path, tmp_path: Path
) -> None:
    """The same run in two clones, say the jobs of one CI run: the second has to merge, and can."""
    second = Project(tmp_path / "second")
    (second.root / "tasks/10-ready").mkdir(parents=True)
    second.git("init", "-q", "-b", "main")
    clone(project, remote, tmp_path / "events-two")
    log(project, event(1))
    log(second, event(2))
    assert rows(push(project, "git:../events-repo")) == [("success", 1)]
    assert rows(push(second, "git:../events-two")) == [("success", 1)]
    log(project, event(3))
    assert rows(push(project, "git:../events-repo")) == [("success", 1)]
    assert ids(pushed(project, remote, tmp_path)) == ids([event(1), event(2), event(3)])


def test_what_else_is_staged_there_is_not_committed(project: Project, remote: Path, tmp_path: Path) -> None:
    place = tmp_path / "events-repo"
    (place / "notes.md").write_text("mine")
    project.git("-C", str(place), "add", "notes.md")
    log(project, *EVENTS)
    assert rows(push(project, "git:../events-repo")) == [("success", 3)]
    assert project.git("-C", str(place), "status", "--porcelain") == "A  notes.md\n"


def test_a_push_from_a_hook_goes_to_the_right_repository(project: Project, remote: Path) -> None:
    log(project, *EVENTS)
    env = {"GIT_DIR": str(project.root / ".git"), "GIT_WORK_TREE": str(project.root), "GIT_INDEX_FILE": "x"}
    argv = ("telemetry", "push", "--sink", "git:../events-repo")
    assert project.run(*argv, env=env).code == 0
    assert project.git("-C", str(remote), "rev-list", "--count", "main").strip() == "1"


def test_a_receiver_gets_spans_and_records(project: Project) -> None:
    project.task("fix")
    argv = ["record", "fix", "--status", "failed", "--tool", "claude-code", "--model", "m-1", "--id"]
    attempt = "0199c6f2-0000-7000-8000-000000000001"
    argv += [attempt, "--duration-seconds", "60", "--error-reason", "password=swordfish in src/secret.py"]
    assert call(project, *argv, "--gate", "lint=fail", "--input-tokens", "5000000000").code == 0
    log_of(project).exists() and shutil.rmtree(log_of(project))
    log(project, event(1, kind="attempt.recorded", attempt_ids=[attempt]), event(2))
    with receiving() as receiver:
        env = {"OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b, x-other=c"}
        assert rows(push(project, f"otlp:{receiver.url}", env=env)) == [("success", 2)]
    root, gate = receiver.spans
    assert (root.name, gate.name) == ("invoke_agent claude-code", "quality_gate lint")
    assert gate.parent_span_id == root.span_id
    assert "swordfish" not in str(receiver.traces)
    assert len(receiver.records) == 2
    assert receiver.records[0].trace_id == root.trace_id
    assert {(headers["X-Key"], headers["X-Other"]) for headers in receiver.headers} == {("a b", "c")}


def test_attempts_that_can_not_be_spans_are_named(project: Project) -> None:
    ids = [f"0199c6f2-0000-7000-8000-00000000000{number}" for number in range(3)]
    years = ["1965", "2026", "2300"]
    rows_of = "".join(
        f"    - id: {id_}\n      started_at: {year}-01-01T00:00:00Z\n      ended_at: {year}-01-01T00:01:00Z\n"
        f"      duration_seconds: 60\n      status: completed\n      executor: {{tool: t}}\n"
        for id_, year in zip(ids, years, strict=True)
    )
    project.task("fix", extra=f"execution:\n  attempts:\n{rows_of}")
    log(project, event(1, kind="attempt.recorded", attempt_ids=ids))
    with receiving() as receiver:
        note = push(project, f"otlp:{receiver.url}").json["sinks"][0]["note"]
    assert len(receiver.spans) == 1
    assert note.startswith("2 attempts sent as events alone, for a span needs an id and times")
    assert ids[0] in note
    assert ids[2] in note


# Who may be given anything


def configure(project: Project, *sinks: str, more: str = "") -> None:
    project.configure(f"[telemetry]\nsinks = {json.dumps(sinks)}\n{more}")


def test_a_strangers_file_sends_nothing_before_it_is_trusted(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    configure(project, "local", "dir:../events", more='redact = "none"\n')
    for argv in ((), ("--dry-run",)):
        done = call(project, "telemetry", "push", "--output", "json", *argv)
        assert (done.code, done.out, done.error["code"]) == (5, "", "untrusted")
    assert list(folder.iterdir()) == []
    trust(project)
    assert rows(push(project)) == [("success", 3)]
    assert [each["data"]["actor"] for each in read(folder)] == ["user 1000 session 7"] * 3
    configure(project, "dir:../events", "dir:../elsewhere")  # changed since
    assert push(project).error["code"] == "untrusted"


def test_an_untrusted_file_does_not_decide_on_redaction(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    configure(project, "local", more='redact = "none"\n')
    assert rows(push(project, "dir:../events")) == [("success", 3)]
    assert all(each["data"]["actor"].startswith("actor:") for each in read(folder))


def test_without_sinks_nothing_is_sent(project: Project) -> None:
    log(project, *EVENTS)
    assert push(project).json == {"dry_run": False, "sinks": []}
    configure(project, "none")
    assert push(project).json["sinks"] == []
    assert "no sink" in call(project, "telemetry", "push").out


@pytest.mark.parametrize("sink", ["local", "none", "ftp:x", "dir:", "otlp:ftp://x", "otlp:http://a:b@c/"])
def test_a_sink_that_is_none_is_refused(project: Project, sink: str) -> None:
    done = push(project, sink)
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert "a:b@" not in done.err


@pytest.mark.parametrize("text", ['sinks = ["ftp:x"]', "sinks = 3"])
def test_a_file_that_can_not_be_used_is_an_error(project: Project, text: str) -> None:
    project.configure(f"[telemetry]\n{text}\n")
    done = push(project)
    assert (done.code, done.error["code"]) == (5, "bad-config")


@in_states
def test_an_unknown_word_for_redaction_has_its_place(project: Project) -> None:
    project.configure('[telemetry]\nredact = "hsh"\n')
    error = push(project).error
    assert (error["code"], error["line"], error["column"]) == ("bad-config", 2, 10)


@in_states
def test_a_settings_file_that_cannot_be_read_is_named_with_its_place(project: Project) -> None:
    (project.root / "tasks/tasks.toml").mkdir()
    error = call(project, "telemetry", "push", "--output", "json").error
    assert (error["code"], error["line"], error["column"]) == ("bad-config", 1, 1)


def test_a_dry_run_counts_and_leaves_everything(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    state = {file: file.stat().st_mtime_ns for file in (project.root / ".git").rglob("*")}
    done = call(project, "telemetry", "push", "--sink", "dir:../events", "--dry-run", "--output", "json")
    assert rows(done) == [("success", 3)]
    assert list(folder.iterdir()) == []
    assert {file: file.stat().st_mtime_ns for file in (project.root / ".git").rglob("*")} == state


# What the log holds


def test_torn_and_damaged_lines_stay_where_they_are(project: Project, folder: Path) -> None:
    file = log(project, event(1))
    with file.open("ab") as lines:
        lines.write(b'{"torn":\nno json\n[]\n{"specversion":"1.0"')
    done = push(project, "dir:../events")
    assert rows(done) == [("success", 1)]
    assert done.json["sinks"][0]["damaged"] == 3
    assert json.loads(done.err.splitlines()[0])["warning"]["code"] == "damaged-lines"
    with file.open("ab") as lines:  # the next writer ends the torn line first
        lines.write(b"\n")
    log(project, event(2))
    done = push(project, "dir:../events")
    assert (rows(done), done.json["sinks"][0]["damaged"]) == ([("success", 1)], 1)
    assert ids(read(folder)) == ids([event(1), event(2)])


@mostly_in_states
@pytest.mark.slow
def test_a_log_larger_than_a_batch_arrives_whole(project: Project, folder: Path) -> None:
    many = [event(number, reason="x" * 3000) for number in range(2500)]
    log(project, *many)
    assert rows(push(project, "dir:../events")) == [("success", 2500)]
    assert ids(read(folder)) == ids(many)


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"files": {"dt=2026-11-20/ci-7.jsonl": -5}}'])
def test_a_lost_cursor_doubles_nothing(project: Project, folder: Path, content: bytes) -> None:
    log(project, *EVENTS)
    push(project, "dir:../events")
    (cursor,) = (project.root / ".git/tasks/telemetry/cursors").glob("*.json")
    cursor.write_bytes(content)
    assert push(project, "dir:../events").code == 0
    assert ids(read(folder)) == ids(EVENTS)


def test_a_push_is_told_once_and_what_it_tells_goes_with_the_next(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    argv = ("telemetry", "push", "--sink", "dir:../events", "--output", "json")
    assert rows(call(project, *argv)) == [("success", 3)]
    (told,) = [each for each in events_of(project) if each["type"] == "telemetry.write"]
    assert (told["data"]["sink"], told["data"]["records"]) == ("dir:../events", 3)
    assert rows(call(project, *argv)) == [("success", 1)]


# Sinks that fail


def failing(done: Done, *problems: str) -> None:
    assert done.code == 6
    assert done.error["code"] == "sink-failed"
    found = [row["problem"] for row in done.error["details"]["sinks"]]
    assert len(found) == len(problems)
    for problem, part in zip(found, problems, strict=True):
        assert part in problem, problem


def test_one_that_fails_keeps_no_other_from_being_served(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    configure(project, "dir:../gone", "git:../gone", "dir:../events")
    trust(project)
    done = push(project)
    assert rows(done) == [("failed", 0), ("failed", 0), ("success", 3)]
    failing(done, "it is not a directory", "it is not a git work tree")
    (folder.parent / "gone").mkdir()
    done = push(project)
    assert rows(done) == [("success", 3), ("failed", 0), ("success", 0)]
    assert ids(read(folder.parent / "gone")) == ids(EVENTS)


def test_human_words_for_a_failure(project: Project) -> None:
    log(project, *EVENTS)
    done = call(project, "telemetry", "push", "--sink", "dir:../gone")
    assert done.code == 6
    assert "error[sink-failed] Delivery failed: dir:../gone: " in done.err
    assert "hint: " in done.err


@pytest.mark.parametrize(
    "sink",
    [
        *(
            "git:.",
            "git:../twin",
            "git:../mirror",
            "git:../linked",
            "dir:.",
            "dir:tasks",
            "dir:tasks/10-ready",
        ),
        *(
            "dir:.git",
            "dir:.git/tasks",
            "dir:../link/tasks",
            "dir:../twin/tasks",
            "dir:../linked",
            "git:nested",
        ),
    ],
)
def test_the_project_and_its_clones_are_no_sinks(project: Project, sink: str) -> None:
    """Other worktrees, clones of the same origin however it is written, and symbolic links to them too."""
    root, git = project.root, project.git
    project.task("fix")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("remote", "add", "origin", "git@example.invalid:acme/shop.git")
    for name in ("twin", "mirror"):
        git("clone", "-q", str(root), str(root.parent / name))
    git(
        "-C",
        str(root.parent / "twin"),
        "remote",
        "set-url",
        "origin",
        "https://ada@example.invalid/acme/shop/",
    )
    git("-C", str(root.parent / "mirror"), "remote", "remove", "origin")
    git("worktree", "add", "-q", str(root.parent / "linked"))
    git("init", "-q", str(root / "nested"))
    (root.parent / "link").symlink_to(root)
    log(project, *EVENTS)
    before = {place: place.read_bytes() for place in root.parent.rglob("*.jsonl")}
    done = push(project, sink)
    assert rows(done) == [("failed", 0)]
    assert done.code == 6
    reasons = [
        "lies in the work tree",
        "holds the tasks",
        "clone of the project's own",
        "shares its first commit",
    ]
    assert any(reason in done.err for reason in reasons)
    new = {
        place for place in root.parent.rglob("*.jsonl") if place not in before and ".git" not in place.parts
    }
    assert not new


def test_a_remote_that_is_gone_gets_all_once_it_is_back(
    project: Project, remote: Path, tmp_path: Path
) -> None:
    log(project, *EVENTS)
    remote.rename(tmp_path / "away.git")
    failing(push(project, "git:../events-repo"), "`git push` failed")
    failing(push(project, "git:../events-repo"), "`git push` failed")
    (tmp_path / "away.git").rename(remote)
    assert rows(push(project, "git:../events-repo")) == [("success", 3)]
    assert ids(pushed(project, remote, tmp_path)) == ids(EVENTS)
    assert project.git("-C", str(remote), "rev-list", "--count", "main").strip() == "1"


def test_a_repository_without_remote_is_committed_to(project: Project, tmp_path: Path) -> None:
    place = tmp_path / "alone"
    project.git("init", "-q", "-b", "main", str(place))
    log(project, *EVENTS)
    done = push(project, "git:../alone")
    assert done.json["sinks"][0]["note"] == "committed; it has no remote to push to"
    assert project.git("-C", str(place), "log", "--format=%s").strip() == "Events of 1 run"


def test_nobody_is_asked_for_a_password(project: Project, remote: Path, tmp_path: Path) -> None:
    """A server that wants a password ends the push; git has no terminal to ask at."""
    place = tmp_path / "events-repo"
    log(project, *EVENTS)
    with receiving() as server:
        server.status = 401
        project.git("-C", str(place), "remote", "set-url", "origin", f"{server.url}/repo.git")
        done = push(project, "git:../events-repo")
    assert done.code == 6
    assert rows(done) == [("failed", 0)]


def test_a_dead_address(project: Project) -> None:
    log(project, *EVENTS)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and nobody listens
        failing(push(project, f"otlp:http://127.0.0.1:{closed.getsockname()[1]}"), "connection refused")


def _chunk(*events: dict[str, Any]) -> Chunk:
    return Chunk("dt=2026-11-20/ci-7.jsonl", 0, 1, list(events), 0)


def test_a_hanging_server_is_left(project: Project) -> None:
    """Neither one that takes no call nor one that trickles keeps a push longer than its time-out."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        receiver = OtlpReceiver(url, lambda *_: None, "0", now=lambda: datetime.now(UTC), timeout=0.2)
        with pytest.raises(Exception, match=r"longer than 0\.2 s|timed out"):
            receiver.deliver([_chunk(event(1))])


@pytest.mark.slow
@pytest.mark.parametrize("status", some([301, 400, 429, 503], 2))
def test_a_receiver_that_refuses_is_offered_the_same_again(project: Project, status: int) -> None:
    log(project, *EVENTS)
    with receiving() as other, receiving() as receiver:
        receiver.status, receiver.location = status, f"{other.url}/v1/logs"
        failing(push(project, f"otlp:{receiver.url}"), f"it answered {status}")
        receiver.status, receiver.location = 200, ""
        assert rows(push(project, f"otlp:{receiver.url}")) == [("success", 3)]
        assert len(receiver.records) == 3
        assert other.records == []  # no redirection is followed


def test_what_a_receiver_refuses_for_good_is_told_and_not_sent_again(project: Project) -> None:
    log(project, *EVENTS)
    with receiving() as receiver:
        receiver.answer = '{"partialSuccess": {"rejectedLogRecords": "2", "errorMessage": "too old"}}'
        done = push(project, f"otlp:{receiver.url}")
        note = "2 items refused (the receiver says “too old”)"
        assert (done.code, done.json["sinks"][0]["note"]) == (0, note)
        assert done.json["sinks"][0]["refused"] == 2
        assert rows(push(project, f"otlp:{receiver.url}")) == [("success", 0)]


@pytest.mark.parametrize(("status", "bad"), crossed([400, 413, 422, 500], [[0], [7], [3, 4], [0, 5, 9]]))
def test_one_refused_event_keeps_no_other_back(project: Project, status: int, bad: list[int]) -> None:
    """The request is halved until what is refused stands alone; that is named, counted and passed over."""
    log(project, *(event(number, reason="poison" if number in bad else "fine") for number in range(10)))
    with receiving() as receiver:
        receiver.refuses = lambda body: status if "poison" in body else None
        done = push(project, f"otlp:{receiver.url}")
        sink = done.json["sinks"][0]
        assert (done.code, sink["outcome"], sink["events"], sink["refused"]) == (0, "success", 10, len(bad))
        assert f"refused with {status} and passed over" in sink["note"]
        assert str(event(bad[0])["id"]) in sink["note"]
        assert "events-refused" in done.err
        assert len(receiver.records) == 10 - len(bad)
        assert len(receiver.headers) <= 2 * 10 * len(bad)
        assert rows(push(project, f"otlp:{receiver.url}")) == [("success", 0)]


def test_a_receiver_that_takes_nothing_loses_nothing(project: Project) -> None:
    """Where even an empty request is refused, or the receiver fails, no event is at fault."""
    log(project, *(event(number) for number in range(40)))
    with receiving() as receiver:
        for status in (400, 500):
            receiver.refuses = lambda body, status=status: (
                status if status == 400 or "event_id" in body else None
            )  # type: ignore[misc]
            failing(push(project, f"otlp:{receiver.url}"), f"it answered {status}")
            assert len(receiver.headers) < 60
            receiver.headers.clear()
        receiver.refuses = lambda _: None
        assert rows(push(project, f"otlp:{receiver.url}")) == [("success", 40)]


@pytest.mark.slow
@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_is_left_alone_for_as_long_as_it_asks(project: Project, status: int) -> None:
    log(project, *EVENTS)
    with receiving() as receiver:
        receiver.status, receiver.retry_after = status, "3600"
        failing(push(project, f"otlp:{receiver.url}"), "it asks to be left alone until")
        assert len(receiver.headers) == 1
        receiver.status = 200
        failing(push(project, f"otlp:{receiver.url}"), "nothing was sent to it; it asks to be left alone")
        assert len(receiver.headers) == 1
        cursor = next((project.root / ".git").rglob("cursors/*.json"))
        value = json.loads(cursor.read_text())
        value["postponed_until"] = "2026-01-01T00:00:00Z"
        cursor.write_text(json.dumps(value))
        assert rows(push(project, f"otlp:{receiver.url}")) == [("success", 3)]
        assert "postponed_until" not in json.loads(cursor.read_text())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5),
        ("0", None),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("9" * 400, 86400),
        ("Fri, 20 Nov 2026 05:00:09 GMT", 9),
        ("Fri, 20 Nov 2020 05:00:09 GMT", None),
        ("Fri, 20 Nov 2099 05:00:09 GMT", 86400),
    ],
)
def test_the_header_that_says_when_to_try_again(text: str, seconds: int | None) -> None:
    now = datetime(2026, 11, 20, 5, tzinfo=UTC)
    until = parse_retry_after(text, now)
    assert (until and (until - now).total_seconds()) == seconds


@pytest.mark.slow
@pytest.mark.parametrize("answer", some(["", "no json", "[]", '{"partialSuccess": 3}', "[" * 100_000], 2))
def test_any_answer_with_status_200_will_do(project: Project, answer: str) -> None:
    log(project, *EVENTS)
    with receiving() as receiver:
        receiver.answer = answer
        assert rows(push(project, f"otlp:{receiver.url}")) == [("success", 3)]


def test_a_pipe_that_nobody_reads_is_no_place(project: Project, folder: Path, tmp_path: Path) -> None:
    log(project, *EVENTS)
    os.mkfifo(tmp_path / "pipe")
    failing(push(project, "dir:../pipe"), "it is not a directory")
    push(project, "dir:../events")
    (file,) = folder.rglob("*.jsonl")
    file.unlink()
    os.mkfifo(file)
    log(project, event(4))
    failing(push(project, "dir:../events"), str(file))


def test_a_pipe_in_the_log_is_passed_over(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    os.mkfifo(log_of(project) / "dt=2026-11-20" / "pipe.jsonl")
    done = push(project, "dir:../events")
    assert (done.code, done.json["sinks"][0]["events"]) == (0, len(EVENTS))


@pytest.mark.usefixtures("without_rights")
def test_a_directory_that_can_not_be_written(project: Project, folder: Path) -> None:
    log(project, *EVENTS)
    folder.chmod(0o555)
    argv = ("telemetry", "push", "--sink", "dir:../events", "--output", "json")
    failing(run_limited(project, *argv, before=give_up_rights), "permission denied")
    forget(project)
    folder.chmod(0o755)
    assert rows(push(project, "dir:../events")) == [("success", 3)]


def test_a_full_disk_leaves_no_half_line(project: Project, folder: Path) -> None:
    log(project, event(1))
    push(project, "dir:../events")
    (file,) = folder.rglob("*.jsonl")
    before = file.read_bytes()
    log(project, *[event(number) for number in range(2, 40)])

    def cap() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 1500, len(before) + 1500))

    argv = ("telemetry", "push", "--sink", "dir:../events", "--output", "json")
    failing(run_limited(project, *argv, before=cap), "too large")
    forget(project)
    assert file.read_bytes() == before
    assert rows(push(project, "dir:../events")) == [("success", 38)]
    assert ids(read(folder)) == ids([event(number) for number in range(1, 40)])


@pytest.mark.slow
def test_two_pushes_at_once_do_not_double(project: Project, folder: Path) -> None:
    many = [event(number) for number in range(800)]
    log(project, *many)
    argv = ["telemetry", "push", "--sink", "dir:../events", "--output", "json"]
    codes = [done.code for done in at_once(project, *([argv] for _ in range(4)))]
    assert 0 in codes
    assert set(codes) <= {0, 6}
    assert ids(read(folder)) == ids(many)


# Killed at any moment

# The sinks are beside the project, and git works by processes.
STEPS = frozenset({"open", "os.rename", "os.mkdir", "os.truncate", "subprocess.Popen", "fcntl.flock"})


def drain_into(store: Store, sink: str, around: Around) -> None:
    sinks, mode = choose_sinks(store, [sink])
    (result,) = drain(store, sinks, mode, around)
    assert result.problem is None


@pytest.mark.parametrize("kind", ["dir", pytest.param("git", marks=pytest.mark.slow)])
def test_killed_anywhere_nothing_is_lost_or_doubled(  # noqa: PLR0917 (pytest gives them by name)
    project: Project, remote: Path, folder: Path, tmp_path: Path, effort: Effort, kind: str
) -> None:
    around = Around(project.environment(None), {}, "0")
    place = folder if kind == "dir" else tmp_path / "events-repo"
    wanted: list[dict[str, Any]] = []
    killed = 0
    for step in effort.steps(short=3):
        new = [event(step), event(1000 + step)]
        log(project, *new)
        wanted += new
        work = partial(drain_into, Store(project.root), f"{kind}:{place}", around)
        was_killed = kill_at(step, work, project, elsewhere=STEPS)
        killed += was_killed
        lock = place / ".git/index.lock"
        lock.unlink(missing_ok=True)  # of a git that was killed along
        done = push(project, f"{kind}:{place}")
        assert done.code == 0, done
        found = read(folder) if kind == "dir" else pushed(project, remote, tmp_path)
        assert ids(found) == ids(wanted), f"killed at step {step}"
        if not was_killed:
            break
    assert killed > 5


def test_a_receiver_gets_repeats_under_the_same_ids(project: Project) -> None:
    """Killed between its answer and the cursor: what comes twice is the same, ids and all."""
    log(project, *EVENTS)
    with receiving() as receiver:
        push(project, f"otlp:{receiver.url}")
        (cursor,) = (project.root / ".git/tasks/telemetry/cursors").glob("*.json")
        cursor.unlink()
        push(project, f"otlp:{receiver.url}")
    first, second = receiver.logs
    assert first == second


def test_a_line_torn_in_a_sink_is_ended_first(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"torn')
    assert add_events(str(file), [event(1)]) == 1
    first, second = file.read_bytes().splitlines()
    assert (first, json.loads(second)["id"]) == (b'{"torn', event(1)["id"])


@pytest.mark.slow
def test_git_that_hangs_is_ended_with_all_it_started(project: Project, tmp_path: Path) -> None:
    from taskfiles import TaskfilesError
    from taskfiles.store.git import run_git_apart

    os.mkfifo(tmp_path / "alive")
    script = f"!f() {{ exec 9>{tmp_path / 'alive'}; echo started >&9; exec sleep 600; }}; f"
    reader = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(TaskfilesError, match="longer than 1 s"):
        run_git_apart(
            project.root,
            "-c",
            f"alias.hang={script}",
            "hang",
            environment=project.environment(None),
            timeout=1,
        )
    os.set_blocking(reader, True)
    with open(reader, "rb") as alive:
        assert alive.read() == b"started\n"  # up to the end: nobody holds the other one any more


def test_a_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="it is not a directory"):
        EventFolder(str(tmp_path / "gone"), str)


def test_the_receiver_of_the_tests_is_strict() -> None:
    """It is worth something only if it refuses what is no OTLP."""
    with pytest.raises(Exception, match="no field named"):
        decode_traces({"resourceSpans": [{"spanz": []}]})
