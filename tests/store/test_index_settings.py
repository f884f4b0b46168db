"""The settings kept with the index: never other ones than those of the file, and read without pydantic."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.in_process import call
from support.project import Project
from taskfiles import Store, TaskfilesError
from taskfiles.config.model import parse_config
from taskfiles.config.quick import Settings
from taskfiles.store.index.reading import SETTINGS, is_damaged
from taskfiles.store.index.settings import find_settings, keep_settings

DECLARED = 'layout = "flat"\n[lock]\ntimeout = "3s"\n[labels.ux]\ndescription = "UX"\n'
SETTING = Settings(lock_timeout=3, layout="flat", complete_require=frozenset({"insights"}))


@pytest.fixture
def declared(project: Project) -> Project:
    project.git("init", "-q")
    project.configure(DECLARED)
    return project


def kept_in(project: Project) -> Path:
    (found,) = (project.root / ".git/tasks/index").glob(f"*/{SETTINGS}")
    return found


def test_they_are_read_once_for_each_text_of_the_file(declared: Project) -> None:
    assert Store(declared.root, index=True).settings.lock_timeout == 3
    first = kept_in(declared).read_bytes()
    assert Store(declared.root, index=True).settings.lock_timeout == 3
    assert kept_in(declared).read_bytes() == first
    declared.configure(DECLARED.replace("3s", "4s"))
    assert Store(declared.root, index=True).settings.lock_timeout == 4
    assert kept_in(declared).read_bytes() != first
    declared.configure(DECLARED.replace("3s", "3 parsecs"))
    with pytest.raises(TaskfilesError) as caught:
        Store(declared.root, index=True).settings  # noqa: B018 (reading it is what is tested)
    assert caught.value.code == "bad-config"


def test_a_file_that_is_plain_is_not_kept(declared: Project) -> None:
    declared.configure('layout = "flat"\n')
    assert Store(declared.root, index=True).settings.layout == "flat"
    assert not [*(declared.root / ".git").rglob(SETTINGS)]


def test_a_write_does_without_pydantic(declared: Project) -> None:
    declared.task("fix", labels="[ux]")
    call(declared, "list", "-o", "plain")
    line = ["record", "fix", "--status", "failed", "--tool", "x", "--duration-seconds", "1"]
    code = f"""import sys; from taskfiles_cli import entry
assert entry._run({line}) == 0; sys.exit('pydantic' in sys.modules)"""
    for expected in (1, 0):  # the first call keeps the settings
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=declared.root, env=declared.environment(None), check=False
        )
        assert done.returncode == expected


@pytest.mark.usefixtures("without_rights")
def test_where_nothing_can_be_kept_they_are_read_each_time(declared: Project) -> None:
    from support.limits import give_up_rights, run_limited, set_writable

    declared.task("fix")
    set_writable(declared.root / ".git", writable=False)
    try:
        done = run_limited(declared, "list", "--startable", "--output", "plain", before=give_up_rights)
    finally:
        set_writable(declared.root / ".git", writable=True)
    assert (done.code, done.out, done.err) == (0, "fix\n", "")


def test_damage_at_any_byte_is_as_good_as_none(tmp_path: Path) -> None:
    data = DECLARED.encode()
    keep_settings(str(tmp_path), "/a", data, SETTING)
    assert find_settings(str(tmp_path), "/a", data) == SETTING
    assert find_settings(str(tmp_path), "/b", data) is None
    assert find_settings(str(tmp_path), "/a", data + b"\n") is None
    whole = (tmp_path / SETTINGS).read_bytes()
    for at in range(len(whole)):
        (tmp_path / SETTINGS).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert find_settings(str(tmp_path), "/a", data) in {None, SETTING}
        assert find_settings(str(tmp_path), "/a", data) is None or not is_damaged(str(tmp_path))
        (tmp_path / SETTINGS).write_bytes(whole[:at])
        assert find_settings(str(tmp_path), "/a", data) is None


LINES = st.sampled_from(
    [
        "timestamps = false",
        'timezone = "Europe/Berlin"',
        "lock.timeout = '1s'",
        "lease.duration = '2h'",
        "complete.require = ['insights']",
        "telemetry.sinks = ['none']",
        "new.created_by = true",
        "milestones.v1.due = 2026-12-01",
        "format = 7",
    ]
)


@given(st.lists(LINES, unique=True))
def test_what_is_kept_is_what_was_read(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    directory, data = str(tmp_path_factory.mktemp("kept")), "\n".join(lines).encode()
    config, _ = parse_config(data)
    assert config is not None
    keep_settings(directory, "/a", data, Settings.from_config(config))
    assert find_settings(directory, "/a", data) == Settings.from_config(config)
