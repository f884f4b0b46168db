"""An edit in the moment of a write: what an editor saves between the last look and the rename is kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from taskfiles.store import exchange as renames
from taskfiles.store.disk import identity_of, move_file, remove_file, replace_file, temporary_path

FILE = "tasks/10-ready/task-fix.md"

needs_exchange = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux can exchange files"
)


def in_place(file: Path, text: bytes) -> None:
    """Save as an editor does that writes into the file."""
    with file.open("r+b", buffering=0) as stream:
        stream.truncate()
        stream.write(text)


def by_rename(file: Path, text: bytes) -> None:
    """Save as an editor does that writes a new file and renames it."""
    aside = file.with_name("aside")
    aside.write_bytes(text)
    aside.rename(file)


def same_size(file: Path, text: bytes) -> None:
    """Save as many bytes as there were, and set the time that there was."""
    before = file.stat()
    with file.open("r+b", buffering=0) as stream:
        stream.write(file.read_bytes()[:-5] + b"Hand\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


class Hook:
    """Calls a function once, right before the first rename; audit hooks can't be removed."""

    def __init__(self) -> None:
        self.act: Callable[[], object] | None = None
        sys.addaudithook(self._note)

    def _note(self, event: str, _: object) -> None:
        if event == "os.rename" and self.act is not None:
            act, self.act = self.act, None
            act()


HOOK = Hook()


@needs_exchange
@pytest.mark.parametrize("save", [in_place, by_rename, same_size])
@pytest.mark.parametrize("argv", [("update", "fix", "--meta", "size=xl"), ("delete", "fix"), ("fmt",)])
def test_a_save_before_the_rename_is_kept(
    project: Project, save: Callable[[Path, bytes], None], argv: tuple[str, ...]
) -> None:
    file = project.task("fix")
    if argv == ("fmt",):
        file.write_bytes(
            file.read_bytes().replace(b"kind: task\n", b"").replace(b"---\n", b"---\nkind: task\n", 1)
        )
    text = file.read_bytes() + b"By hand.\n"
    HOOK.act = lambda: save(file, text)
    done = ok(call(project, *argv))
    assert HOOK.act is None
    if argv[0] == "delete":
        assert not file.exists()  # it was read again as it is, and deleted
        ok(call(project, "undo"))
    elif argv[0] == "update":
        assert "size: xl" in file.read_text()
    assert file.read_bytes().endswith(b"Hand\n" if save is same_size else b"By hand.\n"), done
    assert not list(file.parent.glob(".*"))


@in_states
@needs_exchange
def test_a_move_never_takes_the_place_of_a_file_made_in_that_moment(project: Project) -> None:
    project.task("fix")
    other = project.root / project.path("fix", "in-progress")
    other.parent.mkdir(exist_ok=True)
    HOOK.act = lambda: other.write_bytes(b"# notes\n")
    done = call(project, "move", "fix", "in-progress", "-o", "json")
    assert (done.code, done.error["code"]) == (4, "path-taken")
    assert (other.read_bytes(), (project.root / FILE).exists()) == (b"# notes\n", True)


@needs_exchange
@pytest.mark.parametrize("again", [b"second\n", None])
def test_what_is_saved_last_stays(tmp_path: Path, again: bytes | None) -> None:
    """Somebody saves before the exchange, and saves or deletes once more before it is put back."""
    file = tmp_path / "task.md"
    file.write_bytes(b"first\n")
    identity = identity_of(file.stat())

    def twice() -> None:
        by_rename(file, b"hand\n")
        HOOK.act = lambda: by_rename(file, again) if again is not None else file.unlink()

    HOOK.act = twice
    with pytest.raises(Exception, match=r"task\.md"):
        replace_file(file, b"ours\n", identity, b"first\n")
    assert file.read_bytes() == (again or b"hand\n")
    assert [path.name for path in tmp_path.iterdir()] == ["task.md"]


@pytest.mark.parametrize("number", [38, 22, 95, 1], ids=["ENOSYS", "EINVAL", "ENOTSUP", "EPERM"])
def test_where_files_cannot_be_exchanged_the_plain_calls_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for find in (lambda: lambda *_: number, lambda: None):
        monkeypatch.setattr(renames, "_find_call", find)
        file, target = tmp_path / "task.md", tmp_path / "below/task.md"
        file.write_bytes(b"first\n")
        file.chmod(0o640)
        replace_file(file, b"second\n", identity_of(file.stat()), b"first\n")
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"second\n", 0o640)
        move_file(file, target)
        assert target.read_bytes() == b"second\n"
        remove_file(target, identity_of(target.stat()), b"second\n")
        assert not target.exists()
        assert not list(tmp_path.rglob("*.tmp"))
        assert not os.path.lexists(temporary_path(file))
