//! No packet leaves before the yes, while the question is shown. The program runs in a network namespace with a
//! loopback device only, whose packets are counted. For reports to an issue tracker no packet leaves after the yes
//! either, because the browser opens the tracker.

#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]
#![allow(clippy::wildcard_enum_match_arm, reason = "what is not expected fails the test")]

mod prompting;
mod scenario;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crawl4ai_telemetry::{App, Environment, Telemetry};

use prompting::{PROMPT, asking, capture};
use scenario::harness::{Test, tools};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, folder};

/// The end of the question about a report to an issue tracker.
const ALONE: &str = "1, 3, v or b? ";

fn program(part: &str) {
    take_session();
    let app = App::new("tool", "1.0.0").env_prefix("CRAWL4AI");
    let builder = Telemetry::builder(app).environment(Environment::Cli).config_folder(folder());
    // Nothing listens at these addresses. Attempts to connect are counted.
    let builder = match part.strip_suffix(", panics").unwrap_or(part) {
        "issue" => {
            let link = crawl4ai_telemetry::IssueLink::new("http://127.0.0.1:9/owner/tool");
            builder.issue_link(link.tracker(crawl4ai_telemetry::Tracker::Forgejo))
        }
        "issue, by name" => builder.issue_link("https://github.com/owner/tool"),
        "server" => builder.sentry_dsn("http://0123456789abcdef0123456789abcdef@127.0.0.1:9/7"),
        "server, by name" => {
            builder.sentry_dsn("https://0123456789abcdef0123456789abcdef@crashes.example.com/7")
        }
        other => panic!("{other}"),
    };
    let telemetry = builder.exit_timeout(Duration::from_secs(5)).install().expect("installed");
    if part.ends_with(", panics") {
        panic!("the shelf collapsed");
    }
    let _ = capture("the shelf collapsed");
    drop(telemetry);
}

/// The packets that each device of the namespace has sent and received. The namespace has one device.
fn packets(devices: &str) -> Vec<u64> {
    let counts = devices.lines().skip(2).map(|line| {
        let mut fields = line.split_whitespace();
        let (received, sent) = (fields.nth(2), fields.nth(7));
        received
            .zip(sent)
            .and_then(|(a, b)| Some(a.parse::<u64>().ok()? + b.parse::<u64>().ok()?))
            .expect(line)
    });
    counts.collect()
}

/// Runs the program at a terminal in a network namespace. Returns the packet counts during the question and after the
/// answers in `typed`.
fn counted(stage: &Stage, part: &str, asked: &str, typed: &[(&str, &str)]) -> (Vec<u64>, Vec<u64>) {
    let terminal = Terminal::new();
    let plain = asking(stage, part);
    let (browser, opened) = (stage.folder().join("browser"), stage.folder().join("opened"));
    fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >> '{}'\n", opened.display())).expect("written");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("it runs");
    let after = stage.folder().join("devices");
    let script = "ip link set lo up; \"$0\"; code=$?; cat /proc/net/dev > \"$1\"; exit $code";
    let mut inside = Command::new("unshare");
    inside.args(["--map-root-user", "--net", "sh", "-c", script]);
    inside.arg(plain.get_program()).arg(&after).env_clear();
    inside.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let running = terminal.run(inside.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("BROWSER", &browser));
    terminal.wait_for(asked);
    // `unshare` has been replaced by the shell.
    let devices = Path::new("/proc").join(running.child.id().to_string()).join("net/dev");
    let before = packets(&fs::read_to_string(devices).expect("its devices"));
    for (after, text) in typed {
        terminal.answer(after, text);
    }
    assert_eq!(running.end().success(), !part.ends_with(", panics"), "{part}: {}", terminal.screen());
    (before, packets(&fs::read_to_string(after).expect("counted")))
}

fn a_server_hears_nothing_before_the_yes(_: &Stage) {
    let no_email = (prompting::EMAIL, "\n");
    for (part, typed, leaves) in [
        ("server", &[(PROMPT, "v\n"), (PROMPT, "b\n"), (PROMPT, "1\n"), no_email][..], true),
        ("server, panics", &[(PROMPT, "1\n"), no_email], true),
        ("server", &[(PROMPT, "3\n")], false),
        ("server", &[(PROMPT, "\n")], false),
        ("server, by name", &[(PROMPT, "v\n"), (PROMPT, "\n")], false),
    ] {
        let (before, after) = counted(&Stage::new(), part, PROMPT, typed);
        assert_eq!(before, [0], "{part}");
        // Packets after a yes show that the counting works.
        assert_eq!((after.len(), after != [0]), (1, leaves), "{part} {typed:?}: {after:?}");
    }
}

fn a_tracker_hears_nothing_of_the_program(_: &Stage) {
    for (part, typed, opens) in [
        ("issue", &[(ALONE, "v\n"), (PROMPT, "b\n"), (PROMPT, "1\n")][..], true),
        ("issue, panics", &[(ALONE, "1\n")], true),
        ("issue, by name", &[(ALONE, "1\n")], true),
        ("issue", &[(ALONE, "3\n")], false),
    ] {
        let stage = Stage::new();
        assert_eq!(counted(&stage, part, ALONE, typed), (vec![0], vec![0]), "{part}");
        let page = stage.folder().join("telemetry/issue.html");
        assert_eq!(
            (page.exists(), stage.folder().join("opened").exists()),
            (opens, opens),
            "{part} {typed:?}"
        );
    }
}

fn main() {
    scenario::main_of(program, || {
        let namespace = || {
            tools(&[&[
                "unshare",
                "--map-root-user",
                "--net",
                "sh",
                "-c",
                "PATH=$PATH:/usr/sbin:/sbin ip link set lo up",
            ]])
        };
        vec![
            Test::new("a_server_hears_nothing_before_the_yes", a_server_hears_nothing_before_the_yes)
                .needs(namespace()),
            Test::new("a_tracker_hears_nothing_of_the_program", a_tracker_hears_nothing_of_the_program)
                .needs(namespace()),
        ]
    });
}
