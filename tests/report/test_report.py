"""`tasks report`: the page and the charts as text, what may stand in them, options, sources, files."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import socket
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from support.contrast import contrast
from support.corpora import TASKS, needs_corpus
from support.effort import some
from support.event_log import log_of
from support.in_process import call
from support.layouts import in_states
from support.project import SCRIPT, Project
from support.report_material import HOSTILE, attempt, event, fill, fill_hostile, fill_log, put, write_log
from taskfiles.report.chart import NOT_DRAWN, Chart, Table, blank, texts
from taskfiles.report.charts import ATTEMPT_CHARTS, EVENT_CHARTS, FLOW_CHARTS
from taskfiles.report.drawing import NotDrawn, draw_png, draw_svg, inline_svg, standalone_svg
from taskfiles.report.forms import Bar, Cell, Rate, draw_bars, draw_columns, draw_matrix, draw_rates
from taskfiles.report.labels import name_all, name_value
from taskfiles.report.material import Material
from taskfiles.report.page import Drawn, make_page
from taskfiles.report.palette import DARK, LIGHT
from taskfiles.schema.files import read_schema

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "link", "br", "img"}
PNG = b"\x89PNG\r\n\x1a\n"


class Reader(HTMLParser):
    """Reads a page, and fails on an element that is not closed, or not where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), attrs
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def page_of(project: Project, *argv: str) -> str:
    done = call(project, "report", *argv)
    assert done.code == 0, done.err
    return done.out


@pytest.fixture
def rich(project: Project) -> Project:
    fill(project)
    return project


def test_a_page_has_every_chart_with_its_table_and_sentence(rich: Project) -> None:
    page = Reader(page_of(rich))
    lists = ["now-progress", "now-blocked", "now-overdue", "now-done"]
    assert [each["id"] for each in page.named("h3")] == [*lists, *FLOW_CHARTS, *ATTEMPT_CHARTS]
    drawn = len(page.named("svg"))
    assert drawn == len(page.named("figure")) == len(page.named("figcaption")) >= len(ATTEMPT_CHARTS)
    tables = len(page.named("table"))
    assert tables == len(page.named("caption")) == len(page.named("details")) >= drawn
    for scope in page.named("th"):
        assert scope["scope"] in {"col", "row"}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in ids
        if (attributes.get("href") or "").startswith("#"):
            assert str(attributes["href"])[1:] in ids


def test_headings_go_down_one_level_at_a_time(rich: Project) -> None:
    levels = [int(tag[1]) for tag, _ in Reader(page_of(rich)).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_page_needs_nothing_but_itself(rich: Project) -> None:
    page = Reader(page_of(rich))
    assert not page.named("script", "link", "img", "iframe", "object", "embed", "use", "image")
    for tag, attributes in page.elements:
        assert not {"src", "style", "srcset", "action"} & attributes.keys(), tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
    (policy,) = (
        each["content"] for each in page.named("meta") if each.get("http-equiv") == "Content-Security-Policy"
    )
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in str(policy)
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page_of(rich))


@pytest.mark.slow
def test_the_same_tasks_give_the_same_bytes(rich: Project, tmp_path: Path) -> None:
    """In whatever directory they lie, and whatever was drawn in the process before."""
    first = page_of(rich)
    for path in (rich.root / "tasks").rglob("*.md"):
        os.utime(path, (1, 1))
    other = Project(tmp_path / "elsewhere")
    shutil.copytree(rich.root / "tasks", other.root / "tasks")
    assert page_of(other) == first == rich.run("report").out
    for name in ("svg", "png"):
        argv = ("report", "--format", name, "--chart", "cost", "--out")
        for place in ("one", "two"):
            assert call(rich, *argv, place).code == 0
        assert (rich.root / "one").read_bytes() == (rich.root / "two").read_bytes()


def test_few_tasks_are_marked_and_have_no_rank(rich: Project) -> None:
    text = page_of(rich, "--chart", "success")
    assert "1 of 1, n&lt;5" in text
    assert '<td class="number"><bdi>none: n&lt;5</bdi></td>' in text
    assert "11 of 12 groups have fewer than 5 tasks" in text


def test_cost_tells_its_coverage_and_few_tasks_are_no_frontier(rich: Project) -> None:
    text = page_of(rich, "--chart", "cost")
    assert "The cost of 49 of 50 attempts is known" in text
    rows = dict(re.findall(r'<th scope="row"><bdi>(\w+)</bdi></th><td><bdi>([^<]+)</bdi>', text))
    few = "none: fewer than 5 tasks"
    assert rows == {
        "rare": few,
        "haiku": "on the frontier",
        **dict.fromkeys(["sonnet", "opus", "dear"], "not on it"),
    }


def test_nothing_at_all_is_a_page_that_says_so(project: Project) -> None:
    text = page_of(project)
    assert "Nothing is recorded." in text
    assert not Reader(text).named("svg", "figure", "table")
    assert text.count("No attempt is recorded, so that there is nothing to show.") == 8


@pytest.mark.parametrize("name", some([*HOSTILE], 9))
def test_hostile_texts_stay_texts(name: str) -> None:
    """In labels, headings, tables and whatever a drawing repeats of them."""
    attack = HOSTILE[name]
    label = name_all([attack])[attack]
    drawings = {
        "a": draw_rates([Rate("g", label, 0.5, 0.2, 0.8, label, True)]),
        "b": draw_columns([Cell(label, label, 1)], [label], "attempts"),
        "c": draw_bars([Bar(label, 3, 1, label)], "attempts", has_parts=True),
        "d": draw_matrix([Cell(label, label, 1)], [label]),
        "e": blank(label),
    }
    charts = []
    for key, spec in drawings.items():
        drawing = draw_svg(spec)
        shown = [element.text for element in drawing.iter(f"{SVG}text")]
        assert shown.count(label) >= {"d": 2}.get(key, 1), shown
        alone = ElementTree.fromstring(standalone_svg(drawing, key, name_value(attack)))
        assert {element.tag for element in alone.iter()} <= {
            f"{SVG}{tag}"
            for tag in ("svg", "g", "path", "rect", "text", "line", "title", "style", "defs", "clipPath")
        }
        text = name_value(attack)
        chart = Chart(key, text, text, "n", Table(label, texts(label), [[text]]), spec)
        charts.append(Drawn(chart, inline_svg(drawing, key, text)))
    plain = Reader(make_page(Material(None, None, None), charts, "title"))
    page = Reader(make_page(Material(None, None, None), charts, attack))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    for _, attributes in page.elements:
        assert not any(each.startswith("on") for each in attributes)
    assert name_value(attack) in page.texts


def test_names_stand_in_the_order_of_the_rows() -> None:
    names = ["zeta", "constructor", "alpha", "10", "9", "valueOf"]
    drawing = draw_svg(draw_bars([Bar(name, 3, 1, f"{name}!") for name in names], "x"))
    shown = [element.text for element in drawing.iter(f"{SVG}text")]
    assert [text for text in shown if text in names] == names


def test_thousands_of_names_that_are_cut_to_one_text_stay_apart() -> None:
    values = [f"{'x' * 60}{number}" for number in range(20_000)]
    names = name_all(values)
    assert len(set(names.values())) == len(values)


@pytest.mark.slow
def test_what_the_engine_refuses_is_one_chart_left_out(
    rich: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ATTEMPT_CHARTS["gates"]
    monkeypatch.setitem(ATTEMPT_CHARTS, "gates", lambda each: made(each)._replace(spec={"mark": "nonsense"}))
    done = call(rich, "report")
    assert done.code == 0
    assert "Gate failures” is left out" in done.err
    page = Reader(done.out)
    drawn = [each["id"] for each in page.named("h3") if each["id"] in ATTEMPT_CHARTS]
    assert len(page.named("table")) == len(page.named("svg")) + 1
    assert "gates" in drawn
    assert NOT_DRAWN in done.out
    for kind in ("svg", "png"):
        done = call(rich, "report", "--format", kind, "--out", "charts/")
        assert done.code == 0
        assert "left out" in done.err
        names = {path.stem for path in (rich.root / "charts").glob(f"*.{kind}")}
        assert names >= ATTEMPT_CHARTS.keys() - {"gates"}


def test_hostile_projects_give_sound_pages_and_drawings(project: Project) -> None:
    fill_hostile(project)
    page = Reader(page_of(project))
    assert not page.named("script", "b")
    assert len(page.named("svg")) == 9
    assert call(project, "report", "--format", "svg", "--out", "charts/").code == 0
    files = sorted(path.name for path in (project.root / "charts").iterdir())
    assert files == sorted(f"{name}.svg" for name in [*FLOW_CHARTS, *ATTEMPT_CHARTS])
    for path in (project.root / "charts").iterdir():
        assert ElementTree.parse(path).getroot().tag == f"{SVG}svg"


def test_a_drawing_of_its_own_follows_the_readers_scheme(rich: Project) -> None:
    text = page_of(rich, "--format", "svg", "--chart", "gates")
    root = ElementTree.fromstring(text)
    style = root.findtext(f"{SVG}style") or ""
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == root.get("aria-label") == "Gate failures"
    assert "prefers-color-scheme: dark" in style
    colours = {element.get(name) for element in root.iter() for name in ("fill", "stroke")}
    assert colours - {None, "none", "transparent"} <= set(LIGHT.values())


def test_nothing_is_fetched_to_draw() -> None:
    """Whatever a specification names: what draws asks nobody."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        spec = blank("text") | {"data": {"url": f"http://127.0.0.1:{server.getsockname()[1]}/data.json"}}
        for draw in (draw_svg, draw_png):
            with pytest.raises(NotDrawn) as caught:
                draw(spec)
            assert "not allowed" in str(caught.value.__cause__)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_from_the_paper(colours: dict[str, str]) -> None:
    assert len(set(LIGHT.values())) == len(LIGHT)
    assert list(LIGHT) == list(DARK)
    for role in ("ink", "dim", "main", "warn", "progress", "done", "idea", "urgent", "claim"):
        assert contrast(colours[role], colours["paper"]) >= 4.5, role
    for role in ("ink", "warn", "main"):
        assert contrast(colours[role], colours["soft"]) >= 3, role


@pytest.mark.slow
def test_png_is_a_picture(rich: Project) -> None:
    assert call(rich, "report", "--format", "png", "--out", "charts/", "--output", "plain").out.split() == [
        f"charts/{name}.png" for name in [*FLOW_CHARTS, *ATTEMPT_CHARTS]
    ]
    for name in ATTEMPT_CHARTS:
        assert (rich.root / "charts" / f"{name}.png").read_bytes().startswith(PNG)


def test_a_chart_of_nothing_is_drawn_all_the_same(project: Project) -> None:
    """A page that shows it by its address keeps working."""
    root = ElementTree.fromstring(page_of(project, "--format", "svg", "--chart", "cost"))
    assert [each.text for each in root.iter(f"{SVG}text")] == [
        "No attempt is recorded, so that there is nothing to show."
    ]


def test_a_file_is_replaced_whole_and_the_answer_names_it(rich: Project) -> None:
    rich.write("site/index.html", "old")
    done = call(rich, "report", "--out", "site/index.html", "--title", "<Ours>", "--output", "json")
    Draft202012Validator(read_schema("report")).validate(done.json)
    assert done.json == {
        "format": "html",
        "charts": [*FLOW_CHARTS, *ATTEMPT_CHARTS],
        "files": ["site/index.html"],
        "as_of": "2025-11-20T10:05:00.000Z",
    }
    text = (rich.root / "site/index.html").read_text()
    assert "<title>&lt;Ours&gt;</title>" in text
    assert "as of 2025-11-20 10:05 UTC" in text
    assert [path.name for path in (rich.root / "site").iterdir()] == ["index.html"]
    assert call(rich, "report", "--out", "site/index.html").out == "Wrote site/index.html.\n"


@pytest.mark.slow
def test_a_link_is_followed_and_a_device_or_pipe_written_into(rich: Project) -> None:
    """Neither is replaced: /dev/stdout is everybody's."""
    rich.write("real/page.html", "old")
    (rich.root / "link.html").symlink_to("real/page.html")
    assert call(rich, "report", "--out", "link.html").code == 0
    assert (rich.root / "link.html").is_symlink()
    page = (rich.root / "real/page.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    # A link to what /dev/stdout leads to: should it be replaced, this one is, and not the machine's.
    (rich.root / "stdout").symlink_to("/proc/self/fd/1")
    assert rich.run("report", "--out", "stdout").out == f"{page}Wrote stdout.\n"
    assert (rich.root / "stdout").is_symlink()
    os.mkfifo(rich.root / "pipe")
    reading = os.open(rich.root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert call(rich, "report", "--format", "svg", "--chart", "gates", "--out", "pipe").code == 0
    assert os.read(reading, 1 << 20).startswith(b"<svg ")
    os.close(reading)


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        (("--out", "site/"), "--out"),
        (("--out", "tasks"), "--out"),
        (("--format", "svg"), "--out"),
        (("--format", "png", "--chart", "cost,gates", "--out", "two.png"), "--out"),
        (("--chart", "costs"), "--chart"),
        (("--chart", "outcomes"), "--chart"),
        (("--telemetry", ".", "--chart", "cost"), "--chart"),
        (("--telemetry", ".", "--task", "once"), "--task"),
        (("--telemetry", ".", "--state", "done"), "--state"),
        (("--as-of", "someday"), "--as-of"),
        (("--since", "2025-11-02", "--until", "2025-11-02"), "--until"),
    ],
)
def test_what_makes_no_sense_is_refused(rich: Project, argv: tuple[str, ...], option: str) -> None:
    before = rich.tree()
    done = call(rich, "report", *argv, "--output", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "bad-value")
    assert done.error["message"].startswith(option)
    assert rich.tree() == before


def test_what_can_not_be_written_or_read_is_said(rich: Project, tmp_path: Path) -> None:
    rich.write("file", "")
    for argv in (("--out", "file/report.html"), ("--telemetry", str(tmp_path / "none"))):
        done = call(rich, "report", *argv, "--output", "json")
        assert (done.code, done.out, done.error["code"]) == (6, "", "io")


def test_a_page_is_not_for_a_terminal(rich: Project) -> None:
    """It would be noise there; a file is written only where it is asked for by name."""
    master, slave = os.openpty()
    with open(slave, "wb", buffering=0) as terminal:
        done = subprocess.run(
            [*SCRIPT, "report"],
            cwd=rich.root,
            stdout=terminal,
            stderr=subprocess.PIPE,
            check=False,
            env=rich.environment(None),
        )
    os.close(master)
    assert done.returncode == 2
    assert b"Name a file, as --out report.html." in done.stderr


def test_attempts_are_chosen_as_by_stats(rich: Project) -> None:
    text = page_of(rich, "--since", "2025-11-01", "--until", "2025-11-05", "--state", "done")
    for told in ("<dt>Ended at or after</dt><dd>2025-11-01 00:00 UTC</dd>", "<dt>States</dt><dd>done</dd>"):
        assert told in text
    totals = call(
        rich, "stats", "--since", "2025-11-01", "--until", "2025-11-05", "--state", "done", "-o", "json"
    ).json["totals"]
    assert f"<dt>Attempts</dt><dd>{totals['attempts']}</dd>" in text
    assert "<dt>Tasks with attempts</dt><dd>1</dd>" in page_of(rich, "--task", "once")


def test_as_of_a_day_counts_to_its_end(project: Project) -> None:
    put(project, "a", attempt(2, 60), attempt(3, 60))
    for when, attempts, shown in [
        ("2025-11-02", 1, "2025-11-02"),
        ("2025-11-03T10:01:00Z", 2, "2025-11-03 10:01 UTC"),
        ("2025-11-03T10:00:59Z", 1, "2025-11-03 10:00 UTC"),
        ("9999-12-31", 2, "9999-12-31"),
    ]:
        text = page_of(project, "--as-of", when)
        assert f"<dt>Attempts</dt><dd>{attempts}</dd>" in text
        assert f"as of {shown}." in text


@in_states
def test_what_is_left_out_is_told(rich: Project) -> None:
    rich.task("wrong", priority="hihg")
    rich.write(rich.path("broken"), "---\nid: broken\n")
    done = call(rich, "report")
    assert "<dt>Left out</dt><dd>1 invalid task</dd>" in done.out
    assert "<dt>Not readable</dt><dd>1 file</dd>" in done.out
    assert "1 other task has errors (tasks/10-ready/task-wrong.md)" in done.err


def test_events_alone_are_a_report_where_there_is_no_project(tmp_path: Path) -> None:
    nowhere = Project(tmp_path)
    log = fill_log(tmp_path / "log")
    page = Reader(page_of(nowhere, "--telemetry", str(log)))
    assert [each["id"] for each in page.named("h3")] == list(EVENT_CHARTS)
    assert len(page.named("svg")) == 3
    assert "137" in page.texts
    early = page_of(nowhere, "--telemetry", str(log), "--as-of", "2025-11-01")
    assert "as of 2025-11-01." in early
    assert "<dt>Events</dt><dd>5</dd>" in early


def test_a_log_without_events_is_told(tmp_path: Path) -> None:
    done = call(Project(tmp_path), "report", "--telemetry", ".")
    assert done.code == 0
    assert "It holds no events" in done.err
    assert "No event was logged" in done.out


def test_hostile_events_stay_texts(tmp_path: Path) -> None:
    told = [
        event(number, text, outcome, reason=text)
        for number, (text, outcome) in enumerate(
            (text, word) for text in HOSTILE.values() for word in ("success", "blocked")
        )
    ]
    write_log(tmp_path, told)
    with (tmp_path / "dt=2025-11-02" / "host.jsonl").open("a") as log:
        log.write("{\n")
    done = call(Project(tmp_path), "report", "--telemetry", ".")
    assert "1 line of the event log can't be read" in done.err
    assert len(Reader(done.out).named("svg")) == 2


def test_a_clones_own_log_and_a_sinks_directory_tell_the_same(rich: Project) -> None:
    call(rich, "update", "once", "--meta", "labels=[a]")
    call(rich, "update", "once", "--meta", "id=b")
    rich.write("../events/.keep", "")
    own = page_of(rich, "--telemetry", str(log_of(rich)), "--chart", "outcomes,refusals")
    assert "task.update" in own
    assert "fixed-key" in own
    assert call(rich, "telemetry", "push", "--sink", "dir:../events").code == 0
    assert "fixed-key" in page_of(rich, "--telemetry", "../events", "--chart", "outcomes,refusals")


@needs_corpus
def test_the_real_corpus_has_its_report(tmp_path: Path) -> None:
    shutil.copytree(TASKS, tmp_path / "tasks")
    page = Reader(page_of(Project(tmp_path)))
    drawn = [each["id"] for each in page.named("h3")]
    assert [name for name in drawn if name in ATTEMPT_CHARTS] == list(ATTEMPT_CHARTS)
    totals = call(Project(tmp_path), "stats", "--output", "json").json["totals"]
    assert str(totals["attempts"]) in page.texts
    assert json.dumps(totals["tasks"]) in page.texts
