"""`tasks merge-driver`: what git runs to merge a task file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from taskfiles.merge.driver import merge_in_place
from taskfiles.merge.lines import DEFAULT_MARKERS, Markers
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command

if TYPE_CHECKING:
    from taskfiles.merge.task import MergeResult
    from taskfiles_cli.line.options import arg


@command(answers=None)
def merge_driver(  # noqa: PLR0917 (git gives them by place)
    session: Session,
    base: Annotated[str, arg("BASE", "%O: the common ancestor's file.")],
    ours: Annotated[str, arg("OURS", "%A: our side's file, which takes the result.")],
    theirs: Annotated[str, arg("THEIRS", "%B: their side's file.")],
    path: Annotated[str, arg("PATH", "%P: the path, for messages.")] = "",
    size: Annotated[str, arg("SIZE", "%L: the length of conflict markers.")] = "",
    ours_label: Annotated[str, arg("OURS_LABEL", "%X: our side's label in conflicts.")] = "",
    theirs_label: Annotated[str, arg("THEIRS_LABEL", "%Y: their side's label in conflicts.")] = "",
) -> int:
    """Merge a task file by meaning; git runs this.

    Set it up with `tasks init --merge-driver`. Writes the merged file to OURS and exits 0, or 1 with
    conflict markers in it. With any other exit status OURS is as it was.
    """
    markers = Markers(
        _label(ours_label, DEFAULT_MARKERS.ours), _label(theirs_label, DEFAULT_MARKERS.theirs), _size(size)
    )
    result = merge_in_place(Path(base), Path(ours), Path(theirs), markers)
    if result.conflicts:
        session.console.note(f"{path or ours}: {_tell(result)}")
    return 1 if result.conflicts else 0


def _tell(result: MergeResult) -> str:
    """Say what is in conflict; where the two sides are two tasks, what to do about it."""
    if result.apart is None:
        return f"conflict in {', '.join(result.conflicts)}"
    ours, theirs = result.apart
    if ours == theirs:
        return f"two tasks are named {ours}; keep one here, and give the other another id and file"
    remedy = f"keep {ours} here, and bring what changed in {theirs} into its own file"
    return f"git took {theirs} for {ours}; {remedy}"


def _label(given: str, default: str) -> str:
    """Take a label; git before 2.44 hands the placeholder on as it stands."""
    return default if given in {"", "%X", "%Y"} else given


def _size(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 4 else DEFAULT_MARKERS.size
