//! Tests the integrations with other crates: an axum server, `tracing` events and spans, and `eyre` reports.

#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod shared_telemetry;
use std::error::Error;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Path};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use crawl4ai_telemetry::{MemoryProvider, Privacy, with_telemetry};
use crawl4ai_telemetry::{context, telemetry, telemetry_context, tower::TelemetryLayer};
use shared_telemetry::{Around, Fixed, only, path, reports};
use tower::ServiceExt;
use tracing_subscriber::prelude::*;

#[telemetry]
async fn annotated(Path(id): Path<String>) -> Result<String, Refused> {
    tokio::task::yield_now().await;
    if id == "grace" { Err(Refused) } else { Ok(id) }
}

#[derive(Debug)]
struct Refused;
impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the page was refused")
    }
}
impl Error for Refused {}
impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

async fn swallows() -> StatusCode {
    StatusCode::BAD_GATEWAY
}

async fn busy() -> StatusCode {
    StatusCode::SERVICE_UNAVAILABLE
}

async fn panics() {
    panic!("in a handler");
}

/// Catches panics as `tower_http::catch_panic` does.
async fn catch(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    use axum::response::IntoResponse;
    let mut inner = Box::pin(next.run(request));
    std::future::poll_fn(|cx| {
        let poll = std::panic::AssertUnwindSafe(|| inner.as_mut().poll(cx));
        std::panic::catch_unwind(poll)
            .unwrap_or_else(|_| std::task::Poll::Ready(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
    })
    .await
}

fn server() -> Router {
    Router::new()
        .route("/pages/{id}", get(annotated))
        .route("/swallows/{id}", get(swallows))
        .route("/busy", get(busy))
        .route("/panics", get(panics))
        .layer(axum::middleware::from_fn(catch))
        .layer(TelemetryLayer::new().route(MatchedPath::as_str))
}

async fn ask(target: &str) -> StatusCode {
    let request = Request::builder().uri(target).header("cookie", "session=abc").body(Body::empty()).unwrap();
    server().oneshot(request).await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_reports_each_failure_once() {
    shared_telemetry::install();
    assert_eq!(ask("/pages/grace?token=tk_live_1").await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(ask("/pages/bob").await, StatusCode::OK);
    assert_eq!(ask("/swallows/grace?token=tk_live_1").await, StatusCode::BAD_GATEWAY);
    assert_eq!(ask("/busy").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ask("/panics").await, StatusCode::INTERNAL_SERVER_ERROR);

    let refused = only("the page was refused");
    assert_eq!(path(&refused), "request > pages/{id} > annotated");
    let json = serde_json::to_value(&refused).unwrap();
    assert_eq!(json["context"], serde_json::json!({ "method": "GET" }));

    let swallowed = only("Bad Gateway");
    assert_eq!(swallowed.exceptions()[0].type_name(), "HTTP 502");
    let json = serde_json::to_value(&swallowed).unwrap();
    assert_eq!(json["context"], serde_json::json!({ "status_class": "5xx", "method": "GET" }));
    assert_eq!(path(&swallowed), "request > swallows/{id}");

    // A panic is kept for ten seconds, until it is known whether the program survived it.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while reports("in a handler").is_empty() {
        assert!(std::time::Instant::now() < end, "settled in time");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let panicked = only("in a handler");
    assert_eq!(path(&panicked), "request > panics");
    assert!(reports("Internal Server Error").is_empty(), "each is the answer to something reported");
    assert!(reports("Service Unavailable").is_empty(), "given on purpose");
    for report in [refused, swallowed, panicked] {
        let json = serde_json::to_string(&report).unwrap();
        assert!(
            !json.contains("grace") && !json.contains("tk_live") && !json.contains("session=abc"),
            "{json}"
        );
    }
}

#[test]
fn a_servers_route_leaves_at_every_level_and_nothing_of_its_path_does() {
    for level in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
        let (folder, memory) = (tempfile::tempdir().unwrap(), MemoryProvider::default());
        let telemetry = shared_telemetry::builder(folder.path()).privacy(level).provider(memory.clone());
        let telemetry = telemetry.build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        with_telemetry(&telemetry, || runtime.block_on(ask("/pages/grace?token=tk_live_1")));
        assert!(telemetry.flush(std::time::Duration::from_secs(60)));
        let report = memory.reports().pop().unwrap();
        assert_eq!(path(&report), "request > pages/{id} > annotated", "{level}");
        let json = serde_json::to_string(&report).unwrap();
        assert!(!json.contains("grace") && !json.contains("[redacted]"), "{level} {json}");
        if level == Privacy::Strict {
            assert!(json.contains(r#""context":{"method":"GET"}"#), "{json}");
        }
    }
}

fn with_subscriber(body: impl FnOnce()) {
    let layer = crawl4ai_telemetry::tracing::TelemetryLayer::new();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), body);
}

#[test]
fn error_events_are_captured_with_their_fields_and_spans() {
    shared_telemetry::install();
    with_subscriber(|| {
        let crawl = tracing::info_span!("crawl", url = "https://example.com/?token=tk_live_1").entered();
        let fetch = tracing::info_span!("fetch").entered();
        tracing::error!(retries = 3, api_token = "tk_live_1", "the fetch gave up");
        tracing::warn!("the fetch is slow");
        drop((fetch, crawl));
    });
    let report = only("the fetch gave up");
    assert_eq!(path(&report), "crawl > fetch");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["context"]["retries"], 3);
    let place = report.exceptions()[0].captured_at().expect("the line of the event");
    assert_eq!(place.file(), "tests/integrations_axum_tracing_eyre.rs");
    assert!(place.line() > 0 && place.column() == 0, "{place:?}");
    assert!(!json.to_string().contains("tk_live_1"), "{json}");
    assert!(reports("the fetch is slow").is_empty());
}

#[test]
fn an_error_that_is_logged_and_returned_is_one() {
    shared_telemetry::install();
    with_subscriber(|| {
        let failed: Result<(), Around> = telemetry_context("read", || {
            let error = Around { text: "logged and returned", source: Fixed("the cause") };
            tracing::error!(error = &error as &dyn Error, "giving up");
            Err(error)
        });
        assert!(failed.is_err());
    });
    let report = only("logged and returned");
    assert_eq!(path(&report), "read");
    assert_eq!(report.exceptions().len(), 2);
    assert_eq!(serde_json::to_value(&report).unwrap()["context"]["message"], "giving up");
}

#[test]
fn an_error_that_logs_while_it_is_formatted_does_not_recurse() {
    #[derive(Debug)]
    struct Chatty;
    impl std::fmt::Display for Chatty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            tracing::error!("from inside the formatting");
            f.write_str("a chatty error")
        }
    }
    impl Error for Chatty {}
    shared_telemetry::install();
    with_subscriber(|| {
        let _ = crawl4ai_telemetry::capture_exception(&Chatty, context! {});
    });
    only("a chatty error");
    assert!(reports("from inside the formatting").is_empty());
}

#[test]
fn eyre_reports_are_errors_too() {
    #[telemetry]
    fn fails() -> eyre::Result<()> {
        use eyre::WrapErr;
        Err(Fixed("the cause of eyre")).wrap_err("wrapped by eyre")
    }
    shared_telemetry::install();
    assert!(fails().is_err());
    assert_eq!(only("the cause of eyre").exceptions().len(), 2);
}
