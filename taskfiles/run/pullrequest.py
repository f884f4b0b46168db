"""Opening a pull request for work that has passed, by the user's own command."""

from __future__ import annotations

from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.run.desk import Desk
from taskfiles.run.process import How, Listener, supervise
from taskfiles.run.transcript import Transcript, read_end
from taskfiles.store.git import run_git
from taskfiles.store.store import Store
from taskfiles.task.task import Task

# What is not committed yet, the task's file above all, would not be in it.
USUAL = (
    'git add -A && { git diff --cached --quiet || git commit -qm "$TASKS_TASK_TITLE"; }'
    " && git push -q -u origin HEAD && gh pr create --fill"
)
_TIMEOUT = 300.0  # seconds


def check_branch(store: Store) -> None:
    """Refuse a branch that no pull request can come from. Raises TaskfilesError (no-branch)."""
    if store.repository is None:
        return
    branch = run_git(store.repository.top, "symbolic-ref", "--short", "-q", "HEAD", check=False).strip()
    head = ("symbolic-ref", "--short", "-q", "refs/remotes/origin/HEAD")
    default = run_git(store.repository.top, *head, check=False).strip().removeprefix("origin/")
    if not branch or branch in {default, "main", "master"}:
        raise TaskfilesError("no-branch", branch=branch or "a commit that is on no branch")


def open_pull_request(command: str, task: Task, store: Store, desk: Desk) -> TaskfilesError | None:
    """Run the command by `sh -c`, with the task's id, title and path as variables; gives what failed."""
    kept = Transcript(f"{desk.logs}/{task.id}.pr.log")

    def hear(data: bytes) -> None:
        kept.write(data)
        desk.hear(data)

    variables = {
        "TASKS_TASK_ID": task.id,
        "TASKS_TASK_TITLE": str(task.get("title")),
        "TASKS_TASK_PATH": task.path,
    }
    try:
        ended = supervise(
            ["sh", "-c", command],
            Listener(hear, hear, desk.stop, desk.is_urgent),
            directory=store.reader.root,
            environment={**desk.environment, **variables},
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
    return _failed(command, f"{why}: {lines[-1]}" if lines else why)


def _failed(command: str, problem: str) -> TaskfilesError:
    return TaskfilesError("pull-request-failed", command=command, problem=problem.rstrip("."))
