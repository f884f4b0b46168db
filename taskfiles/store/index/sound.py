"""Read valid task files in the usual form, as most files are, without running the rules.

`read_sound` returns an entry only if the full path (parse, rules, JSON) is certain to find a readable task
without errors; a differential test compares the two byte by byte. The module imports nothing that takes
time, so that a list after a change of one file is as fast as one without.
"""

from __future__ import annotations

from taskfiles.basics.digest import hex_digest
from taskfiles.task.keytable import LINK_TARGETS, PARTS, WORD_LISTS
from taskfiles.task.remembered import RESERVED, Entry, is_related, pack
from taskfiles.text.yaml_plain import read_plain_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from taskfiles.text.nodes import Value

_MAX_BYTES = 1 << 20
_MAX_INTEGER = 2**63 - 1
_OPENING, _CLOSING = b"---\n", b"\n---"
_HEX = "0123456789abcdefABCDEF"
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ROOT = PARTS["TaskMeta"]


def read_sound(path: str, data: bytes) -> Entry | None:
    """Return the index entry of a valid task file in the usual form; None for any other."""
    if _encode is None:
        return None
    front = _front(data)
    values = read_plain_values(front) if front is not None else None
    if values is None or not _is_sound(values) or not path.isprintable():
        return None  # `json_text` escapes some characters, none of which is printable
    etag = hex_digest(data)[:32]
    row: dict[str, Any] = {name: key[3] for name, key in _ROOT.items()}
    row.update((name, value) for name, value in values.items() if value is not None or name not in row)
    row |= {"path": path, "etag": etag, "valid": True, "claim": None}
    text = "".join(_encode(row, 0)).encode()
    related = is_related(values)
    return Entry((values["id"], values["state"], etag, pack(values), (), None, None, related, text))


def _front(data: bytes) -> str | None:
    """Return the frontmatter's text if the fences have their usual form and there are no conflict markers."""
    if not data.startswith(_OPENING) or len(data) > _MAX_BYTES or b"\0" in data:
        return None
    end = data.find(_CLOSING)
    if end < 0 or data[end + 4 : end + 5] != b"\n" or b"<<<<<<<" in data or b">>>>>>>" in data:
        return None
    try:
        return data[len(_OPENING) : end + 1].decode()
    except UnicodeDecodeError:
        return None


def _is_sound(values: dict[str, Value]) -> bool:
    return RESERVED.isdisjoint(values) and _is_part("TaskMeta", values)


def _is_part(part: str, value: Value) -> bool:
    """Return whether a mapping is valid by the table of keys; see `task.keys`."""
    if type(value) is not dict:
        return False
    table = PARTS[part]
    if "*" in table:
        return all(_is_value(table["*"][0], item) for item in value.values())
    for name, key in table.items():
        kind, required, nullable, _ = key
        if name not in value:
            if required:
                return False
        elif value[name] is None:
            if not nullable or required:
                return False
        elif not _is_value(kind, value[name]):
            return False
    if part == "Link":
        return value.get(LINK_TARGETS[str(value["type"])]) is not None
    return part != "ExecutionAttempt" or _is_attempt(value)


def _is_attempt(attempt: dict[str, Any]) -> bool:
    start, end = attempt["started_at"], attempt["ended_at"]
    # Down to the second, text order is time order; within one second only equal texts are certain.
    in_order = start[:19] < end[:19] or start == end
    return in_order and not any(
        file[0] in "/~" or "\\" in file or ".." in file for file in attempt.get("created_files", ())
    )


def _is_value(kind: str, value: Value) -> bool:
    outer, _, inner = kind.partition(":")
    if outer == "part":
        return _is_part(inner, value)
    if outer in {"list", "attempts"}:
        if type(value) is not list or (outer == "attempts" and not value):
            return False
        if inner in PARTS:
            return all(_is_part(inner, item) for item in value)
        return all(_is_value(inner, item) for item in value)
    if type(value) is str:
        if outer == "word":
            return value in WORD_LISTS[inner]
        check = _TEXTS.get(outer)
        return check is not None and check(value)
    if outer == "boolean":
        return type(value) is bool
    if outer == "number":
        return type(value) is int and -(10**15) <= value <= 10**15
    if outer in {"integer", "fraction"} and type(value) is int:
        return 0 <= value <= (_MAX_INTEGER if outer == "integer" else 1)
    return False


def _is_text(_: str) -> bool:
    return True


def _is_filled(text: str) -> bool:
    return bool(text.strip())


def _is_id(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isalnum() and text == text.lower() and text[0] != "-"


def _is_uuid(text: str) -> bool:
    lengths = [len(part) for part in text.split("-")]
    return lengths == [8, 4, 4, 4, 12] and not text.replace("-", "").strip(_HEX)


def _is_url(text: str) -> bool:
    scheme, _, rest = text.partition(":")
    return (
        scheme in {"http", "https"}
        and rest != ""
        and rest.isascii()
        and rest.isprintable()
        and " " not in rest
    )


def _is_inner_path(text: str) -> bool:
    return _is_filled(text) and text[0] not in "/~" and "\\" not in text and ".." not in text


def _is_instant(text: str) -> bool:
    """Return whether a text is an instant as `list` shows it: UTC with `Z`, on a day that every year has."""
    day, between, time = text.partition("T")
    clock, dot, rest = time[:-1].partition(".")
    if not between or time[-1:] != "Z" or len(day) != 10 or len(clock) != 8 or bool(dot) != bool(rest):
        return False
    if day[4] + day[7] + clock[2] + clock[5] != "--::":
        return False
    digits = day[:4] + day[5:7] + day[8:] + clock[:2] + clock[3:5] + clock[6:]
    if len(digits) != 14 or not (digits + rest).isdecimal() or not text.isascii():
        return False
    month = int(digits[4:6])
    return (
        digits[:4] != "0000"
        and 1 <= month <= 12
        and 1 <= int(digits[6:8]) <= _DAYS[month]
        and digits[8:10] < "24"
        and digits[10:12] < "60"
        and digits[12:] < "60"
    )


_TEXTS = {
    "text": _is_text,
    "filled": _is_filled,
    "id": _is_id,
    "uuid": _is_uuid,
    "url": _is_url,
    "inner_path": _is_inner_path,
    "instant": _is_instant,
    "moment": _is_instant,
}


def _refuse(value: object) -> None:
    raise TypeError(value)


_encode: Callable[[object, int], tuple[str, ...]] | None
try:  # the encoder of `json.dumps`, without the 5 ms of importing `json`
    from _json import encode_basestring, make_encoder

    _encode = make_encoder(None, _refuse, encode_basestring, None, ":", ",", False, False, False)
except (ImportError, TypeError):  # an interpreter without it: all files are read by the full path
    _encode = None
