//! A program that cannot start a thread still reports, and one without a network sends no packet. Needs root, to take
//! away threads and the network.

#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::process::Command;
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::harness::{Test, root, tools};
use scenario::{Stage, builder, sentry_builder};

fn program(part: &str) {
    let builder = if part.is_empty() { sentry_builder() } else { builder() };
    let telemetry = builder.install().expect("installed");
    let refused = std::thread::Builder::new().spawn(|| ()).is_err();
    assert_eq!(refused, part == "no thread", "{part}");
    let _ = capture_exception(&std::io::Error::other("x"), context! {});
    let _ = std::panic::catch_unwind(|| panic!("y"));
    telemetry.flush(Duration::from_secs(1));
    if part == "no thread" {
        let failure = crawl4ai_telemetry::status().expect("installed").last_failure.unwrap_or_default();
        assert!(failure.contains("no thread could be started"), "status tells: {failure}");
    }
}

/// Runs the program through another command, which first takes something away.
fn wrapped(stage: &Stage, command: &Command, by: &[&str]) -> std::process::Output {
    let mut wrapped = Command::new(by[0]);
    wrapped.args(&by[1..]).arg(command.get_program()).env_clear().current_dir(stage.folder());
    wrapped.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    wrapped.output().expect("runs")
}

fn no_thread(stage: &Stage) {
    // A user without other processes, so that a limit of one process allows no second thread.
    let user = rustix::process::Uid::from_raw(61_234);
    rustix::fs::chown(stage.folder(), Some(user), None).expect("given away");
    let by = ["setpriv", "--reuid=61234", "--clear-groups", "prlimit", "--nproc=1:1"];
    let copy = stage.folder().join("program");
    std::fs::copy(std::env::current_exe().expect("this program"), &copy).expect("copied");
    let mut command = Command::new(copy);
    command.envs(stage.command("no thread").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = wrapped(stage, &command, &by);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let waiting = stage.waiting();
    assert_eq!(waiting.len(), 2, "stored on the program's own thread: {waiting:?}");
    let first = waiting.iter().filter(|name| name.contains("_----------------_")).count();
    assert_eq!(first, 1, "of the panic what the hook stored first: {waiting:?}");
}

/// Runs the program in a network namespace whose loopback device is up, so that any packet would be counted.
fn no_network(stage: &Stage) {
    let server = Server::always(Reply::status(200));
    let mut command = stage.command_to(&server);
    command.env_remove("CRAWL4AI_TELEMETRY");
    let counts = "ip link set lo up 2>/dev/null; \"$0\" >&2; code=$?; cat /proc/net/dev; exit $code";
    let output = wrapped(stage, &command, &["unshare", "--net", "sh", "-c", counts]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let devices = String::from_utf8_lossy(&output.stdout).into_owned();
    let packets: Vec<&str> =
        devices.lines().skip(2).filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert!(!packets.is_empty() && packets.iter().all(|count| *count == "0"), "{devices}");
    assert!(stage.files().is_empty());
}

fn main() {
    scenario::main_of(program, || {
        let limits = tools(&[&["setpriv", "--clear-groups", "prlimit", "--nproc=64:64", "true"]]);
        vec![
            Test::new("no_thread", no_thread).needs(root()).needs(limits),
            Test::new("no_network", no_network).needs(root()).needs(tools(&[&["unshare", "--net", "true"]])),
        ]
    });
}
