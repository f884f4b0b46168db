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
    from typing import Any, TypeAlias

    from taskfiles.text.nodes import Value

    Check: TypeAlias = Callable[[Any], bool]
    Part: TypeAlias = tuple[dict[str, tuple[Check, bool]], list[str]]

_MAX_BYTES = 1 << 20
_MAX_KEPT = 1024  # of what is found out once for many files: days, forms of rows
_MOST = {"integer": (0, 2**63 - 1), "fraction": (0, 1), "number": (-(10**15), 10**15)}
_OPENING, _CLOSING = b"---\n", b"\n---"
_HEX = "0123456789abcdefABCDEF"
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SIXTY = frozenset(f"{number:02}" for number in range(60))
_HOURS = frozenset(f"{number:02}" for number in range(24))
_ROOT = PARTS["TaskMeta"]

_days: set[str] = set()  # that are known to be some
_forms: dict[tuple[str, ...], tuple[list[str], str]] = {}
_checks: dict[str, Part] = {}


def read_sound(path: str, data: bytes) -> tuple[Entry, dict[str, Value]] | None:
    """Return the index entry and the values of a valid task file in the usual form; None for any other."""
    if _encode is None:
        return None
    front = _front(data)
    values = read_plain_values(front) if front is not None else None
    if values is None or not _is_sound(values) or not path.isprintable():
        return None  # `json_text` escapes some characters, none of which is printable
    etag = hex_digest(data)[:32]
    row = _row(values, path, etag).encode()
    related = is_related(values)
    return Entry((values["id"], values["state"], etag, pack(values), (), None, None, related, row)), values


def _row(values: dict[str, Value], path: str, etag: str) -> str:
    """Return a task as `list` writes it: known keys in their order, with defaults, then the others."""
    if None in values.values():
        values = {name: value for name, value in values.items() if value is not None or name not in _ROOT}
    shape = tuple(values)
    form = _forms.get(shape)
    if form is None:
        form = _make_form(shape)
        if len(_forms) < _MAX_KEPT:
            _forms[shape] = form
    order, template = form
    texts = [_json(values[name]) for name in order]
    return template % (*texts, _json(path), etag)


def _make_form(shape: tuple[str, ...]) -> tuple[list[str], str]:
    """Return the order of some keys in a row, and the row with a place for the value of each.

    Neither keys in the usual form nor defaults have a percent sign.
    """
    names = [*_ROOT, *(name for name in shape if name not in _ROOT)]
    given = set(shape)
    pairs = [f"{_json(name)}:{_json(_ROOT[name][3])}" for name in _ROOT]
    texts = dict(zip(_ROOT, pairs, strict=True))
    texts |= {name: _json(name) + ":%s" for name in shape}
    row = ",".join(texts[name] for name in names)
    order = [name for name in names if name in given]
    return order, f'{{{row},"path":%s,"etag":"%s","valid":true,"claim":null}}'


def _json(value: Value) -> str:
    assert _encode is not None
    return encode_basestring(value) if type(value) is str else "".join(_encode(value, 0))


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
    checks, required = _checks.get(part) or _make_checks(part)
    for name in required:
        if name not in value:
            return False
    every = checks.get("*")
    for name, item in value.items():
        known = every or checks.get(name)
        if known is not None and not (known[1] if item is None else known[0](item)):
            return False
    if part == "Link":
        return value.get(LINK_TARGETS[str(value["type"])]) is not None
    return part != "ExecutionAttempt" or _is_attempt(value)


def _make_checks(part: str) -> Part:
    """Return the checks of a part's keys, and those that it must have; they are kept."""
    checks = {
        name: (_make_check(kind), nullable and not required)
        for name, (kind, required, nullable, _) in PARTS[part].items()
    }
    required = [name for name, key in PARTS[part].items() if key[1]]
    _checks[part] = checks, required
    return _checks[part]


def _is_attempt(attempt: dict[str, Any]) -> bool:
    start, end = attempt["started_at"], attempt["ended_at"]
    # Down to the second, text order is time order; within one second only equal texts are certain.
    in_order = start[:19] < end[:19] or start == end
    return in_order and not any(
        file[0] in "/~" or "\\" in file or ".." in file for file in attempt.get("created_files", ())
    )


def _make_check(kind: str) -> Check:
    """Return the check of a type's values."""
    outer, _, inner = kind.partition(":")
    if outer == "part":
        return lambda value: _is_part(inner, value)
    if outer in {"list", "attempts"}:
        check = _make_check(f"part:{inner}" if inner in PARTS else inner)
        least = 1 if outer == "attempts" else 0
        return lambda value: type(value) is list and len(value) >= least and all(map(check, value))
    if outer == "word":
        words = frozenset(WORD_LISTS[inner])
        return lambda value: type(value) is str and value in words
    if outer == "boolean":
        return lambda value: type(value) is bool
    if outer in _MOST:
        least, most = _MOST[outer]
        return lambda value: type(value) is int and least <= value <= most
    is_such = _TEXTS.get(outer, _is_none)
    return lambda value: type(value) is str and is_such(value)


def _is_none(_: str) -> bool:
    return False  # a type that is not known here


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
    rest = text[19:]
    return (
        text[10:11] == "T"
        and (text[:10] in _days or _is_day(text[:10]))
        and text[11:13] in _HOURS
        and text[13:14] == ":"
        and text[14:16] in _SIXTY
        and text[16:17] == ":"
        and text[17:19] in _SIXTY
        and (rest == "Z" or (rest[:1] + rest[-1:] == ".Z" and rest[1:-1].isdecimal() and rest.isascii()))
    )


def _is_day(text: str) -> bool:
    digits = text[:4] + text[5:7] + text[8:]
    if len(digits) != 8 or not digits.isdecimal() or not text.isascii() or text[4] + text[7] != "--":
        return False
    month = int(digits[4:6])
    if digits[:4] == "0000" or not 1 <= month <= 12 or not 1 <= int(digits[6:]) <= _DAYS[month]:
        return False
    if len(_days) < _MAX_KEPT:
        _days.add(text)
    return True


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
