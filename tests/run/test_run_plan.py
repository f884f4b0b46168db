"""`tasks run --plan`: stages of tasks, in one checkout or in worktrees; agents are stand-ins."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.effort import crossed
from support.event_log import events_of
from support.in_process import call
from support.processes import launch
from support.project import INSIGHTS, SCRIPT, Done, Project
from support.stub_agents import printing, stand_in
from taskfiles.schema.files import read_schema
from taskfiles.telemetry.model import EVENTS

JSON = ("--output", "json")
WRITE = 'mkdir -p src && echo "$TASKS_TASK_ID" > "src/$TASKS_TASK_ID"'
BODY = "\n## Acceptance Criteria\n\n- [x] Done\n" + INSIGHTS


@pytest.fixture
def three(project: Project) -> Project:
    """Two tasks that go together, and one that waits for both; all committed."""
    project.task("a", commit_message="Do a", body=BODY)
    project.task("b", commit_message="Do b", body=BODY)
    project.task("c", commit_message="Do c", body=BODY, depends_on="[a, b]")
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    return project


def run(project: Project, *words: str, code: int = 0) -> dict[str, Any]:
    at = words.index("--")
    done = call(project, "run", "--plan", *words[:at], *JSON, *words[at:])
    assert done.code == code, done
    answer: dict[str, Any] = done.json
    Draft202012Validator(read_schema("run-plan")).validate(answer)
    return answer


def statuses(summary: dict[str, Any]) -> dict[str, str]:
    return {
        each["workflow_name"]: each["status"]
        for stage in summary["stage_runs"]
        for each in stage["workflows"]
    }


def summary_event(project: Project) -> dict[str, Any]:
    event = [each for each in events_of(project) if each["data"]["action"] == "plan.execute"][-1]
    EVENTS[event["type"]].event.model_validate(event)
    found: dict[str, Any] = event["data"]
    return found


def valid(project: Project) -> None:
    assert call(project, "validate").code == 0
    done = call(project, "telemetry", "check")
    assert done.code == 0, done


# In one checkout


def test_stages_in_their_order(three: Project) -> None:
    agent = stand_in(three, f"{WRITE}; echo $TASKS_TASK_ID >> ../order")
    answer = run(three, "--complete", "--", agent)
    assert (three.root.parent / "order").read_text().split() == ["a", "b", "c"]
    assert statuses(answer["summary"]) == dict.fromkeys("abc", "executed")
    assert {three.get(name).state for name in "abc"} == {"done"}
    data = summary_event(three)
    assert (data["outcome"], data["status"], data["errors"]) == ("success", "executed", [])
    digest = hashlib.sha256(b"a\n").hexdigest()
    assert data["deliverable_manifest"]["src/a"] == {"size": 2, "sha256": digest}
    created = [each["created_files"] for stage in data["stage_runs"] for each in stage["workflows"]]
    assert created == [["src/a"], ["src/b"], ["src/c"]]
    plans = [each["data"] for each in events_of(three) if each["data"]["action"] == "plan.create"]
    assert [plan["plan_id"] for plan in plans] == [data["plan_id"]]
    valid(three)


def test_what_waits_for_a_failure_is_skipped(three: Project) -> None:
    agent = stand_in(three, 'test "$TASKS_TASK_ID" != a')
    answer = run(three, "--complete", "--", agent, code=1)
    assert statuses(answer["summary"]) == {"a": "failed", "b": "executed", "c": "skipped"}
    assert [error["workflow_name"] for error in answer["summary"]["errors"]] == ["a"]
    assert summary_event(three)["outcome"] == "partial"
    assert (three.get("a").state, three.get("c").state) == ("ready", "ready")
    valid(three)


def test_without_partial_success_nothing_more_begins(three: Project) -> None:
    agent = stand_in(three, 'test "$TASKS_TASK_ID" != a')
    answer = run(three, "--complete", "--no-allow-partial", "--", agent, code=1)
    assert statuses(answer["summary"]) == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert summary_event(three)["outcome"] == "failed"


def test_a_preview_runs_nothing(three: Project) -> None:
    before = three.tree()
    answer = run(three, "--preview", "--", "touch", "../ran")
    assert answer["summary"] is None
    assert three.tree() == before
    assert not (three.root.parent / "ran").exists()
    skipped = [each["data"] for each in events_of(three) if each["data"]["action"] == "plan.skip"]
    assert [each["skip_reason"] for each in skipped] == ["preview_only_guard"]


def test_a_preview_needs_no_agent(three: Project) -> None:
    assert call(three, "run", "--plan", "--preview", "-o", "plain").out.split() == ["a", "b", "c"]


@pytest.mark.parametrize("how", ["--worktrees", "--max-parallel=1"])
def test_a_plan_of_which_nothing_can_begin(three: Project, how: str) -> None:
    assert call(three, "run", "--stop", "--all", "--reason", "Enough").code == 0
    before = three.tree()
    answer = run(three, how, "--", "true", code=1)
    assert statuses(answer["summary"]) == dict.fromkeys("abc", "skipped")
    assert (answer["summary"]["skip_reason"], answer["summary"]["outcome"]) == ("nothing_begun", "failed")
    assert all(any(problem.startswith(f"{name} was") for problem in answer["problems"]) for name in "abc")
    assert (summary_event(three)["outcome"], summary_event(three)["reason"]) == ("failed", "nothing_begun")
    assert three.tree() == before


def test_an_empty_plan(project: Project) -> None:
    project.task("idea", state="idea")
    answer = run(project, "--", "true")
    assert (answer["summary"]["status"], answer["summary"]["skip_reason"]) == ("skipped", "empty_plan")
    assert summary_event(project)["outcome"] == "success"


def test_who_waits_is_told_to_take_complete(three: Project) -> None:
    done = call(three, "run", "--plan", *JSON, "--", "true")
    assert done.code == 1
    assert "take --complete" in done.err
    assert statuses(done.json["summary"]) == {"a": "executed", "b": "executed", "c": "skipped"}


def test_tasks_of_a_stage_run_side_by_side_when_asked_to(three: Project) -> None:
    """Each waits for the other: one after the other they would never end."""
    for name in ("a", "b"):
        os.mkfifo(three.root.parent / f"{name}.pipe")
    calling, answering = "echo > ../a.pipe; read x < ../b.pipe", "read x < ../a.pipe; echo > ../b.pipe"
    meet = f"case $TASKS_TASK_ID in a) {calling};; b) {answering};; esac"
    answer = run(three, "a", "b", "--max-parallel", "2", "--", stand_in(three, meet))
    assert statuses(answer["summary"]) == {"a": "executed", "b": "executed"}


@pytest.mark.slow
def test_the_time_of_the_whole_is_bounded(three: Project) -> None:
    answer = run(three, "--overall-timeout", "1", "--", stand_in(three, "exec sleep 600"), code=1)
    assert statuses(answer["summary"]) == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert answer["runs"][0]["attempts"][0]["error_type"] == "timeout"
    assert answer["summary"]["overall_timeout_seconds"] == 1


# In worktrees


def test_each_task_in_a_worktree_and_merged(three: Project) -> None:
    agent = stand_in(
        three, f"{WRITE}; cat src/* > ../../../seen-$TASKS_TASK_ID; git rev-parse --abbrev-ref HEAD"
    )
    before = three.tree()
    answer = run(three, "--complete", "--worktrees", "--", agent)
    assert three.tree() == before  # this checkout is left alone
    assert statuses(answer["summary"]) == dict.fromkeys("abc", "executed")
    branch = answer["branch"]
    assert branch == f"tasks/plan-{answer['plan']['plan_id']}"
    names = three.git("ls-tree", "-r", "--name-only", branch).splitlines()
    assert {"src/a", "src/b", "src/c"} <= set(names)
    files = [three.git("show", f"{branch}:{name}") for name in names if name.endswith(".md")]
    assert ["\nstate: done\n" in file for file in files] == [True] * 3
    assert three.git("log", "--format=%s", branch).splitlines()[0] == "Merge tasks/c"
    assert three.git("branch", "--list", "tasks/?").split() == []  # they are in the plan's branch
    assert len(three.git("worktree", "list").splitlines()) == 1
    three.git("merge", "-q", branch)
    assert {three.get(name).state for name in "abc"} == {"done"}
    valid(three)


def test_the_branch_can_be_merged_at_once(three: Project) -> None:
    answer = run(three, "--complete", "--worktrees", "--merge", "--", stand_in(three, WRITE))
    assert answer["branch"] is None
    assert {three.get(name).state for name in "abc"} == {"done"}
    assert three.git("status", "--porcelain") == ""
    assert (three.root / "src/c").read_text() == "c\n"
    assert three.git("branch", "--list").split() == ["*", "main"]


def test_work_that_failed_stays_on_its_branch(three: Project) -> None:
    agent = stand_in(three, f'{WRITE}; test "$TASKS_TASK_ID" != a')
    answer = run(three, "--complete", "--worktrees", "--merge", "--", agent, code=1)
    assert statuses(answer["summary"]) == {"a": "failed", "b": "executed", "c": "skipped"}
    assert three.git("show", "tasks/a:src/a") == "a\n"
    assert "status: failed" in three.git("show", f"tasks/a:{three.path('a')}")
    assert not (three.root / "src/a").exists()
    assert (three.root / "src/b").exists()
    assert any("tasks/a" in problem for problem in answer["problems"])


def test_a_conflict_leaves_both_sides(project: Project) -> None:
    for name in ("a", "b"):
        project.task(name, commit_message=f"Do {name}", body=BODY)
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    agent = stand_in(project, 'echo "$TASKS_TASK_ID" > same')
    answer = run(project, "--complete", "--worktrees", "--", agent, code=1)
    assert statuses(answer["summary"]) == {"a": "executed", "b": "failed"}
    assert project.git("show", "tasks/b:same") == "b\n"
    assert any("same" in problem for problem in answer["problems"])


def test_what_tasks_depend_on_must_be_committed_too(three: Project) -> None:
    """Here `a` is done; in a worktree, which has the last commit, it would not be."""
    assert call(three, "move", "a", "done").code == 0
    done = call(three, "run", "--plan", "b", "c", "--worktrees", *JSON, "--", "true")
    assert (done.code, done.error["code"]) == (1, "not-committed")


def test_a_merge_that_is_refused_is_told_and_fails(three: Project) -> None:
    three.write("notes.md", "old\n")
    three.git("add", "-A")
    three.git("commit", "-qm", "notes")
    three.write("notes.md", "by hand\n")
    answer = run(three, "a", "--worktrees", "--merge", "--", stand_in(three, "echo new > notes.md"), code=1)
    assert answer["summary"]["outcome"] == "success"
    assert any("notes.md" in problem for problem in answer["problems"])
    assert (three.root / "notes.md").read_text() == "by hand\n"
    assert three.git("show", f"{answer['branch']}:notes.md") == "new\n"


def test_what_can_not_be_merged_is_not_begun(three: Project) -> None:
    three.git("switch", "-q", "--detach")
    done = call(three, "run", "--plan", "--worktrees", "--merge", *JSON, "--", "touch", "../ran")
    assert (done.code, done.error["code"]) == (5, "no-worktrees")
    assert not (three.root.parent / "ran").exists()


def test_what_is_not_committed_is_refused_before_anything(three: Project) -> None:
    three.task("d")
    before = three.tree()
    done = call(three, "run", "--plan", "--worktrees", *JSON, "--", "touch", "../ran")
    assert (done.code, done.error["code"]) == (1, "not-committed")
    assert three.tree() == before
    assert three.git("branch", "--list").split() == ["*", "main"]
    assert events_of(three)[-1]["data"]["outcome"] == "blocked"


# What is seen


def test_plain_lines_name_their_task(three: Project) -> None:
    agent = stand_in(three, "echo working; printf unended")
    done = call(three, "run", "--plan", "a", "--", agent)
    lines = [line for line in done.err.splitlines() if not line.startswith("warning: ")]
    assert lines[0] == "stage 0: a"
    assert lines[1:4] == ["[a] an attempt begins", "[a] working", "[a] unended"]
    assert lines[-1] == "[a] success"


def test_tokens_are_counted_while_the_agent_works(three: Project) -> None:
    """The agent ends when what it has printed is on the board."""
    turn = {"type": "turn.completed", "usage": {"input_tokens": 2000, "output_tokens": 345}}
    lines = [printing(each) for each in ({"type": "thread.started", "thread_id": "t"}, turn)]
    os.mkfifo(three.root.parent / "go")
    agent = stand_in(three, f"{'; '.join(lines)}; read word < ../go", "codex")
    shown = on_terminal(
        three, "run", "--plan", "a", "-o", "human", "--", agent, until=(b"2,345", three.root.parent / "go")
    )
    assert shown.code == 0, shown


@pytest.mark.slow
def test_a_board_on_a_terminal(three: Project) -> None:
    """The board shows the task, its attempt and its tokens, and leaves the answer alone."""
    usage = {"usage": {"input_tokens": 1200, "output_tokens": 34}}
    agent = stand_in(three, f'{printing(usage)} > "$TASKS_RESULT_FILE"')
    shown = on_terminal(three, "run", "--plan", "a", *JSON[:1], "human", "--", agent)
    assert shown.code == 0, shown
    assert "stage" in shown.err
    assert "1,234" in shown.err
    assert "The plan: 1 executed." in shown.out


def on_terminal(project: Project, *words: str, until: tuple[bytes, Path] | None = None) -> Done:
    """Run `tasks` with standard error on a terminal; write a word into a pipe when it shows a text."""
    ours, theirs = pty.openpty()
    env = project.environment({"TERM": "xterm", "COLUMNS": "100", "LINES": "30"})
    process = launch(
        [*SCRIPT, *words],
        cwd=project.root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
        parts.append(part)
        if until is not None and until[0] in b"".join(parts):
            until[1].write_text("go\n")
            until = None
        if not part:
            break
    out, _ = process.communicate()
    os.close(ours)
    return Done(process.returncode, out.decode(), b"".join(parts).decode(errors="replace"))


REMOVALS = {
    "the directory": 'cd /; rm -rf "$OLDPWD"',
    "all in it": 'rm -rf "$PWD"/* "$PWD"/.[!.]*',
    "the worktree": 'cd /; git -C "$OLDPWD" worktree remove --force "$OLDPWD"',
    "branch, too": 'git switch -q --detach; git branch -qD tasks/$TASKS_TASK_ID; cd /; rm -rf "$OLDPWD"',
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "retries"), crossed(REMOVALS, [(), ("--retries", "1")]))
def test_an_agent_that_removes_its_worktree(three: Project, name: str, retries: tuple[str, ...]) -> None:
    """Its attempt is on its branch, with what it had committed; the answer says what is lost."""
    removal = REMOVALS[name]
    agent = stand_in(three, f"echo 1 > kept; git add kept; git commit -qm Kept; echo 2 > lost; {removal}")
    answer = run(three, "a", "--worktrees", *retries, "--", agent, code=1)
    assert statuses(answer["summary"]) == {"a": "failed"}
    problems = " ".join(answer["problems"])
    assert "and what was not committed there is lost" in problems
    assert "tasks/a" in problems
    text = three.git("grep", "-h", "error_reason", "tasks/a", "--", "tasks")
    assert "the project that it worked in is gone" in text
    attempts = three.git("grep", "-c", "duration_seconds", "tasks/a", "--", "tasks")
    assert attempts.strip().endswith(":1")
    assert ("Kept" in three.git("log", "--format=%s", "tasks/a")) == ("branch -qD" not in removal)
    assert call(three, "doctor").code == 0
    assert not list((three.root / ".git/tasks/runs").glob("*.json"))
    three.git("merge", "-q", "tasks/a")
    again = run(three, "a", "--worktrees", "--", stand_in(three, WRITE))
    assert statuses(again["summary"]) == {"a": "executed"}


@pytest.mark.slow
@pytest.mark.parametrize("branch", ["tasks", "tasks/a/more", "tasks/b/x/y"])
def test_a_branch_that_keeps_git_from_making_others_is_named_first(three: Project, branch: str) -> None:
    three.git("branch", branch)
    before = (three.tree(), three.git("for-each-ref"))
    done = call(three, "run", "--plan", "a", "b", "--worktrees", *JSON, "--", stand_in(three, WRITE))
    assert (done.code, done.error["code"]) == (5, "no-worktrees")
    assert f"the branch {branch} keeps git from making" in done.error["message"]
    assert done.error["hint"] == f"Rename it: `git branch --move {branch} NEW-NAME`."
    assert (three.tree(), three.git("for-each-ref")) == before
    three.git("branch", "--move", branch, "mine")
    run(three, "a", "b", "--worktrees", "--", stand_in(three, WRITE))


# Ignored files in worktrees


def copied(project: Project, *paths: str, ignored: str = ".env\n/local/\n/link\n/out\n/up/\n") -> None:
    project.write(".gitignore", ignored)
    project.configure(f"[run]\ncopy = {json.dumps(paths)}\n")
    project.git("add", "-A")
    project.git("commit", "-qm", "settings")


def test_ignored_files_are_copied_into_worktrees_and_not_committed(three: Project) -> None:
    copied(three, ".env", "local", "link", "gone")
    three.write(".env", "A=1\n").chmod(0o600)
    three.write("local/deep/b.txt", "b\n")
    (three.root / "local" / "away").symlink_to("/etc")
    (three.root / "link").symlink_to(".env")
    seen = three.root.parent / "seen"
    script = f"cat .env local/deep/b.txt link > {seen}; test ! -e local/away && stat -c %a .env >> {seen}"
    answer = run(three, "a", "--worktrees", "--", stand_in(three, script))
    assert statuses(answer["summary"]) == {"a": "executed"}
    assert seen.read_text() == "A=1\nb\nA=1\n600\n"
    names = three.git("ls-tree", "-r", "--name-only", answer["branch"])
    assert ".env" not in names
    assert "local" not in names
    assert "gone is not here, so that no worktree has it (run.copy)." in answer["problems"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("out", "leads out of the project"),
        ("up/secret", "leads out of the project"),
        ("shown", "git does not ignore it"),
        ("src", "git does not ignore it"),
    ],
)
def test_what_is_not_copied_is_refused_before_anything_begins(
    three: Project, path: str, problem: str
) -> None:
    copied(three, path)
    outside = three.root.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret\n")
    (three.root / "out").symlink_to(outside / "secret")
    (three.root / "up").symlink_to(outside)
    three.write("shown", "x")
    three.write("src/a", "x")
    before = three.git("for-each-ref")
    done = call(three, "run", "--plan", "a", "--worktrees", *JSON, "--", stand_in(three, WRITE))
    assert (done.code, done.error["code"]) == (1, "not-copied"), done
    assert problem in done.error["message"]
    assert three.git("for-each-ref") == before


def test_no_file_is_copied_through_a_link_of_a_worktree(three: Project) -> None:
    """What the last commit has for a directory may lead anywhere."""
    outside = three.root.parent / "outside"
    outside.mkdir()
    (three.root / "local").symlink_to(outside)
    copied(three, "local/x", ignored="x\n")
    (three.root / "local").unlink()
    three.write("local/x", "secret\n")
    answer = run(three, "a", "--worktrees", "--", stand_in(three, WRITE), code=1)
    assert statuses(answer["summary"]) == {"a": "skipped"}
    assert "it leads out of the project" in " ".join(answer["problems"])
    assert list(outside.iterdir()) == []
