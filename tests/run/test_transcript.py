"""What programs print, kept in files of bounded size, and removed when they are old."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.project import NOON
from taskfiles.run.transcript import Transcript, prune, read_end


def kept(path: Path, *pieces: bytes, limit: int = 10, tail: int = 4) -> bytes:
    transcript = Transcript(str(path), limit, tail)
    for piece in pieces:
        transcript.write(piece)
    transcript.close()
    assert transcript.problem == ""
    return path.read_bytes()


def test_what_fits_is_kept_as_it_came_in_a_file_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "made" / "a.log"
    assert kept(file, b"ab", b"", b"\xff\0", b"c" * 6) == b"ab\xff\0cccccc"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_new_transcript_replaces_an_old_one(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    kept(file, b"a long one")
    assert kept(file, b"short") == b"short"


def test_past_the_limit_the_end_is_kept_after_a_line_that_counts_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    assert kept(file, b"0123456789abcdXYZ!") == b"0123456789\n[4 bytes are left out here]\nXYZ!"
    assert kept(file, b"0123456789abcd") == b"0123456789abcd"


@given(st.lists(st.binary(max_size=9), max_size=9), st.integers(0, 20), st.integers(0, 20))
def test_the_pieces_in_which_it_comes_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], limit: int, tail: int
) -> None:
    whole, place = b"".join(pieces), tmp_path_factory.getbasetemp() / "pieces.log"
    found = kept(place, *pieces, limit=limit, tail=tail)
    assert found == kept(place, whole, limit=limit, tail=tail)
    assert found.startswith(whole[:limit])
    assert len(whole) > limit + tail or found == whole


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a.log").symlink_to("secret")
    transcript = Transcript(str(tmp_path / "a.log"))
    transcript.write(b"printed")
    transcript.close()
    assert transcript.problem
    assert (tmp_path / "secret").read_text() == "secret"


def test_only_old_transcripts_are_removed(tmp_path: Path) -> None:
    now = NOON.timestamp()
    for name, age in (("old.log", 10), ("new.log", 0), ("old.txt", 10), ("old-dir.log", 10)):
        file = tmp_path / name
        file.mkdir() if name.startswith("old-dir") else file.touch()
        os.utime(file, (now - age, now - age))
    (tmp_path / "old-link.log").symlink_to("old.txt")
    os.utime(tmp_path / "old-link.log", (now - 10, now - 10), follow_symlinks=False)
    prune(str(tmp_path), now - 5)
    assert {file.name for file in tmp_path.iterdir()} == {"new.log", "old.txt", "old-dir.log", "old-link.log"}
    prune(str(tmp_path / "gone"), now)


def test_the_end_of_a_file_begins_with_a_whole_line_where_it_can(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_bytes(b"first\nsecond\nthird\xff\n")
    assert read_end(str(file), 100) == "first\nsecond\nthird\ufffd\n"
    assert read_end(str(file), 10) == "third\ufffd\n"
    assert read_end(str(file), 4) == "rd\ufffd\n"
    assert read_end(str(tmp_path / "gone"), 4) == ""
