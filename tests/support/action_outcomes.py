"""Each registered action and a command line that drives it to each outcome that it declares."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from support.foreign_tasks import OLD as OLD_TASKS
from support.foreign_tasks import backlog_task, wordy
from support.in_process import call
from support.kill_steps import kill_at
from support.project import INSIGHTS, Project
from taskfiles.task.layout import FLAT
from taskfiles.telemetry.actions import BLOCKED, FAILED

CRITERIA = "\n## Acceptance Criteria\n\n- [x] Done\n"
OLD = "2020-01-01T00:00:00Z"
RUN = ("run", "fix", "--", "true")
RECORD = ("record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1")


class Case(NamedTuple):
    """A command line, and what is done in a project before it.

    `again` is how the same words end when they are called once more: the exit code and the reason that the
    event gives; None where that is tested otherwise.
    """

    line: tuple[str, ...]
    before: Callable[[Project], object] = lambda project: project.task("fix")
    exit: int = 0
    again: tuple[int, str | None] | None = (0, "unchanged")


def misordered(project: Project) -> None:
    project.write(project.path(), "---\ntitle: T\nid: fix\nkind: task\nstate: ready\n---\n")


def unorderable(project: Project) -> None:
    misordered(project)
    text = "---\nlabels: [&x ready]\nid: odd\ntitle: T\nkind: task\nstate: *x\n---\n"
    project.write(project.path("odd"), text)


def in_directories(project: Project) -> Project:
    """Make an empty project one with a directory for each state."""
    project.write("tasks/tasks.toml", 'format = 1\nlayout = "states"\n')
    return project


def misplaced(project: Project) -> None:
    file = project.task("fix")
    file.rename(file.parent / "wrong.md")


def finishable(project: Project) -> None:
    project.task("fix", state="in-progress", commit_message="Fix", body=CRITERIA + INSIGHTS)


def old_task(project: Project) -> None:
    project.task("gone", state="done", completed_at=OLD, created_at=OLD)


def updated(project: Project) -> None:
    project.task("fix")
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0


def claimed(project: Project) -> None:
    project.task("fix")
    assert call(project, "pickup", "fix", "--by", "me").code == 0


def doubled(project: Project) -> None:
    file = project.task("fix", created_at=OLD)
    copy = "tasks/deep/fix.md" if project.layout == FLAT else project.path("fix", "idea")
    project.write(copy, file.read_bytes())


def recorded(project: Project) -> None:
    project.task("fix")
    assert call(project, *RECORD).code == 0


def spooled(project: Project) -> None:
    updated(project)
    (project.root.parent / "events").mkdir()


def sinking(project: Project) -> None:
    project.configure('[telemetry]\nsinks = ["dir:../events"]\n')


def family(project: Project) -> None:
    project.task("fix")
    project.task("epic", kind="epic")


def configured(project: Project) -> None:
    project.configure("format = 1\n")


def declaring(project: Project) -> None:
    """Labels, milestones and tracks are declared, and tasks use more."""
    project.configure("format = 1\n[labels]\n[milestones]\n[tracks]\n")
    project.task("fix", labels="[new]", milestone="soon", track="work")


def odd_names(project: Project) -> None:
    """What tasks use can't all be declared."""
    declaring(project)
    project.configure("format = 1\nlabels = {}\nmilestones = {}\n[tracks]\n")


def cut_short(project: Project) -> None:
    """A rename was killed after the first of its files."""
    project.task("fix")
    project.task("epic", kind="epic", children="[fix]")
    before = project.tree()
    for step in count(1):
        assert kill_at(step, lambda: call(project, "rename", "fix", "other"), project)
        if project.tree() != before:
            return


def committed(project: Project) -> None:
    """The last commit doesn't hold the task."""
    project.task("other")
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    project.task("fix")


def family_of_two(project: Project) -> None:
    project.task("fix")
    project.task("other")


def labelling(project: Project) -> None:
    project.task("fix")
    project.configure("[run]\nstatus_labels = true\n")


def stopped(project: Project) -> None:
    project.task("fix")
    assert call(project, "run", "--stop", "--all", "--reason", "Costs").code == 0


def nothing(project: Project) -> None:
    """An empty project."""


SUCCEED: dict[str, Case] = {
    "task.create": Case(("new", "--title", "New"), again=None),
    "task.update": Case(("update", "fix", "--meta", "size=xl")),
    "task.format": Case(("fmt",), misordered),
    "task.fix": Case(("validate", "--fix"), misplaced),
    "task.move": Case(("move", "fix", "in-progress")),
    "task.complete": Case(("complete", "fix"), finishable),
    "task.adopt": Case(("adopt", "epic", "fix"), family),
    "task.rename": Case(("rename", "fix", "other"), again=(3, "no-such-task")),
    "task.delete": Case(("delete", "fix"), again=(3, "no-such-task")),
    "project.convert": Case(
        ("init", "--layout", "flat"), lambda project: in_directories(project).task("fix")
    ),
    "task.cleanup": Case(("cleanup", "--older-than", "1d"), old_task),
    "task.migrate": Case(("migrate", OLD_TASKS), backlog_task),
    "task.merge": Case(("merge", "fix"), doubled),
    "task.undo": Case(("undo",), updated, again=(1, "nothing-to-undo")),
    "task.claim": Case(("pickup", "fix"), again=(4, "claimed")),
    "task.release": Case(("release", "fix", "--force"), claimed),
    "attempt.record": Case(RECORD, again=None),
    "attempt.review": Case(("review", "fix", "--reviewer", "me", "--approved"), recorded),
    "store.recover": Case(("list",), cut_short),
    "plan.create": Case(("plan",)),
    "plan.skip": Case(("plan", "--preview")),
    "plan.execute": Case(("run", "--plan", "--", "true")),
    "agent.supervisor.dispatch": Case(RUN),
    "agent.task.resolve": Case(RUN),
    "agent.validate": Case(RUN),
    "agent.execute": Case(RUN),
    "agent.task.run": Case(RUN),
    "agent.pr.create": Case(("run", "fix", "--pr", "--pr-command", "true", "--", "true")),
    "agent.issue.label": Case(RUN, labelling),
    "agent.complete": Case(RUN),
    "agents.stop": Case(("run", "--stop", "--all", "--reason", "Costs")),
    "agents.resume": Case(("run", "--resume", "--all"), stopped),
    "agents.inject": Case(("inject", "AGENTS.md")),
    "config.trust": Case(("trust",), configured),
    "config.load": Case(("init", "--yes"), nothing),
    "config.validate": Case(("doctor", "--fix"), configured),
    "config.validate.tracks": Case(("doctor", "--fix"), configured),
    "repo.prepare.labels.reconcile": Case(("doctor", "--fix"), declaring),
    "repo.prepare.milestones.reconcile": Case(("init", "--yes"), declaring),
    "telemetry.write": Case(("telemetry", "push", "--sink", "dir:../events"), spooled),
    "repo.prepare.complete": Case(("init", "--yes"), nothing),
}


def without_project(project: Project) -> None:
    """tasks.toml is no file that can be read."""
    (project.root / "tasks" / "tasks.toml").mkdir()


def broken_block(project: Project) -> None:
    project.write("AGENTS.md", "<!-- tasks:begin -->\n")


def old_claimed(project: Project) -> None:
    project.task("gone")
    assert call(project, "pickup", "gone").code == 0
    (project.root / project.path("gone", "in-progress")).unlink()
    old_task(project)


BLOCK: dict[str, Case] = {
    "task.create": Case(("new", "--title", "New", "--id", "fix"), exit=4),
    "task.update": Case(("update", "nope", "--meta", "size=xl"), exit=3),
    "task.format": Case(("fmt", "nope"), exit=3),
    "task.fix": Case(("validate", "nope", "--fix"), misplaced, 3),
    "task.move": Case(("move", "fix", "done"), exit=1),
    "task.complete": Case(("complete", "fix"), exit=1),
    "task.adopt": Case(("adopt", "nope", "fix"), exit=3),
    "task.rename": Case(("rename", "nope", "other"), exit=3),
    "task.delete": Case(("delete", "nope"), exit=3),
    "project.convert": Case(
        ("init", "--layout", "flat"), lambda project: in_directories(project).task("readme"), 1
    ),
    "task.cleanup": Case(("cleanup", "--older-than", "1d"), old_claimed, 4),
    "task.migrate": Case(("migrate", OLD_TASKS), wordy, 1),
    "task.merge": Case(("merge", "nope"), exit=3),
    "task.undo": Case(("undo",), exit=1),
    "task.claim": Case(("pickup", "fix"), claimed, 4),
    "task.release": Case(("release", "fix"), claimed, 4),
    "attempt.record": Case(
        (*RECORD, "--started-at", "2025-11-02T15:00:00Z", "--ended-at", "2025-11-02T14:00:00Z"), exit=2
    ),
    "attempt.review": Case(("review", "fix", "--reviewer", "me", "--approved"), exit=1),
    "plan.create": Case(("plan", "nope"), exit=3),
    "plan.execute": Case(("run", "--plan", "--worktrees", "--", "true"), committed, 1),
    "agent.task.resolve": Case(("run", "nope", "--", "true"), exit=3),
    "agent.validate": Case(RUN, lambda project: project.task("fix", blocked="Waiting"), 1),
    "agent.complete": Case(RUN, stopped, 1),
    "agents.inject": Case(("inject", "AGENTS.md"), broken_block, 1),
    "config.trust": Case(("trust",), exit=5),
    "config.load": Case(("doctor", "--fix"), without_project, 5),
    "config.validate": Case(("init", "--yes"), lambda project: project.write("tasks/tasks.toml", "a = ["), 5),
    "config.validate.tracks": Case(
        ("doctor", "--fix"), lambda project: project.write("tasks/tasks.toml", "[tracks.'No id']\n"), 5
    ),
    "telemetry.write": Case(("telemetry", "push"), sinking, 5),
    "repo.prepare.complete": Case(("init", "--agents"), broken_block, 1),
}
GATED = Case(("run", "fix", "--gate", "no=false", "--", "true"), exit=1)
PARTS: dict[str, Case] = {
    "plan.execute": Case(("run", "--plan", "--", "sh", "-c", "test {id} = fix"), family_of_two, 1),
    "agent.task.run": GATED,
    "agent.complete": GATED,
    "task.format": Case(("fmt",), unorderable, 1),
    "task.fix": Case(("validate", "--fix"), lambda project: project.task("fix", size="huge"), 1),
    "repo.prepare.labels.reconcile": Case(("init", "--yes"), odd_names, 1),
    "repo.prepare.milestones.reconcile": Case(("init", "--yes"), odd_names, 1),
    "repo.prepare.complete": Case(("init", "--yes"), odd_names, 1),
    "telemetry.write": Case(
        ("telemetry", "push", "--sink", "dir:../events", "--sink", "dir:../gone"), spooled, 6
    ),
}


def stopped_for_good(project: Project) -> None:
    stopped(project)
    (project.root / ".git/tasks/stops").chmod(0o555)


# Parts of a run, which is not a refusal as a whole: the claim and the attempt are in the file.
FAILING = Case(("run", "fix", "--", "false"), exit=1)
IN_RUNS: dict[tuple[str, str], Case] = {
    ("agent.task.run", FAILED): FAILING,
    ("agent.complete", FAILED): FAILING,
    ("agent.pr.create", FAILED): Case(("run", "fix", "--pr", "--pr-command", "false", "--", "true"), exit=1),
    ("agent.issue.label", BLOCKED): Case(
        ("run", "fix", "--", "sh", "-c", "sed -i.old 's/^kind:/labels: none\\nkind:/' {path}"),
        labelling,
        0,
    ),
    ("agent.issue.label", FAILED): Case(
        ("run", "fix", "--", "sh", "-c", "chmod 555 tasks/20-in-progress"), labelling, 1
    ),
    ("plan.execute", FAILED): Case(("run", "--plan", "--", "false"), exit=1),
    ("agents.stop", FAILED): Case(("run", "--stop", "--all", "--reason", "Costs"), stopped_for_good, 6),
    ("agents.resume", FAILED): Case(("run", "--resume", "--all"), stopped_for_good, 6),
}
