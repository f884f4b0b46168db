"""`tasks trust`: let this repository's settings run commands, in this clone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.basics.digest import hex_digest
from taskfiles.store.git import run_git
from taskfiles.store.trust import TRUST_KEY, is_trusted
from taskfiles.task.names import CONFIG_PATH
from taskfiles.telemetry.actions import SUCCESS
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.render.console import escape

if TYPE_CHECKING:
    from taskfiles_cli.line.options import flag


@command(*READS, answers=None)
def trust(
    session: Session,
    *,
    check: Annotated[
        bool, flag("Change nothing; exit 1 where the settings are not trusted.", "--check")
    ] = False,
    revoke: Annotated[bool, flag("Take the trust back.", "--revoke")] = False,
) -> int:
    """Let the commands in tasks/tasks.toml run in this clone.

    They may, and its sinks be used, as long as the file stays as it is now: its hash is kept in this
    clone's own git configuration. `tasks run` runs gates and predict.command, `tasks telemetry push` uses
    the sinks.
    """
    session.begin("config.trust", dry_run=check)
    if check and revoke:
        raise TaskfilesError(
            "usage", problem="--check and --revoke exclude each other.", command="tasks trust"
        )
    store = session.store
    config, data = store.config, store.config_bytes()
    if data is None:
        raise TaskfilesError("nothing-to-trust", path=CONFIG_PATH)
    if store.repository is None:
        raise TaskfilesError("no-git", path=str(store.root))
    commands, digest, top = config.commands(), hex_digest(data), store.repository.top
    trusted = is_trusted(store.repository, data)
    wanted = trusted if check else not revoke
    if wanted and not trusted:
        run_git(top, "config", "--local", TRUST_KEY, digest)
    elif trusted and not wanted:
        run_git(top, "config", "--local", "--unset", TRUST_KEY)
    listed = (
        "".join(f"  {escape(command)}\n" for command in commands)
        or "  (it runs no command and sends nothing)\n"
    )
    answer = {
        "path": CONFIG_PATH,
        "sha256": digest,
        "trusted": wanted,
        "changed": wanted != trusted,
        "commands": commands,
    }
    decision = {"rule": TRUST_KEY, "decision": "trusted" if wanted else "revoked"}
    session.tell(SUCCESS, reason=None if wanted != trusted else "unchanged", payload=decision)
    word = "is trusted" if wanted else "is not trusted"
    session.console.answer(
        answer, human=lambda: f"{CONFIG_PATH} {word} in this clone. It holds:\n{listed}", plain=[digest]
    )
    return 1 if check and not trusted else 0
