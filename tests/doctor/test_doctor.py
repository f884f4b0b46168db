"""`tasks doctor`: each check in both directions, and that looking changes nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from support.doctor_report import look, results
from support.in_process import call
from support.layouts import in_states
from support.project import BODY, Project
from taskfiles import Store
from taskfiles.doctor.check import Check, Scene, Seen, Status, diagnose
from taskfiles.doctor.checks import CHECKS
from taskfiles.errors import TaskfilesError
from taskfiles.store import journal
from taskfiles.store.index import writing as indexing

SECRET = "s3cr3t-value"


def test_a_sound_project_is_sound_and_stays_as_it_is(project: Project) -> None:
    project.task("fix")
    call(project, "list")
    tree = project.tree()
    done = look(project, "--env", "--fix")
    assert done.json["summary"] == {"checks": len(CHECKS), "wrong": 0, "fixed": 0}
    assert {row["check"] for row in done.json["results"]} == set(CHECKS)
    assert project.tree() == tree
    plain = look(project)
    assert {row["check"] for row in plain.json["results"]} == {
        name for name, check in CHECKS.items() if not check.of_environment
    }


def test_without_a_project_it_says_so_and_goes_on(project: Project) -> None:
    shutil.rmtree(project.root / "tasks")
    done = look(project, "--env")
    assert "tasks init" in results(done, "root")[0]["hint"]
    assert results(done, "git", "ok")
    assert results(done, "python", "ok")
    assert look(project, "--root", "nowhere").code == 1


def test_git_that_is_missing(project: Project, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    assert results(look(project, env={"PATH": str(tmp_path / "bin")}), "git")
    assert not results(look(project), "git")
    shutil.rmtree(project.root / ".git")
    done = look(project)
    assert done.code == 0
    assert "git init" in results(done, "git", "info")[0]["hint"]


def test_a_git_directory_that_cannot_be_written(project: Project) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes anywhere")
    (project.root / ".git").chmod(0o555)
    try:
        assert results(look(project), "git", "info")
    finally:
        (project.root / ".git").chmod(0o755)


@in_states
def test_settings_that_are_wrong(project: Project) -> None:
    project.configure("[lock]\ntimeout = 5\n")
    (row,) = results(look(project), "configuration")
    assert (row["path"], row["line"]) == ("tasks/tasks.toml", 2)
    project.configure("[lock]\ntimeout = '5s'\n")
    assert not results(look(project), "configuration")


def test_a_damaged_index_is_removed_by_fix_alone(project: Project) -> None:
    directory = Scene(str(project.root), project.store).index
    assert directory is not None
    indexing.save_base(directory, str(project.root), {})
    base = Path(directory, "base")
    assert "whole" in results(look(project), "index", "ok")[0]["message"]
    whole = base.read_bytes()
    base.write_bytes(whole[:-10])
    found = look(project)
    assert results(found, "index")[0]["fixable"]
    assert base.exists()
    assert found.json["summary"]["fixed"] == 0
    fixed = look(project, "--fix")
    assert (fixed.code, fixed.json["summary"]["fixed"]) == (0, 1)
    assert not base.exists()
    assert not results(look(project), "index")


@in_states
def test_doubled_ids_are_told_with_the_rename_that_fixes_them(project: Project) -> None:
    project.task("fix")
    project.task("fix-2")
    project.write(
        project.path("fix", "done", completed_at="2025-11-02T12:00:00Z"),
        f"---\nid: fix\ntitle: F\nstate: done\n---\n{BODY}",
    )
    (row,) = results(look(project), "duplicate-ids")
    assert row["hint"] == "`tasks rename 'tasks/30-done/2025-11-02 task-fix.md' fix-3` gives it another."
    assert project.path() in row["message"]


@in_states
def test_a_file_in_the_wrong_place_names_validate(project: Project) -> None:
    project.task("fix").rename(project.root / "tasks" / "10-ready" / "task-other.md")
    assert "tasks validate --fix" in results(look(project), "places")[0]["hint"]
    call(project, "validate", "--fix")
    assert not results(look(project), "places")


def test_an_unreadable_file_is_told(project: Project) -> None:
    project.write("tasks/10-ready/task-b.md", "---\nid: b\ntitle: 'B\n---\n")
    (row,) = results(look(project), "root")
    assert (row["path"], row["line"] > 1) == ("tasks/10-ready/task-b.md", True)


def test_no_value_of_a_variable_is_shown(project: Project) -> None:
    env = {"TASKS_CLAIM": SECRET, "TASKS_TOKEN_X": SECRET, "CI": SECRET, "TRACEPARENT": SECRET}
    for output in ("human", "json", "jsonl", "plain"):
        done = call(project, "doctor", "--env", "--output", output, env=env)
        assert SECRET not in done.out + done.err
    done = look(project, "--env", env=env)
    told = [row["message"] for row in results(done, "variables", None)]
    assert "TASKS_CLAIM (the claim that commands act under) is set." in told
    assert any(text.startswith("TASKS_TOKEN_X is set;") for text in told)
    assert results(look(project, "--env", env={"TASKS_CORRELATION_ID": "7"}), "variables")


def test_variables_that_are_read_are_known(project: Project) -> None:
    env = {"OTEL_EXPORTER_OTLP_HEADERS": SECRET, "TASKS_CAUSATION_ID": SECRET}
    done = look(project, "--env", env=env)
    assert not [row for row in results(done, "variables", "info") if "does not know" in row["message"]]
    assert [row["message"] for row in results(done, "variables")] == [
        "TASKS_CAUSATION_ID (the event that led to this run) is set to what is no UUID."
    ]
    told = [row["message"] for row in results(done, "variables", "ok")]
    assert "OTEL_EXPORTER_OTLP_HEADERS (what `telemetry push` sends to receivers besides) is set." in told


def test_programs_are_looked_for_in_path(project: Project, tmp_path: Path) -> None:
    project.write(
        "tasks/tasks.toml", "[gates.test]\ncommand = 'A=1 no-such-program -x'\n[gates.go]\ncommand = 'cd x'\n"
    )
    done = look(project, "--env")
    assert [row["message"] for row in results(done, "agents")] == [
        "no-such-program (gates.test.command) is not found."
    ]
    for name in ("no-such-program", "codex"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    done = look(project, "--env", env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert not results(done, "agents")
    assert "codex" in results(done, "agents", "info")[0]["message"].partition(" Not found")[0]


@pytest.mark.parametrize(
    ("sink", "wrong"),
    [
        ("local", 0),
        ("none", 0),
        ("dir:nowhere", 1),
        ("dir:tasks", 1),
        ("git:tasks", 1),
        ("dir:..", 0),
        ("dri:x", 1),
    ],
)
def test_sinks_are_looked_at(project: Project, sink: str, wrong: int) -> None:
    project.configure(f"[telemetry]\nsinks = ['{sink}']\n")
    tree = project.tree()
    assert len(results(look(project, "--env"), "sinks")) == wrong
    assert project.tree() == tree


def test_without_git_events_are_kept_below_the_home_directory(tmp_path: Path) -> None:
    plain = Project(tmp_path / "plain")
    plain.configure("[telemetry]\nsinks = ['local']\n")
    (row,) = results(look(plain, "--env"), "sinks", "ok")
    assert row["path"].startswith(str(tmp_path / "home"))
    (row,) = results(look(plain, "--env", env={"HOME": ""}), "sinks", "info")
    assert row["message"].startswith("The sink local has no place")


def test_a_check_that_cannot_be_carried_out_does_not_stop_the_others() -> None:
    def refuse(scene: Scene) -> list[Seen]:
        raise TaskfilesError("git-failed", command="x", problem="no")

    checks = {
        "bad": Check("", "Fix it.", refuse),
        "good": Check("", "", lambda _: [Seen(Status.OK, "Fine.")]),
    }
    found = list(diagnose(Scene(".", None), checks))
    assert [(each.check, each.status) for each in found] == [("bad", "wrong"), ("good", "ok")]


def test_every_check_has_its_words() -> None:
    for check in CHECKS.values():
        assert check.about
        assert check.remedy.endswith(".")


def test_a_change_that_was_cut_short_is_settled_by_fix_alone(project: Project) -> None:
    file = project.task("fix")
    before, path = file.read_bytes(), project.path()
    state = project.store.journal
    assert state is not None
    change = journal.FileChange("fix", path, path, before, before + b"half\n")
    other = journal.FileChange("b", None, project.path("b"), None, b"never written")
    root = os.path.relpath(project.root, state)
    record = journal.Record("k", "c", "task.update", "", "", root, "", (change, other))
    pending = journal.begin(state, record)
    file.write_bytes(before + b"half\n")
    busy = look(project, "--lock-timeout", "0")
    assert results(busy, "leftovers", "info")[0]["message"] == "A command is changing tasks right now."
    (wrong,) = {row["message"] for row in busy.json["results"] if row["status"] == "wrong"}
    assert wrong == "Another command kept the lock on tasks/ for more than 0 s."
    os.close(pending.descriptor)  # as when its writer dies
    found = look(project)
    assert results(found, "leftovers")[0]["fixable"]
    assert file.read_bytes() == before + b"half\n"
    fixed = look(project, "--fix")
    assert (fixed.code, fixed.json["summary"]["fixed"]) == (0, 1)
    assert file.read_bytes() == before
    assert not results(look(project), "leftovers")


def test_all_checks_wait_once_for_a_change_that_does_not_end(project: Project) -> None:
    project.task("fix")
    store = Store(project.root, lock_timeout=0)
    assert store.journal is not None
    pending = journal.begin(store.journal, journal.Record("k", "c", "task.update", "", "", "..", "", ()))
    scene = Scene(str(project.root), store)
    refused = []
    for _ in range(2):
        with pytest.raises(TaskfilesError) as caught:
            _ = scene.snapshot
        refused.append(caught.value)
    assert refused[0].code == "lock-timeout"
    assert refused[0] is refused[1]
    os.close(pending.descriptor)
    scene.forget()
    assert [task.id for task in scene.snapshot.tasks] == ["fix"]


def test_claims_are_told_and_unreadable_ones_are_wrong(project: Project) -> None:
    project.task("fix")
    assert call(project, "pickup", "fix", "--by", "ada").code == 0
    (row,) = results(look(project), "claims", "info")
    assert row["message"].startswith("ada holds fix until ")
    lease = next(Path(project.store.leases or "").glob("*.json"))
    value = json.loads(lease.read_text())
    lease.write_text(json.dumps(value | {"until": value["since"]}))
    (row,) = results(look(project, "--fix"), "claims", "info")
    assert row["message"].endswith("others may take it.")
    lease.write_text("{")
    (row,) = results(look(project), "claims")
    assert "`tasks release fix --force`" in row["hint"]
    assert call(project, "release", "fix", "--force").code == 0
    assert results(look(project), "claims", "ok")


def test_the_merge_driver_is_missed_where_attributes_ask_for_it(project: Project) -> None:
    assert "--merge-driver" in results(look(project), "merge-driver", "info")[0]["hint"]
    project.write(".gitattributes", "tasks/**/*.[mM][dD] merge=tasks\n")
    assert "--merge-driver" in results(look(project), "merge-driver")[0]["hint"]
    assert call(project, "init", "--merge-driver").code == 0
    assert results(look(project), "merge-driver", "ok")


def test_one_task_in_two_files_is_told_with_the_merges_that_fix_it(project: Project) -> None:
    text = f"---\nid: fix\ntitle: Fix\nstate: ready\ncreated_at: 2025-11-02T15:03:00.000Z\n---\n{BODY}"
    project.write("tasks/10-ready/task-fix.md", text)
    text = text.replace("ready", "idea").replace("---\n#", "updated_at: 2025-11-03T15:03:00.000Z\n---\n#", 1)
    project.write("tasks/00-idea/task-fix.md", text)
    (row,) = results(look(project), "duplicate-ids")
    assert "one task in 2 places" in row["message"]
    ready, idea = "tasks/10-ready/task-fix.md", "tasks/00-idea/task-fix.md"
    commands = [f"`tasks merge fix --prefer {path}`" for path in (idea, ready)]
    assert row["hint"].startswith(" or ".join(commands))
    assert row["hint"].endswith(
        f"differ, in state (idea in {idea}:4, ready in {ready}:4). All else of both is kept."
    )


@in_states
def test_a_claim_that_has_outlived_its_task_is_told_with_what_ends_it(project: Project) -> None:
    """A task may go by git, or stand in another worktree alone: only a person can tell."""
    project.task("fix")
    project.task("other")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "start")
    assert call(project, "pickup", "fix", "--by", "ada").code == 0
    project.git("worktree", "add", "--quiet", "../beside")
    project.git("rm", "--quiet", "--force", "--ignore-unmatch", project.path())
    (project.root / project.path("fix", "in-progress")).unlink()
    found = look(project, "--fix")
    (row,) = results(found, "claims", "info")
    assert row["message"].startswith("ada holds fix until ")
    assert row["message"].endswith("; there is no such task here.")
    (command,) = re.findall("`tasks ([^`]*)`", row["hint"])
    beside = Project(project.root.parent / "beside", project.env)
    (row,) = results(look(beside), "claims", "info")
    assert (row["hint"], "no such task" in row["message"]) == (None, False)
    assert call(project, "release", "fix", "-o", "json").error["code"] == "claimed"
    shown = call(project, *command.split(), "--dry-run", "-o", "json")
    assert (shown.code, len(results(look(project), "claims", "info"))) == (0, 1)
    done = call(project, *command.split(), "-o", "json").json
    assert (done["changed"], done["released"]["by"], done["task"]) == (True, "ada", None)
    assert results(look(project), "claims", "ok")
