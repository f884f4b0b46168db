"""`tasks init`: what it scaffolds, that it keeps what is there, and that a refusal creates nothing."""

from __future__ import annotations

import json
import shutil

import pytest

from support.in_process import call
from support.limits import give_up_rights, run_limited
from support.project import Project
from taskfiles.config.model import Config, Layout, parse_config
from taskfiles.config.quick import plain_settings

CONFIG = "tasks/tasks.toml"


@pytest.fixture
def bare(project: Project) -> Project:
    """A repository without a project."""
    shutil.rmtree(project.root / "tasks")
    return project


def config_of(project: Project) -> Config:
    config, findings = parse_config((project.root / CONFIG).read_bytes())
    assert config is not None
    assert findings == []
    return config


def test_it_scaffolds_without_prompts_and_only_once(bare: Project) -> None:
    options = ("init", "--yes", "--profile", "prod", "--telemetry", "dir:../events", "--agents")
    dry = call(bare, *options, "--dry-run", "--output", "json").json
    assert bare.tree() == {}
    made = call(bare, *options, "--output", "json").json
    assert made["changes_made"] == dry["changes_made"]
    assert [entry["path"] for entry in made["changes_made"]][-2:] == [CONFIG, "AGENTS.md"]
    config = config_of(bare)
    assert (config.lock.timeout, config.lease.duration) == (30, 3600)
    assert (config.run.max_ambiguity, config.run.allow_partial) == ("medium", False)
    assert config.telemetry.sinks == ["dir:../events"]
    tree = bare.tree()
    again = call(bare, *options)
    assert (again.code, again.out, again.err) == (0, "Everything is in place already.\n", "")
    assert bare.tree() == tree
    assert call(bare, "inject", "AGENTS.md", "--check").code == 0


def test_dev_is_the_defaults_written_out_as_comments(bare: Project) -> None:
    assert call(bare, "init", "--profile", "dev").code == 0
    data = (bare.root / CONFIG).read_bytes()
    assert config_of(bare) == Config(layout=Layout.FLAT)
    assert plain_settings(data) is not None


def test_what_is_there_stays_and_what_would_have_been_set_is_told(bare: Project) -> None:
    kept = "layout = 'flat'\n[lock]\ntimeout = '30s'\n"
    bare.write(CONFIG, kept)
    done = call(bare, "init", "--profile", "prod", "--telemetry", "none")
    assert done.code == 0
    assert "lease.duration" in done.err
    assert 'telemetry.sinks = ["none"]' in done.err
    assert "lock.timeout" not in done.err
    assert (bare.root / CONFIG).read_text() == kept
    warning = json.loads(call(bare, "init", "--profile", "prod", "--output", "json").err)["warning"]
    assert (warning["code"], warning["path"]) == ("kept-settings", CONFIG)


@pytest.mark.parametrize(
    "sink",
    [
        "",
        "locl",
        "local:x",
        "dir:",
        "git: ",
        "otlp:ftp://host",
        "otlp:http://",
        "otlp:https://me:secret@host/v1",
    ],
)
def test_a_sink_that_is_none_is_refused_and_nothing_created(bare: Project, sink: str) -> None:
    refused = call(bare, "init", "--telemetry", sink, "--output", "json")
    assert (refused.code, refused.error["code"]) == (2, "bad-value")
    assert bare.tree() == {}
    assert not (bare.root / "tasks").exists()


def test_none_has_no_company(bare: Project) -> None:
    assert call(bare, "init", "--telemetry", "none", "--telemetry", "local").code == 2
    assert call(bare, "init", "--telemetry", "local", "--telemetry", "otlp:https://host/v1").code == 0
    assert config_of(bare).telemetry.sinks == ["local", "otlp:https://host/v1"]


def test_a_damaged_block_is_refused_before_anything_is_created(bare: Project) -> None:
    bare.write("AGENTS.md", "<!-- tasks:begin -->\n")
    assert call(bare, "init", "--agents").code == 1
    assert list(bare.tree()) == ["AGENTS.md"]
    assert not (bare.root / "tasks").exists()


def test_files_that_other_agents_read_are_named(bare: Project) -> None:
    bare.write("CLAUDE.md", "# Ours\n")
    (bare.root / ".cursor/rules").mkdir(parents=True)
    (bare.root / "AGENTS.md").write_text("# Ours\n")
    (bare.root / "GEMINI.md").symlink_to("AGENTS.md")
    done = call(bare, "init", "--agents")
    assert done.code == 0
    assert "`tasks inject CLAUDE.md`" in done.err
    assert "`tasks inject .cursor/rules/tasks.mdc`" in done.err
    assert "GEMINI" not in done.err
    for file in ("CLAUDE.md", ".cursor/rules/tasks.mdc"):
        assert call(bare, "inject", file).code == 0
    assert call(bare, "init", "--agents").err == ""


@pytest.mark.usefixtures("without_rights")
def test_files_of_other_agents_that_can_not_be_looked_into_stop_nothing(bare: Project) -> None:
    damaged, closed = bare.root / "CLAUDE.md", bare.root / "GEMINI.md"
    damaged.write_text("<!-- tasks:begin v1 -->\n")  # `inject` says what is wrong with it
    closed.write_text("# Ours\n")
    closed.chmod(0)
    done = run_limited(bare, "init", "--agents", before=give_up_rights)
    assert done.code == 0
    assert "`tasks inject GEMINI.md`" in done.err
    assert "CLAUDE" not in done.err
