"""Each registered action and a command line that drives it to each outcome that it declares."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from support.in_process import call
from support.kill_steps import kill_at
from support.project import INSIGHTS, Project
from taskfiles.telemetry.actions import BLOCKED, FAILED

CRITERIA = "\n## Acceptance Criteria\n\n- [x] Done\n"
OLD = "2020-01-01T00:00:00Z"
RUN = ("run", "fix", "--", "true")
RECORD = ("record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1")


class Scene(NamedTuple):
    """A command line, and what is done in a project before it."""

    line: tuple[str, ...]
    before: Callable[[Project], object] = lambda project: project.task("fix")
    exit: int = 0


def misordered(project: Project) -> None:
    project.write("tasks/10-ready/task-fix.md", "---\ntitle: T\nid: fix\nkind: task\nstate: ready\n---\n")


def unorderable(project: Project) -> None:
    misordered(project)
    text = "---\nlabels: [&x ready]\nid: odd\ntitle: T\nkind: task\nstate: *x\n---\n"
    project.write("tasks/10-ready/task-odd.md", text)


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
    for state in ("ready", "idea"):
        project.task("fix", created_at=OLD, state=state)
    file = project.root / "tasks/00-idea/task-fix.md"
    file.write_text(file.read_text().replace("state: idea", "state: ready"))


def recorded(project: Project) -> None:
    project.task("fix")
    assert call(project, *RECORD).code == 0


def spooled(project: Project) -> None:
    updated(project)
    (project.root.parent / "events").mkdir()


def sinking(project: Project) -> None:
    project.write("tasks/tasks.toml", '[telemetry]\nsinks = ["dir:../events"]\n')


def family(project: Project) -> None:
    project.task("fix")
    project.task("epic", kind="epic")


def configured(project: Project) -> None:
    project.write("tasks/tasks.toml", "format = 1\n")


def declaring(project: Project) -> None:
    """Labels, milestones and tracks are declared, and tasks use more."""
    project.write("tasks/tasks.toml", "format = 1\n[labels]\n[milestones]\n[tracks]\n")
    project.task("fix", labels="[new]", milestone="soon", track="work")


def odd_names(project: Project) -> None:
    """What tasks use can't all be declared."""
    declaring(project)
    project.write("tasks/tasks.toml", "format = 1\nlabels = {}\nmilestones = {}\n[tracks]\n")


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
    project.write("tasks/tasks.toml", "[run]\nstatus_labels = true\n")


def stopped(project: Project) -> None:
    project.task("fix")
    assert call(project, "run", "--stop", "--all", "--reason", "Costs").code == 0


def nothing(project: Project) -> None:
    """An empty project."""


SUCCEED: dict[str, Scene] = {
    "task.create": Scene(("new", "--title", "New")),
    "task.update": Scene(("update", "fix", "--meta", "size=xl")),
    "task.format": Scene(("fmt",), misordered),
    "task.fix": Scene(("validate", "--fix"), misplaced),
    "task.move": Scene(("move", "fix", "in-progress")),
    "task.complete": Scene(("complete", "fix"), finishable),
    "task.adopt": Scene(("adopt", "epic", "fix"), family),
    "task.rename": Scene(("rename", "fix", "other")),
    "task.delete": Scene(("delete", "fix")),
    "task.cleanup": Scene(("cleanup", "--older-than", "1d"), old_task),
    "task.merge": Scene(("merge", "fix"), doubled),
    "task.undo": Scene(("undo",), updated),
    "task.claim": Scene(("pickup", "fix")),
    "task.release": Scene(("release", "fix", "--force"), claimed),
    "attempt.record": Scene(RECORD),
    "attempt.review": Scene(("review", "fix", "--reviewer", "me", "--approved"), recorded),
    "store.recover": Scene(("list",), cut_short),
    "plan.create": Scene(("plan",)),
    "plan.skip": Scene(("plan", "--preview")),
    "plan.execute": Scene(("run", "--plan", "--", "true")),
    "agent.supervisor.dispatch": Scene(RUN),
    "agent.task.resolve": Scene(RUN),
    "agent.validate": Scene(RUN),
    "agent.execute": Scene(RUN),
    "agent.task.run": Scene(RUN),
    "agent.pr.create": Scene(("run", "fix", "--pr", "--pr-command", "true", "--", "true")),
    "agent.issue.label": Scene(RUN, labelling),
    "agent.complete": Scene(RUN),
    "agents.stop": Scene(("run", "--stop", "--all", "--reason", "Costs")),
    "agents.resume": Scene(("run", "--resume", "--all"), stopped),
    "agents.inject": Scene(("inject", "AGENTS.md")),
    "config.trust": Scene(("trust",), configured),
    "config.load": Scene(("init", "--yes"), nothing),
    "config.validate": Scene(("doctor", "--fix"), configured),
    "config.validate.tracks": Scene(("doctor", "--fix"), configured),
    "repo.prepare.labels.reconcile": Scene(("doctor", "--fix"), declaring),
    "repo.prepare.milestones.reconcile": Scene(("init", "--yes"), declaring),
    "telemetry.write": Scene(("telemetry", "push", "--sink", "dir:../events"), spooled),
    "repo.prepare.complete": Scene(("init", "--yes"), nothing),
}


def without_project(project: Project) -> None:
    """tasks.toml is no file that can be read."""
    (project.root / "tasks" / "tasks.toml").mkdir()


def broken_block(project: Project) -> None:
    project.write("AGENTS.md", "<!-- tasks:begin -->\n")


def old_claimed(project: Project) -> None:
    project.task("gone")
    assert call(project, "pickup", "gone").code == 0
    (project.root / "tasks/20-in-progress/task-gone.md").unlink()
    old_task(project)


BLOCK: dict[str, Scene] = {
    "task.create": Scene(("new", "--title", "New", "--id", "fix"), exit=4),
    "task.update": Scene(("update", "nope", "--meta", "size=xl"), exit=3),
    "task.format": Scene(("fmt", "nope"), exit=3),
    "task.fix": Scene(("validate", "nope", "--fix"), misplaced, 3),
    "task.move": Scene(("move", "fix", "done"), exit=1),
    "task.complete": Scene(("complete", "fix"), exit=1),
    "task.adopt": Scene(("adopt", "nope", "fix"), exit=3),
    "task.rename": Scene(("rename", "nope", "other"), exit=3),
    "task.delete": Scene(("delete", "nope"), exit=3),
    "task.cleanup": Scene(("cleanup", "--older-than", "1d"), old_claimed, 4),
    "task.merge": Scene(("merge", "nope"), exit=3),
    "task.undo": Scene(("undo",), exit=1),
    "task.claim": Scene(("pickup", "fix"), claimed, 4),
    "task.release": Scene(("release", "fix"), claimed, 4),
    "attempt.record": Scene((*RECORD, "--started-at", "2999-01-01T00:00:00Z"), exit=2),
    "attempt.review": Scene(("review", "fix", "--reviewer", "me", "--approved"), exit=1),
    "plan.create": Scene(("plan", "nope"), exit=3),
    "plan.execute": Scene(("run", "--plan", "--worktrees", "--", "true"), committed, 1),
    "agent.task.resolve": Scene(("run", "nope", "--", "true"), exit=3),
    "agent.validate": Scene(RUN, lambda project: project.task("fix", blocked="Waiting"), 1),
    "agent.complete": Scene(RUN, stopped, 1),
    "agents.inject": Scene(("inject", "AGENTS.md"), broken_block, 1),
    "config.trust": Scene(("trust",), exit=5),
    "config.load": Scene(("doctor", "--fix"), without_project, 5),
    "config.validate": Scene(
        ("init", "--yes"), lambda project: project.write("tasks/tasks.toml", "a = ["), 5
    ),
    "config.validate.tracks": Scene(
        ("doctor", "--fix"), lambda project: project.write("tasks/tasks.toml", "[tracks.'No id']\n"), 5
    ),
    "telemetry.write": Scene(("telemetry", "push"), sinking, 5),
    "repo.prepare.complete": Scene(("init", "--agents"), broken_block, 1),
}
GATED = Scene(("run", "fix", "--gate", "no=false", "--", "true"), exit=1)
PARTS: dict[str, Scene] = {
    "plan.execute": Scene(("run", "--plan", "--", "sh", "-c", "test {id} = fix"), family_of_two, 1),
    "agent.task.run": GATED,
    "agent.complete": GATED,
    "task.format": Scene(("fmt",), unorderable, 1),
    "task.fix": Scene(("validate", "--fix"), lambda project: project.task("fix", size="huge"), 1),
    "repo.prepare.labels.reconcile": Scene(("init", "--yes"), odd_names, 1),
    "repo.prepare.milestones.reconcile": Scene(("init", "--yes"), odd_names, 1),
    "repo.prepare.complete": Scene(("init", "--yes"), odd_names, 1),
    "telemetry.write": Scene(
        ("telemetry", "push", "--sink", "dir:../events", "--sink", "dir:../gone"), spooled, 6
    ),
}


def stopped_for_good(project: Project) -> None:
    stopped(project)
    (project.root / ".git/tasks/stops").chmod(0o555)


# Parts of a run, which is no refusal as a whole: the claim and the attempt are in the file.
FAILING = Scene(("run", "fix", "--", "false"), exit=1)
IN_RUNS: dict[tuple[str, str], Scene] = {
    ("agent.task.run", FAILED): FAILING,
    ("agent.complete", FAILED): FAILING,
    ("agent.pr.create", FAILED): Scene(("run", "fix", "--pr", "--pr-command", "false", "--", "true"), exit=1),
    ("agent.issue.label", BLOCKED): Scene(
        ("run", "fix", "--", "sh", "-c", "sed -i.old 's/^kind:/labels: none\\nkind:/' {path}"),
        labelling,
        0,
    ),
    ("agent.issue.label", FAILED): Scene(
        ("run", "fix", "--", "sh", "-c", "chmod 555 tasks/20-in-progress"), labelling, 1
    ),
    ("plan.execute", FAILED): Scene(("run", "--plan", "--", "false"), exit=1),
    ("agents.stop", FAILED): Scene(("run", "--stop", "--all", "--reason", "Costs"), stopped_for_good, 6),
    ("agents.resume", FAILED): Scene(("run", "--resume", "--all"), stopped_for_good, 6),
}
