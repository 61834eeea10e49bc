//! Tests on a real pseudo-terminal when a program asks: after a panic has unwound, and after all output of the program,
//! however it ends. Background jobs, pipes, raw terminals and dumb terminals are not disturbed, and two processes never
//! ask at once.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a scenario is a program, and a test fails by panicking"
)]

mod prompting;
mod scenario;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crawl4ai_telemetry::async_telemetry_context;

use prompting::{EMAIL, PROMPT, asking, capture, capture_twice, own_screen, told, told_by};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, builder};

fn program(part: &str) {
    take_session();
    match part {
        "in the background" => return run_in_background(),
        "err from main" => return fail_in_main(),
        "raw" => {
            let mut modes = rustix::termios::tcgetattr(std::io::stdin()).expect("a terminal");
            modes.local_modes.remove(rustix::termios::LocalModes::ICANON);
            let now = rustix::termios::OptionalActions::Now;
            rustix::termios::tcsetattr(std::io::stdin(), now, &modes).expect("set");
        }
        _ => {}
    }
    let builder = match part {
        "at the end" => builder().ask_at_end(),
        _ if part.starts_with("its own screen") => builder().prompt(own_screen()),
        _ => builder(),
    };
    let telemetry = builder.install().expect("installed");
    match part {
        "nothing" | "its own screen, nothing" => {}
        "panics" => panic!("no table in /home/ada/customers.html"),
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
        "twice" => capture_twice(),
        "guard dropped" => {
            told(capture("for ada@example.org"));
            drop(telemetry);
            // The standard library prints this for an `Err` that `main` returns.
            eprintln!("Error: out of cheese");
            return;
        }
        "nothing, exits" => {
            println!("result");
            std::process::exit(0);
        }
        "exits" => {
            told(capture("for ada@example.org"));
            eprintln!("Error: out of cheese");
            std::process::exit(3);
        }
        _ => told(capture("for ada@example.org")),
    }
    println!("result");
}

fn fail_in_main() {
    let failing = || Err::<(), _>(std::io::Error::other("out of cheese"));
    let code = builder().init().run(failing);
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::FAILURE));
}

/// A background job of a shell, on the same terminal.
fn run_in_background() {
    let mut job = Command::new(std::env::current_exe().expect("this program"));
    job.env("SCENARIO_PART", "job").env_remove("SCENARIO_OWN_SESSION").process_group(0);
    assert!(job.status().expect("runs").success());
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

/// Applies both if the guard was dropped and if it never is.
fn what_the_program_prints_at_its_end_comes_before_the_question() {
    for (part, code) in [("guard dropped", 0), ("exits", 3)] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(&mut asking(&stage, part));
        terminal.wait_for(PROMPT);
        let screen = terminal.screen();
        let (printed, asked) = (screen.find("out of cheese"), screen.find("tool met an error."));
        assert!(printed.is_some() && printed < asked, "{part}: {screen}");
        terminal.answer(PROMPT, "1\n");
        terminal.answer(EMAIL, "\n");
        assert_eq!(running.end().code(), Some(code), "{part}");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0), "{part}");
    }
}

fn who_must_not_wait_is_asked_at_the_end() {
    for part in ["thread", "future", "at the end"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(&mut asking(&stage, part));
        terminal.wait_for("result");
        terminal.answer(PROMPT, "2\n");
        terminal.answer(EMAIL, "\n");
        assert!(running.end().success(), "{part}");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0), "{part}");
    }
}

/// A program's own screen asks when the error is captured, or at the start if an earlier run left a report.
fn a_screen_of_its_own_is_asked_at_once() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    // On a dumb terminal nobody is asked, and the report waits.
    let dumb = terminal.run(asking(&stage, "error").env("TERM", "dumb"));
    assert!(dumb.end().success(), "{}", terminal.screen());
    assert_eq!(stage.waiting().len(), 1);
    for (part, asks) in [
        ("its own screen, nothing", "An earlier run of tool failed."),
        ("its own screen", "tool met an error."),
    ] {
        terminal.forget();
        let running = terminal.run(&mut asking(&stage, part));
        terminal.wait_for(PROMPT);
        let screen = terminal.screen();
        assert!(screen.contains(asks) && !screen.contains("result"), "{part}: {screen}");
        terminal.answer(PROMPT, "\n");
        assert!(running.end().success(), "{part}");
        terminal.wait_for("result");
        assert!(stage.waiting().is_empty(), "{part}: {:?}", stage.waiting());
    }
}

fn nobody_is_disturbed() {
    // A background job, a dumb terminal, a terminal in raw mode, and a pipe to a pager.
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
        assert!(!terminal.screen().contains("crash report?"), "{part}: {}", terminal.screen());
        assert_eq!(told_by(&stage), "pending\n", "{part} {variables:?}");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "{part} {variables:?}");
    }
}

fn two_processes_ask_one_at_a_time() {
    let (stage, terminal, second) = (Stage::new(), Terminal::new(), Terminal::new());
    let asked = terminal.run(&mut asking(&stage, "error"));
    terminal.wait_for(PROMPT);
    let other = second.run(&mut asking(&stage, "twice"));
    assert!(other.end().success());
    assert!(!second.screen().contains("crash report?"), "{}", second.screen());
    assert_eq!(stage.waiting().len(), 3);
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(asked.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 2));

    // A yes to all reports, given at the end of a later run, also applies to the waiting reports that the question
    // mentions, however the run ends.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "nothing, exits"));
    terminal.wait_for("result");
    terminal.wait_for("also 1 other that waits");
    terminal.answer(PROMPT, "2\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (3, 0));
}

fn test(_: &Stage) {
    a_panic_is_asked_about_after_unwinding();
    an_err_from_main_is_printed_before_anybody_is_asked();
    what_the_program_prints_at_its_end_comes_before_the_question();
    who_must_not_wait_is_asked_at_the_end();
    a_screen_of_its_own_is_asked_at_once();
    nobody_is_disturbed();
    two_processes_ask_one_at_a_time();
}

fn main() {
    scenario::main(program, test);
}
