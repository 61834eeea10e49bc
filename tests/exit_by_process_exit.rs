//! `process::exit` right after a capture loses nothing. Most command-line programs end like this after an error.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "as such programs do")]
#![allow(clippy::disallowed_methods, reason = "this program exits on purpose")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder, culprit, no_provider_that_answers};

#[inline(never)]
fn export(number: i64) -> std::io::Error {
    let error = std::io::Error::other("could not create the export file");
    let _ = capture_exception(&error, context! { "attempt" => number });
    error
}

fn fails_and_exits() -> ! {
    let error = export(1);
    // Such programs continue like this.
    eprintln!("error: {error}");
    std::process::exit(7)
}

fn program(part: &str) {
    match part {
        "main" => {
            let _telemetry = builder().install().expect("installed");
            fails_and_exits()
        }
        "another thread" => {
            let _telemetry = builder().install().expect("installed");
            let _ = std::thread::spawn(|| fails_and_exits()).join();
        }
        "guard forgotten" => {
            // A guard in a static, or a leaked one, is never dropped.
            Box::leak(Box::new(builder().install().expect("installed")));
            export(1);
        }
        "no time" => {
            let telemetry = no_provider_that_answers().exit_timeout(Duration::from_millis(1));
            let _telemetry = telemetry.install().expect("installed");
            fails_and_exits()
        }
        "survived panic" => {
            let _telemetry = builder().install().expect("installed");
            let _ = std::panic::catch_unwind(|| panic!("no table on page 7"));
            std::process::exit(7)
        }
        "inside a provider" => {
            let exits = scenario::Sends(|_: &crawl4ai_telemetry::Report| std::process::exit(7));
            let telemetry = builder().provider(exits).install().expect("installed");
            export(1);
            telemetry.flush(Duration::from_secs(20));
        }
        // Delivers what an earlier run stored.
        _ => drop(builder().install().expect("installed")),
    }
}

fn test(_: &Stage) {
    for part in ["main", "another thread", "guard forgotten", "survived panic"] {
        let stage = Stage::new();
        let code = if part == "guard forgotten" { 0 } else { 7 };
        assert_eq!(stage.run(part).status.code(), Some(code), "{part}");
        let reports = stage.delivered();
        assert_eq!(reports.len(), 1, "{part}: {:?}", stage.files());
        if part == "survived panic" {
            assert_eq!(reports[0]["level"], "error", "the program lived on: {}", reports[0]);
        } else {
            assert_eq!(culprit(&reports[0]), "exit_by_process_exit::export", "{part}");
            assert_eq!(reports[0]["context"]["attempt"], 1, "{part}");
        }
        // The report is sent once, neither again in this run nor at the next start.
        assert!(stage.run("next start").status.success());
        assert_eq!(stage.delivered().len(), 1, "{part}");
    }
    for part in ["no time", "inside a provider"] {
        let stage = Stage::new();
        assert_eq!(stage.run(part).status.code(), Some(7), "{part}");
        assert!(stage.run("next start").status.success());
        assert_eq!(stage.delivered().len(), 1, "{part}: {:?}", stage.files());
    }
}

fn main() {
    scenario::main(program, test);
}
