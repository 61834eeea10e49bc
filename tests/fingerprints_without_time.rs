//! A bug has one fingerprint, whether there was time for debug information, which knows functions that were inlined, or
//! only for the symbol table, which does not.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(clippy::disallowed_methods, reason = "a host sets a panic hook of its own")]
#![allow(clippy::inline_always, reason = "a build without optimization inlines nothing else")]

mod scenario;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::panic::catch_unwind;
use std::time::Duration;

use crawl4ai_telemetry::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry::{Limits, Privacy, ResultExt, capture_exception, context, telemetry};
use scenario::{Stage, builder};
use serde_json::Value;

/// Words that are never read in a program that has no time. Such a program stores its reports by their addresses, and
/// the next one names them: in a build without optimization by the symbol table.
struct Words {
    endless: bool,
}

impl WordSource for Words {
    fn name(&self) -> &str {
        "words"
    }
    fn bytes(&self) -> u64 {
        0
    }
    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        self.prepare(Look::Known);
        Ok(())
    }
    fn prepare(&self, _: Look) {
        if self.endless {
            loop {
                std::thread::park();
            }
        }
    }
}

/// Where a bug was captured: the function that counts for the fingerprint.
const BUGS: [(&str, fn()); 7] = [
    ("around_inlined", around_inlined),
    ("in_a_closure", in_a_closure),
    ("generic", generic::<Vec<u8>>),
    ("attributed", attributed),
    ("drop", in_a_drop),
    ("carried", carried),
    ("around_a_panic", around_a_panic),
];

fn error(text: &str) -> std::io::Error {
    std::io::Error::other(text.to_owned())
}

#[inline(always)]
fn inlined(bug: &str) {
    let _ = capture_exception(&error("the page has no end"), context! { "key" => bug });
}

#[inline(never)]
fn around_inlined() {
    inlined("around_inlined");
    black_box(());
}

#[inline(never)]
fn in_a_closure() {
    let closure = |bug| inlined(bug);
    black_box(black_box(Some("in_a_closure")).map(closure));
}

#[inline(never)]
fn generic<T: Default>() {
    let value = black_box(T::default());
    inlined("generic");
    drop(value);
}

#[telemetry]
fn attributed() {
    let failed = Err::<(), _>(error("the page has no end"));
    let _ = failed.capture();
}

struct Page;

impl Drop for Page {
    #[inline(never)]
    fn drop(&mut self) {
        inlined("drop");
    }
}

fn in_a_drop() {
    drop(black_box(Page));
}

/// The stack of this error is that of where it was made.
#[inline(never)]
fn carried() {
    let _ = capture_exception(&made_elsewhere(), context! { "key" => "carried" });
    black_box(());
}

#[inline(never)]
fn made_elsewhere() -> anyhow::Error {
    anyhow::anyhow!("the page has no end")
}

#[inline(always)]
fn fail_inlined(at: usize) -> u8 {
    b"abc"[black_box(at)]
}

#[inline(never)]
fn around_a_panic() {
    let _ = catch_unwind(|| fail_inlined(7));
    black_box(());
}

fn program(part: &str) {
    let in_a_hurry = part.starts_with("in a hurry");
    let builder = builder().limits(Limits::none()).privacy(Privacy::Standard);
    let builder = builder.own_words(Words { endless: in_a_hurry });
    let timeout = Duration::from_millis(if in_a_hurry { 300 } else { 60_000 });
    let telemetry = builder.exit_timeout(timeout).install().expect("installed");
    if let Some((_, bug)) = BUGS.iter().find(|(name, _)| part.ends_with(name)) {
        // Calls the one before it, so that it stands on the stack of a panic.
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| before(info)));
        bug();
    }
    if !in_a_hurry {
        assert!(telemetry.flush(Duration::from_secs(120)));
    }
}

fn test(_: &Stage) {
    let mut of_bugs: BTreeMap<String, &str> = BTreeMap::new();
    for (bug, _) in BUGS {
        let stage = Stage::new();
        let run = |part: &str| {
            let output = stage.command(part).env("RUST_BACKTRACE", "1").output().expect("runs");
            assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
        };
        run(&format!("in time {bug}"));
        run(&format!("in a hurry {bug}"));
        assert_eq!(stage.waiting().len(), 1, "{bug}: {:?}", stage.files());
        run("next");
        let [named, by_table] = stage.delivered().try_into().expect("two");
        let (fingerprint, late) = (text(&named["fingerprint"]), text(&by_table["fingerprint"]));
        assert_eq!(fingerprint, late, "{bug}: {named:#} {by_table:#}");
        let lines = |report: &Value| report["exceptions"][0]["frames"].to_string().contains("\"line\":");
        let is_carried = bug == "carried";
        assert!(lines(&named), "{bug}: {named:#}");
        // A panic that its process did not complete counts as the end of it, and is named with all that is known.
        if cfg!(debug_assertions) && bug != "around_a_panic" {
            assert_eq!(lines(&by_table), is_carried, "{bug}: named by debug information: {by_table:#}");
        }
        if is_carried {
            for report in [&named, &by_table] {
                let function = text(&report["exceptions"][0]["captured_in"]);
                assert!(function.ends_with(bug), "{function}");
            }
        }
        assert_eq!(of_bugs.insert(fingerprint, bug), None, "{bug} is a bug of its own: {of_bugs:?}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

fn main() {
    scenario::main(program, test);
}
