"""Labels, tracks and milestones: tasks.toml reconciled with what tasks use, by `init` and `doctor --fix`."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.doctor_report import look, results
from support.event_log import events_of
from support.in_process import call
from support.layouts import in_states
from support.project import Done, Project
from support.simultaneous import assert_done, at_once
from taskfiles.operations.declare import prepare
from taskfiles.operations.declared import FAMILIES
from taskfiles.store import store as store_module
from taskfiles.store.disk import temporary_path
from taskfiles.task.names import DIRECTORIES

CONFIG = "tasks/tasks.toml"
FULL = """\
# Ours.
format = 1 # one
layout = "states"

[labels.bug]   # what hurts
description = "It hurts"
[labels."needs review"]

# Where it goes.
[tracks.infra]
title = 'Infrastructure'

[milestones.v1]
due = 2026-12-01
x_own = nan
"""


def outcomes(project: Project, **options: Any) -> list[tuple[str, str, str | None]]:
    steps = prepare(project.store, **options).steps
    return [(step.action, step.outcome, step.reason) for step in steps]


def rows(done: Done, status: str = "wrong") -> list[dict[str, Any]]:
    return results(done, "declarations", status)


def config(project: Project) -> dict[str, Any]:
    return tomllib.loads((project.root / CONFIG).read_text())


@pytest.fixture
def used(project: Project) -> Project:
    """Tasks that use more than is declared."""
    project.write(CONFIG, FULL)
    project.task("a", labels="[bug, perf]", track="infra", milestone="v1")
    project.task("b", labels="[docs, '1.0 blocker', perf]", track="web", milestone="v2")
    return project


KEY = 'layout = "states"\n'
WRITTEN = """\
# Ours.
format = 1 # one
layout = "states"

[labels.bug]   # what hurts
description = "It hurts"
[labels."needs review"]
[labels."1.0 blocker"]
[labels.docs]
[labels.perf]

# Where it goes.
[tracks.infra]
title = 'Infrastructure'

[tracks.web]

[milestones.v1]
due = 2026-12-01
x_own = nan

[milestones.v2]
"""


@pytest.mark.parametrize("command", [["doctor", "--fix"], ["init"]])
def test_what_tasks_use_is_declared_and_tracks_get_epics(used: Project, command: list[str]) -> None:
    (used.root / "tasks" / "tasks.toml").chmod(0o640)
    done = call(used, *command)
    assert done.code == 0, done.err
    assert (used.root / CONFIG).read_text() == WRITTEN
    assert (used.root / CONFIG).stat().st_mode & 0o777 == 0o640
    infra, web = used.get("infra"), used.get("web")
    assert (infra.title, infra.kind, infra.values["track"]) == ("Infrastructure", "epic", "infra")
    assert (web.title, web.path) == ("web", "tasks/00-idea/epic-web.md")
    assert not [
        f for f in call(used, "validate", "--output", "json").json["findings"] if f["severity"] == "error"
    ]
    tree = used.tree()
    again = call(used, *command)
    assert again.code == 0
    assert used.tree() == tree
    assert "Wrote" not in again.out
    assert outcomes(used)[3:] == [
        ("repo.prepare.labels.reconcile", "success", "unchanged"),
        ("repo.prepare.milestones.reconcile", "success", "unchanged"),
        ("repo.prepare.complete", "success", "unchanged"),
    ]


def test_init_answers_what_it_wrote_and_the_dry_run_says_the_same(used: Project) -> None:
    call(used, "init")  # the state directories
    used.write(CONFIG, FULL)
    for name in ("infra", "web"):
        (used.root / used.get(name).path).unlink()
    tree = used.tree()
    dry = call(used, "init", "--dry-run", "--output", "json").json
    assert used.tree() == tree
    made = call(used, "init", "--output", "json").json
    fields = [(entry["path"], entry["field"]) for entry in made["changes_made"]]
    assert [(entry["path"], entry["field"]) for entry in dry["changes_made"]] == fields
    assert (CONFIG, "labels.perf") in fields
    assert ("tasks/00-idea/epic-infra.md", "title") in fields
    assert (made["outcome"], made["reason"], made["changed"]) == ("success", None, True)
    assert made["applied_rules"] == ["declare-labels", "declare-milestones", "declare-tracks", "track-epic"]
    assert dry["dry_run"]
    assert call(used, "init", "--output", "json").json["reason"] == "unchanged"


def test_doctor_tells_what_is_missing_and_writes_nothing(used: Project) -> None:
    tree = used.tree()
    done = look(used)
    assert done.code == 1
    assert used.tree() == tree
    told = [row["message"] for row in rows(done)]
    assert told == [
        "Tasks use labels that are not declared: 1.0 blocker, docs, perf.",
        "Tasks use tracks that are not declared: web.",
        "Tasks use milestones that are not declared: v2.",
        "The track infra has no epic.",
        "The track web has no epic.",
    ]
    assert all("tasks doctor --fix" in row["hint"] and row["fixable"] for row in rows(done))
    fixed = look(used, "--fix")
    assert (fixed.code, len(rows(fixed, "fixed"))) == (0, fixed.json["summary"]["fixed"])
    assert rows(look(used), "ok")


@in_states
@pytest.mark.parametrize("text", [None, KEY, f"format = 1\n{KEY}", f"{KEY}[lock]\ntimeout = '5s'\n"])
def test_without_declarations_names_are_free(project: Project, text: str | None) -> None:
    if text is not None:
        project.write(CONFIG, text)
    project.task("a", labels="[perf]", track="Any track", milestone="v1")
    tree = project.tree()
    assert look(project, "--fix").code == 0
    assert project.tree() == tree
    load = ("config.load", "success", "defaults" if text is None else None)
    assert outcomes(project)[0] == load
    assert call(project, "init").code == 0
    made = project.tree()
    assert {path: made[path] for path in tree} == tree


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_reconciled_where_it_is_declared_be_it_empty(project: Project, family: str) -> None:
    project.write(CONFIG, f"[{family}]\n")
    project.task("a", labels="[one]", track="one", milestone="one")
    assert look(project, "--fix").code == 0
    assert config(project) == {family: {"one": {}}}
    assert (project.root / "tasks/00-idea/epic-one.md").exists() == (family == "tracks")


@pytest.mark.parametrize(
    ("text", "action", "reason"),
    [
        ("[labels\n", "config.validate", "config-syntax"),
        ("[labels.x]\ndescription = 5\n", "config.validate", "config-value"),
        ("format = 2\n[labels]\n", "config.validate", "newer-format"),
        ('[labels]\n[tracks."Phase 2"]\n', "config.validate.tracks", "invalid-id"),
    ],
)
def test_a_wrong_configuration_blocks_everything(used: Project, text: str, action: str, reason: str) -> None:
    used.write(CONFIG, text)
    tree = used.tree()
    for options in ([], ["--agents", "--profile", "prod"], ["--merge-driver", "--dry-run"]):
        done = call(used, "init", *options, "--output", "json")
        assert (done.code, done.out) == (5, "")
        assert done.error["code"] in {"bad-config", "newer-format"}
        assert used.tree() == tree
    assert not (used.root / "tasks" / "00-idea").exists()
    assert call(used, "doctor", "--fix").code == 5
    assert used.tree() == tree
    *before, last, complete = outcomes(used)
    assert all(outcome == "success" for _, outcome, _ in before)
    assert last == (action, "blocked", reason)
    assert complete == ("repo.prepare.complete", "blocked", reason)


def test_an_invalid_track_is_a_finding_with_its_place(project: Project) -> None:
    project.write(CONFIG, 'format = 1\n[tracks.a]\n[tracks."Phase 2"]\ntitle = "x"\n')
    (found,) = call(project, "validate", "--output", "json").json["findings"]
    assert (found["code"], found["line"], found["severity"]) == ("invalid-id", 3, "error")
    assert call(project, "new", "--title", "All else works").code == 0


@in_states
def test_no_project_and_no_readable_configuration(project: Project, tmp_path: Path) -> None:
    done = call(project, "doctor", "--fix", "--root", "nowhere", "--output", "json")
    assert done.code == 5
    link = project.root / CONFIG
    (tmp_path / "outside.toml").write_text("[labels]\n")
    link.symlink_to(tmp_path / "outside.toml")
    project.task("a", labels="[x]")
    assert outcomes(project)[0] == ("config.load", "blocked", "outside-link")
    assert call(project, "init").code == 5
    assert call(project, "doctor", "--fix").code == 5
    assert (tmp_path / "outside.toml").read_text() == "[labels]\n"
    link.unlink()
    link.symlink_to("nowhere.toml")
    assert outcomes(project)[0][:2] == ("config.load", "blocked")
    assert call(project, "init").code == 5


@in_states
def test_a_link_within_the_project_is_written_through_and_stays(project: Project) -> None:
    project.write("shared.toml", "[labels]\n")
    (project.root / CONFIG).symlink_to("../shared.toml")
    project.task("a", labels="[x]")
    assert look(project, "--fix").code == 0
    assert (project.root / CONFIG).is_symlink()
    assert (project.root / "shared.toml").read_text() == "[labels]\n[labels.x]\n"


def test_names_that_no_table_can_have_are_left_and_told(project: Project) -> None:
    project.write(CONFIG, "[labels]\n[tracks]\n")
    project.task("a", labels='["a\\nb", ok]', track="Phase 2")
    done = look(project, "--fix")
    assert done.code == 1
    assert config(project) == {"labels": {"ok": {}}, "tracks": {}}
    assert [row["fixable"] for row in rows(done)] == [False, False]
    assert outcomes(project)[3:] == [
        ("repo.prepare.labels.reconcile", "partial", "not-reconciled"),
        ("repo.prepare.milestones.reconcile", "partial", "not-reconciled"),
        ("repo.prepare.complete", "partial", "not-reconciled"),
    ]
    init = call(project, "init", "--output", "json")
    assert (init.code, init.json["outcome"], init.json["reason"]) == (1, "partial", "not-reconciled")
    assert "Phase 2" in init.err


def test_an_inline_table_is_left_and_told(project: Project) -> None:
    project.write(CONFIG, "labels = {bug = {}}\n")
    project.task("a", labels="[bug, x]")
    tree = project.tree()
    assert outcomes(project)[3][:2] == ("repo.prepare.labels.reconcile", "partial")
    assert "inline table" in look(project, "--fix").out
    assert project.tree() == tree


def test_a_file_that_would_become_too_large_is_left(project: Project) -> None:
    filler = "# " + "x" * (store_module.MAX_CONFIG - 20) + "\n"
    project.write(CONFIG, f"[labels]\n{filler}")
    project.task("a", labels="[a-longer-label-than-fits]")
    tree = project.tree()
    assert look(project, "--fix").code == 1
    assert project.tree() == tree


def blocked_write(project: Project) -> None:
    """Put something in the way of the temporary file that tasks.toml is written through."""
    (Path(temporary_path(project.root / CONFIG)) / "in-the-way").mkdir(parents=True)


def test_a_write_that_the_system_refuses_is_a_failure(project: Project) -> None:
    project.write(CONFIG, "[labels]\n[milestones]\n")
    project.task("a", labels="[x]")
    blocked_write(project)
    tree = project.tree()
    assert outcomes(project)[3:] == [
        ("repo.prepare.labels.reconcile", "failed", "io"),
        ("repo.prepare.milestones.reconcile", "success", "unchanged"),
        ("repo.prepare.complete", "failed", "io"),
    ]
    assert look(project, "--fix").code == 1
    assert project.tree() == tree
    project.task("b", milestone="v1")
    assert outcomes(project)[4][:2] == ("repo.prepare.milestones.reconcile", "partial")


def inline(project: Project) -> None:
    project.write(CONFIG, "labels = {bug = {}}\n")
    project.task("a", labels="[bug, x]")


def inline_milestones(project: Project) -> None:
    project.write(CONFIG, "milestones = {}\n")
    project.task("a", milestone="v1")


def unwritable_labels(project: Project) -> None:
    project.write(CONFIG, "[labels]\n")
    project.task("a", labels="[x]")
    blocked_write(project)


def unwritable_milestones(project: Project) -> None:
    project.write(CONFIG, "[milestones]\n")
    project.task("a", milestone="v1")
    blocked_write(project)


def unwritable_and_undecided(project: Project) -> None:
    project.write(CONFIG, "[labels]\n[milestones]\n")
    project.task("a", labels='["a\\nb"]', milestone="v1")
    blocked_write(project)


def undecided_and_done(project: Project) -> None:
    project.write(CONFIG, "[labels]\n[milestones]\n")
    project.task("a", labels='["a\\nb"]', milestone="v1")


def wrong_settings(project: Project) -> None:
    project.write(CONFIG, "format = 'one'\n")


ENDS = {
    inline: ("partial", "not-reconciled"),
    inline_milestones: ("partial", "not-reconciled"),
    unwritable_labels: ("failed", "io"),
    unwritable_milestones: ("failed", "io"),
    unwritable_and_undecided: ("failed", "io"),
    undecided_and_done: ("partial", "not-reconciled"),
    wrong_settings: ("blocked", "config-value"),
}


@pytest.mark.parametrize("arrange", ENDS, ids=lambda arrange: arrange.__name__)
@pytest.mark.parametrize("command", [("init",), ("doctor", "--fix")], ids=lambda command: command[0])
def test_init_and_doctor_say_the_same_of_the_same_files(
    project: Project, arrange: Callable[[Project], None], command: tuple[str, ...]
) -> None:
    for directory in DIRECTORIES.values():  # that init has nothing else to do
        (project.root / "tasks" / directory).mkdir(exist_ok=True)
    arrange(project)
    assert call(project, *command).code != 0
    ended = [
        event["data"] for event in events_of(project) if event["data"]["action"] == "repo.prepare.complete"
    ]
    assert [(each["outcome"], each["reason"]) for each in ended] == [ENDS[arrange]]


def test_init_that_can_write_nothing_gives_the_error(project: Project) -> None:
    call(project, "init")
    project.write(CONFIG, "[labels]\n")
    project.task("a", labels="[x]")
    blocked_write(project)
    tree = project.tree()
    done = call(project, "init", "--output", "json")
    assert (done.code, done.out, done.error["code"]) == (6, "", "io")
    assert project.tree() == tree


def test_a_lock_that_is_not_had_blocks(project: Project) -> None:
    project.write(CONFIG, "[labels]\n")
    project.task("a", labels="[x]")
    tree = project.tree()
    with project.store.locks.store():
        done = call(project, "doctor", "--fix", "--lock-timeout", "0", "--output", "json")
        init = call(project, "init", "--lock-timeout", "0", "--output", "json")
    assert (done.code, init.code, init.error["code"]) == (4, 4, "lock-timeout")
    assert project.tree() == tree


# Epics of tracks


def test_an_epic_gets_its_tracks_title_and_closed_or_doubtful_ones_keep_theirs(project: Project) -> None:
    titled = ("own", "named", "closed", "several", "both")
    tables = "".join(f'[tracks.{name}]\ntitle = "New"\n' for name in titled)
    project.write(CONFIG, f"{tables}[tracks.untitled]\n")
    project.task("own", kind="epic")
    project.task("x", kind="epic", track="named")
    project.task("y", kind="epic", track="closed", state="canceled")
    project.task("z1", kind="epic", track="several")
    project.task("z2", kind="epic", track="several")
    project.task("u", kind="epic", track="untitled")
    project.task("both", kind="epic")
    project.task("second", kind="epic", track="both")
    kept = {task.id: task.data for task in project.store.tasks()}
    (row, *_) = rows(look(project))
    assert row["path"] == project.get("both").path
    assert "“Title of both”" in row["message"]
    assert look(project, "--fix").code == 0
    changed = {task.id for task in project.store.tasks() if task.data != kept[task.id]}
    assert changed == {"own", "x", "both"}
    assert {project.get(task_id).title for task_id in changed} == {"New"}


def test_an_epic_is_never_created_where_a_file_that_cannot_be_read_may_be_it(project: Project) -> None:
    project.write(CONFIG, "[tracks.infra]\n")
    broken = project.write("tasks/10-ready/epic-infra.md", "---\nid: infra\ntitle: 'I\n---\n")
    tree = project.tree()
    assert look(project, "--fix").code == 1
    assert outcomes(project)[4][:2] == ("repo.prepare.milestones.reconcile", "partial")
    assert project.tree() == tree
    broken.unlink()
    assert look(project, "--fix").code == 0
    assert project.get("infra").kind == "epic"


def test_an_epic_gets_another_id_where_the_tracks_is_taken(project: Project) -> None:
    long = "a-track-whose-name-is-longer-than-ids-are"
    project.write(CONFIG, f"[tracks.infra]\ntitle = 'Infra works'\n[tracks.{long}]\n")
    project.task("infra", kind="story")
    assert look(project, "--fix").code == 0
    epics = {task.values["track"]: task.id for task in project.store.tasks() if task.kind == "epic"}
    assert epics == {"infra": "infra-works", long: "track-whose-name"}
    tree = project.tree()
    assert look(project, "--fix").code == 0
    assert project.tree() == tree


def test_a_claimed_epic_keeps_its_title_and_all_else_is_done(project: Project) -> None:
    project.write(CONFIG, "[labels]\n[tracks.infra]\ntitle = 'New'\n")
    project.task("infra", kind="epic", labels="[x]")
    assert call(project, "pickup", "infra", "--by", "ada").code == 0
    before = project.get("infra").data
    steps = prepare(project.store).steps
    assert [(step.outcome, step.reason) for step in steps[3:]] == [
        ("success", None),
        ("partial", "claimed"),
        ("partial", "claimed"),
    ]
    assert project.get("infra").data == before
    assert config(project)["labels"] == {"x": {}}


def test_wrong_values_in_tasks_name_nothing(project: Project) -> None:
    project.write(CONFIG, "[labels]\n[tracks]\n[milestones]\n")
    project.task("a", labels="[5, '', null]", track="7", milestone="' '", kind="epic", state="[x]")
    project.task("b", labels="x", track="{a: b}", milestone="[c]", kind="[epic]", state="x")
    tree = project.tree()
    assert outcomes(project)[-1] == ("repo.prepare.complete", "success", "unchanged")
    assert project.tree() == tree


# Many at once


def test_a_hand_edit_meanwhile_is_kept(used: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is saved by somebody else right before it is replaced: all is made again on the new text."""
    file, real, edits = used.root / CONFIG, os.fsync, ["# By hand.\n", "[labels.perf]\n# Mine.\n"]

    def fsync(descriptor: int) -> None:
        real(descriptor)
        if edits:
            file.write_text(file.read_text() + edits.pop())

    monkeypatch.setattr(os, "fsync", fsync)
    assert prepare(used.store).summary.outcome == "success"
    assert edits == []
    text = file.read_text()
    assert "# By hand.\n" in text
    assert "[labels.perf]\n# Mine.\n" in text
    assert config(used)["labels"].keys() == {"bug", "needs review", "1.0 blocker", "docs", "perf"}


def test_a_hand_edit_that_breaks_the_file_meanwhile_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(CONFIG, "[labels]\n")
    project.task("a", labels="[x]")
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        (project.root / CONFIG).write_text("[labels\n")

    monkeypatch.setattr(os, "fsync", fsync)
    assert [step.outcome for step in prepare(project.store).steps[3:]] == ["failed", "partial", "failed"]
    assert (project.root / CONFIG).read_text() == "[labels\n"


OPTIONS = [(), ("--agents",), ("--merge-driver",), ("--profile", "prod"), ("--telemetry", "local")]


@pytest.mark.slow
@pytest.mark.parametrize("has_project", [True, False])
def test_eight_at_once_do_it_once(project: Project, has_project: bool) -> None:
    commands = [["init", *OPTIONS[number % len(OPTIONS)]] for number in range(8)]
    if has_project:
        project.write(CONFIG, FULL)
        for number in range(20):
            project.task(f"t{number}", labels=f"[l{number}, shared]", track=f"track{number % 3}")
        commands[6:] = [["doctor", "--fix"]] * 2
    else:
        shutil.rmtree(project.root / "tasks")
    assert_done(at_once(project, *([command] for command in commands)))
    if has_project:
        found = config(project)
        assert found["labels"].keys() == {"bug", "needs review", "shared", *(f"l{n}" for n in range(20))}
        assert found["tracks"]["infra"] == {"title": "Infrastructure"}
        epics = [task.id for task in project.store.tasks() if task.kind == "epic"]
        assert epics == ["infra", "track0", "track1", "track2"]
    assert (project.root / "AGENTS.md").read_text().count("tasks:begin") == 1
    assert (project.root / ".gitattributes").read_text().count("merge=tasks") == 1
    assert not list(project.root.rglob(".tasks-*"))
    tree = project.tree()
    for command in commands:
        assert call(project, *command).code == 0
    assert project.tree() == tree


@pytest.mark.slow
@given(
    runs=st.lists(st.lists(st.sampled_from(OPTIONS), max_size=3, unique=True), min_size=1, max_size=3),
    text=st.sampled_from([None, "", FULL, "[tracks.a]\r\ntitle = 'A'\r\n", "[labels]"]),
)
@settings(max_examples=25)
def test_init_with_any_options_in_any_order_destroys_nothing(
    runs: list[list[tuple[str, ...]]], text: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = Project(tmp_path_factory.mktemp("any") / "repo")
    project.task("t", labels="[one, two]", track="a", milestone="v9")
    project.git("init", "-q", "-b", "main")
    if text is not None:
        project.write(CONFIG, text)
    before = project.tree()
    given_lines = before.pop(CONFIG, b"").splitlines()
    after: dict[str, bytes] = {}
    for run in runs:
        assert call(project, "init", *(word for option in run for word in option)).code == 0
        tree = project.tree()
        assert tree.items() >= {**before, **after}.items()
        after = tree
    lines = after[CONFIG].splitlines()
    assert [line for line in lines if line in given_lines and line] == [line for line in given_lines if line]
    tables = [line for line in lines if line.startswith(b"[")]
    assert len(tables) == len(set(tables))
