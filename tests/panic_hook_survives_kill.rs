//! The program is killed at the moment when the panic hook has returned, before any other code of the library runs. The
//! next start delivers the panic. This also works if phase 2 never gets a thread.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program has a hook of its own")]

mod scenario;
use scenario::{Stage, builder};

fn program(part: &str) {
    if part == "next start" {
        drop(builder().install().expect("installed"));
        return;
    }
    // The host's hook is called by ours, as its last step.
    std::panic::set_hook(Box::new(|_| scenario::kill_self()));
    let _telemetry = builder().install().expect("installed");
    panic!("the last words");
}

fn test(stage: &Stage) {
    // A third death would be a crash loop, which another scenario tests.
    for run in 1..=2 {
        assert_eq!(stage.run("dies").status.code(), scenario::KILLED);
        assert_eq!(stage.waiting().len(), 1, "run {run}");
        assert_eq!(stage.delivered().len(), run - 1, "nothing leaves in the hook");
        assert!(stage.run("next start").status.success());
        assert_eq!(stage.delivered().len(), run);
    }
    for report in stage.delivered() {
        assert_eq!(report["level"], "fatal");
        assert_eq!(report["exceptions"][0]["value"], "the last words");
    }
}

fn main() {
    scenario::main(program, test);
}
