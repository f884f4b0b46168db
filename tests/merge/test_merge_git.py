"""Merging with real git: merge, rebase and cherry-pick through the driver, and setting the driver up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.branches import attempt, commit, diverge, git, shorten, tasks
from support.in_process import call
from support.layouts import in_states
from support.merge_versions import choose
from support.project import Project
from taskfiles import TaskfilesError, parse_task
from taskfiles.merge.driver import COMMAND, DRIVER, driver_status
from taskfiles.task.layout import DIRECTORIES

OURS = tasks(
    attempt("claude", "16:00"),
    "update fix --check 1 --add labels=mobile --meta priority=high",
    attempt("claude", "18:00"),
)
THEIRS = tasks(
    attempt("codex", "17:00"),
    "update fix --check 2 --remove labels=ui --meta size=small --meta title=Mend",
)


def check_merged(project: Project) -> None:
    task = project.get("fix")
    tools = [each.executor.tool for each in task.meta.execution.attempts]
    assert tools == ["claude", "codex", "claude"]
    assert (task.title, task.get("priority"), task.get("size")) == ("Mend", "high", "small")
    assert task.get("labels") == ["mobile"]
    assert "- [x] First\n- [x] Second\n- [ ] Third\n" in task.body
    assert b"x_own: {a: 1} # ours to keep\n" in task.data
    assert task.findings == []


def test_merge(repository: Project) -> None:
    diverge(repository, OURS, THEIRS)
    later = max(
        call(repository, "metadata", "get", "fix", "-o", "json").json["updated_at"],
        parse_task("", repository.git("show", f"topic:{repository.path()}").encode()).get("updated_at"),
    )
    repository.git("merge", "--no-edit", "topic")
    check_merged(repository)
    assert repository.get("fix").get("updated_at") == later


def test_rebase(repository: Project) -> None:
    diverge(repository, OURS, THEIRS)
    repository.git("rebase", "topic")
    check_merged(repository)
    assert repository.git("status", "--porcelain") == ""


def test_cherry_pick(repository: Project) -> None:
    diverge(repository, OURS, THEIRS)
    repository.git("cherry-pick", "topic")
    check_merged(repository)


def test_what_was_picked_before_is_not_there_twice_after_the_merge(repository: Project) -> None:
    diverge(repository, OURS, THEIRS)
    repository.git("cherry-pick", "topic")
    repository.git("merge", "--no-edit", "topic")
    check_merged(repository)


def test_branches_merged_into_each_other_merge_again(repository: Project) -> None:
    """A criss-cross: git merges the two ancestors first, by the driver too."""
    diverge(repository, OURS, THEIRS)
    repository.git("tag", "before")
    repository.git("merge", "--no-edit", "topic")
    repository.git("switch", "--quiet", "topic")
    repository.git("merge", "--no-edit", "before")
    tasks("update fix --meta track=web")(repository)
    commit(repository, "more theirs")
    repository.git("switch", "--quiet", "main")
    tasks("update fix --meta milestone=m1")(repository)
    commit(repository, "more ours")
    repository.git("merge", "--no-edit", "topic")
    check_merged(repository)
    assert (repository.get("fix").get("track"), repository.get("fix").get("milestone")) == ("web", "m1")


def test_without_the_driver_the_same_branches_conflict(repository: Project) -> None:
    """What the driver is for; git's own merge sees lines."""
    diverge(repository, OURS, THEIRS)
    repository.git("config", "--remove-section", "merge.tasks")
    assert git(repository, "merge", "topic").returncode == 1


def test_a_conflict_is_gits_own(repository: Project) -> None:
    change = "update fix --meta title="
    diverge(repository, tasks(change + "Ours", attempt("a", "16:00")), tasks(change + "Theirs"))
    merging = git(repository, "merge", "topic")
    assert merging.returncode == 1
    assert f"{repository.path()}: conflict in title\n" in merging.stderr
    assert repository.git("diff", "--name-only", "--diff-filter=U").split() == [repository.path()]
    text = (repository.root / repository.path()).read_text()
    assert "\ntitle: Ours\n=======\ntitle: Theirs\n>>>>>>> " in text
    assert "tool: a" in text
    listed = call(repository, "list")
    assert "error[conflict-marker]" in listed.err
    repository.git("merge", "--abort")
    assert repository.get("fix").title == "Ours"


def test_a_task_moved_here_and_changed_there(repository: Project) -> None:
    diverge(repository, tasks("update fix --meta state=in-progress", attempt("a", "16:00")), THEIRS)
    repository.git("merge", "--no-edit", "topic")
    task = repository.get("fix")
    assert (task.path, task.state) == (repository.path("fix", "in-progress"), "in-progress")
    assert (task.title, len(task.values["execution"]["attempts"])) == ("Mend", 2)
    assert task.findings == []


@in_states
def test_a_task_moved_to_one_state_on_both_sides(repository: Project) -> None:
    move = "update fix --meta state=in-progress"
    diverge(repository, tasks(move, attempt("a", "16:00")), tasks(move, attempt("b", "17:00")))
    repository.git("merge", "--no-edit", "topic")
    assert len(repository.get("fix").meta.execution.attempts) == 2
    assert list(repository.tree()) == [
        ".gitattributes",
        repository.path("fix", "in-progress"),
        "tasks/tasks.toml",
    ]


@in_states
def test_a_task_moved_to_two_states_is_gits_conflict_in_both_places(repository: Project) -> None:
    """docs/how-to/merge.md tells the way out that this walks."""
    move = "update fix --meta state="
    diverge(
        repository,
        tasks(f"{move}in-progress", attempt("a", "16:00")),
        tasks(f"{move}canceled", attempt("b", "17:00")),
    )
    merging = git(repository, "merge", "topic")
    assert merging.returncode == 1
    assert "CONFLICT (rename/rename)" in merging.stdout
    paths = [f"tasks/{DIRECTORIES[state]}/task-fix.md" for state in ("in-progress", "canceled")]
    for path in paths:
        text = (repository.root / path).read_text()
        assert "\nstate: in-progress\n========\nstate: canceled\n>>>>>>>> " in text
        assert "tool: a" in text
        assert "tool: b" in text
    assert call(repository, "list").err.count("error[conflict-marker]") == 2
    kept = repository.root / paths[1]
    kept.write_bytes(choose(kept.read_bytes(), "theirs"))
    repository.git("rm", "--quiet", "--force", paths[0])
    commit(repository, "canceled it is")
    assert len(repository.get("fix").values["execution"]["attempts"]) == 2
    assert call(repository, "validate").code == 0


@in_states
def test_a_short_task_moved_and_changed_needs_a_lower_threshold(repository: Project) -> None:
    shorten(repository)
    move = tasks("update fix --meta state=in-progress", attempt("a", "16:00"))
    diverge(repository, move, tasks("update fix --meta title=Mend"))
    merging = git(repository, "merge", "topic")
    assert merging.returncode == 1
    assert "CONFLICT (modify/delete)" in merging.stdout
    repository.git("merge", "--abort")
    repository.git("merge", "--no-edit", "-X", "find-renames=20%", "topic")
    task = repository.get("fix")
    assert (task.path, task.title) == (repository.path("fix", "in-progress"), "Mend")
    assert "execution" in task.values


def test_new_tasks_with_one_id_are_one_conflict(repository: Project) -> None:
    new = ("new", "--title", "Sort", "--id", "sort")
    diverge(
        repository,
        lambda project: call(project, *new, "--label", "ours"),
        lambda project: call(project, *new, "--label", "theirs"),
    )
    assert git(repository, "merge", "topic").returncode == 1
    path = repository.path("sort", "idea")
    ours, theirs = (repository.git("show", f":{stage}:{path}") for stage in (2, 3))
    head, _, rest = (repository.root / path).read_text().partition("\n")
    assert head.startswith("<<<<<<< ")
    assert rest.startswith(f"{ours}=======\n{theirs}>>>>>>> ")


def test_other_files_below_tasks_are_merged_by_lines(repository: Project) -> None:
    repository.write("tasks/README.md", "one\n\ntwo\n")
    commit(repository, "notes")
    diverge(
        repository,
        lambda project: project.write("tasks/README.md", "One\n\ntwo\n"),
        lambda project: project.write("tasks/README.md", "one\n\nTwo\n"),
    )
    repository.git("merge", "--no-edit", "topic")
    assert (repository.root / "tasks/README.md").read_text() == "One\n\nTwo\n"


def test_where_the_program_is_missing_git_merges_lines_and_marks_conflicts(repository: Project) -> None:
    diverge(repository, OURS, THEIRS)
    (repository.root.parent / "bin" / "tasks").unlink()
    repository.env["PATH"] = "/usr/bin:/bin"
    assert git(repository, "merge", "topic").returncode == 1
    text = (repository.root / repository.path()).read_text()
    for part in ("<<<<<<< ours\n", "priority: high", "size: small", "tool: codex", ">>>>>>> theirs\n"):
        assert part in text


# The command


def files_of(project: Project, *texts: str) -> list[str]:
    for name, text in zip("OAB", texts, strict=True):
        project.write(name, text)
    return list("OAB")


def text_with(title: str) -> str:
    return f"---\nid: fix\ntitle: {title}\nstate: ready\n---\n"


def test_command_writes_ours_and_tells_by_its_exit_status(project: Project) -> None:
    names = files_of(project, text_with("Fix"), text_with("A"), text_with("Fix") + "more\n")
    done = call(project, "merge-driver", *names)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert project.tree() == {
        "A": (text_with("A") + "more\n").encode(),
        "B": (text_with("Fix") + "more\n").encode(),
        "O": text_with("Fix").encode(),
    }


@pytest.mark.parametrize(
    ("more", "start", "end"),
    [
        ([], "<<<<<<< ours", ">>>>>>> theirs"),
        (["p.md", "12", "%X", "%Y"], "<<<<<<<<<<<< ours", ">>>>>>>>>>>> theirs"),
        (["p.md", "many", "HEAD", "a topic"], "<<<<<<< HEAD", ">>>>>>> a topic"),
    ],
)
def test_command_marks_conflicts(project: Project, more: list[str], start: str, end: str) -> None:
    names = files_of(project, text_with("Fix"), text_with("A"), text_with("B"))
    done = call(project, "merge-driver", *names, *more)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"{more[0] if more else 'A'}: conflict in title\n"
    lines = (project.root / "A").read_text().splitlines()
    assert (lines[2], lines[6]) == (start, end)


def test_command_tells_two_tasks_apart(project: Project) -> None:
    """Git pairs files by their lines, and with a low threshold takes one short task for another."""
    fix, sort = (text_with(name).replace("id: fix", f"id: {name}") for name in ("fix", "sort"))
    done = call(project, "merge-driver", *files_of(project, fix, sort, fix + "more\n"), "p.md")
    assert done.code == 1
    assert done.err.startswith("p.md: git took fix for sort; keep sort here, and bring what changed in fix ")
    done = call(project, "merge-driver", *files_of(project, "", text_with("A"), text_with("B")), "p.md")
    assert done.err.startswith("p.md: two tasks are named fix; keep one here")


def test_command_that_cannot_read_changes_nothing(project: Project) -> None:
    names = files_of(project, text_with("Fix"), text_with("A"), text_with("B"))
    before = project.tree()
    done = call(project, "merge-driver", names[0], names[1], "missing")
    assert done.code == 6
    assert "error[io] Reading missing failed: no such file" in done.err
    assert project.tree() == before


# Setting it up


def is_set(project: Project) -> bool:
    return driver_status(project.root).is_complete


def test_init_does_not_touch_git_unless_asked(project: Project) -> None:
    before = (project.root / ".git/config").read_bytes()
    assert call(project, "init").code == 0
    assert not (project.root / ".gitattributes").exists()
    assert (project.root / ".git/config").read_bytes() == before
    assert not is_set(project)


def test_init_sets_the_driver_up_once(project: Project) -> None:
    first = call(project, "init", "--merge-driver", "-o", "json").json
    assert {(each["path"], each["field"]): each["to"] for each in first["changes_made"][-3:]} == {
        (".git/config", "merge.tasks.name"): "task files by meaning",
        (".git/config", "merge.tasks.driver"): DRIVER,
        (".gitattributes", "tasks/**/*.[mM][dD]"): "merge=tasks",
    }
    assert is_set(project)
    before = project.tree(), (project.root / ".git/config").read_bytes()
    again = call(project, "init", "--merge-driver", "-o", "json").json
    assert (again["changed"], again["changes_made"]) == (False, [])
    assert (project.tree(), (project.root / ".git/config").read_bytes()) == before


def test_a_dry_run_sets_nothing(project: Project) -> None:
    before = project.tree(), (project.root / ".git/config").read_bytes()
    done = call(project, "init", "--merge-driver", "--dry-run")
    assert (
        "Would set merge.tasks.driver in .git/config\nWould set tasks/**/*.[mM][dD] in .gitattributes"
        in done.out
    )
    assert (project.tree(), (project.root / ".git/config").read_bytes()) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*.png binary\n", "*.png binary\ntasks/**/*.[mM][dD] merge=tasks\n"),
        ("*.png binary", "*.png binary\ntasks/**/*.[mM][dD] merge=tasks\n"),
        ("# ours\r\n*.md text\r\n", "# ours\r\n*.md text\r\ntasks/**/*.[mM][dD] merge=tasks\r\n"),
        ("", "tasks/**/*.[mM][dD] merge=tasks\n"),
        ("*.md merge=tasks\n", "*.md merge=tasks\ntasks/**/*.[mM][dD] merge=tasks\n"),
        ("*.[mM][dD] merge=tasks\n", "*.[mM][dD] merge=tasks\n"),
    ],
)
def test_what_stands_in_gitattributes_stays(project: Project, before: str, after: str) -> None:
    project.write(".gitattributes", before)
    assert call(project, "init", "--merge-driver").code == 0
    assert (project.root / ".gitattributes").read_bytes() == after.encode()
    assert is_set(project)


def test_a_project_below_the_top_of_its_repository(project: Project) -> None:
    below = project.root / "a b" / "ünder"
    below.mkdir(parents=True)
    assert call(project, "init", "--merge-driver", cwd=below).code == 0
    assert not (project.root / ".gitattributes").exists()
    assert (below / ".gitattributes").read_text() == "tasks/**/*.[mM][dD] merge=tasks\n"
    assert is_set(Project(below))
    assert not driver_status(project.root).has_attribute


def test_another_worktree_shares_the_setting(project: Project) -> None:
    assert call(project, "init", "--merge-driver").code == 0
    commit(project, "start")
    project.git("worktree", "add", "--quiet", "../other")
    assert is_set(Project(project.root.parent / "other"))


def test_the_first_write_in_a_clone_without_the_driver_warns_once(project: Project) -> None:
    assert call(project, "init", "--merge-driver").code == 0
    project.task("fix")
    commit(project, "start")
    assert "merge driver" not in call(project, "update", "fix", "--meta", "size=small").err
    project.git("clone", "--quiet", ".", "../clone")
    clone = Project(project.root.parent / "clone")
    assert "merge driver" not in call(clone, "list").err
    assert "merge driver" not in call(clone, "update", "fix", "--meta", "size=large", "--dry-run").err
    first = call(clone, "update", "fix", "--meta", "size=large", "--output", "json")
    (warning,) = [json.loads(line)["warning"] for line in first.err.splitlines()]
    assert (warning["code"], warning["path"]) == ("no-merge-driver", ".gitattributes")
    assert "`tasks init --merge-driver`" in warning["message"]
    assert call(clone, "update", "fix", "--meta", "size=xl").err == ""


def test_no_write_warns_where_the_driver_is_the_users_or_nobody_asks_for_it(project: Project) -> None:
    project.task("fix")
    assert call(project, "update", "fix", "--meta", "size=small").err == ""
    settings = project.write("settings", f'[merge "tasks"]\n\tdriver = {COMMAND} %O %A %B %P\n')
    project.write(".gitattributes", "*.[mM][dD] merge=tasks\n")
    project.env["GIT_CONFIG_GLOBAL"] = str(settings)
    assert call(project, "update", "fix", "--meta", "size=large").err == ""


def test_a_clone_lacks_the_driver_until_it_is_set_up(project: Project) -> None:
    assert call(project, "init", "--merge-driver").code == 0
    commit(project, "start")
    project.git("clone", "--quiet", ".", "../clone")
    clone = Project(project.root.parent / "clone")
    assert driver_status(clone.root)[:2] == (None, True)
    assert call(clone, "init", "--merge-driver").code == 0
    assert is_set(clone)
    assert clone.git("status", "--porcelain", "--untracked-files=no") == ""


def test_a_driver_that_runs_from_another_place_is_kept(project: Project) -> None:
    own = "/opt/bin/tasks merge-driver %O %A %B"
    project.git("config", "merge.tasks.driver", own)
    assert call(project, "init", "--merge-driver").code == 0
    assert driver_status(project.root).driver == own
    assert is_set(project)


def test_a_refusal_leaves_everything_as_it_was(project: Project) -> None:
    (project.root / ".gitattributes").symlink_to("elsewhere")
    before = project.tree(), (project.root / ".git/config").read_bytes()
    done = call(project, "init", "--merge-driver", "-o", "json")
    assert (done.code, done.error["code"]) == (1, "edit-unsafe")
    assert (project.tree(), (project.root / ".git/config").read_bytes()) == before


def test_without_git_there_is_nothing_to_set_up(tmp_path: Path) -> None:
    bare = Project(tmp_path)
    done = call(bare, "init", "--merge-driver", "-o", "json")
    assert (done.code, done.error["code"]) == (5, "no-git")
    assert bare.tree() == {}
    with pytest.raises(TaskfilesError) as caught:
        driver_status(tmp_path)
    assert caught.value.code == "no-git"
