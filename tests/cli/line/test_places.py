"""Options that name a place on this machine refuse a URL, and make nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.in_process import call
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles_cli.line.places import check_local

URLS = [
    "s3://bucket/x",
    "gs://bucket/x",
    "file:///srv/x",
    "https://example.com/x",
    "S3:/bucket/x",
    "abfss://a@b/c",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize(
    "argv",
    [
        ("export", "--dataset"),
        ("export", "--dataset", "../data", "--from"),
        ("report", "--out"),
        ("report", "--out", "../r.html", "--telemetry"),
        ("record", "fix", "--from"),
        ("record", "fix", "--from-agent", "claude-code"),
        ("inject",),
        ("run", "fix", "--log"),
        ("init", "--root"),
        ("list", "--root"),
    ],
    ids=" ".join,
)
def test_urls_are_refused_with_a_way_on(project: Project, argv: tuple[str, ...], url: str) -> None:
    project.task("fix")
    before = places(project)
    more = ("--", "true") if argv[0] == "run" else ()
    done = call(project, *argv, url, *more)
    assert done.code == 2
    assert "it is a URL, and this names a place on this machine" in done.err
    assert ("Write the path alone: /srv/x" in done.err) == url.startswith("file:")
    if "://" in url:
        assert f"“{url}”" in done.err
    assert "manifest" not in done.err or argv[-1] == "--dataset"
    assert places(project) == before


def places(project: Project) -> list[Path]:
    """All there is, besides what git and the event log keep."""
    return sorted(each for each in project.root.parent.rglob("*") if not {".git", "home"} & {*each.parts})


@pytest.mark.parametrize("url", [url for url in URLS if "://" in url])
@pytest.mark.parametrize("kind", ["dir", "git"])
def test_sinks_with_a_path_refuse_urls(project: Project, kind: str, url: str) -> None:
    done = call(project, "telemetry", "push", "--sink", f"{kind}:{url}")
    assert (done.code, "takes a path on this machine, not a URL" in done.err) == (2, True)


@pytest.mark.parametrize("path", ["a/b", "/a", "C:/data", "./s3://x", "a:b", "s3:x", "-", "@x", "x/s3://y"])
def test_paths_stay(path: str) -> None:
    assert check_local("--dataset", path) == path


def test_what_a_url_lost_as_a_path_is_shown_again() -> None:
    with pytest.raises(TaskfilesError, match="“s3://bucket/x”"):
        check_local("--dataset", "s3:/bucket/x")
