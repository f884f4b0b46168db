"""Measure the default report of a dataset of three million attempts, by DuckDB, on one thread and on two.

    python tests/benchmarks/fleet.py [--attempts N] [--rounds N] [--dataset DIR]

The rows are made by DuckDB, the same each time, and laid out by the code of `tasks export`, of 10,000
repositories over ten months. Each number of threads has a process of its own, in which the database is open:
what is measured is the time of the queries. The floor is DuckDB reading the same columns and taking the sum
or the greatest of each; rounds take both in turn. Prints the least and the median of the rounds, of CPU and
of the clock, how many times the floor the least is, and the peak of memory. What was made before in the
directory of --dataset is used again.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.export import export
from taskfiles.dataset.manifest import NAME, Counts
from taskfiles.dataset.parquet import TYPES
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given
from taskfiles.fleet.answer import Ask, Connection, put_questions
from taskfiles.fleet.duck import open_tables, records
from taskfiles.fleet.place import open_dataset
from taskfiles.fleet.selection import Selection
from taskfiles.stats.dimensions import BY, OF_ATTEMPT

REPOSITORIES = 10_000
PER_TASK = 1.55  # attempts; 65 of 100 tasks have one
_ASK = Ask(Selection(), BY)
_MIB = 1024 if sys.platform != "darwin" else 1 << 20
# What the report reads beside its dimensions.
_SUMMED = (
    "position", "task_attempts", "duration_seconds", "elapsed_micros", "gates_run", "gates_failed",
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "estimated_input_tokens",
    "estimated_output_tokens", "cost_usd_micros", "estimated_cost_usd_micros",
)  # fmt: skip
_GREATEST = (
    *BY, "repo", "task_id", "size", "ending", "succeeded", "approved", "overlapping", "uniform", "started_us",
    "ended_us",
)  # fmt: skip
FLOOR = (
    f"SELECT {', '.join([*(f'SUM({name})' for name in _SUMMED), *(f'MAX({name})' for name in _GREATEST)])}"
    " FROM attempts"
)


def number(seed: int, below: int, *of: str) -> str:
    """Write a number that looks drawn by lot, and is the same each time."""
    return f"CAST(hash({', '.join(of or ('i', 'p'))}, {seed}) % {below} AS BIGINT)"


def word(seed: int, words: str, *of: str) -> str:
    """Write one of some words, likewise."""
    each = words.split()
    return f"[{', '.join(map(repr, each))}][1 + {number(seed, len(each), *of)}]"


# What a table says, where it says something: all other columns are null. `i` numbers the tasks; `n` are the
# attempts of one, `p` is which of them it is.
OF_TASK = {
    "repo": f"'organisation/repository-' || (i % {REPOSITORIES})",
    "task_id": f"'change-number-' || (i // {REPOSITORIES})",
    "title": f"'Change number ' || (i // {REPOSITORIES})",
    "state": "'done'",
    "kind": "'task'",
    "priority": word(1, "low medium high urgent", "i"),
    "size": word(2, "small medium large", "i"),
    "ambiguity": word(3, "low medium high", "i"),
    "task_type": word(4, "bug feature refactoring test docs", "i"),
    "language": word(5, "python go typescript rust java", "i"),
    "labels": f"[{word(6, 'ui api db', 'i')}, 'fleet']",
    "ancestors": "CAST([] AS VARCHAR[])",
    "values": f"map(['x_team'], [[{word(7, 'red blue green', 'i')}]])",
}
_START = f"CAST(1767225600000000 + {number(8, 300 * 86_400, 'i')} * 1000000 AS BIGINT)"
_BEGUN = f"{_START} + (p - 1) * 14400000000"
_LASTED = number(9, 7_200)
TASK = OF_TASK | {
    "path": f"'tasks/change-number-' || (i // {REPOSITORIES}) || '.md'",
    "created_at": f"make_timestamptz({_START} - 86400000000)",
    "updated_at": f"make_timestamptz({_START} + 86400000000)",
    "completed_at": f"make_timestamptz({_START} + 86400000000)",
    "attempts": "n",
}
ATTEMPT = OF_TASK | {
    "position": "p",
    "attempt_id": "md5(i || '-' || p)",
    "started_at": f"make_timestamptz({_BEGUN})",
    "ended_at": f"make_timestamptz({_BEGUN} + {_LASTED} * 1000000)",
    "month": f"strftime(make_timestamptz({_BEGUN} + {_LASTED} * 1000000), '%Y-%m')",
    "duration_seconds": _LASTED,
    "elapsed_micros": f"{_LASTED} * 1000000",
    "status": f"CASE WHEN {number(10, 3)} > 0 THEN 'completed' ELSE 'failed' END",
    "outcome": f"CASE WHEN {number(10, 3)} > 0 THEN 'success' ELSE 'failed' END",
    "ending": f"CASE WHEN {number(10, 3)} > 0 THEN 'succeeded'"
    f" ELSE {word(11, 'failed timed_out abandoned partial blocked')} END",
    "succeeded": f"{number(10, 3)} > 0",
    "approved": f"CASE {number(12, 10)} WHEN 0 THEN TRUE WHEN 1 THEN FALSE END",
    "tool": word(13, "codex claude-code aider", "i"),
    "model": word(14, "opus sonnet haiku gpt gemini local", "i", f"CASE WHEN {number(15, 4)} = 0 THEN p END"),
    "provider": word(16, "anthropic openai google", "i"),
    "commit_head": "sha1(i || '-' || p)",
    "input_tokens": number(17, 300_000),
    "output_tokens": number(18, 30_000),
    "cache_read_tokens": number(19, 300_000),
    "estimated_input_tokens": number(20, 300_000),
    "estimated_output_tokens": number(21, 30_000),
    "cost_usd_micros": f"CASE WHEN {number(22, 5)} > 0 THEN {number(23, 5_000_000)} END",
    "estimated_cost_usd_micros": number(24, 5_000_000),
    "gates_run": "2",
    "gates_failed": number(25, 2),
    "task_attempts": "n",
    "overlapping": f"n > 1 AND {number(26, 50, 'i')} = 0",
    "uniform": "uniform",
}


def _same(name: str) -> str:
    told = ATTEMPT.get(name, "NULL")
    return f"(MIN({told}) IS NOT DISTINCT FROM MAX({told}))"


def _of_success(text: str) -> str:
    return f"{text} FILTER (WHERE {ATTEMPT['succeeded']})"


# What a task's attempts add up to, from the rows of attempts.
TOTALS = {
    **{name: f"CASE WHEN {_same(name)} THEN MIN({ATTEMPT.get(name, 'NULL')}) END" for name in OF_ATTEMPT},
    "uniform": " AND ".join(map(_same, OF_ATTEMPT)),
    "started_at": f"MIN({ATTEMPT['started_at']})",
    "ended_at": f"MAX({ATTEMPT['ended_at']})",
    "elapsed_micros": f"epoch_us(MAX({ATTEMPT['ended_at']})) - epoch_us(MIN({ATTEMPT['started_at']}))",
    "work_seconds": f"SUM({_LASTED})",
    "cost_usd_micros": f"CASE WHEN COUNT({ATTEMPT['cost_usd_micros']}) = n"
    f" THEN SUM({ATTEMPT['cost_usd_micros']}) END",
    "first_success": _of_success("MIN(p)"),
    "succeeded": f"ARG_MAX({ATTEMPT['succeeded']}, p)",
    "approved": f"ARG_MAX_NULL({ATTEMPT['approved']}, p)",
}


def make_dataset(directory: Path, attempts: int) -> None:
    """Make the rows, and lay them out as `tasks export` does."""
    with tempfile.TemporaryDirectory() as work, duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"SET temp_directory = '{work}'")
        database.execute("SET memory_limit = '1GB'")
        many = number(27, 100, "i")
        database.execute(
            f"CREATE VIEW counts AS SELECT i, CASE WHEN {many} < 65 THEN 1 WHEN {many} < 85 THEN 2"
            f" WHEN {many} < 95 THEN 3 ELSE 4 END AS n FROM range({round(attempts / PER_TASK)}) AS r(i)"
        )
        each = "UNNEST(range(1, n + 1)) AS u(p)"
        totals = ", ".join(f"{text} AS {name}" for name, text in TOTALS.items())
        database.execute(f"CREATE TABLE tasks AS SELECT i, n, {totals} FROM counts, {each} GROUP BY i, n")
        database.execute(f"CREATE VIEW attempts AS SELECT i, n, p, uniform FROM tasks, {each}")
        files = {}
        of_tables = {"tasks": TASK | {name: name for name in TOTALS}, "attempts": ATTEMPT}
        for table, told in of_tables.items():
            columns = (
                f'CAST({told.get(column.name, "NULL")} AS {TYPES[column.type]}) AS "{column.name}"'
                for column in TABLES[table]
            )
            files[table] = f"{work}/{table}.parquet"
            database.execute(f"COPY (SELECT {', '.join(columns)} FROM {table}) TO '{files[table]}'")
        counted = database.execute(
            f"SELECT {OF_TASK['repo']} AS repo, COUNT(*), SUM(n) FROM tasks GROUP BY repo ORDER BY repo"
        ).fetchall()
        database.close()
        given = Given(
            {repo: Counts(tasks=int(tasks), attempts=int(tried)) for repo, tasks, tried in counted},
            lambda _table: (),
            files=lambda table: {DatasetFormat.PARQUET: [files[table]]} if table in files else None,
        )
        export(str(directory), given, DatasetFormat.PARQUET)


def measure(directory: str, threads: int, rounds: int) -> dict[str, Any]:
    """Measure in this process; peak memory is that of all that it has done."""
    dataset = open_dataset(directory)
    with open_tables(dataset, _ASK.tables) as database:
        database.execute(f"SET threads = {threads}")
        give = partial(records, database)

        def define(name: str, query: str) -> None:
            database.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

        rows: dict[str, Callable[[], object]] = {
            "floor": lambda: give(FLOOR),
            "report": lambda: put_questions(_ASK, Connection(define, give), 0),
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
        for _ in range(rounds + 1):
            for name, ask in rows.items():
                clock, cpu = time.perf_counter(), time.process_time()
                ask()
                found[name].append((time.perf_counter() - clock, time.process_time() - cpu))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    # The first round reads files that nobody has read before.
    return {"seconds": {name: each[1:] for name, each in found.items()}, "mib": peak}


def report(directory: Path, rounds: int) -> None:
    """Print a row for each number of threads and each query."""
    manifest = open_dataset(str(directory)).manifest
    files = manifest.files_of("attempts")
    print(f"{sum(file.rows for file in files):,} attempts in {len(files)} files,", end=" ")
    print(f"{sum(file.bytes for file in files) / (1 << 20):,.0f} MiB; DuckDB {duckdb.__version__}")
    print("threads  query   wall s least / median   CPU s least / median   x floor (wall, CPU)   peak MiB")
    for threads in (1, 2):
        command = [sys.executable, __file__, "--child", str(threads), "--rounds", str(rounds)]
        command += ["--dataset", str(directory)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        least = {}
        for name, seconds in found["seconds"].items():
            walls, cpus = zip(*seconds, strict=True)
            least[name] = min(walls), min(cpus)
            times = " / ".join(f"{value:.2f}" for value in (min(walls), statistics.median(walls)))
            spent = " / ".join(f"{value:.2f}" for value in (min(cpus), statistics.median(cpus)))
            wall, cpu = (mine / floor for mine, floor in zip(least[name], least["floor"], strict=True))
            print(f"{threads:7}  {name:6}  {times:>21}  {spent:>21}  {wall:12.2f}, {cpu:.2f}", end="")
            print(f"  {found['mib']:10,.0f}" if name == "report" else "")


def main() -> None:
    """Make the dataset where it is not there, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--attempts", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--dataset", type=Path)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        print(json.dumps(measure(str(given.dataset), given.child, given.rounds)))
        return
    with tempfile.TemporaryDirectory() as name:
        directory = given.dataset or Path(name) / "data"
        if not (directory / NAME).exists():
            make_dataset(directory, given.attempts)
        report(directory, given.rounds)


if __name__ == "__main__":
    main()
