"""What options make of the texts of a source: headings, references to old ids, the tool's markers; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from taskfiles.errors import number_of
from taskfiles.migrate.foreign import Care, ForeignTask, SourceFinding
from taskfiles.migrate.headings import rename_headings
from taskfiles.migrate.markers import Dropped
from taskfiles.migrate.names import Named, Names, Texts
from taskfiles.migrate.references import Reference, rewrite_references

# What shapes texts, by the names that tasks.toml has for it, and what the field of `Care` is called.
OPTIONS = {"headings": "headings", "rewrite_references": "references", "drop_markers": "markers"}


class Shaped(NamedTuple):
    """What has become of a text: references that were rewritten, those that stay, markers that were dropped.

    `in_code` are references that stay because they are in code, `doubtful` those whose id here is the old id
    of another task. Lines count from 0 in the text as the source has it.
    """

    references: Sequence[Reference] = ()
    in_code: Sequence[Reference] = ()
    doubtful: Sequence[Reference] = ()
    markers: Sequence[Dropped] = ()

    @property
    def is_any(self) -> bool:
        """Whether there is anything to report."""
        return any(self)


def list_options(care: Care) -> list[str]:
    """Return the options that shape texts, by the names that tasks.toml has for them.

    >>> list_options(Care(repair=True, markers=True))
    ['drop_markers']
    """
    return [name for name, attribute in OPTIONS.items() if getattr(care, attribute)]


def shape_texts(
    tasks: Sequence[ForeignTask],
    places: Sequence[tuple[str, str]],
    care: Care,
    drop_markers: Callable[[str], tuple[str, list[Dropped]]] | None,
    gone: Sequence[Named] = (),
) -> list[Shaped]:
    """Give tasks the bodies that options make, and return what has become of each.

    `places` are the id and the path of each task here. `gone` are tasks that the source had before, and that
    are still here: texts may name them. A body that an option changes is kept as it was in `raw`.
    """
    names = Names([*_list_named(tasks, places), *gone]) if care.references else None
    done = []
    for task, (_, path) in zip(tasks, places, strict=True):
        body = rename_headings(task.body) if care.headings else task.body
        shaped = Shaped()
        if names is not None or (care.markers and drop_markers is not None):
            text = body.decode(errors="surrogateescape")
            if names is not None:
                where = Texts(task.place.path if task.lines else "", path, task.old_id.rpartition("/")[0])
                made = rewrite_references(text, names, where)
                text, shaped = made.text, Shaped(made.references, made.in_code, made.doubtful)
            if care.markers and drop_markers is not None:
                text, markers = drop_markers(text)
                shaped = shaped._replace(markers=markers)
            body = text.encode(errors="surrogateescape")
        if body != task.body:
            task.raw, task.body = task.body, body
        done.append(shaped)
    return done


def _list_named(tasks: Sequence[ForeignTask], places: Sequence[tuple[str, str]]) -> list[Named]:
    return [
        Named(task.old_id, task.others, task.place.path if task.lines else "", task_id, path)
        for task, (task_id, path) in zip(tasks, places, strict=True)
    ]


def find_doubts(task: ForeignTask, task_id: str, shaped: Shaped) -> list[SourceFinding]:
    """Return the findings of a text: markers without their other half, references that stay."""
    lone = [
        (each.line, "lone-marker", f"{each.marker} has no other half; it is dropped all the same.")
        for each in shaped.markers
        if each.is_alone
    ]
    stays = f"stays in the text of {task_id}: its id here is another's old one."
    doubtful = [(each.line, "doubtful-reference", f"{each.old} {stays}") for each in shaped.doubtful]
    return [
        SourceFinding(task.at_text(line), code, "warning", f"{task.old_id}: {message}")
        for line, code, message in [*lone, *doubtful]
    ]


def find_kept(task: ForeignTask, task_id: str, shaped: Shaped) -> SourceFinding:
    """Return the finding of a text that has changed here, so that options don't change it."""
    what = [number_of(len(shaped.references), "reference"), number_of(len(shaped.markers), "marker")]
    message = f"{task_id}: its text has changed here and stays as it is ({', '.join(what)} in the source's)."
    return SourceFinding(task.place, "text-kept", "warning", message)
