"""`tasks record`: record attempts at a task."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Change, TaskfilesError
from taskfiles import record as record_attempts
from taskfiles.errors import number_of
from taskfiles.task.values import suggest
from taskfiles.task.words import CostSource, ExecutionStatus, Outcome
from taskfiles_cli.command.beginning import NEVER
from taskfiles_cli.command.origin import read_attempt
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.pairs import split_agent
from taskfiles_cli.line.texts import open_input, read_json, read_optional, source_name
from taskfiles_cli.line.values import read_usd, single_word, split_pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from taskfiles_cli.line.options import TEXT_HELP, Number, TaskId, Text, Texts, Whole, count, flag, opt


_EXAMPLE = '{"status": "completed", "duration_seconds": 95, "executor": {"tool": "claude-code"}}'


@command(*CHANGES_ONE, action="attempt.record", about="task_id", also=("record-attempt",), beginnings=NEVER)
def record(
    session: Session,
    task_id: TaskId,
    *,
    source: Annotated[
        Text, opt("-|FILE", "Attempts as JSON, one or a list, instead of options.", "--from")
    ] = None,
    from_agent: Annotated[
        Text,
        opt(
            "TOOL FILE",
            "What an agent printed (`-`: standard input), read by the tool's adapter; "
            "options add to it and go before it.",
        ),
    ] = None,
    agent_stderr: Annotated[
        Text,
        opt(
            "FILE",
            "With --from-agent: its standard error, read where the rest says nothing of its end.",
        ),
    ] = None,
    session_files: Annotated[
        bool,
        flag(
            "With --from-agent: complete that by the agent's own file of the session.",
            "--session-files",
        ),
    ] = False,
    attempt_id: Annotated[
        Text, opt("UUID", "The attempt's id; recording it again changes nothing.", "--id")
    ] = None,
    amend: Annotated[Text, opt("UUID", "Change the fields given in this recorded attempt.")] = None,
    status: Annotated[Text, opt("WORD", "completed, failed or abandoned.")] = None,
    started_at: Annotated[Text, opt("INSTANT", "Default: the end minus the duration.")] = None,
    ended_at: Annotated[Text, opt("INSTANT", "Default: the start plus the duration, else now.")] = None,
    duration_seconds: Annotated[Whole, count("Default: from start and end.")] = None,
    tool: Annotated[Text, opt("NAME", "What executed the attempt, e.g. claude-code.")] = None,
    model: Annotated[Text, opt("NAME", "The model that executed it.")] = None,
    provider: Annotated[Text, opt("NAME", "Who serves the model.")] = None,
    tool_version: Annotated[Text, opt("NAME", "The tool's version.")] = None,
    planner_tool: Annotated[Text, opt("NAME", "What planned, where that was another.")] = None,
    planner_model: Annotated[Text, opt("NAME", "The model that planned.")] = None,
    outcome: Annotated[Text, opt("WORD", "success, partial, blocked or failed.")] = None,
    error_type: Annotated[Text, opt("WORD", "A short category, e.g. timeout.")] = None,
    error_detail: Annotated[Text, opt("WORD", "The tool's own word for it.")] = None,
    error_reason: Annotated[Text, opt("TEXT", "What went wrong. " + TEXT_HELP)] = None,
    notes: Annotated[Text, opt("TEXT", "Anything else. " + TEXT_HELP)] = None,
    session_id: Annotated[Text, opt("NAME", "The tool's own id of the session.")] = None,
    exit_code: Annotated[Whole, count("The tool's exit code.")] = None,
    turns: Annotated[Whole, count("How many turns it took.")] = None,
    model_requests: Annotated[Whole, count("How many requests to the model it made.")] = None,
    refused_tools: Annotated[Whole, count("How many tool calls it was refused.")] = None,
    commit_base: Annotated[Text, opt("NAME", "The commit it began from.")] = None,
    commit_head: Annotated[Text, opt("NAME", "The commit it ended with.")] = None,
    input_tokens: Annotated[Whole, count("Cached ones included.")] = None,
    output_tokens: Annotated[Whole, count("Tokens written, reasoning included.")] = None,
    reasoning_tokens: Annotated[Whole, count("Of the output, reasoning.")] = None,
    cache_read_tokens: Annotated[Whole, count("Of the input, read from a cache.")] = None,
    cache_write_tokens: Annotated[Whole, count("Of the input, written to a cache.")] = None,
    cache_write_1h_tokens: Annotated[Whole, count("Of those written to a cache, for an hour.")] = None,
    estimated_input_tokens: Annotated[Whole, count("As estimated before.")] = None,
    estimated_output_tokens: Annotated[Whole, count("As estimated before.")] = None,
    cost_usd: Annotated[Text, opt("USD", "What it cost in US dollars.")] = None,
    estimated_cost_usd: Annotated[Text, opt("USD", "What it was estimated to cost in US dollars.")] = None,
    cost_source: Annotated[Text, opt("WORD", "reported, computed or estimated.")] = None,
    gate: Annotated[Texts, opt("NAME=pass|fail", "A quality gate; may be repeated.")] = None,
    compactions: Annotated[Whole, count("How often the context was compacted.")] = None,
    rotations: Annotated[Whole, count("How often the context was restarted.")] = None,
    context_utilization: Annotated[Number, opt("0.0-1.0", "How full the context was at the end.")] = None,
    created_file: Annotated[Texts, opt("PATH", "A file it created; may be repeated.")] = None,
    reviewer: Annotated[Text, opt("NAME", "Who reviewed it; give the verdict too.")] = None,
    approved: Annotated[bool | None, flag("The reviewer's verdict.", "--approved/--rejected")] = None,
    reviewed_at: Annotated[Text, opt("INSTANT", "When it was reviewed. Default: when it ended.")] = None,
) -> int:
    """Record attempts at a task: who tried, how long, how it ended."""
    given = {
        "id": attempt_id,
        "started_at": started_at,
        "ended_at": ended_at,
        "duration_seconds": duration_seconds,
        "status": _word("--status", ExecutionStatus, status),
        "outcome": _word("--outcome", Outcome, outcome),
        "error_type": error_type,
        "error_detail": error_detail,
        "error_reason": read_optional("--error-reason", error_reason),
        "executor": {
            "tool": tool,
            "model": model,
            "provider": provider,
            "version": tool_version,
            "planner": {"tool": planner_tool, "model": planner_model},
        },
        "session_id": session_id,
        "exit_code": exit_code,
        "turns": turns,
        "model_requests": model_requests,
        "refused_tools": refused_tools,
        "commit": {"base": commit_base, "head": commit_head},
        "usage": {
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "reasoning_tokens": reasoning_tokens,
            "cache_read_tokens": cache_read_tokens,
            "cache_write_tokens": cache_write_tokens,
            "cache_write_1h_tokens": cache_write_1h_tokens,
            "estimated_input_tokens": estimated_input_tokens,
            "estimated_output_tokens": estimated_output_tokens,
        },
        "cost": {
            "actual_usd_micros": read_usd("--cost-usd", cost_usd),
            "estimated_usd_micros": read_usd("--estimated-cost-usd", estimated_cost_usd),
            "source": _word("--cost-source", CostSource, cost_source),
        },
        "quality_gates": _gates(gate or []),
        "context": {
            "compactions": compactions,
            "rotations": rotations,
            "utilization_final": context_utilization,
        },
        "created_files": sorted(set(created_file)) if created_file else None,
        "reviewer": {"name": reviewer, "approved": approved, "reviewed_at": reviewed_at},
        "notes": read_optional("--notes", notes),
    }
    attempt = _prune(given)
    if "reviewer" in attempt and amend is None and not {"name", "approved"} <= set(attempt["reviewer"]):
        problem = "A review takes --reviewer NAME and --approved or --rejected."
        raise TaskfilesError("usage", problem=problem, command="tasks record")
    if "reviewer" in attempt and amend is None:
        attempt["reviewer"].setdefault("reviewed_at", attempt.get("ended_at") or _now(session))
    if from_agent is not None and source is not None:
        problem = "--from and --from-agent each bring an attempt; leave one of them out."
        raise TaskfilesError("usage", problem=problem, command="tasks record")
    if from_agent is None and (agent_stderr is not None or session_files):
        problem = "--agent-stderr and --session-files go with --from-agent."
        raise TaskfilesError("usage", problem=problem, command="tasks record")
    if session_files and amend is not None:
        problem = "--session-files completes an attempt that is recorded now; leave --amend out."
        raise TaskfilesError("usage", problem=problem, command="tasks record")
    if from_agent is not None:
        said = attempt
        attempt = _read_agent(session, from_agent, agent_stderr, said, complete=amend is None)
        if session_files:
            attempt = _read_session(session, attempt, said)
        refused = attempt.get("refused_tools", 0)
        if refused and amend is None and attempt.get("status") == ExecutionStatus.COMPLETED:
            calls = number_of(refused, "tool call")
            session.console.warn(f"{calls} refused.", path=source_name(split_agent(from_agent)[1]))
    under_way = read_attempt()
    if under_way is not None and source is None and amend is None and attempt_id is None:
        if _add(session, task_id, under_way, attempt, dry_run=session.dry_run):
            return 0
        if _is_recorded(session, task_id, under_way):
            amend = under_way
        else:
            attempt["id"] = under_way
    attempts = _read(source, attempt) if source is not None else [attempt]
    if amend is not None and attempt_id is not None:
        raise TaskfilesError(
            "usage", problem="--amend names the attempt already; leave --id out.", command="tasks record"
        )
    done = record_attempts(
        session.store, task_id, attempts, amend=amend, if_match=session.if_match, dry_run=session.dry_run
    )
    changes, ids = done.changes, done.made
    answer = session.mutation(changes, attempt_id=ids[-1] if ids else None, attempt_ids=ids)
    verb = "Amended" if amend else "Recorded"
    session.answer_mutation(
        answer, changes, f"{verb} {_count(len(ids))} in {changes[0].after.path}: {', '.join(ids)}"
    )
    return 0


def _add(session: Session, task_id: str, attempt_id: str, attempt: dict[str, Any], *, dry_run: bool) -> bool:
    """Add to the attempt that this command is part of, while it is under way; tells whether it is."""
    from taskfiles.run.addition import add_to_attempt  # noqa: PLC0415 (only what agents record needs it)

    if dry_run or not add_to_attempt(session.store, task_id, attempt_id, attempt):
        return False
    task = session.store.get(task_id)
    same = Change(task, task, changed=False, dry_run=False, changes=[], rules=[])
    more = {"reason": "attempt-under-way", "attempt_id": attempt_id, "attempt_ids": [attempt_id]}
    answer = session.mutation([same], **more)
    told = f"Kept for the attempt {attempt_id}, which is recorded when it ends."
    session.console.answer(answer, human=lambda: told, plain=[task_id])
    return True


def _is_recorded(session: Session, task_id: str, attempt_id: str) -> bool:
    from taskfiles.task.attempts import attempt_list  # noqa: PLC0415 (as above)

    attempts = attempt_list(session.store.get(task_id).values)
    return any(
        isinstance(each, dict) and str(each.get("id")).lower() == attempt_id.lower() for each in attempts
    )


def _now(session: Session) -> str:
    from taskfiles.basics.instants import format_instant  # noqa: PLC0415 (only a review recorded at once needs it)

    return format_instant(session.store.now())


def _count(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts"


def _word(option: str, kind: Iterable[str], text: str | None) -> str | None:
    return None if text is None else single_word(option, kind, text)


def _gates(texts: list[str]) -> dict[str, Any]:
    results = [split_pair("--gate", text) for text in texts]
    for name, result in results:
        if result not in {"pass", "fail"}:
            raise TaskfilesError(
                "bad-value",
                option="--gate",
                given=f"“{name}={result}”",
                problem="its result is neither pass nor fail",
                remedy="Write NAME=pass or NAME=fail.",
            )
    failed = [name for name, result in results if result == "fail"]
    return {"run": [name for name, _ in results] or None, "failed": failed or None}


def _prune(given: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not given: absent means unknown."""
    nested = {key: _prune(value) if isinstance(value, dict) else value for key, value in given.items()}
    return {key: value for key, value in nested.items() if value is not None and value != {}}


def _read_agent(
    session: Session, option: str, errors: str | None, given: dict[str, Any], *, complete: bool
) -> dict[str, Any]:
    """Read what an agent printed, and put it together with what is given."""
    from taskfiles.agents import registry  # noqa: PLC0415 (most attempts come from options)
    from taskfiles.agents.attempt import complete_attempt  # noqa: PLC0415
    from taskfiles.agents.ending import read_output  # noqa: PLC0415
    from taskfiles.agents.lines import limit_lines  # noqa: PLC0415
    from taskfiles.task.attempts import merge_attempt  # noqa: PLC0415

    tool, name = split_agent(option)
    adapter = registry.find_reader(tool)
    if adapter is None:
        known = [*registry.ADAPTERS, registry.RESULT_FILE]
        raise TaskfilesError(
            "bad-value",
            option="--from-agent",
            given=f"“{tool}”",
            problem="there is no adapter for it",
            remedy=f"{suggest(tool, known)}Use one of {', '.join(known)}.",
        )
    with ExitStack() as files:
        out = files.enter_context(open_input("--from-agent", name))
        err = None if errors is None else files.enter_context(open_input("--agent-stderr", errors))
        reading, complaint = read_output(
            adapter.read, limit_lines(out), [] if err is None else limit_lines(err)
        )
    source = source_name(name)
    failed = given.get("exit_code") or given.get("status") in {
        ExecutionStatus.FAILED,
        ExecutionStatus.ABANDONED,
    }
    if reading.is_empty and not failed:
        raise TaskfilesError(
            "no-agent-output",
            source=source,
            tool=adapter.tool,
            example=adapter.example,
            remedy=" ".join(reading.problems) or "Without it, record the attempt by options.",
        )
    for problem in reading.problems:
        session.console.warn(problem, path=source)
    if not complete:
        return merge_attempt(reading.attempt, given)
    of_any_tool = adapter.tool == registry.RESULT_FILE
    attempt = complete_attempt(reading, None if of_any_tool else adapter.tool, given, complaint)
    if "status" not in attempt:
        lacks = "how it ended"
        remedy = "--exit-code or --status"
        if {"started_at", "duration_seconds"}.isdisjoint(attempt) and not session.store.claims:
            lacks, remedy = f"{lacks}, nor how long it took", f"{remedy}, and --duration-seconds"
        problem = f"What {adapter.tool} printed doesn't say {lacks}; give {remedy}."
        raise TaskfilesError("usage", problem=problem, command="tasks record")
    return attempt


def _read_session(session: Session, attempt: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Complete an attempt by the agent's own file of the session, where its time is known."""
    import os  # noqa: PLC0415 (only who asks for it)

    from taskfiles.agents.attempt import judge_refusals  # noqa: PLC0415 (as above)
    from taskfiles.agents.session import add_session  # noqa: PLC0415 (as above)
    from taskfiles.basics.instants import format_instant, parse_instant  # noqa: PLC0415 (as above)
    from taskfiles.run.session_file import Asked, read_session  # noqa: PLC0415 (as above)
    from taskfiles.task.attempts import complete_times  # noqa: PLC0415 (as above)
    from taskfiles_cli.line.surroundings import session_places  # noqa: PLC0415 (as above)

    store = session.store
    whole = complete_times(attempt, format_instant(store.now()))
    try:
        since, until = parse_instant(str(whole["started_at"])), parse_instant(str(whole["ended_at"]))
    except (KeyError, ValueError):  # recording names what is wrong with the times
        return attempt
    root = str(store.root)
    tree = root if store.repository is None else os.fspath(store.repository.top)
    tool = str(attempt.get("executor", {}).get("tool"))
    asked = Asked(tool, attempt.get("session_id"), root, tree, since, until, os.environ)
    return judge_refusals(add_session(attempt, read_session(session_places(os.environ), asked)), given)


def _read(source: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    if options:
        names = ", ".join(f"--{key.replace('_', '-')}" for key in options)
        problem = f"--from brings whole attempts; leave {names} out."
        raise TaskfilesError("usage", problem=problem, command="tasks record")
    value = read_json("--from", source, "attempt or list of attempts", _EXAMPLE)
    attempts = value if isinstance(value, list) else [value]
    if not attempts:
        raise TaskfilesError("bad-attempt", problem="The list is empty.")
    return attempts
