//! A program that declares spans of its own. What reaches its collector is decoded with the published types of the
//! protocol. The spans have the program's name, each value is sent as declared, and free text is sent only if it is
//! shared. This test is such a program, and must not contain the spans of any other program.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod usage_sample;

use std::time::Duration;

use crawl4ai_telemetry::usage::Settings;
use crawl4ai_telemetry::{App, Env, Telemetry};
use crawl4ai_telemetry_conformance::{Reply, Server, assert_nothing_of_this_machine};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;
use usage_sample::{SPANS, record_everything};

const PATIENCE: Duration = Duration::from_secs(20);

/// What the collector received after everything was recorded with `text` in every free text.
fn received(text: &str, share: bool) -> (ResourceSpans, Vec<u8>) {
    let server = Server::always(Reply::status(200));
    let folder = tempfile::tempdir().expect("a folder");
    let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
        .config_folder(folder.path())
        .env(Env::from_pairs("WEATHER", [("MY_API_KEY", "planted-key-0815")]))
        .usage(Settings::otlp(server.url(), SPANS).on_by_default())
        .build()
        .expect("a provider");
    record_everything(telemetry.usage(), text, share);
    assert!(telemetry.usage().flush(PATIENCE), "{:?}", telemetry.usage().status());
    let [request] = &*server.requests() else { panic!("one request") };
    assert_nothing_of_this_machine("a request", &request.raw);
    let mut decoded = ExportTraceServiceRequest::decode(&*request.body).expect("OTLP");
    assert_eq!(decoded.resource_spans.len(), 1);
    (decoded.resource_spans.remove(0), request.raw.clone())
}

fn values(span: &Span) -> Vec<(String, String)> {
    let shown = |value: &Any| {
        if let Any::StringValue(text) = value {
            text.clone()
        } else if let Any::IntValue(n) = value {
            format!("int {n}")
        } else if let Any::DoubleValue(n) = value {
            format!("float {n}")
        } else {
            panic!("{value:?} is none of the types that a span has")
        }
    };
    let value = |pair: &opentelemetry_proto::tonic::common::v1::KeyValue| {
        let value = pair.value.as_ref().and_then(|value| value.value.as_ref()).expect("a value");
        (pair.key.clone(), shown(value))
    };
    span.attributes.iter().map(value).collect()
}

const DEFAULT: &[(&str, &str)] = &[
    ("service.version", "1.4.0"),
    ("key", "07070707070707070707070707070707"),
    ("id", "08080808-0808-0808-0808-080808080808"),
    ("model", "ECMWF"),
    ("tool", "read_the_map"),
    ("layers", r#"["rain","wind"]"#),
    ("tools", r#"["read_file"]"#),
    ("source", "satellite"),
    ("cached", "false"),
    ("days", "int 7"),
    ("quality", "7.5"),
    ("took", "float 1250"),
    ("measured", "2026-11-20T12:00:00.123Z"),
    ("error", "ParseIntError"),
    ("places", r#"[{"kind":"city","coastal?":true}]"#),
];

const SHARED: &[(&str, &str)] = &[
    ("places", r#"[{"kind":"city","coastal?":true,"name":"a text"}]"#),
    ("question", "a text"),
    ("answers", r#"["a text"]"#),
    ("inputs", r#"{"topic":"a text"}"#),
    ("system", "a text"),
];

#[test]
fn every_value_comes_as_declared_under_the_programs_name_and_version() {
    let by_default: Vec<_> =
        DEFAULT.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let shared = DEFAULT.iter().take(DEFAULT.len() - 1).chain(SHARED);
    let shared: Vec<_> = shared.map(|(name, value)| (name.to_string(), value.to_string())).collect();
    for (share, expected) in [(false, by_default), (true, shared)] {
        let (traces, _) = received("a text", share);
        let resource = traces.resource.expect("a resource").attributes;
        let [service] = &*resource else { panic!("service.name and nothing else: {resource:?}") };
        let name = service.value.as_ref().and_then(|value| value.value.clone());
        assert_eq!((&*service.key, name), ("service.name", Some(Any::StringValue("weather".to_owned()))));
        let [scope] = &*traces.scope_spans else { panic!("one tracer") };
        assert_eq!(scope.scope.as_ref().expect("a scope").name, "weather.telemetry");
        let names: Vec<_> = scope.spans.iter().map(|span| &*span.name).collect();
        assert_eq!(names, ["Feature Used", "Forecast Made"]);
        assert_eq!(values(&scope.spans[1]), expected, "sharing: {share}");
        for span in &scope.spans {
            assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
            assert!(span.events.is_empty() && span.links.is_empty() && span.parent_span_id.is_empty());
        }
    }
}

#[test]
fn secrets_leave_in_neither_tier() {
    let secrets = [
        "https://api.example.com/v1?token=tk_live_51HxQ2eZvKYlo2C9dGfQ",
        "ada.lovelace@example.org",
        "/home/ada/Documents/customers.html",
        "203.0.113.42",
        "password=hunter2-hunter2",
        "planted-key-0815",
    ];
    let text = format!("find {}", secrets.join(" and "));
    for share in [false, true] {
        let (_, raw) = received(&text, share);
        let sent = String::from_utf8_lossy(&raw);
        for part in
            ["api.example", "tk_live", "lovelace", "/home/ada", "203.0.113", "hunter2", "planted-key-0815"]
        {
            assert!(!sent.contains(part), "{part} left, sharing: {share}");
        }
        assert_eq!(sent.contains("find "), share, "what is shared is still of use");
    }
}

/// The bytes of this program's file, in lower case.
fn this_program() -> Vec<u8> {
    let mut program = std::fs::read(std::env::current_exe().expect("a path")).expect("this program");
    program.make_ascii_lowercase();
    program
}

#[test]
fn nothing_of_crewais_is_compiled_into_a_program_that_declares_its_own_spans() {
    let program = this_program();
    let holds = |word: &str| memchr::memmem::find(&program, word.as_bytes()).is_some();
    assert!(holds("forecast made"), "its own spans are in it");
    // Each word has a bar in it, so that this list itself does not put the words into the program.
    for word in [
        "crawl4ai_telemetry_|crewai",
        "telemetry.|crewai.com",
        "crewAI-|telemetry",
        "crewai|_version",
        "Crew |Created",
        "crew_|key",
        "share_|crew",
        "Task |Execution",
        "Flow |Completed",
        "coding|_agent",
        "Coding|Agent",
        "Agent|Item",
    ] {
        let word = word.replace('|', "").to_ascii_lowercase();
        assert!(!holds(&word), "{word}");
    }
}
