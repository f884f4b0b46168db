"""What a face does for its user: the use cases of the commands, with their refusals and events."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from taskfiles import Change, Store, Task, TaskfilesError, Update, create, note, place, undo, update
from taskfiles.task.keys import WORDS
from taskfiles_cli.command import event
from taskfiles_cli.command.origin import ACTOR_VARIABLE, ATTEMPT_VARIABLE, CLAIM_VARIABLE, RUN_ID_VARIABLE
from taskfiles_cli.command.session import Session
from taskfiles_cli.surface.fields import read_changes
from taskfiles_cli.surface.moves import MOVES, change_state, name_action
from taskfiles_cli.surface.seen import name_of, seen
from taskfiles_cli.surface.several import Mark, Refused, change_all, name_action_of

_TRIES = 3  # where another writes at the same moment
_PATIENCE = 5.0  # seconds for the locks of others
SETTABLE = ("priority", "size", "ambiguity", "executor", "isolation")


class Act(NamedTuple):
    """What is to be done: `kind` is new, move, place, set, edit, check, note, all or undo.

    `values` are what it sets: `title`; `state`; `above` and `below`, ids of neighbours; a key with its word;
    texts by the names of `fields`; `box` and `checked`; `text`; `run`. What is new or undone has no id.
    `expect` are the values that were seen of what it sets, `etag` is the version that they were seen in.
    `all` changes the tasks of `marks` instead, by `state` and texts by the names of `fields`.
    """

    kind: str
    id: str
    values: Mapping[str, Any]
    expect: Mapping[str, Any]
    etag: str
    marks: Sequence[Mark] = ()


class Done(NamedTuple):
    """What was done: a sentence, the run by which it can be undone, whether anything has changed, and where.

    `paths` are those of all files that were changed, before and after.
    """

    sentence: str
    run: str
    changed: bool
    paths: frozenset[str]


class Conflict(Exception):
    """What was seen is not there any more: `theirs` are the present values, `yours` what was to be set."""

    def __init__(self, task: Task, yours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
        super().__init__(task.id)
        self.task, self.yours, self.theirs = task, dict(yours), dict(theirs)


class Actor:
    """Acts in a name of its own, one act at a time; never as the holder of what a shell has claimed.

    `open_session` makes a session as a command's; `by` is the name, as in `web:ana`. `find_path` knows where
    a task was last seen, so that its file need not be looked for among all.
    """

    def __init__(
        self, open_session: Callable[[], Session], by: str, find_path: Callable[[str], str | None]
    ) -> None:
        self._open, self.by, self._find_path = open_session, by, find_path
        self._lock = threading.Lock()
        self._runs: set[str] = set()
        for variable in (CLAIM_VARIABLE, ATTEMPT_VARIABLE, RUN_ID_VARIABLE):
            os.environ.pop(variable, None)  # they are of the shell that started this process
        os.environ[ACTOR_VARIABLE] = by

    def act(self, wanted: Act) -> Done:
        """Do it, or write nothing. Raises Conflict, Refused, and TaskfilesError as the use cases do."""
        with self._lock:
            session = self._open()
            session.acting, session.lock_timeout = self.by, _PATIENCE
            for tried in range(_TRIES):
                try:
                    return self._do(session, wanted)
                except TaskfilesError as error:
                    if error.code != "etag-mismatch" or tried + 1 == _TRIES:
                        raise
            raise AssertionError("the last try has an answer")

    def _do(self, session: Session, wanted: Act) -> Done:
        if wanted.kind == "undo":
            run = str(wanted.values.get("run"))
            if run not in self._runs:
                raise _refuse("run", run, "it was not made here")
            return self._tell(session, "task.undo", "", lambda: _undo(session.store, run))
        if wanted.kind == "all":
            action, store = name_action_of(wanted.values), session.store
            work = partial(change_all, store, wanted.marks, wanted.values, self._read)
            return self._tell(session, action, "", work)
        if wanted.kind == "new":
            title = " ".join(str(wanted.values.get("title") or "").split())
            if not title:
                raise TaskfilesError(
                    "bad-value",
                    option="title",
                    given="blank",
                    problem="a task needs one",
                    remedy="Say in a few words what is to be done.",
                )
            return self._tell(session, "task.create", "", lambda: _create(session, title, self.by))
        task = self._read(session.store, wanted.id)
        if task.etag != wanted.etag:
            theirs = {key: seen(task, key) for key in wanted.expect}
            if theirs != dict(wanted.expect):
                raise Conflict(task, wanted.values, theirs)
        if wanted.kind == "move":
            state = str(wanted.values.get("state"))
            if state not in MOVES.get(str(task.state), ()):
                raise _refuse("state", state, f"a board does not lead there from {task.state}")
            action = name_action(str(task.state), state)
            return self._tell(
                session,
                action,
                task.id,
                lambda: (change_state(session.store, task, state, self.by), f"{task.id}: {state}"),
            )
        return self._tell(
            session, "task.update", task.id, lambda: _update(session.store, task, wanted, self.by)
        )

    def _read(self, store: Store, task_id: str) -> Task:
        """Read a task; whether another file has its id is for the use case to see, before it writes."""
        path = self._find_path(task_id)
        if path is not None:
            try:
                task = store.load_at(path).task
            except TaskfilesError:
                return store.get(task_id)
            if task.id == task_id:
                return task
        return store.get(task_id)

    def _tell(
        self, session: Session, action: str, subject: str, work: Callable[[], tuple[list[Change], str]]
    ) -> Done:
        """Do the work as a command does: the event log has it whatever comes of it."""
        session.begin(action, subject or None)
        try:
            changes, sentence = work()
            session.mutation(changes)
        except TaskfilesError as error:
            event.end(error.exit, error.code)
            raise
        except Refused as refused:
            event.end(refused.refusals[0].exit, refused.refusals[0].code)
            raise
        except BaseException:
            event.end(70, "internal")
            raise
        event.end(0, None)
        self._runs.add(session.run_id)
        made = [change for change in changes if change.changed]
        paths = {each.path for change in made for each in (change.before, change.after) if each is not None}
        return Done(sentence, session.run_id, bool(made), frozenset(paths))


def _create(session: Session, title: str, by: str) -> tuple[list[Change], str]:
    store = session.store
    changes = create(store, title, created_by=by if store.settings.created_by else None).changes
    session.about(changes[0].after.id)
    return changes, f"{changes[0].after.id}: created"


def _update(store: Store, task: Task, wanted: Act, by: str) -> tuple[list[Change], str]:
    values = wanted.values
    if wanted.kind == "note":
        done = note(store, task.id, str(values.get("text") or ""), by=by, if_match=task.etag)
        return done.changes, f"{task.id}: noted"
    if wanted.kind == "check":
        box, checked = values.get("box"), values.get("checked") is True
        made = update(store, task.id, Update(checks={name_of(box): checked}), if_match=task.etag)
        return made.changes, f"{task.id}: box {box} {'ticked' if checked else 'cleared'}"
    if wanted.kind == "place":
        return _place(store, task, values)
    if wanted.kind == "edit" and values:
        made = update(store, task.id, read_changes(store, values), if_match=task.etag)
        return (
            made.changes,
            f"{task.id}: changed {', '.join(name.partition(':')[2] or name for name in values)}",
        )
    if wanted.kind == "set" and values and all(key in SETTABLE for key in values):
        for key, word in values.items():
            if word not in WORDS[key]._value2member_map_:
                raise _refuse(key, str(word), "it is not one of its values")
        made = update(store, task.id, Update(set=dict(values)), if_match=task.etag)
        return made.changes, f"{task.id}: {', '.join(f'{key} {word}' for key, word in values.items())}"
    raise _refuse("kind", wanted.kind, "the board can't do that")


def _place(store: Store, task: Task, values: Mapping[str, Any]) -> tuple[list[Change], str]:
    """Place a task between those above and below it; an empty id is an end of the column."""
    above, below = (str(values.get(key) or "") or None for key in ("above", "below"))
    done = place(store, task.id, above=above, below=below, if_match=task.etag)
    if done.made is None:
        said = "by urgency; drop it above all others to place it by hand"
    else:
        said = "placed by hand"
        if (others := len(done.changes) - 1) > 0:
            said += f"; the column was spaced anew, which changed {others} more"
    return done.changes, f"{task.id}: {said}"


def _undo(store: Store, run: str) -> tuple[list[Change], str]:
    done = undo(store, run)
    ids = ", ".join(dict.fromkeys(change.id for record in done.made.records for change in record.files))
    return done.changes, f"{ids}: as before"


def _refuse(what: str, given: str, problem: str) -> TaskfilesError:
    remedy = "Reload the page, and choose one that it offers."
    return TaskfilesError("bad-value", option=what, given=f"“{given[:40]}”", problem=problem, remedy=remedy)
