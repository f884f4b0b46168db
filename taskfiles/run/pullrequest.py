"""Opening a pull request for work that has passed, by the user's own command."""

from __future__ import annotations

import shlex
from pathlib import Path

from taskfiles.basics.quotation import add_quotation
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.run.callbacks import Callbacks
from taskfiles.run.process import How, Listener, supervise
from taskfiles.run.transcript import Transcript, read_end
from taskfiles.store.git import run_git
from taskfiles.store.store import Store
from taskfiles.task.task import Task

_REMOTE = "{remote}"
# What is not committed yet, the task's file above all, would not be in it.
USUAL = (
    'git add -A && { git diff --cached --quiet || git commit -qm "$TASKS_TASK_TITLE"; }'
    f" && git push -q -u {_REMOTE} HEAD && gh pr create --fill"
)
_TIMEOUT = 300.0  # seconds


def check_branch(store: Store) -> None:
    """Refuse a branch that no pull request can come from. Raises TaskfilesError (no-branch)."""
    if store.repository is None:
        return
    branch = run_git(store.repository.top, "symbolic-ref", "--short", "-q", "HEAD", check=False).strip()
    defaults = set()
    for remote in ("origin", *run_git(store.repository.top, "remote", check=False).split()):
        head = ("symbolic-ref", "--short", "-q", f"refs/remotes/{remote}/HEAD")
        name = run_git(store.repository.top, *head, check=False).strip()
        defaults.add(name.removeprefix(f"{remote}/"))
    if not branch or branch in {*defaults, "main", "master"}:
        raise TaskfilesError("no-branch", branch=branch or "a commit that is on no branch")


def check_remote(store: Store) -> None:
    """Refuse a branch that git would not know where to push. Raises TaskfilesError (no-remote)."""
    if store.repository is None or find_push_remote(store.repository.top) is not None:
        return
    remotes = run_git(store.repository.top, "remote", check=False).split()
    problem = f"there are several: {', '.join(remotes)}" if remotes else "there is none"
    raise TaskfilesError("no-remote", problem=problem)


def find_push_remote(top: Path) -> str | None:
    """Find the remote that git would push the current branch to; None where it can't be known.

    That is the one of `branch.NAME.pushRemote`, of `remote.pushDefault`, of `branch.NAME.remote`, the only
    one, or `origin`: git-push(1).
    """
    branch = run_git(top, "symbolic-ref", "--short", "-q", "HEAD", check=False).strip()
    for key in (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote"):
        named = run_git(top, "config", "--get", key, check=False).strip()
        if named and named != ".":  # `.` stands for this repository
            return named
    remotes = run_git(top, "remote", check=False).split()
    return remotes[0] if len(remotes) == 1 else "origin" if "origin" in remotes else None


def open_pull_request(command: str, task: Task, store: Store, callbacks: Callbacks) -> TaskfilesError | None:
    """Run the command by `sh -c`, with the task's id, title and path as variables; return what failed.

    The usual command pushes where git itself would; see `find_push_remote`.
    """
    if command == USUAL and store.repository is not None:
        remote = find_push_remote(store.repository.top) or "origin"
        command = command.replace(_REMOTE, shlex.quote(remote))
    kept = Transcript(f"{callbacks.logs}/{task.id}.pr.log")

    def receive(data: bytes) -> None:
        kept.write(data)
        callbacks.on_output(data)

    variables = {
        "TASKS_TASK_ID": task.id,
        "TASKS_TASK_TITLE": str(task.get("title")),
        "TASKS_TASK_PATH": task.path,
    }
    try:
        ended = supervise(
            ["sh", "-c", command],
            Listener(receive, receive, callbacks.stop, callbacks.is_urgent),
            directory=store.reader.root,
            environment={**callbacks.environment, **variables},
            timeout=_TIMEOUT,
        )
    except OSError as error:
        return _failed(command, reason_of(error))
    finally:
        kept.close()
    if ended.how is How.EXITED and ended.code == 0:
        return None
    lines = read_end(kept.path, 2000).strip().splitlines()
    why = f"exit code {ended.code}" if ended.how is How.EXITED else ended.how.value
    return _failed(command, add_quotation(why, "it", lines[-1]) if lines else why)


def _failed(command: str, problem: str) -> TaskfilesError:
    return TaskfilesError("pull-request-failed", command=command, problem=problem.rstrip("."))
