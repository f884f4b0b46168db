"""The pages of a running board: what they show, what an address asks for, what becomes of people's texts."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.hostile_files import HOSTILE_FILES
from support.in_process import call, ok
from support.layouts import make_project
from support.processes import PATIENCE
from support.project import Project
from support.web import Page, Served, serving, start
from taskfiles import Store
from taskfiles_cli.surface.figures import draw_figures
from taskfiles_cli.surface.mirror import Mirror

ATTEMPT = (
    "{started_at: 2025-11-02T12:00:00Z, ended_at: 2025-11-02T12:12:00Z, duration_seconds: 720, "
    "status: failed, error_type: gate_failed, executor: {tool: t, model: m1}, "
    "cost: {actual_usd_micros: 1840000}, notes: The lock was kept, "
    "reviewer: {name: Bea, approved: false, reviewed_at: 2025-11-02T13:00:00Z}}"
)
EVIL = "</script><img src=x onerror=alert(1)>\\u202e\\0"


def make(root: Path) -> Project:
    made = Project(root)
    make_project(made.root, "flat")
    made.git("init", "-q", "-b", "main", "--template=")
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = make(tmp_path_factory.mktemp("pages") / "repo")
    made.task("top", kind="epic", title="The epic", children="[fix, dep]")
    made.task("fix", labels="[ui, 'to do']", depends_on="[dep]", priority="urgent", due="2025-01-01")
    made.task("dep", state="idea", blocked="CI is red", execution=f"{{attempts: [{ATTEMPT}]}}")
    made.task("held", assignees="[ana]")
    made.task("evil", title=f'"{EVIL}"', labels=f'["{EVIL}"]', blocked=f'"{EVIL}"', milestone=f'"{EVIL}"')
    for number in range(45):
        made.task(f"done-{number:02}", state="done", completed_at=f"2025-11-02T12:00:{number:02}Z")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "The first <b>commit</b>")
    made.write("tasks/broken.md", "---\nid: broken\ntitle: [\n---\n")
    ok(call(made, "pickup", "held", "--by", "agent-7"))
    return made


@pytest.fixture(scope="module")
def served(place: Project) -> Iterator[Served]:
    with serving(place) as running:
        yield running
    assert "failed" not in running.said


def text_of(served: Served, path: str) -> str:
    done = served.ask(path)
    assert done.status == 200, (path, done.body)
    return Page(done.body).text


def column(html: str, state: str) -> list[str]:
    part = re.search(rf'data-column="{state}">(.*?)</ul>', html, re.DOTALL)
    assert part is not None
    return re.findall(r'data-task="([^"]+)"', part[1])


# The board


def test_the_board_has_a_column_for_each_state(served: Served) -> None:
    html = served.ask("/board").body
    assert column(html, "idea") == ["dep"]
    assert column(html, "ready") == ["fix", "evil", "top"]
    assert column(html, "in-progress") == ["held"]
    assert column(html, "done") == [f"done-{number:02}" for number in range(44, 4, -1)]
    text = Page(html).text
    for part in (
        "overdue 2025-01-01",
        "waits for dep",
        "blocked: CI is red",
        "1 try, last failed (gate_failed), $1.84",
        "held by agent-7 since",
        "0/2 below it",
        "1 file can't be read",
        "5 more",
    ):
        assert part in text


def test_the_rest_of_a_column_is_a_link_away(served: Served) -> None:
    page = Page(served.ask("/board").body)
    (more,) = [href for href in page.values("href") if href.startswith("/column/")]
    done = served.ask(more)
    assert column(done.body, "done") == [f"done-{number:02}" for number in range(4, -1, -1)]
    assert "more" not in Page(done.body).text


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("label:ui", ["fix"]),
        ("label:%22to+do%22", ["fix"]),
        ("blocked:yes", ["dep", "evil"]),
        ("parent:top", ["dep", "fix"]),
        ("title+of+held", ["held"]),
        ("state:idea,in-progress", ["dep", "held"]),
    ],
)
def test_the_filter_is_in_the_address(served: Served, query: str, ids: list[str]) -> None:
    html = served.ask(f"/board?q={query}").body
    assert sorted(re.findall(r'data-task="([^"]+)"', html)) == ids
    assert f"{len(ids)} task" in Page(html).text
    found = served.ask(f"/search?q={query}").body
    assert sorted(re.findall(r'data-task="([^"]+)"', found)) == ids


def test_lanes_are_of_epics_and_one_of_the_rest(served: Served) -> None:
    html = served.ask("/board?lanes=epic&q=open:yes").body
    names = re.findall(r'class="lane-name"[^>]*>(.*?)</h2>', html, re.DOTALL)
    assert [Page(name).text for name in names] == ["The epic top 3", "none 2"]


def test_a_label_on_a_card_leads_to_its_tasks(served: Served) -> None:
    page = Page(served.ask("/board").body)
    assert "/board?q=label%3Aui" in page.values("href")
    assert "/board?q=label%3A%22to+do%22" in page.values("href")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/board?q=stat:ready", "there is no such key"),
        ("/board?q=state:redy", "it is not one of its values"),
        ("/board?lanes=epics", "there are no such lanes"),
        ("/column/done?after=x", "it names no card"),
        ("/column/done?after=WzEsMl0", "it names no card"),
    ],
)
def test_what_an_address_can_not_ask_for_is_said(served: Served, path: str, problem: str) -> None:
    done = served.ask(path)
    assert done.status == 400
    assert problem in Page(done.body).text


# A task


def test_a_task_is_shown_whole(served: Served) -> None:
    text = text_of(served, "/task/dep")
    for part in (
        "Title of dep",
        "idea",
        "What and why.",
        "Acceptance Criteria",
        "☐ 1 First",
        "☑ 2 Second",
        "Attempts 1",
        "failed gate_failed",
        "2025-11-02 12:00 – 2025-11-02 12:12 failed",
        "t m1, 12 min, $1.84",
        "refused by Bea",
        "The lock was kept",
        "Waits for it",
        "The epic",
        "tasks/dep.md",
    ):
        assert part in text


def test_a_text_that_has_changed_since_the_last_look_is_read_anew(tmp_path: Path) -> None:
    place = make(tmp_path / "repo")
    file = place.task("restless")
    os.utime(file, (1, 1))
    ok(call(place, "list"))  # the index knows the file now, and its text is read when a page needs it
    with serving(place, "--poll", "3600") as served:
        place.task("restless", body="\n## Overview\n\nAnother text.\n")
        assert "<mark>Another</mark>" in served.ask("/search?q=another").body
        file.unlink()
        assert served.ask("/search?q=another").status == 200
    assert "failed" not in served.said


def test_the_history_of_a_task_is_that_of_log(served: Served) -> None:
    text = text_of(served, "/task/dep/log")
    assert "Ada" in text
    assert "The first <b>commit</b>" in text
    part = served.ask("/task/dep/log", headers={"X-Tasks-Part": "1"})
    assert part.body.startswith("<main")


def test_an_id_that_nobody_has_is_said_with_a_near_one(served: Served) -> None:
    done = served.ask("/task/heldd")
    assert done.status == 404
    assert "held" in Page(done.body).text
    assert served.ask("/task/%2e%2e").status in {404, 400}
    assert served.ask("/nowhere").status == 404


# Now


def test_now_says_who_holds_what_and_what_is_stuck(served: Served) -> None:
    text = text_of(served, "/now")
    assert "agent-7" in text
    assert "it is blocked: CI is red" in text
    assert "it was due 2025-01-01" in text
    assert "tasks/broken.md:4:1" in text or "tasks/broken.md:3:" in text
    assert "Nothing was tried today." in text


# Saved views


def test_saved_views_are_links_whose_filter_is_in_the_address(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    project.task("fix", assignees="[ana]")
    project.task("other")
    settings = (project.root / "tasks/tasks.toml").read_text()
    project.write("tasks/tasks.toml", settings + '\n[views."my own"]\nmine = true\n')
    with serving(project, "--by", "ana") as running:
        html = running.ask("/plan").body
        (link,) = [href for href in Page(html).values("href") if "view" in href]
        assert link == "/plan?q=view%3A%22my+own%22"
        found = running.ask(link.replace("/plan", "/board")).body
        assert re.findall(r'data-task="([^"]+)"', found) == ["fix"]
        assert running.ask("/board?q=view:none").status == 400
        part = running.ask("/board", headers={"X-Tasks-Part": "1"}).body
        assert "/board?q=view%3A%22my+own%22" in Page(part).values(
            "href"
        )  # it comes into a page that is open


# Links and milestones


def test_links_and_the_day_of_a_milestone_stand_on_the_page_on_cards_and_lanes(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    links = "[{type: url, url: 'https://example.org/x', title: How}, {type: url, url: 'javascript:x'}, "
    links += "{type: task, id: other, relation: duplicates}, {type: file, path: src/a.py}]"
    project.task("fix", milestone="v1", links=links)
    project.task("other", milestone="v2")
    settings = (project.root / "tasks/tasks.toml").read_text()
    days = "\n[milestones.v1]\ndue = 2020-01-01\n[milestones.v2]\ndue = 2990-01-01\n"
    project.write("tasks/tasks.toml", settings + days)
    with serving(project) as running:
        page = Page(running.ask("/task/fix").body)
        assert "https://example.org/x" in page.values("href")
        assert not [href for href in page.values("href") if "javascript" in href]
        for part in (
            "How: https://example.org/x",
            "duplicates",
            "file src/a.py",
            "v1 overdue since 2020-01-01",
        ):
            assert part in page.text
        board = text_of(running, "/board?lanes=milestone")
        for part in ("v1 ■ overdue 2020-01-01 1", "v2 due 2990-01-01 1", "4 links"):
            assert part in board
    shown = ok(call(project, "board", "--print", "--lanes", "milestone")).out
    assert "v2 due 2990-01-01 1" in shown


# Plan and figures


def test_the_plan_has_stages_with_what_leads_between_them(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    project.task("a", touches='["src/<i>"]')
    project.task("b", touches='["src/<i>"]', depends_on="[c]")
    project.task("c", touches='["src/<i>"]')
    project.task("wait", blocked="CI is red")
    with serving(project) as running:
        html = running.ask("/plan").body
        planned = ok(call(project, "plan", "--output", "plain")).out.split()
        assert re.findall(r'class="node".*?href="/task/([^"]+)"', html) == planned == ["a", "c", "b"]
        assert re.findall(r'<path class="(hard|soft)"', html) == ["hard", "soft"]
        text = Page(html).text
        for part in ("in 3 stages", "after c", "touches:src/<i>|src/<i> with a", "Stage 3 1"):
            assert part in text
        assert "Left out 1 Title of wait wait — it is blocked: CI is red" in text
        assert "in 1 stage." in text_of(running, "/plan?q=title+of+a")
        assert "A plan is made of tasks" in text_of(running, "/plan?q=label:nothing")
    project.task("c", depends_on="[b]")
    with serving(project) as running:
        done = running.ask("/plan")
        assert (done.status, "each of these waits for the next" in Page(done.body).text) == (
            409,
            True,
        )


def test_figures_are_those_of_the_report_of_what_the_filter_finds(place: Project, served: Served) -> None:
    html = served.ask("/figures").body
    assert html.count("<svg") >= 4
    text = Page(html).text
    assert "n = 1 task, 1 attempt." in text
    assert "$1.84" in text
    assert "No attempt is recorded" in text_of(served, "/figures?q=label:ui")
    assert "No attempt is recorded" not in text_of(served, "/figures?q=state:idea")
    flow = served.ask("/figures/flow").body
    assert 'data-part="/figures/flow?q=state%3Aidea"' in served.ask("/figures?q=state:idea").body
    assert "n = 1 open task." in text_of(served, "/figures/flow?q=state:idea")
    page = ok(call(place, "report", "--out", "-")).out
    assert len({each for each in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if each in flow}) >= 1
    drawn = {drawing for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if drawing in html}
    assert len(drawn) == html.count("<svg")


def test_figures_without_what_draws_have_their_tables(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    mirror = Mirror(lambda: Store.find(place.root))
    drawn = draw_figures(mirror.view, None)
    assert "pip install 'taskfiles[report]'" in drawn.lack
    assert all(figure.svg is None for figure in drawn.figures)
    assert any(figure.chart.table.rows for figure in drawn.figures)


def test_search_shows_where_the_text_stands(served: Served) -> None:
    html = served.ask("/search?q=what+and+why").body
    assert "<mark>What and why</mark>" in html
    assert "No task matches" in text_of(served, "/search?q=nowhere-at-all")


# Texts of people


@pytest.mark.parametrize(
    "path",
    ["/board", "/board?lanes=milestone", "/task/evil", "/now", "/search?q=title", "/plan", "/figures"],
)
def test_no_text_of_people_is_more_than_text(served: Served, path: str) -> None:
    html = served.ask(path).body
    assert not [name for _, attrs in Page(html).elements for name in attrs if name.startswith("on")]
    assert "\u202e" not in html
    assert "\0" not in html
    assert [tag for tag, _ in Page(html).elements if tag == "img"] == []
    assert {tag for tag, _ in Page(html).elements if tag == "script"} == {"script"}
    scripts = [attrs for tag, attrs in Page(html).elements if tag == "script"]
    assert all(attrs["src"].startswith("/static/") for attrs in scripts)


@pytest.mark.parametrize(
    "path",
    ["/board", "/now", "/plan", "/figures", "/task/fix", "/search?q=fix", "/keys", "/board?lanes=epic"],
)
def test_pages_ask_for_nothing_elsewhere_and_hold_no_style_or_script(served: Served, path: str) -> None:
    for tag, attributes in Page(served.ask(path).body).elements:
        assert "style" not in attributes
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action"):
            value = attributes.get(name)
            assert value is None or re.match(r"/(?!/)|#", value), (tag, value)


def test_ids_within_a_page_are_its_own(served: Served) -> None:
    for path in ("/board", "/now", "/plan", "/figures", "/search?q=title", "/board?lanes=epic"):
        ids = Page(served.ask(path).body).values("id")
        assert len(set(ids)) == len(ids), path


def test_a_hostile_file_breaks_no_page(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    project.task("fine")
    paths = []
    for number, content in enumerate(HOSTILE_FILES.values()):
        data = content.encode() if isinstance(content, str) else content
        project.write(f"tasks/odd-{number}.md", data.replace(b"id: odd\n", f"id: odd-{number}\n".encode()))
        paths.append(f"/task/odd-{number}")
    running = start(project)
    running.enter()
    for path in ["/board", "/board?lanes=assignee", "/now", "/plan", "/figures", "/search?q=odd", *paths]:
        done = running.ask(path)
        assert done.status in {200, 404, 409}, (path, done.body)
        assert "Traceback" not in done.body
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.body), path


# Live


def read_event(connection: socket.socket, rest: bytes) -> tuple[dict[str, str], bytes]:
    """Read the next event with what stands before it, and return what follows; comments are no events."""
    while (found := re.search(rb"^event: .*\ndata: .*\n\n", rest, re.MULTILINE)) is None:
        part = connection.recv(65536)
        assert part, rest
        rest += part
    lines = [line for line in rest[: found.end()].decode().splitlines() if re.match(r"[\w-]+: ", line)]
    return dict(line.split(": ", 1) for line in lines), rest[found.end() :]


def test_a_change_on_disk_is_announced(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    project.task("fix")
    running = start(project)
    running.enter()
    with socket.create_connection(("127.0.0.1", running.port), PATIENCE) as connection:
        head = f"GET /events HTTP/1.1\r\nHost: {running.host}\r\nCookie: tasks={running.cookie}\r\n\r\n"
        connection.sendall(head.encode())
        hello, rest = read_event(connection, b"")
        assert (hello["event"], json.loads(hello["data"])) == ("hello", {"revision": 1})
        assert hello["content-type"].startswith("text/event-stream")
        project.task("fix", title="Another title")
        changed, rest = read_event(connection, rest)
        assert (changed["event"], json.loads(changed["data"])["revision"] > 1) == ("changed", True)
    assert "Another title" in running.ask("/board").body


# The command


def test_a_signal_ends_it_with_the_code_of_the_signal(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        running = start(project)
        running.process.send_signal(number)
        out, err = running.process.communicate(timeout=PATIENCE)
        assert running.process.returncode == code
        assert (out, b"Traceback" in err) == (b"", False)


def test_a_stream_does_not_hold_up_the_end(tmp_path: Path) -> None:
    project = make(tmp_path / "repo")
    running = start(project)
    running.enter()
    with socket.create_connection(("127.0.0.1", running.port), PATIENCE) as connection:
        head = f"GET /events HTTP/1.1\r\nHost: {running.host}\r\nCookie: tasks={running.cookie}\r\n\r\n"
        connection.sendall(head.encode())
        read_event(connection, b"")
        running.process.terminate()
        assert running.process.wait(PATIENCE) == 143


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (("--host", "everywhere"), "it is not an address"),
        (("--host", "0.0.0.0"), "other machines need a name for it"),
        (("--host-name", "a/b"), "it is not a name of a machine"),
        (("--port", "70000"), "ports end at 65535"),
        (("--poll", "0"), "it would never rest"),
        (("--host", "192.0.2.1", "--host-name", "x"), "nobody can listen there"),
    ],
)
def test_what_can_not_be_served_is_refused(place: Project, argv: tuple[str, ...], problem: str) -> None:
    done = call(place, "web", *argv)
    assert done.code == 2
    assert problem in done.err


def test_a_port_that_is_taken_is_refused_and_the_usual_one_replaced(place: Project) -> None:
    running = start(place)
    done = call(place, "web", "--port", str(running.port))
    assert done.code == 2
    assert "nobody can listen there" in done.err


def test_another_name_is_the_way_back(place: Project) -> None:
    running = start(place, "--host-name", "127.0.0.1", "--poll", "1")
    assert running.name == "127.0.0.1"
    assert running.enter().status == 200


def test_without_the_extra_it_says_what_to_type(place: Project) -> None:
    for module in ("starlette", "nh3"):
        script = f"import sys; sys.modules[{module!r}] = None\nfrom taskfiles_cli.entry import run; run()"
        done = subprocess.run(
            [sys.executable, "-c", script, "web"],
            cwd=place.root,
            env=place.environment(None),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 5
        assert f"This needs {module}" in done.stderr
        assert "pip install 'taskfiles[web]'" in done.stderr
