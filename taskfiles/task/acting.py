"""The name that a caller acts under, and that the holder of a claim has."""

from __future__ import annotations

from taskfiles.basics.named_tuple import NamedTuple

MAX_NAME = 200


class Name(NamedTuple):
    """The name that a caller acts under, None for the default one; `typed`: this very call gave it."""

    text: str | None = None
    typed: bool = False


def check_name(name: object) -> str:
    """Return a valid holder's name. Raises ValueError if it is empty, too long or not one line of text."""
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise ValueError(f"a holder's name is one line of 1 to {MAX_NAME} characters")
    return name
