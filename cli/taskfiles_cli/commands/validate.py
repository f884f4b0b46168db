"""`tasks validate`: what is wrong, where, and what fixes it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Finding, Fix, Left, Report, TaskfilesError, fix
from taskfiles import validate as validate_store
from taskfiles.errors import number_of
from taskfiles.operations.validate import make_report, resolve_names, validate_some, validate_text
from taskfiles.task.wire import finding_object, findings_object
from taskfiles.telemetry.actions import PARTIAL, SUCCESS
from taskfiles_cli.command.beginning import read_with
from taskfiles_cli.command.session import Session, staging_line
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.output_format import FindingFormat
from taskfiles_cli.line.surroundings import here
from taskfiles_cli.line.texts import read_stdin
from taskfiles_cli.render.findings import render_github, render_human, sarif
from taskfiles_cli.render.remedies import say, say_all, say_finding

if TYPE_CHECKING:
    from taskfiles_cli.line.options import FindingOutput, Text, Texts, arg, flag, opt


_STDIN = "<stdin>"


@command("root", "lock_timeout", "color", answers="validate")
def validate(
    session: Session,
    *,
    names: Annotated[
        Texts, arg("ID|PATH|-", "Ids or files; `-` for standard input. Default: the whole project.")
    ] = None,
    output: FindingOutput = FindingFormat.HUMAN,
    every: Annotated[
        bool, flag("Every finding a line; else more than 20 are grouped by code for people.", "--all")
    ] = False,
    strict: Annotated[bool, flag("Exit 1 on warnings too.", "--strict")] = False,
    repair: Annotated[
        bool,
        flag(
            "Move files to the directory and name that their keys imply, set completed_at of done tasks from"
            " git's history or updated_at.",
            "--fix",
        ),
    ] = False,
    stdin_path: Annotated[
        Text, opt("PATH", "The path that standard input stands for, relative to the root.")
    ] = None,
    default_rules: Annotated[bool, flag("Ignore `[rules]` in tasks/tasks.toml.", "--default-rules")] = False,
    dry_run: Annotated[
        bool, flag("With --fix: show what would move, and move nothing.", "--dry-run")
    ] = False,
) -> int:
    """Check task files: every problem of every file in one run.

    tasks/tasks.toml is checked too; its `[rules]` set the severity of findings, or turn them off.
    Exit 1 on an error, with --strict on a warning too, never on a hint.
    """
    session.has_named_files = True  # as findings
    if repair:
        session.begin("task.fix", dry_run=dry_run)
    if names and "-" in names:
        report = _standard_input(session, names, stdin_path, repair, default_rules)
    else:
        made: list[Fix] = []
        if repair:
            names, made = _repair(session, names, dry_run)
        report = (
            _some(session, names, default_rules=default_rules)
            if names
            else validate_store(session.store, default_rules=default_rules)
        )
        found = bool(report.findings) or report.hidden > 0
        session.tell(PARTIAL if found else SUCCESS, **_told(found, made))
    _answer(session, output, report, every)
    if session.has_store:
        session.warn_absent()
    wrong = {"error", "warning"} if strict else {"error"}
    return 1 if any(finding.severity in wrong for finding in report.findings) else 0


def _some(session: Session, names: list[str], *, default_rules: bool) -> Report:
    def check(given: dict[str, Any]) -> Report:
        return validate_some(session.store, given["names"], Path(here()), default_rules=default_rules)

    return read_with(session, {"names": names}, ("names",), check)


def _told(found: bool, made: list[Fix]) -> dict[str, Any]:
    changes: list[dict[str, Any]] = [
        {"path": each.source, "field": "path", "from": each.source, "to": each.target}
        for each in made
        if each.source != each.target
    ]
    rules = ["place"] if changes else []
    for each in made:
        if each.completed_at is not None:
            changes.append(
                {"path": each.target, "field": "completed_at", "from": None, "to": each.completed_at}
            )
            rules = sorted({*rules, "completed-at"})
    reason = "findings" if found else None if made else "unchanged"
    return {"reason": reason, "changes": changes, "rules": rules}


def _standard_input(
    session: Session, names: list[str], path: str | None, repair: bool, default_rules: bool
) -> Report:
    if len(names) > 1 or repair:
        raise TaskfilesError("usage", problem="`-` stands alone, without --fix.", command="tasks validate")
    store = None
    with suppress(TaskfilesError):  # text is checked without a project, too
        store = session.store
    findings = validate_text(
        path or _STDIN, read_stdin("-"), layout=store.layout if store is not None else None
    )
    return make_report(store, findings, 1, default_rules=default_rules)


def _repair(session: Session, names: list[str] | None, dry_run: bool) -> tuple[list[str] | None, list[Fix]]:
    """Move files; give the names under which the chosen ones are found afterwards, and what was moved."""
    store = session.store
    only = resolve_names(store, store.snapshot(), names, Path(here())) if names else None
    done = fix(store, dry_run=dry_run, only=only)
    made, left = done.made
    for each in made:
        _tell(session, each, dry_run)
    if not dry_run and (staging := session.staging(done.changes)):
        _tell_staging(session, staging)
    for kept in left:
        _tell_left(session, kept)
    if not made:
        session.console.note("Nothing to fix." if not left else f"{number_of(len(left), 'file')} left.")
    if only is None or dry_run:
        return names, made
    moved = {move.source: move.target for move in made}
    return [str(store.root / moved.get(path, path)) for path in sorted(only)], made


def _tell(session: Session, made: Fix, dry_run: bool) -> None:
    console = session.console
    if console.is_machine:
        console.error_object({"fixed": made._asdict()})
        return
    if made.completed_at is not None:
        source = made.taken_from or ""
        origin = f"commit {source[4:14]}" if source.startswith("git:") else source
        verb = "Would set" if dry_run else "Set"
        console.error_line(f"{verb} completed_at of {made.id} to {made.completed_at}, from {origin}")
    if made.source != made.target:
        verb = "Would move" if dry_run else "Moved"
        console.error_line(f"{verb} {made.source} to {made.target}")


def _tell_staging(session: Session, staging: dict[str, str]) -> None:
    if session.console.is_machine:
        session.console.error_object(staging)
    else:
        session.console.error_line(staging_line(staging))


def _tell_left(session: Session, left: Left) -> None:
    console = session.console
    if console.is_machine:
        console.error_object({"left": say_all(left._asdict())})
        return
    more = f" `tasks complete {left.id}` sets the present." if left.code == "missing-completed-at" else ""
    console.error_line(f"Left {left.path}: {left.reason}. {say(left.remedy)}{more}")


def _answer(session: Session, output: FindingFormat, report: Report, every: bool) -> None:
    console, findings = session.console, [say_finding(each) for each in report.findings]
    report = report._replace(findings=findings)
    if output is FindingFormat.GITHUB:
        console.write(render_github(_from_top(session, findings)))
    elif output is FindingFormat.SARIF:
        console.write(console.json(sarif(_from_top(session, findings))))
    elif output is FindingFormat.JSONL:
        console.write("".join(console.json(finding_object(finding)) for finding in findings))
    else:
        console.answer(
            findings_object(findings, report.files, report.rules),
            human=lambda: render_human(report, every=every),
            plain=_paths(findings),
        )


def _from_top(session: Session, findings: list[Finding]) -> list[Finding]:
    """Give paths from the top of the work tree, which is what a hosting service knows."""
    if not session.has_store or session.store.repository is None:
        return findings
    prefix = session.store.root.relative_to(session.store.repository.top.resolve()).as_posix()
    if prefix == ".":
        return findings
    return [f if f.path == _STDIN else f._replace(path=f"{prefix}/{f.path}") for f in findings]


def _paths(findings: list[Finding]) -> list[str]:
    return sorted({finding.path for finding in findings})
