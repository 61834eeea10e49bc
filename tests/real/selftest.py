"""Checks of the checks: a good sample passes, and every fault is found. Needs no server."""

import copy
import json
import unittest
import urllib.parse
from collections.abc import Callable
from typing import Any

import check_bugsink
import check_relay
import check_wire
import sample
from recorded import Request, items

NAMES = {"host name": "vm", "user name": "root", "home folder": "/root"}
ERROR, PANIC = 0, 1

Fault = Callable[[dict[str, Any]], object]


def request(event: dict[str, Any], headers: str = "") -> Request:
    head = f"POST /api/1/envelope/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n{headers}\r\n"
    return Request("0001.request", head.encode() + sample.envelope(event))


def stored(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events as `check_bugsink.read_all` finds them."""
    found = []
    for event in copy.deepcopy(events):
        exceptions = event["exception"]["values"]
        issue = {"calculated_type": exceptions[-1]["type"], "calculated_value": exceptions[-1]["value"]}
        own = [
            f["function"]
            for e in exceptions
            for f in e.get("stacktrace", {}).get("frames", [])
            if f["in_app"]
        ]
        shown = f"### src/main.rs:7 in `{own[-1] if own else ''}` [in-app]"
        found.append({"data": event, "issue": issue, "row": {}, "stacktrace": shown})
    return found


def frames(event: dict[str, Any]) -> list[dict[str, Any]]:
    return list(event["exception"]["values"][-1]["stacktrace"]["frames"])


class TheWire(unittest.TestCase):
    def test_a_good_request_passes(self) -> None:
        self.assertEqual(
            check_wire.problems(request(sample.events()[ERROR], "User-Agent: sample/1\r\n"), NAMES), []
        )

    def test_what_was_planted_is_found_whatever_it_is_wrapped_in(self) -> None:
        for leak in (
            "https://api.example.com/v1/crawl?token=tk_live_51HxQ2eZvKYlo2C9dGfQ&user=ada",
            "ADA.LOVELACE@example.org",
            "/home/ada/Documents/customers.html",
            urllib.parse.quote("/home/ada/Documents/", safe=""),
            '"\\"\\/home\\/ada\\""',
            "203.0.113.42",
            "\\u{2f}home\\x2fada",
        ):
            with self.subTest(leak):
                event = sample.events()[ERROR]
                event["contexts"]["crawl"]["note"] = f"see {leak}"
                self.assertIn("planted", "".join(check_wire.problems(request(event), NAMES)))

    def test_names_of_the_machine_are_found_as_words(self) -> None:
        for text, leaks in (
            ("host=vm;", True),
            ("vmlinux", False),
            ("/var/root", True),
            ("[root]", True),
            ("rooted", False),
        ):
            with self.subTest(text):
                event = sample.events()[ERROR] | {"transaction": text}
                self.assertEqual(bool(check_wire.problems(request(event), NAMES)), leaks)

    def test_a_leak_in_a_header_is_found(self) -> None:
        for header in ("X-Forwarded-For: 10.0.0.1", "Cookie: a=b", "User-Agent: sample on vm"):
            with self.subTest(header):
                self.assertNotEqual(
                    check_wire.problems(request(sample.events()[ERROR], header + "\r\n"), NAMES), []
                )

    def test_keys_paths_and_settings_are_looked_at(self) -> None:
        faults: tuple[Fault, ...] = (
            lambda e: e.update(server_name="x"),
            lambda e: e.update(user={"ip_address": "x"}),
            lambda e: e["sdk"].pop("settings"),
            lambda e: frames(e)[0].update(filename="/build/src/main.rs"),
            lambda e: e.update(debug_meta={"images": [{"code_file": "C:\\build\\main.exe"}]}),
        )
        for fault in faults:
            event = sample.events()[ERROR]
            fault(event)
            self.assertEqual(len(check_wire.problems(request(event), NAMES)), 1)

    def test_envelopes_are_read_with_and_without_lengths(self) -> None:
        event = json.dumps(sample.events()[ERROR]).encode()
        text = (
            b'{}\n{"type":"event"}\n'
            + event
            + b'\n{"type":"other","length":3}\na\nb\n{"type":"event"}\n'
            + event
        )
        self.assertEqual([payload for _, payload in items(text)], [event, b"a\nb", event])


class Relay(unittest.TestCase):
    def test_good_events_pass(self) -> None:
        for event in sample.events():
            self.assertEqual(check_relay.problems(event), [])

    def test_what_it_objects_to_or_rewrites_is_found(self) -> None:
        faults: tuple[dict[str, Any], ...] = (
            {"timestamp": "yesterday"},
            {"tags": {"an odd key!": "x"}},
            {"tags": {"long": "x" * 300}},
            {"tags": {"k" * 300: "x"}},
            {"level": "dreadful"},
            {"exception": {"values": [{"type": "x", "value": "y", "mechanism": {"handled": True}}]}},
            {"event_id": "x"},
            {"environment": "a/b"},
        )
        for fault in faults:
            with self.subTest(fault):
                self.assertNotEqual(check_relay.problems(sample.events()[ERROR] | fault), [])


class Bugsink(unittest.TestCase):
    def problems(self, events: list[dict[str, Any]]) -> list[str]:
        return check_bugsink.problems(stored(events), sample.events(), NAMES)

    def test_good_events_pass(self) -> None:
        self.assertEqual(self.problems(sample.events()), [])

    def test_a_missing_event_is_found(self) -> None:
        for gone in (ERROR, PANIC):
            events = sample.events()
            del events[gone]
            self.assertNotEqual(self.problems(events), [])

    def test_an_event_that_nobody_expects_is_found(self) -> None:
        other = sample.event("33" * 16, "error", [sample.exception("Other", "x", "generic")])
        self.assertNotEqual(self.problems([*sample.events(), other]), [])

    def test_an_event_that_its_schema_refuses_is_found(self) -> None:
        faults: tuple[dict[str, Any], ...] = (
            {"platform": 7},
            {"sdk": {"name": "x"}},
            {"exception": {"values": [{"type": []}]}},
            {"tags": 3},
        )
        for fault in faults:
            with self.subTest(fault):
                self.assertNotEqual(check_bugsink.schema_faults(sample.events()[ERROR] | fault), [])

    def test_an_event_that_says_too_little_is_found(self) -> None:
        def reporter_on_top(event: dict[str, Any]) -> None:
            frames(event).pop()
            event["exception"]["values"][-1]["stacktrace"]["frames"].append(
                {"function": "crawl4ai_telemetry::capture", "module": "x", "in_app": True}
            )

        faults: tuple[Fault, ...] = (
            lambda e: e["exception"]["values"][-1].update(value="cannot fetch"),
            lambda e: e["exception"]["values"][-1].update(type="Other"),
            lambda e: e["exception"]["values"].pop(0),
            lambda e: e["exception"]["values"][0].update(value="connection refused"),
            lambda e: e.update(extra={"retries": 3}),
            lambda e: e["exception"]["values"][-1].pop("stacktrace"),
            lambda e: frames(e)[-1].update(in_app=False),
            lambda e: frames(e)[0].update(in_app=True),
            lambda e: e["tags"].pop("privacy"),
            lambda e: e.update(transaction="by root"),
            lambda e: e.update(user={"username": "x"}),
            reporter_on_top,
        )
        for fault in faults:
            events = sample.events()
            fault(events[ERROR])
            self.assertNotEqual(self.problems(events), [], events[ERROR])


if __name__ == "__main__":
    unittest.main()
