"""A real OTLP/HTTP receiver: takes JSON, and reads it with OpenTelemetry's own message classes."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_IDS = {"traceId", "spanId", "parentSpanId"}


def _standard(value: Any) -> Any:
    """OTLP/JSON writes ids as hexadecimal digits, where protocol buffers have base64: the one difference."""
    if isinstance(value, dict):
        return {
            name: base64.b64encode(bytes.fromhex(item)).decode() if name in _IDS else _standard(item)
            for name, item in value.items()
        }
    return [_standard(item) for item in value] if isinstance(value, list) else value


def decode_traces(payload: Any) -> ExportTraceServiceRequest:
    """Read a request for /v1/traces; an unknown field or a wrong type is an error."""
    return json_format.ParseDict(_standard(payload), ExportTraceServiceRequest())


def decode_logs(payload: Any) -> ExportLogsServiceRequest:
    """Read a request for /v1/logs."""
    return json_format.ParseDict(_standard(payload), ExportLogsServiceRequest())


def spans_of(request: ExportTraceServiceRequest) -> list[Any]:
    """All spans of a request, in order."""
    return [
        span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans
    ]


def records_of(request: ExportLogsServiceRequest) -> list[Any]:
    """All log records of a request, in order."""
    return [
        record
        for resource in request.resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]


class Receiver:
    """What was received, and what is answered: a status, and a body; `refuses` may give a body a status."""

    def __init__(self) -> None:
        self.traces: list[ExportTraceServiceRequest] = []
        self.logs: list[ExportLogsServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        self.status, self.answer = 200, "{}"
        self.location = ""
        self.retry_after = ""
        self.refuses: Callable[[str], int | None] = lambda _: None
        self.url = ""

    @property
    def spans(self) -> list[Any]:
        """All spans, in order."""
        return [span for request in self.traces for span in spans_of(request)]

    @property
    def records(self) -> list[Any]:
        """All log records, in order."""
        return [record for request in self.logs for record in records_of(request)]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            body = json.loads(text)
            receiver.headers.append(dict(self.headers))
            assert self.headers["Content-Type"] == "application/json"
            status = receiver.refuses(text) or receiver.status
            if status == 200:
                kind = {"/base/v1/traces": receiver.traces, "/base/v1/logs": receiver.logs}[self.path]
                decode = decode_traces if kind is receiver.traces else decode_logs
                kind.append(decode(body))  # type: ignore[attr-defined]  # of its own kind
            self.send_response(status)
            if receiver.retry_after:
                self.send_header("Retry-After", receiver.retry_after)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
            self.wfile.write(receiver.answer.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/base"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
