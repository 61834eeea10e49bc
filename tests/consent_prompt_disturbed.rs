//! A question is disturbed: the window is resized during the question, the window is twenty columns wide, the terminal
//! disappears, or another program of the user asks.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a scenario is a program, and a test fails by panicking"
)]

mod prompting;
mod scenario;

use std::fs;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use prompting::{EMAIL, PROMPT, asking, capture, told};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, builder, folder};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

fn program(part: &str) {
    if part == "a terminal" {
        return be_a_terminal();
    }
    take_session();
    let telemetry = builder().install().expect("installed");
    if part == "draws anew" {
        handle_resizing();
    }
    if part != "nothing" {
        told(capture("the shelf collapsed"));
    }
    drop(telemetry);
}

/// Installs a handler for the signal of a resized window. The signal interrupts the read that waits for an answer.
fn handle_resizing() {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let runtime = RUNTIME.get_or_init(|| runtime);
    let resized = runtime.block_on(async { signal(SignalKind::window_change()) });
    runtime.spawn(async move {
        let mut resized = resized.expect("listens");
        while resized.recv().await.is_some() {
            fs::write(folder().join("resized"), "").expect("written");
        }
    });
}

/// A terminal whose window is closed during the question. The program continues, as under `nohup`.
fn be_a_terminal() {
    let terminal = Terminal::new();
    let mut shell = Command::new("/bin/sh");
    let script = "trap '' HUP; \"$0\"; echo $? > \"$1\"";
    shell
        .args(["-c", script])
        .arg(std::env::current_exe().expect("this program"))
        .arg(folder().join("ended"));
    let _running = terminal.run(shell.env("SCENARIO_PART", "error"));
    terminal.wait_for(PROMPT);
    // This process ends here, and its terminal disappears.
}

fn a_window_may_be_resized_while_the_question_stands() {
    for part in ["error", "draws anew"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        terminal.resize(80);
        let running = terminal.run(&mut asking(&stage, part));
        terminal.wait_for(PROMPT);
        let widths = |screen: &str| screen.lines().map(|line| line.trim_end().chars().count()).max();
        for columns in [20, 40, 60] {
            let _ = fs::remove_file(stage.folder().join("resized"));
            terminal.resize(columns);
            if part == "draws anew" {
                wait_for_file(&stage, "resized");
            }
            // Resizing is no answer, and the next output fits the new width.
            terminal.answer(PROMPT, "v\n");
            terminal.wait_for(PROMPT);
            assert!(widths(&terminal.screen()) <= Some(usize::from(columns)), "{}", terminal.screen());
        }
        terminal.answer(PROMPT, "1\n");
        terminal.resize(30);
        // Matches the end of the second question, which is wrapped differently if the window has become narrower by
        // then.
        terminal.answer("saves): ", "\n");
        assert!(running.end().success(), "{}", terminal.screen());
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0), "{part}");
    }
}

fn a_question_of_twenty_columns_says_all_of_it() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    terminal.resize(20);
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.wait_for(PROMPT);
    let screen = terminal.screen();
    let said = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "tool met an error. Save a crash report?",
        "Saved: what went wrong",
        "Saved in the file",
        "whoever looks after this computer can do that.",
        "Enter no; this report is deleted (Ctrl-C: keep it for now)",
    ] {
        assert!(said.contains(words), "{words}: {screen}");
    }
    terminal.answer(PROMPT, "\n");
    assert!(running.end().success());
    assert!(stage.waiting().is_empty());
}

fn a_terminal_that_goes_away_is_no_answer() {
    let stage = Stage::new();
    let terminal = asking(&stage, "a terminal").output().expect("runs");
    assert!(terminal.status.success(), "{}", String::from_utf8_lossy(&terminal.stderr));
    wait_for_file(&stage, "ended");
    assert_eq!(fs::read_to_string(stage.folder().join("ended")).expect("its code").trim(), "0");
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "the report waits for an answer");
    assert!(prompting::consent(&stage).is_null());

    // The next run has a terminal again.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "nothing"));
    terminal.wait_for("An earlier run of tool failed.");
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
    assert!(stage.waiting().is_empty());
}

/// Two programs of one user have separate folders, so that the question of one does not make the other's report wait.
fn two_programs_of_a_user_ask_each_on_its_own_terminal() {
    let (first, second) = (Stage::new(), Stage::new());
    let (terminal, other) = (Terminal::new(), Terminal::new());
    let asks = terminal.run(&mut asking(&first, "error"));
    terminal.wait_for(PROMPT);
    let also_asks = other.run(asking(&second, "error").env("XDG_RUNTIME_DIR", first.folder()));
    other.answer(PROMPT, "1\n");
    other.answer(EMAIL, "\n");
    assert!(also_asks.end().success(), "{}", other.screen());
    assert_eq!((second.delivered().len(), first.delivered().len()), (1, 0));
    terminal.answer(PROMPT, "\n");
    assert!(asks.end().success());
    assert!(first.waiting().is_empty());
}

fn wait_for_file(stage: &Stage, name: &str) {
    let there = |_: &i32| fs::read_to_string(stage.folder().join(name)).is_ok();
    let mut looks = (0..6_000).inspect(|_| std::thread::sleep(Duration::from_millis(10)));
    assert!(looks.find(there).is_some(), "{name} did not come");
}

fn test(_: &Stage) {
    a_window_may_be_resized_while_the_question_stands();
    a_question_of_twenty_columns_says_all_of_it();
    a_terminal_that_goes_away_is_no_answer();
    two_programs_of_a_user_ask_each_on_its_own_terminal();
}

fn main() {
    scenario::main(program, test);
}
