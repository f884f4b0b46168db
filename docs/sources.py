"""Generate docs/reference/sources.md, the tables of `tasks migrate`; `docs/generate.py` calls this."""

from __future__ import annotations

from collections.abc import Iterator

from taskfiles.migrate.foreign import Source
from taskfiles.migrate.registry import MODULES, load_source
from taskfiles.migrate.rows import OTHER, Row

HEAD = """# What `tasks migrate` reads

The keys of each source, and what they become here. A word that is not in the table stops the
migration until `--map KEY:WORD=OURS` maps it. Case, `_`, `-` and blanks do not count. A key without
a row is kept as `x_SOURCE_KEY`, and so is a value that the key can't have here.
[How to move in](../how-to/migrate.md) explains the steps.
"""
_HOW = {
    "text": "as text",
    "names": "names",
    "moment": "a day or an instant; without a zone it is UTC",
    "refs": "ids of tasks",
    "drop": "is derived from something else, or not needed",
}


def sources_page() -> str:
    """Return the page: one section a source."""
    parts = [HEAD, *("\n".join(_section(load_source(name))) for name in MODULES)]
    return "\n".join(parts).rstrip() + "\n"


def _section(source: Source) -> Iterator[str]:
    yield f"## {source.name}: {source.tool}"
    yield ""
    module = __import__(f"taskfiles.migrate.sources.{MODULES[source.name]}", fromlist=["x"])
    yield (module.__doc__ or "").partition("\n")[0]
    yield ""
    if source.rows:
        yield "| key | here | what becomes of it |"
        yield "| --- | --- | --- |"
        for key, row in source.rows.items():
            yield f"| `{key}` | {f'`{row.ours}`' if row.ours else '–'} | {_describe(row)} |"
        yield ""


def _describe(row: Row) -> str:
    if row.how != "word":
        return _HOW[row.how]
    by_ours: dict[str, list[str]] = {}
    for theirs, ours in row.words.items():
        by_ours.setdefault(ours, []).append("any other" if theirs == OTHER else theirs)
    words = [f"{', '.join(theirs)} → {ours}" for ours, theirs in by_ours.items()]
    if row.absent is not None:
        words.append(f"none → {row.absent}")
    return "; ".join(words)
