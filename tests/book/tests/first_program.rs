//! Follows the first chapter as a reader would. Its program asks on a terminal, and its output and files must be those
//! that the page shows.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, unreachable_pub, clippy::disallowed_methods, reason = "shared with the scenarios")]
#[path = "../../scenario/terminal.rs"]
mod terminal;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crawl4ai_telemetry_book::markdown::{Block, Page};
use crawl4ai_telemetry_book::{docs, shown};
use crawl4ai_telemetry_conformance::{Reply, Server};
use terminal::Terminal;

const PROGRAM: &str = include_str!("../src/bin/weather.rs");
const TO_BUGSINK: &str = include_str!("../src/bin/weather_bugsink.rs");

/// Runs one program at a time, because an unoptimized program needs most of its exit timeout to deliver a report.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn blocks(language: &str) -> Vec<Block> {
    Page::read(&docs().join("start-here.md"))
        .unwrap()
        .blocks()
        .into_iter()
        .filter(|block| block.language == language)
        .collect()
}

/// A command that runs a program of the book with a clean environment, in a temporary home folder.
fn command(program: &str, folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", folder.join("home")).env("TERM", "xterm").env("WEATHER_DOCKER", "0");
    command.env("PATH", "/usr/bin:/bin").envs(variables.iter().copied()).current_dir(folder);
    command
}

fn show(page: &Block, said: &str) {
    if let Err(line) = shown::compare(&page.text, said) {
        panic!("start-here.md:{}: the page shows {line:?}, and it said:\n{said}", page.line);
    }
}

#[test]
fn the_program_for_the_server_differs_only_in_the_main_that_the_page_shows() {
    let main = "fn main()";
    let (before, _) = PROGRAM.split_once(main).unwrap();
    assert_eq!(TO_BUGSINK, format!("{before}{}", blocks("rust,ignore")[0].text));
}

/// Repeats `attempt` up to fifteen times, a second apart, until the program delivers its report. On a busy machine, an
/// unoptimized program may exceed its exit timeout; its report is then stored for the next start.
fn until_delivered<T>(attempt: impl Fn() -> Option<T>) -> T {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let again = |n| {
        if n > 0 {
            std::thread::sleep(Duration::from_secs(1));
        }
        attempt()
    };
    (0..15).find_map(again).expect("fifteen programs delivered nothing")
}

/// Checks that exactly one report is stored for the next start, and returns `None`.
fn kept<T>(folder: &Path) -> Option<T> {
    let spool = fs::read_dir(folder.join("home/.weather/telemetry/spool")).expect("it is kept");
    let names = spool.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    // If the program ended while it replaced the partial report by the complete one, both files exist. The next start
    // removes one of them.
    let ids: BTreeSet<String> = names
        .filter(|name| name.contains(".report") || name.contains(".partial"))
        .filter_map(|name| name.split('_').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    None
}

fn reports(folder: &Path) -> String {
    fs::read_to_string(folder.join("reports.jsonl")).unwrap_or_default()
}

#[test]
fn it_asks_and_reports_as_the_page_shows() {
    let texts = blocks("text");
    let said = until_delivered(|| {
        let (folder, terminal) = (tempfile::tempdir().unwrap(), Terminal::new());
        // Gives the program a controlling terminal, as a shell would.
        let mut shell = command("setsid", folder.path(), &[]);
        let running = terminal.run(shell.args(["--ctty", "--wait", env!("CARGO_BIN_EXE_weather")]));
        terminal.wait_for("1, 2, 3, v or b? ");
        terminal.type_ahead("1\n");
        terminal.wait_for("E-mail (Enter saves): ");
        terminal.type_ahead("\n");
        assert_eq!(running.end().code(), Some(1));
        terminal.wait_for("after 3 tries\"");
        show(&texts[0], terminal.screen().trim_start());
        if reports(folder.path()).is_empty() {
            return kept(folder.path());
        }
        // The symbol table names functions without files, if the debug information was not read in time.
        if !reports(folder.path()).contains("weather.rs") {
            return None;
        }
        let tool = Command::new("python3")
            .args(["-m", "json.tool", "reports.jsonl"])
            .current_dir(folder.path())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        Some(String::from_utf8(tool.stdout).unwrap())
    });
    show(&texts[1], &said.replace("src/bin/weather.rs", "src/main.rs"));
}

#[test]
fn the_variables_do_what_the_page_says() {
    for (variables, expected, shows) in [
        (&[][..], 0, false),
        (&[("WEATHER_TELEMETRY", "1")], 1, false),
        (&[("WEATHER_TELEMETRY", "1"), ("WEATHER_TELEMETRY_DEBUG", "1")], 0, true),
        (&[("WEATHER_TELEMETRY", "0")], 0, false),
    ] {
        until_delivered(|| {
            let folder = tempfile::tempdir().unwrap();
            let mut program = command(env!("CARGO_BIN_EXE_weather"), folder.path(), variables);
            let output = program.stdin(Stdio::null()).output().unwrap();
            let written = reports(folder.path()).lines().count();
            assert!(written <= expected, "{variables:?}");
            let said = String::from_utf8(output.stderr).unwrap();
            let shown = said.contains("shown, not sent");
            assert!(shows || !shown, "{variables:?} {said}");
            assert_eq!(output.status.code(), Some(1));
            if expected == 0 {
                assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{variables:?}");
            }
            if shows {
                // Nothing is stored if it ended before it showed the report.
                return shown.then_some(());
            }
            if written == expected { Some(()) } else { kept(folder.path()) }
        });
    }
}

#[test]
fn the_one_line_sends_it_to_a_server() {
    let requests = until_delivered(|| {
        let (server, folder) = (Server::always(Reply::status(200)), tempfile::tempdir().unwrap());
        let dsn = server.url().replace("http://", "http://0123456789abcdef0123456789abcdef@") + "/1";
        let variables = [("WEATHER_TELEMETRY", "1"), ("WEATHER_SENTRY_DSN", dsn.as_str())];
        let mut program = command(env!("CARGO_BIN_EXE_weather_bugsink"), folder.path(), &variables);
        assert_eq!(program.stdin(Stdio::null()).output().unwrap().status.code(), Some(1));
        Some(server.requests()).filter(|requests| !requests.is_empty()).or_else(|| kept(folder.path()))
    });
    assert_eq!(requests.len(), 1);
    let sent = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(sent.contains("no answer from [url] for [email] after 3 tries"), "{sent}");
    assert!(sent.contains("forecast") && !sent.contains("tk_51"), "{sent}");
}
