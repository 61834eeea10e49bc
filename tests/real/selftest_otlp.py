"""Checks of the checks: a good span and a good log pass, and every fault is found. Needs no collector."""

import copy
import json
import unittest
from typing import Any

import check_otlp
import check_own
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from recorded import Request

NAMES = {"host name": "telemetry-host-7f3a"}
COMMON = {"crewai_version": "1", "coding_agent": "unknown", "runtime_context": "ci", "project_id": ""}
KEY, ID = "0" * 32, "6ba7b810-9dad-41d1-80b4-00c04fd430c8"


def span(name: str = "Task Created", **attributes: Any) -> dict[str, Any]:
    own = {"crew_key": KEY, "crew_id": ID, "task_key": KEY, "task_id": ID}
    return {
        "id": "1",
        "resource": {"service.name": "crewAI-telemetry"},
        "scope": "crewai.telemetry",
        "span": {
            "span": name,
            "start": "2026-11-20T12:00:00Z",
            "end": "2026-11-20T12:00:01Z",
            "failed": False,
            "attributes": COMMON | own | attributes,
        },
    }


def log() -> dict[str, Any]:
    return {
        "severity": "ERROR",
        "event": "exception",
        "resource": {"service.name": "crawl4ai"},
        "attributes": {
            "exception.type": "crew_usage::SearchTimeout",
            "exception.message": "no answer from [url]",
            "exception.stacktrace": "…\n   0: crew_usage::search",
        },
    }


def body(text: str = "a name", id: bytes = b"") -> bytes:
    """A request with one span."""
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(span_id=id)
    span.attributes.add(key="agent_role").value.string_value = text
    return request.SerializeToString()


class OwnSpans(unittest.TestCase):
    def spans(self) -> list[dict[str, Any]]:
        def one(**shared: Any) -> dict[str, Any]:
            attributes = {"service.version": "1"} | check_own.DECLARED | shared
            inner = {"span": "Forecast Asked", "failed": False, "attributes": attributes}
            return {"resource": check_own.SERVICE, "scope": "weather.telemetry", "span": inner}

        return [one(), one(**check_own.QUESTION)]

    def test_good_ones_pass_and_every_fault_is_found(self) -> None:
        self.assertEqual(check_own.problems_of_spans(self.spans()), [])
        good = self.spans()
        self.assertNotEqual(check_own.problems_of_spans(good[:1]), [])
        self.assertNotEqual(check_own.problems_of_spans([good[1], good[1]]), [], "not shared, and sent")
        for name, value in (("service.version", ""), ("days", "7"), ("crew_key", "0")):
            faulty = self.spans()
            faulty[0]["span"]["attributes"][name] = value
            self.assertNotEqual(check_own.problems_of_spans(faulty), [], name)
        faulty = self.spans()
        faulty[1]["scope"] = "crewai.telemetry"
        self.assertNotEqual(check_own.problems_of_spans(faulty), [])


class Spans(unittest.TestCase):
    schema = check_otlp.schema()

    def test_a_good_span_passes(self) -> None:
        self.assertEqual(check_otlp.problems_of_span(span(), self.schema), [])
        created = span("Crew Created", crew_agents=json.dumps([{"key": KEY, "id": ID, "verbose?": False}]))
        for name in ("task_key", "task_id"):
            del created["span"]["attributes"][name]
        self.assertEqual(check_otlp.problems_of_span(created, self.schema), [])
        self.assertEqual(check_otlp.shared_tier(created["span"], self.schema), [])

    def test_every_fault_is_found(self) -> None:
        faults = [
            span("Task Described"),
            span(prompt="who is Ada?"),
            span(crew_key="not a hash"),
            span(agent_role=7),
            span(coding_agent="emacs"),
            span("Crew Created", crew_agents=json.dumps([{"password": "x"}])),
            span() | {"resource": {"service.name": "crewAI-telemetry", "host.name": "x"}},
        ]
        for fault in faults:
            with self.subTest(fault["span"]):
                self.assertNotEqual(check_otlp.problems_of_span(fault, self.schema), [])

    def test_the_shared_tier_is_known(self) -> None:
        shared = span(formatted_description="x")["span"]
        self.assertEqual(check_otlp.shared_tier(shared, self.schema), ["formatted_description"])
        agents = span("Crew Created", crew_agents=json.dumps([{"goal": "x"}]))["span"]
        for name in ("task_key", "task_id"):
            del agents["attributes"][name]
        self.assertEqual(check_otlp.shared_tier(agents, self.schema), ["crew_agents.goal"])

    def test_sharing_is_told_apart_by_crew(self) -> None:
        other = "00000000-0000-4000-8000-000000000000"
        good = [span(), span(crew_id=other, formatted_description="all of Initech")]
        self.assertEqual(check_otlp.problems_of_sharing(good, self.schema), [])
        for bad in (
            [span(), span(crew_id=other)],
            [span(formatted_description="x"), span(crew_id=other, formatted_description="Initech")],
            [span(agent_role="Initech"), span(crew_id=other, formatted_description="Initech")],
        ):
            self.assertNotEqual(check_otlp.problems_of_sharing(bad, self.schema), [])


class TheRest(unittest.TestCase):
    def test_logs(self) -> None:
        self.assertEqual(check_otlp.problems_of_logs([log()]), [])
        self.assertNotEqual(check_otlp.problems_of_logs([]), [])
        for key in ("severity", "event"):
            self.assertNotEqual(check_otlp.problems_of_logs([log() | {key: "x"}]), [])
        for name in log()["attributes"]:
            bad = copy.deepcopy(log())
            bad["attributes"][name] = "no answer from https://search.example.com"
            self.assertNotEqual(check_otlp.problems_of_logs([bad]), [])

    def test_requests(self) -> None:
        def request(headers: str, body: bytes) -> Request:
            head = f"POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1:1\r\n{headers}\r\n".encode()
            return Request("0001.request", head + body)

        names = NAMES | {"user name": "vm"}
        self.assertEqual(check_otlp.problems_of_request(request("", b""), names), [])
        self.assertEqual(check_otlp.problems_of_request(request("", body(id=b"\x01p vm*\x0e")), names), [])
        for bad in (
            request("X-Host: host\r\n", b""),
            request("", body("for ada.lovelace@example.org")),
            request("", body("search.example.com")),
            request("", body("on telemetry-host-7f3a")),
            request("", body("on vm")),
            request("", body(id=b"telemetry-host-7f3a")),
        ):
            self.assertNotEqual(check_otlp.problems_of_request(bad, names), [])


if __name__ == "__main__":
    unittest.main()
