//! Checks when and on which thread a provider's methods are called. While the telemetry is built, the building thread
//! asks for its name, its destination and whether a person carries its reports. They are never asked for again. All
//! other methods run on a thread of the library: `initialize` before the first delivery, `flush` with the remaining
//! time, and `shutdown` once, at the end and in time. A method that blocks does not block the program.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{MemoryProvider, Payload, ProviderError, Report, SendError, TelemetryProvider};
use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::Test;
use scenario::{Stage, builder, end_of};

/// All calls so far: the method, the thread, and the time that it was given.
static CALLS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Whether the telemetry has been built.
static BUILT: AtomicBool = AtomicBool::new(false);

/// A provider that records its calls. After the build, a method that must no longer be called panics or blocks.
struct Noting(String);

impl Noting {
    fn note(&self, method: &str, time: Option<Duration>) {
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        let time = time.map(|time| format!(" {}", time.as_millis())).unwrap_or_default();
        CALLS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{method} {thread}{time}"));
    }

    fn says_who_it_is(&self, method: &str) {
        self.note(method, None);
        if BUILT.load(Ordering::SeqCst) {
            assert_ne!(self.0, "name panics later", "{method}");
            block();
        }
    }
}

fn block() -> ! {
    loop {
        std::thread::park();
    }
}

impl TelemetryProvider for Noting {
    fn name(&self) -> &str {
        self.says_who_it_is("name");
        "noting"
    }
    fn destination(&self) -> Cow<'_, str> {
        self.says_who_it_is("destination");
        "a list".into()
    }
    fn by_hand(&self) -> bool {
        self.says_who_it_is("by_hand");
        false
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        self.note("initialize", None);
        Ok(())
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        MemoryProvider::default().render(report)
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        self.note("send_exception", None);
        Ok(())
    }
    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        self.note("flush", Some(timeout));
        if self.0 == "flush blocks" {
            block();
        }
        Ok(())
    }
    fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
        self.note("shutdown", Some(timeout));
        if self.0 == "shutdown blocks" {
            block();
        }
        Ok(())
    }
}

fn program(part: &str) {
    let exit = Duration::from_millis(if part.ends_with("blocks") { 500 } else { 5_000 });
    let telemetry =
        builder().provider(Noting(part.to_owned())).exit_timeout(exit).install().expect("installed");
    BUILT.store(true, Ordering::SeqCst);
    if part != "nothing happens" {
        let _ = capture_exception(&std::io::Error::other("x"), context! {});
        assert!(std::panic::catch_unwind(|| panic!("y")).is_err());
        assert_eq!(telemetry.flush(Duration::from_secs(3)), part != "flush blocks");
        // Everything else that a program may ask for.
        let status = telemetry.status();
        assert_eq!((&*status.provider, &*status.destination), ("noting", "a list"), "{status}");
        let _ =
            (telemetry.preview(), telemetry.waiting(), telemetry.sent(), format!("{telemetry:?} {status}"));
        let _ = capture_exception(&"x".parse::<u8>().expect_err("no number"), context! {});
    }
    let start = Instant::now();
    drop(telemetry);
    let held = start.elapsed();
    // The limit allows for a busy machine and for symbolication. A method that blocks would exceed any limit.
    assert!(held < exit + Duration::from_secs(3), "held for {held:?}");
    let calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
    std::fs::write(calls_file(), calls).expect("written");
}

fn calls_file() -> PathBuf {
    scenario::folder().join("calls")
}

/// The calls of a run, each with method, thread and milliseconds.
fn calls(stage: &Stage, part: &str) -> Vec<(String, String, Option<u64>)> {
    let status = end_of(&mut stage.command(part).spawn().expect("runs"));
    assert!(status.success(), "{part}: {status}");
    let text = std::fs::read_to_string(stage.folder().join("calls")).expect("noted");
    let call = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let time = |word: String| word.parse().expect("milliseconds");
        (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().map(time))
    };
    text.lines().map(call).collect()
}

fn count(calls: &[(String, String, Option<u64>)], method: &str) -> usize {
    calls.iter().filter(|call| call.0 == method).count()
}

fn name_and_destination_are_read_once(_: &Stage) {
    for part in ["name panics later", "name blocks"] {
        let calls = calls(&Stage::new(), part);
        for method in ["name", "destination", "by_hand"] {
            assert_eq!(count(&calls, method), 1, "{part}: {calls:?}");
            assert!(calls.iter().all(|call| call.0 != method || call.1 == "main"), "{part}: {calls:?}");
        }
        assert_eq!(count(&calls, "send_exception"), 3, "{part}: {calls:?}");
    }
}

fn flush_and_shutdown_are_called(stage: &Stage) {
    let calls = calls(stage, "");
    let methods: Vec<&str> = calls.iter().skip(3).map(|call| &*call.0).collect();
    assert_eq!(methods.first(), Some(&"initialize"), "{calls:?}");
    assert_eq!(methods.last(), Some(&"shutdown"), "nothing is called after it: {calls:?}");
    let counts = ["initialize", "send_exception", "shutdown"].map(|method| count(&calls, method));
    assert_eq!(counts, [1, 3, 1], "{calls:?}");
    assert!(count(&calls, "flush") >= 1, "{calls:?}");
    assert!(calls.iter().skip(3).all(|call| call.1.starts_with("telemetry-")), "{calls:?}");
    for (method, _, time) in &calls {
        assert!(time.is_none_or(|time| time <= 5_000), "{method}: {calls:?}");
    }
}

fn nothing_is_called_where_nothing_happens(stage: &Stage) {
    let methods: Vec<String> = calls(stage, "nothing happens").into_iter().map(|call| call.0).collect();
    assert_eq!(methods, ["name", "destination", "by_hand"]);
}

fn what_blocks_holds_nobody(_: &Stage) {
    for part in ["flush blocks", "shutdown blocks"] {
        let calls = calls(&Stage::new(), part);
        assert!(count(&calls, part.trim_end_matches(" blocks")) == 1, "{part}: {calls:?}");
    }
}

fn main() {
    scenario::main_of(program, || {
        vec![
            Test::new("name_and_destination_are_read_once", name_and_destination_are_read_once),
            Test::new("flush_and_shutdown_are_called", flush_and_shutdown_are_called),
            Test::new("nothing_is_called_where_nothing_happens", nothing_is_called_where_nothing_happens),
            Test::new("what_blocks_holds_nobody", what_blocks_holds_nobody),
        ]
    });
}
