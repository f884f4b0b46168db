"""What `undo` chooses, what it puts back and where, and what it says of commits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from support.effort import some
from support.in_process import call, ok
from support.project import Project
from taskfiles.store.journal import KEPT, read_records

ADA = {"TASKS_CLAIM": "ada"}


def commit_all(project: Project, message: str = "all") -> str:
    project.git("add", "-A")
    project.git("commit", "-qm", message)
    return project.git("log", "-1", "--format=%h").strip()


def worktree(project: Project) -> Project:
    project.git("worktree", "add", "-q", "../other")
    return Project(project.root.parent / "other")


def nested(project: Project) -> Project:
    other = Project(project.root / "part")
    other.task("fix")
    other.task("b")
    return other


def test_what_undo_names_brings_back_what_it_undid(project: Project) -> None:
    project.task("fix")
    ok(call(project, "update", "fix", "--meta", "size=large"))
    said = ok(call(project, "undo")).out
    assert project.get("fix").get("size") == "medium"
    run = re.search(r"`tasks undo ([0-9a-f-]+)` brings it back", said)
    assert run is not None
    ok(call(project, "undo", run[1]))
    assert project.get("fix").get("size") == "large"


# The caller's last change was made elsewhere


@pytest.mark.parametrize("make", [worktree, nested])
@pytest.mark.parametrize(
    "command", [("update", "fix", "--meta", "size=xl"), ("delete", "b"), ("new", "--title", "N")]
)
def test_undo_goes_no_further_back_than_a_change_elsewhere(
    project: Project, make: object, command: tuple[str, ...]
) -> None:
    project.task("fix")
    ok(call(project, "new", "--title", "Old", "--id", "old"))
    project.task("b")
    commit_all(project)
    other = make(project)  # type: ignore[operator]  # one of the two above
    ok(call(other, *command))
    trees = project.tree(), other.tree()
    for _ in range(2):
        refused = call(project, "undo", "-o", "json")
        assert (refused.code, refused.error["code"]) == (1, "changed-elsewhere")
        assert refused.error["details"]["root"] == str(other.root)
        assert str(other.root) in refused.error["message"]
        assert (project.tree(), other.tree()) == trees
    ok(call(other, "undo"))
    ok(call(project, "undo"))
    assert not (project.root / "tasks/00-idea/task-old.md").exists()


def test_a_run_named_elsewhere_says_where(project: Project) -> None:
    project.task("fix")
    commit_all(project)
    other = worktree(project)
    run = ok(call(other, "update", "fix", "--meta", "size=xl", "-o", "json")).json["run_id"]
    refused = call(project, "undo", run, "-o", "json")
    assert (refused.error["code"], refused.error["details"]["root"]) == ("changed-elsewhere", str(other.root))


def test_a_worktree_that_is_gone_is_named(project: Project) -> None:
    project.task("fix")
    run = ok(call(project, "update", "fix", "--meta", "size=large", "-o", "json")).json["run_id"]
    commit_all(project)
    other = worktree(project)
    ok(call(other, "update", "fix", "--meta", "size=xl"))
    project.git("worktree", "remove", "--force", str(other.root))
    refused = call(project, "undo")
    assert (refused.code, str(other.root) in refused.err) == (1, True)
    assert "There is no such directory now." in refused.err
    assert run in refused.err
    ok(call(project, "undo", run))


def by_git(project: Project, source: Path, target: Path) -> None:
    project.git("worktree", "move", str(source), str(target))


def by_hand(_: Project, source: Path, target: Path) -> None:
    source.rename(target)
    Project(target).git("worktree", "repair")


@pytest.mark.parametrize("move", [by_git, by_hand])
def test_undo_in_a_worktree_that_was_moved(
    project: Project, move: Callable[[Project, Path, Path], None]
) -> None:
    project.task("fix")
    commit_all(project)
    other = worktree(project)
    before = other.tree()
    ok(call(other, "update", "fix", "--meta", "size=xl"))
    moved = Project(other.root.with_name("moved"), env=other.env)
    move(project, other.root, moved.root)
    refused = call(project, "undo", "-o", "json")
    assert (refused.error["code"], refused.error["details"]["root"]) == ("changed-elsewhere", str(moved.root))
    ok(call(moved, "undo"))
    assert moved.tree() == before


def test_a_moved_worktree_that_git_does_not_know_is_named_with_what_makes_it_known(project: Project) -> None:
    project.task("fix")
    commit_all(project)
    other = worktree(project)
    ok(call(other, "update", "fix", "--meta", "size=xl"))
    other.root.rename(other.root.with_name("moved"))
    refused = call(project, "undo")
    assert (refused.code, "If it was moved, `git worktree repair` there, then undo it." in refused.err) == (
        1,
        True,
    )


def test_undo_in_a_clone_that_was_moved_with_its_worktree_left(project: Project) -> None:
    project.task("fix")
    commit_all(project)
    other = worktree(project)
    before = other.tree()
    ok(call(other, "update", "fix", "--meta", "size=xl"))
    moved = Project(project.root.with_name("elsewhere"), env=project.env)
    project.root.rename(moved.root)
    moved.git("worktree", "repair", str(other.root))
    ok(call(other, "undo"))
    assert other.tree() == before


def test_another_worktree_of_the_same_name_has_nothing_to_undo(project: Project) -> None:
    project.task("fix")
    commit_all(project)
    other = worktree(project)
    ok(call(other, "new", "--title", "Made there"))
    commit_all(other)
    head = other.git("rev-parse", "HEAD").strip()
    project.git("worktree", "remove", "--force", str(other.root))
    project.git("worktree", "add", "-q", "--detach", str(other.root), head)
    before = other.tree()
    refused = call(other, "undo", "-o", "json")
    assert (refused.error["code"], other.tree()) == ("changed-elsewhere", before)


def test_another_callers_change_elsewhere_is_no_obstacle(project: Project) -> None:
    project.task("fix")
    commit_all(project)
    other = worktree(project)
    before = project.tree()
    ok(call(project, "update", "fix", "--meta", "size=large"))
    ok(call(other, "update", "fix", "--meta", "size=xl", env=ADA))
    ok(call(project, "undo"))
    assert project.tree() == before


def test_undo_goes_no_further_back_than_a_record_that_cannot_be_read(project: Project) -> None:
    project.task("fix")
    first = ok(call(project, "update", "fix", "--meta", "size=large", "-o", "json")).json["run_id"]
    ok(call(project, "new", "--title", "Another"))
    newest = max((project.root / ".git/tasks/journal").iterdir())
    newest.write_bytes(newest.read_bytes()[:-1])
    before = project.tree()
    refused = call(project, "undo", "-o", "json")
    assert (refused.code, refused.error["code"], project.tree()) == (1, "nothing-to-undo", before)
    assert newest.name in refused.error["message"]
    assert first in refused.error["hint"]
    ok(call(project, "undo", first))
    ok(call(project, "update", "fix", "--meta", "size=small"))
    ok(call(project, "undo"))  # it is newer than what can't be read


# Where files come back

NAMES = [
    "tasks/10-ready/BACK-1 - My task.md",
    "tasks/10-ready/Größe  ändern.md",
    "tasks/10-ready/ui/deep/task-a.md",
    "tasks/a.md",
    "tasks/50-other/A.MD.md",
]
WAYS = [
    ("delete", "a"),
    ("move", "a", "in-progress"),
    ("rename", "a", "b"),
    ("validate", "--fix"),
    ("update", "a", "--meta", "state=canceled"),
    ("update", "a", "--meta", "size=xl"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("argv", WAYS, ids=" ".join)
def test_undo_puts_a_file_back_where_it_was(project: Project, name: str, argv: tuple[str, ...]) -> None:
    file = project.task("a")
    project.task("c", depends_on="[a]" if argv[0] == "rename" else "[]")
    project.write(name, file.read_bytes())
    if project.root / name != file:
        file.unlink()
    before = project.tree()
    call(project, *argv)
    if project.tree() == before:
        pytest.skip("this leaves the file alone")
    after = project.tree()
    ok(call(project, "undo"))
    assert project.tree() == before
    run = next(record.run_id for record in read_records(str(project.root / ".git/tasks")) if record)
    ok(call(project, "undo", run))
    assert project.tree() == after


def chain(project: Project, length: int) -> None:
    """Files of which each stands where the next one belongs."""
    for number in range(length):
        text = project.task(f"t{number}").read_bytes()
        (project.root / project.path(f"t{number}")).unlink()
        project.write(f"{project.path(f't{number + 1}')}.tmp", text)
    for number in range(length):
        place = project.path(f"t{number + 1}")
        (project.root / f"{place}.tmp").rename(project.root / place)


@pytest.mark.parametrize("length", [3, KEPT + 30])
def test_files_that_move_into_each_others_places_are_one_record(project: Project, length: int) -> None:
    chain(project, length)
    before = project.tree()
    call(project, "validate", "--fix")
    after = project.tree()
    assert set(after) == {project.path(f"t{number}") for number in range(length)}
    assert len(list((project.root / ".git/tasks/journal").iterdir())) == 1
    ok(call(project, "undo"))
    assert project.tree() == before
    assert call(project, "undo").code == 1


def misorder(project: Project, count: int) -> None:
    for number in range(count):
        project.write(
            project.path(f"t{number}"),
            f"---\ntitle: T{number}\nid: t{number}\nstate: ready\nkind: task\n---\n",
        )


MANY = KEPT + 30
LARGE = {
    "fmt": (lambda project: misorder(project, MANY), ("fmt",)),
    "rename": (
        lambda project: [project.task(f"t{n}", depends_on="[a]") for n in range(MANY)] and project.task("a"),
        ("rename", "a", "b"),
    ),
    "adopt": (
        lambda project: [project.task(f"t{n}") for n in range(MANY)] and project.task("a", kind="story"),
        ("adopt", "a", *(f"t{n}" for n in range(MANY))),
    ),
    "cleanup": (
        lambda project: [
            project.task(f"t{n}", state="canceled", updated_at="2020-01-01T00:00:00Z") for n in range(MANY)
        ],
        ("cleanup", "--older-than", "90d"),
    ),
    "move": (
        lambda project: (
            [project.task(f"t{n}") for n in range(MANY)]
            and project.task("a", kind="story", children=f"[{', '.join(f't{n}' for n in range(MANY))}]")
        ),
        ("move", "a", "canceled", "--cascade", "canceled"),
    ),
}


@pytest.mark.parametrize("name", some([*LARGE], 3))
def test_one_command_of_any_size_comes_back_whole(project: Project, name: str) -> None:
    arrange, argv = LARGE[name]
    arrange(project)
    before = project.tree()
    ok(call(project, *argv))
    assert project.tree() != before
    assert len(list((project.root / ".git/tasks/journal").iterdir())) == 1
    ok(call(project, "undo"))
    assert project.tree() == before


@pytest.mark.usefixtures("without_rights")
def test_fmt_that_one_file_refuses_changes_nothing(project: Project) -> None:
    from support.limits import give_up_rights, run_limited

    misorder(project, 3)
    project.write("tasks/20-in-progress/task-z.md", "---\ntitle: Z\nid: z\nstate: in-progress\n---\n")
    before = project.tree()
    directory = project.root / "tasks/20-in-progress"
    directory.chmod(0o555)
    try:
        done = run_limited(project, "fmt", before=give_up_rights)
    finally:
        directory.chmod(0o755)
    assert (done.code, project.tree()) == (6, before)
    assert call(project, "undo").code == 1


# What is committed


@pytest.mark.parametrize("argv", [*WAYS, ("new", "--title", "N")], ids=" ".join)
def test_undo_says_which_commit_holds_what_it_undoes(project: Project, argv: tuple[str, ...]) -> None:
    project.write("tasks/10-ready/BACK-1 - Größe.md", project.task("a", body="\r\n").read_bytes())
    (project.root / project.path("a")).unlink()
    commit_all(project, "before")
    before = project.tree()
    call(project, *argv)
    assert project.tree() != before
    dry = ok(call(project, "undo", "--dry-run", "-o", "json"))
    assert (dry.json["committed"], "committed" in dry.err.replace('"committed": []', "")) == ([], False)
    commit = commit_all(project, "change")
    project.task("other")
    commit_all(project, "later")
    done = ok(call(project, "undo", "-o", "json"))
    assert project.tree() | before == project.tree()
    assert [each["commit"] for each in done.json["committed"]] == [commit]
    assert f"Commit {commit} holds the change of" in done.err


def test_what_was_never_committed_is_no_news(project: Project) -> None:
    project.task("kept")
    commit_all(project)
    project.task("a")
    for argv in (("update", "a", "--meta", "size=xl"), ("delete", "a")):
        ok(call(project, *argv))
        done = ok(call(project, "undo", "-o", "json"))
        assert (done.json["committed"], done.err) == ([], "")


def test_without_a_commit_or_git_undo_works_as_ever(project: Project, tmp_path: Path) -> None:
    project.task("a")
    for _ in range(2):
        ok(call(project, "update", "a", "--meta", "size=xl"))
        done = ok(call(project, "undo", "-o", "json"))
        assert (done.json["committed"], done.err) == ([], "")
        if (project.root / ".git").exists():
            (project.root / ".git").rename(tmp_path / "gone")
