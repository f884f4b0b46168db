"""Parents, children and names: adopt, rename and tree, and deleting what nobody names."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.effort import Effort
from support.in_process import call, ok
from support.kill_steps import kill_everywhere
from support.layouts import in_states
from support.project import BODY, INSIGHTS, NOON, TICKED, Project, store
from support.simultaneous import assert_done, at_once
from taskfiles import TaskfilesError, adopt, clean_up, delete, parse_task, rename, tree_object
from taskfiles.backlog.mentions import find_references, rename_in_body
from taskfiles.operations.children import Place, put_beside
from taskfiles.schema.files import read_schema

ODD = """---
# who knows
id:    b      # the id
title: "B, see [Task:a]"
state: ready
depends_on: [ a,   c ] # order matters
blocks:
  - d
  # before a
  - a
parent:   a
x_note: "wait for [Task:a], not for a or [Task:ab]"
commit_message: 'fix: b  [Task:a]'
---
Text with `[Task:a]` and [Task:ab], [link](task-a.md), [other](../10-ready/task-ab.md),
[angle](<../30-done/2025-11-02 task-a.md>), [anchor](./task-a.md#how "title"), [web](https://x.test/task-a.md),
[elsewhere](../../docs/task-a.md) and task-a.md alone.\r
[ref]: ../10-ready/story-a.md

```
[code](task-a.md) [Task:a]
```
"""


def family(project: Project) -> None:
    project.task("e", kind="epic", children="[s]")
    project.task("s", kind="story", children="[a, b]")
    project.task("t", kind="story")
    project.task("a", extra="depends_on:\n  - b\n")
    project.task("b")
    project.task("own", parent="s")


# adopt


def test_adopt_takes_children_from_their_former_parents(project: Project) -> None:
    family(project)
    answer = ok(call(project, "adopt", "t", "b", "own", "a", "-o", "json")).json
    assert [task["id"] for task in answer["tasks"]] == ["t", "own", "s"]
    assert project.get("t").values["children"] == ["b", "own", "a"]
    assert project.get("s").values["children"] == []
    assert "parent" not in project.get("own").values
    assert ok(call(project, "validate", "--strict")).code == 0
    assert ok(call(project, "adopt", "t", "b", "-o", "json")).json["changed"] is False


@pytest.mark.parametrize(
    ("argv", "code", "finding"),
    [
        (["s", "e"], "edit-invalid", "hierarchy-cycle"),
        (["e", "e"], "edit-invalid", "hierarchy-cycle"),
        (["a", "own"], "edit-invalid", "hierarchy-kind"),
        (["a", "t"], "edit-invalid", "hierarchy-kind"),
        (["s", "nobody"], "no-such-task", None),
        (["nobody", "a"], "no-such-task", None),
        (["t", "a", "--if-match", "0" * 32], "etag-mismatch", None),
    ],
    ids=str,
)
def test_adopt_refuses(project: Project, argv: list[str], code: str, finding: str | None) -> None:
    family(project)
    before = project.tree()
    error = call(project, "adopt", *argv, "-o", "json").error
    assert (error["code"], error["details"].get("finding"), project.tree()) == (code, finding, before)


@pytest.mark.parametrize(
    ("argv", "after"),
    [
        (["s", "new", "--before", "b"], ["a", "new", "b"]),
        (["s", "new", "--after", "a"], ["a", "new", "b"]),
        (["s", "b", "--before", "a"], ["b", "a"]),
        (["s", "b", "new", "--before", "a"], ["b", "new", "a"]),
        (["s", "new", "a", "--after", "b"], ["b", "new", "a"]),
        (["s", "new", "--before", "own"], ["a", "b", "new"]),  # what names the parent itself comes last
        (["s", "new", "--after", "own"], ["a", "b", "own", "new"]),
        (["s", "a", "--before", "b"], ["a", "b"]),
    ],
    ids=str,
)
def test_adopt_puts_children_beside_another(project: Project, argv: list[str], after: list[str]) -> None:
    family(project)
    project.task("new")
    ok(call(project, "adopt", *argv))
    assert project.get("s").values["children"] == after
    again = project.tree()
    ok(call(project, "adopt", *argv))
    assert project.tree() == again
    assert ok(call(project, "validate", "--strict")).code == 0


def test_adopt_keeps_what_stands_in_the_list(project: Project) -> None:
    project.task("s", kind="story", extra="children:\n  - a # first\n  - b\n")
    for name in ("a", "b", "c"):
        project.task(name)
    done = ok(call(project, "adopt", "s", "c", "--before", "b"))
    assert done.out == f"Added c to s before b ({project.get('s').path})\n"
    assert "children:\n  - a # first\n  - c\n  - b\n" in (project.root / project.get("s").path).read_text()
    ok(call(project, "undo"))
    ok(call(project, "adopt", "s", "b", "--before", "a"))
    assert project.get("s").values["children"] == ["b", "a"]
    assert "# first" in (project.root / project.get("s").path).read_text()


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (
            ["s", "t1", "--before", "nobody"],
            "bad-value",
            "--before can't be “nobody”: it is not another child",
        ),
        (["s", "a", "--after", "a"], "bad-value", "--after can't be “a”: it is not another child of s"),
        (["s", "a", "--after", "b", "--before", "b"], "usage", "--before and --after are two places"),
    ],
    ids=str,
)
def test_adopt_refuses_a_place_at_no_child(
    project: Project, argv: list[str], code: str, message: str
) -> None:
    family(project)
    project.task("t1")
    before = project.tree()
    error = call(project, "adopt", *argv, "-o", "json").error
    assert (error["code"], error["message"].startswith(message), project.tree()) == (code, True, before)
    with pytest.raises(TaskfilesError) as caught:
        adopt(store(project), "s", ["a"], before="b", after="b")
    assert caught.value.code == "bad-value"


@given(
    listed=st.lists(st.sampled_from("abcdef"), unique=True),
    more=st.lists(st.sampled_from("uvwxyz"), unique=True),
    moved=st.lists(st.sampled_from("abcuvwn"), unique=True, min_size=1),
    sibling=st.sampled_from("abcdefuvwxyz"),
    after=st.booleans(),
)
def test_beside_a_sibling_the_others_keep_their_order(
    listed: list[str], more: list[str], moved: list[str], sibling: str, after: bool
) -> None:
    """What is shown afterwards: the list, then by id those that name the parent themselves."""
    siblings = [*listed, *sorted(more)]
    order = put_beside(listed, siblings, moved, Place(sibling, after))
    if sibling in moved or sibling not in siblings:
        assert order is None
        return
    assert order is not None
    shown = [*order, *(each for each in siblings if each not in order)]
    assert [each for each in shown if each not in moved] == [each for each in siblings if each not in moved]
    at = shown.index(sibling)
    beside = shown[at + 1 : at + 1 + len(moved)] if after else shown[at - len(moved) : at]
    assert beside == moved
    assert set(listed) <= set(order)


@pytest.mark.slow
def test_children_adopted_by_many_at_once_are_all_there(project: Project) -> None:
    """Twenty commands want children of one parent for another, and one child each."""
    count = 20
    names = [f"c{number}" for number in range(count)]
    project.task("s", kind="story", children=f"[{', '.join(names)}]")
    project.task("t", kind="story")
    for name in names:
        project.task(name)
    assert_done(at_once(project, *([["adopt", "t", name]] for name in names)))
    assert sorted(project.get("t").values["children"]) == sorted(names)  # type: ignore[type-var, arg-type]
    assert project.get("s").values["children"] == []


@pytest.mark.slow
def test_ancestors_and_children_updated_at_once_lose_nothing(project: Project) -> None:
    """Cascades, renames, adoptions, records and new children of one family, all at once."""
    project.task("e", kind="epic", children="[s, t]", state="idea")
    project.task("s", kind="story", children="[a, b]", state="idea")
    project.task("t", kind="story", state="idea")
    project.task("a", state="idea", body=BODY + "\nSee [Task:b] and [b](task-b.md).\n")
    project.task("b", state="idea")
    attempt = ["record", "a", "--status", "failed", "--tool", "t", "--duration-seconds", "1"]
    jobs = [
        *([["new", "--title", f"New {number}", "--parent", "s"]] for number in range(6)),
        *([attempt] for _ in range(6)),
        [["move", "e", "ready", "--cascade", "ready"]],
        [["rename", "b", "better"]],
        [["adopt", "t", "a"]],
        *([["update", "e", "--add", f"labels=l{number}"]] for number in range(5)),
    ]
    assert_done(at_once(project, *jobs))
    new = {f"new-{number}" for number in range(6)}
    e, s, t, a = (project.get(task_id) for task_id in "esta")
    assert (e.state, s.state, t.state, a.state) == ("ready",) * 4
    assert len(a.values["execution"]["attempts"]) == 6  # type: ignore[index, call-overload]
    assert "See [Task:better] and [b](task-better.md)." in a.body or "See [Task:better]" in a.body
    assert set(s.values["children"]) == new | {"better"}  # type: ignore[arg-type]
    assert t.values["children"] == ["a"]
    assert len(e.values["labels"]) == 5  # type: ignore[arg-type]
    codes = {finding["code"] for finding in call(project, "validate", "-o", "json").json["findings"]}
    assert not codes & {"dangling-reference", "several-parents", "duplicate-id", "wrong-directory"}


# rename


@in_states
def test_rename_changes_references_and_nothing_else(project: Project) -> None:
    family(project)
    file = project.write(project.path("b"), ODD)
    project.task("c")
    project.task("ab")
    other = project.tree()
    ok(call(project, "rename", "a", "new-a", "-o", "json"))
    expected = (
        ODD.replace("[ a,   c ]", "[ new-a,   c ]")
        .replace("  - a\n", "  - new-a\n")
        .replace("parent:   a", "parent:   new-a")
        .replace("[Task:a]", "[Task:new-a]")
        .replace("(task-a.md)", "(task-new-a.md)", 1)
        .replace("2025-11-02 task-a.md", "2025-11-02 task-new-a.md")
        .replace("./task-a.md#how", "./task-new-a.md#how")
        .replace("story-a.md", "story-new-a.md")
    )
    assert file.read_bytes().decode() == expected
    assert project.get("s").values["children"] == ["new-a", "b"]
    after = project.tree()
    for path in (project.path("e", kind="epic"), project.path("t", kind="story"), project.path("own")):
        assert after[path] == other[path]
    moved = other[project.path("a")].replace(b"id: a\n", b"id: new-a\n")
    assert after[project.path("new-a")] == moved


def test_renaming_back_gives_the_same_bytes(project: Project) -> None:
    family(project)
    before = project.tree()
    ok(call(project, "rename", "b", "zzz"))
    ok(call(project, "rename", "zzz", "b"))
    assert project.tree() == before


def test_the_past_keeps_its_names(project: Project) -> None:
    project.task("a")
    file = project.task(
        "b", state="done", commit_message='"b  [Task:a]"', completed_at="2025-11-03T00:00:00Z"
    )
    before = file.read_bytes()
    ok(call(project, "rename", "a", "c"))
    assert file.read_bytes() == before


@in_states
def test_one_of_two_files_with_an_id_is_renamed_by_its_path(project: Project) -> None:
    project.task("fix", state="idea")
    project.task("fix", state="ready")
    project.task("b", extra="depends_on: [fix]\n")
    assert call(project, "rename", "fix", "other", "-o", "json").error["code"] == "ambiguous-task"
    ok(call(project, "rename", project.path("fix", "idea"), "other"))
    assert project.get("other").state == "idea"
    assert project.get("fix").state == "ready"
    assert project.get("b").values["depends_on"] == ["fix"]


@pytest.mark.parametrize(("new", "code"), [("b", "id-taken"), ("B b", "bad-value"), ("-b", "bad-value")])
def test_rename_refuses(project: Project, new: str, code: str) -> None:
    family(project)
    before = project.tree()
    assert call(project, "rename", "-o", "json", "--", "a", new).error["code"] == code
    assert project.tree() == before


# A definition ends its line: what CommonMark makes of a link glued to its target is no link.
PIECES = """[Task:a]|[x](task-a.md)|[x](<../10-ready/task-a.md>)|a|task-a.md|\n|\r\n|```\n|é|[Task:aa]|
[x]: task-a.md\n|[x](task-a.md#a)|[x](../../task-a.md)|[x](a.md)|[x](../a.md#how)| |[x](task-%61.md)"""
WORDS = st.lists(st.sampled_from(PIECES.split("|")), max_size=12).map("".join)


@given(st.sampled_from(["tasks/10-ready/task-b.md", "tasks/b.md", "tasks/web/b.md"]), WORDS)
def test_renaming_in_a_body_is_undone_by_renaming_back(path: str, body: str) -> None:
    renamed = rename_in_body(path, body, "a", "qq")
    assert rename_in_body(path, renamed, "qq", "a") == body
    front = "---\nid: b\ntitle: B\nstate: ready\n---\n"
    task = parse_task(path, (front + renamed).encode())
    named = {reference.target for reference in find_references(task, {"a"})}
    assert not named or "%61" in body


def test_rename_does_not_bring_a_circle_to_life(project: Project) -> None:
    """What names nothing now names the task then."""
    project.task("a", extra="depends_on: [b]\n")
    project.task("b", extra="depends_on: [ghost]\n")
    before = project.tree()
    error = call(project, "rename", "a", "ghost", "-o", "json").error
    assert (error["details"]["finding"], project.tree()) == ("dependency-cycle", before)


# delete and cleanup


@in_states
def test_delete_names_every_place_that_names_it(project: Project) -> None:
    family(project)
    project.task("z", body=BODY + "\nSee [Task:b], [it](task-b.md).\n", parent="s")
    before = project.tree()
    done = call(project, "delete", "b", "-o", "json")
    assert (done.code, project.tree()) == (1, before)
    places = [(each["path"], each["line"]) for each in done.error["details"]["references"]]
    z = project.get("z").data.decode().splitlines().index("See [Task:b], [it](task-b.md).") + 1
    path = "tasks/10-ready/"
    assert places == [(f"{path}task-a.md", 7), (f"{path}story-s.md", 6), *[(f"{path}task-z.md", z)] * 2]


def test_delete_and_what_brings_it_back(project: Project) -> None:
    for name in ("same", "older", "none"):
        project.task(name, body=TICKED + INSIGHTS if name == "same" else BODY)
    project.git("add", project.path("same"), project.path("older"))
    project.git("commit", "-qm", "first")
    ok(call(project, "update", "older", "--meta", "size=xl"))
    before = project.tree()
    answer = ok(call(project, "delete", "same", "older", "none", "--insights", "-o", "json")).json
    assert project.tree() == {}
    assert {each["id"]: each["git"] for each in answer["removed"]} == {
        name: name for name in ("same", "older", "none")
    }
    assert answer["insights"] == {"same": INSIGHTS.partition("Insights\n\n")[2].rstrip()}
    assert project.git("diff", "--cached", "--name-only") == ""
    ok(call(project, "undo", answer["run_id"]))
    assert project.tree() == before


def test_delete_names_the_children_that_stay(project: Project) -> None:
    family(project)
    out = ok(call(project, "delete", "e", "--dry-run")).out
    assert "Below no task now: s." in out
    removed = ok(call(project, "delete", "e", "-o", "json")).json["removed"]
    assert [each["children"] for each in removed] == [["s"]]
    removed = ok(call(project, "delete", "s", "a", "b", "own", "-o", "json")).json["removed"]
    assert [each["children"] for each in removed] == [[]] * 4


@pytest.mark.parametrize(
    ("parent", "kind", "fitting"),
    [
        ("a", "task", ("--parent", "s")),
        ("s", "story", ("--kind", "task")),
        ("s", "epic", ("--kind", "task")),
        ("e", "epic", ("--kind", "story")),
    ],
)
def test_a_refusal_says_what_would_fit(
    project: Project, parent: str, kind: str, fitting: tuple[str, str]
) -> None:
    family(project)
    line = ("new", "New one", "--parent", parent, "--kind", kind)
    done = call(project, *line)
    assert (done.code, f"`tasks new … {' '.join(fitting)}`" in done.err) == (1, True)
    ok(call(project, *line, *fitting))


def test_the_kind_of_a_task_that_is_there_is_changed_by_the_command_that_is_named(project: Project) -> None:
    family(project)
    done = call(project, "update", "a", "--kind", "story")
    assert (done.code, "`tasks update a --kind task` makes it fit" in done.err) == (1, True)


def test_show_names_all_above_a_child(project: Project) -> None:
    family(project)
    for child, above in (("a", "e > s"), ("own", "e > s"), ("s", "e")):
        assert f"  parent            {above}\n" in ok(call(project, "show", child)).out
    assert "parent" not in ok(call(project, "show", "e")).out


def test_delete_outside_git(project: Project) -> None:
    project.task("fix")
    subprocess.run(["rm", "-r", str(project.root / ".git")], check=True)
    out = ok(call(project, "delete", "fix", env={"HOME": ""})).out
    assert out == f"Deleted fix in {project.path()}; git has no copy at this path.\n"


def test_references_among_what_is_deleted_are_no_hindrance(project: Project) -> None:
    family(project)
    ok(call(project, "delete", "s", "a", "b", "own", "e"))
    assert [task.id for task in project.store.tasks()] == ["t"]


@in_states
def test_delete_does_not_follow_links(project: Project) -> None:
    target = project.write("notes/task-fix.md", f"---\nid: fix\ntitle: F\nstate: ready\n---\n{BODY}")
    (project.root / project.path()).symlink_to("../../notes/task-fix.md")
    done = call(project, "delete", "fix", "-o", "json")
    assert (done.code, done.error["code"]) == (1, "edit-unsafe")
    assert target.exists()


def test_cleanup_takes_what_is_old_closed_and_unnamed(project: Project) -> None:
    old, new = "'2025-01-02T00:00:00Z'", "'2025-11-01T00:00:00Z'"
    project.task("old", state="done", completed_at=old)
    project.task("new", state="done", completed_at=new)
    project.task("touched", state="done", completed_at=old, updated_at=new)
    project.task("canceled", state="canceled", updated_at=old)
    project.task("ageless", state="canceled")
    project.task("open", updated_at=old, extra="depends_on: [named]\n")
    project.task("named", state="done", completed_at=old, extra="depends_on: [deep]\n")
    project.task("deep", state="done", completed_at=old)
    removals, kept = clean_up(store(project), NOON - timedelta(days=30), dry_run=True).made
    assert [each.task.id for each in removals] == ["canceled", "old"]
    assert [each.task.id for each in kept] == ["deep", "named"]
    done = ok(call(project, "cleanup", "--older-than", "2025-06-01", "-o", "json"))
    assert [each["id"] for each in done.json["removed"]] == ["canceled", "old"]
    assert {each["id"]: each["references"][0]["path"] for each in done.json["kept"]} == {
        "named": project.path("open"),
        "deep": project.path("named", "done", completed_at="2025-01-02T12:00:00Z"),
    }
    assert done.err.count('"code": "referenced"') == 2
    left = {task.id for task in project.store.tasks()}
    assert left == {"new", "touched", "ageless", "open", "named", "deep"}
    again = ok(call(project, "cleanup", "--older-than", "2025-06-01", "-o", "json")).json
    assert (again["changed"], again["reason"], again["task"]) == (False, "unchanged", None)


# All or nothing

COMMANDS: dict[str, Callable[[Project], object]] = {
    "adopt": lambda project: adopt(store(project), "t", ["a", "own"]),
    "rename": lambda project: rename(store(project), "b", "better"),
    "delete": lambda project: delete(store(project), ["e", "s", "a", "b", "own"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_every_step(project: Project, effort: Effort, name: str) -> None:
    back, whole = kill_everywhere(
        project,
        effort,
        lambda: family(project),
        lambda: COMMANDS[name](project),
        lambda _: call(project, "list"),
    )
    assert back > 10
    assert whole > 0


@pytest.mark.parametrize(
    "line",
    [
        "adopt t a own",
        "rename b better",
        "delete e s a b own",
        "move e canceled --cascade canceled",
        "cleanup --older-than 0s",
    ],
)
def test_a_dry_run_is_the_change_that_is_made(project: Project, line: str) -> None:
    family(project)
    if line.startswith("cleanup"):
        for name in ("old-a", "old-b"):
            project.task(name, state="done", completed_at="2025-01-02T00:00:00Z")
    before = project.tree()
    shown = ok(call(project, *line.split(), "--dry-run", "-o", "json")).json
    Draft202012Validator(read_schema("mutation")).validate(shown)
    assert project.tree() == before
    ok(call(project, *line.split()))
    after = project.tree()
    ok(call(project, "undo"))
    assert project.tree() == before
    project.write("change.diff", shown["diff"])
    project.git("apply", "change.diff")
    (project.root / "change.diff").unlink()
    assert project.tree() == after


# tree


def test_tree(project: Project) -> None:
    family(project)
    project.task("a", extra="children: [gone]\n")
    answer = ok(call(project, "tree", "-o", "json")).json
    Draft202012Validator(read_schema("tree")).validate(answer)
    (e, t) = answer
    assert [(e["id"], e["ancestors"]), (t["id"], t["children"])] == [("e", []), ("t", [])]
    (s,) = e["children"]
    assert [(each["id"], each["parent"]) for each in s["children"]] == [("a", "s"), ("b", "s"), ("own", "s")]
    assert s["children"][0]["missing"] == ["gone"]
    (only,) = ok(call(project, "tree", "s", "-o", "json")).json
    assert (only["id"], only["ancestors"], only["parent"]) == ("s", ["e"], "e")
    assert ok(call(project, "tree", "-o", "plain")).out.split() == ["e", "s", "a", "b", "own", "t"]
    assert call(project, "tree", "nobody").code == 3


PARENTS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))
CHILDREN = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=3))


@given(PARENTS, CHILDREN)
def test_every_task_stands_in_the_tree_once(parents: dict[str, str], children: dict[str, list[str]]) -> None:
    """Whatever circles there are."""
    tasks = []
    for name in sorted({*parents, *children}):
        front = f"id: {name}\ntitle: T\nstate: idea\nchildren: {json.dumps(children.get(name, []))}\n"
        front += f"parent: {parents[name]}\n" if name in parents else ""
        tasks.append(parse_task(f"tasks/00-idea/task-{name}.md", f"---\n{front}---\n".encode()))
    tops = tree_object(tasks)
    found: list[str] = []
    waiting = list(tops)
    while waiting:
        node = waiting.pop()
        found.append(node["id"])
        waiting += node["children"]
    assert sorted(found) == [task.id for task in tasks]


def test_a_tree_of_what_is_asked_for(project: Project) -> None:
    project.task("e", kind="epic", children="[s, t]")
    project.task("s", kind="story", children="[a, b]", priority="high")
    project.task("t", kind="story", state="done")
    project.task("a", state="done")
    project.task("b", labels="[ui]", blocked="no key")
    project.task("c", state="idea", labels="[ui]")
    for argv, plain in [
        (["--open"], "c e s b"),
        (["--states", "idea,done"], "c a t"),
        (["--label", "ui", "--unblocked"], "c"),
        (["--priority", "high", "--kind", "story"], "s"),
        (["--search", "title of a"], "a"),
        (["e", "--open", "--blocked"], "b"),
        (["--ready-only"], ""),
        (["--label", "none"], ""),
    ]:
        assert ok(call(project, "tree", *argv, "-o", "plain")).out == "".join(
            f"{name}\n" for name in plain.split()
        )
    shown = ok(call(project, "tree", "--blocked"))
    assert shown.out.splitlines() == [
        "e: Title of e (epic, ready, 1 of 2 closed)",
        "  s: Title of s (story, ready, 1 of 2 closed)",
        "    b: Title of b (task, ready)",
        "1 task matches; what else is shown is above it.",
    ]
    answer = ok(call(project, "tree", "--blocked", "-o", "json")).json
    Draft202012Validator(read_schema("tree")).validate(answer)
    assert "No task has the label “uii”. Did you mean ui?" in call(project, "tree", "--label", "uii").err


@pytest.mark.slow
def test_a_chain_of_any_length_is_shown(project: Project) -> None:
    names = [f"n{number}" for number in range(3000)]
    for above, name in itertools.pairwise(names):
        project.task(name, parent=above)
    project.task(names[0])
    answer = ok(call(project, "tree", "-o", "json")).json
    assert answer[0]["id"] == "n0"
    assert sorted(ok(call(project, "tree", "-o", "plain")).out.split()) == sorted(names)


def test_new_prints_only_the_new_id_in_plain(project: Project) -> None:
    """Shells keep it in a variable; the parent has changed, too."""
    project.task("s", kind="story")
    done = call(project, "new", "--title", "Mend", "--parent", "s", "--output", "plain")
    assert (done.code, done.out) == (0, "mend\n")
    assert project.get("s").values["children"] == ["mend"]


def test_a_change_of_id_is_refused_with_the_command_that_makes_it(project: Project) -> None:
    project.task("fix")
    for done in (
        call(project, "update", "fix", "--meta", "id=mend"),
        call(project, "metadata", "set", "fix", stdin='{"id": "mend"}'),
    ):
        assert (done.code, "`tasks rename fix NEW-ID`" in done.err) == (2, True)


# What can't be read is named by whoever has looked at all


@pytest.mark.parametrize(
    "line",
    [
        ("rename", "b", "better"),
        ("merge", "b"),
        ("delete", "own"),
        ("cleanup", "--older-than", "1d"),
        ("move", "s", "ready", "--cascade", "ready"),
    ],
    ids=lambda line: line[0],
)
def test_unreadable_files_are_named(project: Project, line: tuple[str, ...]) -> None:
    project.task("b")
    project.task("own")
    project.task("s", kind="story", state="idea")
    project.write("tasks/10-ready/task-odd.md", "---\nid: odd\ntitle: 'O\n---\n")
    done = call(project, *line)
    assert done.code == 0
    assert len([text for text in done.err.splitlines() if "task-odd.md" in text]) == 1


BROKEN = "---\nid: odd\ntitle: 'O\nstate: ready\n{front}---\n{body}"


@pytest.mark.parametrize(
    ("front", "body", "line"),
    [
        ("depends_on: [b, own]\n", "", 5),
        ("blocks:\n  - x-own\n  - own\n", "", 7),
        ("parent: own # it is\n", "", 5),
        ("children: ['own',b]\n", "", 5),
        ("", "See [Task:own].\n", 6),
        ("", "[it](../10-ready/task-own.md)\n", 6),
        ("<<<<<<< HEAD\nparent: own\n=======\n>>>>>>> x\n", "", 6),
    ],
)
def test_what_cannot_be_read_keeps_what_it_may_name(
    project: Project, front: str, body: str, line: int
) -> None:
    old = {"state": "canceled", "updated_at": "2020-01-01T00:00:00Z"}
    project.task("own", **old)
    project.task("free", **old)
    project.write("tasks/10-ready/task-odd.md", BROKEN.format(front=front, body=body))
    before = project.tree()
    refused = call(project, "delete", "own", "-o", "json")
    assert (refused.code, refused.error["code"], project.tree()) == (1, "referenced", before)
    assert (refused.error["path"], refused.error["line"]) == ("tasks/10-ready/task-odd.md", line)
    assert f"tasks/10-ready/task-odd.md:{line} (a file that can't be read" in refused.error["message"]
    done = call(project, "cleanup", "--older-than", "90d", "-o", "json")
    assert ([each["id"] for each in done.json["kept"]], done.code) == (["own"], 0)
    assert "own stays: tasks/10-ready/task-odd.md" in done.err
    assert not (project.root / "tasks/40-canceled/task-free.md").exists()


@pytest.mark.parametrize("text", ["title: own goal\n", "labels: [my-own, own-x]\n", "x: y own\n"])
def test_other_words_in_what_cannot_be_read_keep_nothing(project: Project, text: str) -> None:
    project.task("own")
    project.write("tasks/10-ready/task-odd.md", BROKEN.format(front=text, body="My own.\n"))
    done = call(project, "delete", "own")
    assert done.code == 0
    assert "task-odd.md" in done.err
