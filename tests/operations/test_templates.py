"""New tasks from templates: what they say goes first, the rest is the template's, wrong ones are named."""

from __future__ import annotations

import json

import pytest

from support.in_process import call, ok
from support.project import Project
from taskfiles.config.templates import check_templates
from taskfiles_cli.line.offers import find_sort, offer

TEMPLATES = """
[templates.bug]
labels = ["bug"]
priority = "high"
due = 2030-01-01
criteria = ["A test fails without the fix"]
[templates.bug.sections]
"Steps to Reproduce" = "1. Open it"
Overview = "What happens."

[templates.story]
kind = "story"
size = "large"
body = '''
## Why

Because.
'''
"""


@pytest.fixture
def templated(project: Project) -> Project:
    project.configure(TEMPLATES)
    return project


def test_a_task_begins_with_its_template(templated: Project) -> None:
    made = ok(call(templated, "new", "It crashes", "--template", "bug", "-o", "json")).json["task"]
    assert (made["labels"], made["priority"], made["due"]) == (["bug"], "high", "2030-01-01")
    body = templated.get("it-crashes").body
    assert "## Overview\n\nWhat happens.\n" in body
    assert "## Acceptance Criteria\n\n- [ ] A test fails without the fix\n\n" in body
    assert "## Steps to Reproduce\n\n1. Open it\n" in body
    assert "Say what must be true" not in body


def test_what_a_task_says_itself_goes_first(templated: Project) -> None:
    options = ("-l", "ui", "-p", "low", "--meta", "due=null", "--add-criterion", "No crash")
    ok(call(templated, "new", "A", "--template", "bug", *options, "--field", "overview", "Mine."))
    task = templated.get("a")
    assert (task.get("labels"), task.get("priority"), task.get("due")) == (["ui", "bug"], "low", None)
    assert "- [ ] No crash\n- [ ] A test fails without the fix\n" in task.body
    assert "What happens." not in task.body
    ok(call(templated, "new", "B", "--template", "bug", "--body", "## Own\n\nText.\n"))
    own = templated.get("b").body
    assert own.startswith("\n## Own\n\nText.\n")
    assert "- [ ] A test fails without the fix\n" in own
    assert "Steps to Reproduce" not in own


def test_a_kind_has_its_own(templated: Project) -> None:
    ok(call(templated, "new", "S", "--kind", "story"))
    task = templated.get("s")
    assert (task.get("size"), task.body) == ("large", "\n## Why\n\nBecause.\n")
    ok(call(templated, "new", "Plain"))
    assert templated.get("plain").get("labels") == []


def test_a_kind_that_follows_from_the_parent_has_its_own(templated: Project) -> None:
    ok(call(templated, "new", "E", "--kind", "epic"))
    ok(call(templated, "new", "Below", "--parent", "e"))
    entries = json.dumps([{"title": "One", "parent": "e"}, {"title": "Two", "parent": "e", "kind": "task"}])
    ok(call(templated, "new", "--from", "-", stdin=entries))
    sizes = {task: templated.get(task).get("size") for task in ("below", "one", "two")}
    assert sizes == {"below": "large", "one": "large", "two": "medium"}
    ok(call(templated, "new", "Named", "--kind", "story", "--template", "bug"))
    assert (templated.get("named").get("kind"), templated.get("named").get("size")) == ("story", "medium")


def test_entries_name_templates(templated: Project) -> None:
    entries = [{"title": "One", "template": "bug"}, {"title": "Two", "kind": "story"}]
    ok(call(templated, "new", "--from", "-", stdin=json.dumps(entries)))
    assert (templated.get("one").get("labels"), templated.get("two").get("size")) == (["bug"], "large")
    ok(call(templated, "new", "--from", "-", "--template", "bug", stdin="# Three\n# Four\ntemplate: story\n"))
    assert templated.get("three").get("labels") == ["bug"]
    assert templated.get("four").get("kind") == "story"
    wrong = call(templated, "new", "--from", "-", stdin="# Five\ntemplate: bgu\n")
    assert (wrong.code, "there is no such template" in wrong.err) == (2, True)


def test_a_name_of_none_is_refused_with_those_that_are_there(templated: Project) -> None:
    done = call(templated, "new", "A", "--template", "bgu")
    assert done.code == 2
    assert "--template can't be “bgu”: there is no such template." in done.err
    assert "hint: tasks/tasks.toml has bug, story.\n" in done.err
    templated.configure("")
    assert "[templates.NAME]" in call(templated, "new", "A", "--template", "bug").err


WRONG = [
    ('[templates.a]\nkind = "bug"\n', (2, 8), "templates.a.kind", "`task_type` takes any other word."),
    ('[templates.a]\nlabels = "bug"\n', (2, 10), "templates.a.labels", "Write it as a list"),
    ('[templates.a]\ntitle = "x"\n', (2, 9), "templates.a.title", "Leave it out;"),
    ('[templates.a]\ncriteria = "x"\n', (2, 12), "templates.a.criteria", "Write them as in"),
    ("[templates.a]\ncriteria = [5]\n", (2, 12), "templates.a.criteria", "Write them as in"),
    ('[templates.a]\ncriteria = ["a\\nb"]\n', (2, 12), "templates.a.criteria", "a line each"),
    ("[templates.a.sections]\nOverview = 5\n", (1, 2), "templates.a.sections", "Write a text for each"),
    ("[templates.a]\nbody = 5\n", (2, 8), "templates.a.body", "Write it between"),
    ('[templates.a]\nsections = {A = "x"}\nbody = "x"\n', (3, 8), "templates.a.body", "Leave out the other."),
    ("[templates]\na = 5\n", (2, 5), "templates.a", "Write its keys below"),
    (
        '[templates.a]\nkind = "epic"\n[templates.b]\nkind = "epic"\n',
        (4, 8),
        "templates.b.kind",
        "Leave it out of one;",
    ),
    ('[templates.a]\ntags = ["x"]\n', (2, 1), "templates.a.tags", "Did you mean labels?"),
]


@pytest.mark.parametrize(("text", "place", "field", "remedy"), WRONG)
def test_a_wrong_template_is_a_finding_at_its_place(
    text: str, place: tuple[int, int], field: str, remedy: str
) -> None:
    (finding,) = check_templates(text.encode())
    assert (finding.line, finding.column, finding.field) == (*place, field)
    assert remedy in f"{finding.message} {finding.hint}"


def test_a_wrong_template_is_in_the_way_of_its_users_alone(project: Project) -> None:
    project.configure('[templates.a]\nlabels = "bug"\n[templates.b]\ntags = ["x"]\n')
    assert call(project, "new", "A", "--template", "a").code == 5
    assert call(project, "new", "B").code == 0
    assert call(project, "new", "C", "--template", "b").code == 0  # which is only a warning
    assert call(project, "validate").code == 1


@pytest.mark.parametrize("data", [b"\xff", b"templates = 5", b"[templates", b"", b"[templates]\n"])
def test_what_else_is_wrong_is_reported_elsewhere(data: bytes) -> None:
    assert check_templates(data) == []


def test_a_shell_offers_the_names(templated: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(templated.root)
    assert find_sort("new", "template") == "templates"
    assert offer("templates", "") == ["bug", "story"]
    assert offer("templates", "b") == ["bug"]
    templated.configure("[templates")
    assert offer("templates", "") == []
