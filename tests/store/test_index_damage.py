"""A damaged, foreign or unwritable index is as good as none: never an error, never a wrong answer."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.effort import Effort, some
from support.indexed_projects import LIST, Shelf, answer, index_of, remember, same, swap, trace
from support.limits import give_up_rights
from support.project import Project
from taskfiles import Filter, Store, __version__
from taskfiles.backlog.query import make_test
from taskfiles.backlog.sieve import make_sieve
from taskfiles.backlog.snapshot import collect
from taskfiles.basics.jsontext import json_text
from taskfiles.store.index import reading as index
from taskfiles.store.index import writing as indexing
from taskfiles.store.index.rows import read_rows
from taskfiles.store.index.table import Table
from taskfiles.store.reader import Reader
from taskfiles.store.scan import _Scan
from taskfiles.task.remembered import Lost
from taskfiles.task.wire import row_bytes, task_object

STATES = [None, "ready", "done", "canceled"]
SECONDS = 7  # of the lock time-out that is set
SEARCHES = ["title", "ALPHA", "second", "nowhere"]


class Whole(NamedTuple):
    """A project whose index is whole, and what is true of it."""

    project: Project
    files: dict[str, bytes]
    rows: dict[str | None, bytes]
    values: list[object]
    found: list[list[str]]

    @property
    def place(self) -> Path:
        """The directory of the index."""
        return index_of(self.project)

    def put(self, name: str, data: bytes) -> None:
        """Write all files of the index, one of them with other bytes."""
        self.place.mkdir(parents=True, exist_ok=True)
        for each, whole in (self.files | {name: data}).items():
            (self.place / each).write_bytes(whole)

    def check(self) -> int:
        """Compare all that is read through the index with the truth; gives how often it was used."""
        root = os.path.realpath(self.project.root)
        used = 0
        for state, rows in self.rows.items():
            found = read_rows(root, str(self.place), state)
            assert found is None or b",".join(found) == rows
            used += found is not None
        assert rows_of(Store(root, index=True)) == self.rows[None]
        assert found_by(Store(root, index=True)) == self.found
        assert values_of(Store(root, index=True)) == self.values
        assert Store(root, index=True).settings.lock_timeout == SECONDS
        return used


def rows_of(store: Store, state: str | None = None) -> bytes:
    tasks = store.snapshot().tasks
    rows = [json_text(task_object(task)) for task in tasks if state is None or task.state == state]
    return ",".join(rows).encode()


def found_by(store: Store) -> list[list[str]]:
    """Return what searches find, through the texts of the index where there are any."""
    found = []
    for wanted in (Filter(search=text) for text in SEARCHES):
        tasks = store.read_all(lambda each: [*collect(each).tasks], only=make_sieve(wanted))
        found.append([task.id for task in filter(make_test(wanted, {}), tasks)])
    return found


def values_of(store: Store) -> list[object]:
    """What commands read of each task, single values first, in every way that the index has for it."""
    tasks = store.snapshot(check=True).tasks
    single = [(task.id, task.value("labels"), task.value("x_map"), task.get("priority")) for task in tasks]
    rest = [(task.values, task.findings, task.boxes, task.related, row_bytes(task)) for task in tasks]
    return [*single, *rest]


@pytest.fixture(scope="module")
def whole(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    project = shelf.take(tmp_path_factory.mktemp("whole") / "repo")
    remember(project)
    swap(project.root / "tasks/10-ready", project.root / "aside/10-ready")
    same(project, fast=True)  # what has changed is in the second file
    assert found_by(Store(project.root, index=True))  # what is searched is in the third
    with (project.root / "tasks/tasks.toml").open("a") as file:
        file.write(f'[lock]\ntimeout = "{SECONDS}s"\n')
    assert Store(project.root, index=True).settings.lock_timeout == SECONDS  # what is set is in the fourth
    files = {name: (index_of(project) / name).read_bytes() for name in index.FILES}
    plain = Store(project.root)
    made = Whole(
        project, files, {state: rows_of(plain, state) for state in STATES}, values_of(plain), found_by(plain)
    )
    assert made.check() == len(STATES)
    return made


NAMES = st.sampled_from(index.FILES)


@given(NAMES, st.data())
def test_flipped_bits(whole: Whole, name: str, data: st.DataObject) -> None:
    damaged = bytearray(whole.files[name])
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    whole.put(name, bytes(damaged))
    whole.check()


@given(NAMES, st.data())
def test_overwritten_and_shifted(whole: Whole, name: str, data: st.DataObject) -> None:
    sound = whole.files[name]
    at = data.draw(st.integers(0, len(sound)))
    put = data.draw(st.binary(max_size=40) | st.integers(1, 9000).map(bytes))
    cut = data.draw(st.sampled_from([0, len(put), 1, 7, 4096]))
    whole.put(name, sound[:at] + put + sound[at + cut :])
    whole.check()


@pytest.mark.parametrize("name", index.FILES)
def test_truncated_anywhere(whole: Whole, effort: Effort, name: str) -> None:
    sound = whole.files[name]
    sizes = {*range(300), *range(0, len(sound), 97), *range(len(sound) - 50, len(sound))}
    for size in effort.sample(sorted(sizes), 60):
        whole.put(name, sound[:size])
        used = whole.check()
        # What only other commands read is at the end of the one, all that is worth remembering in the other.
        assert used == (0 if name == index.BASE else len(STATES)) or size >= 300


def with_header(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change a file's header, its checksum being right."""
    end = len(data) - index.TAIL
    start = end - int.from_bytes(data[end : end + 4], "little")
    header = change(data[start:end])
    assert header != data[start:end]
    return data[:start] + header + len(header).to_bytes(4, "little") + crc32(header).to_bytes(4, "little")


@pytest.mark.parametrize(
    "change",
    [
        lambda header, _: header.replace(__version__.encode(), b"9" * len(__version__)),
        lambda header, root: header.replace(root, root[:-1] + b"?"),
    ],
    ids=["version", "project"],
)
def test_of_another_version_or_project(whole: Whole, change: Callable[[bytes, bytes], bytes]) -> None:
    root = os.path.realpath(whole.project.root).encode()
    for name, used in ((index.BASE, 0), (index.DELTA, len(STATES))):
        whole.put(name, with_header(whole.files[name], lambda header: change(header, root)))
        assert whole.check() == used


def test_of_another_layout(whole: Whole) -> None:
    data = whole.files[index.BASE]
    end = data.index(b"\n")
    whole.put(index.BASE, data[: end - 1] + bytes([data[end - 1] ^ 1]) + data[end:])
    assert whole.check() == 0


def test_of_another_owner(whole: Whole) -> None:
    whole.put(index.BASE, whole.files[index.BASE])
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(whole.place / index.BASE, 12345, -1)
    assert whole.check() == 0


def test_a_delta_of_another_base(whole: Whole) -> None:
    """Made when the files were the same, so that only its stamp tells."""
    shutil.rmtree(whole.place)
    Store(whole.project.root, index=True).snapshot()
    base = (whole.place / index.BASE).read_bytes()
    assert base != whole.files[index.BASE]
    assert not (whole.place / index.DELTA).exists()
    (whole.place / index.DELTA).write_bytes(whole.files[index.DELTA])
    opened = index.open_base(str(whole.place), os.path.realpath(whole.project.root))
    assert opened is not None
    assert opened.delta()[0] == {}
    assert whole.check() == len(STATES)


def test_nothing_but_half_written_files(whole: Whole) -> None:
    shutil.rmtree(whole.place)
    whole.place.mkdir(parents=True)
    for name in ("base.1.tmp", f"base.{os.getpid()}.tmp", f"delta.{os.getppid()}.tmp"):
        (whole.place / name).write_bytes(whole.files[index.BASE][:700])
    os.utime(whole.place / "base.1.tmp", (0, 0))
    whole.check()
    assert whole.check() == len(STATES)
    left = {file.name for file in whole.place.iterdir()}
    assert left == {*index.FILES, f"delta.{os.getppid()}.tmp"}  # not old enough to be nobody's


def test_taken_away_from_under_a_reader(whole: Whole) -> None:
    whole.put(index.BASE, whole.files[index.BASE])
    root = os.path.realpath(whole.project.root)
    opened = index.open_base(str(whole.place), root)
    assert opened is not None
    kept = Table(opened).seen()
    shutil.rmtree(whole.place)
    assert Table(opened).seen() == kept
    indexing.save_delta(opened, {}, quiet=True)  # makes the directory again; the delta is nobody's
    whole.check()


# What stands in the way, with real processes


@pytest.mark.slow
@pytest.mark.parametrize("name", some(["base", "delta", "", ".."], 2))
@pytest.mark.parametrize(
    "kind", some(["directory", "full directory", "pipe", "link", "loop", "file", "socket"], 4)
)
def test_something_else_in_its_place(old: Project, tmp_path: Path, name: str, kind: str) -> None:
    place = Path(os.path.normpath(index_of(old) / name))
    place.parent.mkdir(parents=True)
    if kind.endswith("directory"):
        place.mkdir()
        if kind.startswith("full"):
            (place / "file").write_bytes(b"")
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "link":
        place.symlink_to(tmp_path / "target")
        (tmp_path / "target").write_bytes(b"precious")
    elif kind == "loop":
        place.symlink_to(place.name)
    elif kind == "socket":
        os.mknod(place, 0o140600)
    else:
        place.write_bytes(b"")
    for argv in (LIST, ("list", "--output", "plain"), LIST):
        assert trace(old, *argv).done == answer(old, *argv, slow=True)
    same(old)
    if kind == "link":
        assert (tmp_path / "target").read_bytes() == b"precious"


def test_a_pipe_where_its_own_temporary_file_would_be(old: Project) -> None:
    place = index_of(old)
    place.mkdir(parents=True)
    found = trace(old, *LIST, wrapper=("sh", "-c", f'mkfifo "{place}/base.$$.tmp"; exec "$@"', "sh"))
    assert found.done == answer(old, *LIST, slow=True)


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["", "tasks", "tasks/index", "all"])
@pytest.mark.usefixtures("without_rights")
def test_unwritable(old: Project, closed: str) -> None:
    """Nothing is created, nothing is said; an index that is there is used."""
    (index_of(old) if closed == "all" else old.root / ".git" / closed).mkdir(parents=True, exist_ok=True)
    directories = [old.root, *(path for path in old.root.rglob("*") if path.is_dir())]
    shut = directories if closed == "all" else [old.root / ".git" / closed]
    plain = answer(old, *LIST, slow=True)
    for directory in shut:
        directory.chmod(0o555)
    before = sorted(old.root.rglob("*"))
    for _ in range(2):
        found = trace(old, *LIST, before=give_up_rights)
        assert (found.done, found.is_fast) == (plain, False)
    assert sorted(old.root.rglob("*")) == before
    for directory in shut:
        directory.chmod(0o755)
    remember(old)
    for directory in [*shut, index_of(old)]:
        directory.chmod(0o555)
    assert trace(old, *LIST, before=give_up_rights).is_fast
    (old.root / "tasks/10-ready").chmod(0o755)
    swap(old.root / "tasks/10-ready/task-alpha.md", old.root / "tasks/10-ready/task-beta.md")
    swapped = trace(old, *LIST, before=give_up_rights)
    assert (swapped.done, swapped.is_fast) == (answer(old, *LIST, slow=True), True)
    for directory in [*shut, index_of(old)]:
        directory.chmod(0o755)


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def test_no_room_for_it(old: Project) -> None:
    found = trace(old, *LIST, before=small_files)
    assert found.done == answer(old, *LIST, slow=True)
    assert list(index_of(old).iterdir()) == []
    remember(old)


# What changes while the index is being written


@pytest.mark.slow
@pytest.mark.parametrize("action", ["move", "delete", "replace", "swap", "directory"])
def test_files_that_go_before_the_index_is_written(old: Project, action: str) -> None:
    """All files have been looked at, twice, when one is moved or deleted; then the index is made."""
    root = os.path.realpath(old.root)
    scan = _Scan(Reader(root, root, str(index_of(old))), check=False)
    assert len(list(scan.tasks())) == 6
    ready = old.root / "tasks/10-ready"
    if action == "move":
        (ready / "task-alpha.md").rename(old.root / "tasks/30-done/task-alpha.md")
    elif action == "delete":
        (ready / "task-alpha.md").unlink()
    elif action == "replace":
        (old.root / "aside/10-ready/task-alpha.md").replace(ready / "task-alpha.md")
    elif action == "swap":
        swap(ready, old.root / "aside/10-ready")
    else:
        ready.rename(old.root / "away")
    scan.save()
    for _ in range(2):
        same(old)
    assert trace(old, "list").done == answer(old, "list", slow=True)


def test_rows_read_one_by_one_have_checksums_of_their_own(whole: Whole) -> None:
    root, base = os.path.realpath(whole.project.root), whole.files[index.BASE]

    def read(at: int) -> list[bytes]:
        opened = index.open_base(str(whole.place), root)
        assert opened is not None
        return Table(opened)._few_lines([at])

    whole.put(index.BASE, base)
    opened = index.open_base(str(whole.place), root)
    assert opened is not None
    rows = [Table(opened).row(at) for at in range(opened.count - len(opened.others()))]
    assert [read(at) for at in range(len(rows))] == [[row] for row in rows]
    place = base.index(rows[1]) + 1
    whole.put(index.BASE, base[:place] + b"?" + base[place + 1 :])
    assert read(0) == rows[:1]
    with pytest.raises(Lost):
        read(1)
