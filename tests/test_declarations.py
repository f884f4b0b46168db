"""Labels, tracks and milestones: tasks.toml reconciled with what tasks use, by `init` and `doctor --fix`."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocess import call
from project import Done, Project
from taskfiles import store as store_module
from taskfiles.config import parse_config
from taskfiles.declarations import FAMILIES, Undeclarable, declare
from taskfiles.preparation import find_refusal, prepare

CONFIG = "tasks/tasks.toml"
FULL = """\
# Ours.
format = 1 # one

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


def look(project: Project, *options: str) -> Done:
    return call(project, "doctor", *options, "--output", "json")


def rows(done: Done, status: str = "wrong") -> list[dict[str, Any]]:
    found = [row for row in done.json["results"] if row["check"] == "declarations"]
    return [row for row in found if row["status"] == status]


def config(project: Project) -> dict[str, Any]:
    return tomllib.loads((project.root / CONFIG).read_text())


@pytest.fixture
def used(project: Project) -> Project:
    """Tasks that use more than is declared."""
    project.write(CONFIG, FULL)
    project.task("a", labels="[bug, perf]", track="infra", milestone="v1")
    project.task("b", labels="[docs, '1.0 blocker', perf]", track="web", milestone="v2")
    return project


WRITTEN = """\
# Ours.
format = 1 # one

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
    assert not [f for f in call(used, "validate", "--output", "json").json["findings"] if f["severity"] == "error"]
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
    mended = look(used, "--fix")
    assert (mended.code, len(rows(mended, "fixed"))) == (0, mended.json["summary"]["fixed"])
    assert rows(look(used), "ok")


@pytest.mark.parametrize("text", [None, "", "format = 1\n", "[lock]\ntimeout = '5s'\n"])
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
def test_a_wrong_configuration_blocks_everything(
    used: Project, text: str, action: str, reason: str
) -> None:
    used.write(CONFIG, text)
    tree = used.tree()
    for options in ([], ["--agents", "--profile", "prod"], ["--merge-driver", "--dry-run"]):
        done = call(used, "init", *options, "--output", "json")
        assert (done.code, done.out) == (5, "")
        assert done.error["code"] in {"bad-config", "newer-format"}
        assert used.tree() == tree
    assert not (used.root / "tasks" / "00-idea").exists()
    assert look(used, "--fix").code == 5
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


def test_no_project_and_no_readable_configuration(project: Project, tmp_path: Path) -> None:
    done = call(project, "doctor", "--fix", "--root", "nowhere", "--output", "json")
    assert done.code == 5
    link = project.root / CONFIG
    (tmp_path / "outside.toml").write_text("[labels]\n")
    link.symlink_to(tmp_path / "outside.toml")
    project.task("a", labels="[x]")
    assert outcomes(project)[0] == ("config.load", "blocked", "outside-link")
    assert call(project, "init").code == 5
    assert look(project, "--fix").code == 5
    assert (tmp_path / "outside.toml").read_text() == "[labels]\n"
    link.unlink()
    link.symlink_to("nowhere.toml")
    assert outcomes(project)[0][:2] == ("config.load", "blocked")
    assert call(project, "init").code == 5


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
    with pytest.raises(Undeclarable):
        declare(b"labels = {bug = {}}\n", "labels", ["x"])


def test_a_file_that_would_become_too_large_is_left(project: Project) -> None:
    filler = "# " + "x" * (store_module.MAX_CONFIG - 20) + "\n"
    project.write(CONFIG, f"[labels]\n{filler}")
    project.task("a", labels="[a-longer-label-than-fits]")
    tree = project.tree()
    assert look(project, "--fix").code == 1
    assert project.tree() == tree


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/usr/bin/chattr"), reason="root writes anywhere")
def test_a_directory_that_cannot_be_written_is_a_failure(project: Project, unwritable: Callable[[Path], None]) -> None:
    project.write(CONFIG, "[labels]\n")
    project.task("a", labels="[x]")
    tree = project.tree()
    unwritable(project.root / "tasks")
    assert outcomes(project)[3:] == [
        ("repo.prepare.labels.reconcile", "failed", "io"),
        ("repo.prepare.milestones.reconcile", "success", "unchanged"),
        ("repo.prepare.complete", "failed", "io"),
    ]
    assert project.tree() == tree
