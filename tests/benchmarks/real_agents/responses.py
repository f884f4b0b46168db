"""OpenAI's Responses, as Codex asks for them; always a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .exchange import Answer, Call, Failure, Hang, Json, Request, Usage, join_texts

WRITES_CACHE = False
ERRORS = {
    "authentication": (401, "invalid_api_key", "Incorrect API key provided."),
    "rate_limit": (429, "rate_limit_exceeded", "Rate limit reached."),
    "overloaded": (503, "server_is_overloaded", "The server is overloaded."),
    "context_overflow": (
        400,
        "context_length_exceeded",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
    ),
}
_NOTICE = "<subagent_notification>"  # that Codex adds by itself, in the user's name


def read(body: Json, path: str) -> Request:
    """Read a request."""
    prompt, results = "", list[str]()
    for item in body.get("input", []):
        if item.get("type") in {"function_call_output", "custom_tool_call_output"}:
            results.append(_text(item.get("output", "")))
        elif item.get("role") == "user" and not (said := _text(item["content"])).startswith(_NOTICE):
            prompt, results = said, []
    return Request(
        body.get("model", ""),
        frozenset(name for tool in body.get("tools", []) for name in _names(tool)),
        prompt,
        tuple(results),
        join_texts(body),
        True,
    )


def _names(tool: Json) -> list[str]:
    """Name a tool, or those of a namespace, with a dot behind its name."""
    name = str(tool.get("name") or tool.get("type"))
    return [f"{name}.{each['name']}" for each in tool["tools"]] if "tools" in tool else [name]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) else json.dumps(content)


def write(request: Request, answer: Answer | Hang, usage: Usage, number: int) -> Iterator[bytes]:
    """Write an answer; of a Hang the beginning."""
    response: Json = {"id": f"resp_{number:04}", "object": "response", "model": request.model, "output": []}
    yield _event("response.created", response=response | {"status": "in_progress"})
    item: Json = {"type": "message", "role": "assistant", "id": f"msg_{number:04}"}
    item["content"] = [{"type": "output_text", "text": answer.text, "annotations": []}]
    if isinstance(answer, Hang):
        yield _event("response.output_item.added", output_index=0, item=item | {"content": []})
        yield _event("response.output_text.delta", item_id=item["id"], delta=answer.text)
        return
    if answer.end == "refusal":
        item["content"] = [{"type": "refusal", "refusal": answer.text}]
    items = [item] + [_call(call, f"{number:04}_{place}") for place, call in enumerate(answer.calls)]
    for index, each in enumerate(items):
        yield _event("response.output_item.added", output_index=index, item=each)
        yield _event("response.output_item.done", output_index=index, item=each)
    response |= {"output": items, "usage": _usage(usage), "status": "completed"}
    if answer.end == "limit":
        response |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
        yield _event("response.incomplete", response=response)
    else:
        yield _event("response.completed", response=response)


def _call(call: Call, number: str) -> Json:
    space, _, name = call.tool.rpartition(".")
    item = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": name}
    return item | {"arguments": json.dumps(dict(call.arguments))} | ({"namespace": space} if space else {})


def _usage(usage: Usage) -> Json:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cache_read},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def _event(kind: str, **more: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()


def fail(failure: Failure) -> tuple[int, bytes]:
    """Give status and body of an error."""
    status, code, message = ERRORS[failure.kind]
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return status, json.dumps({"error": error}).encode()
