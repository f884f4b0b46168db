"""A small file is read as any other is, and everything else is left to the general way."""

from __future__ import annotations

import os
from pathlib import Path

from taskfiles.store.disk import read_regular, read_small


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    for data in (b"", b"text\n", b"x" * (1 << 20)):
        file.write_bytes(data)
        small, regular = read_small(str(file)), read_regular(file)
        assert small is not None
        assert regular is not None
        assert small[0] == regular[0] == data
        assert small[1].st_ino == regular[1].inode


def test_all_else_is_left_to_the_general_way(tmp_path: Path) -> None:
    large, link, pipe = tmp_path / "large", tmp_path / "link", tmp_path / "pipe"
    large.write_bytes(b"x" * ((1 << 20) + 1))
    link.symlink_to(large)
    os.mkfifo(pipe)
    for path in (large, link, pipe, tmp_path, tmp_path / "nothing"):
        assert read_small(str(path)) is None
