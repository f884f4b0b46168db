"""What `update`, `new` and `metadata set` make of the values that they are given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.in_process import call, ok
from support.project import Project
from taskfiles import TaskfilesError, Update, update
from taskfiles_cli.line.table import COMMANDS


@pytest.fixture
def fix(project: Project) -> Project:
    """A project with one task, `fix`."""
    project.task("fix", priority="high", labels="[ui]")
    return project


def values_of(project: Project, task_id: str = "fix") -> dict[str, Any]:
    return dict(project.store.get(task_id).values)


def text_of(project: Project) -> str:
    return (project.root / project.path()).read_text(encoding="utf-8")


# What clears a key


@pytest.mark.parametrize("key", ["blocked", "completed_at", "milestone", "size", "labels", "x_own"])
def test_null_removes_a_key_whichever_way_it_is_given(fix: Project, key: str) -> None:
    """By --meta, by a JSON patch, from Python, and in a new task."""
    given: dict[str, Any] = {"completed_at": "2025-11-02T12:00:00Z", "size": "xl", "labels": ["a"]}
    for clear in (
        lambda: call(fix, "update", "fix", "--meta", f"{key}=null"),
        lambda: call(fix, "metadata", "set", "fix", stdin=f'{{"{key}": null}}'),
        lambda: update(fix.store, "fix", Update(set={key: None})),
    ):
        update(fix.store, "fix", Update(set={key: given.get(key, "word")}))
        assert key in values_of(fix)
        clear()
        assert key not in values_of(fix)
        assert f"{key}:" not in text_of(fix)
    ok(call(fix, "new", "--title", "Other", "--id", "other", "--meta", f"{key}=null"))
    assert key not in values_of(fix, "other")


def test_a_new_task_has_its_defaults_where_a_key_is_cleared(fix: Project) -> None:
    ok(call(fix, "new", "--title", "Other", "--id", "other", "--meta", "state=null"))
    assert values_of(fix, "other")["state"] == "idea"


def test_a_required_key_is_not_cleared(fix: Project) -> None:
    before = text_of(fix)
    done = call(fix, "update", "fix", "--meta", "state=null", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "edit-invalid")
    assert text_of(fix) == before


def test_the_word_null_can_be_written(fix: Project) -> None:
    ok(call(fix, "update", "fix", "--meta", 'blocked="null"', "--meta", 'x_own="null"'))
    assert (values_of(fix)["blocked"], values_of(fix)["x_own"]) == ("null", "null")


# What a value is


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("fix #12 in the parser", 'x_own: "fix #12 in the parser"'),
        ("1.10", 'x_own: "1.10"'),
        ("1.5", "x_own: 1.5"),
        ("007", 'x_own: "007"'),
        ("2026-12-01", 'x_own: "2026-12-01"'),
        ("yes", 'x_own: "yes"'),
        ("true", "x_own: true"),
        ("[a, 1]", "x_own:\n  - a\n  - 1"),
        ("[WIP] fix", 'x_own: "[WIP] fix"'),
        ("", 'x_own: ""'),
        ("key: value", 'x_own: "key: value"'),
    ],
)
@pytest.mark.parametrize("command", ["update fix", "new --title Other --id other --state ready"])
def test_an_unknown_key_keeps_what_was_typed(fix: Project, command: str, typed: str, line: str) -> None:
    ok(call(fix, *command.split(), "--meta", f"x_own={typed}"))
    task_id = "other" if command.startswith("new") else "fix"
    text = (fix.root / fix.path(task_id)).read_text(encoding="utf-8")
    assert f"\n{line}\n" in text


@pytest.mark.parametrize("typed", ["1.10", "fix #12", "2026-12-01", "5", "[a, b]", "null", "yes"])
def test_a_filter_finds_what_was_set_with_the_same_words(fix: Project, typed: str) -> None:
    ok(call(fix, "update", "fix", "--meta", f"x_own={typed}"))
    assert ok(call(fix, "list", "--meta", f"x_own={typed}", "--output", "plain")).out == "fix\n"


# The options of `new`

NAMED = {
    "--title": ("A new title", {"title": "A new title"}),
    "--kind": ("Story", {"kind": "story"}),
    "--state": ("Idea", {"state": "idea"}),
    "--priority": ("LOW", {"priority": "low"}),
    "--size": ("xl", {"size": "xl"}),
    "--ambiguity": ("high", {"ambiguity": "high"}),
    "--executor": ("human-review", {"executor": "human_review"}),
    "--isolation": ("global", {"isolation": "global"}),
    "--label": ("bug", {"labels": ["ui", "bug"]}),
    "--assignee": ("ada", {"assignees": ["ada"]}),
    "--touches": ("src/**", {"touches": ["src/**"]}),
    "--depends-on": ("other", {"depends_on": ["other"]}),
    "--due": ("2030-01-01", {"due": "2030-01-01"}),
    "--not-before": ("2029-01-01", {"not_before": "2029-01-01"}),
    "--estimate": ("2h", {"estimate_minutes": 120}),
    "--rank": ("1.5", {"rank": 1.5}),
    "--link": ("other", {"links": [{"type": "task", "id": "other", "relation": "related"}]}),
}


@pytest.mark.parametrize("option", NAMED)
def test_update_has_each_option_of_new(fix: Project, option: str) -> None:
    """Words and the title are set, items are added; once more changes nothing."""
    fix.task("other")
    value, expected = NAMED[option]
    line = ("update", "fix", option, value)
    before = values_of(fix)
    ok(call(fix, *line))
    assert values_of(fix) == before | expected
    assert ok(call(fix, *line, "--output", "json")).json["changed"] is False


def test_each_option_of_new_is_one_of_update() -> None:
    options = {name: set(COMMANDS[name].options) for name in ("new", "update")}
    own = {"--id", "--from", "--template"}  # `tasks rename` changes it; what only begins tasks
    assert options["new"] - options["update"] == own
    assert {*NAMED, "--parent", "--body", "--meta", "--field"} <= options["new"]


def test_a_key_that_two_options_set_is_refused(fix: Project) -> None:
    for line in (
        ("update", "fix", "--priority", "low", "--meta", "priority=high"),
        ("update", "fix", "--title", "A", "--unset", "title"),
        ("new", "--title", "A", "--label", "a", "--meta", "labels=[b]"),
    ):
        assert call(fix, *line).code == 2


def test_the_body_is_replaced_and_line_ends_stay(fix: Project) -> None:
    ok(call(fix, "update", "fix", "--body", "-", stdin="## Overview\r\n\r\nOnly\u2028this.\n\n"))
    assert text_of(fix).partition("---\n")[2].partition("---\n")[2] == "\n## Overview\n\nOnly\u2028this.\n"
    fix.write(fix.path(), text_of(fix).replace("\n", "\r\n"))
    ok(call(fix, "update", "fix", "--body", "One\n\nTwo"))
    assert (fix.root / fix.path()).read_bytes().endswith(b"---\r\n\r\nOne\r\n\r\nTwo\r\n")


def test_a_task_is_moved_to_another_parent_with_its_change(fix: Project) -> None:
    fix.task("old", kind="epic", children="[fix]")
    fix.task("new-one", kind="epic")
    ok(call(fix, "update", "fix", "--parent", "new-one", "--size", "xl"))
    assert values_of(fix)["size"] == "xl"
    assert (values_of(fix, "old")["children"], values_of(fix, "new-one")["children"]) == ([], ["fix"])
    again = ok(call(fix, "update", "fix", "--parent", "new-one", "--size", "xl", "--output", "json")).json
    assert again["changed"] is False
    ok(call(fix, "undo"))
    assert (values_of(fix, "old")["children"], values_of(fix).get("size")) == (["fix"], None)


@pytest.mark.parametrize("parent", ["fix", "gone"])
def test_a_parent_that_can_have_no_such_child_changes_nothing(fix: Project, parent: str) -> None:
    before = text_of(fix)
    assert call(fix, "update", "fix", "--parent", parent, "--size", "xl").code in {1, 3}
    assert text_of(fix) == before


def test_a_task_that_names_another_parent_itself_is_moved_too(fix: Project) -> None:
    fix.task("old", kind="epic")
    fix.task("new-one", kind="epic")
    fix.task("fix", parent="old")
    ok(call(fix, "update", "fix", "--parent", "new-one", "--title", "T"))
    assert values_of(fix)["title"] == "T"
    assert "parent" not in values_of(fix)
    assert values_of(fix, "new-one")["children"] == ["fix"]


# Read as JSON, changed, written back

RICH = """\
created_at: 2025-11-02T16:03:00.1234567+01:00  # our own spelling
completed_at: null
x_map: {a: [1, .nan], "b c": {d: 2025-11-02}}
path: mine
execution:
  attempts:
    - id: 0199c6f2-0000-7000-8000-000000000001
      started_at: 2025-11-02 15:00:00+00:00
      ended_at: 2025-11-02T16:01:00.5+01:00
      duration_seconds: 60
      status: failed
      executor: {tool: t}
"""


@pytest.mark.parametrize("command", ["metadata get", "show"])
def test_a_task_written_back_as_it_was_read_does_not_change(fix: Project, command: str) -> None:
    """Whatever its spelling, and with all that the tool's JSON adds to it."""
    fix.task("fix", extra=RICH)
    before = text_of(fix)
    value = ok(call(fix, *command.split(), "fix", "--output", "json")).json
    same = ok(call(fix, "metadata", "set", "fix", "--output", "json", stdin=json.dumps(value))).json
    assert (same["changed"], text_of(fix)) == (False, before)
    value |= {"priority": "high", "x_new": [1]}
    value["execution"]["attempts"][0]["notes"] = "More"
    ok(call(fix, "metadata", "set", "fix", stdin=json.dumps(value)))
    lines = set(text_of(fix).splitlines()) - set(before.splitlines())
    assert lines == {"priority: high", "x_new:", "  - 1", "      notes: More"}


@pytest.mark.parametrize("key", ["id", "path", "etag", "valid", "body", "derived", "claim", "extra"])
@pytest.mark.parametrize("value", ["other", {"a": 1}, 5, True])
def test_what_the_tool_adds_is_refused_by_name(fix: Project, key: str, value: Any) -> None:
    before = fix.tree()
    patch = json.dumps({"size": "xl", key: value})
    lines = [("metadata", "set", "fix")]
    if value == "other":
        lines += [("update", "fix", "--meta", f"{key}={value}"), ("update", "fix", "--add", f"{key}={value}")]
        lines += [("new", "--title", "T", "--meta", f"{key}={value}")]
    for line in lines:
        if key == "valid" and value is True:
            continue  # so it is
        done = call(fix, *line, "--output", "json", stdin=patch)
        assert (done.code, key in done.error["message"] or done.error["code"] == "bad-value") == (2, True)
        assert fix.tree() == before


def test_a_files_own_key_of_such_a_name_can_be_removed(fix: Project) -> None:
    for line, stdin in (
        (("update", "fix", "--unset", "path"), ""),
        (("update", "fix", "--meta", "path=null"), ""),
        (("metadata", "set", "fix"), '{"path": null}'),
    ):
        fix.task("fix", path="mine")
        assert call(fix, "metadata", "get", "fix", "path", "--output", "json").json == "mine"
        call(fix, *line, stdin=stdin)
        assert "path" not in values_of(fix)


def test_the_same_id_is_no_change_and_none_is_refused(fix: Project) -> None:
    assert call(fix, "update", "fix", "--meta", "id=fix", "--output", "json").json["changed"] is False
    assert call(fix, "update", "fix", "--meta", "id=null").code == 2
    assert call(fix, "metadata", "set", "fix", stdin='{"id": null}').code == 2


# An Update that is not such a thing is refused, not read letter by letter

WRONG: list[dict[str, Any]] = [
    {"unset": "size"},
    {"unset": [1]},
    {"set": "size"},
    {"set": [("size", "xl")]},
    {"set": {1: "a"}},
    {"patch": None},
    {"patch": ["size"]},
    {"add": {"labels": "a"}},
    {"add": ["labels"]},
    {"remove": [("labels", "a", "b")]},
    {"sections": "Overview"},
    {"sections": [("Overview",)]},
    {"checks": [1]},
    {"checks": {1.5: True}},
    {"criteria": "Dry"},
    {"checks": {1: "yes"}},
    {"checks": {True: True}},
    {"body": b"text"},
    {"parent": 5},
]


@pytest.mark.parametrize("fields", WRONG, ids=str)
def test_a_field_of_another_shape_is_refused(fix: Project, fields: dict[str, Any]) -> None:
    before = fix.tree()
    (name,) = fields
    with pytest.raises(TaskfilesError) as caught:
        update(fix.store, "fix", Update(**fields))
    assert caught.value.code == "bad-value"
    assert caught.value.message.startswith(f"An update's {name} can't be ")
    assert fix.tree() == before
