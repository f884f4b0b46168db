"""`tasks doctor`: look at what is around the tasks."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles.doctor.check import Result, Scene, Status, diagnose
from taskfiles.doctor.checks import CHECKS
from taskfiles.operations.declare import COMPLETE, find_refusal, prepare
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import WAITS, command
from taskfiles_cli.line.surroundings import cache_directory, here, session_places
from taskfiles_cli.render.console import Format
from taskfiles_cli.render.lines import Line, Painted
from taskfiles_cli.render.remedies import say

if TYPE_CHECKING:
    from taskfiles_cli.line.options import flag

_COLOURS = {Status.OK: "done", Status.INFO: "dim", Status.WRONG: "error", Status.FIXED: "warning"}


@command(*WAITS, answers="doctor")
def doctor(
    session: Session,
    *,
    env: Annotated[bool, flag("Python, agent programs, variables and sinks, too.", "--env")] = False,
    repair: Annotated[
        bool,
        flag(
            "Fix what does no harm: settle changes that were cut short, remove a damaged index,"
            " declare labels, tracks and milestones, create epics of tracks.",
            "--fix",
        ),
    ] = False,
) -> int:
    """Check git and the project: settings, declarations, index, ids, places, claims; each with its remedy.

    Exit 1 where something is wrong. Without --fix nothing is changed; with it nothing either where there is
    no project or tasks/tasks.toml can't be used (exit 5). No value of a variable is shown,
    nothing is sent anywhere. `tasks validate` checks the tasks themselves.
    """
    if repair:
        session.begin(COMPLETE)
    session.has_named_files = True  # the check of the root does
    scene = _scene(session)
    scene.on_step = session.tell_step
    if repair:
        from taskfiles.run.recovery import Agents  # noqa: PLC0415 (only what was left needs it)

        scene.agents = Agents(session_places(os.environ), os.environ)
        scene.on_plan = partial(_tell_plan, session)
    refused = find_refusal(scene.store, scene.problem) if repair else None
    results = [
        result._replace(hint=say(result.hint) if result.hint else None)
        for result in diagnose(scene, CHECKS, environment=env, fix=repair and refused is None)
    ]
    if repair and refused is None and scene.preparation is None and scene.store is not None:
        # Nothing was wrong, and that is an outcome as well.
        scene.preparation = prepare(scene.store, on_step=scene.on_step)
    prepared = refused or scene.preparation
    if scene.recovered:
        from taskfiles_cli.runner.leftovers import tell_recovered  # noqa: PLC0415 (few runs are killed)

        tell_recovered(session, scene.recovered)
    if repair and prepared is not None:
        session.tell_steps(prepared.steps if prepared is refused else prepared.steps[-1:])
    wrong = [result for result in results if result.status is Status.WRONG]
    summary = {
        "checks": len({result.check for result in results}),
        "wrong": len(wrong),
        "fixed": sum(result.status is Status.FIXED for result in results),
    }
    rows = [result._asdict() for result in results]
    console = session.console
    console.answer(
        rows if session.output is Format.JSONL else {"summary": summary, "results": rows},
        human=lambda: _human(results, summary),
        plain=sorted({result.check for result in wrong}),
    )
    if prepared is not None and prepared.is_blocked:
        console.note("Nothing was reconciled: what is wrong with the project or its settings comes first.")
        return prepared.summary.errors[0].exit
    return 1 if wrong else 0


def _tell_plan(session: Session, summary: dict[str, Any]) -> None:
    from taskfiles_cli.runner.leftovers import tell_summary  # noqa: PLC0415 (few runs are killed)

    tell_summary(session, summary)


def _scene(session: Session) -> Scene:
    """Look from the project, or from here where there is none, which is the first thing to tell."""
    environment, cache = os.environ, cache_directory(os.environ)
    start = str(session.root) if session.root else here()
    try:
        return Scene(start, session.store, None, environment, cache)
    except TaskfilesError as error:
        return Scene(start, None, error, environment, cache)


def _human(results: list[Result], summary: dict[str, int]) -> list[Line]:
    width = max(len(result.check) for result in results)
    lines: list[Line] = []
    for result in results:
        line = f":{result.line}" if result.line else ""
        place = f"{result.path}{line}: " if result.path and result.status is Status.WRONG else ""
        after = f"  {result.check:<{width}}  {place}{result.message}"
        lines.append(Painted("", _COLOURS[result.status], f"{result.status:<5}", after))
        if result.hint:
            lines.append(f"{'':7}{'':{width}}  {result.hint}")
    wrong = summary["wrong"]
    lines.append(f"{summary['checks']} checks: {f'{wrong} wrong' if wrong else 'nothing is wrong'}.")
    return lines
