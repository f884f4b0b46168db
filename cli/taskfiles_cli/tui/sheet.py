"""One task, whole: lines that scroll, beside the board or on a screen of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from taskfiles_cli.tui.paint import make_strip, make_text

Parts = Sequence[tuple[str, str]]
Draw = Callable[[int], Sequence[Parts]]  # the lines of a task in a width


class Sheet(ScrollView, can_focus=True):
    """Lines of a task, drawn anew for each width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]

    def __init__(self, name: str | None = None) -> None:
        super().__init__(id=name)
        self._draw: Draw | None = None
        self._lines: Sequence[Parts] = ()

    def show(self, draw: Draw | None, *, is_same: bool) -> None:
        """Show a task; where it is the same one, what is in sight stays."""
        self._draw = draw
        self._lay_out()
        if not is_same:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Break lines anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(20, self.scrollable_content_region.width - 1)
        self._lines = () if self._draw is None else self._draw(width)
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        at = y + self.scroll_offset.y
        width = self.size.width
        return make_strip(self._lines[at], width) if at < len(self._lines) else Strip.blank(width)


class TaskScreen(Screen[None]):
    """A task on a screen of its own; Escape leads back to the board."""

    AUTO_FOCUS = "Sheet"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,h,left", "app.pop_screen", show=False)]

    def compose(self) -> ComposeResult:
        """Make the screen."""
        yield Sheet()
        yield Static(id="said", markup=False)
        yield Static("Esc back  j k scroll  m move  n note  u undo  ? keys", id="hints", markup=False)

    def say(self, text: str, name: str) -> None:
        """Say something in the line above the keys."""
        self.query_one("#said", Static).update(make_text([(name, text)] if text else []))
