"""`tasks web`: the board in a browser."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.basics.extras import import_extra
from taskfiles.task.acting import MAX_NAME
from taskfiles_cli.command.pickup import read_holder
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.texts import check_utf8

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, Whole, count, flag, opt

_EXTRA = ("starlette", "uvicorn", "jinja2", "markdown_it", "nh3")
_LOOPBACK = "127.0.0.1"


@command("acting", "root", "color", answers=None)
def web(
    session: Session,
    *,
    port: Annotated[Whole, count("At this port. Default: 8273, or another one if that is taken.")] = None,
    open_: Annotated[bool, flag("Open it in the browser.", "--open")] = False,
    host: Annotated[str, opt("ADDRESS", "Listen at another address than that of this machine.")] = _LOOPBACK,
    host_name: Annotated[
        Text, opt("NAME", "The name in the address. Default: one of this clone's own, t-….localhost.")
    ] = None,
    read_only: Annotated[bool, flag("Only show: nothing can be changed.", "--read-only")] = False,
    poll: Annotated[
        Whole, count("Look at the files every N seconds, for file systems without notifications.")
    ] = None,
    export: Annotated[
        Text, opt("DIR", "Instead: write the pages as files for any web host, for reading, and end.")
    ] = None,
) -> int:
    """Show the board in a browser, live: who holds what, what waits, attempts and their cost; act on it.

    It prints an address that lets one browser in, once, within ten minutes, and serves until Ctrl-C. A
    change of a task file, by hand, by an agent or by git, is on the page within a second. What is done
    there is done as web:NAME, with the refusals of the commands, and can be undone. It needs the extra
    `web`.
    """
    for module in _EXTRA:
        import_extra(module, "web")
    if export is not None and (open_ or port is not None or poll is not None or host_name is not None):
        problem = "--export serves nothing: leave --port, --open, --host-name and --poll out."
        raise TaskfilesError("usage", problem=problem, command="tasks web")
    _check(host, host_name, port, poll)
    from taskfiles_cli.web.serve import Wanted, serve  # noqa: PLC0415 (it needs the extra)

    store = session.store
    if export is not None:
        return _export(session, export)
    by = None if read_only else f"web:{read_holder(session.acting, store)}"[:MAX_NAME]
    wanted = Wanted(host, port, host_name, open_, by, None if poll is None else float(poll))
    return serve(
        store,
        lambda: Session(root=store.root, acting=by),
        wanted,
        say=lambda address: _say(session, address),
        warn=session.console.warn,
    )


def _export(session: Session, directory: str) -> int:
    """Write the pages into a directory, the same bytes for the same tasks."""
    from taskfiles_cli.surface.site import write_site  # noqa: PLC0415 (only an export needs it)
    from taskfiles_cli.web.export import Export  # noqa: PLC0415 (it needs the extra)

    check_utf8("--export", directory)
    store = session.store
    name = os.path.basename(os.fspath(store.root)) or "tasks"
    made = Export(lambda: Session(root=store.root).open_store(), name)
    count = write_site(store, check_local("--export", directory), made.list_files())
    session.console.write(f"{count} files in {directory}\n")
    return 0


def _say(session: Session, address: str) -> None:
    session.console.write(f"{address}\n")
    session.console.note("Open it within ten minutes: it lets one browser in, once. Ctrl-C ends the board.")


def _check(host: str, host_name: str | None, port: int | None, poll: int | None) -> None:
    """Refuse addresses that are none, and one of other machines without the name that they use."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        problem, remedy = "it is not an address", f"Write {_LOOPBACK}, 0.0.0.0 or an address of this machine."
        raise TaskfilesError(
            "bad-value", option="--host", given=f"“{host[:40]}”", problem=problem, remedy=remedy
        ) from None
    if not address.is_loopback and host_name is None:
        problem = "other machines need a name for it"
        remedy = "Name it with --host-name, as they write it in their address bar."
        raise TaskfilesError("bad-value", option="--host", given=host, problem=problem, remedy=remedy)
    if host_name is not None and not (
        host_name.isascii() and all(c.isalnum() or c in ".-" for c in host_name)
    ):
        problem, remedy = "it is not a name of a machine", "Write letters, digits, dots and hyphens."
        raise TaskfilesError(
            "bad-value", option="--host-name", given=f"“{host_name[:40]}”", problem=problem, remedy=remedy
        )
    if poll == 0:
        problem, remedy = "it would never rest", "Write 1 or more seconds."
        raise TaskfilesError("bad-value", option="--poll", given="0", problem=problem, remedy=remedy)
    if port is not None and port > 65_535:
        problem, remedy = "ports end at 65535", "Leave it out for a free one."
        raise TaskfilesError("bad-value", option="--port", given=str(port), problem=problem, remedy=remedy)
