"""What a maintainer's reading found: each a fault once, kept from coming back."""

from __future__ import annotations

import itertools
import json
import os
import threading
from pathlib import Path

import frontmatter
import pytest

from support.effort import some
from support.in_process import call
from support.layouts import in_states
from support.project import NOON, Project
from support.slow_path import slow_path
from taskfiles import Store, TaskfilesError, TaskHandler, Update, create, record, update
from taskfiles.task.keys import KEY_ORDER

ATTEMPT = {
    "status": "failed",
    "ended_at": "2026-01-01T00:00:00Z",
    "duration_seconds": 1,
    "executor": {"tool": "t"},
}


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A project outside any git repository."""
    made = Project(tmp_path / "plain")
    (made.root / "tasks" / "10-ready").mkdir(parents=True)
    return made


@pytest.mark.slow
def test_writers_outside_git_exclude_each_other_from_every_directory(bare: Project) -> None:
    bare.task("fix", extra="x_n: 0\n")
    deep = bare.root / "deep"
    deep.mkdir()
    argv = ["record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1"]
    results = []

    def work(directory: Path, home: str) -> None:
        results.extend(bare.run(*argv, cwd=directory, env={"HOME": home}).code for _ in range(5))

    threads = [
        threading.Thread(target=work, args=(directory, str(bare.root.parent / f"home{number}")))
        for number, directory in enumerate([bare.root, deep] * 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0] * 30
    assert len(bare.get("fix").values["execution"]["attempts"]) == 30  # type: ignore[index,call-overload,arg-type]


def test_no_snapshot_misses_a_task_that_moves(project: Project) -> None:
    ids = [f"t{number}" for number in range(12)]
    for task_id in ids:
        project.task(task_id)
    stop = threading.Event()
    faults: list[Exception] = []

    def move(task_id: str) -> None:
        store = Store(project.root)
        for state in itertools.cycle(["idea", "ready"]):
            if stop.is_set():
                return
            try:
                update(store, task_id, Update(set={"state": state}))
            except Exception as fault:
                faults.append(fault)
                return

    movers = [threading.Thread(target=move, args=(task_id,)) for task_id in ids[:2]]
    for mover in movers:
        mover.start()
    try:
        counts = {len(Store(project.root).snapshot().tasks) for _ in range(60)}
    finally:
        stop.set()
        for mover in movers:
            mover.join()
    assert (counts, faults) == ({12}, [])


def test_locks_may_be_taken_within_each_other(project: Project, bare: Project) -> None:
    for store in (Store(project.root, lock_timeout=0.1), Store(bare.root, lock_timeout=0.1)):
        with store.locks.tasks("a"), store.locks.tasks("b"), store.locks.tasks("a"):
            assert store.locks.any_held
        with store.locks.store(), store.locks.store(), store.locks.tasks("a"):
            assert store.locks.any_held
        assert not store.locks.any_held


@pytest.mark.parametrize("argv", [("record", "--amend", ""), ("review", "--attempt", "")], ids=" ".join)
def test_an_empty_id_names_no_attempt(project: Project, argv: tuple[str, str, str]) -> None:
    attempt = "{started_at: 2026-01-01T00:00:00Z, ended_at: 2026-01-01T00:00:01Z, duration_seconds: 1, "
    attempt += "status: failed, executor: {tool: t}}"
    project.task("fix", extra=f"execution:\n  attempts:\n    - {attempt}\n")
    before = project.tree()
    command, option, value = argv
    rest = ("--notes", "x") if command == "record" else ("--reviewer", "ana", "--approved")
    assert call(project, command, "fix", option, value, *rest).code == 1
    assert project.tree() == before


@pytest.mark.parametrize("amount", ["1e900000", "1e999999", "-1", "nan", "inf", "x", "9e18"])
def test_amounts_out_of_reach_are_refused_at_once(project: Project, amount: str) -> None:
    project.task("fix")
    argv = ("--status", "failed", "--tool", "t", "--duration-seconds", "1", f"--cost-usd={amount}")
    assert call(project, "record", "fix", *argv).code == 2


@in_states
def test_a_linked_task_file_does_not_move(project: Project) -> None:
    real = project.write("elsewhere/real.md", project.task("fix").read_text())
    link = project.root / project.path()
    link.unlink()
    link.symlink_to(os.path.relpath(real, link.parent))
    before = project.tree()
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0
    assert "size: xl" in real.read_text()
    refused = call(project, "update", "fix", "--meta", "state=idea", "--output", "json")
    assert (refused.code, refused.error["code"]) == (1, "edit-unsafe")
    assert project.tree().keys() == before.keys()
    assert call(project, "validate", "--fix").code == 0


@in_states
def test_what_the_disk_does_not_confirm(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever sync fails: a write of one step stays and is told, one of several is undone whole."""
    project.task("fix")
    real, left = os.fsync, 0

    def failing(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(5, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    left = 2  # the content, then the directory
    with pytest.raises(TaskfilesError, match="The change is in the file") as caught:
        update(project.store, "fix", Update(set={"size": "xl"}))
    assert (caught.value.exit, project.get("fix").get("size")) == (6, "xl")
    before = project.tree()
    for number in range(1, 7):  # record, its directory, two directories of the move, content, its directory
        left = number
        with pytest.raises(TaskfilesError, match="Nothing was changed") as caught:
            update(project.store, "fix", Update(set={"state": "idea"}))
        assert (caught.value.exit, project.tree()) == (6, before)
    update(project.store, "fix", Update(set={"state": "idea"}))
    assert project.get("fix").path == project.path("fix", "idea")


@in_states
def test_init_follows_no_link_out_of_the_repository(project: Project, tmp_path: Path) -> None:
    (project.root / "tasks" / "10-ready").rmdir()
    (project.root / "tasks").rmdir()
    (tmp_path / "outside").mkdir()
    (project.root / "tasks").symlink_to(tmp_path / "outside")
    assert call(project, "init").code == 6
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.slow
def test_a_text_that_makes_the_file_unreadable_is_refused(project: Project) -> None:
    project.task("fix")
    nul = call(project, "update", "fix", "--field", "Overview", "-", stdin=b"a\0b")
    argv = ("--status", "failed", "--tool", "t", "--duration-seconds", "1", "--notes", "-")
    assert (nul.code, call(project, "record", "fix", *argv, stdin=b"x" * 2_200_000).code) == (1, 1)


ODD = ["[]", "[done]", "{}", "{a: 1}", "12345678901234567890123", "[[1]]", "true", "''", "1.5"]
READS = [
    "list --state done",
    "list --open --sort -state,priority",
    "list --status failed --model m",
    "list --label a",
    "list --meta x=1 --search z",
    "list --parent t0 --blocked",
    "list --since 7d --output json",
    "validate",
]


@pytest.mark.parametrize("key", some([*KEY_ORDER[1:], "x_own"], 12))
def test_no_value_of_a_key_is_too_odd(project: Project, key: str) -> None:
    for number, value in enumerate(ODD):
        fields = {"title": "T", "state": "ready"} | {key: value}
        front = "".join(f"{name}: {text}\n" for name, text in fields.items())
        project.write(f"tasks/10-ready/task-t{number}.md", f"---\nid: t{number}\n{front}---\n")
        attempt = (
            f"execution: {{attempts: [{{status: {value}, outcome: {value}, id: {value}, cost: {value}}}]}}\n"
        )
        project.write(
            f"tasks/10-ready/task-a{number}.md", f"---\nid: a{number}\ntitle: T\nstate: done\n{attempt}---\n"
        )
    for line in READS:
        assert call(project, *line.split()).code in {0, 1}
    for task_id in ("t0", "t1", "t3", "t4", "a1", "a4"):
        assert call(project, "show", task_id).code == 0


def test_loops_of_links_are_the_systems_refusal(project: Project) -> None:
    (project.root / "loop.md").symlink_to("loop.md")
    assert call(project, "validate", "loop.md").code == 6
    assert call(project, "list", "--root", "loop.md").code == 5


def test_python_values_are_taken_everywhere(project: Project) -> None:
    created = create(project.store, "Titled", keys={"created_at": NOON, "labels": ("a",)}).changes[0].after
    assert created.values["created_at"] == "2025-11-02T12:00:00.000Z"
    text = frontmatter.dumps(frontmatter.Post("Text", id="fix", at=NOON), handler=TaskHandler())
    assert 'at: "2025-11-02T12:00:00.000Z"' in text  # in quotes: an instant of the format it is not
    with pytest.raises(TaskfilesError):
        create(project.store, "Titled", keys={"x_own": object()})


def test_many_attempts_are_recorded_in_one_step(project: Project) -> None:
    project.task("fix")
    record(project.store, "fix", [ATTEMPT] * 50)
    done = record(project.store, "fix", [ATTEMPT] * 50)
    assert len(done.made) == 50
    assert len(project.get("fix").attempts) == 100
    assert done.diff.count("\n@@") == 1


def test_a_review_may_be_amended_in(project: Project) -> None:
    project.task("fix")
    (attempt_id,) = record(project.store, "fix", [ATTEMPT]).made
    done = call(project, "record", "fix", "--amend", attempt_id, "--reviewer", "bo", "--approved")
    assert done.code == 0
    assert project.get("fix").execution.attempts[0].reviewer.name == "bo"  # type: ignore[union-attr]


def test_a_dry_run_below_a_parent_refuses_what_the_real_one_refuses(project: Project) -> None:
    project.task("top")
    codes = [
        call(project, "new", "--title", "Below", "--parent", "top", "--kind", "task", *more).code
        for more in (("--dry-run",), ())
    ]
    assert codes == [1, 1]


def test_messages_of_programs_are_one_line_each(project: Project) -> None:
    project.write("tasks/10-ready/other.md", project.task("fix").read_text())
    (project.root / project.path()).unlink()
    done = call(project, "validate", "--fix", "--output", "json")
    assert [list(json.loads(line)) for line in done.err.splitlines()] == [["fixed"], ["stage"]]


def test_sections_of_one_title_are_told_apart(project: Project) -> None:
    project.task("fix", body="\n## Notes\n\nOne.\n\n## Acceptance Criteria\n\n- [ ] a\n\n## Notes\n\nTwo.\n")
    (change,) = update(project.store, "fix", Update(sections=[("Notes", "Changed.")])).changes
    assert [entry["field"] for entry in change.changes] == ["body.Notes"]


def test_a_git_pointer_that_leads_nowhere_makes_nothing(bare: Project, tmp_path: Path) -> None:
    (bare.root / ".git").write_text(f"gitdir: {tmp_path}/gone/worktrees/x\n")
    assert bare.run("new", "--title", "Still works").code == 0
    assert not (tmp_path / "gone").exists()


def test_two_words_are_not_one(project: Project) -> None:
    project.task("fix")
    assert call(project, "metadata get", "fix").code == 2
    with slow_path():
        assert call(project, "metadata get", "fix").code == 2


def test_the_format_of_errors_is_the_one_asked_for(project: Project) -> None:
    done = call(project, "list", "--output", "json", "--search", "-ojx", "--bogus")
    assert done.error["code"] == "usage"
