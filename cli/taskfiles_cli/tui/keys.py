"""The keys of the board: what each does, and what the last line and the list of keys say of it; pure."""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """Keys that do one thing: `keys` as Textual names them, `shown` as people do.

    `hint` is for the last line; without `means` the line before tells of it.
    """

    keys: str
    action: str
    shown: str
    means: str
    hint: str = ""


KEYS = (
    Key("h,left", "column(-1)", "h l ← →", "the column to the left, to the right"),
    Key("l,right", "column(1)", "", ""),
    Key("j,down", "step(1)", "j k ↓ ↑", "the next task, the task before"),
    Key("k,up", "step(-1)", "", ""),
    Key("pagedown,ctrl+d", "step(5)", "PgDn", "five tasks on; PgUp goes back"),
    Key("pageup,ctrl+u", "step(-5)", "", ""),
    Key("home", "step(-1000000)", "Home", "the first task; End is the last one"),
    Key("end,G", "step(1000000)", "", ""),
    Key("enter", "open", "Enter", "the task, whole; Esc leads back", "Enter open"),
    Key("m", "move", "m", "to another state, with all that are marked", "m move"),
    Key("e", "change", "e", "change a key, of all that are marked", "e edit"),
    Key("space", "mark", "Space", "mark, or remove the mark"),
    Key("shift+down", "reach(1)", "⇧↓ ⇧↑", "mark, and go to the next"),
    Key("shift+up", "reach(-1)", "", ""),
    Key("escape", "unmark", "Esc", "no marks"),
    Key("H", "shift(-1)", "H L", "to the next state on the left, on the right"),
    Key("L", "shift(1)", "", ""),
    Key("J", "place(1)", "J K", "down, up within its column"),
    Key("K", "place(-1)", "", ""),
    Key("x", "boxes", "x", "tick or clear a box", "x boxes"),
    Key("n,a", "note", "n", "a note", "n note"),
    Key(
        "slash",
        "filter",
        "/",
        "filter: state:ready label:ui login",
        "/ filter",
    ),
    Key("0", "clear", "0", "no filter"),
    Key("v", "lanes", "v", "lanes: none, epic, assignee, milestone, track", "v lanes"),
    Key("u", "undo", "u", "undo the last change made here"),
    Key("r", "refresh", "r", "read the files again now"),
    Key("question_mark", "keys", "?", "these keys", "? keys"),
    Key("q,ctrl+c", "leave", "q", "leave", "q quit"),
)
HINTS = "  ".join(key.hint for key in KEYS if key.hint)
