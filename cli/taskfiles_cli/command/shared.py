"""The options that commands share, and the session that is made of them before a command's own work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taskfiles_cli.command.beginning import READING, TYPED, find_longer, is_taken, read_with
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.names import find_id, may_be_no_id
from taskfiles_cli.render.console import Colour, Format

# Each shared option: its annotation in `line.options`, and what it is where nothing is given.
SHARED: dict[str, tuple[str, Any]] = {
    "output": ("Output", Format.HUMAN),
    "brief": ("Brief", False),
    "dry_run": ("DryRun", False),
    "if_match": ("IfMatch", None),
    "claim": ("Claim", None),
    "acting": ("By", None),
    "root": ("Root", None),
    "lock_timeout": ("LockTimeout", None),
    "color": ("Color", Colour.AUTO),
}
# The usual choices, in the order in which help shows them.
PRINTS = ("output", "color")
READS = ("output", "root", "color")
WAITS = ("output", "root", "lock_timeout", "color")
CHANGES_SOME = ("output", "brief", "dry_run", "claim", "acting", "root", "lock_timeout", "color")
CHANGES_ONE = ("output", "brief", "dry_run", "if_match", "claim", "acting", "root", "lock_timeout", "color")
CLAIMS_ONE = ("output", "brief", "claim", "acting", "dry_run", "if_match", "root", "lock_timeout", "color")


class Command:
    """A command: its function, which takes a session and the command's own options, and what it shares.

    Called with all options by name, as the command line gave them. An option that both the command and
    `SHARED` name belongs to both.
    """

    def __init__(
        self,
        function: Callable[..., int],
        shared: tuple[str, ...],
        action: str | None,
        about: str | None,
        *,
        answers: str | None,
        also: tuple[str, ...],
        index: bool,
        finds: tuple[str, ...] | None,
        beginnings: str | None,
    ) -> None:
        self.function, self.shared = function, shared
        self.answers, self.also = answers, also
        self.action, self.about, self.index = action, about, index
        self.finds = finds if finds is not None else (about,) if about is not None else ()
        self.beginnings = beginnings or (READING if action is None else TYPED)
        self.__doc__ = function.__doc__
        code = function.__code__
        self.own = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    def __call__(self, **given: Any) -> int:
        """Make the session, begin the action where the command is one, and do the command's work."""
        settings = {name: value for name, value in given.items() if name in SHARED and value is not None}
        session = Session(**settings, index=self.index)
        if self.action is not None:
            subject = given.get(self.about) if self.about is not None else None
            session.begin(self.action, _only(subject), dry_run=session.dry_run)
        for name in self.finds:
            if named := given.get(name):
                given[name] = found = _find(session, named)
                if name == self.about and found != named and (task_id := _only(found)) is not None:
                    session.about(task_id)
        if self.beginnings == TYPED and self.finds and is_taken(session, TYPED):
            given |= (longer := find_longer(session, given, self.finds))
            if (task_id := _only(longer.get(self.about or ""))) is not None:
                session.about(task_id)
        if self.beginnings == READING:
            code = read_with(session, given, self.finds, lambda found: self._call(session, found))
        else:
            code = self._call(session, given)
        session.finish()
        return code

    def _call(self, session: Session, given: dict[str, Any]) -> int:
        return self.function(session, **{name: given[name] for name in self.own if name in given})

    def for_typer(self) -> Callable[..., int]:
        """Return a function with the whole signature: required parameters, output, own options, the rest."""
        import inspect  # noqa: PLC0415 (only help, mistakes and the generated tables need typer)

        from taskfiles_cli.line import options  # noqa: PLC0415 (as above)

        signature = inspect.signature(self.function, eval_str=True)
        own = [each.replace(kind=each.POSITIONAL_OR_KEYWORD) for each in signature.parameters.values()][1:]
        added = [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=SHARED[name][1],
                annotation=getattr(options, SHARED[name][0]),
            )
            for name in self.shared
            if name not in self.own
        ]
        first = [each for each in added if each.name == "output"]
        required = [each for each in own if each.default is each.empty]
        others = [each for each in own if each.default is not each.empty]
        parameters = [*required, *first, *others, *(each for each in added if each.name != "output")]

        def call(**given: Any) -> int:
            return self(**given)

        call.__doc__ = self.__doc__
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect's own protocol
        call.__annotations__ = {each.name: each.annotation for each in parameters}
        return call


def _only(named: Any) -> str | None:
    """Return the one task that is named: an event has one subject or none."""
    if isinstance(named, list):
        return named[0] if len(named) == 1 else None
    return named if isinstance(named, str) else None


def _find(session: Session, named: Any) -> Any:
    """Return the ids of tasks that are named by ids, paths, or kind and id."""
    names = named if isinstance(named, list) else [named]
    if not any(may_be_no_id(name) for name in names):  # most names are ids: the store need not be opened
        return named
    found = [find_id(session.store, name) for name in names]
    return found if isinstance(named, list) else found[0]


def command(
    *shared: str,
    action: str | None = None,
    about: str | None = None,
    answers: str | None = "mutation",
    also: tuple[str, ...] = (),
    index: bool = True,
    finds: tuple[str, ...] | None = None,
    beginnings: str | None = None,
) -> Callable[[Callable[..., int]], Command]:
    """Make a command of a function that takes a session and the command's own options.

    `shared` names the options of `SHARED` that it takes besides. `action` is begun before the function is
    called, so that the event log has it whatever comes of it; a command that is an action only with some
    of its options begins it itself. `about` names the parameter that holds the id of the task. `answers` is
    the published schema of the answer in JSON, None where there is none; `also` are more names of the
    command. Without `index` the store reads every file. `finds` names the parameters that name tasks, by
    default that of `about`: paths, and kinds with ids, become ids. `beginnings` says who may name them by the
    beginning of an id (`command.beginning`), by default commands that are no action, others on a terminal.

    The name is that of the function, without an underscore at its end; in the modules of a group
    (`line.program.GROUPS`) that of the group comes first.
    """
    return lambda function: Command(
        function,
        shared,
        action,
        about,
        answers=answers,
        also=also,
        index=index,
        finds=finds,
        beginnings=beginnings,
    )
