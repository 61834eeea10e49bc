//! Runs the suite that every provider must pass, and tests of batches, which the suite does not test.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::{Duration, Instant};

use crawl4ai_telemetry_conformance::{self as conformance, Reply, Server, sample};
use crawl4ai_telemetry_core::{SendError, TelemetryProvider};
use crawl4ai_telemetry_otlp::{AddressError, LARGEST_BATCH, OtlpProvider, RequestLimits};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

const LIMITS: RequestLimits = RequestLimits::new()
    .connect(Duration::from_millis(500))
    .request(Duration::from_secs(1))
    .response_bytes(1024);
const PATIENCE: Duration = Duration::from_secs(4);

fn provider(base_url: &str) -> OtlpProvider {
    OtlpProvider::new(base_url).unwrap().with_limits(LIMITS)
}

/// The number of spans in each request.
fn spans(server: &Server) -> Vec<usize> {
    let requests = server.requests();
    let traces = requests.iter().filter(|request| request.path == "/v1/traces");
    let decoded = traces.map(|request| ExportTraceServiceRequest::decode(&*request.body).unwrap());
    decoded
        .map(|r| r.resource_spans.iter().flat_map(|r| &r.scope_spans).map(|s| s.spans.len()).sum())
        .collect()
}

#[test]
fn the_otlp_provider_conforms() {
    let server = Server::always(Reply::status(200));
    conformance::check(|| provider(&server.url()));
    conformance::check_http(provider, PATIENCE);
}

#[test]
fn reports_go_to_logs_and_spans_to_traces_with_no_header_but_those_of_http() {
    let server = Server::always(Reply::status(200));
    let provider = provider(&format!("{}/collector/", server.url())).with_authorization("Bearer own-token");
    provider.send_exception(&sample::error_report()).unwrap();
    provider.send_event(&sample::usage_span()).unwrap();
    provider.flush(PATIENCE).unwrap();
    let requests = server.requests();
    let paths: Vec<&str> = requests.iter().map(|request| &*request.path).collect();
    assert_eq!(paths, ["/collector/v1/logs", "/collector/v1/traces"]);
    for request in &requests {
        let mut names: Vec<String> = request.headers.iter().map(|(n, _)| n.to_ascii_lowercase()).collect();
        names.sort();
        let known = ["authorization", "connection", "content-length", "content-type", "host", "user-agent"];
        assert_eq!(names, known);
        assert_eq!(request.header("Content-Type"), Some("application/x-protobuf"));
        assert_eq!(request.header("Authorization"), Some("Bearer own-token"));
    }
}

#[test]
fn a_token_loses_the_line_break_at_its_end_and_one_inside_stops_deliveries() {
    let server = Server::always(Reply::status(200));
    provider(&server.url())
        .with_authorization("Bearer own-token\n")
        .send_exception(&sample::error_report())
        .unwrap();
    assert_eq!(server.requests()[0].header("Authorization"), Some("Bearer own-token"));

    let connections = server.connections();
    let broken = provider(&server.url()).with_authorization("Bearer own\ntoken");
    let error = broken.send_exception(&sample::error_report()).unwrap_err();
    assert!(matches!(error, SendError::Halt { .. }), "{error:?}");
    assert!(error.advice().is_some_and(|advice| advice.contains("authorization")), "{error:?}");
    let said = format!("{error} {error:?}");
    assert!(!said.contains("Bearer") && !said.contains("own"), "{said}");
    assert_eq!(server.connections(), connections);
}

#[test]
fn spans_go_in_batches_and_a_full_one_goes_by_itself() {
    let server = Server::always(Reply::status(200));
    let provider = provider(&server.url());
    for _ in 0..=LARGEST_BATCH {
        provider.send_event(&sample::usage_span()).unwrap();
    }
    assert_eq!(spans(&server), [LARGEST_BATCH]);
    provider.flush(PATIENCE).unwrap();
    provider.flush(PATIENCE).unwrap();
    assert_eq!(spans(&server), [LARGEST_BATCH, 1], "and nothing is sent when nothing waits");
}

#[test]
fn a_batch_is_kept_while_the_collector_fails_and_dropped_when_it_refuses() {
    let bad = [Reply::status(503), Reply::status(404), Reply::HangAfterAccept, Reply::status(200)];
    let server = Server::start(bad);
    let provider = provider(&server.url());
    provider.send_event(&sample::usage_span()).unwrap();
    assert!(matches!(provider.flush(PATIENCE), Err(SendError::Retry { .. })));
    assert!(matches!(provider.flush(PATIENCE), Err(SendError::Halt { .. })));
    assert!(matches!(provider.flush(PATIENCE), Err(SendError::Retry { .. })));
    assert_eq!(provider.flush(PATIENCE), Ok(()));
    let sent = spans(&server);
    assert!(!sent.is_empty() && sent.iter().all(|n| *n == 1), "{sent:?}");

    // The collector refuses the batch, and then a part of a batch: the second body is `partial_success {
    // rejected_spans: 3 }`.
    for reply in [Reply::status(400), Reply::status(200).body("\n\u{2}\u{8}\u{3}")] {
        let server = Server::always(reply);
        let provider = self::provider(&server.url());
        provider.send_event(&sample::usage_span()).unwrap();
        assert!(matches!(provider.flush(PATIENCE), Err(SendError::Rejected { .. })));
        assert_eq!(provider.flush(PATIENCE), Ok(()), "it is not tried again");
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn what_is_discarded_is_not_sent_later() {
    let server = Server::start([Reply::status(503), Reply::status(200)]);
    let provider = provider(&server.url());
    provider.send_event(&sample::usage_span()).unwrap();
    assert!(matches!(provider.flush(PATIENCE), Err(SendError::Retry { .. })));
    provider.discard();
    assert_eq!(provider.flush(PATIENCE), Ok(()));
    assert_eq!(server.connections(), 1, "nothing was left to send");
    provider.send_event(&sample::usage_span()).unwrap();
    provider.flush(PATIENCE).unwrap();
    assert_eq!(spans(&server), [1, 1]);
}

#[test]
fn a_full_batch_that_cannot_go_takes_nothing_more() {
    let server = Server::always(Reply::status(503));
    let provider = provider(&server.url());
    for _ in 0..LARGEST_BATCH {
        provider.send_event(&sample::usage_span()).unwrap();
    }
    assert!(matches!(provider.send_event(&sample::usage_span()), Err(SendError::Retry { .. })));
    assert!(provider.flush(PATIENCE).is_err());
    assert!(spans(&server).iter().all(|n| *n == LARGEST_BATCH), "{:?}", spans(&server));
}

#[test]
fn a_flush_comes_back_when_its_time_is_over() {
    let server = Server::always(Reply::HangAfterAccept);
    let patient = LIMITS.request(Duration::from_secs(60));
    let provider = provider(&server.url()).with_limits(patient);
    provider.send_event(&sample::usage_span()).unwrap();
    for limit in [Duration::ZERO, Duration::from_millis(100)] {
        let start = Instant::now();
        assert!(matches!(provider.flush(limit), Err(SendError::Retry { .. })));
        assert!(start.elapsed() < PATIENCE, "{limit:?}");
    }
}

#[test]
fn addresses_that_are_none_are_refused() {
    for (address, part) in [
        ("collector", "https://"),
        ("http://collector.example.com:4318", "https://"),
        ("https://user:password@collector.example.com", "@"),
        ("https://collector.example.com/?key=1", "?"),
        ("https://collector.example.com/#x", "#"),
    ] {
        let error: AddressError = OtlpProvider::new(address).unwrap_err();
        assert!(error.to_string().contains(part), "{address}: {error}");
        assert!(!error.to_string().contains("password@"), "{error}");
    }
}

#[test]
fn debug_shows_no_key() {
    let provider = provider("http://127.0.0.1:4318").with_authorization("Bearer own-token");
    let text = format!("{provider:?}");
    assert!(text.contains("127.0.0.1") && !text.contains("own-token"), "{text}");
}
