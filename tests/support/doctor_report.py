"""`tasks doctor` as tests ask it, and what it has found."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from support.in_process import call
from support.project import Done, Project
from taskfiles.schema.files import read_schema

SCHEMA = Draft202012Validator(read_schema("doctor"))


def look(project: Project, *options: str, env: dict[str, str] | None = None) -> Done:
    """Let doctor look; its answer is of its schema, and its exit code says whether something is wrong."""
    done = call(project, "doctor", *options, "--output", "json", env=env)
    SCHEMA.validate(done.json)
    assert done.code == int(done.json["summary"]["wrong"] > 0)
    return done


def results(done: Done, check: str, status: str | None = "wrong") -> list[dict[str, Any]]:
    """The rows of a check that have a status, or all of them."""
    rows = [row for row in done.json["results"] if row["check"] == check]
    return [row for row in rows if status in {None, row["status"]}]
