"""What a source's configuration becomes in tasks.toml, and the words that are kept there."""

from __future__ import annotations

import json

import pytest

from support.foreign_tasks import OLD, backlog_file, backlog_task
from support.in_process import call
from support.project import Project
from taskfiles.config.model import read_toml
from taskfiles.migrate.chosen import check_chosen
from taskfiles.migrate.foreign import Setting
from taskfiles.migrate.settings import add_used, choose_settings
from taskfiles.task.names import CONFIG_PATH

CONFIG = """\
project_name: Old
default_status: "To Do"
statuses: ["To Do", "In Review"]
labels: [ui]
milestones: [first]
definition_of_done: ["The tests pass", "The docs\\nsay so"]
"""
TAKEN = {
    "labels": {"ui": {}},
    "templates": {"own": {"kind": "task"}},
    "migrate": {"a": {"status": {"x": "done"}}},
}


def configured(project: Project) -> dict[str, object]:
    file = project.root / CONFIG_PATH
    read = read_toml(file.read_bytes() if file.exists() else b"")
    assert isinstance(read, tuple)
    return {key: value for key, value in read[1].items() if key not in {"format", "layout"}}


def test_a_configuration_becomes_tables_in_the_same_change(project: Project) -> None:
    backlog_task(project, status="In Review", more="labels: [web]\n")
    backlog_file(project, "milestones/m-1 - First.md", "id: m-1\ntitle: Second\n")
    project.write(f"{OLD}/backlog/config.yml", CONFIG)
    mine = '# mine\nformat = 1\nlayout = "flat"\n[labels.own] # stays\n'
    project.write(CONFIG_PATH, mine)
    before = project.tree()
    map_it = ("--map", "status:in review=in-progress")
    shown = call(project, "migrate", OLD, "--dry-run", *map_it, "--output", "json").json
    assert project.tree() == before
    assert shown["idle"] == ["default_status"]
    done = call(project, "migrate", OLD, *map_it, "--output", "json").json
    assert done["settings"] == shown["settings"]
    assert configured(project) == {
        "labels": {"own": {}, "ui": {}, "web": {}},
        "milestones": {"first": {}, "Second": {}},
        "templates": {
            "definition-of-done": {"kind": "task", "criteria": ["The tests pass", "The docs say so"]}
        },
        "migrate": {"backlog": {"status": {"in review": "in-progress"}}},
    }
    text = (project.root / CONFIG_PATH).read_text()
    assert text.startswith(mine.rstrip("\n"))
    assert call(project, "validate").code == 0
    assert call(project, "new", "Made here").code == 0
    assert "- [ ] The docs say so" in (project.root / "tasks/made-here.md").read_text()
    assert [call(project, "undo").code for _ in range(2)] == [0, 0]
    assert project.tree() == before


def test_a_word_that_was_chosen_is_known_from_then_on(project: Project) -> None:
    backlog_task(project, status="In Review")
    assert call(project, "migrate", OLD).code == 1
    assert call(project, "migrate", OLD, "--map", "status:In Review=in-progress").code == 0
    tree = project.tree()
    assert call(project, "migrate", OLD).code == 0
    assert call(project, "migrate", OLD, "--verify").code == 0
    assert project.tree() == tree
    done = call(project, "migrate", OLD, "--map", "status:In Review=ready", "--output", "json").json
    assert (done["changed"], [each["values"] for each in done["settings"]]) == (
        True,
        [{"In Review": "ready"}],
    )
    assert project.get("back-1").state == "ready"
    assert configured(project) == {"migrate": {"backlog": {"status": {"In Review": "ready"}}}}


def test_what_was_removed_here_does_not_come_again(project: Project) -> None:
    backlog_task(project)
    project.write(f"{OLD}/backlog/config.yml", CONFIG)
    project.write(CONFIG_PATH, settings := f'layout = "{project.layout}"\n'.encode())
    assert call(project, "migrate", OLD).code == 0
    project.write(CONFIG_PATH, settings)
    assert call(project, "migrate", OLD).code == 0
    assert (project.root / CONFIG_PATH).read_bytes() == settings
    backlog_task(project, "2")
    project.write(f"{OLD}/backlog/config.yml", CONFIG)
    assert call(project, "migrate", OLD).code == 0
    assert configured(project) == {"milestones": {"first": {}}}  # a task may be in one


def test_what_cant_be_written_is_named_and_stops_nothing(project: Project) -> None:
    backlog_task(project)
    project.write(f"{OLD}/backlog/config.yml", 'labels: ["a\\u2028b"]\n')
    done = call(project, "migrate", OLD, "--output", "json")
    assert (done.code, [each["code"] for each in done.json["findings"]]) == (0, ["not-declared"])
    assert configured(project) == {}


def test_phases_are_milestones_and_scopes_are_templates(project: Project) -> None:
    config = """\
dir: work
id: {strategy: ulid}
ignore: [notes]
phases:
  - {id: web-ui, name: Web UI, description: Words}
  - {id: later}
scopes:
  cli/graph:
    description: Words
    paths: [src/graph/, src/main.py]
  empty: {}
"""
    project.write(f"{OLD}/.taskmd.yaml", config)
    project.write(f"{OLD}/work/001-a.md", "---\nid: '001'\ntitle: A\nstatus: pending\nphase: web-ui\n---\n")
    project.write(f"{OLD}/work/notes/002-b.md", "---\nid: '002'\ntitle: B\nstatus: pending\n---\n")
    done = call(project, "migrate", OLD, "--output", "json").json
    assert (done["idle"], [each["id"] for each in done["ids"]]) == (["id"], ["001"])
    assert configured(project) == {
        "milestones": {"web-ui": {"title": "Web UI"}, "later": {}},
        "templates": {"cli/graph": {"touches": ["src/graph/**", "src/main.py"]}},
    }
    assert call(project, "new", "Draw it", "--template", "cli/graph").code == 0
    assert project.get("draw-it").values["touches"] == ["src/graph/**", "src/main.py"]


def test_labels_and_milestones_of_issues_say_what_they_are(project: Project) -> None:
    issue = {
        "number": 1,
        "title": "A",
        "state": "OPEN",
        "labels": [{"name": "bug", "description": "It is broken"}, {"name": "ui", "description": ""}],
        "milestone": {"title": "v1", "dueOn": "2026-12-01T00:00:00Z"},
    }
    project.write("../issues.json", json.dumps([issue]))
    done = call(project, "migrate", "../issues.json", "--output", "json")
    assert done.code == 0
    assert {".".join(each["table"]): each["values"] for each in done.json["settings"]} == {
        "labels.bug": {"description": "It is broken"},
        "labels.ui": {},
        "milestones.v1": {"due": "2026-12-01"},
    }
    assert call(project, "validate").code == 0
    assert str(project.store.config.milestones["v1"].due) == "2026-12-01"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[migrate]\nbacklog = 1\n", 2, "it should be a table"),
        ('[migrate.backlog.status]\n"In Review" = "redy"\n', 2, "Did you mean ready?"),
        ("[migrate.backlog.status]\n'In Review' = 1\n", 2, "it is not a word of that key"),
    ],
)
def test_a_word_that_is_none_is_a_finding_and_stops_a_migration(
    project: Project, text: str, line: int, says: str
) -> None:
    (finding,) = check_chosen(text.encode())
    assert (finding.line, finding.code) == (line, "config-value")
    assert says in f"{finding.message} {finding.hint}"
    backlog_task(project)
    project.write(CONFIG_PATH, text)
    done = call(project, "migrate", OLD)
    assert done.code != 0
    assert f"{CONFIG_PATH}:{line}" in done.err


def test_words_of_sources_and_keys_that_are_not_known_are_left_alone() -> None:
    text = b'[migrate.tasknotes.status]\nopen = "ready"\n[migrate.backlog.later]\na = "b"\n'
    assert check_chosen(text) == []


def test_only_what_a_project_lacks_is_chosen() -> None:
    found = [
        Setting("labels", ("labels", "ui"), {"description": "x"}),
        Setting("milestones", ("milestones", "m")),
        Setting("dod", ("templates", "done"), {"kind": "task", "criteria": ["x"]}),
        Setting("--map", ("migrate", "a", "status"), {"x": "done", "y": "idea"}),
    ]
    first = choose_settings(found, TAKEN, is_first=True)
    assert [(each.path[1], each.values) for each in first] == [
        ("m", {}),
        ("done", {"criteria": ["x"]}),  # another template is for tasks
        ("a", {"y": "idea"}),
    ]
    assert [each.path[1] for each in choose_settings(found, TAKEN, is_first=False)] == ["m", "a"]


def test_names_that_tasks_use_come_with_those_that_are_declared() -> None:
    tasks = [{"labels": ["b", "a"], "milestone": "m"}, {"labels": None}]
    found = add_used([Setting("labels", ("labels", "a"))], tasks)
    assert [each.path for each in found] == [("labels", "a"), ("labels", "b")]
