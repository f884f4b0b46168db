"""The states that tasks went through: from commits, from the journal, under the ids that they have now."""

from __future__ import annotations

from support.branches import commit
from support.in_process import call, ok
from support.project import Project
from taskfiles.history.transitions import read_transitions


def test_states_are_followed_through_commits_renames_and_what_is_not_committed(project: Project) -> None:
    project.task("fix", state="ready", created_at="2025-11-02T12:00:00Z")
    commit(project, "start")
    ok(call(project, "move", "fix", "idea"))
    commit(project, "back")
    ok(call(project, "rename", "fix", "mend"))
    ok(call(project, "move", "mend", "ready"))
    commit(project, "renamed")
    ok(call(project, "pickup", "mend"))
    found = [(each.id, each.before, each.after) for each in read_transitions(project.store)]
    assert found == [
        ("mend", None, "ready"),
        ("mend", "ready", "idea"),
        ("mend", "idea", "ready"),
        ("mend", "ready", "in-progress"),
    ]
    told = ok(call(project, "stats", "--flow", "--output", "json")).json["flow"]
    assert (told["open"], told["completed"]) == (1, 0)
    assert "Open: 1 task" in ok(call(project, "stats", "--flow")).out
    assert ok(call(project, "stats", "--output", "json")).json["flow"] is None


def test_a_dataset_has_no_history(project: Project) -> None:
    done = call(project, "stats", "--flow", "--dataset", "out")
    assert done.code == 2
    assert call(project, "stats", "--flow", "--alerts").code == 2
