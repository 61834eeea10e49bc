//! The command of a program whose users file reports in its issue tracker themselves. No output claims that something
//! was sent. A page opens only on a terminal, with the report that was named.

#![cfg(all(unix, not(target_os = "macos")))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the program of the test reads what it is to do")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Parser;
use crawl4ai_telemetry::{App, Builder, Environment, Telemetry, capture_exception, context};
use crwl::TelemetryCommand;
use support::planted::fill_record;
use support::terminal::{Terminal, take_session};

/// The variable with the arguments of the program's command. If it is empty, the program fails.
const ARGUMENTS: &str = "TEST_ARGUMENTS";

#[derive(Parser)]
struct Weather {
    #[command(flatten)]
    telemetry: TelemetryCommand,
}

fn telemetry() -> Builder {
    let app = App::new("weather", "1.4.0").command("weather telemetry");
    Telemetry::builder(app).environment(Environment::Cli).issue_link("https://github.com/owner/weather")
}

/// Acts as the program if the variable is set. It tests nothing itself.
#[test]
fn program() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    take_session();
    if arguments.is_empty() {
        let telemetry = telemetry().exit_timeout(std::time::Duration::from_secs(5)).install().unwrap();
        let _ = capture_exception(&"x".parse::<u32>().unwrap_err(), context! {});
        return drop(telemetry);
    }
    let words = std::iter::once("weather").chain(arguments.split(' '));
    let _ = Weather::parse_from(words).telemetry.run(telemetry());
}

fn weather(home: &Path, arguments: &str) -> Command {
    // A shell ignores these signals for what it starts in the background, and children inherit that.
    let mut command = Command::new("/usr/bin/env");
    command.arg("--default-signal=HUP,INT,QUIT").arg(std::env::current_exe().unwrap());
    command.args(["--exact", "program", "--nocapture", "--quiet"]).env_clear();
    command
        .env("HOME", home)
        .env("TERM", "xterm")
        .env(ARGUMENTS, arguments)
        .env("BROWSER", home.join("browser"));
    command
}

/// The output of a command in a pipe.
fn says(home: &Path, arguments: &str) -> String {
    says_with(home, &[], arguments)
}

fn says_with(home: &Path, variables: &[(&str, &str)], arguments: &str) -> String {
    let mut command = weather(home, arguments);
    let output = command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// The output of a command on a terminal.
fn shows(home: &Path, arguments: &str) -> String {
    let terminal = Terminal::new();
    let running = terminal.run(&mut weather(home, arguments));
    assert!(running.end().success());
    terminal.rest()
}

#[test]
fn it_never_says_that_something_was_sent_and_opens_what_is_named() {
    let user = tempfile::tempdir().unwrap();
    let (home, opened) = (user.path(), user.path().join("opened"));
    fs::write(home.join("browser"), format!("#!/bin/sh\necho \"$# $1\" >> '{}'\n", opened.display()))
        .unwrap();
    fs::set_permissions(home.join("browser"), fs::Permissions::from_mode(0o755)).unwrap();

    // The question is interrupted, and the report waits.
    let terminal = Terminal::new();
    let running = terminal.run(&mut weather(home, ""));
    terminal.answer("1, 3, v or b? ", "\u{3}");
    assert!(!running.end().success());
    let status = shows(home, "status");
    for said in [
        "Crash reports of weather are asked about one by one.",
        "goes to        github.com/owner/weather",
        "waiting        1, 1 of them waiting for your answer",
        "End the question with `weather telemetry disable`.",
    ] {
        assert!(status.contains(said), "{said}: {status}");
    }
    let enabled = says(home, "enable");
    assert!(
        enabled.contains("You are asked about each crash report, and nothing opens without a yes."),
        "{enabled}"
    );
    assert!(!enabled.contains("from now on") && !enabled.contains("But here"), "{enabled}");

    let log = says(home, "log --json");
    // The test harness prints text around the JSON.
    let json = log.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}')).unwrap().0;
    let log: serde_json::Value = serde_json::from_str(&format!("{{{json}}}")).unwrap();
    let id = log["waiting"][0]["id"].as_str().unwrap().to_owned();
    let shown = says(home, &format!("show {id}"));
    assert!(
        shown.contains("would be sent as text/markdown") && shown.contains("# weather 1.4.0: "),
        "{shown}"
    );

    // No page opens for a stored yes, for a command that names no report, or where nobody can be asked.
    for (arguments, said) in [
        ("send".to_owned(), "A page opens with the report that you name."),
        (
            format!("send {id}"),
            "no page is opened here: Each report needs a yes, and nobody can be asked here.",
        ),
    ] {
        let found = says(home, &arguments);
        assert!(found.contains(said), "{arguments}: {found}");
    }
    let tested = shows(home, "selftest --yes");
    assert!(
        tested.contains("No page is opened for a test") && tested.contains("All is well up to the page"),
        "{tested}"
    );
    assert!(!opened.exists());

    // A full record drops an old entry for each new one, and is no sign that no page was opened.
    fill_record(&home.join(".weather/telemetry"), &[("provider", "issue".into())]);
    let sent = shows(home, &format!("send {id}"));
    assert!(!sent.contains("error"), "{sent}");
    assert!(sent.contains("A link on the page gives\n"), "{sent}");
    assert!(sent.contains("A page opens in your browser"), "{sent}");
    let page = home.join(".weather/telemetry/issue.html");
    assert_eq!(fs::read_to_string(&opened).unwrap(), format!("1 {}\n", page.display()));

    let log = says(home, "log");
    let listed = format!("  opened     {}", id.get(..8).unwrap());
    assert!(log.contains(&listed) && !log.contains("delivered"), "{log}");
    assert!(says(home, &format!("show {id}")).contains("Opened for you by issue at "));
    assert!(says(home, "erase").contains("No report is known that was sent from here."));
    says(home, "purge");
    assert!(!page.exists(), "it goes with what it shows");
}

#[test]
fn enable_says_where_nobody_is_asked() {
    let user = tempfile::tempdir().unwrap();
    for (variable, value, said) in [
        ("WEATHER_TELEMETRY", "0", "But here it is off: An environment variable says no: WEATHER_TELEMETRY"),
        ("DO_NOT_TRACK", "1", "But here it is off: The environment variable DO_NOT_TRACK is set."),
    ] {
        let enabled = says_with(user.path(), &[(variable, value)], "enable");
        assert!(
            enabled.contains("You are asked about each crash report") && enabled.contains(said),
            "{enabled}"
        );
    }
}

#[test]
fn the_page_has_the_headline_of_the_status() {
    let user = tempfile::tempdir().unwrap();
    let page = user.path().join("view.html");
    let status = shows(user.path(), "status");
    assert!(status.contains("Crash reports of weather are asked about one by one."), "{status}");
    shows(user.path(), &format!("view --out {}", page.display()));
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains("are <span class=\"off\">asked about one by one</span></h1>"), "{html}");
}
