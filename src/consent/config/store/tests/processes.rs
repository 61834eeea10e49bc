//! Several processes at once, processes that are killed, and processes that may not write.
//!
//! A test starts this test binary again with one variable set, and the test of the same name then plays the
//! child.

#[cfg(unix)]
mod rights;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::consent::config::ConfigStore;

const CHILD: &str = "CRAWL4AI_TELEMETRY_TEST_FOLDER";

/// The store that the parent process named; `None` in the parent itself.
#[expect(clippy::disallowed_methods, reason = "how the parent tells the child, in tests only")]
fn as_child() -> Option<ConfigStore> {
    std::env::var_os(CHILD).map(|folder| ConfigStore::new(Some(folder.into())))
}

fn child(test: &str, place: &Place) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("consent::config::store::tests::processes::{test}"), "--nocapture"]);
    command.env(CHILD, place.folder()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until the child prints `word` on its standard output, and skips the lines of the test harness.
fn wait_for(child: &mut Child, word: &str) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains(word)), "the child never said {word}");
}

fn count(settings: &mut StoredSettings) {
    settings.policy = Some(settings.policy.unwrap_or(0) + 1);
}

#[test]
fn eight_processes_lose_no_change_and_no_foreign_key() {
    const EACH: u32 = 40;
    if let Some(store) = as_child() {
        for _ in 0..EACH {
            while let Err(error) = store.update(count) {
                assert!(matches!(error, ConfigError::Locked { .. }), "{error}");
            }
        }
        return;
    }
    let place = Place::with(
        b"{\"first\": \"\\u00e9\", \"telemetry\": {\"policy\": 0, \"theirs\": 1.50}, \"last\": []}",
    );
    let mut children: Vec<Child> = (0..8)
        .map(|_| child("eight_processes_lose_no_change_and_no_foreign_key", &place).spawn().unwrap())
        .collect();
    let mut running = true;
    let mut newest = 0;
    while running {
        running = children.iter_mut().any(|child| child.try_wait().unwrap().is_none());
        let stored = place.store.read();
        assert_eq!(stored.problem, None, "a reader saw a torn file");
        assert!(stored.settings.policy.unwrap() >= newest, "a reader saw an older file");
        newest = stored.settings.policy.unwrap();
    }
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(
        place.text(),
        format!(
            "{{\"first\": \"\\u00e9\", \"telemetry\": {{\"policy\": {}, \"theirs\": 1.50}}, \"last\": []}}",
            8 * EACH
        )
    );
    assert_eq!(place.names(), ["config.json"]);
}

#[test]
fn a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new_one() {
    const TIMES: u64 = 300;
    const LONGEST: Duration = Duration::from_secs(20);
    if let Some(store) = as_child() {
        println!("started");
        loop {
            store.update(count).unwrap();
        }
    }
    // The text is long enough that a write which is not atomic would be caught half way.
    let foreign = "x".repeat(200 * 1024);
    let place = Place::with(
        format!("{{\"a\": \"{foreign}\", \"telemetry\": {{\"policy\": 0}}, \"z\": 1}}").as_bytes(),
    );
    let mut newest = 0;
    let mut left_behind = 0;
    let mut a_few_writes = 12_000;
    for n in 0..TIMES {
        let mut child = child("a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new_one", &place)
            .spawn()
            .unwrap();
        wait_for(&mut child, "started");
        let since = Instant::now();
        if n == 0 {
            // The first child lives until it has written, which tells how long that takes on this disk.
            while place.store.read().settings.policy == Some(0) && since.elapsed() < LONGEST {
                std::thread::sleep(Duration::from_millis(1));
            }
            assert!(since.elapsed() < LONGEST, "no child wrote");
            a_few_writes = a_few_writes.max(3 * u64::try_from(since.elapsed().as_micros()).unwrap());
        } else {
            // The kills are spread over the length of a few writes; the scheduler decides which moment is hit.
            std::thread::sleep(Duration::from_micros(n * 7_919 % a_few_writes));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        left_behind += u32::from(place.folder().join("config.json.tmp").exists());
        let stored = place.store.read();
        assert_eq!(stored.problem, None, "after {n} kills");
        let counted = stored.settings.policy.unwrap();
        assert!(counted >= newest);
        assert_eq!(
            place.text(),
            format!("{{\"a\": \"{foreign}\", \"telemetry\": {{\"policy\": {counted}}}, \"z\": 1}}"),
            "after {n} kills"
        );
        newest = counted;
    }
    assert!(newest > 0, "no child ever wrote");
    assert!(left_behind > 0, "no child was ever killed within a write");
    place.store.update(deny).unwrap();
    assert_eq!(place.names(), ["config.json"], "the next writer clears away what the dead left");
}
