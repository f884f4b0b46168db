"""The check of what tasks.toml declares: labels, tracks, milestones, and the epics of tracks."""

from __future__ import annotations

from collections.abc import Iterator

from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.operations.declare import describe_changes, prepare
from taskfiles.operations.declared import FAMILIES, find_gaps, survey
from taskfiles.task.names import CONFIG_PATH

_SHOWN = 10


def check_declarations(scene: Scene) -> Iterator[Seen]:
    """What tasks use is declared, and each track has an epic with its title."""
    if scene.store is None:
        return
    config, _ = scene.config
    if config is None:
        return  # another check tells why
    families = [family for family in FAMILIES if family in config.model_fields_set]
    if not families:
        yield Seen(Status.OK, "tasks/tasks.toml declares no labels, tracks or milestones; tasks use any.")
        return
    gaps = find_gaps(config, survey(scene.snapshot.tasks))
    for family, names in gaps.undeclared.items():
        yield Seen(
            Status.WRONG, f"Tasks use {family} that are not declared: {_some(names)}.", None, CONFIG_PATH
        )
    for family, names in gaps.undeclarable.items():
        what = "ids, as those of tracks are" if family == "tracks" else "one line of text"
        message = f"Tasks use {family} that can't be declared: {_some(names)}."
        yield Seen(
            Status.WRONG, message, f"Give the tasks others that are {what}.", CONFIG_PATH, by_hand=True
        )
    for track in gaps.epicless:
        yield Seen(Status.WRONG, f"The track {track} has no epic.", None, CONFIG_PATH)
    for epic, title in gaps.retitled:
        message = f"The epic of track {epic.track} is titled “{epic.title}”, the track “{title}”."
        yield Seen(Status.WRONG, message, None, epic.path)
    if not any(gaps):
        yield Seen(Status.OK, f"What tasks use of {' and '.join(families)} is declared.", path=CONFIG_PATH)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def reconcile_declarations(scene: Scene) -> Iterator[Seen]:
    """Declare what is used, create the epics of tracks, give epics the titles of their tracks."""
    if scene.store is None:
        return
    scene.preparation = prepare(scene.store, on_step=scene.on_step)
    scene.forget()
    for what, path in describe_changes(scene.preparation.summary.changes_made):
        yield Seen(Status.FIXED, f"Wrote {what}.", path=path)
    for error in scene.preparation.summary.errors:
        yield Seen(Status.INFO, error.message, error.hint, error.path, error.line)
