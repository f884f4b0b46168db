"""What a page or a terminal has shown of a task, so that nothing is changed that has changed since."""

from __future__ import annotations

from typing import Any

from taskfiles import Task
from taskfiles_cli.surface.fields import is_field, write_field


def seen(task: Task, key: str) -> Any:
    """Return what is shown of a key, of a field of a form, or of a box that is named by `box:NAME`."""
    if is_field(key):
        return write_field(task, key)
    if key.startswith("box:"):
        from taskfiles.text.checkboxes import NoBox, find_box  # noqa: PLC0415 (few acts are of boxes)
        from taskfiles.text.sections import split_lines  # noqa: PLC0415 (as above)

        try:
            box = find_box(split_lines(task.body), name_of(key.removeprefix("box:")))
        except NoBox:
            return None
        return [box.text, box.checked]
    return task.get(key)


def name_of(box: object) -> int | str:
    """Return the name of a box as `Update` has it: a number or a text."""
    text = str(box)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else text
