//! A real error and a real panic are cleaned and delivered, without an account, a network or a question.
//!
//! `cargo run --example quickstart` writes the reports to a file in a temporary folder and shows them beside
//! the raw texts. With `CRAWL4AI_SENTRY_DSN` set, and consent given (`CRAWL4AI_TELEMETRY=1`), they go to that
//! server instead.

#![allow(clippy::panic, clippy::print_stdout, reason = "this example fails and prints on purpose")]
#![allow(clippy::indexing_slicing, reason = "a missing key of a JSON value reads as null")]

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry::{App, Env, Guard, Telemetry, capture_exception, context};

const URL: &str = "https://api.example.com/v1/crawl?token=tk_live_51HxQ2eZvKYlo2C9dGfQ&user=ada";
const EMAIL: &str = "ada.lovelace@example.org";
const HOME: &str = "/home/ada/Documents/customers.html";
const HOST: &str = "203.0.113.42";

/// A typical error of a program. Its texts help to find the bug, but also hold values that nobody else may see.
#[derive(Debug)]
enum CrawlError {
    Fetch { url: String, source: ConnectError },
}

#[derive(Debug)]
struct ConnectError {
    host: String,
    source: std::io::Error,
}

impl fmt::Display for CrawlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Fetch { url, .. } = self;
        write!(f, "cannot fetch {url} for {EMAIL}")
    }
}

impl Error for CrawlError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let Self::Fetch { source, .. } = self;
        Some(source)
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from {} after 3 tries", self.host)
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

/// Fails as a crawler does and reports the error. The page and the token never leave.
#[inline(never)]
fn fetch_page(url: &str) -> Result<String, CrawlError> {
    let refused = format!("connection refused while reading {HOME} through {HOST}:8080");
    let source = ConnectError { host: HOST.to_owned(), source: std::io::Error::other(refused) };
    let error = CrawlError::Fetch { url: url.to_owned(), source };
    let page = "<p>".repeat(9_000);
    let context =
        context! { "retries" => 3, "url" => url, "html" => page, "api_token" => "tk_1", "owner" => EMAIL };
    println!("  captured: {:?}\n", capture_exception(&error, context));
    Err(error)
}

/// Panics as a parser does, with a computed message.
#[inline(never)]
fn parse_page(html: &str) -> usize {
    let Some(table) = html.find("<table") else {
        panic!("no table in {HOME}, fetched from {URL} for {EMAIL}");
    };
    table + 1
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::Builder::new().prefix("quickstart-").tempdir()?;
    let file = folder.path().join("reports.jsonl");
    let own_server = Env::from_process("CRAWL4AI").own("SENTRY_DSN").is_some();
    let telemetry = start(folder.path(), &file, own_server)?;

    println!("── An error, as the program has it ──────────────────────────────────────────\n");
    if let Err(error) = fetch_page(URL) {
        print_chain(&error);
    }

    println!("\n── A panic in a thread; the next lines are Rust's own ───────────────────────\n");
    let parser =
        std::thread::Builder::new().name("parser".into()).spawn(|| parse_page("<p>no table here</p>"))?;
    let survived = parser.join().is_err();
    println!("\n  the program lives on: {survived}");

    if own_server {
        let delivered = telemetry.flush(Duration::from_secs(10));
        let health = telemetry.status().provider_health;
        println!(
            "\nThe server of CRAWL4AI_SENTRY_DSN: {health}.{}",
            if delivered { "" } else { " The reports are kept." }
        );
        return Ok(());
    }
    // At the end of the program, waiting reports are delivered within the exit timeout.
    drop(telemetry);
    show(&file)?;
    println!("\nThe reports lie in {}", folder.keep().join("reports.jsonl").display());
    Ok(())
}

/// Without a server of yours, reports go to a file and consent is given here, because nothing leaves this machine.
/// Otherwise they go to your server, with the consent that you gave.
fn start(folder: &Path, file: &Path, own_server: bool) -> Result<Guard, Box<dyn Error>> {
    let builder = Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION")));
    let builder = builder.exit_timeout(Duration::from_secs(10));
    let builder = if own_server {
        builder
    } else {
        builder
            .file(file)
            .config_folder(folder)
            .env(Env::from_pairs("CRAWL4AI", [("CRAWL4AI_TELEMETRY", "1")]))
    };
    Ok(builder.install()?)
}

fn print_chain(error: &dyn Error) {
    let mut next = Some(error);
    while let Some(link) = next {
        println!("  {link}");
        next = link.source();
    }
}

fn show(file: &Path) -> Result<(), Box<dyn Error>> {
    let written = std::fs::read_to_string(file)?;
    let reports: Result<Vec<(&str, serde_json::Value)>, _> =
        written.lines().map(|line| serde_json::from_str(line).map(|report| (line, report))).collect();
    let mut reports = reports?;
    // Sorted by time, because reports may leave in another order. Within one millisecond the error came first. Without its
    // Z a time sorts as text: `…:04.41` before `…:04.411`.
    reports.sort_by_cached_key(|(_, report)| {
        let time = text(&report["time"]).trim_end_matches('Z').to_owned();
        (time, text(&report["exceptions"][0]["kind"]).to_owned())
    });
    for (number, (line, report)) in reports.iter().enumerate() {
        println!(
            "\n── Report {}, as it left ─────────────────────────────────────────────────────\n",
            number + 1
        );
        for exception in report["exceptions"].as_array().into_iter().flatten() {
            println!("  {}: {}", text(&exception["type"]), text(&exception["value"]));
        }
        let frames = report["exceptions"][0]["frames"].as_array();
        if let Some(frame) = frames.into_iter().flatten().find(|frame| frame["in_app"] == true) {
            println!(
                "  in          {} ({}:{})",
                text(&frame["function"]),
                text(&frame["file"]),
                frame["line"]
            );
        }
        println!("  context     {}", report["context"]);
        println!("  redacted    {}", report["redactions"]);
        println!(
            "  bytes       {}, level {}, fingerprint {}",
            line.len(),
            report["level"],
            report["fingerprint"]
        );
    }
    Ok(())
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or("–")
}
