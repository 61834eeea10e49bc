//! An API server on axum that reports each failure once.
//!
//! `cargo run --example api_server --features macros,tower,file` starts it on a loopback port, sends it three requests
//! and shows the reports. With `--serve 127.0.0.1:8000` it serves until it is stopped. In a server nobody can be asked,
//! so reports leave unless `CRAWL4AI_TELEMETRY=0` is set, and they hold no free text. `examples/api_server/Dockerfile`
//! puts it into a container.

#![allow(clippy::print_stdout, reason = "this example shows what it does")]

use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use crawl4ai_telemetry::tower::TelemetryLayer;
use crawl4ai_telemetry::{App, Builder, Env, Environment, Telemetry, telemetry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, thiserror::Error)]
#[error("no crawler is free for {0}")]
struct Busy(String);

impl IntoResponse for Busy {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, "try again later").into_response()
    }
}

#[telemetry]
async fn crawl(Path(site): Path<String>) -> Result<String, Busy> {
    if site == "ada.example.org" { Err(Busy(site)) } else { Ok(format!("crawled {site}\n")) }
}

async fn broken() -> StatusCode {
    StatusCode::BAD_GATEWAY
}

fn router() -> Router {
    Router::new()
        .route("/crawl/{site}", get(crawl))
        .route("/broken", get(broken))
        .layer(TelemetryLayer::new().route(MatchedPath::as_str))
}

fn builder() -> Builder {
    Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION")).server()).environment(Environment::ApiServer)
}

/// Serves with the settings in `CRAWL4AI_TELEMETRY`, `CRAWL4AI_SENTRY_DSN` and `CRAWL4AI_CONFIG_DIR`.
async fn serve(address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = builder().init();
    let listener = TcpListener::bind(address).await?;
    println!("on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router()).await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let [_, serving, address] = &*std::env::args().collect::<Vec<_>>()
        && serving == "--serve"
    {
        return serve(address).await;
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("reports.jsonl");
    let telemetry = builder()
        // Ignores the variables of the shell in which this example is tried.
        .env(Env::from_pairs("CRAWL4AI", [("CRAWL4AI_TELEMETRY", "")]))
        .config_folder(folder.path())
        .file(&file)
        .exit_timeout(Duration::from_secs(10))
        .install()?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("on http://{address}");
    tokio::spawn(async move { axum::serve(listener, router()).await });
    for target in ["/crawl/example.org", "/crawl/ada.example.org?token=tk_live_1", "/broken"] {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET {target} HTTP/1.0\r\ncookie: session=1\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        println!("{target}: {}", answer.lines().next().unwrap_or_default());
    }
    drop(telemetry);

    let reports = std::fs::read_to_string(&file)?;
    print!("{reports}");
    // Hexadecimal words are not checked, because a report contains addresses of code.
    let private = ["ada.example", "tk_live", "session", "127.0.0.1"];
    let clean = private.iter().all(|private| !reports.contains(private));
    if clean && reports.lines().count() == 2 { Ok(()) } else { Err("not two clean reports".into()) }
}
