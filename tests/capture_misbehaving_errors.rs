//! Errors whose methods panic or never return, and contexts of unlimited size, are reported as far as possible. The
//! program continues.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crawl4ai_telemetry::{Context, Limits, Outcome, Value, capture_exception, context};
use scenario::{Stage, builder};

#[cfg(windows)]
fn not_unicode() -> PathBuf {
    use std::os::windows::ffi::OsStringExt;
    let lone_surrogate = [0xd800];
    PathBuf::from(r"C:\Users\grace").join(OsString::from_wide(&lone_surrogate))
}

#[cfg(not(windows))]
fn not_unicode() -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(OsString::from_vec(b"/home/grace/\xff\xfe.html".to_vec()))
}

#[derive(Debug)]
struct Bomb;
impl fmt::Display for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in Display");
    }
}
impl Error for Bomb {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        panic!("in source");
    }
}

#[derive(Debug)]
struct Endless;
impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("more and ")?;
        }
    }
}
impl Error for Endless {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&Endless)
    }
}

/// An error that reports itself while it is being reported.
#[derive(Debug)]
struct Recursive;
impl fmt::Display for Recursive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = capture_exception(self, Context::new());
        assert!(matches!(inner, Outcome::Suppressed(_)));
        f.write_str("recursive")
    }
}
impl Error for Recursive {}

fn deep(levels: usize) -> Context {
    let mut context = context! { "leaf" => "end" };
    for level in 0..levels {
        context = context! { format!("level {level}") => context };
    }
    context
}

fn queued(error: &(dyn Error + 'static), context: Context) {
    assert!(matches!(capture_exception(error, context), Outcome::Queued(_)));
}

fn program(_: &str) {
    let telemetry = builder().limits(Limits::none()).install().expect("installed");
    queued(&Bomb, context! {});
    queued(&Endless, context! {});
    queued(&Recursive, context! {});

    let plain = std::io::Error::other("plain");
    queued(&plain, deep(10_000));
    queued(&plain, (0..10_000).map(|n| (format!("key {n}"), n)).collect());
    queued(
        &plain,
        context! { "long" => "word ".repeat(1_000_000), "controls" => "\u{0}\u{1b}[31m\u{202e}\u{feff}" },
    );
    queued(
        &plain,
        context! { "huge" => u128::MAX, "small" => i128::MIN, "nan" => f64::NAN, "inf" => f32::INFINITY },
    );
    queued(&plain, context! { "path" => not_unicode() });
    queued(&plain, context! { "list" => vec![vec![1.5; 1000]; 1000], "" => Value::Null });
    assert!(telemetry.flush(std::time::Duration::from_secs(60)));
}

fn test(stage: &Stage) {
    let output = stage.run("");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reports = stage.delivered();
    assert_eq!(reports.len(), 9);
    // Reports are found by their type, because the order of reports from the same millisecond is not defined.
    let of = |error: &str| {
        let is = |report: &&serde_json::Value| {
            report["exceptions"][0]["type"].as_str().is_some_and(|name| name.ends_with(error))
        };
        reports.iter().find(is).expect(error)
    };
    assert_eq!(of("Bomb")["exceptions"][0]["value"], "<its Display panicked>");
    assert_eq!(of("Endless")["exceptions"].as_array().map(Vec::len), Some(16));
    assert_eq!(of("Endless")["exceptions_cut"], 48);
    assert_eq!(of("Recursive")["exceptions"][0]["value"], "recursive");
    for report in &reports {
        let bytes = report.to_string().len();
        assert!(bytes < 100_000, "{bytes} bytes");
        assert!(!report.to_string().contains("grace"), "{}", report["context"]);
    }
}

fn main() {
    scenario::main(program, test);
}
