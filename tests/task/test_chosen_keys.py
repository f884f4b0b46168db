"""Chosen keys of a task are what the whole object has for them."""

from __future__ import annotations

from hypothesis import example, given

from support.strategies import files
from taskfiles.basics.jsontext import json_text
from taskfiles.task.keys import ADDED_KEYS, KEY_ORDER, SHOW_KEYS
from taskfiles.task.task import Unreadable, parse_task
from taskfiles.task.wire import chosen_objects, task_object

PATH = "tasks/10-ready/task-fix.md"
DAYS = b"---\nid: fix\ncreated_at: 2025-11-02\nupdated_at: 20251102\ncompleted_at: '2025-13-01'\n"
ZONES = b"last_activity_at: 2025-11-02T15:03:00.5+01:00\nx_own: 2025-11-02\npath: mine\nlabels: null\n---\n"


@given(files().map(lambda made: made[0]))
@example(DAYS + ZONES)
def test_chosen_keys_are_those_of_the_object(data: bytes) -> None:
    try:
        task = parse_task(PATH, data)
    except Unreadable:
        return
    keys = [*KEY_ORDER, *ADDED_KEYS, *(key for key in task.values if isinstance(key, str)), "nobodys"]
    keys = [key for key in keys if key not in SHOW_KEYS]
    for chosen in (
        keys,
        [key for key in keys if key not in {"execution", "extra"}],
        [*keys, "body", "derived"],
    ):
        whole = task_object(task, show="body" in chosen)
        (found,) = chosen_objects([task], chosen)
        assert json_text(found) == json_text({key: whole.get(key) for key in chosen})
