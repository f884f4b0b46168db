"""`tasks export`: a repository as a dataset of flat tables, or its tasks in the files of another tool."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Store, TaskfilesError, Tool, __version__
from taskfiles.backlog.problems import NO_PROBLEMS
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.destination import check_destination
from taskfiles.dataset.export import PATIENCE, Exported, choose_format
from taskfiles.dataset.export import export as export_dataset
from taskfiles.dataset.history import LastExport, note_export
from taskfiles.dataset.manifest import TABULAR
from taskfiles.dataset.merging import merge_steadily
from taskfiles.dataset.project import gather_project
from taskfiles.dataset.rows import plain_text
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given
from taskfiles.errors import number_of
from taskfiles.store.outputs import check_output
from taskfiles.telemetry.origin import repository_name
from taskfiles.telemetry.skipped import Skipped
from taskfiles_cli.command.problems import warn_of_skipped
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import WAITS, command
from taskfiles_cli.line.export_format import ExportFormat
from taskfiles_cli.line.output_format import Partition
from taskfiles_cli.line.pairs import read_map
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.texts import check_utf8
from taskfiles_cli.render.remedies import say_error
from taskfiles_cli.render.table import render_tasks

if TYPE_CHECKING:
    from taskfiles.telemetry.spans import Tried
    from taskfiles_cli.line.options import SafeCsv, Text, Texts, flag, opt


@command(*WAITS, answers="export")
def export(
    session: Session,
    *,
    dataset: Annotated[
        Text, opt("DIR", "The directory of the dataset; made where needed.", "--dataset")
    ] = None,
    to: Annotated[
        Text,
        opt("DIR", "A new or empty directory for the files of another tool, which --format names.", "--to"),
    ] = None,
    format_: Annotated[
        ExportFormat | None,
        flag(
            "How it is written. Default for a dataset: as it is there already, else jsonl.",
            "--format",
            case_sensitive=False,
        ),
    ] = None,
    choices: Annotated[
        Texts, opt("state:WORD=THEIRS", "With --to: what a state is there; may be repeated.", "--map")
    ] = None,
    dry_run: Annotated[
        bool, flag("With --to: show what has no place there; write nothing.", "--dry-run")
    ] = False,
    headings: Annotated[
        bool,
        flag("With --to: name sections as that tool does, as Overview becomes Description.", "--headings"),
    ] = False,
    repo: Annotated[
        Text, opt("ID", "What the repository is called in it. Default: HOST/PATH of the remote origin.")
    ] = None,
    sources: Annotated[
        list[Path] | None, opt("DATASET", "Merge this dataset into it; may be repeated.", "--from")
    ] = None,
    no_events: Annotated[bool, flag("Leave out the event log of this clone.", "--no-events")] = False,
    partition: Annotated[
        Partition | None, flag("Files of Parquet for each repository too.", case_sensitive=False)
    ] = None,
    safe_csv: SafeCsv = False,
) -> int:
    """Write tasks, attempts, gates, events and plans as flat tables that other programs read.

    A repository replaces its own rows in the dataset and nothing else, so that several can export into one.
    The same input makes the same bytes. Paths and people in events are hashed. parquet needs the
    extra `fleet`. docs/reference/dataset.md describes every column.

    With --to, write the tasks in the format of backlog, taskmd, taskplain, beads, todo.txt, taskwarrior or
    github. The answer counts the keys that have no place there; a state that the tool lacks needs --map.
    """
    tool = next((each for each in Tool if each.value == format_), None)
    if to is not None and tool is not None and dataset is None:
        chosen_words = read_map(choices, "state:idea=Draft")
        return _leave(session, to, tool, chosen_words, headings=headings, dry_run=dry_run)
    if dataset is None or to is not None or tool is not None or choices or headings or dry_run:
        problem = (
            "Name a dataset with --dataset, or with --to a directory for another tool, which --format names."
        )
        raise TaskfilesError("usage", problem=problem, command="tasks export")
    dataset_format = DatasetFormat(format_) if format_ is not None else None
    directory, by_repo = check_local("--dataset", dataset), partition is not None
    problems = NO_PROBLEMS
    begun = session.now()
    spanless: list[Tried] = []
    skipped = Skipped()
    for source in sources or ():
        check_local("--from", os.fspath(source), reads=True)
    check_output("--dataset", directory)
    check_destination(directory, os.environ.get("HOME") or None)
    if sources:
        _check_merge(directory, sources, repo)
        chosen = (
            dataset_format or DatasetFormat.CSV
        )  # which the dataset there has is known once its parts are read
        timeout = PATIENCE
    else:
        check_output("--dataset", directory, os.fspath(session.store.root))
        chosen, _ = choose_format(directory, dataset_format, by_repo=by_repo)
        name = _read_name(session.store, repo)
        found = gather_project(session.store, name, chosen, __version__, with_events=not no_events)
        gathered, problems, spanless, skipped = found
        timeout = session.store.settings.lock_timeout
    if safe_csv and chosen is not DatasetFormat.CSV:
        raise TaskfilesError("usage", problem="--safe-csv goes with --format csv.", command="tasks export")
    if session.lock_timeout is not None:
        timeout = session.lock_timeout

    def progress(done: int, whole: int) -> None:
        session.console.progress(done, whole, "Writing rows")

    def write(given: Given) -> Exported:
        given = _without_events(given) if no_events else given
        return export_dataset(
            directory,
            given,
            dataset_format,
            by_repo=by_repo,
            timeout=timeout,
            progress=progress,
            safe_csv=safe_csv,
        )

    if sources:
        exported = merge_steadily([os.fspath(each) for each in sources], write)
    else:
        exported = write(gathered)
        _note(session.store, LastExport(begun, os.path.abspath(directory)), exported)
    answer = _answer(dataset, exported)
    plain = [file["path"] for file in answer["files"] if file["changed"]]
    session.console.answer(answer, human=lambda: _human(answer), plain=plain)
    session.warn_problems(problems)
    warn_of_skipped(session.console, skipped)
    if gone := sum(counts.gone for counts in exported.repositories.values()):
        message = f"{number_of(gone, 'task')} with attempts no longer there: their rows stay, marked `gone`."
        session.console.warn(message, code="gone-tasks")
    if spanless:
        from taskfiles.telemetry.spans import describe_spanless  # noqa: PLC0415 (tables have none)

        message = f"{number_of(len(spanless), 'attempt')} left out: {describe_spanless(spanless)}."
        session.console.warn(message, code="spanless", count=len(spanless))
    return 0


def _leave(
    session: Session,
    to: str,
    tool: Tool,
    choices: list[tuple[str, str, str]],
    *,
    headings: bool,
    dry_run: bool,
) -> int:
    # Most exports are datasets, which need none of what it takes to leave.
    from taskfiles import departure_object, export_tasks  # noqa: PLC0415 (as said)
    from taskfiles_cli.render.departure import render_departure  # noqa: PLC0415

    check_local("--to", to)
    check_output("--to", to, os.fspath(session.store.root))
    made = export_tasks(session.store, Path(to), tool, choices=choices, headings=headings, dry_run=dry_run)
    answer = {"directory": to, "dry_run": dry_run, **departure_object(made)}
    plain = [file["path"] for file in answer["files"]]
    session.console.answer(answer, human=lambda: render_departure(answer), plain=plain)
    if made.problem is not None:
        session.console.note(say_error(made.problem))
        return 1
    return 0


def _note(store: Store, last: LastExport, exported: Exported) -> None:
    """Note the export, for `cleanup`; formats without rows hold no attempts to come back to."""
    if store.journal is not None and exported.manifest.format in TABULAR:
        with suppress(OSError):
            note_export(store.journal, last)


def _check_merge(directory: str, sources: list[Path], repo: str | None) -> None:
    """Refuse what can't be meant together with --from."""
    if repo is not None:
        problem, remedy = "--from takes the names that its datasets have", "Leave one of the two out."
        raise TaskfilesError("bad-value", option="--repo", given="given", problem=problem, remedy=remedy)
    for source in sources:
        if os.path.realpath(source) == os.path.realpath(directory):
            problem, remedy = "it is the dataset that is written", "Name another directory with --dataset."
            raise TaskfilesError(
                "bad-value", option="--from", given=f"“{source}”", problem=problem, remedy=remedy
            )


def _read_name(store: Store, repo: str | None) -> str:
    if repo is None:
        return plain_text(repository_name(store.common, store.reader.root))
    if not repo.strip():
        problem, remedy = "it names nothing", "Write it as HOST/OWNER/NAME."
        raise TaskfilesError("bad-value", option="--repo", given=f"“{repo}”", problem=problem, remedy=remedy)
    return plain_text(check_utf8("--repo", repo))


def _without_events(given: Given) -> Given:
    """Leave events and plans out, also of datasets that have them."""
    repositories = {
        repo: counts._replace(events=None, plans=None) for repo, counts in given.repositories.items()
    }
    left_out = {"events", "plans"}
    return given._replace(
        repositories=repositories,
        batches=lambda table: () if table in left_out else given.batches(table),
        files=lambda table: {} if table in left_out else given.files(table),
    )


def _answer(dataset: str, exported: Exported) -> dict[str, Any]:
    manifest = exported.manifest
    return {
        "dataset": dataset,
        "version": manifest.version,
        "format": manifest.format.value,
        "partition": list(manifest.partition),
        "changed": exported.is_changed,
        "repositories": {repo: counts._asdict() for repo, counts in exported.repositories.items()},
        "files": [
            {
                **{name: getattr(file, name) for name in ("path", "table", "rows", "bytes")},
                "changed": file.path in exported.changed,
            }
            for file in manifest.files
        ],
    }


def _human(answer: dict[str, Any]) -> list[str]:
    """Tell the dataset table by table."""
    names = [*answer["repositories"]]
    told = names[0] if len(names) == 1 else f"{len(names)} repositories"
    verb = "written to" if answer["changed"] else "unchanged in"
    head = f"{told}: {verb} {answer['dataset']} ({answer['format']})."
    rows = []
    for table in dict.fromkeys(file["table"] for file in sorted(answer["files"], key=_order)):
        files = [file for file in answer["files"] if file["table"] == table]
        sums = {name: sum(file[name] for file in files) for name in ("rows", "bytes")}
        rows.append({"table": table, **sums, "files": len(files)})
    return [head, *(render_tasks(rows, ("table", "rows", "bytes", "files")) if rows else ())]


def _order(file: dict[str, Any]) -> int:
    return [*TABLES, file["table"]].index(file["table"])
