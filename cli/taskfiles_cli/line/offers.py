"""What a shell offers as a value: words of the format, names that the project's tasks have, ids.

One table says of which sort the values of a parameter are, whichever command has it. Only texts without
blanks, quotes and what else a shell evaluates are offered.
"""

from __future__ import annotations

from taskfiles.task.keys import KEY_ORDER, LIST_KEYS, REFERENCES, WORDS
from taskfiles.task.words import CostSource, ErrorType, ExecutionStatus, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from taskfiles import Store

# The sort of the values of each parameter, by its name; a command's own with the command before it.
SORTS: dict[str, str] = {
    **{key: key for key in WORDS},
    **dict.fromkeys(("parent", "depends_on", "blocks", "task", "before", "after"), "ids"),
    **dict.fromkeys(("new link", "update link", "fmt ids", "validate names"), "ids"),
    "max_size": "size",
    "status": "status",
    "outcome": "outcome",
    "error_type": "error types",
    "cost_source": "cost sources",
    "permissions": "permissions",
    "agent": "agents",
    "lanes": "lanes",
    "chart": "charts",
    "label": "labels",
    "assignee": "assignees",
    "model": "models",
    "tool": "tools",
    "sort": "sort keys",
    "fields": "fields",
    "meta": "pairs",
    "add": "items",
    "remove": "items",
    "unset": "keys",
    "view": "views",
    "new template": "templates",
    "where": "filters",
    "stats by": "dimensions",
    "log by": "assignees",
    "move state": "state",
    "move cascade": "cascades",
    "schema name": "schemas",
    "help topic": "topics",
    "completion shell": "shells",
    "metadata get key": "keys",
}
_PROJECT = {"labels": "labels", "assignees": "assignees", "milestone": "milestone", "track": "track"}
_DECLARED = {"labels": "labels", "milestone": "milestones", "track": "tracks"}
_AGENT = {"models": "model", "tools": "tool"}
_SETTINGS = frozenset({"views", "templates"})  # named by tasks.toml alone
_ALONE = frozenset(
    {"pairs", "filters", "schemas", "topics", "shells", "views", "templates"}
)  # one text, no commas


def find_sort(command: str, parameter: str, *, is_argument: bool = False) -> str | None:
    """Return the sort of a parameter's values; None where nothing can be offered.

    An argument's is found under its command alone.
    """
    own = SORTS.get(f"{command} {parameter}")
    return own if own is not None or is_argument else SORTS.get(parameter)


def offer(sort: str, incomplete: str) -> list[str]:
    """Return the values of a sort that begin as a text does; commas separate several, each offered once."""
    if sort in {"pairs", "items"}:
        return _offer_pairs(incomplete, [key for key in KEY_ORDER if sort == "pairs" or key in LIST_KEYS])
    head, comma, last = ("", "", incomplete) if sort in _ALONE else incomplete.rpartition(",")
    sign = "-" if sort == "sort keys" and last.startswith("-") else ""
    taken = head.split(",")
    found = (sign + value for value in _values(sort, last) if value not in taken)
    return [head + comma + value for value in found if value.startswith(last) and is_safe(value)]


def _offer_pairs(incomplete: str, keys: Iterable[str]) -> list[str]:
    """Offer keys with their `=`, and behind it the values of the key."""
    key, sign, begun = incomplete.partition("=")
    if not sign:
        return [f"{each}=" for each in keys if each.startswith(key)]
    sort = key if key in WORDS or key in _PROJECT else "ids" if key in {"parent", *REFERENCES} else None
    values = _values(sort, begun) if sort is not None else ()
    return [f"{key}={value}" for value in values if value.startswith(begun) and is_safe(value)]


def is_safe(text: str) -> bool:
    """Return whether a text may reach a line that a shell evaluates: letters, digits and a few signs."""
    return bool(text) and all(char.isalnum() or char in "-_.,@/+%=" for char in text)


def _values(sort: str, incomplete: str) -> Iterable[str]:
    if sort in WORDS:
        return [str(word) for word in WORDS[sort]]
    if sort in _PROJECT or sort in _AGENT or sort in _SETTINGS or sort == "ids":
        return _of_project(sort, incomplete)
    return _FIXED[sort]()


def _of_project(sort: str, incomplete: str) -> Iterable[str]:
    """Return what the project has of a sort; nothing where it can't be read."""
    if sort == "ids":
        from taskfiles_cli.line.ids import complete_ids  # noqa: PLC0415 (it imports the store)

        return complete_ids(incomplete)
    from taskfiles import TaskfilesError  # noqa: PLC0415 (as above)

    try:
        store = _open()
        found = set(_declared(store, sort if sort in _SETTINGS else _DECLARED.get(sort)))
        if sort not in _SETTINGS:
            found |= _used(store, sort)
    except (TaskfilesError, OSError):
        return ()
    more = ["@me"] if sort == "assignees" else []
    return [*more, *sorted(found)]


def _open() -> Store:
    import os  # noqa: PLC0415 (as above)

    from taskfiles import Store  # noqa: PLC0415 (as above)
    from taskfiles_cli.line.surroundings import cache_directory, here  # noqa: PLC0415 (as above)

    return Store.find(here(), index=True, cache=cache_directory(os.environ))


def _declared(store: Store, table: str | None) -> Iterable[str]:
    """Return the names that a table of tasks.toml declares; none where the file can't be read."""
    data = (store.config_bytes() or b"") if table is not None else b""
    if table is None or table.encode() not in data:
        return ()
    import tomllib  # noqa: PLC0415 (few projects declare names)

    try:
        declared = tomllib.loads(data.decode()).get(table)
    except ValueError:
        return ()
    return declared if isinstance(declared, dict) else ()


def _used(store: Store, sort: str) -> set[str]:
    """Return what tasks have of a sort."""
    if sort in _AGENT:
        from taskfiles.backlog.filter import Filter  # noqa: PLC0415 (few texts are asked for)
        from taskfiles.backlog.sieve import make_sieve  # noqa: PLC0415 (as above)

        only = make_sieve(Filter(has_execution=True))
        return store.read_all(lambda found: set(_agents(found, _AGENT[sort])), only=only)
    from taskfiles.task.task import Task  # noqa: PLC0415 (as above)

    key = _PROJECT[sort]
    values = store.read_all(lambda found: [each.value(key) for each in found if isinstance(each, Task)])
    texts = (value if isinstance(value, list) else [value] for value in values)
    return {text for each in texts for text in each if isinstance(text, str)}


def _agents(found: Iterable[object], key: str) -> Iterable[str]:
    from taskfiles.backlog.present import list_attempts  # noqa: PLC0415 (as above)
    from taskfiles.task.task import Task  # noqa: PLC0415 (as above)

    for task in found:
        if isinstance(task, Task):
            yield from (getattr(attempt, key) for attempt in list_attempts(task))


def _fields() -> Iterable[str]:
    from taskfiles.task.keys import ADDED_KEYS, SHOW_KEYS  # noqa: PLC0415 (as above)

    return [*KEY_ORDER, *ADDED_KEYS, *SHOW_KEYS, "startable"]


def _filters() -> Iterable[str]:
    from taskfiles.backlog.filter_text import ALONE, FILTERS  # noqa: PLC0415 (as above)

    return [name if name in ALONE else f"{name}=" for name in FILTERS]


def _dimensions() -> Iterable[str]:
    from taskfiles.stats.dimensions import DIMENSIONS  # noqa: PLC0415 (as above)

    return DIMENSIONS


def _cascades() -> Iterable[str]:
    from taskfiles.operations.move import CASCADES  # noqa: PLC0415 (as above)

    return map(str, CASCADES)


def _lanes() -> Iterable[str]:
    from taskfiles.backlog.board import LANES  # noqa: PLC0415 (as above)

    return LANES


def _charts() -> Iterable[str]:
    from taskfiles.report.charts import ATTEMPT_CHARTS, EVENT_CHARTS  # noqa: PLC0415 (as above)

    return [*ATTEMPT_CHARTS, *EVENT_CHARTS]


def _agents_to_run() -> Iterable[str]:
    from taskfiles.agents.command_line import LINES  # noqa: PLC0415 (as above)

    return LINES


def _permissions() -> Iterable[str]:
    from taskfiles.agents.command_line import Permissions  # noqa: PLC0415 (as above)

    return map(str, Permissions)


def _schemas() -> Iterable[str]:
    from taskfiles.schema.files import list_schemas  # noqa: PLC0415 (as above)

    return list_schemas()


def _topics() -> Iterable[str]:
    from taskfiles_cli.line.table import COMMANDS  # noqa: PLC0415 (as above)
    from taskfiles_cli.line.topics import TOPICS  # noqa: PLC0415 (as above)

    return [*TOPICS, *dict.fromkeys(name.split()[0] for name in COMMANDS)]


_FIXED: dict[str, Callable[[], Iterable[str]]] = {
    "status": lambda: map(str, ExecutionStatus),
    "outcome": lambda: map(str, Outcome),
    "error types": lambda: map(str, ErrorType),
    "cost sources": lambda: map(str, CostSource),
    "permissions": _permissions,
    "agents": _agents_to_run,
    "lanes": _lanes,
    "charts": _charts,
    "cascades": _cascades,
    "keys": lambda: KEY_ORDER,
    "sort keys": lambda: KEY_ORDER,
    "fields": _fields,
    "filters": _filters,
    "dimensions": _dimensions,
    "schemas": _schemas,
    "topics": _topics,
    "shells": lambda: ("bash", "zsh", "fish"),
}
