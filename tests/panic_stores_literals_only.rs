//! If a panic ends the process between its two phases, the stored report holds only text that the compiler wrote. It
//! holds nothing that the program computed, even if that text is never freed.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the program reads a file into texts that it never frees")]

mod scenario;
use std::panic::panic_any;
use std::sync::OnceLock;

use crawl4ai_telemetry::sanitize::{Detector, Span};
use crawl4ai_telemetry::{operation, telemetry_context};
use scenario::{Stage, builder};

const PLANTED: [&str; 3] = ["for-ada-lovelace-1", "for-ada-lovelace-2", "for-ada-lovelace-3"];

/// A detector that ends the process when phase 2 cleans the first text.
struct Dies;

impl Detector for Dies {
    fn find(&self, _: &str, _: &mut Vec<Span>) {
        scenario::kill_self()
    }
}

/// Computed texts that live as long as constants. The parent passes them in, so that no literal in the program equals
/// them.
fn computed(n: usize) -> &'static str {
    static KEPT: OnceLock<String> = OnceLock::new();
    let all = std::env::var("PLANTED").expect("planted texts");
    let own = all.split(',').nth(n).expect("one of them").to_owned();
    if n == 0 { KEPT.get_or_init(|| own) } else { Box::leak(own.into_boxed_str()) }
}

fn program(part: &str) {
    let _telemetry = builder().detector(Dies).install().expect("installed");
    let _outer = operation("crawl");
    match part {
        "literal" => panic!("the shelf is full"),
        "kept" => panic_any(computed(0)),
        "leaked" => panic_any(computed(1)),
        _ => drop(telemetry_context(computed(2), || -> Result<(), String> { panic!("the shelf is full") })),
    }
}

fn test(_: &Stage) {
    let mut stored = Vec::new();
    for part in ["literal", "kept", "leaked", "operation"] {
        // Each part has a folder of its own, because the next start cleans the reports that it finds.
        let stage = Stage::new();
        let output =
            stage.command(part).env("PLANTED", PLANTED.join(",")).output().expect("the program runs");
        assert_eq!(output.status.code(), scenario::KILLED, "{part}");
        assert_eq!(stage.waiting().len(), 1, "{part}");
        for file in stage.files() {
            let bytes = std::fs::read(stage.folder().join(file)).expect("a file");
            stored.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    let with = |text: &str| stored.iter().filter(|stored| stored.contains(text)).count();
    for planted in PLANTED {
        assert_eq!(with(planted), 0, "{stored:#?}");
    }
    // On other systems literals cannot be recognized, so that no text counts as one.
    let literals = if cfg!(target_os = "linux") { (2, 4) } else { (0, 0) };
    assert_eq!((with("the shelf is full"), with("\"crawl\"")), literals, "{stored:#?}");
}

fn main() {
    scenario::main(program, test);
}
