//! The panic hook runs no code of the program: no provider, no prompt, no detector. If such code panicked, it would
//! abort a program that would have caught the first panic. If it waited for the panicking thread, it would wait for
//! ever.
//!
//! A detector therefore runs on a thread of the library, for a quarter of a second. If it does not return, the report
//! that the hook stored first is kept. If it panics, that panic is not passed through the detector. Nothing leaves
//! until the hook has returned.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program has a hook of its own")]
#![allow(clippy::print_stdout, reason = "how the program tells its parent")]

mod scenario;
use std::borrow::Cow;
use std::io::Read;
use std::panic::catch_unwind;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crawl4ai_telemetry::consent::{Answer, Choice, ConsentPrompt, Question};
use crawl4ai_telemetry::sanitize::{Detector, Span};
use crawl4ai_telemetry::{MemoryProvider, Payload, ProviderError, Report, SendError, TelemetryProvider};
use scenario::harness::Test;
use scenario::{Stage, builder, end_of};

static PREVIOUS: AtomicUsize = AtomicUsize::new(0);
static ASKED: AtomicUsize = AtomicUsize::new(0);

struct Bad(&'static str);

impl Detector for Bad {
    fn find(&self, text: &str, _: &mut Vec<Span>) {
        if !text.contains("computed") {
            return;
        }
        assert_ne!(std::thread::current().name(), Some("main"), "in the hook");
        ASKED.fetch_add(1, Ordering::SeqCst);
        match self.0 {
            "panics" => panic!("in a detector"),
            "hangs" => loop {
                std::thread::park();
            },
            _ => {}
        }
    }
}

fn await_that(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "phase 2 came in time");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn waiting() -> Vec<String> {
    let entries = std::fs::read_dir(scenario::folder().join("telemetry/spool")).expect("a spool");
    entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

/// A provider and a prompt that never return normally from a call on a panicking thread.
struct Foreign {
    panics: bool,
}

impl Foreign {
    fn called(&self, what: &str) {
        if !std::thread::panicking() {
            return;
        }
        // The parent shows this line. Printing cannot fail here.
        println!("{what} was called in the panic hook");
        assert!(!self.panics, "{what}, in the panic hook");
        loop {
            std::thread::park();
        }
    }
}

impl TelemetryProvider for Foreign {
    fn name(&self) -> &str {
        self.called("name");
        "foreign"
    }
    fn destination(&self) -> Cow<'_, str> {
        self.called("destination");
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        self.called("initialize");
        Ok(())
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        self.called("render");
        MemoryProvider::default().render(report)
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        self.called("send_exception");
        scenario::no_connection(report)
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        self.called("flush");
        Ok(())
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        self.called("shutdown");
        Ok(())
    }
}

impl ConsentPrompt for Foreign {
    fn is_ready(&self) -> bool {
        self.called("is_ready");
        true
    }
    fn ask(&self, _: &Question<'_>) -> Answer {
        self.called("ask");
        Answer::from(Choice::Unanswered)
    }
}

fn panics_and_dies(computed: usize) -> ! {
    let start = Instant::now();
    assert!(catch_unwind(|| panic!("computed: {computed}")).is_err());
    assert!(start.elapsed() < Duration::from_secs(3), "the hook held the program {:?}", start.elapsed());
    assert!(PREVIOUS.load(Ordering::SeqCst) >= 1, "the previous hook runs");
    scenario::kill_self();
}

fn program(part: &str) {
    #[cfg(unix)]
    scenario::terminal::take_session();
    if part == "next start" {
        drop(builder().install().expect("installed"));
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PREVIOUS.fetch_add(1, Ordering::SeqCst);
        before(info);
    }));
    if let Some(how) = part.strip_prefix("foreign code that ") {
        let foreign = || Foreign { panics: how == "panics" };
        let builder = builder().provider(foreign()).prompt(foreign());
        let _telemetry = builder.install().expect("installed");
        panics_and_dies(part.len());
    }
    let own = Bad(if part == "hangs" { "hangs" } else { "panics" });
    let _telemetry = builder().detector(own).install().expect("installed");
    let start = Instant::now();
    assert!(catch_unwind(|| panic!("computed: {}", part.len())).is_err());
    assert!(start.elapsed() < Duration::from_secs(3), "the hook held the program {:?}", start.elapsed());
    assert!(PREVIOUS.load(Ordering::SeqCst) >= 1, "the previous hook runs");
    await_that(|| ASKED.load(Ordering::SeqCst) >= 1);
    if part == "panics" {
        // Text that the detector could not check is dropped, and the full report is stored.
        await_that(|| waiting().iter().all(|name| !name.contains("_----------------_")));
    }
    scenario::kill_self();
}

const FOREIGN: [&str; 2] = ["foreign code that panics", "foreign code that blocks"];

/// Runs with consent, because then the library is closest to calling the provider.
fn provider(_: &Stage) {
    for part in FOREIGN {
        let stage = Stage::new();
        let mut child = stage.command(part).stdout(Stdio::piped()).spawn().expect("runs");
        let status = end_of(&mut child);
        let mut called = String::new();
        child.stdout.take().expect("piped").read_to_string(&mut called).expect("text");
        assert_eq!(called, "", "{part}");
        assert_eq!(status.code(), scenario::KILLED, "{part}");
        assert_eq!(stage.waiting().len(), 1, "{part}");
        assert!(stage.run("next start").status.success());
        assert_eq!(stage.delivered().len(), 1, "{part}");
    }
}

/// Runs on a terminal before the user has decided. The report has to wait for an answer.
#[cfg(unix)]
fn prompt(_: &Stage) {
    for part in FOREIGN {
        let (stage, terminal) = (Stage::new(), scenario::terminal::Terminal::new());
        let mut command = stage.command(part);
        command.env_remove("CRAWL4AI_TELEMETRY").env("TERM", "xterm").env("XDG_RUNTIME_DIR", stage.folder());
        let status = end_of(&mut terminal.run(&mut command).child);
        assert!(!terminal.screen().contains("in the panic hook"), "{part}: {}", terminal.screen());
        assert_eq!(status.code(), scenario::KILLED, "{part}: {}", terminal.screen());
        let held = stage.waiting();
        assert!(held.len() == 1 && held[0].ends_with(".pending"), "{part}: {held:?}");
    }
}

fn detector(_: &Stage) {
    for part in ["hangs", "panics"] {
        let stage = Stage::new();
        let output = stage.run(part);
        assert_eq!(
            output.status.code(),
            scenario::KILLED,
            "{part}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(stage.waiting().len(), 1, "{part}: the program's panic, and no other");
        assert!(stage.delivered().is_empty(), "{part}");
        assert!(stage.run("next start").status.success());
        let reports = stage.delivered();
        assert_eq!(reports.len(), 1, "{part}");
        assert_eq!(
            reports[0]["exceptions"][0]["location"]["file"],
            "tests/panic_hook_runs_no_foreign_code.rs"
        );
        let value = &reports[0]["exceptions"][0]["value"];
        let expected = if part == "hangs" { serde_json::Value::Null } else { "[unscrubbed]".into() };
        assert_eq!(*value, expected, "{part}: what was not cleaned did not leave");
    }
}

fn main() {
    scenario::main_of(program, || {
        vec![
            Test::new("detector", detector),
            Test::new("provider", provider),
            #[cfg(unix)]
            Test::new("prompt", prompt),
        ]
    });
}
