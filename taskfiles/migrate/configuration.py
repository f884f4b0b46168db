"""The configuration of another tool, a file in YAML."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from taskfiles.migrate.foreign import Place, Reading
from taskfiles.migrate.markdown import path_in, read_bytes
from taskfiles.text.nodes import Value, YamlProblem
from taskfiles.text.yaml import read_yaml


def read_configuration(file: Path, directory: Path, reading: Reading) -> dict[str, Value]:
    """Return the keys of a configuration in YAML; one that can't be read is a warning, and empty."""
    if not file.is_file():
        return {}
    data = read_bytes(file, directory, Reading())
    with suppress(YamlProblem, UnicodeDecodeError):
        if data is not None:
            root = read_yaml(data.decode())
            return root.entries() if root.kind == "mapping" else {}
    place = Place(path_in(file, directory))
    reading.report(place, "yaml-syntax", "The configuration can't be read.", is_error=False)
    return {}


def list_texts(value: Value) -> list[str]:
    """Return the texts of a list that say something; none of anything else.

    >>> list_texts(["ui", " ", 1]), list_texts("ui")
    (['ui', '1'], [])
    """
    items = value if isinstance(value, list) else []
    texts = (str(each).strip() for each in items if each is not None and not isinstance(each, (list, dict)))
    return [text for text in texts if text]
