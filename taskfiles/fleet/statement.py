"""The SQL that counts a dataset's attempts, from relation to relation, in DuckDB's dialect; pure.

An engine provides the tables as relations: their columns, instants as whole microseconds since 1970 under
names that end in `_us`.

Millions of attempts are to be counted while somebody waits, and what takes longest is to gather each task's
rows. So the row of a task of one attempt, as most are, is taken as it is; of several attempts, the task's own
row says what they add up to, unless some of them lie in another group, or outside the span; and what is
alike is tallied before it is counted. Keys may be null, so that they are compared by IS NOT DISTINCT FROM.
"""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.dataset.sql import literal
from taskfiles.fleet.definitions import MEASURED, OF_DURATIONS, OF_GROUP, ORDERS, SUMS
from taskfiles.fleet.selection import Selection, column_of, list_of
from taskfiles.fleet.sql import conditions, select, with_steps
from taskfiles.stats.figures import COUNTS
from taskfiles.stats.wilson import LEAST

GROUP, EVERYTHING, SIZE = "group", "everything", "size"
_NULL = "CAST(NULL AS VARCHAR)"
_TASK = ("repo", "task_id")
_ATTEMPTS_ALIKE = {
    "size": "size",
    "ending": "ending",
    "approved": "approved",
    "gated": "gates_run > 0",
    "gate_failed": "gates_failed > 0",
    "alone": "task_attempts = 1",
    "succeeded": "succeeded",
}
_KNOWN = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd_micros")
_SUMMED = ("duration_seconds", "gates_run", "gates_failed")
# A task's estimates and what came of them, in the rows of all its attempts and in its own: both or neither.
_COMPARED = {
    "compares_cost": ("compared_estimated_cost_usd_micros", "compared_cost_usd_micros"),
    "compares_input": ("compared_estimated_input_tokens", "compared_input_tokens"),
    "compares_output": ("compared_estimated_output_tokens", "compared_output_tokens"),
    "compares_time": ("compared_estimated_seconds", "compared_duration_seconds"),
}
_SIDES = tuple(side for sides in _COMPARED.values() for side in sides)
_COMPARES = {name: f"{sides[0]} IS NOT NULL" for name, sides in _COMPARED.items()}
# An attempt's success and verdict as one number: with the position before it, the greatest is that of a
# task's last attempt.
_RESULT = (
    "(CASE WHEN succeeded THEN 4 ELSE 0 END + CASE WHEN approved THEN 2 WHEN NOT approved THEN 1 ELSE 0 END)"
)
_RESULTS = 8
# Whether it is the task's first attempt, and whether its cost is unknown, as bits: each aggregate takes time.
_MARKS = "CASE WHEN position = 1 THEN 1 ELSE 0 END + CASE WHEN cost_usd_micros IS NULL THEN 2 ELSE 0 END"
_VERDICT = "CASE WHEN approved THEN 1 WHEN NOT approved THEN 0 ELSE -1 END"
# What distinguishes tasks that are alike from others, and what is summed up over them.
_TALLIED = (
    "size", "begun", "first_success", "last_succeeded", "last_approved", "priced", "tasks", "wall_us",
    "cost_usd_micros", *_COMPARED, *_SIDES,
)  # fmt: skip


def make_views(selection: Selection, by: Sequence[str]) -> dict[str, str]:
    """Write what is to be created as views, in this order.

    `scoped` holds the attempts of a selection, `counted` the same in their groups. Of tasks of several
    attempts, `whole` holds those whose own row has all that is counted of them, `counted_whole` the same in
    groups, where those that are `uniform` are in the groups of all their attempts; `pieces` has the attempts
    of the others, `counted_pieces` the attempts of all that may lie in several groups. They are views and no
    steps of the statement, for engines keep the rows of a step that is read several times, and these are
    many.
    """
    several = "task_attempts > 1"
    if selection.is_bounded:  # the span may hold some attempts of a task, and not others
        whole, pieces, counted_pieces = "FALSE", several, several
    else:
        whole = "attempts > 1 AND uniform IS NOT NULL"
        pieces, counted_pieces = f"{several} AND uniform IS NULL", f"{several} AND uniform IS NOT TRUE"
    wanted = " AND ".join(conditions(selection, "ended_us")) or "TRUE"
    whole = " AND ".join([whole, *conditions(selection, None)])
    return {
        "scoped": select(["*"], f"attempts WHERE {wanted}"),
        "counted": _in_groups("scoped", by),
        "whole": select(["*"], f"tasks WHERE {whole}"),
        "counted_whole": _in_groups("whole", by),
        "pieces": select(["*"], f"scoped WHERE {pieces}"),
        "counted_pieces": select(["*"], f"counted WHERE {counted_pieces}"),
    }


def _in_groups(relation: str, by: Sequence[str]) -> str:
    dimensions = dict(zip(_keys(by), by, strict=True))
    columns = [f"{column} AS {key}" for key, name in dimensions.items() if (column := column_of(name))]
    lists = [
        f" CROSS JOIN UNNEST({_list_of(name)}) AS {key}_of({key})"
        for key, name in dimensions.items()
        if column_of(name) is None
    ]
    return select(["*", *columns], f"{relation}{''.join(lists)}")


def count_attempts(by: Sequence[str]) -> str:
    """Write the statement that counts the attempts of the views, by groups, all together, and by size.

    Its columns are `part` (GROUP, EVERYTHING or SIZE), `size`, those of the key (`k0`, `k1`, …), and
    MEASURED. Of everything there is what adds up; of a size the number of tasks as `tasks`, and the median
    of their work as `duration_p50`.
    """
    keys = _keys(by)
    # Where each attempt is in one group, the tallies of all groups are the tallies of all.
    is_split = any(column_of(name) is None for name in by)
    steps = {
        "gathered": _gather("counted_pieces", keys),
        "all_gathered": _gather("pieces", []),
        "works": _rank(_works("scoped", ("all_gathered", "whole")), "work_seconds", "COUNT(*)", ["size"]),
        "norms": select(
            ["size", "MAX(total) AS tasks", f"{OF_DURATIONS['duration_p50']} AS median"], "works", ["size"]
        ),
        "usual": select(
            ["size AS usual_size", "median AS usual_work_seconds"], f"norms WHERE tasks >= {LEAST}"
        ),
        "attempts_alike": _tally_attempts("counted", keys),
        "whole_alike": _tally_whole("counted_whole", keys),
        "tasks_alike": _unite(
            _tasks_alone("attempts_alike", keys),
            _tally_tasks("gathered", keys),
            select([*keys, *_TALLIED], "whole_alike WHERE uniform"),
        ),
        "all_attempts_alike": _tally_attempts("scoped", []) if is_split else select(["*"], "attempts_alike"),
        "all_whole_alike": _tally_whole("whole", []) if is_split else select(["*"], "whole_alike"),
        "all_tasks_alike": _unite(
            _tasks_alone("all_attempts_alike", []),
            _tally_tasks("all_gathered", []),
            select(_TALLIED, "all_whole_alike"),
        ),
        "durations": _rank("counted", "duration_seconds", "COUNT(*)", keys),
        "successes": _rank(
            "tasks_alike WHERE begun AND first_success IS NOT NULL", "first_success", "SUM(tasks)", keys
        ),
        "overlapped": _overlapped("counted", keys),
        "all_overlapped": _overlapped("scoped", []) if is_split else select(["*"], "overlapped"),
        **_aggregates("", keys),
        **_aggregates("all_", []),
    }
    for name, figures in ORDERS.items():
        steps[f"of_{name}"] = _aggregate(figures, name, keys)
    nothing = [f"{_NULL} AS {key}" for key in keys]
    of_size = {"tasks": "tasks", "duration_p50": "median"}
    parts = [
        _part(GROUP, [f"of_{name}" for name in (*SUMS, *ORDERS)], keys, keys),
        _part(EVERYTHING, [f"all_of_{name}" for name in SUMS], [], nothing),
        select(
            [
                f"{literal(SIZE)} AS part",
                "size",
                *nothing,
                *(f"{of_size.get(name, 'NULL')} AS {name}" for name in MEASURED),
            ],
            "norms",
        ),
    ]
    return with_steps(steps, _unite(*parts))


def _unite(*queries: str) -> str:
    return " UNION ALL ".join(queries)


def _keys(by: Sequence[str]) -> list[str]:
    return [f"k{number}" for number in range(len(by))]


def _list_of(name: str) -> str:
    """A dimension's values as a list, with one null where it has none."""
    found = list_of(name) or f'"values"[{literal(name)}]'
    return f"CASE WHEN {found} IS NULL OR ARRAY_LENGTH({found}) = 0 THEN [{_NULL}] ELSE {found} END"


def _gather(relation: str, keys: Sequence[str]) -> str:
    """A row a key and task, whether or not all its attempts are here."""
    columns = [
        *keys,
        *_TASK,
        "ANY_VALUE(size) AS size",
        "MIN(CASE WHEN succeeded THEN position END) AS first_success",
        f"MAX(position * {_RESULTS} + {_RESULT}) AS last_result",
        f"BIT_OR({_MARKS}) AS marks",
        "SUM(cost_usd_micros) AS cost_usd_micros",
        "MIN(started_us) AS started_us",
        "MAX(ended_us) AS ended_us",
        "SUM(duration_seconds) AS work_seconds",
        *(f"CASE WHEN COUNT(*) = MAX(task_attempts) THEN MAX({side}) END AS {side}" for side in _SIDES),
    ]
    return select(columns, relation, [*keys, *_TASK])


def _works(scoped: str, several: Sequence[str]) -> str:
    """Each task's size and work; from the attempts, where there is one, and from relations of tasks."""
    alone = select(["size", "duration_seconds AS work_seconds"], f"{scoped} WHERE task_attempts = 1")
    return f"({_unite(alone, *(select(['size', 'work_seconds'], each) for each in several))}) AS every_task"


def _tally_attempts(relation: str, keys: Sequence[str]) -> str:
    """Attempts that are alike, with the sums of their numbers; `apart_us` is the time of those that do not
    overlap.
    """
    alike = {**_ATTEMPTS_ALIKE, **{f"knows_{name}": f"{name} IS NOT NULL" for name in _KNOWN}, **_COMPARES}
    columns = [
        *keys,
        *(f"{text} AS {name}" for name, text in alike.items()),
        "COUNT(*) AS attempts",
        *(f"SUM({name}) AS {name}" for name in (*_SUMMED, *_KNOWN, *_SIDES)),
        "SUM(CASE WHEN NOT overlapping THEN elapsed_micros END) AS apart_us",
    ]
    return select(columns, relation, [*keys, *alike.values()])


def _tasks_alone(tallies: str, keys: Sequence[str]) -> str:
    """The tasks of one attempt that are alike, from the tallies of attempts: nothing is read again for them.

    A task's only attempt is its first, and overlaps with none.
    """
    columns = [
        *keys,
        "size",
        "TRUE AS begun",
        "CASE WHEN succeeded THEN 1 END AS first_success",
        "succeeded AS last_succeeded",
        f"{_VERDICT} AS last_approved",
        "knows_cost_usd_micros AS priced",
        "attempts AS tasks",
        "apart_us AS wall_us",
        "cost_usd_micros",
        *_COMPARED,
        *_SIDES,
    ]
    return select(columns, f"{tallies} WHERE alone")


def _tally_tasks(gathered: str, keys: Sequence[str]) -> str:
    """The tasks of several attempts that are alike."""
    alike = {
        "size": "size",
        "begun": "marks % 2 = 1",
        "first_success": "first_success",
        "last_succeeded": f"last_result % {_RESULTS} >= 4",
        "last_approved": "last_result % 4 - 1",
        "priced": "marks < 2",
    }
    return _tally(gathered, keys, alike, "ended_us - started_us")


def _tally_whole(whole: str, keys: Sequence[str]) -> str:
    """The tasks whose rows have all of their figures; those of `uniform` attempts are of one group."""
    alike = {
        "size": "size",
        "uniform": "uniform",
        "begun": "attempts > 0",  # all of them are here, the first too
        "first_success": "first_success",
        "last_succeeded": "succeeded",
        "last_approved": _VERDICT,
        "priced": "cost_usd_micros IS NOT NULL",
    }
    return _tally(whole, keys, alike, "elapsed_micros")


def _tally(relation: str, keys: Sequence[str], alike: dict[str, str], wall: str) -> str:
    columns = [
        *keys,
        *(f"{text} AS {name}" for name, text in alike.items()),
        "COUNT(*) AS tasks",
        f"SUM({wall}) AS wall_us",
        "SUM(cost_usd_micros) AS cost_usd_micros",
        *(f"{text} AS {name}" for name, text in _COMPARES.items()),
        *(f"SUM({side}) AS {side}" for side in _SIDES),
    ]
    return select(columns, relation, [*keys, *alike.values(), *_COMPARES.values()])


def _overlapped(relation: str, keys: Sequence[str]) -> str:
    return select([*keys, *_TASK, "started_us", "ended_us"], f"{relation} WHERE overlapping")


def _aggregates(prefix: str, keys: Sequence[str]) -> dict[str, str]:
    """The relations of `definitions` that are summed up, and the sums."""
    usual = "LEFT JOIN usual ON size = usual_size"
    relations = {
        "attempt_tallies": select(["*"], f"{prefix}attempts_alike {usual}"),
        "task_tallies": select(["*"], f"{prefix}tasks_alike {usual}"),
        "spans": _spans(f"{prefix}attempts_alike", f"{prefix}overlapped", keys),
    }
    steps = {f"{prefix}{name}": text for name, text in relations.items()}
    for name, figures in SUMS.items():
        steps[f"{prefix}of_{name}"] = _aggregate(figures, f"{prefix}{name}", keys)
    return steps


def _aggregate(figures: dict[str, str], relation: str, keys: Sequence[str]) -> str:
    return select([*keys, *(f"{text} AS {name}" for name, text in figures.items())], relation, keys)


def _spans(tallies: str, overlapped: str, keys: Sequence[str]) -> str:
    """The time in which attempts were under way; only those of a task that overlap are put in order."""
    over = f"PARTITION BY {', '.join([*keys, *_TASK])} ORDER BY started_us, ended_us"
    reached = f"MAX(ended_us) OVER ({over} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    ordered = select([*keys, "started_us", "ended_us", f"{reached} AS reached_us"], overlapped)
    new = "ended_us - GREATEST(started_us, COALESCE(reached_us, started_us)) AS span_us"
    rest = select([*keys, new], f"({ordered}) AS ordered WHERE reached_us IS NULL OR ended_us > reached_us")
    return _unite(select([*keys, "apart_us AS span_us"], tallies), rest)


def _rank(relation: str, value: str, number: str, keys: Sequence[str]) -> str:
    """Values in order, counted up to each; many rows have one value, so that few are sorted."""
    each = select([*keys, f"{value} AS value", f"{number} AS rows_of_it"], relation, [*keys, value])
    partition = f"PARTITION BY {', '.join(keys)}" if keys else ""
    columns = [
        *keys,
        "value",
        f"SUM(rows_of_it) OVER ({partition} ORDER BY value) AS below",
        f"SUM(rows_of_it) OVER ({partition}) AS total",
    ]
    return select(columns, f"({each}) AS each_value")


def _part(name: str, relations: Sequence[str], keys: Sequence[str], shown: Sequence[str]) -> str:
    """All figures of a part; one that no relation has is null, or 0 where it is a count."""
    first, *others = relations
    joins = "".join(
        f" LEFT JOIN {other} ON "
        + (" AND ".join(f"{first}.{key} IS NOT DISTINCT FROM {other}.{key}" for key in keys) or "TRUE")
        for other in others
    )
    said = {figure for source, figures in {**SUMS, **ORDERS}.items() for figure in figures}
    if name == EVERYTHING:
        said -= {figure for figures in ORDERS.values() for figure in figures}
    figures = []
    for figure in MEASURED:
        text = OF_GROUP.get(figure) or (figure if figure in said else "NULL")
        figures.append(f"{f'COALESCE({text}, 0)' if figure in COUNTS else text} AS {figure}")
    columns = [f"{first}.{key} AS {key}" for key in keys] or list(shown)
    return select([f"{literal(name)} AS part", f"{_NULL} AS size", *columns, *figures], f"{first}{joins}")
