"""The topics of `tasks help`, each with what it is about; their texts are in `taskfiles_cli/topics/`."""

from __future__ import annotations

TOPICS = {
    "agent": "A guide for agents: the loop, claims, JSON, exit codes, what not to do.",
    "exit-codes": "What each exit code means, and every error behind it.",
    "format": "The task file: places, keys, values, attempts, rules.",
    "json": "What the machine-readable outputs promise.",
    "ranking": "How `tasks next` ranks: each part with its points.",
}
