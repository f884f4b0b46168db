"""Examples of every event and payload, as the published schemas show them."""

from __future__ import annotations

from typing import Any

_CHANGES = [{"path": "tasks/fix-navbar.md", "field": "priority", "from": "normal", "to": "high"}]
_ATTEMPT = "0199c6f2-5a00-7000-8000-000000000001"
_PLAN_ID = "multiwf-6e1f3f6a15c54f3a8366d77ba47cbe1d"

COMPLETION: dict[str, Any] = {
    "task_type": "bugfix",
    "complexity": "moderate",
    "complexity_source": "assessed",
    "language": "typescript",
    "ambiguity": "medium",
    "harness": "claude_code",
    "model": "claude-sonnet-4-20250514",
    "provider": "anthropic",
    "task_duration_ms": 585000,
    "estimated_input_tokens": None,
    "estimated_output_tokens": None,
    "actual_input_tokens": 48210,
    "actual_output_tokens": 3901,
    "estimated_cost_usd_micros": None,
    "actual_cost_usd_micros": 203145,
    "attempts": 3,
    "cost_known_attempts": 3,
    "quality_gate_passed": True,
    "quality_gates_run": ["build", "lint", "test"],
    "quality_gates_failed": [],
    "context_compactions": 1,
    "context_rotations": 0,
    "context_utilization_final": 0.42,
    "outcome": "success",
    "retry_count": 2,
    "repo_size_category": "medium",
}

# The three examples of the multi-workflow telemetry, as it gives them.
PLAN_CREATED: dict[str, Any] = {
    "plan_id": _PLAN_ID,
    "issue_number": 482,
    "stage_count": 2,
    "workflow_count": 3,
    "allow_partial_success": True,
    "preview_only": False,
    "selection_reason": "multi_label_match",
    "selection_message": "Labels matched compliance-advisory and enforcement-snapshot workflows",
    "stages": [
        {
            "index": 0,
            "run_mode": "parallel",
            "workflows": ["compliance-advisory", "policy-overview"],
            "blocking_conflicts": ["deliverable:weekly-report"],
        },
        {
            "index": 1,
            "run_mode": "sequential",
            "workflows": ["enforcement-snapshot"],
            "blocking_conflicts": [],
        },
    ],
}
EXECUTED: dict[str, Any] = {
    "issue_number": 482,
    "plan_id": _PLAN_ID,
    "stage_count": 2,
    "workflow_count": 3,
    "preview_only": False,
    "allow_partial_success": True,
    "overall_timeout_seconds": None,
    "stage_runs": [
        {
            "index": 0,
            "run_mode": "parallel",
            "blocking_conflicts": ["deliverable:weekly-report"],
            "workflows": [
                {
                    "workflow_name": "compliance-advisory",
                    "status": "executed",
                    "created_files": ["study/482/compliance-advisory/report.md"],
                    "message": "Workflow executed successfully.",
                },
                {
                    "workflow_name": "policy-overview",
                    "status": "executed",
                    "created_files": ["study/482/policy-overview/summary.md"],
                    "message": "Workflow executed successfully.",
                },
            ],
        },
        {
            "index": 1,
            "run_mode": "sequential",
            "blocking_conflicts": [],
            "workflows": [
                {
                    "workflow_name": "enforcement-snapshot",
                    "status": "executed",
                    "created_files": ["study/482/enforcement-snapshot/digest.md"],
                    "message": "Workflow executed successfully.",
                }
            ],
        },
    ],
    "status": "executed",
    "errors": [],
}
_SKIPPED = {
    "status": "skipped",
    "message": "Multi-workflow execution skipped due to preview-only mode.",
}
SKIPPED: dict[str, Any] = {
    "issue_number": 482,
    "plan_id": _PLAN_ID,
    "stage_count": 2,
    "workflow_count": 3,
    "preview_only": True,
    "allow_partial_success": True,
    "stage_runs": [
        {
            "index": 0,
            "run_mode": "parallel",
            "blocking_conflicts": ["deliverable:weekly-report"],
            "workflows": [
                {"workflow_name": "compliance-advisory", **_SKIPPED},
                {"workflow_name": "policy-overview", **_SKIPPED},
            ],
        },
        {
            "index": 1,
            "run_mode": "sequential",
            "blocking_conflicts": [],
            "workflows": [{"workflow_name": "enforcement-snapshot", **_SKIPPED}],
        },
    ],
    "status": "skipped",
    "skip_reason": "preview_only_guard",
}


def _event(
    name: str,
    action: str,
    payload: dict[str, Any],
    *,
    subject: str | None = None,
    outcome: str = "success",
    reason: str | None = None,
    **common: Any,
) -> dict[str, Any]:
    time = "2026-11-21T05:00:00.000Z"
    run_id = "5f1d7a52-8f0e-4b51-9c0a-3f3f0a6c9f10"
    return {
        "specversion": "1.0",
        "id": "019a9f6e-8a00-7c31-9a55-0242ac120002",
        "source": "urn:taskfiles:example",
        "type": name,
        **({} if subject is None else {"subject": subject}),
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": f"urn:taskfiles:schema:v1:event.{name}",
        "correlationid": run_id,
        "sequence": "1795237200000000000.000001",
        "data": {
            "run_id": run_id,
            "repo": "example",
            "issue_number": 482,
            "event_type": name,
            "applied_rules": [],
            "changes_made": [],
            "timestamp": time,
            "action": action,
            "outcome": outcome,
            "reason": reason,
            "actor": "user 1000 session 4242",
            **common,
            **payload,
        },
    }


_EVENTS = [
    _event(
        "task.changed",
        "task.update",
        {},
        subject="fix-navbar",
        applied_rules=["refresh-updated-at"],
        changes_made=_CHANGES,
    ),
    _event("attempt.recorded", "attempt.record", {"attempt_ids": [_ATTEMPT]}, subject="fix-navbar"),
    _event("attempt.reviewed", "attempt.review", {"attempt_ids": [_ATTEMPT]}, subject="fix-navbar"),
    _event("task.completion", "task.complete", {"completion": COMPLETION}, subject="fix-navbar"),
    _event("multi_workflow.plan_created", "plan.create", PLAN_CREATED),
    _event("multi_workflow.execution_summary", "plan.create", SKIPPED),
    _event(
        "decision.recorded",
        "task.claim",
        {"rule": "claim", "decision": "refused"},
        subject="fix-navbar",
        outcome="blocked",
        reason="claimed",
    ),
    _event("telemetry.write", "telemetry.write", {"sink": "dir:/var/log/tasks", "records": 12}),
    _event(
        "telemetry.write.failed",
        "telemetry.write.failed",
        {"sink": "local", "dropped": 1},
        outcome="failed",
        reason="no space left on device",
    ),
]

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    **{f"event.{example['type']}": [example] for example in _EVENTS},
    "payload.task.completion": [COMPLETION],
    "payload.multi_workflow.plan_created": [PLAN_CREATED],
    "payload.multi_workflow.execution_summary": [EXECUTED, SKIPPED],
    "payload.attempt.recorded": [{"attempt_ids": [_ATTEMPT]}],
    "payload.attempt.reviewed": [{"attempt_ids": [_ATTEMPT]}],
    "payload.decision.recorded": [{"rule": "claim", "decision": "refused"}],
    "payload.telemetry.write": [{"sink": "dir:/var/log/tasks", "records": 12}],
    "payload.telemetry.write.failed": [{"sink": "local", "dropped": 1}],
}
