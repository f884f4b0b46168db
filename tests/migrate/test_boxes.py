"""Boxes in Markdown texts, as obsidian-tasks writes them, by a mapping file."""

from __future__ import annotations

from support.foreign_tasks import OLD
from support.in_process import call, ok
from support.project import Project

MAPPING = """\
name = "obsidian"
lines = "boxes"
id = "🆔"
only = "#task"
[keys]
box = { to = "state", words = { ">" = "idea" } }
"#" = "labels"
"📅" = "due"
"⏳" = "not_before"
"➕" = "created_at"
"✅" = "completed_at"
"⛔" = "depends_on"
"⏫" = { to = "priority", words = { "⏫" = "high" } }
"🔁" = "keep"
"""
NOTE = """\
# A day

- [ ] Water the plants #task ⏫ 🔁 every week 📅 2026-02-01 #home ^b1
  Twice.

  - [ ] not marked
\t- [x] Fill the can #task 🆔 can ➕ 2026-01-01 ✅ 2026-01-02
1. [/] Paint #task ⛔ can,door
> - [-] Leave #task
- [>] Later #task ⏳️ 2026-03-01
```
- [ ] In a fence #task
```
- [?] Odd #task
"""


def test_boxes_come_in_with_what_their_signs_say(project: Project) -> None:
    project.write("map.toml", MAPPING)
    project.write(f"{OLD}/daily/note.md", NOTE)
    refused = call(project, "migrate", "map.toml", OLD, "--output", "json")
    assert (refused.code, refused.error["code"]) == (1, "unmapped")
    assert "box “?”" in refused.error["message"]
    argv = ("migrate", "map.toml", OLD, "--map", "box:?=ready", "--output", "json")
    ok(call(project, *argv))
    tasks = {task.id: task for task in project.store.snapshot().tasks}
    assert tasks.keys() == {"water-plants-task", "can", "paint-task", "leave-task", "later-task", "odd-task"}
    first = tasks["water-plants-task"]
    assert {
        key: first.values.get(key) for key in ("title", "state", "priority", "due", "labels", "kind")
    } == {
        "title": "Water the plants #task",
        "state": "ready",
        "priority": "high",
        "due": "2026-02-01",
        "labels": ["task", "home"],
        "kind": "story",
    }
    assert first.values["x_obsidian_🔁"] == "every week"
    assert first.values["children"] == ["can"]
    line = NOTE.splitlines()[2]
    assert first.document.body.decode() == f"\n{line}\n  Twice.\n"
    can = tasks["can"].values
    assert (can["state"], can["created_at"], can["completed_at"]) == ("done", "2026-01-01", "2026-01-02")
    paint = tasks["paint-task"].values
    assert (paint["state"], paint["depends_on"]) == ("in-progress", ["can"])
    assert paint["x_obsidian_depends_on"] == ["door"]
    assert (tasks["leave-task"].state, tasks["later-task"].state) == ("canceled", "idea")
    assert tasks["later-task"].values["not_before"] == "2026-03-01"
    assert ok(call(project, *argv)).json["changed"] is False


def test_a_parent_named_like_another_task_is_left_out_and_said(project: Project) -> None:
    project.write("map.toml", 'lines = "boxes"\n')
    project.write(f"{OLD}/a.md", "- [ ] Same\n  - [ ] Below\n- [ ] Same\n")
    done = ok(call(project, "migrate", "map.toml", OLD, "--output", "json")).json
    assert [(each["code"], each["line"]) for each in done["findings"]] == [("unclear-parent", 2)]
    assert {each["id"] for each in done["ids"]} == {"same", "same-2", "below"}
