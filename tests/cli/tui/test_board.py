"""The board on a terminal: what it shows, what its keys and the mouse do, and that nothing is overwritten."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from support.event_log import events_of
from support.in_process import call, inside, ok
from support.layouts import make_project
from support.processes import PATIENCE, launch
from support.project import BODY, SCRIPT, Project
from taskfiles import Filter
from taskfiles_cli.surface.act import Actor
from taskfiles_cli.surface.mirror import Mirror
from taskfiles_cli.surface.quiet import open_quietly
from taskfiles_cli.tui.app import BoardApp
from taskfiles_cli.tui.column import ColumnView
from taskfiles_cli.tui.dialogs import Choose, Say
from taskfiles_cli.tui.sheet import Sheet, TaskScreen
from taskfiles_cli.tui.show import _wake
from taskfiles_cli.tui.view import Start

ATTEMPT = (
    "{started_at: 2025-11-02T12:00:00Z, ended_at: 2025-11-02T12:12:00Z, duration_seconds: 720, "
    "status: failed, error_type: gate_failed, executor: {tool: t, model: m1}, "
    "cost: {actual_usd_micros: 1840000}}"
)


@pytest.fixture
def place(tmp_path: Path) -> Project:
    made = Project(tmp_path / "repo")
    make_project(made.root, "flat")
    made.git("init", "-q", "-b", "main", "--template=")
    made.task("top", kind="epic", title="The epic", children="[fix, dep]")
    made.task("fix", labels="[ui]", depends_on="[dep]", priority="urgent")
    made.task("dep", state="idea", blocked="CI is red", execution=f"{{attempts: [{ATTEMPT}]}}")
    made.task("free", body=BODY.replace("[ ]", "[x]"))
    made.task("gone", state="done", completed_at="2025-11-02T12:00:00Z")
    return made


class Driven:
    """A board that is driven by keys, and what it shows."""

    def __init__(self, app: BoardApp, pilot: Pilot[int], mirror: Mirror) -> None:
        self.app, self.pilot, self.mirror = app, pilot, mirror

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def wake(self) -> None:
        """What the watcher does when files have changed."""
        await asyncio.to_thread(_wake, self.mirror, self.app, [str(self.mirror.open_store().directory)])
        await self.pilot.pause()

    @property
    def text(self) -> str:
        """All that the columns in sight show."""
        shown = [column for column in self.app.query(ColumnView) if not column.has_class("folded")]
        return "\n".join(
            column.render_line(y).text.rstrip() for column in shown for y in range(column.size.height)
        )

    def label(self, name: str) -> str:
        return str(self.app.screen_stack[0].query_one(f"#{name}", Static).content)

    @property
    def said(self) -> str:
        return self.label("said")

    @property
    def at(self) -> tuple[str, str | None]:
        """Where the cursor is: the column's state, and the task."""
        task = self.app.chosen
        return self.app.board.column.state, None if task is None else task.id


def drive(
    project: Project,
    story: Callable[[Driven], Awaitable[None]],
    *,
    by: str | None = "board:ana",
    size: tuple[int, int] = (80, 24),
) -> None:
    """Run the board without a terminal, and let a story act on it."""

    async def run() -> None:
        mirror = Mirror(lambda: open_quietly(project.root, by, print).open_store())
        actor = None
        if by is not None:
            actor = Actor(lambda: open_quietly(project.root, by, print), by, mirror.find_path)
        app = BoardApp(mirror, actor, Start("repo", Filter(), "", "none", "icon"))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await story(Driven(app, pilot, mirror))

    with inside(project):
        asyncio.run(run())


def test_a_text_that_has_changed_since_the_last_look_is_read_anew(place: Project) -> None:
    file = place.task("fix")
    os.utime(file, (1, 1))
    ok(call(place, "list"))  # the index knows the file now, and its text is read when a filter needs it

    async def story(board: Driven) -> None:
        place.task("fix", body="\n## Overview\n\nAnother text.\n")
        await board.press("slash", *"another", "enter")
        assert board.at == ("ready", "fix")

    drive(place, story)


def test_keys_move_tasks_by_the_commands_and_undo_them(place: Project) -> None:
    before = {path: path.read_bytes() for path in place.root.glob("tasks/*.md")}

    async def story(board: Driven) -> None:
        assert board.at == ("ready", "fix")
        for part in ("■ Title of dep", "blocked: CI is red", "1 try, last failed", "… waits for dep"):
            assert part in board.text
        await board.press("m", "j", "enter")  # in progress: it waits for another
        assert isinstance(board.app.screen, Say)
        assert "it depends on dep" in board.said
        await board.press("escape", "j", "m", "j", "enter")
        assert board.said == "free: in-progress · u undoes it"
        assert board.at == ("in-progress", "free")
        assert "◉ board:ana until" in board.text
        await board.press("n", *"so", "enter")
        await board.press("L")
        assert board.at == ("done", "free")
        await board.press("u", "u", "u")
        assert board.at == ("ready", "free")
        await board.press("u")
        assert "Nothing to undo" in board.said

    drive(place, story)
    assert {path: path.read_bytes() for path in place.root.glob("tasks/*.md")} == before
    told = [event["data"] for event in events_of(place)]
    claims = [data for data in told if data["action"] == "task.claim"]
    assert [data["outcome"] for data in claims] == ["blocked", "success"]


def test_what_another_moved_meanwhile_is_not_overwritten(place: Project) -> None:
    async def story(board: Driven) -> None:
        await board.press("j", "m")
        ok(call(place, "move", "free", "idea"))
        await board.press("j", "enter")
        assert isinstance(board.app.screen, Choose)
        shown = " ".join(str(each.content) for each in board.app.screen.query(Static))
        assert "state: you saw ready; it is idea now; you want in-progress" in shown
        await board.press("enter")  # keep theirs
        assert place.get("free").state == "idea"
        assert board.at == ("idea", "free")
        await board.press("m", "enter")
        assert place.get("free").state == "ready"

    drive(place, story)


def test_changes_on_disk_are_shown_and_the_cursor_stays_on_its_task(place: Project) -> None:
    async def story(board: Driven) -> None:
        await board.press("j")
        place.task("free", state="done", title="Another title", completed_at="2025-11-02T13:00:00Z")
        place.task("odd", state="someday")
        place.write("tasks/broken.md", "---\nid: broken\ntitle: [\n---\n")
        await board.wake()
        assert board.at == ("done", "free")
        assert "Another title" in board.text
        assert "someday 1" in board.label("strip")
        assert "can't be read: tasks/broken.md:4" in board.label("top")
        await board.press("enter")
        assert isinstance(board.app.screen, TaskScreen)
        sheet = board.app.screen.query_one(Sheet)
        assert "Another title" in sheet.render_line(0).text
        await board.press("escape", "slash", *"label", "colon", *"ui", "enter")
        assert "1 task" in board.label("top")
        await board.press("slash", "ctrl+u", *"stat", "colon", "x", "enter")
        assert "there is no such key" in board.said
        await board.press("escape", "0", "v")
        assert "lanes: epic" in board.label("top")
        assert "── none 2" in board.text
        assert not board.app.query_one("#filter", Input).has_class("shown")

    drive(place, story)


def test_the_mouse_drags_a_card_and_opens_one(place: Project) -> None:
    async def story(board: Driven) -> None:
        columns = {column.state: column for column in board.app.query(ColumnView)}
        assert not any(column.has_class("folded") for column in columns.values())
        assert board.app.query_one("#panel").has_class("shown")
        await board.pilot.mouse_down(columns["ready"], offset=(4, 1))
        await board.pilot.mouse_up(columns["idea"], offset=(4, 8))
        await board.press()
        assert place.get("fix").state == "idea"
        await board.pilot.click(columns["idea"], offset=(4, 1), times=2)
        assert isinstance(board.app.screen, TaskScreen)

    drive(place, story, size=(165, 50))


def test_tasks_are_placed_boxes_ticked_and_saved_views_named(place: Project) -> None:
    place.configure('[views.mine]\nlabel = ["ui"]\n')

    async def story(board: Driven) -> None:
        ready = ["fix", "free", "top"]
        assert [task.id for task in board.app.board.column.mates] == ready
        await board.press("j", "K")  # it is the first that is placed by hand
        assert [task.id for task in board.app.board.column.mates] == ["free", "fix", "top"]
        assert "placed by hand" in board.said
        await board.press("K")  # it is the first already
        await board.press("u")
        assert [task.id for task in board.app.board.column.mates] == ready
        await board.press("k", "x", "enter")
        assert "box 1 ticked" in board.said
        assert "- [x] First" in place.get("fix").body
        await board.press("l", "l", "K")
        assert "in the order in which they ended" in board.said
        await board.press("slash", *"view", "colon", *"mine", "enter")
        assert "1 task" in board.label("top")
        place.configure("")
        await board.wake()
        assert "there is no such view" in board.said
        assert "1 task" in board.label("top")

    drive(place, story)


def test_what_is_marked_is_changed_at_once_and_undone(place: Project) -> None:
    place.task("full", body=BODY.replace("[ ]", "[x]"))
    before = place.tree()

    async def story(board: Driven) -> None:
        assert [task.id for task in board.app.board.column.mates] == ["fix", "free", "full", "top"]
        await board.press("space", "j", "shift+down")
        assert "3 marked" in board.label("top")
        assert board.text.count("✓ ") == 3
        await board.press("m", *"jj", "enter")  # done: fix has an open box
        assert isinstance(board.app.screen, Say)
        assert place.tree() == before
        await board.press("escape", "space", "k", "k", "space", "j", "space", "space", "j", "space")
        assert "2 marked" in board.label("top")
        await board.press("m", *"jj", "enter")
        assert board.said == "free, full: done · u undoes it"
        assert "marked" not in board.label("top")
        assert [place.get(each).state for each in ("free", "full")] == ["done", "done"]
        await board.press("u")
        assert place.tree() == before
        await board.press("h", "home", "e", "j", "enter", *"ui,docs", "enter")  # of one, without a mark
        assert place.get("dep").get("labels") == ["ui", "docs"]
        await board.press("space", "escape")
        assert "marked" not in board.label("top")
        await board.press("u")

    drive(place, story, size=(165, 50))
    assert place.tree() == before


def test_the_mouse_marks_cards_and_drags_them_together(place: Project) -> None:
    async def story(board: Driven) -> None:
        columns = {column.state: column for column in board.app.query(ColumnView)}
        ready = columns["ready"]
        await board.pilot.mouse_down(ready, offset=(4, 1), control=True)
        await board.pilot.mouse_up(ready, offset=(4, 1), control=True)
        row = next(y for y in range(30) if "Title of free" in ready.render_line(y).text)
        await board.pilot.mouse_down(ready, offset=(4, row), shift=True)
        await board.pilot.mouse_up(ready, offset=(4, row), shift=True)
        assert "2 marked" in board.label("top")
        await board.pilot.mouse_down(ready, offset=(4, row))
        await board.pilot.mouse_up(columns["idea"], offset=(4, 8))
        await board.press()
        assert [place.get(each).state for each in ("fix", "free")] == ["idea", "idea"]

    drive(place, story, size=(165, 50))


def test_a_board_for_reading_changes_nothing(place: Project) -> None:
    async def story(board: Driven) -> None:
        await board.press("m", "n", "L")
        assert "for reading" in board.said
        assert place.get("fix").state == "ready"
        await board.press("question_mark")
        assert isinstance(board.app.screen, Say)

    drive(place, story, by=None, size=(44, 14))


def test_without_a_terminal_it_is_printed_once(place: Project) -> None:
    done = ok(call(place, "board", "--state", "ready,idea", "--limit", "1"))
    assert done.out == (
        "idea 1\n"
        "Title of dep\n"
        "  dep · 1/2 boxes\n"
        "  blocked: CI is red\n"
        "  1 try, last failed (gate_failed), $1.84\n"
        "\n"
        "ready 3\n"
        "Title of fix\n"
        "  fix · urgent · 1/2 boxes\n"
        "  ui\n"
        "  waits for dep\n"
        "\n"
        "  2 more\n"
    )
    assert done.err == ""
    assert ok(call(place, "board", "--lanes", "epic", "--label", "ui")).out.startswith("The epic 1\n")
    assert ok(call(place, "board", "--label", "none-has-it")).out == "No tasks.\n"


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (("--lanes", "epics"), "there are no such lanes"),
        (("--poll", "0"), "it would never rest"),
        (("--state", "redy"), "Did you mean ready?"),
    ],
)
def test_what_can_not_be_shown_is_refused(place: Project, argv: tuple[str, ...], problem: str) -> None:
    done = call(place, "board", *argv)
    assert done.code == 2
    assert problem in done.err


class Screen:
    """A command on a terminal of its own."""

    def __init__(self, project: Project, *argv: str, **env: str) -> None:
        self.ours, theirs = pty.openpty()
        given = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "COLUMNS": "100", "LINES": "30", **env}
        self.process = launch(
            list(argv),
            cwd=project.root,
            env=project.environment(given),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.got = ""

    def wait_for(self, text: str) -> None:
        while text not in self.text:
            assert select.select([self.ours], [], [], PATIENCE)[0], self.got[-500:]
            self.got += os.read(self.ours, 65536).decode(errors="replace")

    @property
    def text(self) -> str:
        """What it got, without what steers a terminal."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.got)

    def end(self) -> int:
        """Wait for its end, and read what is left."""
        while True:
            try:
                part = os.read(self.ours, 65536)
            except OSError:  # Linux says so when the other side has closed
                part = b""
            if not part:
                os.close(self.ours)
                return self.process.wait(PATIENCE)
            self.got += part.decode(errors="replace")


@pytest.fixture
def shown(place: Project) -> Screen:
    screen = Screen(place, *SCRIPT, "board")
    screen.wait_for("Title of dep")
    return screen


@pytest.mark.slow
def test_on_a_terminal_it_is_live_and_leaves_it_as_it_was(place: Project, shown: Screen) -> None:
    place.task("dep", state="idea", title="Quite another title")
    shown.wait_for("Quite another")
    os.write(shown.ours, b"q")
    assert shown.end() == 0
    assert "\x1b[?1049l" in shown.got
    assert "\x1b[38;2;" not in shown.got  # colours are the terminal's own


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it_with_its_code(shown: Screen, number: int, code: int) -> None:
    shown.process.send_signal(number)
    assert shown.end() == code
    assert "\x1b[?1049l" in shown.got
    assert "Traceback" not in shown.got


@pytest.mark.slow
@pytest.mark.parametrize(("env", "is_told"), [({}, True), ({"TERM": "dumb"}, False)])
def test_without_the_extra_it_is_printed_and_says_what_to_type(
    place: Project, env: dict[str, str], is_told: bool
) -> None:
    script = "import sys; sys.modules['textual'] = None\nfrom taskfiles_cli.entry import run; run()"
    screen = Screen(place, sys.executable, "-c", script, "board", **env, PAGER="cat")
    assert screen.end() == 0
    assert "Title of dep" in screen.text
    assert ("pip install 'taskfiles[tui]'" in screen.got) == is_told


ACTING = [
    *("m", "e", "n", "x", "J", "K", "H", "L", "space", "shift+down", "shift+up", "enter", "escape", "u"),
    *("h", "l", "home", "end", "pagedown", "pageup", "r", "v", "question_mark", "escape"),
]


@pytest.mark.slow
@pytest.mark.parametrize("by", [None, "board:ana"])
def test_keys_without_a_task_change_nothing(place: Project, by: str | None) -> None:
    before = place.tree()

    async def story(board: Driven) -> None:
        await board.press("slash", *"nowhere", "enter")
        assert board.at[1] is None
        for key in ACTING:
            await board.press(key)
        assert board.at[1] is None

    drive(place, story, by=by)
    assert place.tree() == before


@pytest.mark.slow
def test_keys_on_a_board_for_reading_say_so(place: Project) -> None:
    before = place.tree()

    async def story(board: Driven) -> None:
        for key in ("m", "e", "n", "x", "J", "K", "H", "L", "space", "shift+down"):
            await board.press(key)
            assert "This board is for reading" in board.said, key

    drive(place, story, by=None)
    assert place.tree() == before


@pytest.mark.slow
def test_what_is_asked_can_be_left(place: Project) -> None:
    """Each dialog is left by Escape; what can't be done is said, and nothing is written."""
    before = place.tree()

    async def story(board: Driven) -> None:
        for key in ("m", "e", "n", "x", "slash", "question_mark"):
            await board.press(key, "escape")
            assert len(board.app.screen_stack) == 1, key
        await board.press("e", "enter", "escape", "e", "end", "enter", *"nonsense", "enter")
        assert "KEY=VALUE" in board.said
        await board.press("n", "enter")
        await board.press("enter", "j", "h", "space", "shift+down", "slash", "escape")
        assert len(board.app.screen_stack) == 1
        await board.press("h", "H")
        assert "can't be moved further" in board.said
        await board.press("l", "l", "l", "J")
        assert "the order in which they ended" in board.said

    drive(place, story)
    assert place.tree() == before


@pytest.mark.slow
def test_an_undo_that_is_refused_can_be_asked_for_again(place: Project) -> None:
    async def story(board: Driven) -> None:
        await board.press("j", "n", *"so", "enter")
        file = place.root / place.get("free").path
        file.write_text(file.read_text() + "\nBy hand.\n")
        await board.wake()
        for _ in range(2):
            await board.press("u", "escape")
            assert "has changed since" in board.said

    drive(place, story)
    assert "By hand." in place.get("free").body


@pytest.mark.slow
def test_a_low_terminal_shows_the_card_under_the_cursor(place: Project) -> None:
    """Also where a title takes more lines than there are, and where its file goes away."""
    place.task("bare", body="\n## Overview\n\nNo box.\n", title="word " * 60)
    for number in range(12):
        place.task(f"many-{number:02}")

    async def story(board: Driven) -> None:
        seen = set()
        for key in ("home", *["j"] * 15, "end", *["k"] * 15, "pagedown", "pageup"):
            await board.press(key)
            seen.add(board.at[1])
            assert str(board.at[1]) in board.text or board.at[1] == "bare"
            if board.at[1] == "bare":
                await board.press("x")
                assert "bare has no boxes" in board.said
        assert {"bare", "fix", "many-11"} <= seen
        (place.root / place.get(str(board.at[1])).path).unlink()
        await board.wake()
        assert board.at[1] is not None

    drive(place, story, size=(80, 9))


@pytest.mark.slow
def test_it_begins_where_there_is_a_task(place: Project) -> None:
    for task_id in ("top", "fix", "dep", "free"):
        (place.root / place.get(task_id).path).unlink()

    async def story(board: Driven) -> None:
        assert board.at == ("done", "gone")

    drive(place, story)
