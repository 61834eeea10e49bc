//! The event, field by field: no field is missing, and no default has added one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

use std::env::consts::{ARCH, OS};

use crawl4ai_telemetry_conformance::sample;
use crawl4ai_telemetry_core::{Context, Level, Privacy, RawImage, Report, TelemetryProvider, Value as Raw};
use crawl4ai_telemetry_sentry::SentryProvider;
use sentry::Envelope;
use serde_json::{Value, json};

fn envelope(report: &Report) -> Vec<u8> {
    let provider = SentryProvider::new("https://0123456789abcdef@sentry.example.com/42").unwrap();
    provider.render(report).unwrap().bytes
}

fn event(report: &Report) -> Value {
    let bytes = envelope(report);
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    let [header, item, payload, b""] = lines[..] else { panic!("an envelope of three lines: {lines:?}") };
    let header: Value = serde_json::from_slice(header).unwrap();
    let id = report.id().to_string();
    assert_eq!(header["event_id"].as_str().unwrap().replace('-', ""), id);
    assert_eq!(header.as_object().unwrap().len(), 1, "nothing else, no time of sending: {header}");
    let item: Value = serde_json::from_slice(item).unwrap();
    assert_eq!(item, json!({ "type": "event", "length": payload.len() }));
    serde_json::from_slice(payload).unwrap()
}

fn sdk() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({ "name": "crawl4ai-telemetry", "version": version, "settings": { "infer_ip": "never" } })
}

/// The version of the compiler that builds this test, by `rustc --version`.
fn compiler() -> String {
    let said = std::process::Command::new("rustc").arg("--version").output().unwrap();
    String::from_utf8(said.stdout).unwrap().split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn an_error_with_causes() {
    let report = sample::error_report();
    let fingerprint = report.fingerprint().to_string();
    let frame = |function: &str, package: &str, filename: &str, line: u32, in_app: bool| json!({ "function": function, "package": package, "filename": filename, "lineno": line, "in_app": in_app });
    let expected = json!({
        "event_id": report.id().to_string(),
        "timestamp": 1_795_176_000.123,
        "level": "error",
        "platform": "native",
        "release": "sample-tool@1.4.2",
        "environment": "cli",
        "transaction": "sample_tool::fetch::get",
        "fingerprint": [fingerprint],
        "tags": {
            "arch": ARCH,
            "fingerprint": fingerprint,
            "kind": "error",
            "operation": "fetch",
            "privacy": "standard",
        },
        "exception": { "values": [
            { "type": "std::io::error::Error", "value": "Connection refused (os error 111)" },
            { "type": "sample_tool::net::ConnectError", "value": "connection to [email] failed" },
            {
                "type": "sample_tool::fetch::FetchError",
                "value": "cannot fetch page 3 of 12",
                "mechanism": { "type": "generic", "handled": true },
                "stacktrace": { "frames": [
                    frame("sample_tool::main", "sample_tool", "src/main.rs", 12, true),
                    frame(
                        "core::ops::function::FnOnce::call_once",
                        "core",
                        "library/core/src/ops/function.rs",
                        250,
                        false,
                    ),
                    frame("sample_tool::crawl::crawl::{closure#0}", "sample_tool", "src/crawl.rs", 41, true),
                    frame("sample_tool::fetch::get", "sample_tool", "src/fetch.rs", 88, true),
                ] },
            },
        ] },
        "extra": { "status_code": 404, "retries": 3, "strategy": "bfs", "cached": false },
        "contexts": {
            "os": { "type": "os", "name": "Debian", "version": "12" },
            "runtime": { "type": "runtime", "name": "rustc", "version": compiler() },
            "report": {
                "type": "unknown",
                "operations": ["crawl", "fetch"],
                "redactions": { "email": 1 },
                "losses": { "rate_limited": 2 },
            },
        },
        "sdk": sdk(),
    });
    assert_eq!(event(&report), expected);
}

#[test]
fn a_panic_of_a_stripped_binary_can_be_placed_and_symbolicated() {
    let report = sample::stripped_panic_report();
    let fingerprint = report.fingerprint().to_string();
    let debug_id = match OS {
        "linux" if cfg!(target_endian = "little") => "33221100-5544-7766-8899-aabbccddeeff",
        "windows" => "33221100-5544-7766-8899-aabbccddeeff-1234567",
        _ => "00112233-4455-6677-8899-aabbccddeeff",
    };
    let expected = json!({
        "event_id": report.id().to_string(),
        "timestamp": 1_795_176_000.123,
        "level": "fatal",
        "platform": "native",
        "release": "sample-tool@1.4.2",
        "environment": "cli",
        "transaction": "src/extract.rs:19",
        "fingerprint": [fingerprint],
        "tags": { "arch": ARCH, "fingerprint": fingerprint, "kind": "panic", "privacy": "standard" },
        "exception": { "values": [{
            "type": "panic",
            "value": "index out of bounds: the len is 3 but the index is 7",
            "mechanism": {
                "type": "panic",
                "handled": false,
                "data": { "file": "src/extract.rs", "line": 19, "column": 9 },
            },
            "stacktrace": { "frames": [
                { "instruction_addr": "0x10000010400", "in_app": false },
                { "instruction_addr": "0x1000002b330", "in_app": false },
                { "filename": "src/extract.rs", "lineno": 19, "colno": 9, "in_app": true },
            ] },
        }] },
        "debug_meta": { "images": [{
            "type": "symbolic",
            "name": "sample-tool",
            "arch": ARCH,
            "image_addr": "0x10000000000",
            "image_size": 0x40_0000,
            "id": debug_id,
            "code_id": sample::BUILD_ID,
        }] },
        "contexts": {
            "os": { "type": "os", "name": "Debian", "version": "12" },
            "runtime": { "type": "runtime", "name": "rustc", "version": compiler() },
            "report": { "type": "unknown", "thread": "worker-2" },
        },
        "sdk": sdk(),
    });
    assert_eq!(event(&report), expected);
}

#[test]
fn a_panic_is_handled_when_the_program_survived() {
    let mechanism = |report: &Report| event(report)["exception"]["values"][0]["mechanism"].clone();
    let fatal = sample::panic_report();
    assert_eq!(mechanism(&fatal)["handled"], false);
    assert_eq!(mechanism(&fatal)["type"], "panic");
    let survived = fatal.with_level(Level::Error);
    assert_eq!(mechanism(&survived)["handled"], true);
    assert_eq!(event(&survived)["level"], "error");
}

#[test]
fn where_functions_are_known_no_address_leaves() {
    let text = String::from_utf8(envelope(&sample::panic_report())).unwrap();
    assert!(!text.contains("instruction_addr") && !text.contains("debug_meta"), "{text}");
}

#[test]
fn a_strict_panic_says_where_it_happened() {
    let report = sample::report(sample::panic_event(), Privacy::Strict);
    assert_eq!(event(&report)["exception"]["values"][0]["value"], "src/extract.rs:19");
}

#[test]
fn an_address_of_the_user_is_there_only_when_the_report_has_one() {
    assert_eq!(event(&sample::email_report())["user"], json!({ "email": sample::EMAIL }));
    for (what, report) in sample::all() {
        let has_user = event(&report).get("user").is_some();
        assert_eq!(has_user, report.user_email().is_some(), "{what}");
    }
}

#[test]
fn an_empty_report_is_an_event_all_the_same() {
    let event = event(&sample::empty_report());
    assert_eq!(event["level"], "warning");
    assert_eq!(event.get("exception"), None);
    assert_eq!(event.get("transaction"), None);
}

#[test]
fn sentrys_own_types_read_the_envelope() {
    for (what, report) in sample::all() {
        let envelope = Envelope::from_slice(&envelope(&report)).unwrap();
        let event = envelope.event().unwrap();
        assert_eq!(event.event_id.as_bytes(), &report.id().to_bytes(), "{what}");
        assert_eq!(event.exception.len(), report.exceptions().len(), "{what}");
        assert_eq!((&event.server_name, &event.request), (&None, &None), "{what}");
        assert!(
            event.breadcrumbs.is_empty() && event.modules.is_empty() && event.threads.is_empty(),
            "{what}"
        );
    }
}

/// A report of the largest size.
fn largest() -> Report {
    let mut event = sample::error_event();
    let name = format!("sample_tool::{}", "wide_module::".repeat(40));
    let first = &mut event.exceptions[0];
    let frame = first.frames[0].clone();
    first.type_name = name.clone().into();
    first.message = Some("some words ".repeat(1000));
    first.frames = vec![frame; 200];
    for (at, frame) in first.frames.iter_mut().enumerate() {
        frame.function = Some(format!("{name}f{at}"));
    }
    event.thread = Some(name.clone());
    event.operations = (0..40).map(|at| format!("{name}{at}").into()).collect();
    event.images = vec![RawImage { size: u64::MAX, ..event.images[0].clone() }; 70];
    let mut context = Context::new();
    for at in 0..80 {
        context.insert(format!("strategy_{at}"), "word and more ".repeat(40));
    }
    let nest = |inner: Raw, _| Raw::Map([("deep", inner)].into_iter().collect::<Context>());
    context.insert("nested", (0..12).fold(Raw::from("leaf"), nest));
    event.context = context;
    sample::report(event, Privacy::Standard)
}

#[test]
fn the_largest_report_keeps_within_what_servers_take() {
    let report = largest();
    // Bugsink and Sentry accept events of one mebibyte.
    assert!(envelope(&report).len() < 1024 * 1024);
    let event = event(&report);
    let longest = |value: &Value, most: usize| {
        let text = value.as_str().unwrap();
        assert!(text.chars().count() <= most, "{most}: {text}");
    };
    longest(&event["transaction"], 200);
    longest(&event["release"], 200);
    for (key, value) in event["tags"].as_object().unwrap() {
        assert!(
            key.len() <= 32 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b)),
            "{key}"
        );
        longest(value, 200);
        assert!(!value.as_str().unwrap().contains('\n'));
    }
    for exception in event["exception"]["values"].as_array().unwrap() {
        longest(&exception["type"], 256);
        for frame in exception["stacktrace"]["frames"].as_array().into_iter().flatten() {
            longest(&frame["function"], 256);
        }
    }
    // Relay cuts each context to 8 KiB.
    for (name, context) in event["contexts"].as_object().unwrap() {
        assert!(context.to_string().len() < 8 * 1024, "{name}");
    }
    assert_eq!(event["contexts"]["report"]["frames_cut"], 72);
}
