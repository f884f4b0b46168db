"""`tasks run`: run an agent on a task; its attempt is recorded by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles_cli.command.beginning import TYPED, find_longer, is_taken
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import WAITS, command
from taskfiles_cli.line.names import find_id, may_be_no_id
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.values import read_usd

if TYPE_CHECKING:
    from taskfiles_cli.line.options import (
        HeldFor,
        Holder,
        Text,
        Texts,
        Whole,
        arg,
        complete_ids,
        count,
        flag,
        opt,
    )


@command(*WAITS, answers="run")
def run(
    session: Session,
    *,
    words: Annotated[
        Texts,
        arg(
            "[ID]... -- COMMAND...",
            "The task, and after `--` the agent's program with its words; {id}, {title}, {path} and "
            "{prompt_file} stand there for those of the task.",
            show_default=False,
            autocompletion=complete_ids,
        ),
    ] = None,
    best: Annotated[bool, flag("The best ready task, as `tasks next` ranks.", "--next")] = False,
    loop: Annotated[bool, flag("The best ready task, then the next, until none is left.", "--loop")] = False,
    plan: Annotated[
        bool, flag("The tasks named, or all ready ones, in stages as of `tasks plan`.", "--plan")
    ] = False,
    preview: Annotated[bool, flag("With --plan: show the stages, and run nothing.", "--preview")] = False,
    max_parallel: Annotated[
        Whole,
        opt(
            "N",
            "With --plan: at most N at once. Default: 1, with --worktrees a whole stage.",
            "--max-parallel",
            min=1,
        ),
    ] = None,
    no_parallel: Annotated[bool, flag("With --plan: one task after the other.", "--no-parallel")] = False,
    allow_partial: Annotated[
        bool | None,
        flag(
            "With --plan: go on when a task has failed. Default: run.allow_partial, true.",
            "--allow-partial/--no-allow-partial",
        ),
    ] = None,
    overall_timeout: Annotated[
        Whole, opt("SECONDS", "With --plan or --loop: the time for the whole.", "--overall-timeout", min=1)
    ] = None,
    max_tasks: Annotated[
        Whole, opt("N", "With --plan or --loop: run N tasks at most.", "--max-tasks", min=1)
    ] = None,
    max_cost: Annotated[
        Text,
        opt("USD", "With --plan or --loop: begin nothing more when so much is spent.", "--max-cost"),
    ] = None,
    worktrees: Annotated[
        bool,
        flag(
            "With --plan: each task in a worktree, on branch tasks/ID; its result is committed.",
            "--worktrees",
        ),
    ] = False,
    merge: Annotated[
        bool, flag("With --worktrees: merge the plan's branch into yours at the end.", "--merge")
    ] = False,
    executor: Annotated[Text, opt("WORD", "Only what this level can do, with --next or --loop.")] = None,
    max_size: Annotated[Text, opt("WORD", "Nothing larger, with --next or --loop.", "--max-size")] = None,
    agent: Annotated[
        Text,
        opt(
            "NAME",
            "Run claude, codex, opencode, gemini or aider by its usual line; words after `--` go into it.",
        ),
    ] = None,
    permissions: Annotated[
        Text,
        opt("WORD", "With --agent: what it may do: read, edit, work or all. Default: work."),
    ] = None,
    tool: Annotated[Text, opt("NAME", "What the agent is. Default: by the program's name.")] = None,
    model: Annotated[
        Text, opt("NAME", "With --agent: the model to run. Else its model, where the output has none.")
    ] = None,
    provider: Annotated[Text, opt("NAME", "Who serves the model, where the output doesn't say.")] = None,
    timeout: Annotated[
        Text, opt("DURATION", "How long an attempt may take, its gates included. Default: run.timeout, 30m.")
    ] = None,
    retries: Annotated[Whole, count("Attempts after one that failed. Default: run.retries, 0.")] = None,
    backoff: Annotated[
        Text, opt("DURATION", "The pause before the second attempt; doubled each time.")
    ] = None,
    gate: Annotated[Texts, opt("NAME=COMMAND", "A gate that the work must pass; may be repeated.")] = None,
    own_gates: Annotated[
        bool, flag("No gates but those of --gate: not those of tasks.toml.", "--own-gates")
    ] = False,
    complete: Annotated[
        bool, flag("Complete the task when its attempt has succeeded.", "--complete")
    ] = False,
    pr: Annotated[bool, flag("Open a pull request when the attempt has succeeded.", "--pr")] = False,
    pr_command: Annotated[
        Text, opt("COMMAND", "What opens it. Default: commit, git push and gh pr create.")
    ] = None,
    log: Annotated[Text, opt("DIR", "Where output is kept. Default: in git's directory.")] = None,
    session_files: Annotated[
        bool,
        flag(
            "Complete what an agent printed by its own file of the session.",
            "--session-files/--no-session-files",
        ),
    ] = True,
    stop: Annotated[bool, flag("End the agent of a task, or --all; send out no more.", "--stop")] = False,
    resume: Annotated[bool, flag("Let agents be sent out again, for a task or --all.", "--resume")] = False,
    every: Annotated[bool, flag("All tasks, with --stop and --resume.", "--all")] = False,
    reason: Annotated[Text, opt("TEXT", "Why; needed with --stop.")] = None,
    by: Holder = None,
    lease: HeldFor = None,
) -> int:
    """Run an agent on a task: claim it, run the program, check its work, record the attempt.

    The program gets the task as a prompt on standard input, and works in the project's directory. What it
    prints goes to standard error and into a log. Gates decide whether its work passes; an attempt that
    failed is made again as often as --retries says. Exit 0 if the work passed, 1 if it did not; what refuses
    the task (not ready, too ambiguous, claimed) changes nothing.
    """
    ids, command = _split(words or [])
    ids = [find_id(session.store, name) if may_be_no_id(name) else name for name in ids]
    if ids and is_taken(session, TYPED):
        ids = find_longer(session, {"ids": ids}, ("ids",)).get("ids", ids)
    if stop or resume:
        from taskfiles_cli.runner import stopping  # noqa: PLC0415 (each of both needs the one or the other)

        return stopping.switch(session, ids, command, stop=stop, resume=resume, every=every, reason=reason)
    if log is not None:
        check_local("--log", log)
    if every or reason is not None:
        raise _usage("--all and --reason go with --stop and --resume.")
    if agent is None and permissions is not None:
        raise _usage("--permissions goes with --agent.")
    if not command and not preview and agent is None:
        example = "`tasks run ID -- claude -p`, or as `tasks run ID --agent claude`"
        raise _usage(f"The agent's program comes after `--`, as in {example}.")
    if not plan and ((best or loop) == bool(ids) or len(ids) > 1):
        raise _usage("Name one task before `--`, or take --next, --loop or --plan.")
    if plan and (best or loop):
        raise _usage("--plan runs a plan; leave --next and --loop out.")
    for_plans = (preview, max_parallel, no_parallel, allow_partial, worktrees, merge)
    if not plan and any(each not in {None, False} for each in for_plans):
        named = "--preview, --max-parallel, --no-parallel, --allow-partial, --worktrees and --merge"
        raise _usage(f"{named} go with --plan.")
    if overall_timeout is not None and not (plan or loop):
        raise _usage("--overall-timeout goes with --plan and --loop; --timeout bounds an attempt.")
    if (max_tasks, max_cost) != (None, None) and not (plan or loop):
        raise _usage("--max-tasks and --max-cost go with --plan and --loop.")
    if not (best or loop) and (executor, max_size) != (None, None):
        raise _usage("--executor and --max-size go with --next and --loop.")
    if merge and not worktrees:
        raise _usage("--merge goes with --worktrees.")
    if pr_command is not None and not pr:
        raise _usage("--pr-command goes with --pr.")
    from taskfiles.run.bounds import Bounds  # noqa: PLC0415 (as above)
    from taskfiles_cli.runner import one_task  # noqa: PLC0415 (as above)

    bounds = Bounds(max_tasks, read_usd("--max-cost", max_cost))
    session.begin("plan.create" if plan else one_task.ACTION, ids[0] if ids and not plan else None)
    if agent is not None:
        from taskfiles_cli.runner.agent_line import read_line  # noqa: PLC0415 (few name an agent)

        command = read_line(session, agent, permissions, model, command, worktrees=worktrees)
    job = one_task.make_job(
        session,
        command,
        by=by,
        lease=lease,
        tool=tool,
        model=model if agent is None else None,  # its line names it
        provider=provider,
        timeout=timeout,
        retries=retries,
        backoff=backoff,
        gates=gate or [],
        own_gates=own_gates,
        complete=complete,
        pull_request=(pr_command or "") if pr else None,
    )
    keeping = one_task.Keeping(log, session_files)
    if plan:
        from taskfiles_cli.runner import whole_plan  # noqa: PLC0415 (as above)

        return whole_plan.run_planned(
            session,
            ids,
            job,
            keeping,
            allow_partial=allow_partial,
            max_parallel=max_parallel,
            worktrees=worktrees,
            merge=merge,
            preview=preview,
            bounds=bounds,
            parallel=not no_parallel,
            overall_timeout=overall_timeout,
        )
    wishes = one_task.Wishes(executor, max_size)
    if loop:
        return one_task.run_all(session, job, keeping, wishes, bounds=bounds, seconds=overall_timeout)
    return one_task.run_one(session, ids[0] if ids else None, job, keeping, wishes)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Tell ids from the program; the dashes between have been kept (see `texts.keep_dashes`)."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _usage(problem: str) -> TaskfilesError:
    return TaskfilesError("usage", problem=problem, command="tasks run")
