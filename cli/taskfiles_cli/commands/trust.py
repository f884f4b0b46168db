"""`tasks trust`: let this repository's settings run commands, in this clone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.basics.digest import hex_digest
from taskfiles.store import trust as trust_store
from taskfiles.store.trust import TRUST_KEY, is_trusted
from taskfiles.task.names import CONFIG_PATH
from taskfiles.telemetry.actions import SUCCESS
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import flag


@command(*READS, answers=None)
def trust(
    session: Session,
    *,
    check: Annotated[
        bool, flag("Change nothing; exit 1 where the settings are not trusted.", "--check")
    ] = False,
    revoke: Annotated[bool, flag("Trust no version of the file any more.", "--revoke")] = False,
) -> int:
    """Let the commands in tasks/tasks.toml run in this clone.

    They may run, and its sinks be used, as long as the file does not change: its hash is kept in this
    clone's own git configuration, for all its worktrees. A copy of the clone, or a clone that was moved,
    trusts nothing. `tasks run` runs gates and predict.command, `tasks telemetry push` uses the sinks.
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
    commands, digest = config.commands(), hex_digest(data)
    if check:
        wanted, changed = is_trusted(store.repository, data), False
    elif revoke:
        wanted, changed = False, trust_store.revoke(store.repository)
    else:
        wanted, changed = True, trust_store.trust(store.repository, data)
    listed = [f"  {each}" for each in commands] or ["  (it runs no command and sends nothing)"]
    answer = {
        "path": CONFIG_PATH,
        "sha256": digest,
        "trusted": wanted,
        "changed": changed,
        "commands": commands,
    }
    decision = {"rule": TRUST_KEY, "decision": "trusted" if wanted else "revoked"}
    session.tell(SUCCESS, reason=None if changed else "unchanged", payload=decision)
    word = "is trusted" if wanted else "is not trusted"
    human = [f"{CONFIG_PATH} {word} in this clone. It holds:", *listed]
    session.console.answer(answer, human=lambda: human, plain=[digest])
    return 1 if check and not wanted else 0
