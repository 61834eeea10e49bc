//! Helpers for the scenarios about the prompt. The program's side writes down which outcomes it got, and the test's
//! side reads what is stored.

#![allow(dead_code, reason = "no scenario needs all of it")]
#![allow(clippy::wildcard_enum_match_arm, reason = "what is not expected fails the test")]

use std::process::Command;

use crawl4ai_telemetry::consent::{Answer, ConsentPrompt, Question, TerminalPrompt};
use crawl4ai_telemetry::{Env, Outcome, Reason, Rule, capture_exception, context};
use serde_json::Value;

use crate::scenario::{self, Stage};

/// The end of the line on which an answer is typed, for the first answer and later ones.
pub(crate) const PROMPT: &str = "v or b? ";
/// A screen of the program's own, which asks as soon as an error is captured. It looks like the terminal prompt.
pub(crate) struct OwnScreen(pub(crate) TerminalPrompt);

impl ConsentPrompt for OwnScreen {
    fn is_ready(&self) -> bool {
        self.0.is_ready()
    }

    fn ask(&self, question: &Question<'_>) -> Answer {
        self.0.ask(question)
    }

    fn tell(&self, ending: &str) {
        self.0.tell(ending);
    }
}

/// An [`OwnScreen`] that reads this process's variables.
pub(crate) fn own_screen() -> OwnScreen {
    OwnScreen(TerminalPrompt::new(&Env::from_process("CRAWL4AI")))
}

/// The end of `E-mail (Enter saves): `, or sends.
pub(crate) const EMAIL: &str = "s): ";

pub(crate) fn capture(text: &str) -> Outcome {
    capture_exception(&std::io::Error::other(text.to_owned()), context! { "retries" => 3 })
}

/// Two errors of different types, one after the other.
pub(crate) fn capture_twice() {
    told(capture_exception(&"x".parse::<u32>().expect_err("no number"), context! {}));
    told(capture_exception(&"x".parse::<f64>().expect_err("no number"), context! {}));
}

/// Writes the outcome to a file, because the test inspects the screen.
pub(crate) fn told(outcome: Outcome) {
    let word = match outcome {
        Outcome::Queued(_) => "queued",
        Outcome::AwaitingConsent(_) => "pending",
        Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)) => "denied",
        Outcome::Suppressed(Reason::NoConsent(Rule::TerminalUnanswered)) => "not now",
        other => panic!("{other:?}"),
    };
    let path = scenario::folder().join("told");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, format!("{before}{word}\n")).expect("written");
}

pub(crate) fn asking(stage: &Stage, part: &str) -> Command {
    let mut command = stage.command(part);
    command.env_remove("CRAWL4AI_TELEMETRY").env("XDG_RUNTIME_DIR", stage.folder()).env("TERM", "xterm");
    command
}

pub(crate) fn consent(stage: &Stage) -> Value {
    let text = std::fs::read_to_string(stage.folder().join("config.json")).unwrap_or_default();
    serde_json::from_str::<Value>(&text).map(|config| config["telemetry"].clone()).unwrap_or_default()
}

pub(crate) fn told_by(stage: &Stage) -> String {
    std::fs::read_to_string(stage.folder().join("told")).unwrap_or_default()
}
