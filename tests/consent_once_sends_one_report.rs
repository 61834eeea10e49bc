//! `once` lets exactly one report leave, across threads and processes. It is used up when a provider has accepted the
//! report. If this cannot be recorded, no report leaves.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder};

fn program(_: &str) {
    let telemetry = builder().install().expect("installed");
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let thread = std::thread::Builder::new();
            let error = std::io::Error::other("again");
            let capture = move || capture_exception(&error, context! { "n" => n });
            thread.spawn(capture).expect("a thread")
        })
        .collect();
    for thread in threads {
        let _ = thread.join().expect("joined");
    }
    telemetry.flush(std::time::Duration::from_secs(20));
}

/// The lock cannot be taken, as on a read-only disk. The next process would not know that `once` was used up.
fn where_it_cannot_be_spent_none_leaves() {
    let stage = Stage::new();
    let lock = stage.folder().join("config.json.lock");
    std::fs::write(stage.folder().join("config.json"), r#"{"telemetry": {"consent": "once"}}"#)
        .expect("a configuration file");
    std::fs::create_dir(&lock).expect("in the way");
    let run = || stage.command("").env_remove("CRAWL4AI_TELEMETRY").status().expect("runs").success();
    assert!(run() && run());
    assert_eq!(stage.delivered().len(), 0);
    std::fs::remove_dir(&lock).expect("out of the way");
    assert!(run());
    assert_eq!(stage.delivered().len(), 1, "nothing was spent");
}

fn test(stage: &Stage) {
    where_it_cannot_be_spent_none_leaves();
    let config = stage.folder().join("config.json");
    let before = "{\n  \"theme\": \"dark\",\n  \"telemetry\": {\"consent\": \"once\"}\n}\n";
    std::fs::write(&config, before).expect("a configuration file");
    let mut children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = stage.command("");
            command.env_remove("CRAWL4AI_TELEMETRY");
            command.spawn().expect("runs")
        })
        .collect();
    for child in &mut children {
        assert!(child.wait().expect("ends").success());
    }
    // Reports of processes that were too late do not leave later either.
    let mut late = stage.command("");
    assert!(late.env_remove("CRAWL4AI_TELEMETRY").status().expect("runs").success());

    assert_eq!(stage.delivered().len(), 1);
    let after = std::fs::read_to_string(&config).expect("still there");
    assert!(after.contains("not_set") && after.contains("\"theme\": \"dark\""), "{after}");
}

fn main() {
    scenario::main(program, test);
}
