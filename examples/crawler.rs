//! A small asynchronous crawler with tasks, whose errors contain everything that nobody else may see.
//!
//! `cargo run --example crawler --features macros,file` starts a server on the loopback, crawls it, and reads the
//! reports of the failures. The program exits with a failure if any report contains a page, a URL or a token.

#![allow(clippy::print_stdout, reason = "this example shows what it does")]
#![allow(clippy::indexing_slicing, reason = "a missing key of a JSON value reads as null")]

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crawl4ai_telemetry::{App, Env, FutureExt, Guard, Limits, Telemetry, telemetry};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Texts in pages, URLs and requests that must not be in any report.
const PRIVATE: [&str; 6] = [
    "ada.lovelace@example.org",
    "tk_live_51HxQ2eZvKYlo2C9dGfQ",
    "customers",
    "Balance due",
    "127.0.0.1",
    "session",
];

/// The pages of the site. The first is fine, the second has no title, the third is not text, and others do not exist.
const SITE: [(&str, &str); 3] = [
    ("/start", "<html><title>Start</title><p>Welcome, ada.lovelace@example.org</p></html>"),
    ("/customers/42", "<html><p>Balance due: 1,024.00, session 8f14e45f</p></html>"),
    ("/customers/43", "<html><title>\u{fffd}</title></html>"),
];

#[derive(Debug, thiserror::Error)]
enum CrawlError {
    #[error("cannot reach {url}")]
    Connect { url: String, source: std::io::Error },
    #[error("{url} answered {status}")]
    Status { url: String, status: u16 },
    #[error("cannot read the page behind {url}")]
    Page { url: String, source: PageError },
}

#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error("no title in {0:?}")]
    NoTitle(String),
    #[error("a title of {0} characters that says nothing")]
    EmptyTitle(usize),
}

/// Crawls one page. An error is reported when it leaves its first operation, and then returned to the caller.
#[telemetry(context(depth), if = |error| !matches!(error, CrawlError::Status { status: 404, .. }))]
async fn crawl(site: SocketAddr, path: String, depth: u32) -> Result<String, CrawlError> {
    let url = format!("http://{site}{path}?token=tk_live_51HxQ2eZvKYlo2C9dGfQ");
    let (status, page) = match fetch(site, &path).await {
        Ok(answer) => answer,
        Err(source) => return Err(CrawlError::Connect { url, source }),
    };
    if status != 200 {
        return Err(CrawlError::Status { url, status });
    }
    process_html(&page).map_err(|source| CrawlError::Page { url, source })
}

/// Extracts the title of a page.
#[telemetry(context(bytes = html.len()))]
fn process_html(html: &str) -> Result<String, PageError> {
    let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let Some((title, _)) = title else { return Err(PageError::NoTitle(html.to_owned())) };
    if title.chars().any(char::is_alphanumeric) {
        Ok(title.to_owned())
    } else {
        Err(PageError::EmptyTitle(title.chars().count()))
    }
}

async fn fetch(site: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(site).await?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\ncookie: session=8f14e45f\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()))
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let mut request = [0; 1024];
        let read = stream.read(&mut request).await?;
        let request = String::from_utf8_lossy(request.get(..read).unwrap_or_default()).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default();
        let answer = SITE.iter().find(|(known, _)| *known == path).map_or_else(
            || "HTTP/1.0 404 Not Found\r\n\r\n".to_owned(),
            |(_, page)| format!("HTTP/1.0 200 OK\r\n\r\n{page}"),
        );
        stream.write_all(answer.as_bytes()).await?;
    }
}

#[tokio::main]
async fn crawl_all() -> Result<(usize, usize), std::io::Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let site = listener.local_addr()?;
    let server = tokio::spawn(serve(listener));
    // Nothing listens on this port: the listener is closed at once.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;

    let paths = SITE.iter().map(|(path, _)| (site, (*path).to_owned()));
    let others = [(site, "/not/there".to_owned()), (nobody, "/start".to_owned())];
    let tasks: Vec<_> = paths
        .chain(others)
        // The task keeps the operations in which it was spawned.
        .map(|(site, path)| tokio::spawn(crawl(site, path, 1).in_current_operations()))
        .collect();
    let (mut read, mut failed) = (0, 0);
    for task in tasks {
        match task.await? {
            Ok(_) => read += 1,
            Err(_) => failed += 1,
        }
    }
    server.abort();
    Ok((read, failed))
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let folder = tempfile::Builder::new().prefix("crawler-").tempdir()?;
    let file = folder.path().join("reports.jsonl");
    let telemetry = start(folder.path(), &file)?;
    let (read, failed) = crawl_all()?;
    println!("{read} page read, {failed} failed");
    // At the end of the program, waiting reports are delivered within the exit timeout.
    drop(telemetry);

    let text = std::fs::read_to_string(&file)?;
    let reports = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    reports.iter().for_each(show);
    Ok(verdict(&text, &reports))
}

/// Sets up telemetry that writes to a file of this example, with the consent that a user would give.
fn start(folder: &Path, file: &Path) -> Result<Guard, crawl4ai_telemetry::BuildError> {
    Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION")))
        .env(Env::from_pairs("CRAWL4AI", [("CRAWL4AI_TELEMETRY", "1")]))
        .config_folder(folder)
        .file(file)
        .limits(Limits::none())
        .exit_timeout(Duration::from_secs(10))
        .install()
}

fn show(report: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let operations: Vec<String> = report["operations"].as_array().into_iter().flatten().map(text).collect();
    println!("\n{}", operations.join(" > "));
    for exception in report["exceptions"].as_array().into_iter().flatten() {
        println!("  {}: {}", text(&exception["type"]), text(&exception["value"]));
    }
    println!("  in {}, context {}", culprit(report), report["context"]);
}

/// The innermost function of the program's own code in a report.
fn culprit(report: &Value) -> String {
    let frames = report["exceptions"][0]["frames"].as_array();
    let own = frames.into_iter().flatten().find(|frame| frame["in_app"] == true);
    own.and_then(|frame| frame["function"].as_str()).unwrap_or_default().to_owned()
}

/// Two unreadable pages and an unreachable server make three reports. The missing page is expected and makes none. No
/// report contains anything of a page, a URL or a request.
fn verdict(text: &str, reports: &[Value]) -> ExitCode {
    let leaked: Vec<_> = PRIVATE.into_iter().filter(|private| text.contains(private)).collect();
    let mut culprits: Vec<String> = reports.iter().map(culprit).collect();
    culprits.sort();
    let expected = ["crawler::crawl::{{closure}}", "crawler::process_html", "crawler::process_html"];
    println!("\nleaked: {leaked:?}; functions on top: {culprits:?}");
    if leaked.is_empty() && culprits == expected { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
