"""`tasks list`: every filter, alone and together with others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from support.in_process import call, ok
from support.project import Project


def attempt(status: str, tool: str, model: str, hour: int) -> str:
    return f"""    - started_at: 2025-11-02T{hour:02}:00:00Z
      ended_at: 2025-11-02T{hour:02}:00:05Z
      duration_seconds: 5
      status: {status}
      executor: {{tool: {tool}, model: {model}}}
"""


def tried(*attempts: str) -> str:
    return "execution:\n  attempts:\n" + "".join(attempts)


@pytest.fixture
def filled(project: Project) -> Project:
    project.task("a-epic", kind="epic", state="idea", children="[b-story, f-bare]", priority="urgent")
    project.task(
        "b-story",
        kind="story",
        state="in-progress",
        children="[c-ui, d-api]",
        assignees="[ada, eve]",
        size="xl",
    )
    project.task(
        "c-ui",
        title="Fix the NAVBAR",
        labels="[ui, bug]",
        assignees="[ada]",
        priority="high",
        size="small",
        executor="human_review",
        isolation="global",
        created_at="2025-01-01T00:00:00Z",
        updated_at="2025-03-01T12:00:00+02:00",
        x_sprint="{n: 5, days: [1, 2]}",
        extra=tried(attempt("failed", "codex", "opus", 8), attempt("completed", "claude-code", "sonnet", 9)),
    )
    project.task(
        "d-api",
        labels="[api, bug]",
        blocked="waits for c-ui",
        ambiguity="high",
        depends_on="[c-ui]",
        estimate="3",
        created_at="2025-02-01T00:00:00Z",
    )
    project.task(
        "e-done",
        state="done",
        labels="[ui]",
        parent="a-epic",
        priority="low",
        track="mobile",
        extra=tried(attempt("completed", "codex", "sonnet", 10)),
    )
    project.task("f-bare", blocked="''")
    project.task("g-gone", state="canceled", labels="[api]", title="Old navbar")
    return project


ALL = "a-epic b-story c-ui d-api e-done f-bare g-gone"
TABLE = [
    ("", ALL),
    ("--state ready", "c-ui d-api f-bare"),
    ("--state done,canceled", "e-done g-gone"),
    ("--state done --state idea", "a-epic e-done"),
    ("--state DONE", "e-done"),
    ("--state In-Progress", "b-story"),
    ("--state in_progress", "b-story"),
    ("--state done,,", "e-done"),
    ("--kind epic", "a-epic"),
    ("--kind Epic,STORY", "a-epic b-story"),
    ("--kind task", "c-ui d-api e-done f-bare g-gone"),
    ("--priority high,urgent", "a-epic c-ui"),
    ("--priority normal", "b-story d-api f-bare g-gone"),
    ("--executor human_review", "c-ui"),
    ("--executor HUMAN-REVIEW", "c-ui"),
    ("--executor standard", "a-epic b-story d-api e-done f-bare g-gone"),
    ("--size xl,small", "b-story c-ui"),
    ("--size XL", "b-story"),
    ("--ambiguity high", "d-api"),
    ("--ambiguity medium", ""),
    ("--isolation global", "c-ui"),
    ("--isolation module,global", ALL),
    ("--label ui", "c-ui e-done"),
    ("--label ui,api", "c-ui d-api e-done g-gone"),
    ("--label ui --label bug", "c-ui"),
    ("--label ui,api --label bug", "c-ui d-api"),
    ("--label UI", ""),
    ("--assignee ada", "b-story c-ui"),
    ("--assignee eve,bob", "b-story"),
    ("--parent a-epic", "b-story e-done f-bare"),
    ("--parent b-story", "c-ui d-api"),
    ("--parent a-epic,b-story", "b-story c-ui d-api e-done f-bare"),
    ("--blocked", "d-api"),
    ("--unblocked", "a-epic b-story c-ui e-done f-bare g-gone"),
    ("--open", "a-epic b-story c-ui d-api f-bare"),
    ("--search navbar", "c-ui g-gone"),
    ("--search NavBar", "c-ui g-gone"),
    ("--search -API", "d-api"),
    ("--search Changelog", "e-done"),
    ("--meta track=mobile", "e-done"),
    ("--meta estimate=3", "d-api"),
    ("--meta x_sprint.n=5", "c-ui"),
    ("--meta x_sprint.days=2", "c-ui"),
    ("--meta x_sprint.days=3", ""),
    ("--meta labels=bug", "c-ui d-api"),
    ("--meta depends_on=c-ui", "d-api"),
    ("--meta size=medium", "a-epic d-api e-done f-bare g-gone"),
    ("--meta labels=bug --meta estimate=3", "d-api"),
    ("--has-execution", "c-ui e-done"),
    ("--status completed", "c-ui e-done"),
    ("--status FAILED", "c-ui"),
    ("--status failed,abandoned", "c-ui"),
    ("--model sonnet", "c-ui e-done"),
    ("--model opus,haiku", "c-ui"),
    ("--tool codex", "c-ui e-done"),
    ("--tool claude-code", "c-ui"),
    ("--since 2025-03-01T10:00:00Z", "c-ui e-done"),
    ("--since 2025-03-01T10:00:01Z", "e-done"),
    ("--since 2025-02-01", "c-ui d-api e-done"),
    ("--since 2025-03-01T11:00:00+01:00", "c-ui e-done"),
    ("--since 2025-11-02T12:00:01Z", ""),
    ("--sort -id", " ".join(reversed(ALL.split()))),
    ("--sort priority", "e-done b-story d-api f-bare g-gone c-ui a-epic"),
    ("--sort -priority", "a-epic c-ui b-story d-api f-bare g-gone e-done"),
    ("--sort size,-id", "c-ui g-gone f-bare e-done d-api a-epic b-story"),
    ("--sort state", "a-epic c-ui d-api f-bare b-story e-done g-gone"),
    ("--sort -kind,title", "c-ui g-gone d-api e-done f-bare b-story a-epic"),
    ("--sort created_at", "c-ui d-api a-epic b-story e-done f-bare g-gone"),
    ("--sort -created_at", "d-api c-ui a-epic b-story e-done f-bare g-gone"),
    ("--limit 0", ""),
    ("--limit 2", "a-epic b-story"),
    ("--limit 99", ALL),
    ("--sort -priority --limit 2", "a-epic c-ui"),
    # together: each must hold
    ("--state ready --label bug --unblocked", "c-ui"),
    ("--open --search title --kind task", "d-api f-bare"),
    ("--tool codex --model sonnet", "e-done"),
    ("--status failed --model sonnet", ""),
    ("--status failed --tool codex --model opus", "c-ui"),
    ("--has-execution --open", "c-ui"),
    ("--parent b-story --blocked", "d-api"),
    ("--since 2025-01-15 --assignee ada --size small,tiny --priority high", "c-ui"),
    ("--state done --has-execution --status completed --tool codex --label ui --meta track=mobile", "e-done"),
]


UNMATCHED = {  # what options name and no task has
    "--label UI": "No task has the label “UI”. Did you mean ui?",
    "--assignee eve,bob": "No task is assigned to “bob”.",
    "--meta x_sprint.days=3": "No task has x_sprint.days = “3”.",
    "--model opus,haiku": "No attempt is by the model “haiku”.",
}


@pytest.mark.parametrize(("options", "ids"), TABLE, ids=[options or "none" for options, _ in TABLE])
def test_filter(filled: Project, options: str, ids: str) -> None:
    done = call(filled, "list", "--output", "plain", *options.split())
    warned = f"warning: {UNMATCHED[options]}\n" if options in UNMATCHED else ""
    assert (done.out.split(), done.err, done.code) == (ids.split(), warned, 0)


def test_parent_is_the_effective_one_only_when_asked_for(filled: Project) -> None:
    asked = call(filled, "list", "--parent", "a-epic,b-story", "--output", "json").json
    assert {task["id"]: task["parent"] for task in asked} == {
        "b-story": "a-epic",
        "c-ui": "b-story",
        "d-api": "b-story",
        "e-done": "a-epic",
        "f-bare": "a-epic",
    }
    held = call(filled, "list", "--output", "json").json
    assert [task["id"] for task in held if task["parent"]] == ["e-done"]


@pytest.mark.parametrize(
    ("ago", "ids"), [("90m", "new"), ("2h", "new"), ("3h", "new old"), ("1d", "new old"), ("30s", "")]
)
def test_since_a_while_ago(project: Project, ago: str, ids: str) -> None:
    now = datetime.now(UTC)
    for name, age in [("new", timedelta(hours=1)), ("old", timedelta(hours=2, minutes=30))]:
        project.task(name, created_at=(now - age).isoformat())
    project.task("never")
    assert call(project, "list", "--since", ago, "--output", "plain").out.split() == ids.split()


TYPOS = [
    ("--state", "redy", "ready"),
    ("--kind", "stroy", "story"),
    ("--priority", "hihg", "high"),
    ("--executor", "experts", "expert"),
    ("--size", "medum", "medium"),
    ("--ambiguity", "hgih", "high"),
    ("--isolation", "modul", "module"),
    ("--status", "complete", "completed"),
    ("--sort", "priorty", "priority"),
    ("--sort", "-creted_at", "created_at"),
    ("--fields", "titel", "title"),
]


@pytest.mark.parametrize(("option", "typo", "near"), TYPOS, ids=[" ".join(row[:2]) for row in TYPOS])
def test_typo_offers_the_nearest_word(filled: Project, option: str, typo: str, near: str) -> None:
    done = call(filled, "list", f"{option}={typo}", "--output", "json")
    assert (done.code, done.out) == (2, "")
    assert done.error["code"] == "bad-value"
    named = "The sort key" if option == "--sort" else option
    assert done.error["message"].startswith(f"{named} can't be “{typo.removeprefix('-')}”: ")
    assert done.error["hint"].startswith(f"Did you mean {near}? ")


@pytest.mark.parametrize("option", ["--state", "--kind", "--priority", "--size", "--status"])
def test_one_wrong_word_among_right_ones_is_refused(filled: Project, option: str) -> None:
    right = {"--state": "done", "--kind": "task", "--priority": "low", "--size": "xl", "--status": "failed"}
    done = call(filled, "list", option, f"{right[option]},nonsense-word")
    assert (done.code, done.out) == (2, "")
    assert "“nonsense-word”" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ["--since", "someday"],
        ["--since", "2025-02-30"],
        ["--since", "99999999999d"],
        ["--meta", "track"],
        ["--meta", "=x"],
        ["--limit", "-1"],
        ["--limit", "ten"],
        ["--stat", "done"],
        ["--blocked=yes"],
        ["done"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_usage(filled: Project, options: list[str]) -> None:
    done = call(filled, "list", *options)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 2


def test_typo_in_an_option_offers_the_right_one(filled: Project) -> None:
    assert "--state" in call(filled, "list", "--stat", "done").err


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("priority: hihg\n", "unknown-value"),
        ("labels: 5\n", "wrong-type"),
        ("execution: [1]\n", "wrong-type"),
    ],
)
def test_invalid_task_is_listed_and_told_of(filled: Project, bad: str, code: str) -> None:
    filled.task("odd", extra=bad)
    done = call(filled, "list", "--output", "json")
    assert [task["id"] for task in done.json if not task["valid"]] == ["odd"]
    assert [json.loads(line)["warning"]["code"] for line in done.err.splitlines()] == [code]
    assert done.code == 0
    assert call(filled, "list", "--strict", "--output", "json").code == 1
    for options in ("--label ui", "--status failed", "--priority high", "--meta labels=5", "--sort priority"):
        assert call(filled, "list", *options.split()).code == 0


def test_strict(filled: Project) -> None:
    assert call(filled, "list", "--strict").code == 0
    filled.write("tasks/10-ready/task-x.md", "---\nid: x\n")
    assert call(filled, "list", "--strict").code == 1
    assert call(filled, "list").code == 0
    assert call(filled, "list", "--strict", "--state", "done", "--output", "plain").out == "e-done\n"


def test_filters_as_a_process_of_their_own(filled: Project) -> None:
    done = filled.run(
        "list",
        "--state",
        "READY,done",
        "--label",
        "ui",
        "--sort",
        "-id",
        "--fields",
        "id,state",
        "-o",
        "json",
    )
    assert done.json == [{"id": "e-done", "state": "done"}, {"id": "c-ui", "state": "ready"}]


def test_plain_prints_the_fields_that_are_named(filled: Project) -> None:
    done = ok(call(filled, "list", "--output", "plain", "--fields", "id,labels,parent,valid", "--limit", "3"))
    rows = [line.split("\t") for line in done.out.splitlines()]
    whole = ok(call(filled, "list", "--output", "json", "--limit", "3")).json
    assert rows == [
        [task["id"], ",".join(task["labels"]), task["parent"] or "", str(task["valid"]).lower()]
        for task in whole
    ]
    paths = ok(call(filled, "list", "--state", "ready", "--output", "plain", "--fields", "path")).out
    assert all((filled.root / path).is_file() for path in paths.splitlines())
