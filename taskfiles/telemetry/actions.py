"""The registry of actions: where each begins, what its event is called, and how it can end.

The coverage matrix of telemetry is this table; docs/reference/telemetry-coverage.md is generated from it.
"""

from __future__ import annotations

SUCCESS, PARTIAL, BLOCKED, FAILED = "success", "partial", "blocked", "failed"
OUTCOMES = (SUCCESS, PARTIAL, BLOCKED, FAILED)

TASK_CHANGED, ATTEMPT_RECORDED, ATTEMPT_REVIEWED = "task.changed", "attempt.recorded", "attempt.reviewed"
COMPLETION, DECISION = "task.completion", "decision.recorded"
PLAN_CREATED = "multi_workflow.plan_created"
EXECUTION_SUMMARY = "multi_workflow.execution_summary"
WRITE, WRITE_FAILED = "telemetry.write", "telemetry.write.failed"


class Action:
    """A path that enforces or changes something.

    `where` are the commands, `does` says what is done, `event` is the type of its event, `outcomes` are all
    that it can have. What ends blocked is emitted as a `decision.recorded`, whatever `event` is, and so is a
    plan that failed to be made.
    """

    # No NamedTuple: making that class takes a quarter of an event's time.
    __slots__ = ("does", "event", "notes", "outcomes", "where")

    def __init__(self, where: str, does: str, event: str, outcomes: tuple[str, ...], notes: str = "") -> None:
        self.where, self.does, self.event, self.outcomes, self.notes = where, does, event, outcomes, notes

    def event_for(self, outcome: str) -> str:
        """Return the type of the event for an outcome."""
        if outcome == FAILED and self.event == WRITE:
            return WRITE_FAILED
        planless = outcome == FAILED and self.event == PLAN_CREATED  # there is no plan to report
        return DECISION if outcome == BLOCKED or planless else self.event


_USUAL = (SUCCESS, BLOCKED, FAILED)
_PREPARING = "init, doctor --fix"
_MANY = "one change of several files: all or nothing"

ACTIONS: dict[str, Action] = {
    "task.create": Action("new", "Create a task", TASK_CHANGED, _USUAL),
    "task.update": Action("update, metadata set, edit", "Change keys, sections, boxes", TASK_CHANGED, _USUAL),
    "task.format": Action(
        "fmt", "Put keys in order", TASK_CHANGED, OUTCOMES, "partial: some files can't be reordered"
    ),
    "task.fix": Action(
        "validate --fix", "Fix what is harmless", TASK_CHANGED, OUTCOMES, "partial: findings are left"
    ),
    "task.move": Action("move", "Change the state", TASK_CHANGED, _USUAL, _MANY),
    "task.complete": Action("complete", "Finish a task", TASK_CHANGED, _USUAL, _MANY),
    "task.adopt": Action("adopt", "Move tasks under a parent", TASK_CHANGED, _USUAL, _MANY),
    "task.rename": Action("rename", "Give a new id", TASK_CHANGED, _USUAL, _MANY),
    "task.delete": Action("delete", "Delete tasks", TASK_CHANGED, _USUAL, _MANY),
    "task.cleanup": Action("cleanup", "Delete old tasks", TASK_CHANGED, _USUAL, _MANY),
    "project.convert": Action(
        "init", "Move all files to their paths under a layout", TASK_CHANGED, _USUAL, _MANY
    ),
    "task.migrate": Action("migrate", "Bring in tasks of another tool", TASK_CHANGED, _USUAL, _MANY),
    "task.merge": Action("merge", "Make one file of several", TASK_CHANGED, _USUAL, _MANY),
    "task.undo": Action("undo", "Undo a change", TASK_CHANGED, _USUAL, _MANY),
    "task.claim": Action(
        "pickup, next --claim", "Claim and begin a task", TASK_CHANGED, _USUAL, f"{_MANY}; `by` is who asked"
    ),
    "task.release": Action("release", "End a claim", TASK_CHANGED, _USUAL),
    "attempt.record": Action("record", "Record or amend an attempt", ATTEMPT_RECORDED, _USUAL),
    "attempt.review": Action("review", "Review an attempt", ATTEMPT_REVIEWED, _USUAL),
    "store.recover": Action(
        "any command", "Undo a change that was cut short", TASK_CHANGED, (SUCCESS,), "reads included"
    ),
    "plan.create": Action("plan", "Plan ready tasks in stages", PLAN_CREATED, _USUAL),
    "plan.skip": Action(
        "plan --preview", "Skip the execution of a plan", EXECUTION_SUMMARY, (SUCCESS,), "a preview"
    ),
    "plan.execute": Action(
        "run --plan",
        "Run the tasks of a plan",
        EXECUTION_SUMMARY,
        OUTCOMES,
        "once for each run",
    ),
    "agent.supervisor.dispatch": Action("run", "Choose a task for an agent", DECISION, (SUCCESS,)),
    "agent.task.resolve": Action("run", "Find the task", DECISION, (SUCCESS, BLOCKED)),
    "agent.validate": Action(
        "run", "Check that the task can be run", DECISION, (SUCCESS, BLOCKED), "blocked: nothing was changed"
    ),
    "agent.execute": Action("run", "Begin an attempt", DECISION, (SUCCESS,), "once for each attempt"),
    "agent.task.run": Action(
        "run", "Run the agent and the gates", DECISION, (SUCCESS, PARTIAL, FAILED), "partial: a gate failed"
    ),
    "agent.pr.create": Action("run --pr", "Open a pull request", DECISION, (SUCCESS, FAILED)),
    "agent.issue.label": Action(
        "run", "Label the task with the outcome", TASK_CHANGED, _USUAL, "only with `run.status_labels`"
    ),
    "agent.complete": Action(
        "run",
        "Summarise a run",
        DECISION,
        OUTCOMES,
        "it writes nothing itself; claim, attempt and end have events of their own",
    ),
    "agents.stop": Action("run --stop", "Stop agents, and start no more", DECISION, (SUCCESS, FAILED)),
    "agents.resume": Action("run --resume", "Let agents be sent out again", DECISION, (SUCCESS, FAILED)),
    "agents.inject": Action("inject", "Write the block for agents", TASK_CHANGED, _USUAL),
    "config.trust": Action("trust", "Trust tasks/tasks.toml", DECISION, _USUAL),
    "config.load": Action(_PREPARING, "Read tasks/tasks.toml", DECISION, (SUCCESS, BLOCKED)),
    "config.validate": Action(_PREPARING, "Check its settings", DECISION, (SUCCESS, BLOCKED)),
    "config.validate.tracks": Action(_PREPARING, "Check its tracks", DECISION, (SUCCESS, BLOCKED)),
    "repo.prepare.labels.reconcile": Action(
        _PREPARING, "Declare labels that tasks use", TASK_CHANGED, (SUCCESS, PARTIAL, FAILED)
    ),
    "repo.prepare.milestones.reconcile": Action(
        _PREPARING, "Declare milestones and tracks, give tracks their epics", TASK_CHANGED, (SUCCESS, PARTIAL)
    ),
    "repo.prepare.complete": Action(_PREPARING, "Summarise the preparation", DECISION, OUTCOMES),
    WRITE: Action(
        "telemetry push, telemetry compact",
        "Hand events to sinks, archive them",
        WRITE,
        OUTCOMES,
        "partial: not all sinks were served, or days archived; what failed alone is a telemetry.write.failed",
    ),
}
