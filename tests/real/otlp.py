"""Reads OTLP as the published types of the protocol do.

otlp.py ready URL    waits until the collector at URL answers; it must refuse what is no OTLP
"""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

READY_WITHIN = 20.0  # seconds


def spans(body: bytes) -> Iterator[dict[str, Any]]:
    """Each span in the form in which the library writes one to a file, with its id, resource and scope."""
    for traces in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in traces.scope_spans:
            for span in scope.spans:
                yield {
                    "id": span.trace_id.hex() + span.span_id.hex(),
                    "resource": attributes(traces.resource.attributes),
                    "scope": scope.scope.name,
                    "span": {
                        "span": span.name,
                        "start": time_of(span.start_time_unix_nano),
                        "end": time_of(span.end_time_unix_nano),
                        "failed": span.status.code == Status.STATUS_CODE_ERROR,
                        "attributes": attributes(span.attributes),
                    },
                }


def logs(body: bytes) -> Iterator[dict[str, Any]]:
    for found in ExportLogsServiceRequest.FromString(body).resource_logs:
        for scope in found.scope_logs:
            for record in scope.log_records:
                yield {
                    "severity": record.severity_text,
                    "event": record.event_name,
                    "resource": attributes(found.resource.attributes),
                    "attributes": attributes(record.attributes),
                }


def attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: value(pair.value) for pair in pairs}


def value(any_value: Any) -> Any:
    kind = any_value.WhichOneof("value")
    if kind == "kvlist_value":
        return attributes(any_value.kvlist_value.values)
    if kind == "array_value":
        return [value(item) for item in any_value.array_value.values]
    return None if kind is None else getattr(any_value, kind)


def time_of(nanos: int) -> str:
    return datetime.fromtimestamp(nanos / 1e9, UTC).isoformat().replace("+00:00", "Z")


def wait_until_ready(url: str) -> None:
    end = time.monotonic() + READY_WITHIN
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{url}/v1/traces", b"\xff\xff")) as answer:
                sys.exit(f"Rotel: expected 400 for bytes that are no OTLP, found {answer.status}")
        except urllib.error.HTTPError as error:
            if 400 <= error.code < 500:
                return
            sys.exit(f"Rotel: expected 400 for bytes that are no OTLP, found {error.code}")
        except OSError as error:
            if time.monotonic() > end:
                sys.exit(f"Rotel: expected an answer within {READY_WITHIN:.0f} s, found: {error}")
            time.sleep(0.1)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ready", url]:
            wait_until_ready(url)
        case _:
            sys.exit(__doc__)
