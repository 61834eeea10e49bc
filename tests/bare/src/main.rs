//! A program that uses the library with every feature off. It compiles and reports through a provider of its own.
//! Without a destination it writes nothing and connects to nobody.
//!
//! Run it alone, with `cargo run -p bare`, so that Cargo does not add features that other workspace members ask for.

#![allow(clippy::panic, clippy::expect_used, reason = "a check fails by panicking")]

use std::fs;
use std::io;
use std::net::TcpListener;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry::{
    App, Env, Environment, Level, MemoryProvider, Outcome, Reason, Report, Rule, Telemetry,
    capture_exception, context, status, telemetry_context,
};

const LONG: Duration = Duration::from_secs(20);

fn builder(folder: &Path, variables: &[(&str, &str)]) -> crawl4ai_telemetry::Builder {
    let env = Env::from_pairs("BARE", variables.iter().copied());
    let app = App::new("bare", "1.0.0").env_prefix("BARE");
    Telemetry::builder(app).env(env).environment(Environment::Cli).config_folder(folder)
}

fn fail() -> Outcome {
    assert!(catch_unwind(|| panic!("on purpose")).is_err());
    capture_exception(&io::Error::other("no table in the page"), context! { "retries" => 3 })
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).expect("a folder").next().is_none()
}

/// Consent is given and an address is set, but no provider is compiled in that could use the address.
fn with_nowhere_to_send_to(folder: &Path) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let dsn = format!("http://key@{}/1", listener.local_addr().expect("an address"));
    let guard = builder(folder, &[("BARE_TELEMETRY", "1"), ("BARE_SENTRY_DSN", &dsn)]).init();
    assert_eq!(fail(), Outcome::Suppressed(Reason::NoProvider));
    assert!(guard.flush(LONG), "nothing waits");
    let status = status().expect("installed");
    assert_eq!((status.enabled, &*status.provider, status.pending), (false, "none", Some(0)));
    let why = status.last_failure.unwrap_or_default();
    assert!(why.contains("built without the feature"), "{why}");
    drop(guard);
    assert!(is_empty(folder), "nothing is written");
    assert!(listener.accept().is_err_and(|e| e.kind() == io::ErrorKind::WouldBlock), "nobody is asked");
}

/// There is a provider, but the user said no.
fn without_consent(folder: &Path) {
    let memory = MemoryProvider::default();
    let switched_off = builder(folder, &[("BARE_TELEMETRY", "0")]).provider(memory.clone());
    let guard = switched_off.install().expect("installed");
    assert_eq!(fail(), Outcome::Suppressed(Reason::NoConsent(Rule::KillSwitch)));
    assert!(!status().expect("installed").enabled);
    drop(guard);
    assert!(memory.reports().is_empty() && is_empty(folder));
}

/// The program has a provider of its own, and the user consented.
fn with_a_provider_of_its_own(folder: &Path) {
    let memory = MemoryProvider::default();
    let guard = builder(folder, &[("BARE_TELEMETRY", "1")])
        .provider(memory.clone())
        .exit_timeout(Duration::from_secs(10))
        .install()
        .expect("installed");
    let outcome = telemetry_context("crawl", || Ok::<_, io::Error>(fail()));
    let Ok(Outcome::Queued(id)) = outcome else { panic!("{outcome:?}") };
    assert!(guard.flush(LONG), "delivered");
    assert!(status().expect("installed").enabled);
    drop(guard);

    let reports = memory.reports();
    assert_eq!(reports.len(), 2, "the panic and the error: {reports:#?}");
    let error = reports.iter().find(|report| report.id() == id).expect("the report of that id");
    assert!(error.operations().eq(["crawl"]));
    let said = |report: &Report| report.exceptions().first().and_then(|e| e.value().map(str::to_owned));
    assert_eq!(said(error).as_deref(), Some("no table in the page"));
    let panic = reports.iter().find(|report| report.id() != id).expect("the other one");
    assert_eq!((said(panic).as_deref(), panic.level()), (Some("on purpose"), Level::Error));
}

/// `init!` takes the name and version of the program, not those of the library.
fn under_its_own_name() {
    let guard = crawl4ai_telemetry::init!();
    assert_eq!((guard.app().name(), guard.app().version()), ("bare", env!("CARGO_PKG_VERSION")));
    assert_eq!((guard.app().config_folder_name(), guard.app().env_prefix_name()), (".bare", "BARE"));
}

fn main() {
    under_its_own_name();
    let folder = std::env::temp_dir().join(format!("telemetry-bare-{}", std::process::id()));
    for (part, check) in [
        ("nowhere", with_nowhere_to_send_to as fn(&Path)),
        ("denied", without_consent),
        ("own", with_a_provider_of_its_own),
    ] {
        let folder = folder.join(part);
        fs::create_dir_all(&folder).expect("a folder");
        check(&folder);
    }
    fs::remove_dir_all(&folder).expect("ours");
}
