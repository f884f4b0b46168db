"""Generate docs/reference/telemetry-coverage.md; `docs/generate.py` calls this."""

from __future__ import annotations

from taskfiles.telemetry.actions import ACTIONS, DECISION, OUTCOMES, WRITE_FAILED

HEAD = f"""# Telemetry coverage

Every path that changes or enforces something, with its event and the outcomes that it
can have. The table is generated from the registry of actions, and a test drives each action to each of its
outcomes. A blocked action is logged as `{DECISION}`, whatever the event of the action is; an action
that ends blocked or failed has left every task file byte for byte as it was. Whatever the table says, an
action is logged as partial where an error or Ctrl-C cuts it off after it has written.

Nothing is logged for commands that only read (`list`, `show`, `tree`, `stats`, `export`, `next` without
`--claim`, `schema`, `help`, `trust --check`, `fmt --check`, `inject --check`, `validate` and `doctor`
without `--fix`, `telemetry tail`, `show`, `check`, `coverage` and `completion`), for dry runs, and for
invalid command lines. `telemetry emit` and `wrap` log actions of your own, as `{DECISION}`.
"""
SINKS = f"""## Sinks

| sink | what it is |
| --- | --- |
| `local` | the log in the git directory of the clone, shared by its worktrees; always written, as the spool |
| `dir:PATH` | a directory of files, drained to by `tasks telemetry push` |
| `git:PATH` | a repository of events, committed and pushed with the credential that git has |
| `otlp:URL` | an OpenTelemetry receiver |
| `none` | nothing is logged |

If the log can't be written, the command goes on, warns once, and logs a `{WRITE_FAILED}`
where that succeeds.

## Deferred

| what | until |
| --- | --- |
| webhooks, events of single calls of a model, routing that learns | not planned |
"""


def coverage_page() -> str:
    """Tell every action with its path, event, outcomes and notes."""
    lines = [HEAD, "| path | action | what it does | event | outcomes | notes |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for name, action in ACTIONS.items():
        outcomes = ", ".join(word for word in OUTCOMES if word in action.outcomes)
        paths = ", ".join(f"`{path}`" for path in action.where.split(", "))
        lines.append(
            f"| {paths} | `{name}` | {action.does} | `{action.event}` | {outcomes} | {action.notes} |"
        )
    return "\n".join([*lines, "", SINKS])
