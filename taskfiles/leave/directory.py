"""A directory that is written as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from taskfiles.errors import TaskfilesError
from taskfiles.store.disk import io_errors


def check_free(directory: Path) -> None:
    """Refuse a place that is neither free nor an empty directory. Raises TaskfilesError (place-taken)."""
    if not os.path.lexists(directory):
        return
    if not directory.is_dir() or directory.is_symlink():
        raise _taken(directory, "is not a directory")
    with io_errors("Reading", directory):
        found = sorted(os.listdir(directory))
    if found:
        raise _taken(
            directory, f"holds {found[0]}" + (f" and {len(found) - 1} more" if len(found) > 1 else "")
        )


def _taken(directory: Path, problem: str) -> TaskfilesError:
    return TaskfilesError("place-taken", path=str(directory), problem=problem)


@contextmanager
def write_directory(directory: Path, files: Mapping[str, bytes], *, keeps: bool) -> Iterator[Path]:
    """Write files to a directory beside the one wanted; it takes that place when the block ends well.

    Without `keeps` nothing is left of it. Raises TaskfilesError (place-taken, io).
    """
    check_free(directory)
    real = Path(os.path.realpath(directory))
    with io_errors("Writing", directory):
        if keeps:
            real.parent.mkdir(parents=True, exist_ok=True)
            aside = real.parent / f".tasks-{uuid4().hex}"  # what a kill leaves is in nobody's way
            aside.mkdir()
        else:
            aside = Path(tempfile.mkdtemp())
    try:
        with io_errors("Writing", directory):
            for path, data in files.items():
                file = aside / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        yield aside
        if keeps:
            check_free(directory)
            with io_errors("Writing", directory):
                os.rename(aside, real)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
