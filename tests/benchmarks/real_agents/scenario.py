"""What happens to an agent: what its model says, how it is called, and what has to be recorded of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from taskfiles.agents.command_line import Permissions

from .agent import LIMITED, REFUSED
from .exchange import Answer, Failure, Hang, Request, Script, Step
from .tools import EDITS, SHELLS, ask_subagent, end_part, run_line, wait_for

LINES = "echo made > made.txt", "echo second > second.txt"
PART = "Do a part of it: count the files."


def work(request: Request) -> Step:
    """Make two files, a call each; where no shell is offered, only talk."""
    if EDITS in request.texts:
        return _edit()
    if len(request.results) < len(LINES) and not request.tools.isdisjoint(SHELLS):
        return Answer("The next file.", (run_line(request, LINES[len(request.results)]),))
    return Answer()


def _edit() -> Step:
    blocks = (
        f"{name}.txt\n```\n<<<<<<< SEARCH\n=======\n{name}\n>>>>>>> REPLACE\n```"
        for name in ("made", "second")
    )
    return Answer("\n\n".join(blocks))


def end_with(step: Step, *, after: int) -> Callable[[], Script]:
    """Make scripts that work, and from the time when so many calls were answered on take this step."""

    def begin() -> Script:
        taken: list[Step] = []

        def script(request: Request) -> Step:
            if len(request.results) >= after or EDITS in request.texts:  # aider makes no calls
                taken.append(step)
            return step if taken else work(request)

        return script

    return begin


def go_on(request: Request) -> Step:
    """Call the shell for ever."""
    return Answer("One more.", (run_line(request, f"echo {len(request.results)} > made.txt"),))


def delegate(request: Request) -> Step:
    """Have a subagent do a part, and end with that."""
    if PART in request.prompt:
        return Answer("There are two.", end_part(request, "Two."))
    if not request.results:
        return Answer("A part first.", (ask_subagent(request, PART),))
    waiting = wait_for(request, request.results[0]) if len(request.results) == 1 else None
    return Answer("Wait.", (waiting,)) if waiting else Answer()


class Scenario(NamedTuple):
    """One row of the table; `begin` makes the script of one run.

    `error_type` is that of the attempt, None where it succeeds. `applies` has the agents that can meet it,
    with more words for their line; None: all. `kills` is agent or run: what is killed once an answer hangs.
    """

    name: str
    begin: Callable[[], Script]
    error_type: str | None = None
    status: str = "failed"
    applies: Mapping[str, tuple[str, ...]] | None = None
    permissions: Permissions = Permissions.WORK
    timeout: int | None = None
    kills: str | None = None
    runs: int = 1

    @property
    def is_cut(self) -> bool:
        """Whether the agent could not end by itself."""
        return bool(self.kills or self.timeout)

    @property
    def true_status(self) -> str:
        """What the attempt's status has to be."""
        return self.status if self.error_type else "completed"


_EACH: tuple[str, ...] = ()
SCENARIOS = {
    each.name: each
    for each in (
        Scenario("good run", lambda: work),
        Scenario(
            REFUSED,
            lambda: work,
            "permission",
            applies={"claude": _EACH, "codex": _EACH, "opencode": _EACH},  # Gemini CLI offers no such tool
            permissions=Permissions.READ,
        ),
        Scenario("401", end_with(Failure("authentication"), after=0), "authentication"),
        Scenario("429", end_with(Failure("rate_limit"), after=1), "rate_limit"),
        Scenario("overload", end_with(Failure("overloaded"), after=1), "overloaded"),
        Scenario("context overflow", end_with(Failure("context_overflow"), after=1), "context_overflow"),
        Scenario("refusal", end_with(Answer("I can't help with that.", end="refusal"), after=1), "refusal"),
        Scenario("output limit", end_with(Answer("And then", end="limit"), after=1), "output_limit"),
        Scenario(
            LIMITED, lambda: go_on, "max_turns", applies={"claude": ("--max-turns", "2"), "gemini": _EACH}
        ),
        Scenario("budget", lambda: go_on, "budget", applies={"claude": ("--max-budget-usd", "0.02")}),
        Scenario("killed", end_with(Hang(), after=1), "cancelled", kills="agent"),
        Scenario("run killed", end_with(Hang(), after=1), "orphaned", "abandoned", kills="run"),
        Scenario("timed out", end_with(Hang(), after=1), "timeout", timeout=15),
        Scenario(
            "resumed",
            lambda: work,
            applies={
                "claude": ("--continue",),
                "codex": ("resume", "--last"),
                "opencode": ("--continue",),
                "gemini": ("--resume", "latest"),
            },
            runs=2,
        ),
        Scenario(
            "subagent",
            lambda: delegate,
            applies=dict.fromkeys(("claude", "codex", "opencode", "gemini"), _EACH),
        ),
    )
}
