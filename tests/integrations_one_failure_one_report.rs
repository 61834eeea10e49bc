//! An axum service as people write them, with tower-http's `TraceLayer` and `CatchPanicLayer`, `tracing` and
//! `#[telemetry]`. Each request that fails makes one report, regardless of the order of the layers.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod shared_telemetry;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Path};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use crawl4ai_telemetry::tower::TelemetryLayer;
use crawl4ai_telemetry::{Limits, MemoryProvider, Report, telemetry};
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use tracing_subscriber::prelude::*;

/// The error type from axum's own example.
struct AppError(anyhow::Error);

crawl4ai_telemetry::capturable!(AppError, |error| &error.0);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("failed: {}", self.0)).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for AppError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

fn load(id: &str) -> std::io::Result<String> {
    Err(std::io::Error::other(format!("no page on shelf {}", id.len())))
}

#[telemetry]
async fn returns(Path(id): Path<String>) -> Result<String, AppError> {
    tokio::task::yield_now().await;
    Ok(load(&id)?)
}

#[telemetry]
async fn logs_in_its_message(Path(id): Path<String>) -> Result<String, AppError> {
    let page = load(&id);
    if let Err(error) = &page {
        tracing::error!("cannot show the page: {error}");
    }
    tokio::task::yield_now().await;
    Ok(page?)
}

#[telemetry]
async fn logs_in_a_field(Path(id): Path<String>) -> Result<String, AppError> {
    let page = load(&id).inspect_err(|error| tracing::error!(%error, "cannot show the page"));
    use anyhow::Context as _;
    Ok(page.context("the shelf is empty")?)
}

async fn logs_what_came(Path(id): Path<String>) -> Response {
    #[telemetry]
    fn annotated(id: &str) -> std::io::Result<String> {
        load(id)
    }
    match annotated(&id) {
        Ok(page) => page.into_response(),
        Err(error) => {
            tracing::error!(error = %error, "the request failed");
            tracing::error!("giving up: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn only_logs(Path(id): Path<String>) -> StatusCode {
    tracing::error!("the shelf of page {} fell down", id.len());
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn swallows() -> StatusCode {
    StatusCode::BAD_GATEWAY
}

async fn panics(Path(id): Path<String>) -> String {
    panic!("page {} is torn", id.len())
}

fn routes() -> Router {
    Router::new()
        .route("/returns/{id}", get(returns))
        .route("/logs_in_its_message/{id}", get(logs_in_its_message))
        .route("/logs_in_a_field/{id}", get(logs_in_a_field))
        .route("/logs_what_came/{id}", get(logs_what_came))
        .route("/only_logs/{id}", get(only_logs))
        .route("/swallows/{id}", get(swallows))
        .route("/panics/{id}", get(panics))
}

const WAYS: [&str; 7] = [
    "returns",
    "logs_in_its_message",
    "logs_in_a_field",
    "logs_what_came",
    "only_logs",
    "swallows",
    "panics",
];

/// The service with its layers in every useful order. Each name lists the outermost layer first, which is added last.
fn servers() -> Vec<(&'static str, Router)> {
    let own = || TelemetryLayer::new().route(MatchedPath::as_str);
    let (trace, catch) = (TraceLayer::new_for_http, CatchPanicLayer::new);
    vec![
        ("trace, own, catch", routes().layer(catch()).layer(own()).layer(trace())),
        ("own, trace, catch", routes().layer(catch()).layer(trace()).layer(own())),
        ("trace, catch, own", routes().layer(own()).layer(catch()).layer(trace())),
        ("catch, trace, own", routes().layer(own()).layer(trace()).layer(catch())),
        ("catch, own, trace", routes().layer(trace()).layer(own()).layer(catch())),
        ("own, catch, trace", routes().layer(trace()).layer(catch()).layer(own())),
        ("trace, catch", routes().layer(catch()).layer(trace())),
    ]
}

async fn ask(server: &Router, target: String) {
    let request = Request::builder().uri(target).body(Body::empty()).expect("a request");
    let answer = server.clone().oneshot(request).await.expect("an answer");
    assert!(answer.status().is_server_error());
}

#[test]
fn one_failure_one_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let memory = MemoryProvider::default();
    let telemetry = shared_telemetry::builder(folder.path())
        .limits(Limits::none())
        .provider(memory.clone())
        .install()
        .expect("installed");
    tracing_subscriber::registry().with(crawl4ai_telemetry::tracing::TelemetryLayer::new()).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    let reports = || {
        telemetry.flush(Duration::from_secs(60));
        memory.reports()
    };
    // A panic is kept for ten seconds, until it is known whether the program survived it, so that its report may arrive
    // at any time.
    let is_panic = |report: &Report| report.exceptions().iter().any(|e| e.type_name() == "panic");
    let errors = || reports().into_iter().filter(|report| !is_panic(report)).collect::<Vec<_>>();
    let mut told = Vec::new();
    let mut panicked = 0;
    for (order, server) in servers() {
        for way in WAYS {
            // Each request is repeated, because an error that occurs again is reported again.
            for _ in 0..2 {
                let before = errors().len();
                let server = server.clone();
                let target = format!("/{way}/{}", "x".repeat(10));
                let asked = runtime.spawn(async move { ask(&server, target).await });
                runtime.block_on(asked).expect("asked");
                if way == "panics" {
                    panicked += 1;
                    continue;
                }
                let new: Vec<Report> = errors().into_iter().skip(before).collect();
                let said: Vec<_> = new.iter().map(what).collect();
                if new.len() != 1 {
                    told.push(format!("{order}: {way}: {said:?}"));
                }
            }
        }
    }
    // The tries are counted, not the time, because a machine that stands still lets time pass without a turn for the
    // thread that stores.
    for _ in 0..300 {
        if reports().iter().filter(|report| is_panic(report)).count() >= panicked {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let all = reports();
    assert_eq!(all.iter().filter(|report| is_panic(report)).count(), panicked);
    for report in all.iter().filter(|report| !is_panic(report)) {
        let said = what(report);
        if said.contains("torn") || said.contains("panic") {
            told.push(format!("beside the panic: {said}"));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    let requests = servers().len() * WAYS.len() * 2;
    assert_eq!(all.len(), requests, "{:#?}", all.iter().map(what).collect::<Vec<_>>());
}

fn what(report: &Report) -> String {
    let error = report.exceptions().first().expect("an exception");
    let path = shared_telemetry::path(report);
    format!("{path}: {} {:?}", error.type_name(), error.value().unwrap_or_default())
}
