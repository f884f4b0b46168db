"""Markdown files with frontmatter, read as they are: YAML between `---`, TOML between `+++`, or JSON.

YAML is read as this project reads it, with the places of its keys; python-frontmatter would strip the body
and take `010` for 8.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.errors import reason_of
from taskfiles.migrate.foreign import STRICT, Care, Place, Reading
from taskfiles.migrate.json_text import BadJson, decode_json
from taskfiles.migrate.loose import read_loosely
from taskfiles.task.findings import front_position, make_finding
from taskfiles.text.document import BOM, Malformed, position, split_document
from taskfiles.text.nodes import Value, YamlProblem
from taskfiles.text.yaml import read_yaml

_TOML = re.compile(rb"\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# `assignee: @ada` and `- @ada`, which YAML reserves and some tools write
_BARE_AT = re.compile(r"^(?P<lead>\s*(?:- |[\w-]+:\s+))(?P<text>@[^\s#\"']+)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(rb"^#[ \t]+(.+?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)
MAX_BYTES = 64 * 1024 * 1024


class Page(NamedTuple):
    """A Markdown file in its parts: values of the frontmatter with their lines, and the body's bytes."""

    path: str
    values: dict[str, Value]
    lines: dict[str, int]
    body: bytes
    body_line: int


def path_in(file: Path, top: Path) -> str:
    """Return the path of a file within its source, which may be the file itself."""
    return file.name if file == top else file.relative_to(top).as_posix()


def read_bytes(file: Path, top: Path, reading: Reading) -> bytes | None:
    """Return the bytes of a regular file in a source; None, and a finding, for what can't be read.

    What is no regular file, or elsewhere by a link, is left out with a warning, unless it is the source.
    """
    path = path_in(file, top)
    try:
        if file != top and top.resolve() not in file.resolve().parents:
            message = "It is a link that leads out of the source, and is left out."
            reading.report(Place(path), "leads-out", message, is_error=False)
            return None
        if not file.is_file():
            message = "It is not a regular file" + ("." if file == top else ", and is left out.")
            reading.report(Place(path), "unreadable-file", message, is_error=file == top)
            return None
        if file.stat().st_size > MAX_BYTES:
            reading.report(Place(path), "too-large", f"It is larger than {MAX_BYTES // 1024**2} MiB.")
            return None
        return file.read_bytes()
    except OSError as error:
        reading.report(Place(path), "unreadable-file", f"It can't be read: {reason_of(error)}.")
        return None


def list_markdown(directory: Path) -> Iterator[Path]:
    """Yield what is named as Markdown files are, in the order of the paths, hidden directories left out.

    Whoever reads a pipe, a device or a link that leads nowhere says so.
    """
    for file in sorted(directory.rglob("*")):
        inner = file.relative_to(directory).parts
        if (
            file.suffix.lower() == ".md"
            and not any(part.startswith(".") for part in inner)
            and not file.is_dir()
        ):
            yield file


def read_page(file: Path, top: Path, reading: Reading, *, care: Care = STRICT) -> Page | None:
    """Read one file; None, and a finding, for one without frontmatter (a warning) or that is broken."""
    data = read_bytes(file, top, reading)
    if data is None:
        return None
    path = path_in(file, top)
    start = data.removeprefix(BOM)
    try:
        if start.startswith(b"+++"):
            return _read_toml(path, start)
        if start.startswith(b"{"):
            return _read_json(path, start)
        return _read_yaml(path, data, care.repair)
    except Malformed as bad:
        finding = make_finding(bad.code, path, bad.line, bad.column, **bad.params)
        is_error = bad.code != "no-frontmatter"
        if not is_error and care.loose and (page := _read_loosely(path, data)) is not None:
            return page
        message = finding.message if is_error else "It has no frontmatter, and is left out."
        reading.report(Place(path, bad.line, bad.column), bad.code, message, is_error=is_error)
    except YamlProblem as bad:
        front = split_document(data).front
        line, column = front_position(front, bad.index)
        finding = make_finding(bad.code, path, line, column, **bad.params)
        reading.report(Place(path, line, column), bad.code, finding.message)
    except _Broken as bad:
        reading.report(Place(path, bad.line, bad.column), bad.code, bad.message)
    return None


def _read_loosely(path: str, data: bytes) -> Page | None:
    """Read a file without frontmatter, all of which is the body; None where it says no state."""
    try:
        found = read_loosely(data.removeprefix(BOM).decode())
    except UnicodeDecodeError:
        return None
    return None if found is None else Page(path, *found, data.removeprefix(BOM), 1)


class _Broken(Exception):
    def __init__(self, code: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column


def _read_yaml(path: str, data: bytes, repair: bool) -> Page:
    document = split_document(data)
    front = _BARE_AT.sub(r'\g<lead>"\g<text>"', document.front) if repair else document.front
    root = read_yaml(front)
    if root.kind == "scalar" and root.value is None:
        return Page(path, {}, {}, document.body, document.body_line)
    if root.kind != "mapping":
        raise _Broken("not-a-mapping", "The frontmatter is no mapping of keys.", 2)
    values, lines = root.entries(), {}
    for key, value in root.children:
        name = str(key.value)
        lines[name] = front_position(front, key.start)[0]
        is_number = isinstance(value.value, (int, float)) and not isinstance(value.value, bool)
        if is_number and name in values and (written := front[value.start : value.end]) != str(value.value):
            values[name] = written  # as in `id: 084`
    return Page(path, values, lines, document.body, document.body_line)


def _read_toml(path: str, data: bytes) -> Page:
    match = _TOML.match(data)
    if match is None:
        raise _Broken("no-closing-fence", "The frontmatter that opens on line 1 is never closed.")
    try:
        values = tomllib.loads(match[1].decode().replace("\r\n", "\n"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]) + 1, int(found[2])) if found else (2, 1)
        raise _Broken("toml-syntax", f"The TOML can't be read: {error}.", line, column) from None
    lines = _find_lines(match[1], rb"[ \t]*\"?([\w-]+)\"?[ \t]*=", 2)
    return Page(path, plain(values), lines, data[match.end() :], data.count(b"\n", 0, match.end()) + 1)


def _read_json(path: str, data: bytes) -> Page:
    try:
        text = data.decode()
        values, end = decode_json(text)
    except UnicodeDecodeError as error:
        line, column = position(data, error.start)
        raise _Broken("not-utf8", "It is not UTF-8.", line, column) from None
    except BadJson as bad:
        if data[:1] == b"{" and not data.lstrip().startswith((b'{"', b"{\n", b"{ ", b"{\r", b"{}")):
            raise Malformed("no-frontmatter") from None
        message = f"The JSON can't be read: {bad.problem}."
        raise _Broken("json-syntax", message, *bad.place(text)) from None
    rest = text[end:]
    body = rest.removeprefix("\r\n") if rest.startswith("\r\n") else rest.removeprefix("\n")
    lines = _find_lines(text[:end].encode(), rb"[ \t]*\{?[ \t]*\"([\w-]+)\"[ \t]*:", 1)
    return Page(path, values, lines, body.encode(), text.count("\n", 0, len(text) - len(body)) + 1)


def _find_lines(front: bytes, pattern: bytes, first: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(front.split(b"\n"), first):
        if match := re.match(pattern, line):
            found.setdefault(match[1].decode(errors="replace"), number)
    return found


def plain(value: Any) -> Any:
    """Return a value of TOML as one of YAML's: dates and times as text."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def find_title(body: bytes) -> str:
    """Return the text of the first `# heading` of a body; empty without one."""
    match = _HEADING.search(body)
    return match[1].decode(errors="replace") if match else ""
