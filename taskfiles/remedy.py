"""What to do about something: a sentence for any caller, and what it takes to say it in other terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Remedy(str):
    """A sentence that says what to do, with its code and the values that it was filled from.

    A program can look the code up among its own templates: see `reword`.

    >>> Remedy("Name {what} first.", "no-name", what="it").code
    'no-name'
    """

    template: str
    code: str
    data: dict[str, Any]

    def __new__(cls, template: str, code: str = "", /, **data: Any) -> Remedy:
        """Fill a template; a code is needed where a program may have a template of its own."""
        self = super().__new__(cls, template.format(**data))
        self.template, self.code, self.data = template, code, data
        return self

    def __reduce__(self) -> Any:
        return _restore, (self.template, self.code, self.data)


def _restore(template: str, code: str, data: dict[str, Any]) -> Remedy:
    return Remedy(template, code, **data)


def join_remedies(parts: Iterable[str], between: str = " ") -> Remedy:
    """Join sentences, those without text left out; each keeps its code."""
    named = {f"part{number}": part for number, part in enumerate(each for each in parts if each)}
    return Remedy(between.join(f"{{{name}}}" for name in named), **named)


def reword(text: str, templates: Mapping[str, str]) -> str:
    """Return a text in a caller's own terms: those templates replace the library's, by the remedy's code.

    >>> reword(Remedy("Name {what} first.", "no-name", what="it"), {"no-name": "Use --name for {what}."})
    'Use --name for it.'
    >>> reword("Say it.", {})
    'Say it.'
    """
    if not isinstance(text, Remedy):
        return text
    data = {
        name: reword(value, templates) if isinstance(value, str) else value
        for name, value in text.data.items()
    }
    return templates.get(text.code, text.template).format(**data)
