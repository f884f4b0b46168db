"""The dialogs of the board: which state, a note, a refusal, two sides of a conflict, the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from taskfiles_cli.tui.keys import KEYS

T = TypeVar("T")


class _Dialog(ModalScreen[T]):
    """A box over the board, which Escape closes without an answer."""

    AUTO_FOCUS = "*"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def action_leave(self) -> None:
        """Close it."""
        self.dismiss(None)


class Choose(_Dialog[str]):
    """Asks for one of a few words; gives the word."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, title: str, words: Sequence[tuple[str, str]], more: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._words, self._more = title, words, more

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box"):
            yield Static(self._title, classes="title", markup=False)
            for line in self._more:
                yield Static(line, markup=False)
            yield OptionList(*(Option(Content(shown), id=word) for word, shown in self._words))
            yield Static("Enter chooses, Esc cancels", classes="quiet", markup=False)

    def action_down(self) -> None:
        """Go down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Go up."""
        self.query_one(OptionList).action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the word."""
        self.dismiss(event.option.id)


class Write(_Dialog[str]):
    """Asks for a line of text."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box"):
            yield Static(self._title, classes="title", markup=False)
            field = Input()
            field.cursor_blink = False
            yield field
            yield Static("Enter writes it, Esc cancels", classes="quiet", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the text."""
        self.dismiss(event.value)


class Say(_Dialog[None]):
    """Says something that must not be missed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space,q", "leave", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box"):
            yield Static(self._title, classes="title", markup=False)
            with VerticalScroll(classes="text"):
                for line in self._lines:
                    yield Static(line, markup=False)
            yield Static("Esc goes on", classes="quiet", markup=False)


def make_keys() -> Say:
    """Make the list of keys."""
    return Say("Keys", [f"{key.shown:<9}{key.means}" for key in KEYS if key.means])
