"""What every command prints, in every format: sessions pinned as golden files, and the output contract.

A golden file is a session in one project: a command after `$`, what it prints, the lines of standard
error after `! `, and its exit code where it is not 0. Moments, UUIDs and etags are replaced by their names.
`UPDATE_GOLDEN=1` writes the files anew; read the diff before you commit it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.action_outcomes import SUCCEED
from support.in_process import call
from support.layouts import in_states
from support.paths import TESTS
from support.processes import launch
from support.project import BODY, INSIGHTS, SCRIPT, TICKED, Done, Project, need
from support.pseudo_terminal import on_pty
from support.surfaces import PROGRAMS
from taskfiles import KEY_ORDER, __version__
from taskfiles.basics.instants import parse_instant
from taskfiles.schema.files import list_schemas, read_schema
from taskfiles_cli.line.program import ALIASES, COMMANDS, OUTPUTS

GOLDEN = TESTS / "golden" / "outputs"
JQ = ".[] | select(.execution) | .execution.attempts[-1] | [.executor.model, .duration_seconds] | @tsv"
ID = "0199c6f2-0000-7000-8000-00000000000"
TELEMETRY = f"""---
id: telemetry
title: Execution telemetry
kind: story
state: done
commit_message: "feat: telemetry  [Task:telemetry]"
priority: high
labels: [agents, schema]
created_at: 2025-11-02T18:25:21.517Z
completed_at: 2025-11-02 19:44:25.7+01:00
links:
  - {{type: github_issue, repo: a/b, number: 7}}
execution:
  attempts:
    - id: {ID}1
      started_at: "2025-11-02T15:03:00.000Z"
      ended_at: "2025-11-02T15:05:00.000Z"
      duration_seconds: 120
      status: failed
      error_reason: "TypeError: Cannot read property 'foo' of undefined"
      executor:
        tool: claude-code
        model: claude-sonnet-4-20250514
        planner: {{tool: planner, model: m-1}}
      notes: "First attempt failed"
    - started_at: "2025-11-02T16:06:25.000+01:00"
      ended_at: "2025-11-02T15:08:00.000Z"
      duration_seconds: 95
      status: failed
      executor: {{tool: claude-code, model: claude-sonnet-4-20250514}}
    - id: {ID}3
      started_at: "2025-11-02T15:10:00.000Z"
      ended_at: "2025-11-02T15:12:45.000Z"
      duration_seconds: 165
      status: completed
      executor: {{tool: claude-code, model: claude-sonnet-4-20250514}}
      usage: {{input_tokens: 1200, output_tokens: 34}}
      x_host: ci-7
x_sprint: {{n: 5, days: [1, 2.5]}}
quux: 12
body: mine
---
{TICKED}{INSIGHTS}"""
NAVBAR = f"""---
id: navbar
title: Fix the navbar
kind: task
state: ready
blocked: waits for the design
labels: [ui]
---
{BODY}"""
ODD = f"""---
kind: task
id: odd
# about the title
title: "Odd \\e[31mred\\e[0m \\u202Etxt 中文"
state: ready
priority: hihg
---
{BODY}"""
MOBILE = f"---\nid: mobile\ntitle: Mobile\nkind: epic\nchildren: [telemetry]\nstate: idea\n---\n{BODY}"


@pytest.fixture
def shown(project: Project) -> Project:
    """A project with a task of every sort: a whole one, a plain one, an invalid one, an unreadable one."""
    project.write(
        project.path("telemetry", "done", kind="story", completed_at="2025-11-02T12:00:00Z"), TELEMETRY
    )
    project.write(project.path("navbar", "in-progress"), NAVBAR)
    project.write(project.path("odd"), ODD)
    project.write(project.path("mobile", "idea", kind="epic"), MOBILE)
    project.write(project.path("broken"), "---\nid: broken\ntitle: Broken: file\n---\n")
    project.write("tasks/README.md", "# Not a task\n")
    project.configure('format = 1\n[gates.test]\ncommand = "make test"\n')
    return project


def run_line(project: Project, line: str) -> Done:
    command, _, stdin = line.partition(" <<< ")
    words = shlex.split(command)
    assert words[0] == "tasks"
    return call(project, *words[1:], stdin="".join(shlex.split(stdin)))


def normalise(project: Project, text: str) -> str:
    def name(match: re.Match[str]) -> str:
        near = abs(parse_instant(match[0]) - datetime.now(UTC)) < timedelta(days=1)
        return "<now>" if near else match[0]

    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z", name, text)
    text = re.sub(r"\b\d\d:\d\d:\d\dZ", "<now>", text)  # of today
    text = re.sub(
        r"\b(?!0199c6f2)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>", text
    )
    text = re.sub(rf"{datetime.now(UTC).date().isoformat()} \d\d:\d\d\b", "<minute>", text)
    text = re.sub(r"\buser \d+ session \d+\b", "<caller>", text)
    text = re.sub(r"\bclaim-[0-9a-f]{32}\b", "<token>", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "<etag>", text)
    text = text.replace(f"{datetime.now(UTC).date().isoformat()} task-", "<today> task-")
    text = re.sub(r"\bgit \d+(?:\.\w+)+", "git <version>", text)
    text = re.sub(r"(?:The index is whole|There is no index yet)[^.]*(?:\.\d[^.]*)?\.", "<index>", text)
    text = re.sub(r"/index/[0-9a-f]{8}\b", "/index/<project>", text)
    return text.replace(str(project.root), "<root>")


def transcript(project: Project, line: str) -> str:
    done = run_line(project, line)
    parts = [f"$ {line}\n", done.out]
    parts += [f"! {text}\n" for text in done.err.splitlines()]
    parts += [f"[exit {done.code}]\n"] if done.code else []
    return normalise(project, "".join(parts))


@in_states
@pytest.mark.parametrize("name", sorted(file.stem for file in GOLDEN.glob("*.txt")))
def test_session(shown: Project, name: str) -> None:
    file = GOLDEN / f"{name}.txt"
    expected = file.read_text(encoding="utf-8")
    lines = re.findall(r"^\$ (.*)$", expected, re.MULTILINE)
    actual = "".join(transcript(shown, line) for line in lines)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(actual, encoding="utf-8")
    assert actual == expected


@in_states
@pytest.mark.parametrize("action", [name for name in SUCCEED if name.startswith(("task.", "attempt."))])
def test_what_an_action_on_tasks_answers(project: Project, action: str) -> None:
    """In each format, from equal projects; `UPDATE_GOLDEN=1` writes the file of a new action."""
    case = SUCCEED[action]
    case.before(project)
    actual = ""
    for option in ((), *(("--output", name) for name in ("json", "jsonl", "plain"))):
        copy = Project(project.root.parent / f"copy{''.join(option)}", project.env)
        shutil.copytree(project.root, copy.root)
        actual += transcript(copy, shlex.join(["tasks", *case.line, *option]))
    file = GOLDEN / "actions" / f"{action}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(actual, encoding="utf-8")
    assert actual == file.read_text(encoding="utf-8")


def test_every_command_has_a_session() -> None:
    pinned = "\n".join(file.read_text(encoding="utf-8") for file in GOLDEN.rglob("*.txt"))
    # What runs agents or an editor, prints no answer, or handles the log is pinned by tests of its own.
    others = {
        "run",
        "edit",
        "merge",
        "merge-driver",
        "completion",
        "report",
        "telemetry",
        "board",
        "web",
        *ALIASES,
    }
    for command in {name.split()[0] for name in COMMANDS} - others:
        for output in ("", "json", "jsonl", "plain"):
            option = rf"[^\n]* --output {output}\b" if output else r"(?:(?!--output)[^\n])*\n"
            assert re.search(rf"^\$ tasks {command}\b{option}", pinned, re.MULTILINE), (command, output)


# Task objects


@in_states
def test_whole_object_of_a_task(shown: Project) -> None:
    """Every key of `list` and `show`, in order, as a literal."""
    sonnet = {"tool": "claude-code", "model": "claude-sonnet-4-20250514"}
    expected: dict[str, Any] = {
        "id": "telemetry",
        "title": "Execution telemetry",
        "kind": "story",
        "parent": None,
        "children": [],
        "state": "done",
        "blocked": None,
        "close_reason": None,
        "commit_message": "feat: telemetry  [Task:telemetry]",
        "priority": "high",
        "rank": None,
        "size": "medium",
        "estimate_minutes": None,
        "ambiguity": "low",
        "executor": "standard",
        "isolation": "module",
        "touches": [],
        "deliverables": [],
        "depends_on": [],
        "blocks": [],
        "assignees": [],
        "labels": ["agents", "schema"],
        "track": None,
        "milestone": None,
        "due": None,
        "not_before": None,
        "task_type": None,
        "complexity": None,
        "language": None,
        "created_by": None,
        "created_at": "2025-11-02T18:25:21.517Z",
        "updated_at": None,
        "completed_at": "2025-11-02T18:44:25.7Z",
        "links": [{"type": "github_issue", "repo": "a/b", "number": 7}],
        "last_activity_at": None,
        "execution": {
            "attempts": [
                {
                    "id": f"{ID}1",
                    "started_at": "2025-11-02T15:03:00.000Z",
                    "ended_at": "2025-11-02T15:05:00.000Z",
                    "duration_seconds": 120,
                    "status": "failed",
                    "error_reason": "TypeError: Cannot read property 'foo' of undefined",
                    "executor": {**sonnet, "planner": {"tool": "planner", "model": "m-1"}},
                    "notes": "First attempt failed",
                },
                {
                    "started_at": "2025-11-02T15:06:25.000Z",
                    "ended_at": "2025-11-02T15:08:00.000Z",
                    "duration_seconds": 95,
                    "status": "failed",
                    "executor": sonnet,
                },
                {
                    "id": f"{ID}3",
                    "started_at": "2025-11-02T15:10:00.000Z",
                    "ended_at": "2025-11-02T15:12:45.000Z",
                    "duration_seconds": 165,
                    "status": "completed",
                    "executor": sonnet,
                    "usage": {"input_tokens": 1200, "output_tokens": 34},
                    "x_host": "ci-7",
                },
            ]
        },
        "x_sprint": {"n": 5, "days": [1, 2.5]},
        "quux": 12,
        "extra": {"body": "mine"},
        "path": "tasks/30-done/2025-11-02 story-telemetry.md",
        "etag": hashlib.sha256(TELEMETRY.encode()).hexdigest()[:32],
        "valid": True,
        "claim": None,
    }
    (listed,) = shown.run("list", "--state", "done", "--output", "json").json
    assert listed == expected
    assert list(listed) == list(expected)
    assert list(listed)[: len(KEY_ORDER)] == list(KEY_ORDER)
    seen = shown.run("show", "telemetry", "--output", "json").json
    derived = {"attempts": 3, "retry_count": 2, "total_execution_seconds": 380}
    derived |= {"wall_clock_seconds": 585, "active_seconds": 380, "idle_seconds": 205}
    assert seen == expected | {"body": TICKED + INSIGHTS, "derived": derived, "milestone_due": None}
    assert list(seen) == [*expected, "body", "derived", "milestone_due"]


@PROGRAMS
def test_the_line_of_the_origin_works_as_it_stands(shown: Project) -> None:
    need("jq")
    tasks = shown.root.parent / "bin" / "tasks"
    tasks.parent.mkdir()
    tasks.write_text(f'#!/bin/sh\nexec {shlex.join(SCRIPT)} "$@"\n')
    tasks.chmod(0o755)
    done = subprocess.run(
        f"tasks list --state done --output json | jq -r '{JQ}'",
        shell=True,
        cwd=shown.root,
        env=shown.environment({"PATH": f"{tasks.parent}:{os.environ['PATH']}"}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "claude-sonnet-4-20250514\t165\n"


@in_states
def test_list_is_every_task_in_every_state_by_id(shown: Project) -> None:
    done = call(shown, "list", "--output", "json")
    assert [task["id"] for task in done.json] == ["mobile", "navbar", "odd", "telemetry"]
    assert [(task["id"], task["valid"]) for task in done.json if not task["valid"]] == [("odd", False)]
    assert done.json[2]["priority"] == "hihg"
    assert done.code == 0
    warnings = [json.loads(line)["warning"] for line in done.err.splitlines()]
    assert [(w["code"], w["path"], w["line"], w["column"]) for w in warnings] == [
        ("yaml-syntax", "tasks/10-ready/task-broken.md", 3, 14),
        ("unknown-value", "tasks/10-ready/task-odd.md", 7, 11),
    ]


@pytest.mark.parametrize("argv", [("list",), ("validate",), ("schema",), ("help",)], ids=lambda argv: argv[0])
def test_jsonl_is_the_array_one_by_one(shown: Project, argv: tuple[str, ...]) -> None:
    value = call(shown, *argv, "--output", "json").json
    items = value[{"validate": "findings", "help": "commands"}[argv[0]]] if isinstance(value, dict) else value
    lines = call(shown, *argv, "--output", "jsonl").out.splitlines()
    assert len(items) > 1
    assert lines == [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items]


@pytest.mark.parametrize(
    "argv", [("list",), ("show", "telemetry"), ("validate",), ("schema", "task")], ids=" ".join
)
def test_json_in_a_pipe_is_one_compact_line(shown: Project, argv: tuple[str, ...]) -> None:
    out = call(shown, *argv, "--output", "json").out
    assert out == json.dumps(json.loads(out), ensure_ascii=False, separators=(",", ":")) + "\n"


def test_fields_narrow_and_keep_their_order(shown: Project) -> None:
    rows = call(
        shown, "list", "--fields", "valid,id,derived,body", "--state", "done", "--output", "json"
    ).json
    assert [list(row) for row in rows] == [["valid", "id", "derived", "body"]]
    assert rows[0]["derived"]["idle_seconds"] == 205
    assert rows[0]["body"] == TICKED + INSIGHTS
    assert call(shown, "list", "--fields", "id,titel").code == 2


def test_fields_narrow_for_people_too(shown: Project) -> None:
    listed = call(shown, "list", "--fields", "id,size", "--state", "done").out
    assert listed == "ID         SIZE\ntelemetry  medium\n"
    seen = call(shown, "show", "telemetry", "--fields", "id,size").out
    assert "medium" in seen
    assert "Overview" not in seen
    assert "claude-code" not in seen


VALIDATED = [
    ("list", "list"),
    ("list --parent mobile", "list"),
    ("list --state canceled", "list"),
    ("search first navbar", "search"),
    ("show telemetry", "show"),
    ("show navbar", "show"),
    ("show odd", "show"),
    ("validate", "validate"),
    ("next", "next"),
    ("next --parallelize 2", "next"),
    ("plan", "plan"),
    ("plan navbar --overall-timeout 60", "plan"),
    ("attempts", "attempts"),
    ("stats", "stats"),
    ("stats --by label,month --plans --without-telemetry", "stats"),
    ("export --dataset ../data", "export"),
    ("export --dataset ../data --format otlp --repo ada/app", "export"),
    ("update navbar --meta size=xl", "mutation"),
    ("update navbar --meta size=xl --dry-run", "mutation"),
    ("update navbar --field Overview Text --check 1", "mutation"),
    ("record navbar --status failed --tool t --duration-seconds 5", "mutation"),
    ("review telemetry --reviewer Ada --approved", "mutation"),
    ("new --title Another --parent mobile", "mutation"),
    ("fmt navbar telemetry", "mutation"),
    ("help", "help"),
    ("metadata get telemetry", "frontmatter"),
    ("telemetry completion telemetry", "payload.task.completion"),
    ("init", "mutation"),
    ("release navbar", "mutation"),
    ("inject AGENTS.md", "mutation"),
    ("inject AGENTS.md --dry-run", "mutation"),
    ('metadata set navbar <<< \'{"size": "xl"}\'', "mutation"),
]


@pytest.mark.parametrize(("line", "schema"), VALIDATED, ids=[line for line, _ in VALIDATED])
def test_output_meets_its_schema(shown: Project, line: str, schema: str) -> None:
    command, sign, stdin = line.partition(" <<<")
    done = run_line(shown, f"tasks {command} --output json{sign}{stdin}")
    assert done.code == int(command == "validate")
    words = [" ".join(shlex.split(command)[:count]) for count in (2, 1)]
    name = next(name for name in words if name in COMMANDS)
    assert OUTPUTS[name] == schema
    built = read_schema(schema)
    Draft202012Validator.check_schema(built)
    Draft202012Validator(built).validate(done.json)
    for text in done.err.splitlines():
        Draft202012Validator(read_schema("warning")).validate(json.loads(text))


def test_claims_meet_their_schemas(shown: Project) -> None:
    """In this order: would be had, was had, expired, is given back."""
    shown.task("part", children="[below]", kind="story")
    shown.task("below")
    for line in ("--dry-run", "--lease 1ms", "--lease 1ms"):
        done = run_line(shown, f"tasks pickup part --by ada {line} --output json")
        Draft202012Validator(read_schema("pickup")).validate(done.json)
        Draft202012Validator(read_schema("mutation")).validate(done.json)
    assert done.json["claim"]["expired"]["by"] == "ada"
    given_back = run_line(shown, "tasks release part --output json").json
    Draft202012Validator(read_schema("mutation")).validate(given_back)
    assert given_back["released"]["by"] == "ada"


def test_frontmatter_meets_its_schema(shown: Project) -> None:
    schema = Draft202012Validator(read_schema("frontmatter"))
    schema.validate(call(shown, "metadata", "get", "telemetry", "--output", "json").json)
    wrong = call(shown, "metadata", "get", "odd", "--output", "json").json
    assert [list(error.path) for error in schema.iter_errors(wrong)] == [["priority"]]


@pytest.mark.parametrize("name", list_schemas())
def test_schema_prints_what_is_published(project: Project, name: str) -> None:
    assert call(project, "schema", name, "--output", "json").json == read_schema(name)
    assert json.loads(call(project, "schema", name).out) == read_schema(name)


def test_schema_lists_what_is_published(project: Project) -> None:
    listed = {row["name"]: row["description"] for row in call(project, "schema", "--output", "json").json}
    assert listed == {name: read_schema(name)["description"] for name in list_schemas()}
    published = Path(str(files("taskfiles.schema"))) / "published"
    assert {file.stem for file in published.iterdir()} == listed.keys()


@pytest.mark.parametrize("topic", ["agent", "exit-codes", "format", "json", "ranking"])
def test_help_topic_is_the_same_in_every_format(project: Project, topic: str) -> None:
    human = call(project, "help", topic)
    assert human.code == 0
    assert human.out.startswith("# ")
    assert call(project, "help", topic, "--output", "json").json == {"topic": topic, "text": human.out}


def test_machine_output_knows_no_locale_and_no_settings(shown: Project) -> None:
    plain = shown.run("list", "--output", "json")
    env = {"LANG": "de_DE.UTF-8", "LC_ALL": "C", "TZ": "Asia/Tokyo", "FORCE_COLOR": "1", "COLUMNS": "20"}
    assert shown.run("list", "--output", "json", env=env).out == plain.out
    shown.configure("timestamps = false\n[lock]\ntimeout = '1s'\n")
    assert shown.run("list", "--output", "json").out == plain.out


def test_human_output_escapes_control_characters(shown: Project) -> None:
    shown.write(
        "tasks/10-ready/task-bell.md",
        b"---\nid: bell\ntitle: Bell\nstate: ready\n---\nA\x1b]0;x\x07B\x9b\r\n",
    )
    for argv in (
        ("list",),
        ("show", "odd"),
        ("show", "bell"),
        ("metadata", "get", "odd", "title"),
        ("validate",),
    ):
        done = call(shown, *argv)
        assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", done.out + done.err) == []
    assert "Odd \\x1b[31mred" in call(shown, "list").out
    assert call(shown, "show", "odd", "-o", "json").json["title"].startswith("Odd \x1b[31m")


@in_states
def test_sarif(shown: Project) -> None:
    log = call(shown, "validate", "--output", "sarif").json
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
    results = [
        (
            result["ruleId"],
            rules[result["ruleIndex"]]["id"],
            result["level"],
            place["artifactLocation"]["uri"],
            place["region"],
        )
        for result in run["results"]
        for place in [result["locations"][0]["physicalLocation"]]
    ]
    done = "tasks/30-done/2025-11-02%20story-telemetry.md"
    expected = [
        ("yaml-syntax", "error", shown.path("broken"), 3, 14),
        ("unknown-value", "error", shown.path("odd"), 7, 11),
        ("wrong-directory", "warning", shown.path("navbar", "in-progress"), 5, 8),
        ("unknown-key", "note", done, 40, 1),
        ("reserved-key", "warning", done, 41, 1),
    ]
    assert results == [
        (code, code, level, uri, {"startLine": line, "startColumn": column})
        for code, level, uri, line, column in expected
    ]
    assert run["results"][1]["message"]["text"].startswith("`hihg` is not one of none, low,")


def test_sarif_rules_have_no_gaps_in_their_texts(shown: Project) -> None:
    """A rule's help speaks of no file: the gaps of a finding's sentence must not show in it."""
    (run,) = call(shown, "validate", "--output", "sarif").json["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert "{" not in rule["help"]["text"] + rule["shortDescription"]["text"]


# Colour


COLOUR = pytest.mark.parametrize(
    ("argv", "env", "coloured"),
    [
        ([], {}, False),
        ([], {"TERM": "xterm"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "always"], {"TERM": "dumb"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1"}, True),
        (["--color", "auto"], {"NO_COLOR": "1"}, False),
    ],
)


@COLOUR
def test_colour(shown: Project, argv: list[str], env: dict[str, str], coloured: bool) -> None:
    done = call(shown, "validate", *argv, env=env)
    assert ("\x1b[1;31merror[unknown-value]\x1b[0m" in done.out) is coloured
    assert ("\x1b[" in done.out) is coloured
    for output in ("json", "jsonl", "plain"):
        assert "\x1b" not in call(shown, "validate", *argv, "--output", output, env=env).out


@COLOUR
def test_colour_of_errors(shown: Project, argv: list[str], env: dict[str, str], coloured: bool) -> None:
    done = call(shown, "show", "gone", *argv, env=env)
    assert ("\x1b[1;31merror[no-such-task]\x1b[0m" in done.err) is coloured
    assert ("\x1b[" in done.err) is coloured
    assert "\x1b" not in call(shown, "show", "gone", *argv, "--output", "json", env=env).err


@COLOUR
def test_colour_of_warnings(shown: Project, argv: list[str], env: dict[str, str], coloured: bool) -> None:
    done = call(shown, "list", *argv, env=env)
    assert ("\x1b[1;31merror[unknown-value]\x1b[0m" in done.err) is coloured


def test_terminal_gets_bars_where_they_fit(shown: Project) -> None:
    assert "━" in on_pty(shown, "stats", env={"TERM": "dumb"}, columns=150)
    assert "━" not in on_pty(shown, "stats", env={"TERM": "dumb"}, columns=100)


def test_terminal_gets_colour(shown: Project) -> None:
    assert "\x1b[1;31merror[" in on_pty(shown, "validate", env={"TERM": "xterm"})
    assert "\x1b" not in on_pty(shown, "validate", env={"TERM": "dumb"})
    assert "\x1b" not in on_pty(shown, "validate", env={"TERM": "xterm", "NO_COLOR": "1"})


def test_terminal_gets_indented_json_with_the_same_content(shown: Project) -> None:
    seen = on_pty(shown, "list", "--output", "json", env={"TERM": "xterm"})
    value = shown.run("list", "--output", "json").json
    assert json.loads(seen) == value
    assert [line.rstrip() for line in seen.splitlines()] == seen.splitlines()
    assert seen.startswith('[\n  {\n    "id"')
    assert not any(char in seen for char in "\x7f\x9b\u202e\u2028")


def test_terminal_gets_a_table_of_its_width(shown: Project) -> None:
    shown.task("long", title="A title that is much longer than what fits into fifty columns, 中文 and all")
    seen = on_pty(shown, "list", env={"TERM": "dumb"}, columns=60)
    assert max(len(line) for line in seen.splitlines()) <= 60
    assert "…" in seen
    assert "中文 and all" in shown.run("list").out


def test_closed_pipe_is_141(shown: Project) -> None:
    """The reader has gone before the first byte: no message, the exit code of a closed pipe."""
    for argv in (["list"], ["list", "--output", "json"], ["validate"], ["schema", "task"], ["--version"]):
        reader, writer = os.pipe()
        os.close(reader)
        process = launch(
            [*SCRIPT, *argv],
            cwd=shown.root,
            env=shown.environment(None),
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
        )
        os.close(writer)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (141, b""), argv


def test_full_disk_behind_standard_output_is_6(shown: Project) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*SCRIPT, "list"],
            cwd=shown.root,
            env=shown.environment(None),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 6
    assert b"Writing standard output failed: no space left on device." in done.stderr


def test_version(project: Project) -> None:
    assert project.run("--version").out == f"tasks {__version__}\n"


def test_run_id_is_the_callers_where_it_is_a_uuid(shown: Project) -> None:
    given = "8c5a2c6e-1111-4222-8333-944455556666"
    argv = ("update", "navbar", "--meta", "size=xl", "--dry-run", "--output", "json")
    assert call(shown, *argv, env={"TASKS_CORRELATION_ID": given}).json["run_id"] == given
    made = call(shown, *argv, env={"TASKS_CORRELATION_ID": "mine"}).json["run_id"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
