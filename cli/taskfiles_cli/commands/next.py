"""`tasks next`: what to work on, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import Choice, Finding, Snapshot, choose_next
from taskfiles.rules.references import first_problems
from taskfiles.wire import choice_object
from taskfiles.words import ExecutorLevel, Size
from taskfiles_cli.output import Colour, Format
from taskfiles_cli.render.queue import render_choice
from taskfiles_cli.session import Session
from taskfiles_cli.texts import single_word

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.options import Color, Output, Root, word_help


def next_(
    output: Output = Format.HUMAN,
    count: Annotated[
        int, typer.Option("--count", min=1, metavar="N", help="At most N candidates.", show_default=True)
    ] = 10,
    executor: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="Only what this level can do: " + word_help("executor")),
    ] = None,
    max_size: Annotated[
        str | None, typer.Option("--max-size", metavar="WORD", help="Nothing larger: " + word_help("size"))
    ] = None,
    parallelize: Annotated[
        int | None,
        typer.Option("--parallelize", min=1, metavar="N", help="Select N that don't conflict."),
    ] = None,
    root: Root = None,
    color: Color = Colour.AUTO,
) -> int:
    """Rank the ready tasks and say why; the first one is the one to take.

    A task is ready if its state says so, nothing blocks it, what it depends on is done, it has
    acceptance criteria, and no tasks below it. `tasks help ranking` lists the points.
    """
    session = Session(output, root, color)
    level = None if executor is None else single_word("--executor", ExecutorLevel, executor)
    largest = None if max_size is None else single_word("--max-size", Size, max_size)
    store = session.store

    def choose(snapshot: Snapshot) -> tuple[Choice, list[Finding]]:
        choice = choose_next(
            snapshot.tasks,
            count=count,
            executor=level,
            max_size=largest,
            parallelize=parallelize,
            now=store.now(),
        )
        return choice, [*snapshot.unreadable, *first_problems(snapshot.tasks)]

    choice, problems = store.with_snapshot(choose)
    ids = choice.selected if parallelize else [each.task.id for each in choice.candidates]
    answer = choice_object(choice)
    session.console.answer(answer, human=lambda: render_choice(answer, parallelize is not None), plain=ids)
    session.warn_findings(problems)
    if choice.waiting:
        many = choice.waiting > 1
        session.console.note(
            f"{choice.waiting} more {'are' if many else 'is'} in state ready and can't be started; "
            "`tasks plan` says why."
        )
    return 0
