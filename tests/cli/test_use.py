"""What people and their programs run into: names, lists, editors, hosting services."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.in_process import call
from support.layouts import in_states
from support.limits import give_up_rights, run_limited
from support.project import Project

AGENT = '{"type": "result", "subtype": "success", "is_error": false, "duration_ms": 5000, "result": "Done"}'
RESULT = '{"status": "completed", "duration_seconds": 5}'
ATTEMPT = '{"status": "completed", "duration_seconds": 5, "executor": {"tool": "t"}}'


def test_list_warns_of_doubled_ids(project: Project) -> None:
    text = project.task("fix").read_text()
    project.write("tasks/00-idea/task-fix-copy.md", text)
    listed = call(project, "list", "--strict")
    assert (listed.code, listed.out.count("\nfix ")) == (1, 2)
    assert "error[duplicate-id] `tasks/00-idea/task-fix-copy.md` has the same id." in listed.err


@in_states
def test_fmt_check_takes_no_lock(project: Project) -> None:
    project.task("fix", extra="size: small\n", labels="[a]")
    done = call(project, "fmt", "--check")
    assert (done.code, done.out) == (1, "Would reorder tasks/10-ready/task-fix.md\n")
    assert not (project.root / ".git/tasks").exists()
    assert call(project, "fmt").out == "Reordered tasks/10-ready/task-fix.md\n"
    assert (project.root / ".git/tasks/journal").is_dir()


def test_fmt_check_fails_where_a_file_cannot_be_read(project: Project) -> None:
    project.write("tasks/10-ready/task-odd.md", "---\nid: odd\n")
    done = call(project, "fmt", "--check")
    assert (done.code, done.out) == (1, "")
    assert "no-closing-fence" in done.err


def test_an_update_without_a_change_is_a_mistake(project: Project) -> None:
    project.task("fix")
    done = call(project, "update", "fix")
    assert (done.code, "No change is given." in done.err) == (2, True)


@pytest.mark.parametrize(
    "argv", [("--check", "1", "--uncheck", "1"), ("--meta", "size=xl", "--unset", "size")], ids=" ".join
)
def test_contradictions_are_refused(project: Project, argv: tuple[str, ...]) -> None:
    project.task("fix")
    before = project.tree()
    assert call(project, "update", "fix", *argv).code == 2
    assert project.tree() == before


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a mark"])
def test_attempts_come_from_a_file(project: Project, mark: str) -> None:
    project.task("fix")
    project.write("attempt.json", mark + ATTEMPT)
    assert call(project, "record", "fix", "--from", "attempt.json").code == 0
    missing = call(project, "record", "fix", "--from", "gone.json")
    assert missing.code == 2
    assert "--from can't be read from gone.json: no such file or directory." in missing.err


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (("metadata", "set", "fix"), '{"size": "xl"}'),
        (("record", "fix", "--from", "-"), ATTEMPT),
        (("record", "fix", "--from-agent", "claude-code", "-"), AGENT),
        (
            ("record", "fix", "--from-agent", "claude-code", "-"),
            json.dumps(json.loads(AGENT), indent=2),
        ),
        (("record", "fix", "--from-agent", "result-file", "-", "--tool", "t"), RESULT),
        (("update", "fix", "--field", "Overview", "-"), "Text"),
        (("update", "fix", "--field-file", "Overview", "-"), "Text"),
        (("update", "fix", "--body", "-"), "## Overview\n\nText"),
        (("validate", "-"), "---\nid: x\ntitle: T\nstate: idea\n---\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_byte_order_mark_changes_nothing(project: Project, argv: tuple[str, ...], text: str) -> None:
    """Shells on Windows put one before what they write."""
    answers = []
    for mark in ("", "\ufeff"):
        project.task("fix")
        done = call(project, *argv, stdin=mark + text)
        task = dict(project.get("fix").values)
        task.pop("execution", None)
        answers.append((done.code, task, project.get("fix").body))
        assert "\ufeff" not in project.get("fix").data.decode()
    assert answers[0] == answers[1]
    assert answers[0][0] == 0 or argv[0] == "validate"


def test_a_title_is_one_line(project: Project) -> None:
    done = call(project, "new", "--title", "One\nTwo")
    assert (done.code, "--field Overview" in done.err) == (2, True)


@pytest.mark.parametrize(("output", "mark"), [("github", "file="), ("sarif", '"uri":"')])
def test_hosting_services_get_paths_from_the_top(project: Project, output: str, mark: str) -> None:
    project.write("sub/tasks/10-ready/task-odd.md", "---\nid: odd\n")
    done = call(project, "validate", "--root", "sub", "--output", output)
    assert f"{mark}sub/tasks/10-ready/task-odd.md" in done.out
    plain = call(project, "validate", "--root", "sub")
    assert plain.out.startswith("tasks/10-ready/task-odd.md:1:1: ")


@in_states
@pytest.mark.parametrize("more", [(), ("--fix", "--dry-run"), ("--output", "json")])
def test_a_path_is_taken_as_it_was_printed(more: tuple[str, ...], project: Project) -> None:
    """From a sub-directory too: paths are tried from there, then from the root."""
    project.task("fix", size="huge")
    (below := project.root / "src").mkdir()
    (path,) = call(project, "validate", "--output", "plain").out.splitlines()
    for cwd, name in ((below, path), (below, f"../{path}"), (project.root / "tasks", path.partition("/")[2])):
        done = call(project, "validate", name, *more, cwd=cwd)
        assert done.code == 1
        assert done.out == call(project, "validate", path, *more).out
    assert call(project, "validate", "tasks/10-ready", cwd=below).code == 1
    assert call(project, "validate", "tasks/tasks.toml", cwd=below).code in {0, 3}
    missing = call(project, "validate", project.path("nope"), "--output", "json", cwd=below)
    assert (missing.code, missing.error["code"]) == (3, "no-such-task")


def test_an_id_of_an_unreadable_file_is_validated(project: Project) -> None:
    project.write("tasks/10-ready/task-odd.md", "---\nid: odd\n")
    by_id, by_path = (call(project, "validate", name) for name in ("odd", "tasks/10-ready/task-odd.md"))
    assert by_id == by_path
    assert by_id.out.startswith("tasks/10-ready/task-odd.md:1:1: error[no-closing-fence]")


def test_ids_are_completed(project: Project) -> None:
    project.task("fix-one")
    project.task("fix-two")
    project.task("other")
    env = {"_TASKS_COMPLETE": "complete_bash", "COMP_WORDS": "tasks show fix", "COMP_CWORD": "2"}
    assert project.run(env=env).out.split() == ["fix-one", "fix-two"]


@pytest.mark.usefixtures("without_rights")
def test_an_edit_on_a_read_only_disk_is_the_systems_refusal(project: Project, tmp_path: Path) -> None:
    project.env |= {"EDITOR": "sed -i s/How/Why/", "TMPDIR": str(tmp_path)}
    directory = project.task("fix").parent
    directory.chmod(0o555)
    try:
        done = run_limited(project, "edit", "fix", before=give_up_rights)
    finally:
        directory.chmod(0o755)
    assert done.code == 6
    assert "Your text is kept in " in done.err


def test_show_tells_people_why_an_attempt_failed(project: Project) -> None:
    project.task("fix")
    argv = ("--status", "failed", "--duration-seconds", "5", "--tool", "t", "--error-type", "timeout")
    done = call(
        project,
        "record",
        "fix",
        *argv,
        "--error-reason",
        "Too slow",
        "--gate",
        "lint=fail",
        "--cost-usd",
        "0.5",
    )
    attempt = project.get("fix").execution.attempts[0]  # type: ignore[union-attr]  # it has just been recorded
    shown = call(project, "show", "fix").out
    assert done.code == 0
    for text in (attempt.id, "timeout: Too slow", "lint", "0.5 USD"):
        assert str(text) in shown
