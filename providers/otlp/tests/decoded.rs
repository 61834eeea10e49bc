//! The sent bytes, decoded by the published types of the protocol.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server, sample};
use crawl4ai_telemetry_core::usage::{Common, Name, SpanIds, ToolName, UsageDraft};
use crawl4ai_telemetry_core::{Sanitizer, TelemetryProvider, Timestamp, usage_span};
use crawl4ai_telemetry_otlp::OtlpProvider;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use opentelemetry_proto::tonic::trace::v1::{span::SpanKind, status::StatusCode};
use prost::Message;

fn map(pairs: &[KeyValue]) -> BTreeMap<&str, &AnyValue> {
    pairs.iter().map(|pair| (&*pair.key, pair.value.as_ref().unwrap())).collect()
}

fn text(value: &AnyValue) -> &str {
    let Some(Value::StringValue(text)) = &value.value else { panic!("expected a string, found {value:?}") };
    text
}

/// The log record of a report, and the attributes of the record's resource.
fn record(bytes: &[u8]) -> (LogRecord, Vec<KeyValue>) {
    let mut request = ExportLogsServiceRequest::decode(bytes).unwrap();
    assert_eq!(request.encode_to_vec(), bytes, "there is nothing in it that the published types do not know");
    let mut logs = request.resource_logs.remove(0);
    (logs.scope_logs.remove(0).log_records.remove(0), logs.resource.unwrap().attributes)
}

#[test]
fn a_report_is_a_log_by_the_conventions_for_exceptions() {
    let provider = OtlpProvider::new("http://127.0.0.1:4318").unwrap();
    let (record, resource) = record(&provider.render(&sample::error_report()).unwrap().bytes);
    assert_eq!(map(&resource).keys().collect::<Vec<_>>(), [&"service.name"], "and nothing else");
    assert_eq!(text(map(&resource)["service.name"]), "sample-tool");
    assert_eq!(record.severity_number, SeverityNumber::Error as i32);
    assert_eq!(record.time_unix_nano, 1_795_176_000_123_000_000);
    assert_eq!(record.event_name, "exception");
    let attributes = map(&record.attributes);
    for (name, expected) in [
        ("exception.type", "sample_tool::fetch::FetchError"),
        ("exception.message", "cannot fetch page 3 of 12"),
        ("service.version", "1.4.2"),
        ("code.function.name", "sample_tool::fetch::get"),
        ("os.description", "Debian 12"),
        ("process.runtime.name", "rustc"),
        ("code.file.path", "src/fetch.rs"),
        ("deployment.environment.name", "cli"),
        ("report.privacy", "standard"),
    ] {
        assert_eq!(text(attributes[name]), expected, "{name}");
    }
    let stack = text(attributes["exception.stacktrace"]);
    for line in [
        "sample_tool::fetch::FetchError: cannot fetch page 3 of 12\n   0: sample_tool::fetch::get\n",
        "             at src/fetch.rs:88\n",
        "\nCaused by: sample_tool::net::ConnectError: connection to [email] failed\n",
        "\nCaused by: std::io::error::Error: Connection refused (os error 111)",
    ] {
        assert!(stack.contains(line), "{line:?} in\n{stack}");
    }
    let Some(Value::KvlistValue(context)) = &attributes["report.context"].value else {
        panic!("the context is a map")
    };
    let context = map(&context.values);
    assert_eq!(context["status_code"].value, Some(Value::IntValue(404)));
    assert_eq!(context["cached"].value, Some(Value::BoolValue(false)));
    assert_eq!(text(context["strategy"]), "bfs");
}

#[test]
fn every_sample_is_known_to_the_published_types() {
    let provider = OtlpProvider::new("http://127.0.0.1:4318").unwrap();
    for (what, report) in sample::all() {
        let (record, _) = record(&provider.render(&report).unwrap().bytes);
        let email = map(&record.attributes).get("user.email").map(|value| text(value));
        assert_eq!(email, report.user_email(), "{what}");
        assert_eq!(text(map(&record.attributes)["report.id"]), report.id().to_string(), "{what}");
    }
    let (fatal, _) = record(&provider.render(&sample::stripped_panic_report()).unwrap().bytes);
    assert_eq!(fatal.severity_number, SeverityNumber::Fatal as i32);
    let stack = text(map(&fatal.attributes)["exception.stacktrace"]).to_owned();
    assert!(stack.contains("   at src/extract.rs:19:9\n   0: sample-tool+0x2b330"), "{stack}");
}

usage_span! {
    /// That a tool was used.
    pub struct ToolUsage = "Tool Usage" {
        /// Which tools are used, to decide which to keep.
        tool_name: ToolName => Default since 1,
        /// A tool that needs many attempts is described badly.
        attempts: u32 => Default since 1,
        /// Which models use the tool well.
        llm: Option<Name> => Default since 1,
    }
}

#[test]
fn a_span_has_its_ids_times_status_and_attributes() {
    let server = Server::always(Reply::status(200));
    let provider = OtlpProvider::new(&server.url()).unwrap();
    let usage =
        ToolUsage { tool_name: "Search the Web".into(), attempts: 2, llm: Some(Name::constant("gpt-9")) };
    let at = Timestamp::from_millis;
    let draft = UsageDraft::new(usage, false, SpanIds::from_bytes([7; 16], [9; 8]), at(1_000))
        .lasting(at(1_000), at(2_500))
        .failed(true);
    let common = Common::new("toolbox", "toolbox.usage");
    provider.send_event(&Sanitizer::new().usage_span(draft.clone(), Some(&common))).unwrap();
    provider.send_event(&Sanitizer::new().usage_span(draft.failed(false), Some(&common))).unwrap();
    provider.send_event(&sample::usage_span()).unwrap();
    provider.flush(Duration::from_secs(10)).unwrap();

    let body = server.requests()[0].body.clone();
    let request = ExportTraceServiceRequest::decode(&*body).unwrap();
    assert_eq!(request.encode_to_vec(), body, "there is nothing in it that the published types do not know");
    let [traces, others] = &*request.resource_spans else { panic!("two services: {request:?}") };
    let resource = map(&traces.resource.as_ref().unwrap().attributes);
    assert_eq!(resource.keys().collect::<Vec<_>>(), [&"service.name"], "and nothing else");
    assert_eq!(text(resource["service.name"]), "toolbox");
    let scope = &traces.scope_spans[0];
    assert_eq!(scope.scope.as_ref().unwrap().name, "toolbox.usage");
    let [span, other] = &*scope.spans else { panic!("two spans") };
    assert_eq!((&*span.name, &*other.name), ("Tool Usage", "Tool Usage"));
    assert_eq!((span.trace_id.clone(), span.span_id.clone()), (vec![7; 16], vec![9; 8]));
    assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (1_000_000_000, 2_500_000_000));
    assert_eq!(span.kind, SpanKind::Internal as i32);
    let status = |code: StatusCode| Some(code as i32);
    assert_eq!(span.status.as_ref().map(|s| s.code), status(StatusCode::Error));
    assert_eq!(other.status.as_ref().map(|s| s.code), status(StatusCode::Ok));
    let attributes = map(&span.attributes);
    assert_eq!(attributes.keys().collect::<Vec<_>>(), [&"attempts", &"llm", &"tool_name"]);
    assert_eq!(text(attributes["tool_name"]), "search_the_web");
    assert_eq!(attributes["attempts"].value, Some(Value::IntValue(2)));

    // The sample span is another program's. It is in a resource of its own, with that program's names.
    assert_eq!(text(map(&others.resource.as_ref().unwrap().attributes)["service.name"]), "sample-tool");
    let scope = &others.scope_spans[0];
    assert_eq!(scope.scope.as_ref().unwrap().name, "sample-tool.telemetry");
    assert_eq!(scope.spans.iter().map(|span| &*span.name).collect::<Vec<_>>(), ["Sample Taken"]);
}
