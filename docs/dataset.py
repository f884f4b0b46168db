"""Generate docs/reference/dataset.md from the columns; `docs/generate.py` calls this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taskfiles.dataset import lite, parquet
from taskfiles.dataset.columns import KEYS, MONTHLY, TABLES, Column, Type
from taskfiles.dataset.manifest import Counts, File
from taskfiles.dataset.words import DatasetFormat

ABOUT = {
    "tasks": "One row for each readable task file.",
    "attempts": "One row for each attempt of a valid task, with keys of the task.",
    "gates": "One row for each quality gate of an attempt.",
    "events": "One row for each event in the clone's log, redacted.",
    "plans": "One row for each plan in the log.",
}
JSON_TYPES = {
    Type.TEXT: "string",
    Type.INTEGER: "number",
    Type.NUMBER: "number",
    Type.BOOLEAN: "boolean",
    Type.INSTANT: "string, `2026-03-01T10:00:00.000000Z`",
    Type.TEXTS: "array of strings",
    Type.VALUES: "object of arrays",
    Type.JSON: "string that is JSON",
}
TRINO = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.INSTANT: "TIMESTAMP(6)",
    Type.TEXTS: "ARRAY(VARCHAR)",
    Type.VALUES: "MAP(VARCHAR, ARRAY(VARCHAR))",
    Type.JSON: "VARCHAR",
}
CLICKHOUSE = {
    Type.TEXT: "Nullable(String)",
    Type.INTEGER: "Nullable(Int64)",
    Type.NUMBER: "Nullable(Float64)",
    Type.BOOLEAN: "Nullable(Bool)",
    Type.INSTANT: "Nullable(DateTime64(6, 'UTC'))",
    Type.TEXTS: "Array(Nullable(String))",
    Type.VALUES: "Map(String, Array(Nullable(String)))",
    Type.JSON: "Nullable(String)",
}
HEAD = """# Datasets

What `tasks export` writes: five flat tables, and a manifest of their files. Every format has the
same rows. [How to export](../how-to/export.md).

## The manifest

`manifest.json` is authoritative: a file that it does not list is not part of the dataset. It is written
last, in one step, so that it always names complete files. While an export moves files to their places, it
may name them below `.tasks-export/`.

`{dataset: "taskfiles", version, format, partition, columns, repositories, files}`: `version` grows when a
column is removed, renamed or changes its type, and readers refuse an unknown version; columns may
be added. `partition` is what files are split by: `[]`, `["month"]` or `["repo", "month"]`. `columns` gives
the type of each column of each table: `tasks` ignores columns that it does not know, and refuses to count
if one is missing.
"""
RULES = """
## Values

- Null is unknown, never 0, nor an empty text. In CSV nothing between two commas is null, and `""` an empty
  text.
- Instants are in UTC with microseconds; further digits of a file are dropped. Integers have 64 bits and a
  sign.
- NUL and halves of surrogate pairs, which not every format can hold, are written as `\\x00` and `\\udcff`.
- Texts are unchanged. A cell of CSV may begin with `=`, `+`, `-` or `@`, which a spreadsheet takes for a
  formula: import such a file as text. A quote before it would be another value for every other
  program.
- Rows are sorted by the key of their table, texts by their code points, null first. In Parquet, tasks of
  several attempts stand after the other tasks of their file, attempts that are not `uniform` after those that
  are. The same rows are the same bytes.
- A task that is invalid, or whose id another one has, has a row with its `problem` and no attempts.

| type | JSON Lines | CSV | SQLite | Parquet |
| --- | --- | --- | --- | --- |
"""
CSV = {
    Type.BOOLEAN: "true, false",
    Type.TEXTS: "JSON",
    Type.VALUES: "JSON",
    Type.JSON: "JSON",
}
FILES = {
    "jsonl": "`TABLE.jsonl`: an object a line, all columns in order",
    "csv": "`TABLE.csv`: RFC 4180, UTF-8, a header, lines end in a newline alone; `--safe-csv` writes "
    "an apostrophe before text that a spreadsheet would run, and does not read back as it was",
    "sqlite": "`dataset.sqlite`: five tables, STRICT, with primary keys and indexes; lists and maps are JSON",
    "parquet": "`TABLE/HASH.parquet`, zstd; tables with a month `TABLE/month=2026-03/HASH.parquet`",
    "otlp": "`otlp/HOST%2FPATH.jsonl`: an OTLP/JSON request for traces a line, one a task",
    "task-completion": "`task-completion/HOST%2FPATH.jsonl`: a line a task with attempts, as of its last one",
}
PARQUET = f"""
Parquet files are named by the beginning of their SHA-256 and hold at most {parquet.FILE_ROWS:,} rows. With
`--partition repo` those of a repository lie below `TABLE/repo=HOST%2FPATH/`. The columns `month` and `repo`
are in the files as well. A month that is unknown is `{parquet.UNKNOWN_MONTH}` in a path.
"""
ENGINES = """
## Tables of other engines

For a dataset of Parquet, split by month. Name the columns only once where an engine takes those of a
partition from the path, as Trino does.

### Trino

With the Hive connector, `hive.timestamp-precision=MICROSECONDS`. Instants are in UTC. New months are found
by `CALL system.sync_partition_metadata('default', 'attempts', 'FULL')`.
"""
CLICKHOUSE_HEAD = """
### ClickHouse

Its `DateTime64` begins in 1900. A pattern of paths also reads files that an export is just about to remove;
name the files of the manifest where that matters.
"""


def dataset_page() -> str:
    """Tell every table with its columns, how values are written, and tables for other engines."""
    lines = [HEAD, *repositories()]
    types: list[str] = []
    for kind in Type:
        cells = (kind, JSON_TYPES[kind], CSV.get(kind, "as it is"), lite.TYPES[kind], parquet.TYPES[kind])
        types.append(f"| {' | '.join(cells)} |")
    lines += [RULES + "\n".join(types), "\n## Files\n", "| format | files |", "| --- | --- |"]
    lines += [*(f"| {each} | {FILES[each]} |" for each in DatasetFormat), PARQUET.rstrip()]
    for table, columns in TABLES.items():
        key = ", ".join(f"`{name}`" for name in KEYS[table])
        lines += ["", f"## {table}", "", f"{ABOUT[table]} Key: {key}.", "", "| column | type | meaning |"]
        lines += [
            "| --- | --- | --- |",
            *(f"| {each.name} | {each.type} | {each.meaning} |" for each in columns),
        ]
    lines += [ENGINES, "```sql", *statements(trino), "```", CLICKHOUSE_HEAD]
    lines += ["```sql", *statements(clickhouse), "```"]
    return "\n".join(lines) + "\n"


def repositories() -> list[str]:
    """Tell what the manifest tells of repositories and files."""
    counts, file = (f"`{{{', '.join(each._fields)}}}`" for each in (Counts, File))
    return [
        f"`repositories` maps each repository to {counts};",
        "`events` and `plans` are null where they were left out. A file is",
        f"{file}, its `path` relative to the manifest;",
        "`repo` and `month` are null where its rows are of several. SQLite's one file stands there once for",
        "each table.",
    ]


def statements(write: object) -> Iterator[str]:
    """Write the statement of each table, a blank line between two."""
    assert callable(write)
    yield "\n\n".join(write(table, columns) for table, columns in TABLES.items())


def trino(table: str, columns: tuple[Column, ...]) -> str:
    """Write a table of Trino's Hive connector; what it is split by stands last."""
    names = [each.name for each in columns if each.name != "month" or table not in MONTHLY]
    last = ["month"] if table in MONTHLY else []
    types = {each.name: TRINO[each.type] for each in columns}
    split = ",\n  partitioned_by = ARRAY['month']" if last else ""
    place = f"  external_location = 's3://BUCKET/DATASET/{table}/',\n  format = 'PARQUET'{split}"
    return f"CREATE TABLE hive.default.{table} (\n{body([*names, *last], types)}\n) WITH (\n{place}\n);"


def clickhouse(table: str, columns: tuple[Column, ...]) -> str:
    """Write a table of ClickHouse that reads the files where they are."""
    types = {each.name: CLICKHOUSE[each.type] for each in columns}
    below = "**/*.parquet" if table in MONTHLY else "*.parquet"
    source = f"ENGINE = S3('https://BUCKET.s3.amazonaws.com/DATASET/{table}/{below}', 'Parquet')"
    return f"CREATE TABLE {table} (\n{body([each.name for each in columns], types)}\n) {source};"


def body(names: list[str], types: Mapping[str, str]) -> str:
    """Write columns with their types; `values` is a word of SQL, so that names are quoted."""
    return ",\n".join(f'  "{name}" {types[name]}' for name in names)
