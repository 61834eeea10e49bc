//! Keys that are typed before the question appears, on a real pseudo-terminal. They answer nothing, and neither does
//! the Enter after them.

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

use prompting::{EMAIL, PROMPT, asking, capture, consent, told};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, builder};

const TYPED_AHEAD: &str = "What you typed before this question does not answer it.";

fn program(_: &str) {
    take_session();
    let telemetry = builder().install().expect("installed");
    told(capture("the shelf collapsed"));
    drop(telemetry);
}

/// Keys before the question, followed by Enter, are no answer, whatever the keys are. The Enter alone would have been a
/// “not now”, which deletes the report.
fn the_enter_behind_keys_that_came_before_the_question_is_no_answer() {
    for (keys, enter, answer, delivered, stored) in [
        ("3", "\n", "3\n", 0, Some("denied")),
        ("v", "\n", "1\n", 1, None),
        ("1", "2\n", "\n", 0, None),
        ("echo 2>", "1\n", "\u{4}", 0, None),
    ] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        terminal.type_ahead(keys);
        let running = terminal.run(&mut asking(&stage, "error"));
        terminal.wait_for(TYPED_AHEAD);
        terminal.answer("Press Enter first: ", enter);
        terminal.wait_for(PROMPT);
        assert!(consent(&stage).is_null() && stage.delivered().is_empty(), "{keys:?} {enter:?}");
        assert_eq!(stage.waiting().len(), 1, "{keys:?} {enter:?} decided something");
        terminal.answer(PROMPT, answer);
        if delivered > 0 {
            terminal.answer(EMAIL, "\n");
        }
        assert!(running.end().success(), "{}", terminal.screen());
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (delivered, 0), "{keys:?}");
        assert_eq!(consent(&stage)["consent"].as_str(), stored, "{keys:?}");
    }
}

/// A line that was begun before the question and is ended while it appears.
fn a_line_that_ends_while_the_question_appears_is_no_answer() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    terminal.type_ahead("2");
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.wait_for("Save a crash report?");
    terminal.type_ahead("\n");
    terminal.wait_for(TYPED_AHEAD);
    terminal.wait_for(PROMPT);
    assert!(consent(&stage).is_null() && stage.delivered().is_empty());
    assert_eq!(stage.waiting().len(), 1);
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success(), "{}", terminal.screen());
    // The terminal still waits for whole lines.
    assert_eq!(consent(&stage)["consent"], "denied");
}

fn lines_that_were_typed_before_the_question_are_no_answer() {
    for lines in ["2\n", "1\n\n", "v\n3\n", "\u{4}"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        terminal.type_ahead(lines);
        let running = terminal.run(&mut asking(&stage, "error"));
        terminal.wait_for(TYPED_AHEAD);
        terminal.wait_for(PROMPT);
        assert!(!terminal.screen().contains("Press Enter"), "{}", terminal.screen());
        assert!(consent(&stage).is_null() && stage.delivered().is_empty(), "{lines:?}");
        // The next line is an answer. An Enter means what the question says.
        terminal.answer(PROMPT, "\n");
        assert!(running.end().success(), "{}", terminal.screen());
        assert!(stage.waiting().is_empty() && consent(&stage).is_null(), "{lines:?}");
    }
}

fn nothing_is_said_of_typing_where_nobody_typed() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.wait_for(PROMPT);
    assert!(!terminal.screen().contains("What you typed before"), "{}", terminal.screen());
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
    assert_eq!(consent(&stage)["consent"], "denied");
}

fn test(_: &Stage) {
    the_enter_behind_keys_that_came_before_the_question_is_no_answer();
    a_line_that_ends_while_the_question_appears_is_no_answer();
    lines_that_were_typed_before_the_question_are_no_answer();
    nothing_is_said_of_typing_where_nobody_typed();
}

fn main() {
    scenario::main(program, test);
}
