//! Helpers for the tests of layers. They share one telemetry for the process, and find its reports by their texts.

#![allow(dead_code, reason = "no test needs all of it")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::Privacy;
use crawl4ai_telemetry::{App, Builder, Env, Environment, Guard, Limits, MemoryProvider, Report, Telemetry};

struct Process {
    memory: MemoryProvider,
    guard: Guard,
    _folder: tempfile::TempDir,
}

fn process() -> &'static Process {
    static PROCESS: OnceLock<Process> = OnceLock::new();
    PROCESS.get_or_init(|| {
        let memory = MemoryProvider::default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let guard = builder(folder.path())
            .limits(Limits::none())
            .provider(memory.clone())
            .install()
            .expect("installed");
        Process { memory, guard, _folder: folder }
    })
}

/// A builder with consent and a folder of its own.
pub(crate) fn builder(folder: &Path) -> Builder {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        // At this level the short texts of these tests are kept. Own words have separate tests.
        .privacy(Privacy::Standard)
        .config_folder(folder)
}

/// Installs the telemetry of this process.
pub(crate) fn install() {
    process();
}

/// Waits until everything captured so far is delivered.
pub(crate) fn flush() {
    // Tests run in parallel, so that another test may have captured an error after this flush began.
    let end = Instant::now() + Duration::from_secs(60);
    while !process().guard.flush(Duration::from_secs(60)) {
        assert!(Instant::now() < end, "delivered in time");
    }
}

/// All reports so far whose texts contain `text`, oldest first.
pub(crate) fn reports(text: &str) -> Vec<Report> {
    flush();
    let says =
        |report: &Report| report.exceptions().iter().any(|e| e.value().is_some_and(|v| v.contains(text)));
    process().memory.reports().into_iter().filter(says).collect()
}

/// The only report whose texts contain `text`.
pub(crate) fn only(text: &str) -> Report {
    let found = reports(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found.into_iter().next().expect("one")
}

/// The operations of a report as people write them: `crawl > fetch`.
pub(crate) fn path(report: &Report) -> String {
    report.operations().collect::<Vec<_>>().join(" > ")
}

/// An error without heap memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed(pub(crate) &'static str);

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Fixed {}

/// An error around another.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) text: &'static str,
    pub(crate) source: Fixed,
}

impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl Error for Around {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
