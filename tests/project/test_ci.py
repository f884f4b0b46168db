"""CI and releases: one command decides, for every version of Python that the package claims."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.paths import REPOSITORY
from taskfiles import __version__

WORKFLOWS = REPOSITORY / ".github" / "workflows"
pytestmark = pytest.mark.skipif(not WORKFLOWS.is_dir(), reason="the tests run without the repository")
ACTION = re.compile(r"[\w-]+/[\w-]+@(release/)?v\d+|\./\.github/workflows/ci\.yml")


def load(name: str) -> dict[str, Any]:
    workflow: dict[str, Any] = YAML(typ="safe").load((WORKFLOWS / name).read_text(encoding="utf-8"))
    return workflow


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [job])]


def commands(workflow: dict[str, Any]) -> list[str]:
    return [step["run"] for step in steps(workflow) if "run" in step]


def test_ci_is_the_one_command() -> None:
    ci = load("ci.yml")
    assert ci["on"].keys() >= {"push", "pull_request"}
    assert commands(ci) == [".ci/run ${{ matrix.part || 'tests' }}"]
    (job,) = ci["jobs"].values()
    for each in (job, *steps(ci)):
        assert not each.keys() & {"if", "continue-on-error", "env", "defaults"}
    matrix = job["strategy"]["matrix"]
    assert matrix["include"] == [{"python": matrix["python"][0], "part": "all"}]


def test_ci_tries_every_version_that_the_package_claims() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    start = "Programming Language :: Python :: 3."
    claimed = [f"3.{text.removeprefix(start)}" for text in project["classifiers"] if text.startswith(start)]
    (job,) = load("ci.yml")["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == claimed
    assert project["requires-python"] == f">={claimed[0]}"
    (setup,) = [step["with"] for step in steps(load("ci.yml")) if "setup-python" in step.get("uses", "")]
    assert setup["python-version"] == "${{ matrix.python }}"
    assert setup["cache"] == "pip"


def test_the_one_command_refuses_an_unknown_part() -> None:
    done = subprocess.run([REPOSITORY / ".ci" / "run", "test"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_workflows_may_read_and_name_the_major_version_of_actions(name: str) -> None:
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"}
    for step in steps(workflow):
        assert ACTION.fullmatch(step.get("uses", "a/b@v1")), step
    given = {
        job_name: job["permissions"] for job_name, job in workflow["jobs"].items() if "permissions" in job
    }
    assert given == ({"publish": {"id-token": "write"}} if name == "release.yml" else {})


def test_a_release_is_built_from_its_tag_and_published_after_ci() -> None:
    release = load("release.yml")
    assert release["on"] == {"push": {"tags": ["v*"]}}
    assert release["jobs"]["ci"] == {"uses": "./.github/workflows/ci.yml"}
    publish = release["jobs"]["publish"]
    assert (set(publish["needs"]), publish["environment"]) == ({"ci", "build"}, "pypi")
    assert "run" not in {key for step in publish["steps"] for key in step}
    (command,) = commands(release)
    for tag in ("v0", f"v{__version__}.1", __version__, "v1; true"):
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=REPOSITORY,
            env={**os.environ, "GITHUB_REF_NAME": tag},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (
            1,
            f"The tag is {tag}, and taskfiles/version.py says {__version__}.\n",
        )
