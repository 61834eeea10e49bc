"""What a collector's ClickHouse exporter writes: a row for each log record.

An attribute becomes a text: lists and maps as JSON in the form of Go's encoder, with sorted keys.
"""

import json
from collections.abc import Iterator
from typing import Any


def rows(line: str) -> Iterator[dict[str, Any]]:
    """The rows for an `ExportLogsServiceRequest` in the JSON of OTLP."""
    for resource in json.loads(line)["resourceLogs"]:
        of_program = attributes(resource["resource"]["attributes"])
        for scope in resource["scopeLogs"]:
            for record in scope["logRecords"]:
                yield row(record, of_program, scope)


def row(record: dict[str, Any], of_program: dict[str, str], scope: dict[str, Any]) -> dict[str, Any]:
    nanos = int(record.get("timeUnixNano") or 0) or int(record.get("observedTimeUnixNano") or 0)
    return {
        "Timestamp": nanos,
        "TraceId": record.get("traceId", ""),
        "SpanId": record.get("spanId", ""),
        "TraceFlags": record.get("flags", 0),
        "SeverityText": record.get("severityText", ""),
        "SeverityNumber": record.get("severityNumber", 0),
        "ServiceName": of_program.get("service.name", ""),
        "Body": text(plain(record.get("body"))),
        "ResourceAttributes": of_program,
        "ScopeName": scope["scope"]["name"],
        "LogAttributes": attributes(record["attributes"]),
        "EventName": record.get("eventName", ""),
    }


def attributes(pairs: list[dict[str, Any]]) -> dict[str, str]:
    return {pair["key"]: text(plain(pair["value"])) for pair in pairs}


def text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def plain(value: dict[str, Any] | None) -> Any:
    if not value:
        return None
    (kind, inside), = value.items()
    match kind:
        case "kvlistValue":
            return {pair["key"]: plain(pair["value"]) for pair in inside["values"]}
        case "arrayValue":
            return [plain(element) for element in inside["values"]]
        case "intValue":
            return int(inside)
        case _:
            return inside
