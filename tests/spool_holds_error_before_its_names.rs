//! An error is on the disk before its names and its words are found: a signal in between loses nothing, and no other
//! process takes the report while the one lives that completes it.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry::{Outcome, Privacy, capture_exception, context};
use scenario::{Stage, builder};

/// Words that may take longer to find than the program lives.
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
        Ok(())
    }
    fn prepare(&self, _: Look) {
        while self.endless {
            std::thread::park();
        }
    }
}

fn program(part: &str) {
    let privacy = if part.ends_with("standard") { Privacy::Standard } else { Privacy::OwnWords };
    let is_next = part.starts_with("next");
    // The same words in both, or it would be another build.
    let builder = builder().privacy(privacy).own_words(Words { endless: !is_next });
    if is_next {
        let telemetry = builder.install().expect("installed");
        assert!(telemetry.flush(Duration::from_secs(60)));
        return;
    }
    let _telemetry = builder.install().expect("installed");
    let who: String = "ecalevoL adA".chars().rev().collect();
    let error = std::io::Error::other(format!("the ledger of {who} cannot be opened"));
    let outcome = capture_exception(&error, context! {});
    assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
    loop {
        std::thread::park();
    }
}

fn test(_: &Stage) {
    for level in ["own words", "standard"] {
        let stage = Stage::new();
        let mut child = stage.command(level).spawn().expect("runs");
        let start = Instant::now();
        while !stage.waiting().iter().any(|name| name.ends_with(".partial")) {
            assert!(start.elapsed() < Duration::from_secs(60), "{level}: {:?}", stage.waiting());
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(stage.run(&format!("next {level}")).status.success());
        assert!(stage.delivered().is_empty(), "{level}: taken from the process that completes it");
        assert_eq!(stage.waiting().len(), 1, "{level}: {:?}", stage.waiting());

        child.kill().expect("killed");
        child.wait().expect("dead");
        assert!(stage.run(&format!("next {level}")).status.success());
        assert!(stage.waiting().is_empty(), "{level}: {:?}", stage.waiting());
        let [report] = stage.delivered().try_into().expect("one");
        assert_eq!(report["level"], "error", "it is not what ended the program: {report}");
        let error = &report["exceptions"][0];
        if level == "own words" {
            assert_eq!(error["value"], "the ledger of [text] cannot be opened", "{report}");
        }
        assert!(error["frames"].as_array().is_some_and(|frames| frames.len() > 3), "{report}");
    }
}

fn main() {
    scenario::main(program, test);
}
