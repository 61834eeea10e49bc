//! Runs the suite that every provider must pass.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Duration;

use crawl4ai_telemetry_conformance::{self as conformance, Reply, Server, sample};
use crawl4ai_telemetry_core::{SendError, TelemetryProvider};
use crawl4ai_telemetry_sentry::{RequestLimits, SentryProvider};

const LIMITS: RequestLimits =
    RequestLimits::new().connect(Duration::from_secs(1)).request(Duration::from_secs(2)).response_bytes(0);

fn provider(base_url: &str) -> SentryProvider {
    let dsn = format!("{}/42", base_url.replace("http://", "http://0123456789abcdef@"));
    SentryProvider::new(&dsn).unwrap().with_limits(LIMITS)
}

#[test]
fn the_sentry_provider_conforms() {
    let server = Server::always(Reply::status(200));
    conformance::check(|| provider(&server.url()));
    conformance::check_http(provider, Duration::from_secs(6));
}

#[test]
fn posts_to_the_project_with_its_key_and_without_the_time() {
    let server = Server::always(Reply::status(200).body(r#"{"id":"0"}"#));
    let report = sample::error_report();
    provider(&server.url()).send_exception(&report).unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.path, "/api/42/envelope/");
    let auth = request.header("X-Sentry-Auth").unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "Sentry sentry_key=0123456789abcdef, sentry_version=7, sentry_client=crawl4ai-telemetry/{version}"
    );
    assert_eq!(auth, expected);
    assert_eq!(request.header("Content-Type"), Some("application/x-sentry-envelope"));
}

#[test]
fn usage_spans_do_not_go_to_sentry() {
    let server = Server::always(Reply::status(200));
    let error = provider(&server.url()).send_event(&sample::usage_span()).unwrap_err();
    assert!(matches!(error, SendError::Rejected { .. }), "{error:?}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn debug_shows_no_key() {
    let text = format!("{:?}", provider("http://127.0.0.1:8000"));
    assert!(text.contains("127.0.0.1") && !text.contains("0123456789abcdef"), "{text}");
}
