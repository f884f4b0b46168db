"""JSON files of other tools: read whole or line by line, with the lines of what is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taskfiles.migrate.foreign import Place, Reading
from taskfiles.migrate.json_text import BadJson, load_json
from taskfiles.migrate.markdown import path_in, read_bytes
from taskfiles.text.document import BOM, position


def read_text(file: Path, top: Path, reading: Reading) -> str | None:
    """Return a file's text; None, and a finding, for what can't be read or is not UTF-8."""
    data = read_bytes(file, top, reading)
    if data is None:
        return None
    data = data.removeprefix(BOM)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        reading.report(
            Place(path_in(file, top), *position(data, error.start)), "not-utf8", "It is not UTF-8."
        )
        return None


def read_json(file: Path, top: Path, reading: Reading) -> tuple[Any, str] | None:
    """Return a file's value and text; None, and a finding, for what is no JSON."""
    text = read_text(file, top, reading)
    return None if text is None else parse_json(text, path_in(file, top), reading)


def parse_json(text: str, path: str, reading: Reading) -> tuple[Any, str] | None:
    """Return the value of a text, and the text; None, and a finding, for what is no JSON."""
    try:
        return load_json(text), text
    except BadJson as bad:
        message = f"The JSON can't be read: {bad.problem}."
        reading.report(Place(path, *bad.place(text)), "json-syntax", message)
    return None


def read_lines(file: Path, top: Path, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the object of each line with its number; what is none is a finding."""
    text, path = read_text(file, top, reading), path_in(file, top)
    for number, line in enumerate((text or "").split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = load_json(line)
        except BadJson as bad:
            message = f"The JSON can't be read: {bad.problem}."
            reading.report(Place(path, number, bad.place(line)[1]), "json-syntax", message)
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            reading.report(Place(path, number), "not-an-object", "The line is no JSON object.")


class Lines:
    """Finds the lines of values in a JSON text, each after the one before."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def find(self, key: str, value: object) -> int:
        """Return the line on which a key with a value stands, or that of the one before."""
        for shown in {json.dumps(value), json.dumps(value, ensure_ascii=False)}:
            for between in (": ", ":"):
                at = self._text.find(f'"{key}"{between}{shown}', self._at)
                if at >= 0:
                    self._line += self._text.count("\n", self._at, at)
                    self._at = at + 1
                    return self._line
        return self._line


def compose(*parts: tuple[str, object]) -> bytes:
    """Return a body of texts under headings; the first may have no heading, and blank ones are left out."""
    found = []
    for heading, value in parts:
        text = value if isinstance(value, str) else ""
        if text.strip():
            found.append(f"\n## {heading}\n\n{text}\n" if heading else f"\n{text}\n")
    return "".join(found).encode(errors="surrogatepass")
