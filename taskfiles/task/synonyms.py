"""Words that people and other tools write for ours: one table, from which every hint and error names ours.

Nothing is read as something else: a file says what it says, and a synonym is pointed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taskfiles.basics.nearest import find_nearest

# Ours, and what others call it; keys that the format does not have yet are never offered.
_KEYS: dict[str, str] = {
    "title": "name summary subject heading",
    "kind": "type issue_type issuetype level",
    "task_type": "type category",
    "parent": "parent_id parentid epic epic_id parent_task belongs_to",
    "children": "subtasks sub_tasks child_ids",
    "state": "status stage progress column",
    "blocked": "blocked_reason blocker on_hold",
    "priority": "prio urgency importance severity",
    "size": "effort t_shirt_size tshirt",
    "complexity": "difficulty",
    "touches": "files paths globs",
    "deliverables": "outputs artifacts",
    "depends_on": "dependencies dependency depends deps requires blocked_by needs prerequisites after",
    "blocks": "blocking unblocks",
    "assignees": "assignee assigned assigned_to owner owners responsible",
    "labels": "label tags tag keywords",
    "track": "workstream area component",
    "milestone": "release fix_version target_version",
    "language": "lang programming_language",
    "created_at": "created date_created created_date created_on creation_date",
    "updated_at": "updated modified modified_at last_modified updated_date last_updated",
    "completed_at": "completed completed_date closed closed_at done_at finished_at resolved resolved_at",
    "links": "link issues references",
    "commit_message": "commit_msg",
    "due": "due_date due_at duedate deadline due_on",
    "not_before": "start_date scheduled defer defer_until start_on",
    "estimate_minutes": "estimate time_estimate estimated_minutes",
    "rank": "order position ordinal",
    "created_by": "author reporter creator",
    "close_reason": "resolution closed_reason",
}
# By the enumeration: our word, and other words for it.
_WORDS: dict[str, dict[str, str]] = {
    "State": {
        "idea": "backlog new draft proposed icebox someday triage inbox",
        "ready": "todo to-do open planned next approved unstarted pending not-started",
        "in-progress": "doing started active wip inprogress working ongoing review in-review",
        "done": "closed complete completed finished resolved fixed merged shipped",
        "canceled": "cancelled wontfix won't-fix rejected abandoned dropped obsolete invalid duplicate",
    },
    "Priority": {
        "none": "p4 unset",
        "low": "p3 lowest minor trivial",
        "normal": "p2 medium mid moderate default",
        "high": "p1 major important",
        "urgent": "p0 critical highest blocker asap emergency",
    },
    "Size": {
        "tiny": "xs extra-small trivial",
        "small": "s",
        "medium": "m normal",
        "large": "l big",
        "xl": "xxl extra-large huge",
    },
    "Ambiguity": {"low": "clear none", "medium": "normal moderate", "high": "unclear vague"},
    "Kind": {
        "epic": "initiative theme project",
        "story": "user-story feature-set",
        "task": "bug feature chore issue subtask sub-task improvement spike",
    },
    "ExecutorLevel": {"simple": "junior basic", "expert": "senior", "human_review": "human manual"},
    "Isolation": {"isolated": "file local none", "global": "repo repository all", "shared": "cross-cutting"},
    "ExecutionStatus": {
        "completed": "complete done success succeeded passed ok finished",
        "failed": "failure error errored fail",
        "abandoned": "canceled cancelled aborted interrupted",
    },
    "Outcome": {
        "success": "succeeded completed passed ok done",
        "partial": "partially incomplete",
        "failed": "failure error fail",
    },
}


def _fold(text: str) -> str:
    return "-".join(text.strip().casefold().replace("_", " ").replace("-", " ").split())


_LEAST = 0.8  # keys of people's own are many: `estimate` is no slip for `state`


def suggest_key(given: str, known: Sequence[str]) -> str:
    """Return a hint that names our key for another's, or the nearest one; empty if there is none.

    >>> suggest_key("tags", ["labels", "title"]), suggest_key("titel", ["labels", "title"])
    ('Did you mean labels? ', 'Did you mean title? ')
    """
    folded = _fold(given)
    ours = [key for key, others in _KEYS.items() if key in known and folded in map(_fold, others.split())]
    near = " or ".join(ours) or find_nearest(given, known, _LEAST)
    return f"Did you mean {near}? " if near else ""


def find_word(kind: Iterable[str], given: str) -> str | None:
    """Return the word of an enumeration that is given or meant by another's; None if there is none.

    >>> from taskfiles.task.words import State
    >>> find_word(State, "In Progress"), find_word(State, "todo"), find_word(State, "blue")
    ('in-progress', 'ready', None)
    """
    folded = _fold(given)
    table = _WORDS.get(getattr(kind, "__name__", ""), {})
    for word in kind:
        if folded == _fold(word) or folded in map(_fold, table.get(str(word), "").split()):
            return str(word)
    return None


def suggest_word(kind: Iterable[str], given: str) -> str:
    """Return a hint that names our word of an enumeration for another's, or the nearest one; else nothing.

    >>> from taskfiles.task.words import Priority
    >>> suggest_word(Priority, "Critical"), suggest_word(Priority, "hihg"), suggest_word(Priority, "blue")
    ('Did you mean urgent? ', 'Did you mean high? ', '')
    """
    near = nearest_word(kind, given)
    return f"Did you mean {near}? " if near else ""


def nearest_word(kind: Iterable[str], given: str) -> str | None:
    """Return our word of an enumeration for another's, or the nearest one; None if none is near.

    >>> from taskfiles.task.words import Priority
    >>> nearest_word(Priority, "hihg"), nearest_word(Priority, "blue")
    ('high', None)
    """
    return find_word(kind, given) or find_nearest(given, [str(word) for word in kind]) or None
