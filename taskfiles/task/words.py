"""The words of the format: an enumeration for each key whose values are fixed.

The published schemas contain the docstrings of these classes.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The levels of the hierarchy, the highest first."""

    EPIC = "epic"
    STORY = "story"
    TASK = "task"

    @classmethod
    def below(cls, kind: object) -> Kind:
        """Return the kind that a child has where none is given: the next level; of no parent, a task.

        >>> Kind.below("epic"), Kind.below("story"), Kind.below(None)
        (<Kind.STORY: 'story'>, <Kind.TASK: 'task'>, <Kind.TASK: 'task'>)
        """
        return cls.STORY if kind == cls.EPIC else cls.TASK


class State(StrEnum):
    """Where a task stands in its life."""

    IDEA = "idea"
    READY = "ready"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    CANCELED = "canceled"


CLOSED = frozenset((State.DONE, State.CANCELED))


class Priority(StrEnum):
    """How urgent a task is, the least first."""

    NONE = "none"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Size(StrEnum):
    """How much work a task is, the least first."""

    TINY = "tiny"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    XL = "xl"


class Ambiguity(StrEnum):
    """How much a task leaves open."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ExecutorLevel(StrEnum):
    """What kind of executor a task asks for."""

    SIMPLE = "simple"
    STANDARD = "standard"
    EXPERT = "expert"
    HUMAN_REVIEW = "human_review"


class Isolation(StrEnum):
    """How far a task's changes reach, the narrowest first."""

    ISOLATED = "isolated"
    MODULE = "module"
    SHARED = "shared"
    GLOBAL = "global"


class ExecutionStatus(StrEnum):
    """How an attempt's session ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Outcome(StrEnum):
    """The canonical outcomes."""

    SUCCESS = "success"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    FAILED = "failed"


class LinkType(StrEnum):
    """The places that a link may point to."""

    GITHUB_ISSUE = "github_issue"
    LINEAR = "linear"
    URL = "url"
    FILE = "file"
    TASK = "task"


# The key that says where a link of a type leads.
LINK_TARGETS: dict[str, str] = {
    LinkType.GITHUB_ISSUE.value: "number",
    LinkType.LINEAR.value: "key",
    LinkType.URL.value: "url",
    LinkType.FILE.value: "path",
    LinkType.TASK.value: "id",
}


class Relation(StrEnum):
    """What a task that is linked to is to the task, beside what waits for what."""

    RELATED = "related"
    DUPLICATES = "duplicates"
    SUPERSEDES = "supersedes"
    DISCOVERED_FROM = "discovered-from"


class CostSource(StrEnum):
    """Where a cost comes from."""

    REPORTED = "reported"
    COMPUTED = "computed"
    ESTIMATED = "estimated"


class ErrorType(StrEnum):
    """What kind of failure ended an attempt, one vocabulary for all tools."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    NETWORK = "network"
    CONTEXT_OVERFLOW = "context_overflow"
    OUTPUT_LIMIT = "output_limit"
    REFUSAL = "refusal"
    MAX_TURNS = "max_turns"
    BUDGET = "budget"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    ORPHANED = "orphaned"
    GATE_FAILED = "gate_failed"
    INVALID_INPUT = "invalid_input"
    PRECONDITION = "precondition"
    AGENT_ERROR = "agent_error"
