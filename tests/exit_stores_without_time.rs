//! A program ends right after a capture, without time for a server. The captured error is stored all the same, even if
//! symbolication or the search for own words takes many times as long as the exit timeout.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{Privacy, capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

fn program(part: &str) {
    let builder = match part {
        "standard" => no_provider_that_answers(),
        "own words" => no_provider_that_answers().privacy(Privacy::OwnWords),
        _ => builder().privacy(Privacy::OwnWords),
    };
    if part == "next" {
        // Flushes, because on a busy machine the exit timeout may be too short for what a start does.
        assert!(builder.install().expect("installed").flush(Duration::from_secs(60)));
        return;
    }
    let _telemetry = builder.exit_timeout(Duration::from_millis(1)).install().expect("installed");
    for n in 0..3 {
        // The text is computed, so that no constant of the program equals it.
        let who: String = "ecalevoL adA".chars().rev().collect();
        let error = std::io::Error::other(format!("the ledger of {who} cannot be opened"));
        let _ = capture_exception(&error, context! { "n" => n });
    }
}

fn test(_: &Stage) {
    for part in ["standard", "own words"] {
        let stage = Stage::new();
        assert!(stage.run(part).status.success());
        assert_eq!(stage.waiting().len(), 3, "{part} {:?}", stage.files());
        // The next run of the same build reduces the text to own words before it is sent.
        assert!(stage.run("next").status.success());
        let reports = stage.delivered();
        assert_eq!(reports.len(), 3, "{part} {:?}", stage.files());
        for report in &reports {
            let said = &report["exceptions"][0]["value"];
            if part == "own words" {
                assert_eq!(report["words"]["narrowed"], true, "{report}");
                assert_eq!(said, "the ledger of [text] cannot be opened", "{report}");
            }
        }
    }
}

fn main() {
    scenario::main(program, test);
}
