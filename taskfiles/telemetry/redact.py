"""What of an event may leave the machine; pure.

Paths and actors become keyed hashes, equal where they were equal and not to be guessed without the key.
Every other text is scrubbed of secrets, then cut. Ids, words, numbers and the structure stay. Checksums are
hashed with the key, and lists and objects of paths are sorted by their hashes: neither the bytes of a known
file nor the order of names can be recognised.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import Any

from taskfiles.basics.secret import scrub_text
from taskfiles.basics.secret_rule import MARK, SECRET_KEYS

MAX_TEXT = 200  # characters of a text that leaves the machine, the mark of the cut included
MAX_DEPTH = 32
_ROUNDS = 8
_DIGITS = 16  # hexadecimal digits of a hash: 64 bits

# Keys, wherever they stand, whose texts are paths, or objects keyed by paths.
PATHS = frozenset(
    {
        "path",
        "paths",
        "file",
        "files",
        "filename",
        "directory",
        "dir",
        "cwd",
        "root",
        "log",
        "place",
        "touches",
    }
    | {"deliverables", "deliverable_manifest", "created_files", "changed_files", "removed_files"}
)
# Keys whose texts name somebody.
ACTORS = frozenset(
    {"actor", "actors", "by", "assignee", "assignees", "reviewer", "author", "holder"}
    | {"email", "user", "username", "host", "hostname"}
)
_HASHED = re.compile(r"(?:path|actor):[0-9a-f]{16}(?:\.[A-Za-z0-9]{1,8})?")
_SUM, _HASHED_SUM = re.compile(r"[0-9a-fA-F]{64}"), re.compile(r"sum:[0-9a-f]{64}")
_SUFFIX = re.compile(r"[^/.](\.[A-Za-z0-9]{1,8})$")
_GLOB = re.compile(r"[*?\[]")
# The conflict keys of plans: what stands after the colon names paths or results.
_CONFLICT = re.compile(r"(?s)(touches|deliverable):(.+)")
_TORN = re.compile(r"\[r?e?d?a?c?t?e?d?$")


def redact_event(event: Any, key: bytes, *, mode: str = "hash") -> Any:
    """Return what may leave of an event, or of any JSON: the same structure, the same ids.

    `mode` is `hash`, or `none`, which takes out secrets alone: paths, actors and long texts stay as they
    are. Doing it again changes nothing. Raises nothing.

    >>> redact_event({"path": "src/app.py", "outcome": "success"}, b"key")
    {'path': 'path:eef8d3a535ffa976.py', 'outcome': 'success'}
    """
    return _Redactor(key, mode).value(event)


def hash_path(path: str, key: bytes) -> str:
    """Hash a path; a short suffix of a file's name stays, as it shows the kind of file."""
    if _HASHED.fullmatch(path):
        return path
    suffix = _SUFFIX.search(path)
    return f"path:{_hash(path, key)}{suffix[1] if suffix and not _GLOB.search(path) else ''}"


def hash_actor(actor: str, key: bytes) -> str:
    """Hash the name of somebody, or of a host."""
    return actor if _HASHED.fullmatch(actor) else f"actor:{_hash(actor, key)}"


def hash_sum(digest: str, key: bytes) -> str:
    """Hash a checksum: equal for equal files of one clone, and none that others know; 64 digits again."""
    return hmac.new(key, digest.lower().encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def cut_text(text: str) -> str:
    """Scrub a text of secrets, then cut it."""
    for _ in range(_ROUNDS):  # what the cut leaves at the end can be taken for a secret once more
        before, text = text, _shorten(scrub_text(text))
        if text == before:
            break
    return text


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TEXT else _TORN.sub("", text[: MAX_TEXT - 1]) + "…"


def _hash(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:_DIGITS]


class _Redactor:
    """One key and mode; the methods go through a value, one for each kind of text."""

    def __init__(self, key: bytes, mode: str) -> None:
        self._key, self._is_plain = key, mode == "none"

    def value(self, value: Any, depth: int = 0) -> Any:
        """Redact by the keys within."""
        if isinstance(value, dict):
            return self._object(value, depth)
        return self._each(value, self._text, self.value, depth)

    def _object(self, value: dict[Any, Any], depth: int) -> Any:
        if depth >= MAX_DEPTH:
            return MARK
        # A change has its key apart from its values: the values are what that key holds.
        field = value.get("field")
        changed = field if isinstance(field, str) and {"from", "to"} <= value.keys() else None
        result: dict[str, Any] = {}
        for name, item in value.items():
            kind = changed if changed is not None and name in {"from", "to"} else str(name)
            _put(result, self._text(str(name)), self._keyed(kind, item, depth + 1))
        return result

    def _keyed(self, name: str, value: Any, depth: int) -> Any:
        last = re.sub(r"(?:\[\d*\])+$", "", name).rpartition(".")[2]
        if SECRET_KEYS.search(last):
            return self._secret(value, depth)
        if last == "sha256" and isinstance(value, str):
            return self._marked_sum(value)
        if last in PATHS:
            return self._all(value, self._path, depth)
        if last in ACTORS or name == "reviewer.name":
            return self._actors(value, depth)
        return self.value(value, depth)

    def _actors(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):  # a reviewer: the name is that of a person, the rest is of the review
            named = {
                key: self._actor(item) if key == "name" and isinstance(item, str) else item
                for key, item in value.items()
            }
            return self.value(named, depth)
        return self._each(value, self._actor, self._actors, depth)

    def _secret(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict) and depth < MAX_DEPTH:
            result: dict[str, Any] = {}
            for name, item in value.items():
                _put(result, self._text(str(name)), self._secret(item, depth + 1))
            return result
        return MARK if isinstance(value, dict) else self._each(value, lambda _: MARK, self._secret, depth)

    def _all(self, value: Any, one: Callable[[str], str], depth: int) -> Any:
        """Treat every text within alike, the keys of objects too where they are no known words."""
        if isinstance(value, dict):
            if depth >= MAX_DEPTH:
                return MARK
            result: dict[str, Any] = {}
            for name, item in value.items():
                plain = str(name) in _MANIFEST_KEYS
                shown = str(name) if plain else one(str(name))
                # Redacted once, a file's path shows it: its checksum is hashed, too.
                is_new = not plain and shown != str(name)
                _put(result, shown, self._leaf(name, item, one, depth + 1, is_new=is_new))
            is_keyed = not self._is_plain and not result.keys() <= _MANIFEST_KEYS
            return dict(sorted(result.items())) if is_keyed else result
        found = self._each(value, one, lambda item, below: self._all(item, one, below), depth)
        is_list = isinstance(found, list) and all(isinstance(item, str) for item in found)
        return sorted(found) if is_list and not self._is_plain else found

    def _leaf(
        self, name: str, item: Any, one: Callable[[str], str], depth: int, *, is_new: bool = False
    ) -> Any:
        if name == "sha256" and isinstance(item, str):
            return self._marked_sum(item)
        digest = item.get("sha256") if isinstance(item, dict) else None
        if self._is_plain or not isinstance(digest, str) or not _SUM.fullmatch(digest):
            return self._all(item, one, depth)
        rest = self._all({key: each for key, each in item.items() if key != "sha256"}, one, depth)
        if not isinstance(rest, dict):
            return rest
        return rest | {"sha256": hash_sum(digest, self._key) if is_new else digest}

    def _marked_sum(self, text: str) -> str:
        """Hash a checksum that stands beside no path: a mark shows that it is hashed."""
        if self._is_plain or not _SUM.fullmatch(text):
            return text if _HASHED_SUM.fullmatch(text) else self._text(text)
        return f"sum:{hash_sum(text, self._key)}"

    def _each(
        self, value: Any, one: Callable[[str], str], inner: Callable[[Any, int], Any], depth: int
    ) -> Any:
        if isinstance(value, str):
            return one(value)
        if isinstance(value, list):
            return MARK if depth >= MAX_DEPTH else [inner(item, depth + 1) for item in value]
        return value

    def _text(self, text: str) -> str:
        if self._is_plain:
            return scrub_text(text)
        if conflict := _CONFLICT.fullmatch(text):
            word, rest = conflict.groups()
            return f"{word}:{'|'.join(sorted(hash_path(part, self._key) for part in rest.split('|')))}"
        return cut_text(text)

    def _path(self, path: str) -> str:
        return scrub_text(path) if self._is_plain else hash_path(path, self._key)

    def _actor(self, actor: str) -> str:
        return scrub_text(actor) if self._is_plain else hash_actor(actor, self._key)


_MANIFEST_KEYS = frozenset({"size", "sha256", "path", "paths", "from", "to"})


def _put(result: dict[str, Any], name: str, value: Any) -> None:
    """Add a value under its name, or under the next free one where two names have become one."""
    number, free = 2, name
    while free in result:
        free, number = f"{name}#{number}", number + 1
    result[free] = value
