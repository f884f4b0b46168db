"""The pages as files: the same bytes again, links that lead to files, nobody else's files touched."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from support.in_process import call, ok
from support.layouts import make_project
from support.project import Project
from support.web import Page

ATTEMPT = (
    "{started_at: 2025-11-02T12:00:00Z, ended_at: 2025-11-02T12:12:00Z, duration_seconds: 720, "
    "status: failed, executor: {tool: t, model: m1}}"
)


@pytest.fixture
def place(tmp_path: Path) -> Project:
    made = Project(tmp_path / "repo")
    make_project(made.root, "flat")
    made.git("init", "-q", "-b", "main", "--template=")
    made.task("fix", labels="[ui]", depends_on="[dep]", due="2025-01-01", body="\nSee [it](dep.md).\n")
    made.task("dep", title='"<b>\\u202e"', execution=f"{{attempts: [{ATTEMPT}]}}", assignees="[ana]")
    made.task("odd", state="someday", kind="epic", children="[fix]")
    for number in range(45):
        made.task(f"done-{number:02}", state="done", completed_at=f"2025-11-02T12:00:{number:02}Z")
    ok(call(made, "pickup", "dep", "--by", "agent-7"))
    return made


def files_of(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def export(project: Project, name: str = "../site") -> dict[str, bytes]:
    done = ok(call(project, "web", "--export", name))
    found = files_of(project.root / name)
    assert done.out == f"{len(found) - 1} files in {name}\n"
    return found


def test_the_same_tasks_give_the_same_bytes(place: Project) -> None:
    before = place.tree()
    first = export(place)
    place.env["TZ"] = "Asia/Tokyo"
    assert export(place, "../other") == first
    assert export(place) == first
    assert place.tree() == before
    pages = {"index.html", "plan.html", "figures.html", "lanes/epic.html", "column/done.html"}
    assert pages | {".nojekyll"} <= first.keys()
    text = Page(first["task/fix.html"].decode()).text
    assert "Title of fix" in text
    assert "overdue 2025-01-01" in text
    whole = b"".join(first.values()).decode()
    assert "held by" not in whole  # who holds what is this clone's
    assert "\u202e" not in whole
    assert str(place.root) not in whole


def test_every_link_leads_to_a_file_of_the_site(place: Project) -> None:
    site = export(place)
    seen = set()
    for name, content in site.items():
        if not name.endswith(".html"):
            continue
        page = Page(content.decode())
        assert {tag for tag, _ in page.elements} & {"script", "form", "button", "style"} == set()
        for link in [*page.values("href"), *page.values("src")]:
            if link.startswith("#"):
                continue
            assert not link.startswith("/"), (name, link)
            path = posixpath.join(posixpath.dirname(name), unquote(link).partition("#")[0])
            target = posixpath.normpath(path)
            assert target in site, (name, link)
            seen.add(target)
    assert "task/dep.html" in seen
    assert '<a href="../task/dep.html"' in site["task/fix.html"].decode()
    unseen = {name for name in site if name.endswith(".html")} - seen
    assert {name.partition("/")[0] for name in unseen} == {"column"}  # short ones: the board has all of them


def test_long_columns_have_several_pages(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskfiles_cli.web.export._LONG", 20)
    site = export(place)
    pages = [site[f"column/done{part}.html"].decode() for part in ("", "-2", "-3")]
    found = [re.findall(r'data-task="([^"]+)"', page) for page in pages]
    assert [len(ids) for ids in found] == [20, 20, 5]
    assert len({each for ids in found for each in ids}) == 45
    assert 'href="../column/done-2.html"' in site["column/done.html"].decode()


def test_what_is_gone_goes_and_what_is_somebody_elses_stays(place: Project) -> None:
    export(place)
    site = place.root.parent / "site"
    (site / "CNAME").write_text("example.org\n")
    (place.root / place.path("done-07")).unlink()
    export_again = call(place, "web", "--export", "../site")
    assert export_again.code == 0
    assert not (site / "task/done-07.html").exists()
    assert (site / "CNAME").read_text() == "example.org\n"


def test_a_list_that_was_tampered_with_removes_nothing_elsewhere(place: Project) -> None:
    export(place)
    site = place.root.parent / "site"
    keep = place.root.parent / "keep.txt"
    keep.write_text("keep")
    (site / ".tasks-web.json").write_text('{"files": ["../keep.txt", "/etc/passwd", 5, "a/../../keep.txt"]}')
    ok(call(place, "web", "--export", "../site"))
    assert keep.read_text() == "keep"


def test_places_that_are_not_its_own_are_refused(place: Project) -> None:
    outside = place.root.parent / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    linked = place.root.parent / "linked"
    linked.mkdir()
    (linked / ".tasks-web.json").write_text('{"files": []}')
    (linked / "task").symlink_to(outside)
    before = files_of(outside)
    for name, problem in (
        ("../outside", "it holds files that were not written by this command"),
        ("../outside/file", "it is not a directory"),
        ("../linked", "task in it is a link"),
        ("tasks/site", "it lies in tasks/"),
        (".git/site", "it lies in git's own directory"),
        (".", "it holds files that were not written by this command"),
    ):
        done = call(place, "web", "--export", name)
        assert (done.code, problem in done.err) == (2, True), (name, done.err)
    assert files_of(outside) == before


def test_an_export_serves_nothing(place: Project) -> None:
    done = call(place, "web", "--export", "../site", "--open")
    assert (done.code, "--export serves nothing" in done.err) == (2, True)
