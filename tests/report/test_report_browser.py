"""The page in a real browser: silent, alone, light, dark and printed, by keyboard, and as it is read out."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.browser import Browser, browsing
from support.in_process import call
from support.project import Project
from support.report_material import fill, fill_hostile, fill_log
from support.surfaces import BROWSER
from taskfiles.report.charts import ATTEMPT_CHARTS, EVENT_CHARTS, FLOW_CHARTS
from taskfiles.report.palette import DARK, LIGHT

pytestmark = BROWSER

# Parts of texts in drawings that lie outside of what the drawing shows, or upon another text of it.
LOST = """
[...document.querySelectorAll(".drawing svg")].flatMap(svg => {
  const edge = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim());
  const boxes = texts.map(text => text.getBoundingClientRect());
  const cut = texts.filter((text, i) => boxes[i].left < edge.left - 1 || boxes[i].right > edge.right + 1
    || boxes[i].top < edge.top - 1 || boxes[i].bottom > edge.bottom + 1);
  const upon = texts.filter((text, i) => boxes.some((box, k) => k < i && text.closest("g[transform]")
    && box.left < boxes[i].right - 2 && boxes[i].left < box.right - 2
    && box.top < boxes[i].bottom - 3 && boxes[i].top < box.bottom - 3));
  return [...cut.map(text => "cut: " + text.textContent), ...upon.map(text => "upon: " + text.textContent)];
})
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of everything, one of attacks, and one of events."""
    place = tmp_path_factory.mktemp("pages")
    found = {}
    for name, make in (("rich", fill), ("hostile", fill_hostile)):
        project = Project(place / name)
        project.configure("")
        make(project)
        found[name] = place / f"{name}.html"
        assert call(project, "report", "--out", str(found[name])).code == 0
    log, found["events"] = fill_log(place / "log"), place / "events.html"
    done = call(Project(place), "report", "--telemetry", str(log), "--out", str(found["events"]))
    assert done.code == 0
    return found


@pytest.fixture(params=["rich", "hostile", "events"])
def opened(request: pytest.FixtureRequest, browser: Browser, pages: dict[str, Path]) -> Browser:
    browser.show()
    browser.open(pages[request.param].as_uri())
    return browser


def colours_of(png: bytes) -> dict[str, int]:
    """Count the pixels of each colour of an RGB picture (filters undone as the PNG specification has it)."""
    at, data, (width, height, kind) = 8, b"", (0, 0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, kind = *struct.unpack(">II", body[:8]), {2: 3, 6: 4}[body[9]]
        data += body if name == b"IDAT" else b""
        at += length + 12
    raw, stride = zlib.decompress(data), width * kind
    before, found = bytearray(stride), dict[str, int]()
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        undo_filter(raw[start], line, before, kind)
        before = line
        for pixel in range(0, stride, kind):
            colour = f"#{line[pixel : pixel + 3].hex()}"
            found[colour] = found.get(colour, 0) + 1
    return found


def undo_filter(kind: int, line: bytearray, before: bytearray, size: int) -> None:
    for at in range(len(line)):
        left = line[at - size] if at >= size else 0
        above, corner = before[at], before[at - size] if at >= size else 0
        if kind == 4:
            guess = left + above - corner
            near = min((abs(guess - value), place) for place, value in enumerate((left, above, corner)))
            line[at] = (line[at] + (left, above, corner)[near[1]]) & 255
        else:
            line[at] = (line[at] + (0, left, above, (left + above) // 2)[kind]) & 255


def test_the_page_says_nothing_and_asks_for_nothing(opened: Browser) -> None:
    assert opened.told("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded") == []
    asked = [told["request"]["url"] for told in opened.told("Network.requestWillBeSent")]
    assert len(asked) == 1
    assert asked[0].startswith("file://")
    assert opened.run("performance.getEntriesByType('resource').length") == 0
    assert opened.run("document.scripts.length") == 0


@pytest.mark.parametrize("media", ["screen", "print"])
def test_no_text_of_a_drawing_is_cut_or_covered(opened: Browser, media: str) -> None:
    """With whatever font the machine has for it."""
    opened.show(media=media)
    assert opened.run(LOST) == []


@pytest.mark.parametrize("width", [1600, 1000, 390])
def test_the_page_is_never_wider_than_the_window(opened: Browser, width: int) -> None:
    opened.show(width=width)
    opened.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert opened.run("document.documentElement.scrollWidth") <= width
    drawn = opened.run(
        "[...document.querySelectorAll('.drawing svg')].map(e => e.getBoundingClientRect().right)"
    )
    assert all(right <= width for right in drawn)


def test_light_dark_and_print_have_their_colours(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["rich"].as_uri())
    for media, scheme, colours in [
        ("screen", "light", LIGHT),
        ("screen", "dark", DARK),
        ("print", "dark", LIGHT),
    ]:
        browser.show(media=media, scheme=scheme, width=500)
        found = colours_of(browser.picture("section:has(> #gates)"))
        found |= colours_of(browser.picture("section:has(> #work)"))
        assert max(found, key=lambda colour: found[colour]) == colours["paper"], (media, scheme)
        for role in ("ink", "main", "soft", "warn"):
            assert colours[role] in found, (media, scheme, role)
        other = DARK if colours is LIGHT else LIGHT
        assert not {other["paper"], other["main"], other["soft"], other["warn"]} & found.keys()


def test_everything_is_reached_and_opened_by_keyboard(opened: Browser) -> None:
    script = """(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const box = at.getBoundingClientRect();
      return [at.tagName, at.textContent.trim(), box.left >= 0 && box.top < innerHeight && box.bottom > 0];
    })()"""
    opened.press("Tab")
    assert opened.run(script) == ["A", "Skip to the charts", True]
    opened.press("Enter")
    assert opened.run("document.activeElement.id") == "content"
    reached = []
    for _ in range(100):
        opened.press("Tab")
        now = opened.run(script)
        if now is None or now[1] == "Skip to the charts":
            break
        if now[0] == "SUMMARY":
            opened.press("Enter")
            reached.append(now[1])
            assert now[2], now
    assert len(reached) == opened.run("document.querySelectorAll('summary').length") > 0
    assert opened.run("[...document.querySelectorAll('details')].every(each => each.open)")
    shown = opened.run("[...document.querySelectorAll('table')].every(each => each.checkVisibility())")
    assert shown is True


def test_tables_are_on_paper_though_nobody_opened_them(browser: Browser, pages: dict[str, Path]) -> None:
    browser.show()
    browser.open(pages["rich"].as_uri())
    shown = "[...document.querySelectorAll('table')].map(each => each.checkVisibility())"
    tables = len(browser.run(shown))
    assert tables >= len(ATTEMPT_CHARTS)
    assert browser.run(shown) == [False] * tables
    browser.show(media="print")
    assert browser.run(shown) == [True] * tables


def named(tree: list[dict[str, Any]], role: str) -> list[str]:
    found = [node for node in tree if not node["ignored"] and node["role"]["value"] == role]
    return [node["name"]["value"] for node in found]


def test_what_is_read_out_has_names(opened: Browser) -> None:
    opened.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    tree = opened.ask("Accessibility.getFullAXTree")["nodes"]
    charts = opened.run("[...document.querySelectorAll('.chart h3')].map(each => each.textContent)")
    names = {*FLOW_CHARTS, *ATTEMPT_CHARTS, *EVENT_CHARTS}
    assert set(opened.run("[...document.querySelectorAll('.chart h3')].map(each => each.id)")) <= names
    assert (
        named(tree, "figure")
        == named(tree, "image")
        == [name for name in charts if name in named(tree, "figure")]
    )
    assert len(named(tree, "figure")) == opened.run("document.querySelectorAll('figure').length")
    assert len(named(tree, "table")) == opened.run("document.querySelectorAll('table').length")
    assert all(named(tree, "table"))
    for role in ("banner", "main", "navigation", "contentinfo"):
        assert len(named(tree, role)) == 1, role
    for role in ("columnheader", "rowheader", "link", "region"):
        assert all(name.strip() for name in named(tree, role)), role
