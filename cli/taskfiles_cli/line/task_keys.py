"""The keys and the body of a task, as the options of `new` and `update` give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.basics.commas import split_commas
from taskfiles.errors import TaskfilesError
from taskfiles.task.keys import WORDS
from taskfiles_cli.line.names import find_references
from taskfiles_cli.line.texts import read_text
from taskfiles_cli.line.values import NAMES_KEYS, read_meta, single_word

if TYPE_CHECKING:
    from taskfiles import Store


def read_metas(command: str, texts: Sequence[str] | None, named: Mapping[str, object]) -> dict[str, Any]:
    """Read every `--meta`; `named` are the values of the options that are named after keys.

    Raises TaskfilesError (usage) for a key that both name.
    """
    keys = dict(read_meta("--meta", text) for text in texts or ())
    for key in keys:
        if named.get(key):
            problem = f"--meta and another option both set {key}; leave one of them out."
            raise TaskfilesError("usage", problem=problem, command=command)
    return keys


def read_named_words(words: Mapping[str, str | None]) -> dict[str, Any]:
    """Read the options that are named after keys with one word each, as far as they were given."""
    return {key: single_word(f"--{key}", WORDS[key], text) for key, text in words.items() if text is not None}


def read_lists(lists: Mapping[str, Sequence[str] | None], store: Store) -> dict[str, list[str]]:
    """Read the options that are named after list keys, as far as they were given.

    Names and ids have commas between; ids may be written as paths, or as kind and id.
    """
    found = {}
    for key, texts in lists.items():
        items = split_commas(texts or ()) if key in NAMES_KEYS else list(texts or ())
        if items:
            found[key] = [item for _, item in find_references(store, [(key, item) for item in items])]
    return found


def read_title(given: str) -> str:
    """Read a title: one line that is not blank."""
    text = read_text("--title", given).strip()
    if len(text.splitlines()) > 1:
        remedy = "Put the rest into --field Overview TEXT."
        raise TaskfilesError(
            "bad-value", option="--title", given="several lines", problem="a title is one", remedy=remedy
        )
    if not text:
        remedy = "Say in a few words what is to be done."
        raise TaskfilesError(
            "bad-value", option="--title", given="blank", problem="a task needs one", remedy=remedy
        )
    return text


def read_body(given: str | None) -> str | None:
    """Read a whole body, a blank line before it; None where it was not given."""
    if given is None:
        return None
    text = read_text("--body", given)
    return "\n" + text.lstrip("\r\n").rstrip("\r\n") + "\n" if text.strip() else ""
