"""The directory of a dataset: its lock, its manifest, and files put in place so that it is always whole.

New files are written aside, below `.tasks-export/`. Then the manifest names them where they lie, which makes
them the dataset; only then do they take their places, and the manifest names them there. Whatever is cut
short in between, the manifest in place names whole files, and the next writer goes on from there.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from taskfiles.dataset.columns import TABLES, Schema
from taskfiles.dataset.manifest import NAME, TABULAR, File, Manifest, is_inside, manifest_text, read_manifest
from taskfiles.dataset.words import DatasetFormat
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy
from taskfiles.store.disk import io_errors, put_file, read_regular, sync_directory, temporary_path
from taskfiles.store.locks import wait_lock

STAGE = ".tasks-export"
LOCK = ".tasks-export.lock"
SQLITE = "dataset.sqlite"
_STALE = "stale.json"
_MAX_MANIFEST = 1 << 28
# What stands at the top of a dataset besides its manifest. Nothing else is ever removed.
_OWN = frozenset(
    {SQLITE, DatasetFormat.OTLP.value, DatasetFormat.COMPLETION.value}
    | {f"{table}{suffix}" for table in TABLES for suffix in ("", ".jsonl", ".csv")}
)
_ELSEWHERE = "Name a directory that is empty or holds a dataset; nothing was changed."


@contextmanager
def held(directory: str, timeout: float) -> Iterator[None]:
    """Keep other writers away meanwhile; the directory is made where it is not there.

    Raises TaskfilesError (lock-timeout, io).
    """
    path = os.path.join(directory, LOCK)
    with io_errors("Locking", path):
        os.makedirs(directory, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        if not wait_lock(descriptor, fcntl.LOCK_EX, time.monotonic() + timeout):
            raise TaskfilesError("lock-timeout", path=directory, seconds=f"{timeout:g}")
        yield
    finally:
        os.close(descriptor)


def load_manifest(directory: str) -> Manifest | None:
    """Read the manifest of a directory; None where nothing of a dataset is there.

    Raises TaskfilesError (bad-dataset) also for a directory that has such files and no manifest, and (io).
    """
    path = os.path.join(directory, NAME)
    with io_errors("Reading", path):
        try:
            found = read_regular(path, _MAX_MANIFEST)
        except FileNotFoundError:
            taken = sorted(_OWN & set(os.listdir(directory))) if os.path.lexists(directory) else []
            if taken:
                problem = f"{taken[0]} is there, and no {NAME}"
                raise TaskfilesError(
                    "bad-dataset", path=directory, problem=problem, remedy=_ELSEWHERE
                ) from None
            return None
    try:
        text = (found[0] if found else b"").decode()
    except UnicodeDecodeError:
        text = ""
    manifest = read_manifest(text, path=path)
    for file in manifest.files:
        if file.path.removeprefix(f"{STAGE}/").split("/")[0] not in _OWN:
            problem = f"it names {file.path}, which is not a file of a dataset"
            raise TaskfilesError("bad-dataset", path=path, problem=problem, remedy=_ELSEWHERE)
    return manifest


def need_manifest(directory: str) -> Manifest:
    """Read the manifest of a directory that must have one. Raises TaskfilesError (bad-dataset, io)."""
    manifest = load_manifest(directory)
    if manifest is None:
        problem, remedy = f"it has no {NAME}", Remedy("Name the directory of a dataset.", "no-dataset")
        raise TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=remedy)
    return manifest


def refuse_other_columns(directory: str, manifest: Manifest, columns: Schema = TABLES) -> None:
    """Refuse to write into a dataset of another release, whose tables have other columns.

    Raises TaskfilesError (bad-dataset).
    """
    if manifest.format in TABULAR and manifest.columns != columns:
        problem = "its tables have other columns than those that are written"
        remedy = "Export into a new directory with this release; nothing was changed."
        raise TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=remedy)


def find_file(directory: str, file: File) -> str:
    """Return the place of a file that is as its manifest says. Raises TaskfilesError (bad-dataset, io)."""
    path = place_of(directory, file)
    with io_errors("Reading", path):
        if is_whole(directory, file):
            return path
    problem = f"{file.path} is not what the manifest tells of"
    remedy = "Bring that file back, or export into another directory; nothing was changed."
    raise TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=remedy)


def place_of(directory: str, file: File) -> str:
    """Return the place of a file, whether or not it is there."""
    return os.path.join(directory, *file.path.split("/"))


def is_whole(directory: str, file: File) -> bool:
    """Return whether a file is there as its manifest says. Raises OSError."""
    path = place_of(directory, file)
    with suppress(FileNotFoundError):
        return os.path.getsize(path) == file.bytes and measure_file(path) == (file.bytes, file.sha256)
    return False


def measure_file(path: str) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file. Raises OSError."""
    digest, size = sha256(), 0
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
            size += len(part)
    return size, digest.hexdigest()


@contextmanager
def staging(directory: str) -> Iterator[str]:
    """Make an empty directory for new files; what is not published is removed.

    Raises TaskfilesError (io).
    """
    stage = os.path.join(directory, STAGE)
    with io_errors("Writing", directory):
        _clear(stage)
        os.mkdir(stage)
    try:
        yield stage
    except BaseException:
        with suppress(OSError, TaskfilesError):
            # What has become the dataset already is not taken away.
            if not _staged(load_manifest(directory)):
                _clear(stage)
        raise


def publish(directory: str, manifest: Manifest, changed: Collection[str], old: Manifest | None) -> None:
    """Make the staged files of some paths, and those that are there, the dataset that a manifest names.

    Raises TaskfilesError (bad-dataset, io).
    """
    kept = {file.path for file in manifest.files}
    stale = sorted({file.path for file in old.files} - kept) if old else []
    for path in (*changed, *stale):
        _check_parents(directory, path)
    stage = os.path.join(directory, STAGE)
    with io_errors("Writing", directory):
        put_file(os.path.join(stage, _STALE), json.dumps(stale).encode())
        _sync_below(stage)
        files = (
            file._replace(path=f"{STAGE}/{file.path}") if file.path in changed else file
            for file in manifest.files
        )
        staged = manifest._replace(files=tuple(files))
        _put_manifest(directory, staged)
    finish(directory, staged)


def finish(directory: str, manifest: Manifest | None) -> Manifest | None:
    """Go on where a writer was cut short, and clear away what it has left; gives the manifest then.

    Raises TaskfilesError (bad-dataset, io).
    """
    stage = os.path.join(directory, STAGE)
    if not os.path.lexists(stage):
        return manifest
    with io_errors("Writing", directory):
        if os.path.islink(stage):  # nobody of us makes one
            os.unlink(stage)
            return manifest
        stale = _read_stale(os.path.join(stage, _STALE))
        if manifest is not None and (staged := _staged(manifest)):
            for path in staged:
                _put_in_place(directory, path)
            files = (file._replace(path=file.path.removeprefix(f"{STAGE}/")) for file in manifest.files)
            manifest = manifest._replace(files=tuple(sorted(files)))
            _put_manifest(directory, manifest)
        kept = {file.path for file in manifest.files} if manifest else set()
        for path in stale:
            if manifest is not None and path not in kept and path.split("/", maxsplit=1)[0] in _OWN:
                _check_parents(directory, path)
                _remove(directory, path)
        _clear(stage)
        sync_directory(directory)
    return manifest


def _staged(manifest: Manifest | None) -> list[str]:
    """List the paths of files that the manifest names in the staging directory, relative to that."""
    prefix = f"{STAGE}/"
    found = {file.path for file in manifest.files} if manifest else set()
    return sorted(path.removeprefix(prefix) for path in found if path.startswith(prefix))


def _put_in_place(directory: str, path: str) -> None:
    """Put a staged file in its place too; it stays where it is until the manifest names it there."""
    _check_parents(directory, path)
    source = os.path.join(directory, STAGE, *path.split("/"))
    target = os.path.join(directory, *path.split("/"))
    os.makedirs(os.path.dirname(target), exist_ok=True)
    aside = temporary_path(target)
    with suppress(FileNotFoundError):
        os.unlink(aside)
    try:
        os.link(source, aside)
    except OSError:  # a file system without links
        shutil.copyfile(source, aside)
        _sync_file(aside)
    os.replace(aside, target)
    with suppress(FileNotFoundError):  # two names of one file: then a rename leaves both
        os.unlink(aside)
    sync_directory(os.path.dirname(target))


def _put_manifest(directory: str, manifest: Manifest) -> None:
    put_file(os.path.join(directory, NAME), manifest_text(manifest).encode())


def _read_stale(path: str) -> list[str]:
    with suppress(FileNotFoundError, ValueError):
        found = read_regular(path)
        value = json.loads(found[0]) if found else []
        return [each for each in value if isinstance(each, str) and is_inside(each)]
    return []


def _check_parents(directory: str, path: str) -> None:
    """Refuse what leads elsewhere by a link. Raises TaskfilesError (bad-dataset)."""
    place = directory
    for part in path.split("/")[:-1]:
        place = os.path.join(place, part)
        if os.path.islink(place) or (os.path.lexists(place) and not os.path.isdir(place)):
            problem = f"{os.path.relpath(place, directory)} is no directory of its own"
            raise TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=_ELSEWHERE)


def _remove(directory: str, path: str) -> None:
    place = os.path.join(directory, *path.split("/"))
    with suppress(FileNotFoundError):
        os.unlink(place)
    while (place := os.path.dirname(place)) != directory:
        try:
            os.rmdir(place)
        except OSError:  # something else is in it
            break


def _clear(stage: str) -> None:
    if os.path.islink(stage):
        os.unlink(stage)
    elif os.path.lexists(stage):
        shutil.rmtree(stage)


def _sync_below(directory: str) -> None:
    """Make all files below a directory last, and their names."""
    for place, _, names in os.walk(directory):
        for name in names:
            _sync_file(os.path.join(place, name))
        sync_directory(place)


def _sync_file(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
