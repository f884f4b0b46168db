"""The board in a real browser: silent, alone, by keyboard, live, at each width in both schemes."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from support.axe import find_violations, read_axe
from support.browser import Browser, PageGone, browsing
from support.in_process import call, ok
from support.layouts import make_project
from support.project import Project
from support.surfaces import BROWSER
from support.web import Served, start

pytestmark = BROWSER


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("board") / "repo")
    make_project(made.root, "flat")
    made.git("init", "-q", "-b", "main", "--template=")
    made.task("fix", labels="[ui, docs]", depends_on="[dep]", priority="urgent", due="2025-01-01")
    made.task("dep", state="idea", blocked="CI is red")
    made.task("rtl", title='"שמור הערות"')
    made.task("evil", title='"</script><img src=x onerror=alert(1)>"', body="\n<script>alert(1)</script>\n")
    for number in range(45):
        made.task(f"done-{number:02}", state="done", completed_at=f"2025-11-02T12:00:{number:02}Z")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "start")
    return made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, place: Project) -> Iterator[tuple[Browser, str]]:
    with serving_alone(place) as running, browsing(tmp_path_factory.mktemp("browser")) as started:
        started.open(f"{running.origin}/#{running.code}")
        started.wait("location.pathname === '/board' && document.readyState === 'complete'")
        for _ in range(2):  # the answer to who is not in yet has its status, which the browser tells late
            started.open(f"{running.origin}/keys")
        yield started, running.origin


@contextmanager
def serving_alone(place: Project) -> Iterator[Served]:
    """Serve without entering: the browser does."""
    running = start(place, begin=subprocess.Popen)
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.communicate()


def check_silent(browser: Browser, origin: str) -> None:
    assert browser.told("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded") == []
    asked = [event["request"]["url"] for event in browser.told("Network.requestWillBeSent")]
    assert [address for address in asked if not address.startswith(f"{origin}/")] == []


PATHS = [
    "/board",
    "/board?lanes=epic",
    "/task/fix",
    "/task/evil",
    "/now",
    "/plan",
    "/figures",
    "/figures/flow",
    "/search?q=fix",
    "/column/done",
    "/keys",
]


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_silent_alone_and_as_wide_as_the_window(browser: tuple[Browser, str], path: str) -> None:
    page, origin = browser
    for width in (360, 1280, 2560):
        for scheme in ("light", "dark"):
            page.show(width=width, scheme=scheme)
            page.open(origin + path)
            page.wait("document.querySelector('#live').textContent.includes('live')")
            check_silent(page, origin)
            assert page.run("document.documentElement.scrollWidth <= innerWidth")


def test_the_code_is_gone_from_the_address(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    assert page.run("location.hash") == ""
    assert page.run("document.cookie") == ""


def test_every_field_and_link_has_a_name(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    for path in PATHS:
        page.open(origin + path)
        nodes = page.ask("Accessibility.getFullAXTree")["nodes"]
        for node in nodes:
            role = node.get("role", {}).get("value")
            if role in {"link", "button", "searchbox", "textbox"} and not node.get("ignored"):
                assert node["name"]["value"].strip(), (path, node)
        assert page.run("document.querySelectorAll('h1').length") == 1


def test_keys_go_from_card_to_card(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.show(width=1280)
    page.open(f"{origin}/board")
    page.wait("document.querySelector('#live').textContent.includes('live')")

    def press(key: str) -> str:
        page.run(
            "(document.activeElement || document.body).dispatchEvent("
            f"new KeyboardEvent('keydown', {{key: {key!r}, bubbles: true, cancelable: true}}))"
        )
        found: str = page.run(
            "document.activeElement.closest('li.card')?.dataset.task ?? document.activeElement.id"
        )
        return found

    assert press("j") == "dep"
    assert press("l") == "fix"
    assert press("j") == "evil"
    assert press("k") == "fix"
    assert press("h") == "dep"
    assert press("/") == "q"
    assert press("j") == "q"  # a field has the focus: no key does anything


def test_the_rest_of_a_column_comes_into_the_page(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    count = "document.querySelectorAll('[data-column=done] > li').length"
    assert page.run(count) == 40
    page.wait("document.querySelector('#live').textContent.includes('live')")
    page.run("document.querySelector('a[data-more]').click()")
    page.wait(f"{count} === 45")
    check_silent(page, origin)


def test_a_change_on_disk_comes_to_the_page_and_the_focus_stays(
    browser: tuple[Browser, str], place: Project
) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    page.wait("document.querySelector('#live').textContent.includes('live')")
    page.run("document.querySelector('[data-task=rtl] a').focus()")
    place.task("dep", state="idea", title="Another title")
    page.wait("document.querySelector('[data-task=dep]').innerText.includes('Another title')")
    assert page.run("document.activeElement.closest('li').dataset.task") == "rtl"
    page.run("document.querySelector('a[data-more]').click()")
    page.wait("document.querySelectorAll('[data-column=done] > li').length === 45")
    page.run("document.querySelector('[data-task=rtl] a').focus()")
    place.task("new-one", title="Quite new")
    page.wait("document.querySelector('[data-task=new-one]')")
    (place.root / place.path("new-one")).unlink()
    page.wait("!document.querySelector('[data-task=new-one]')")
    page.wait("document.querySelectorAll('[data-column=done] > li').length === 45")
    assert page.run("document.activeElement.closest('li').dataset.task") == "rtl"
    check_silent(page, origin)


def test_html_comes_into_the_page_by_its_one_policy(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    for attack in (
        "document.body.innerHTML = '<p>x</p>'",
        "trustedTypes.createPolicy('tasks', {createHTML: x => x})",
        "trustedTypes.createPolicy('other', {createHTML: x => x})",
    ):
        answer = page.ask("Runtime.evaluate", expression=attack, returnByValue=True)
        assert "exceptionDetails" in answer, attack


def say(page: Browser, words: str) -> None:
    page.wait(f"document.querySelector('#said').innerText.includes({words!r})")


def column_of(task_id: str) -> str:
    return f"document.querySelector('[data-task={task_id}]')?.closest('ul').dataset.column"


def mouse(page: Browser, kind: str, x: float, y: float, buttons: int) -> None:
    page.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=buttons, clickCount=1)


def middle(page: Browser, selector: str) -> tuple[float, float]:
    place = f"document.querySelector({selector!r}).getBoundingClientRect()"
    box = page.run(f"(({{x, y, width}}) => [x + width / 2, y + 30])({place})")
    return box[0], box[1]


def test_a_card_is_dragged_and_undone(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    page.show(width=1280)
    page.open(f"{origin}/board")
    page.wait("document.documentElement.classList.contains('acts')")
    x, y = middle(page, "[data-task=rtl]")
    to_x, to_y = middle(page, ".column:has([data-column=idea])")
    mouse(page, "mousePressed", x, y, 1)
    mouse(page, "mouseMoved", x - 20, y, 1)
    mouse(page, "mouseMoved", to_x, to_y, 1)
    mouse(page, "mouseReleased", to_x, to_y, 0)
    say(page, "rtl: idea")
    page.wait(f"{column_of('rtl')} === 'idea'")
    assert place.get("rtl").state == "idea"
    page.run("document.querySelector('[data-undo]').click()")
    page.wait(f"{column_of('rtl')} === 'ready'")
    assert place.get("rtl").state == "ready"
    check_silent(page, origin)


def ready_of(page: Browser) -> list[str]:
    cards = "document.querySelectorAll('[data-column=ready] > li.card')"
    found: list[str] = page.run(f"[...{cards}].map(card => card.dataset.task)")
    return found


def test_a_card_is_placed_by_mouse_and_by_keys(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    page.show(width=1280)
    page.open(f"{origin}/board")
    page.wait("document.documentElement.classList.contains('acts')")
    assert ready_of(page)[:2] == ["fix", "evil"]
    x, y = middle(page, "[data-column=ready] [data-task=evil]")
    _, to_y = middle(page, "[data-column=ready] [data-task=fix]")
    mouse(page, "mousePressed", x, y, 1)
    mouse(page, "mouseMoved", x, y - 20, 1)
    mouse(page, "mouseMoved", x, to_y - 25, 1)
    mouse(page, "mouseReleased", x, to_y - 25, 0)
    say(page, "evil: placed by hand")
    page.wait("document.querySelector('.divider')")
    assert (ready_of(page)[:2], place.get("evil").get("rank")) == (["evil", "fix"], 1)
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
    page.run("document.querySelector('[data-task=fix] a').focus()")
    page.run(press % "K")
    page.wait("document.querySelector('[data-task=fix]').dataset.rank === '2'")
    page.wait("document.activeElement.closest('li.card')?.dataset.task === 'fix'")
    page.run(press % "K")
    page.wait("document.querySelector('[data-column=ready] > li.card').dataset.task === 'fix'")
    page.wait("document.activeElement.closest('li.card')?.dataset.task === 'fix'")
    page.run(press % "J")
    page.wait("document.querySelector('[data-column=ready] > li.card').dataset.task === 'evil'")
    for each, below in (("fix", "0"), ("evil", "0")):
        page.run(f"document.querySelector('[data-task={each}] a').focus()")
        page.run(press % "J")
        page.wait(f"document.querySelectorAll('[data-task={each}][data-rank]').length == {below}")
    assert ready_of(page)[:2] == ["fix", "evil"]
    check_silent(page, origin)


def test_a_card_is_moved_by_its_menu_and_a_refusal_says_why(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    page.wait("document.documentElement.classList.contains('acts')")
    page.run("document.querySelector('[data-task=rtl] [data-move=done]').click()")
    say(page, "can't become done yet")
    assert page.run("document.querySelector('#said').getAttribute('role')") == "alert"
    assert page.run(column_of("rtl")) == "ready"


def test_a_conflict_shows_both_sides_and_is_decided(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    place.task("both")
    page.open(f"{origin}/task/both")
    page.wait("document.documentElement.classList.contains('acts')")
    # As if the page had not yet received what another has changed.
    page.run("Object.assign(document.querySelector('article.task').dataset, {etag: 'old', state: 'idea'})")
    page.run("document.querySelector('article [data-move=canceled]').click()")
    page.wait("document.querySelector('dialog[open]')")
    text = page.run("document.querySelector('dialog').innerText")
    for part in ("state: idea", "state: ready", "state: canceled"):
        assert part in text
    assert place.get("both").state == "ready"
    page.run("document.querySelectorAll('dialog button')[1].click()")
    say(page, "both: canceled")
    assert place.get("both").state == "canceled"


def test_a_box_and_a_note_on_the_page_of_a_task(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    place.task("boxed")
    page.open(f"{origin}/task/boxed")
    page.wait("document.querySelectorAll('input.box').length === 2")
    page.run("document.querySelector('input.box').click()")
    say(page, "boxed: box 1 ticked")
    page.wait("document.querySelector('input.box').checked")
    page.run("document.querySelector('#note').value = 'half <b>done</b>'")
    page.run("document.querySelector('form.note button').click()")
    say(page, "boxed: noted")
    page.wait("document.querySelector('.text').innerText.includes('half <b>done</b>')")
    assert page.run("document.querySelector('#note').value") == ""
    check_silent(page, origin)


FORM = "document.querySelector('#edit-keys')"


def write(page: Browser, name: str, text: str) -> None:
    """Write a text into a field of a form, as somebody who types."""
    tell = "field.dispatchEvent(new Event('input', {bubbles: true}))"
    page.run(f'(field => {{ field.value = {text!r}; {tell}; }})(document.querySelector(`[name="{name}"]`))')


def save(place: Project, aside: Path, task_id: str, **keys: str) -> None:
    """Save a task as an editor does that puts the whole file in place: nobody sees half of it."""
    make_project(aside, "flat")
    file = Project(aside).task(task_id, **keys)
    os.replace(file, place.root / file.relative_to(aside))


def shown(page: Browser) -> list[str]:
    found: list[str] = page.run("[...document.querySelectorAll('li.card')].map(card => card.dataset.task)")
    return found


def test_a_filter_changes_the_page_without_loading_it(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.show(width=1280)
    page.open(f"{origin}/board?lanes=epic")
    page.wait("document.documentElement.classList.contains('acts')")
    all_of_them = shown(page)
    page.run("window.stays = true; document.querySelector('#q').focus()")
    page.run("document.querySelector('#q').value = 'rtl'")
    page.run("document.querySelector('form.filter').requestSubmit()")
    page.wait("location.search === '?q=rtl&lanes=epic' && document.querySelectorAll('li.card').length === 1")
    assert shown(page) == ["rtl"]
    assert page.run("window.stays && document.activeElement.id") == "q"
    page.run("document.querySelector('a.clear').click()")
    page.wait("location.search === '' && document.querySelectorAll('li.card').length > 1")
    page.run("history.back()")
    page.wait("location.search === '?q=rtl&lanes=epic' && document.querySelectorAll('li.card').length === 1")
    assert page.run("document.querySelector('#q').value") == "rtl"
    page.run("history.back()")
    page.wait("location.search === '?lanes=epic' && document.querySelectorAll('li.card').length > 1")
    assert (shown(page), page.run("window.stays")) == (all_of_them, True)
    check_silent(page, origin)


def test_a_filter_that_is_wrong_says_so(browser: tuple[Browser, str]) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    page.wait("document.documentElement.classList.contains('acts')")
    page.run("document.querySelector('#q').value = 'stat:ready'")
    with suppress(PageGone):
        page.run("document.querySelector('form.filter').requestSubmit()")
    page.wait("document.body.innerText.includes('there is no such key')")
    assert page.run("document.querySelector('#q').value") == "stat:ready"


def test_a_task_is_made_on_the_board(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    page.wait("document.documentElement.classList.contains('acts')")
    page.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}))")
    page.wait("document.activeElement.id === 'new-title'")
    page.run("document.activeElement.value = 'A thought of mine'")
    page.run("document.querySelector('#new-task').requestSubmit()")
    say(page, "thought-mine: created")
    page.wait(f"{column_of('thought-mine')} === 'idea'")
    assert place.get("thought-mine").title == "A thought of mine"
    assert page.run("document.querySelector('details.new').open") is False
    page.run("document.querySelector('[data-undo]').click()")
    page.wait("!document.querySelector('[data-task=thought-mine]')")
    check_silent(page, origin)


def test_keys_are_edited_while_the_page_changes_around_them(
    browser: tuple[Browser, str], place: Project, tmp_path: Path
) -> None:
    page, origin = browser
    place.task("edited", track="one")
    page.open(f"{origin}/task/edited")
    page.wait("document.documentElement.classList.contains('acts')")
    page.run("document.querySelector('#edit-keys').closest('details').open = true")
    write(page, "key:labels", "ui\nfresh")
    save(place, tmp_path / "aside", "edited", track="two", milestone="M1", due="2024-01-01")
    page.wait("document.querySelector('.facts.big').innerText.includes('overdue')")
    page.wait(f"{FORM}.elements['key:labels'].value === 'ui\\nfresh'")
    page.wait(f"{FORM}.closest('details').open")
    page.run(f"{FORM}.requestSubmit()")
    say(page, "edited: changed labels")
    page.wait("document.querySelector('.labels').innerText.includes('fresh')")
    page.wait(f"{FORM}.elements['key:track'].value === 'two'")
    task = place.get("edited")
    assert (task.get("labels"), task.get("track")) == (["ui", "fresh"], "two")
    page.run("document.querySelector('[data-undo]').click()")
    say(page, "edited: as before")
    assert place.get("edited").get("labels") == []
    check_silent(page, origin)


def test_a_section_that_another_has_changed_shows_both_sides(
    browser: tuple[Browser, str], place: Project, tmp_path: Path
) -> None:
    page, origin = browser
    place.task("sides")
    page.open(f"{origin}/task/sides")
    page.wait("document.documentElement.classList.contains('acts')")
    write(page, "section:Overview", "Mine.\n\nOf two lines.")
    save(place, tmp_path / "aside", "sides", body="\n## Overview\n\nTheirs.\n")
    page.wait("document.querySelector('.text').innerText.includes('Theirs.')")
    page.run("document.querySelector('#edit-text').requestSubmit()")
    page.wait("document.querySelector('dialog[open]')")
    text = page.run("document.querySelector('dialog').innerText")
    for part in ("Overview: What and why.", "Overview: Theirs.", "Overview: Mine.\n\nOf two lines."):
        assert part in text
    assert "Theirs." in place.get("sides").body
    page.run("document.querySelectorAll('dialog button')[1].click()")
    say(page, "sides: changed Overview")
    assert place.get("sides").body == "\n## Overview\n\nMine.\n\nOf two lines.\n"
    page.wait("!document.querySelector('form[data-dirty]')")


PRESS = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {%s, bubbles: true}))"


def test_marked_cards_are_changed_at_once_and_undone(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    for each in ("m1", "m2", "m3"):
        place.task(each, labels="[marks]")
    page.show(width=1280)
    page.open(f"{origin}/board?q=label:marks")
    page.wait("document.querySelector('[data-task=m3]')")
    page.wait("document.querySelector('#live').textContent.includes('live')")
    page.run("document.querySelector('[data-task=m1] .title a').focus()")
    page.run(PRESS % "key: ' '")
    page.run(PRESS % "key: 'j'")
    page.run(PRESS % "key: 'j'")
    page.run(PRESS % "key: ' ', shiftKey: true")
    assert page.run("document.querySelector('#marks output').textContent") == "3 marked"
    page.run("document.querySelector('[data-task=m2] [data-mark]').click()")
    page.wait("document.querySelectorAll('li.marked').length === 2")
    page.run(PRESS % "key: 'm'")
    assert page.run("document.activeElement.name") == "state"
    page.run("document.querySelector('#marks [name=state]').value = 'idea'")
    page.run("document.querySelector('#marks [name=\"key:priority\"]').value = 'high'")
    page.run("document.querySelector('#marks').requestSubmit()")
    say(page, "m1, m3: idea, priority high")
    found = [(place.get(each).state, place.get(each).get("priority")) for each in ("m1", "m2", "m3")]
    assert found == [("idea", "high"), ("ready", "normal"), ("idea", "high")]
    page.wait("document.querySelector('#marks').hidden")
    page.run("document.querySelector('[data-undo]').click()")
    page.wait(f"{column_of('m3')} === 'ready'")
    check_silent(page, origin)  # before a refusal, which a browser names in its console
    for each in ("m1", "m2"):
        page.run(f"document.querySelector('[data-task={each}] [data-mark]').click()")
    page.run("document.querySelector('#marks [name=state]').value = 'done'")
    page.run("document.querySelector('#marks').requestSubmit()")
    page.wait("document.querySelectorAll('#said .refusals li').length === 2")
    page.run("document.activeElement.blur()")
    page.run(PRESS % "key: 'Escape'")
    page.wait("!document.querySelector('li.marked')")


def test_marked_cards_are_dragged_together(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    for each in ("d1", "d2"):
        place.task(each, labels="[drag]")
    page.open(f"{origin}/board?q=label:drag")
    page.wait("document.querySelector('[data-task=d2]')")
    page.wait("document.querySelector('#live').textContent.includes('live')")
    page.run("document.querySelectorAll('[data-mark]').forEach((box) => box.click())")
    x, y = middle(page, "[data-task=d2]")
    to_x, to_y = middle(page, ".column:has([data-column=canceled])")
    for kind, at in (("mousePressed", (x, y)), ("mouseMoved", (x + 20, y)), ("mouseMoved", (to_x, to_y))):
        mouse(page, kind, *at, 1)
    assert page.run("document.querySelector('.ghost').innerText.includes('2 cards')")
    mouse(page, "mouseReleased", to_x, to_y, 0)
    say(page, "d1, d2: canceled")
    assert [place.get(each).state for each in ("d1", "d2")] == ["canceled", "canceled"]


def test_a_view_that_is_saved_comes_to_the_page(browser: tuple[Browser, str], place: Project) -> None:
    page, origin = browser
    page.open(f"{origin}/board")
    page.wait("document.querySelector('#live').textContent.includes('live')")
    file = place.root / "tasks/tasks.toml"
    settings = file.read_text()
    file.write_text(settings + "\n[views.urgent]\npriority = 'urgent'\n")
    page.wait("document.querySelector('.saved')?.innerText.includes('urgent')")
    file.write_text(settings)
    page.wait("!document.querySelector('.saved')")


def test_exported_pages_have_their_style_without_a_server(
    browser: tuple[Browser, str], place: Project
) -> None:
    page, _ = browser
    site = place.root.parent / "site"
    ok(call(place, "web", "--export", str(site)))
    for name in ("index.html", "plan.html", "figures.html", "task/fix.html"):
        for width in (380, 1280):
            page.show(width=width)
            page.open(f"file://{site}/{name}")
            check_silent(page, "file:/")
            assert page.run("document.documentElement.scrollWidth <= innerWidth")
            assert page.run("getComputedStyle(document.body).marginTop") == "0px"  # it has its style
    page.run("document.querySelector('aside a').click()")
    page.wait("document.querySelector('h1')?.innerText === 'Another title' || document.title.includes('dep')")


@pytest.mark.parametrize("path", [*PATHS, "/task/both"])
def test_no_page_breaks_a_rule_of_axe(browser: tuple[Browser, str], path: str) -> None:
    axe = read_axe()
    page, origin = browser
    page.ask("Page.setBypassCSP", enabled=True)  # the script is the test's own
    try:
        for width, scheme in ((380, "light"), (1280, "dark")):
            page.show(width=width, scheme=scheme)
            page.open(origin + path)
            page.wait("document.querySelector('#live').textContent.includes('live')")
            page.run("document.querySelector('[data-mark]')?.click()")  # the form of what is marked
            page.run(
                "document.querySelectorAll('main details, #marks details').forEach(each => each.open = true)"
            )
            assert find_violations(page, axe) == []
    finally:
        page.ask("Page.setBypassCSP", enabled=False)


class _Foreign(BaseHTTPRequestHandler):
    body = b""
    cookies: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.cookies.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign() -> Iterator[str]:
    """Another server of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Foreign)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_another_server_gets_nothing(browser: tuple[Browser, str], foreign: str) -> None:
    page, origin = browser
    page.open(f"{foreign}/")
    script = f"""
    (async () => {{
      const got = {{}};
      const read = async (name, options) => {{
        try {{
          const answer = await fetch("{origin}/board", options);
          got[name] = answer.type + await answer.text();
        }} catch (error) {{ got[name] = "refused"; }}
      }};
      await read("cors", {{credentials: "include"}});
      await read("nocors", {{mode: "no-cors", credentials: "include"}});
      await read("post", {{method: "POST", mode: "no-cors", body: "{{}}", credentials: "include"}});
      got.stream = await new Promise(done => {{
        const source = new EventSource("{origin}/events", {{withCredentials: true}});
        source.onmessage = () => done("read"); source.addEventListener("hello", () => done("read"));
        source.onerror = () => {{ source.close(); done("refused"); }};
      }});
      got.script = await new Promise(done => {{
        const tag = document.createElement("script");
        tag.src = "{origin}/board"; tag.onload = () => done("read"); tag.onerror = () => done("refused");
        document.head.append(tag);
      }});
      got.frame = await new Promise(done => {{
        const frame = document.createElement("iframe");
        frame.src = "{origin}/board";
        frame.onload = () => done(frame.contentDocument?.body?.innerText || "refused");
        document.body.append(frame);
      }});
      return got;
    }})()
    """
    answer = page.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
    got = answer["result"]["value"]
    assert {name: value for name, value in got.items() if value not in {"refused", "opaque"}} == {}
    assert not any("tasks=" in cookie for cookie in _Foreign.cookies)


def test_a_link_on_another_site_leads_into_the_board(browser: tuple[Browser, str], foreign: str) -> None:
    page, origin = browser
    for _ in range(2):
        page.open(f"{foreign}/")
        with suppress(PageGone):
            page.run(f"location.href = '{origin}/task/fix'")
        page.wait("location.pathname === '/task/fix' && document.querySelector('article.task')")


def test_who_is_not_in_is_told_once_and_not_sent_on_forever(
    browser: tuple[Browser, str], foreign: str
) -> None:
    page, origin = browser
    kept = page.ask("Network.getCookies", urls=[f"{origin}/"])["cookies"]
    page.ask("Network.clearBrowserCookies")
    try:
        page.open(f"{foreign}/")
        with suppress(PageGone):
            page.run(f"location.href = '{origin}/task/fix'")
        page.wait(f"document.referrer === '{origin}/task/fix' && document.readyState === 'complete'")
        told = page.told("Network.requestWillBeSent")
        assert [each["documentURL"] for each in told if each["type"] == "Document"].count(
            f"{origin}/task/fix"
        ) == 2
        assert "Open the address" in page.run("document.body.innerText")
    finally:
        page.ask("Network.setCookies", cookies=kept)
