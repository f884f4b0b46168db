"""Exports that are killed, refused by the system, or made at once: no dataset is lost or half there."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.attempts import DONE, FAILED
from support.datasets import FORMATS, check_files, content_of, given_of, manifest_of, read_back
from support.effort import Effort
from support.in_process import call, ok
from support.kill_steps import kill_at
from support.limits import give_up_rights, run_limited
from support.project import Done, Project
from support.simultaneous import assert_done, at_once
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.export import export
from taskfiles.dataset.flatten import flatten_tasks
from taskfiles.dataset.manifest import Manifest, manifest_text
from taskfiles.dataset.rows import list_rows, settle
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given


def tried(project: Project, task_id: str, **keys: str) -> None:
    project.task(task_id, extra=f"execution: {json.dumps({'attempts': [FAILED, DONE]})}\n", **keys)


def given(project: Project, repo: str) -> Given:
    flat = flatten_tasks(project.store.snapshot().tasks, repo)._asdict()
    rows = {table: list_rows(settle(table, flat[table])) if table in flat else [] for table in TABLES}
    return given_of({repo: rows})


def is_whole(directory: Path, manifest: Manifest) -> bool:
    """Whether the dataset as its manifest tells is this one, wherever its files lie."""
    found = manifest_of(directory)
    for file in found.files:
        data = (directory / file.path).read_bytes()
        assert len(data) == file.bytes
    files = tuple(file._replace(path=file.path.removeprefix(".tasks-export/")) for file in found.files)
    return manifest_text(found._replace(files=files)) == manifest_text(manifest)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("format_", "is_first", "stride"),
    [("jsonl", True, 3), ("jsonl", False, 1), ("sqlite", False, 2), ("parquet", False, 15)],
)
def test_killed_at_each_step(
    project: Project, effort: Effort, format_: str, is_first: bool, stride: int
) -> None:
    """What is killed leaves the dataset of before or that of after, and the next export ends it.

    Putting files in place is the same for every format, so that of the slower ones not each step is taken.
    """
    tried(project, "fix")
    place, kept = project.root / "data", project.root.parent / "kept"
    if is_first:
        kept.mkdir()
        old = None
    else:
        export(str(kept), given(project, "a"), DatasetFormat(format_))
        export(str(kept), given(project, "b"), DatasetFormat(format_))
        old = manifest_of(kept)
        tried(project, "mend", title="Mended")
    more = given(project, "b")
    after = project.root.parent / "after"
    shutil.copytree(kept, after)
    new = export(str(after), more, DatasetFormat(format_)).manifest
    seen = set()
    for step in effort.steps(short=2 * stride + 1, deep=stride):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(kept, place)
        work = lambda: export(str(place), more, DatasetFormat(format_))  # noqa: E731 (forked, called once)
        if not kill_at(step, work, project, elsewhere=frozenset({"os.rmdir"})):
            break
        is_new = (place / "manifest.json").exists() and is_whole(place, new)
        if not is_new and old is not None:
            assert is_whole(place, old)
        elif not is_new:
            assert not (place / "manifest.json").exists()
            assert all(path.name.startswith(".tasks-") for path in place.iterdir())
        seen.add(is_new)
        export(str(place), more, DatasetFormat(format_))
        assert content_of(place) == content_of(after), step
    assert seen == {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_exports_at_once_lose_nothing(project: Project, format_: str) -> None:
    tried(project, "fix")
    repos = [f"ada/{number}" for number in range(4)]
    argv = ["export", "--format", format_, "--no-events", "--dataset"]
    assert_done(at_once(project, *([[*argv, "../data", "--repo", repo]] for repo in repos)))
    for repo in reversed(repos):
        ok(call(project, *argv, "../one-by-one", "--repo", repo))
    place = project.root.parent / "data"
    check_files(place)
    assert content_of(place) == content_of(project.root.parent / "one-by-one")


def test_another_writer_is_waited_for_but_not_for_ever(project: Project) -> None:
    tried(project, "fix")
    ok(call(project, "export", "--dataset", "../data"))
    with open(project.root.parent / "data/.tasks-export.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = call(project, "export", "--dataset", "../data", "--lock-timeout", "0", "--output", "json")
    assert (done.code, done.error["code"]) == (4, "lock-timeout")
    ok(call(project, "export", "--dataset", "../data", "--lock-timeout", "0"))


def refused(done: Done) -> None:
    assert (done.code, done.out) == (6, "")
    assert "Traceback" not in done.err
    assert "error[io]" in done.err


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_a_disk_that_takes_no_more(project: Project, format_: str) -> None:
    place = project.root.parent / "data"
    argv = ["export", "--dataset", "../data", "--format", format_, "--no-events"]
    tried(project, "fix")
    ok(call(project, *argv))
    before = content_of(place)
    for number in range(60):
        project.task(f"t{number}", title="".join(f"{hash((number, part)):x}" for part in range(600)))
    limit = (120_000, 120_000)
    refused(run_limited(project, *argv, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)))
    assert content_of(place) == before
    ok(call(project, *argv))
    assert len(read_back(place)["tasks"]) == 61


def test_a_place_that_can_t_be_written(project: Project, without_rights: None) -> None:
    tried(project, "fix")
    place = project.root.parent / "data"
    ok(call(project, "export", "--dataset", "../data"))
    before = content_of(place)
    (place / ".tasks-export.lock").unlink()
    place.chmod(0o555)
    try:
        done = run_limited(project, "export", "--dataset", "../data", "--repo", "b", before=give_up_rights)
    finally:
        place.chmod(0o755)
    refused(done)
    assert content_of(place) == before


def test_a_staging_directory_that_leads_elsewhere_is_taken_away(project: Project) -> None:
    tried(project, "fix")
    place, mine = project.root.parent / "data", project.root.parent / "mine"
    for directory in (place, mine):
        directory.mkdir()
    (mine / "stale.json").write_text('["README.md", "tasks.jsonl"]')
    (mine / "tasks.jsonl").write_text("mine")
    (place / ".tasks-export").symlink_to(mine)
    (place / "README.md").write_text("mine")
    ok(call(project, "export", "--dataset", "../data"))
    assert sorted(path.name for path in mine.iterdir()) == ["stale.json", "tasks.jsonl"]
    assert (place / "README.md").read_text() == "mine"
    assert manifest_of(place).repositories.keys() == {"repo"}


def test_a_manifest_that_names_files_of_others_removes_none(project: Project) -> None:
    tried(project, "fix")
    place = project.root.parent / "data"
    ok(call(project, "export", "--dataset", "../data", "--format", "parquet"))
    manifest: dict[str, Any] = json.loads((place / "manifest.json").read_text())
    stranger = manifest["files"][0] | {"path": "notes.txt", "month": "1999-01"}
    (place / "notes.txt").write_text("mine")
    (place / "manifest.json").write_text(json.dumps(manifest | {"files": [*manifest["files"], stranger]}))
    done = call(project, "export", "--dataset", "../data", "--output", "json")
    assert done.error["code"] == "bad-dataset"
    assert (place / "notes.txt").read_text() == "mine"
    assert os.path.exists(place / "manifest.json")
