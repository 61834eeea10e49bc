//! The prompt, through a real pseudo-terminal: every answer, nonsense, the end of input, Ctrl-C, the view, the e-mail
//! address, what is typed ahead, background jobs, pipes, raw and dumb terminals, two processes at once.

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

mod scenario;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};

use crawl4ai_telemetry::{Outcome, Reason, Rule, async_telemetry_context, capture_exception, context};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, builder};
use serde_json::Value;

const PROMPT: &str = "1, 2, 3 or v? ";
const EMAIL: &str = "(Enter for none): ";

fn program(part: &str) {
    take_session();
    match part {
        "in the background" => return run_in_background(),
        "raw" => {
            let mut modes = rustix::termios::tcgetattr(std::io::stdin()).expect("a terminal");
            modes.local_modes.remove(rustix::termios::LocalModes::ICANON);
            let now = rustix::termios::OptionalActions::Now;
            rustix::termios::tcsetattr(std::io::stdin(), now, &modes).expect("set");
        }
        _ => {}
    }
    if part == "says yes" {
        return builder().build().expect("built").enable().expect("stored");
    }
    if part == "err from main" {
        let failing = || Err::<(), _>(std::io::Error::other("out of cheese"));
        let code = builder().init().run(failing);
        assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::FAILURE));
        return;
    }
    let builder = if part == "at the end" { builder().ask_at_end() } else { builder() };
    let _telemetry = builder.install().expect("installed");
    println!("result 1");
    match part {
        "nothing" => {}
        "panics" => panic!("no table in /home/ada/customers.html"),
        "holds its input" => {
            let _input = std::io::stdin().lock();
            told(capture("held"));
        }
        "thread" => {
            let thread = std::thread::Builder::new().spawn(|| capture("in a thread")).expect("a thread");
            told(thread.join().expect("joined"));
        }
        "future" => {
            let fails = async { Err::<(), _>(std::io::Error::other("in a future")) };
            let mut future = std::pin::pin!(async_telemetry_context("fetch", fails));
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(future.as_mut().poll(&mut cx).is_ready());
        }
        "insists" => {
            told(capture("first"));
            let later = capture_exception(&"x".parse::<f64>().expect_err("no number"), context! {});
            assert_eq!(later, Outcome::Suppressed(Reason::NoConsent(Rule::TerminalUnanswered)));
        }
        "twice" => {
            told(capture_exception(&"x".parse::<u32>().expect_err("no number"), context! {}));
            told(capture_exception(&"x".parse::<f64>().expect_err("no number"), context! {}));
        }
        _ => told(capture("for ada@example.org")),
    }
    println!("result 2");
}

fn capture(text: &str) -> Outcome {
    capture_exception(&std::io::Error::other(text.to_owned()), context! { "retries" => 3 })
}

/// What the program was told goes to a file: the screen is what is tested.
fn told(outcome: Outcome) {
    let word = match outcome {
        Outcome::Queued(_) => "queued",
        Outcome::Pending(_) => "pending",
        Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)) => "denied",
        Outcome::Suppressed(Reason::NoConsent(Rule::TerminalUnanswered)) => "not now",
        other => panic!("{other:?}"),
    };
    let path = scenario::folder().join("told");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, format!("{before}{word}\n")).expect("written");
}

/// A shell with a job in the background, which reads and writes on the same terminal.
fn run_in_background() {
    let mut job = Command::new(std::env::current_exe().expect("this program"));
    job.env("SCENARIO_PART", "job").env_remove("SCENARIO_OWN_SESSION").process_group(0);
    assert!(job.status().expect("runs").success());
}

fn asking(stage: &Stage, part: &str) -> Command {
    let mut command = stage.command(part);
    command.env_remove("CRAWL4AI_TELEMETRY").env("XDG_RUNTIME_DIR", stage.folder()).env("TERM", "xterm");
    command
}

fn consent(stage: &Stage) -> Value {
    let text = std::fs::read_to_string(stage.folder().join("config.json")).unwrap_or_default();
    serde_json::from_str::<Value>(&text).map(|config| config["telemetry"].clone()).unwrap_or_default()
}

fn told_by(stage: &Stage) -> String {
    std::fs::read_to_string(stage.folder().join("told")).unwrap_or_default()
}

/// What is typed, and what comes of it: told to the program, delivered, waiting, consent and address stored.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, usize, usize, Option<&'a str>, Option<&'a str>);

fn every_answer() {
    let cases: &[Case<'_>] = &[
        (&[(PROMPT, "1\n"), (EMAIL, "\n")], "queued", 1, 0, None, None),
        (&[(PROMPT, "1\n"), (EMAIL, "ada@example.com\n")], "queued", 1, 0, None, Some("ada@example.com")),
        (&[(PROMPT, "2\n"), (EMAIL, "\n")], "queued", 1, 0, Some("always"), None),
        (
            &[(PROMPT, "v\n"), (PROMPT, "2\n"), (EMAIL, "no\n"), (EMAIL, "a@b\n")],
            "queued",
            1,
            0,
            Some("always"),
            Some("a@b"),
        ),
        (&[(PROMPT, "3\n")], "denied", 0, 0, Some("denied"), None),
        (&[(PROMPT, "y\n"), (PROMPT, "\n"), (PROMPT, "4\n")], "not now", 0, 0, None, None),
        (&[(PROMPT, "\u{4}")], "not now", 0, 0, None, None),
        (&[(PROMPT, "v\n"), (PROMPT, "\u{4}")], "not now", 0, 0, None, None),
        (&[(PROMPT, "1\n"), (EMAIL, "\u{4}")], "queued", 1, 0, None, None),
    ];
    for (typed, told, delivered, waiting, stored, email) in cases {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(&mut asking(&stage, "error"));
        for (after, text) in *typed {
            terminal.answer(after, text);
        }
        assert!(running.end().success(), "{typed:?}: {}", terminal.screen());
        assert_eq!(told_by(&stage).trim(), *told, "{typed:?}");
        let reports = stage.delivered();
        assert_eq!((reports.len(), stage.waiting().len()), (*delivered, *waiting), "{typed:?}");
        assert_eq!(consent(&stage)["consent"].as_str(), *stored, "{typed:?}");
        assert_eq!(consent(&stage)["email"].as_str(), *email, "{typed:?}");
        if let Some(report) = reports.first() {
            assert_eq!(report["exceptions"][0]["value"], "for [email]", "{typed:?}");
            assert_eq!(report["user_email"].as_str(), *email, "{typed:?}");
        }
    }
}

fn the_view_is_what_leaves() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.answer(PROMPT, "v\n");
    terminal.wait_for(PROMPT);
    let screen = terminal.screen();
    let shown = screen.lines().find(|line| line.starts_with('{')).expect("the report").to_owned();
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    let sent = std::fs::read_to_string(stage.folder().join("reports.jsonl")).expect("delivered");
    assert_eq!(sent.trim_end(), shown, "byte for byte");
}

fn an_interrupt_is_no_answer_and_the_next_start_asks_once_more() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.answer(PROMPT, "\u{3}");
    assert_eq!(running.end().signal(), Some(2), "the program's own handling of Ctrl-C is left alone");
    assert_eq!(stage.waiting().len(), 1);
    assert!(consent(&stage).is_null());

    // Not in a pipe, not where nobody is.
    assert!(asking(&stage, "nothing").output().expect("runs").status.success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));

    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "nothing"));
    terminal.wait_for("The last run of tool failed.");
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0));
}

fn a_panic_is_asked_about_after_unwinding() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "panics"));
    terminal.wait_for("no table in");
    terminal.wait_for("tool crashed.");
    terminal.answer(PROMPT, "2\n");
    terminal.answer(EMAIL, "\n");
    assert_eq!(running.end().code(), Some(101));
    let reports = stage.delivered();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["level"], "fatal");
    assert_eq!(reports[0]["exceptions"][0]["value"], "no table in [path].html");
}

fn an_err_from_main_is_printed_before_anybody_is_asked() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "err from main"));
    terminal.wait_for(PROMPT);
    let screen = terminal.screen();
    let (printed, asked) = (screen.find("out of cheese"), screen.find("tool met an error."));
    assert!(printed.is_some() && printed < asked, "{screen}");
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0));
}

fn who_must_not_wait_is_asked_at_the_end() {
    for part in ["thread", "future", "at the end"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(&mut asking(&stage, part));
        terminal.wait_for("result 2");
        terminal.answer(PROMPT, "2\n");
        terminal.answer(EMAIL, "\n");
        assert!(running.end().success(), "{part}");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0), "{part}");
    }
}

fn one_question_a_process_and_the_second_error_waits() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "twice"));
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!(told_by(&stage), "queued\npending\n");
    assert_eq!(stage.delivered().len(), 1, "once is bound to the report that was asked about");
    assert_eq!(stage.waiting().len(), 1);
    assert!(stage.waiting()[0].ends_with(".report.pending"));
    assert!(!terminal.screen().contains(PROMPT));

    // A no, this time, is no to what else this run captures.
    let terminal = Terminal::new();
    let once = Stage::new();
    let running = terminal.run(&mut asking(&once, "insists"));
    terminal.answer(PROMPT, "\u{4}");
    assert!(running.end().success());
    assert!(once.waiting().is_empty(), "{:?}", once.waiting());

    // A no deletes it.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "nothing"));
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
    assert!(stage.waiting().is_empty());
}

fn nobody_is_disturbed() {
    // In the background, with a terminal that can do nothing, in raw mode, in a build, before a pager.
    type Variables = &'static [(&'static str, &'static str)];
    let cases: &[(&str, Variables, bool)] = &[
        ("in the background", &[], false),
        ("error", &[("TERM", "dumb")], false),
        ("raw", &[], false),
        ("error", &[], true),
    ];
    for (part, variables, piped) in cases {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let mut command = asking(&stage, part);
        let output = if *piped { Stdio::piped() } else { Stdio::null() };
        let running = terminal.run_with_output(command.envs(variables.iter().copied()), output);
        let status = running.end();
        assert!(status.success(), "{part} {variables:?}: {}", terminal.screen());
        assert!(!terminal.screen().contains("Send"), "{part}: {}", terminal.screen());
        assert_eq!(told_by(&stage), "pending\n", "{part} {variables:?}");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "{part} {variables:?}");
    }
}

fn what_came_before_the_yes_is_not_sent() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(asking(&stage, "error").env("TERM", "dumb"));
    assert!(running.end().success(), "{}", terminal.screen());
    // The yes is given elsewhere, by somebody who was not shown this report.
    for part in ["says yes", "nothing", "error"] {
        assert!(asking(&stage, part).output().expect("runs").status.success(), "{part}");
    }
    assert_eq!(told_by(&stage), "pending\nqueued\n");
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 1), "the later one left");
    assert!(stage.waiting()[0].ends_with(".report.pending"), "{:?}", stage.waiting());
}

fn a_program_that_holds_its_input_and_what_is_typed_ahead() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    terminal.type_ahead("2\n");
    let running = terminal.run(&mut asking(&stage, "holds its input"));
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
    assert_eq!(consent(&stage)["consent"], "denied", "what was typed ahead is no consent");
}

fn two_processes_ask_one_at_a_time() {
    let (stage, terminal, second) = (Stage::new(), Terminal::new(), Terminal::new());
    let asked = terminal.run(&mut asking(&stage, "error"));
    terminal.wait_for(PROMPT);
    let other = second.run(&mut asking(&stage, "twice"));
    assert!(other.end().success());
    assert!(!second.screen().contains("Send"), "{}", second.screen());
    assert_eq!(stage.waiting().len(), 3);
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(asked.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 2));

    // Whoever says always at the next start agrees to those that they were told of.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "nothing"));
    terminal.wait_for("also 1 other that waits");
    terminal.answer(PROMPT, "2\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (3, 0));
}

fn standard_output_belongs_to_the_program() {
    for typed in ["1\n", "2\n", "3\n", "\u{4}", "v\n"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let output = stage.folder().join("output");
        let file = std::fs::File::create(&output).expect("a file");
        let running = terminal.run_with_output(&mut asking(&stage, "error"), file.into());
        terminal.answer(PROMPT, typed);
        match typed {
            "1\n" | "2\n" => terminal.answer(EMAIL, "\n"),
            "v\n" => terminal.answer(PROMPT, "3\n"),
            _ => {}
        }
        assert!(running.end().success());
        assert_eq!(std::fs::read_to_string(&output).expect("written"), "result 1\nresult 2\n", "{typed:?}");
    }
}

fn test(_: &Stage) {
    every_answer();
    the_view_is_what_leaves();
    an_interrupt_is_no_answer_and_the_next_start_asks_once_more();
    a_panic_is_asked_about_after_unwinding();
    an_err_from_main_is_printed_before_anybody_is_asked();
    who_must_not_wait_is_asked_at_the_end();
    one_question_a_process_and_the_second_error_waits();
    nobody_is_disturbed();
    what_came_before_the_yes_is_not_sent();
    a_program_that_holds_its_input_and_what_is_typed_ahead();
    two_processes_ask_one_at_a_time();
    standard_output_belongs_to_the_program();
}

fn main() {
    scenario::main(program, test);
}
