"""The directory of a dataset: always whole, whatever was cut short, and nobody else's files touched."""

from __future__ import annotations

import threading
from hashlib import sha256
from pathlib import Path

import pytest

from support.processes import PATIENCE
from taskfiles import TaskfilesError
from taskfiles.dataset.directory import (
    LOCK,
    STAGE,
    find_file,
    finish,
    held,
    is_whole,
    load_manifest,
    measure_file,
    need_manifest,
    publish,
    refuse_other_columns,
    staging,
)
from taskfiles.dataset.manifest import Counts, File, Manifest, manifest_text
from taskfiles.dataset.words import DatasetFormat


def file_of(path: str, content: str) -> File:
    data = content.encode()
    return File(
        path, path.split("/", maxsplit=1)[0].partition(".")[0], 1, len(data), sha256(data).hexdigest()
    )


def manifest(contents: dict[str, str]) -> Manifest:
    files = tuple(file_of(path, content) for path, content in contents.items())
    return Manifest(DatasetFormat.PARQUET, (), {"ada/app": Counts()}, files)


def put(place: Path, contents: dict[str, str], old: Manifest | None = None) -> Manifest:
    """Publish a dataset of these files."""
    made = manifest(contents)
    place.mkdir(exist_ok=True)
    with staging(str(place)) as stage:
        for path, content in contents.items():
            file = Path(stage, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        publish(str(place), made, contents, old)
    return made


def files(place: Path) -> dict[str, str]:
    found = (file for file in place.rglob("*") if file.is_file() and file.name not in {LOCK, "manifest.json"})
    return {file.relative_to(place).as_posix(): file.read_text() for file in found}


FIRST = {"tasks/month=2025-11/a.parquet": "one", "gates/b.parquet": "two"}


def test_what_is_published_is_all_there_is(tmp_path: Path) -> None:
    made = put(tmp_path, FIRST)
    assert files(tmp_path) == FIRST
    assert load_manifest(str(tmp_path)) == made._replace(files=tuple(sorted(made.files)))


def test_files_that_are_no_part_any_more_go_with_their_directories(tmp_path: Path) -> None:
    old = put(tmp_path, FIRST)
    (tmp_path / "gates" / "mine.txt").write_text("mine")
    (tmp_path / "mine.txt").write_text("mine")
    second = {"tasks/month=2025-12/c.parquet": "three"}
    put(tmp_path, second, old)
    assert files(tmp_path) == second | {"gates/mine.txt": "mine", "mine.txt": "mine"}
    assert not (tmp_path / "tasks" / "month=2025-11").exists()


def test_what_was_cut_short_once_the_manifest_named_it_is_gone_on_with(tmp_path: Path) -> None:
    old = put(tmp_path, {"gates/b.parquet": "two"})
    staged = manifest({f"{STAGE}/tasks/a.parquet": "new"})
    (tmp_path / STAGE / "tasks").mkdir(parents=True)
    (tmp_path / STAGE / "tasks" / "a.parquet").write_text("new")
    (tmp_path / STAGE / "stale.json").write_text('["gates/b.parquet", "../mine.txt", 5, "other/x"]')
    (tmp_path / "manifest.json").write_text(manifest_text(staged))
    (tmp_path.parent / "mine.txt").write_text("mine")
    found = finish(str(tmp_path), load_manifest(str(tmp_path)))
    assert found is not None
    assert [file.path for file in found.files] == ["tasks/a.parquet"] != [file.path for file in old.files]
    assert files(tmp_path) == {"tasks/a.parquet": "new"}
    assert (tmp_path.parent / "mine.txt").exists()


def test_what_was_cut_short_before_that_is_cleared_away(tmp_path: Path) -> None:
    made = put(tmp_path, FIRST)
    (tmp_path / STAGE).mkdir()
    (tmp_path / STAGE / "half").write_text("half")
    finish(str(tmp_path), made)
    assert files(tmp_path) == FIRST
    assert finish(str(tmp_path / "none"), None) is None


def test_a_staging_place_that_leads_elsewhere_is_taken_away(tmp_path: Path) -> None:
    made = put(tmp_path / "data", FIRST)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine").touch()
    stage = tmp_path / "data" / STAGE
    stage.symlink_to(tmp_path / "elsewhere")
    assert finish(str(tmp_path / "data"), made) == made
    assert not stage.is_symlink()
    stage.symlink_to(tmp_path / "elsewhere")
    with staging(str(tmp_path / "data")):
        assert list(stage.iterdir()) == []
    assert (tmp_path / "elsewhere" / "mine").exists()


def test_a_writer_that_fails_leaves_the_dataset_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, FIRST)

    def fail() -> None:
        with staging(str(tmp_path)) as stage:
            Path(stage, "half").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert files(tmp_path) == FIRST


def test_what_would_lead_elsewhere_by_a_link_is_refused(tmp_path: Path) -> None:
    old = put(tmp_path, FIRST)
    (tmp_path / "tasks").rename(tmp_path / "moved")
    (tmp_path / "tasks").symlink_to("moved")
    with pytest.raises(TaskfilesError) as refused:
        put(tmp_path, {"tasks/c.parquet": "three"}, old)
    assert refused.value.code == "bad-dataset"
    assert "tasks is no directory of its own" in refused.value.message


@pytest.mark.parametrize("name", ["tasks.jsonl", "dataset.sqlite", "otlp", "attempts"])
def test_files_of_a_dataset_without_its_manifest_are_refused(name: str, tmp_path: Path) -> None:
    assert load_manifest(str(tmp_path)) is load_manifest(str(tmp_path / "gone")) is None
    (tmp_path / "mine.txt").touch()
    assert load_manifest(str(tmp_path)) is None
    (tmp_path / name).touch()
    with pytest.raises(TaskfilesError) as refused:
        load_manifest(str(tmp_path))
    assert refused.value.code == "bad-dataset"
    assert f"{name} is there, and no manifest.json" in refused.value.message


@pytest.mark.parametrize("data", [b"\xff", b"{", b"[]"])
def test_a_manifest_that_is_none_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(TaskfilesError) as refused:
        need_manifest(str(tmp_path))
    assert refused.value.code == "bad-dataset"


def test_a_manifest_names_files_of_datasets_only(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(manifest_text(manifest({"mine/notes.txt": "x"})))
    with pytest.raises(TaskfilesError, match=r"mine/notes\.txt, which is not a file of a dataset"):
        load_manifest(str(tmp_path))


def test_a_manifest_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaskfilesError) as refused:
        need_manifest(str(tmp_path))
    assert "it has no manifest.json" in refused.value.message
    with pytest.raises(TaskfilesError, match="other columns"):
        refuse_other_columns(str(tmp_path), manifest({})._replace(columns={}))
    refuse_other_columns(str(tmp_path), manifest({}))


@pytest.mark.parametrize("content", ["two", "onE", "", None])
def test_a_file_is_used_only_as_the_manifest_has_it(content: str | None, tmp_path: Path) -> None:
    file, place = file_of("tasks/a.parquet", "one"), tmp_path / "tasks" / "a.parquet"
    place.parent.mkdir()
    place.write_text("one")
    assert find_file(str(tmp_path), file) == str(place)
    assert measure_file(str(place)) == (file.bytes, file.sha256)
    if content is None:
        place.unlink()
    else:
        place.write_text(content)
    assert not is_whole(str(tmp_path), file)
    with pytest.raises(TaskfilesError) as refused:
        find_file(str(tmp_path), file)
    assert refused.value.code == "bad-dataset"


def test_writers_wait_for_each_other_but_not_for_ever(tmp_path: Path) -> None:
    place = str(tmp_path / "made")
    with held(place, 0.0):
        with pytest.raises(TaskfilesError) as refused, held(place, 0.01):
            pytest.fail("two hold one dataset")
        assert refused.value.code == "lock-timeout"
        got = threading.Event()

        def wait() -> None:
            with held(place, PATIENCE):
                got.set()

        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
    assert got.wait(PATIENCE)
    waiting.join(PATIENCE)
