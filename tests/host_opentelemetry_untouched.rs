//! A host program has its own OpenTelemetry, and its variables name its collector, headers and resource. All of these
//! stay with the host, and its collector receives neither our spans nor our reports.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program reads where its parent's server is")]

mod scenario;
mod usage_sample;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crawl4ai_telemetry::usage::Settings;
use crawl4ai_telemetry::{App, Environment, Telemetry, capture_exception, context, usage};
use crawl4ai_telemetry_conformance::{Reply, Server};
use opentelemetry::trace::{Tracer, TracerProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use scenario::Stage;

/// The host's own exporter, which keeps the names of the spans that the host's provider exports.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().expect("unpoisoned").extend(batch.into_iter().map(|span| span.name.into_owned()));
        Ok(())
    }
}

fn program(_: &str) {
    let kept = Kept::default();
    let host = SdkTracerProvider::builder().with_simple_exporter(kept.clone()).build();
    opentelemetry::global::set_tracer_provider(host.clone());
    let host_span = opentelemetry::global::tracer("host").start("the host's before");

    let ours = std::env::var("OURS").expect("the address of our server");
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        .environment(Environment::Cli)
        .exit_timeout(Duration::from_secs(10))
        .otlp_endpoint(&ours)
        .usage(Settings::otlp(&ours, usage_sample::SPANS).on_by_default())
        .install()
        .expect("installed");
    usage_sample::record_everything(&usage(), "ours", true);
    let _ = capture_exception(&std::io::Error::other("ours"), context! {});
    drop(host_span);
    drop(opentelemetry::global::tracer("host").start("the host's after"));
    drop(telemetry);

    host.force_flush().expect("the host's provider works as before");
    let _ = host.tracer("still there");
    assert_eq!(*kept.0.lock().expect("unpoisoned"), ["the host's before", "the host's after"]);
}

fn test(stage: &Stage) {
    let ours = Server::always(Reply::status(200));
    let theirs = Server::always(Reply::status(200));
    let mut command = stage.command("");
    command.env("OURS", ours.url());
    for name in [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ] {
        command.env(name, theirs.url());
    }
    for name in
        ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_LOGS_HEADERS"]
    {
        command.env(name, "authorization=Bearer host-secret-4711,x-host-header=host-header");
    }
    command
        .env("OTEL_RESOURCE_ATTRIBUTES", "host.name=host-machine,deployment.environment=host-environment")
        .env("OTEL_SERVICE_NAME", "host-service")
        .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        .env("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
        .env("OTEL_LOG_LEVEL", "debug");
    let output = command.output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("usage figures").count(), 1, "one line at the first send: {said}");

    let arrived = ours.wait_for_requests(2, Duration::from_secs(10));
    let paths: Vec<String> = ours.requests().iter().map(|request| request.path.clone()).collect();
    assert!(arrived, "{paths:?} {said}");
    assert_eq!(theirs.connections(), 0, "nothing of ours reaches theirs");
    assert!(paths.contains(&"/v1/traces".into()) && paths.contains(&"/v1/logs".into()), "{paths:?}");
    for request in ours.requests() {
        let text = String::from_utf8_lossy(&request.raw).to_lowercase();
        assert!(!text.contains("the host's") && !text.contains("host-"), "{text}");
        assert_eq!(request.header("Authorization"), None);
        assert_eq!(request.header("Content-Encoding"), None, "and nothing of theirs changes what we send");
    }
}

fn main() {
    scenario::main(program, test);
}
