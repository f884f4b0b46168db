"""The event log: what stands in it, and that it is in nobody's way."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.doctor_report import look, results
from support.event_log import events_of, last_event, log_file, log_of
from support.in_process import call
from support.layouts import in_states
from support.limits import give_up_rights, run_limited
from support.processes import launch, open_files
from support.project import SCRIPT, Done, Project
from taskfiles.telemetry import log
from taskfiles.telemetry.events import MAX_BYTES, Source, encode_event
from taskfiles.telemetry.origin import read_remotes, repository_name
from taskfiles.telemetry.reading import read_events, read_lines

RUN = "2cedfa3f-3ddf-4498-9038-b87710985780"
CAUSE = "01a1fcaf-6d2e-72fd-af66-78554d524697"
UPDATE = ("update", "fix", "--meta", "size=xl")
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def source() -> Source:
    return Source("example.invalid/owner/name", RUN, "user 1", lambda: NOW)


# What an event says


def test_an_event_is_what_the_answer_says(project: Project) -> None:
    project.git("remote", "add", "origin", "https://user:secret@example.invalid/owner/name.git")
    project.task("fix", links="[{type: github_issue, number: 482}]")
    env = {"TASKS_CORRELATION_ID": RUN, "TASKS_CAUSATION_ID": CAUSE}
    answer = call(project, *UPDATE, "--output", "json", env=env).json
    event = last_event(project)
    assert [*event] == [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "dataschema",
        "correlationid",
        "causationid",
        "sequence",
        "data",
    ]
    assert (event["type"], event["subject"], event["source"]) == (
        "task.changed",
        "fix",
        "urn:taskfiles:example.invalid/owner/name",
    )
    assert (event["correlationid"], event["causationid"]) == (RUN, CAUSE)
    data = event["data"]
    assert (data["repo"], data["issue_number"], data["actor"]) == (
        "example.invalid/owner/name",
        482,
        f"run {RUN}",
    )
    for key in ("action", "outcome", "reason", "run_id", "applied_rules", "changes_made", "changed"):
        assert data[key] == answer[key]
    assert data["timestamp"] == event["time"]
    assert "secret" not in json.dumps(event)


@pytest.mark.parametrize(
    ("links", "number"),
    [
        ("[{type: github_issue, number: 7, repo: a/b}, {type: github_issue, number: 7, repo: a/b}]", 7),
        ("[{type: github_issue, number: 7, repo: a/b}, {type: github_issue, number: 7, repo: a/c}]", None),
        ("[{type: github_issue, number: [7]}, {type: linear, number: 8}, 9]", None),
        ("5", None),
    ],
)
def test_issues_of_two_repositories_are_two(project: Project, links: str, number: int | None) -> None:
    project.task("fix", links=links)
    assert call(project, *UPDATE).code == 0
    assert last_event(project)["data"]["issue_number"] == number


def test_a_refusal_is_a_decision(project: Project) -> None:
    assert call(project, *UPDATE).code == 3
    event = last_event(project)
    assert (event["type"], event["subject"]) == ("decision.recorded", "fix")
    told = {key: event["data"][key] for key in ("action", "outcome", "reason", "rule", "decision")}
    assert told == {
        "action": "task.update",
        "outcome": "blocked",
        "reason": "no-such-task",
        "rule": "no-such-task",
        "decision": "refused",
    }


@pytest.mark.parametrize(
    "line",
    [
        "list",
        "show fix",
        "tree",
        "next",
        "plan --help",
        "stats --plans",
        "export --dataset ../data",
        "schema task",
        "help json",
        "validate",
        "doctor",
        "metadata get fix",
        "update fix",
        "update fix --nonsense",
        "update fix --meta size=xl --dry-run",
        "fmt --check",
        "inject AGENTS.md --check",
    ],
)
def test_what_changes_nothing_tells_nothing(project: Project, line: str) -> None:
    project.task("fix")
    call(project, *line.split())
    assert events_of(project) == []
    assert not (project.root / ".git" / "tasks" / "telemetry").exists()


def test_a_refused_claim_says_who_asked(project: Project) -> None:
    project.task("fix")
    assert call(project, "pickup", "fix", "--by", "ada").code == 0
    assert call(project, "pickup", "fix", "--by", "bob").code == 4
    assert call(project, "next", "--claim", "--by", "cy").code == 1
    told = [(event["data"]["by"], event["data"]["outcome"]) for event in events_of(project)]
    assert told == [("ada", "success"), ("bob", "blocked"), ("cy", "blocked")]
    assert "[bob, user" in call(project, "telemetry", "tail").out


def test_the_token_of_a_claim_is_in_no_event(project: Project) -> None:
    project.task("fix")
    token = call(project, "pickup", "fix", "--output", "json").json["claim"]["token"]
    assert call(project, *UPDATE, "--claim", token).code == 0
    assert call(project, "release", "fix", "--claim", token).code == 0
    events = events_of(project)
    assert [event["data"]["action"] for event in events] == ["task.claim", "task.update", "task.release"]
    assert token not in json.dumps(events)


def test_events_of_one_process_are_numbered() -> None:
    made = source()
    first, second = (made.make("task.changed", "task.update", "success") for _ in range(2))
    assert first["sequence"][:20] == second["sequence"][:20]
    assert first["sequence"] < second["sequence"]
    assert first["sequence"].endswith(".000001")
    assert source().make("task.changed", "task.update", "success")["sequence"] > second["sequence"]


# Every way to write one remote, and its name.
SAME = [
    "https://github.com/acme/shop",
    "https://github.com/acme/shop/",
    "https://github.com/acme/shop.git",
    "https://github.com/acme/shop.git/",
    "https://github.com:443/acme/shop.git",
    "https://GitHub.com/acme/shop.git",
    "https://github.com./acme//shop.git//",
    "https://ada@github.com/acme/shop.git",
    "https://ada:secret@github.com/acme/shop.git",
    "https://x%40y:p%2Fq@github.com/acme/shop.git",
    "http://github.com:80/acme/shop",
    "https://github.com/acme/sh%6Fp.git",
    "https://github.com/acme/shop.git?ref=x#y",
    "git@github.com:acme/shop.git",
    "git@github.com:acme/shop",
    "git@github.com:/acme/shop.git/",
    "github.com:acme/shop.git",
    "ada@GITHUB.COM:acme/shop.git",
    "[git@github.com]:acme/shop.git",
    "[github.com:22]:acme/shop.git",
    "ssh://git@github.com/acme/shop.git",
    "ssh://git@github.com:22/acme/shop.git",
    "ssh://git@github.com:2222/acme/shop.git/",
    "ssh://git@ssh.github.com:443/acme/shop.git",
    "git+ssh://git@github.com/acme/shop.git",
    "git://github.com/acme/shop.git",
    "git://github.com:9418/acme/shop",
    "  https://github.com/acme/shop.git  ",
]
DIFFERENT = [
    "https://github.com/acme/shop",
    "https://gitlab.com/acme/shop",
    "https://github.com/acme/Shop",
    "https://github.com/shop",
    "https://gitlab.com/platform/acme/shop",
    "https://gitlab.com/other/acme/shop",
    "https://localhost:3000/acme/shop",
    "https://localhost:4000/acme/shop",
    "https://[::1]:3000/acme/shop",
    "https://github.com/acme/shop.git.git",
    "/srv/acme/shop",
    "/srv/other/acme/shop.git",
    "../acme/shop",
    "C:\\srv\\acme\\shop",
]


@pytest.mark.parametrize("url", SAME)
def test_one_repository_has_one_name_however_its_remote_is_written(tmp_path: Path, url: str) -> None:
    assert name_of(tmp_path, url) == "github.com/acme/shop"


def test_different_repositories_have_different_names(tmp_path: Path) -> None:
    names = [name_of(tmp_path / str(number), url) for number, url in enumerate(DIFFERENT)]
    assert len(set(names)) == len(DIFFERENT), names


def test_local_paths_are_one_repository_and_show_no_directory_above(tmp_path: Path) -> None:
    urls = [
        "/home/ada/git/shop.git",
        "/home/ada/git/shop.git/",
        "file:///home/ada/git/shop.git",
        "/home/ada/git/./shop",
    ]
    names = {name_of(tmp_path / str(number), url) for number, url in enumerate(urls)}
    assert len(names) == 1
    assert re.fullmatch(r"git/shop~[0-9a-f]{8}", names.pop())


@pytest.mark.parametrize("url", ["", "https://", "https://github.com", "https:///", "/", "git@github.com:"])
def test_without_a_remote_the_directory_names_the_repository(tmp_path: Path, url: str) -> None:
    assert name_of(tmp_path, url) == "place"
    assert repository_name(None, str(tmp_path / "place")) == "place"


def test_the_file_of_git_is_read_as_git_reads_it(tmp_path: Path) -> None:
    place = tmp_path / "place"
    subprocess.run(["git", "init", "-q", place], check=True)
    config = place / ".git" / "config"
    text = config.read_text()
    for setting in (
        '[remote "origin"]\n\turl = https://github.com/acme/shop.git ; here\n',
        '[remote "origin"] url = "https://github.com/acme/shop.git" # here\n',
        '[Remote "other"]\n\turl = https://a.b/c/d\n[REMOTE   "origin"]\n\tURL=https://github.com/acme/shop\n',
        '[remote "origin"]\n\tpushurl = https://a.b/c/d\n\turl = git@github.com:acme/shop\n\turl = https://a.b/c/e\n',
    ):
        config.write_text(text + setting)
        asked = subprocess.run(
            ["git", "-C", place, "remote", "get-url", "origin"], check=True, capture_output=True, text=True
        )
        assert read_remotes(str(place / ".git"))["origin"][0] == asked.stdout.strip()
        assert repository_name(str(place / ".git"), str(place)) == "github.com/acme/shop"


def name_of(directory: Path, url: str) -> str:
    place = directory / "place"
    subprocess.run(["git", "init", "-q", place], check=True)
    if url:
        subprocess.run(["git", "-C", place, "remote", "add", "origin", url], check=True)
    return repository_name(str(place / ".git"), str(place))


# Large ones

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.just("x" * 5000)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.slow
@given(st.lists(JSON, max_size=3), st.integers(0, 1000), JSON)  # 1000 of the shortest are beyond 64 KiB
def test_a_line_is_never_longer_than_64_kib(values: list[Any], times: int, more: Any) -> None:
    changes = [{"path": "p", "field": "f", "from": value, "to": value} for value in values] * times
    event = source().make("task.changed", "task.update", "success", changes=changes, payload={"more": more})
    line = encode_event(event)
    assert len(line) <= MAX_BYTES
    assert line.count(b"\n") == 1
    again = json.loads(line)
    cut = again["data"].pop("truncated", {})
    assert again["data"].keys() == event["data"].keys()
    for key, value in event["data"].items():
        if key in cut:
            assert cut[key] == len(value)
        else:
            assert again["data"][key] == json.loads(json.dumps(value))


# In nobody's way


def same_without(
    project: Project, line: tuple[str, ...], spoil: Callable[[Path], object], **limits: Any
) -> Done:
    """Run a command twice, the log whole and spoiled: answer, exit code and files are the same."""
    answers, files = [], []
    for spoiled in (False, True):
        project.task("fix")
        place = log_of(project)
        if spoiled:
            spoil(place)
        done = run_limited(project, *line, "--output", "plain", before=limits.get("before", lambda: None))
        answers.append(done)
        files.append(list(project.tree()))
    assert answers[0].out == answers[1].out
    assert answers[0].code == answers[1].code
    assert files[0] == files[1]
    return answers[1]


def today(place: Path) -> Path:
    return place / f"dt={datetime.now(UTC):%Y-%m-%d}" / f"{os.uname().nodename}.jsonl"


def make_fifo(place: Path) -> None:
    file = today(place)
    file.unlink()
    os.mkfifo(file)


def make_link(place: Path) -> None:
    file = today(place)
    file.unlink()
    file.symlink_to("/dev/full")


def make_file(place: Path) -> None:
    subprocess.run(["rm", "-r", place], check=True)
    place.write_bytes(b"")


def make_directory(place: Path) -> None:
    today(place).unlink()
    today(place).mkdir()


@pytest.mark.parametrize("line", [UPDATE, ("update", "nope", "--meta", "size=xl")], ids=["done", "refused"])
@pytest.mark.parametrize("spoil", [make_fifo, make_link, make_file, make_directory])
def test_a_log_that_cannot_be_written(
    project: Project, spoil: Callable[[Path], None], line: tuple[str, ...]
) -> None:
    done = same_without(project, line, spoil)
    warnings = [text for text in done.err.splitlines() if text.startswith("warning")]
    assert len(warnings) == 1
    assert "event log" in warnings[0]


def test_neither_settings_nor_log_can_be_used(project: Project) -> None:
    project.configure("x = [\n")
    project.write(".git/tasks/telemetry", "")
    done = call(project, *UPDATE)
    assert done.code == 5
    assert "event log" in done.err
    assert "error[bad-config]" in done.err.splitlines()[-2]


@pytest.mark.usefixtures("without_rights")
def test_a_log_without_the_right_to_write(project: Project) -> None:
    done = same_without(project, UPDATE, lambda place: today(place).chmod(0o444), before=give_up_rights)
    assert "permission denied" in done.err


def test_a_log_on_a_full_disk_keeps_what_it_has(project: Project) -> None:
    """A line that is written in part is ended by the next one."""
    project.task("fix")
    assert call(project, *UPDATE).code == 0
    file = log_file(project)
    size = file.stat().st_size
    file.write_bytes(file.read_bytes() * (200_000 // size))
    limit = file.stat().st_size + 100
    project.task("fix")

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = run_limited(project, *UPDATE, before=small)
    assert done.code == 0
    assert "event log" in done.err
    assert not file.read_bytes().endswith(b"\n")
    project.task("fix")
    assert call(project, *UPDATE).code == 0
    lines = list(read_lines(str(file.parent.parent)))
    assert [line.event is None for line in lines[-2:]] == [True, False]
    assert len(list(read_events(str(file.parent.parent)))) == 2


def test_no_event_where_none_is_wanted(project: Project) -> None:
    project.task("fix")
    project.configure('[telemetry]\nsinks = ["none"]\n')
    assert call(project, *UPDATE).code == 0
    assert events_of(project) == []


def test_outside_git_the_log_is_among_the_users_state(tmp_path: Path) -> None:
    project = Project(tmp_path / "plain")
    project.task("fix")
    state = tmp_path / "state"
    assert call(project, *UPDATE, env={"XDG_STATE_HOME": str(state)}).code == 0
    (file,) = state.rglob("*.jsonl")
    assert json.loads(file.read_bytes())["data"]["action"] == "task.update"


def test_eight_processes_tear_and_lose_no_line(tmp_path: Path) -> None:
    code = (
        "import sys, json; from taskfiles.telemetry.log import append\n"
        "for n in range(1000): append(sys.argv[1], [json.dumps({'id': f'{sys.argv[2]}-{n}', 'x': 'y' * n})"
        ".encode() + b'\\n'])"
    )
    file = log.file_of(str(tmp_path), "2026-11-21", "host")
    with ThreadPoolExecutor(8) as pool:
        done = pool.map(
            lambda name: subprocess.run([sys.executable, "-c", code, file, str(name)], check=True), range(8)
        )
        assert len(list(done)) == 8
    events = [line.event for line in read_lines(str(tmp_path))]
    assert None not in events
    assert sorted(event["id"] for event in events if event) == sorted(
        f"{name}-{n}" for name in range(8) for n in range(1000)
    )


# However a command ends


def test_a_reader_that_goes_away_hides_no_change(project: Project) -> None:
    project.task("fix")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as out:
        done = subprocess.run(
            [*SCRIPT, *UPDATE], cwd=project.root, stdout=out, env=project.environment(None), check=False
        )
    assert done.returncode == 141
    assert last_event(project)["data"]["outcome"] == "success"


def test_ctrl_c_before_anything_is_written_is_a_failure(project: Project) -> None:
    """The command waits for its lock when it is interrupted."""
    project.task("fix")
    before = project.tree()
    with project.store.locks.tasks("fix"):
        process = project.start(*UPDATE, "--lock-timeout", "60", "--output", "json")
        wait_for_lock(process)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130
    assert project.tree() == before
    data = last_event(project)["data"]
    assert (data["action"], data["outcome"], data["reason"]) == ("task.update", "failed", "interrupted")


def wait_for_lock(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has opened the lock that somebody else holds."""
    while not any("/.git/tasks/locks/" in name for name in open_files(process.pid)):
        assert process.poll() is None, process.communicate()


def test_ctrl_c_after_the_write_hides_no_change(project: Project) -> None:
    """The command waits to be read, its change made, when it is interrupted."""
    project.task("fix")
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    process = launch(
        [*SCRIPT, *UPDATE],
        cwd=project.root,
        stdout=writer,
        stderr=subprocess.DEVNULL,
        env=project.environment(None),
    )
    os.close(writer)
    while not events_of(project):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    os.close(reader)
    assert "size: xl" in (project.root / project.path()).read_text()
    assert [event["data"]["outcome"] for event in events_of(project)] == ["success"]


def test_the_strict_rule_asks_for_a_repository(project: Project, tmp_path: Path) -> None:
    """Neither `check` nor `doctor` is content before a push, and both are after it."""
    project.task("fix")
    project.configure('[telemetry]\nrequire = "repository"\n')
    assert call(project, *UPDATE).code == 0
    codes = [
        each["code"] for each in call(project, "telemetry", "check", "--output", "json").json["problems"]
    ]
    assert codes == ["no-repository"]
    place = tmp_path / "events"
    subprocess.run(["git", "init", "-q", place], check=True)
    settings = f'[telemetry]\nsinks = ["git:{place}"]\nrequire = "repository"\n'
    project.configure(settings)
    done = call(project, "telemetry", "check")
    assert (done.code, "lacks 1" in done.out) == (1, True)
    assert [row["status"] for row in results(look(project), "telemetry", None)] == ["wrong"]
    assert call(project, "trust").code == 0
    assert project.run("telemetry", "push").code == 0
    assert call(project, "telemetry", "check").code == 0
    assert [row["status"] for row in results(look(project), "telemetry", None)] == ["ok"]


@in_states
def test_a_requirement_that_is_none(project: Project) -> None:
    project.configure('[telemetry]\nrequire = "magic"\n')
    (finding,) = call(project, "validate", "--output", "json").json["findings"]
    assert (finding["code"], finding["line"], finding["column"]) == ("config-value", 2, 11)
