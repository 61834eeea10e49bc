//! A user is asked even if somebody else has already created a file with the name of the question's lock in the
//! temporary folder, because the lock is in a folder of the user's own.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]
#![allow(clippy::disallowed_methods, reason = "a scenario is a program")]

mod prompting;
mod scenario;
use std::fs;

use prompting::{EMAIL, PROMPT, asking, capture};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, builder};

fn program(_: &str) {
    take_session();
    let _telemetry = builder().install().expect("installed");
    let _ = capture("for ada@example.org");
}

fn test(stage: &Stage) {
    let temporary = stage.folder().join("tmp");
    let user = rustix::process::geteuid().as_raw();
    let squatted = temporary.join(format!("crawl4ai-telemetry-{user}"));
    fs::create_dir(&temporary).expect("made");
    if rustix::process::geteuid().is_root() {
        fs::create_dir(&squatted).expect("made");
        rustix::fs::chown(&squatted, Some(rustix::process::Uid::from_raw(61_235)), None).expect("given away");
    } else {
        fs::write(&squatted, "in the way").expect("written");
    }
    // The runtime folder is missing, belongs to somebody else, or is writable by others.
    let open = stage.folder().join("open");
    fs::create_dir(&open).expect("made");
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(&open, permissions).expect("set");
    for (n, runtime) in [None, Some(squatted.as_path()), Some(open.as_path())].into_iter().enumerate() {
        let terminal = Terminal::new();
        let mut command = asking(stage, "error");
        command.env("TMPDIR", &temporary).env_remove("XDG_RUNTIME_DIR");
        if let Some(runtime) = runtime {
            command.env("XDG_RUNTIME_DIR", runtime);
        }
        let running = terminal.run(&mut command);
        terminal.answer(PROMPT, "1\n");
        terminal.answer(EMAIL, "\n");
        assert!(running.end().success());
        assert_eq!(stage.delivered().len(), n + 1, "{runtime:?}");
    }
    assert_eq!(fs::read_dir(&open).expect("there").count(), 0, "nothing is made where others may write");
}

fn main() {
    scenario::main(program, test);
}
