//! How the question ends: what becomes of the report and of later ones, said when the answer has been carried out.

use std::path::absolute;

use super::{Choice, Question, kept};
use crate::consent::offer::Place;

/// What could not be done of what the user chose, each as the reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Undone {
    /// The yes or the no to later reports was not stored.
    pub(crate) decision: Option<String>,
    /// The report that was asked about was not made ready to leave, or was not deleted.
    pub(crate) report: Option<String>,
    /// That report is not here any more: somebody deleted or sent it while the question stood, or its file was damaged.
    pub(crate) is_gone: bool,
}

/// The sentences, and below them the path of the file in which the report is saved: the question names it as the program
/// does, without its folder, and nobody could find it again.
pub(crate) fn ending(question: &Question<'_>, choice: Choice, undone: &Undone) -> String {
    let said = match (&undone.decision, &undone.report) {
        (None, None) if question.offer.by_hand || choice == Choice::ByHand => by_hand(question, choice),
        (None, None) => done(question, choice),
        _ => failed(question, choice, undone),
    };
    let saves = matches!(choice, Choice::Once | Choice::Always) && undone.report.is_none();
    match question.offer.place() {
        Place::File(file) if saves => match absolute(file) {
            Ok(path) => format!("{said}\nThe file is{}\n", kept::line(&path)),
            Err(_) => format!("{said}\n"),
        },
        Place::File(_) | Place::Server | Place::Other | Place::ByHand => format!("{said}\n"),
    }
}

/// Where a report goes by itself.
fn done(question: &Question<'_>, choice: Choice) -> String {
    let (app, done) = (question.app(), question.offer.done());
    match choice {
        Choice::Once => {
            let goes = if done == "saved" { "is saved" } else { "goes" };
            format!(
                "Only this report {goes}: now, or if that fails, the next time {} runs. {}",
                app.name(),
                kept::here(question, done)
            )
        }
        Choice::Always => {
            format!(
                "This report is {done}, and later ones too. {} {}",
                question.stop(),
                kept::here(question, done)
            )
        }
        Choice::Never => {
            format!(
                "Deleted. Nothing is {done}, now or later, and nobody asks again.{}",
                back("turn reports on", question)
            )
        }
        Choice::NotNow => format!("Nothing is {done}; this report is deleted."),
        Choice::Unanswered | Choice::ByHand => format!("No answer: nothing is {done}. {}", question.waits()),
    }
}

/// Where a person carries it.
fn by_hand(question: &Question<'_>, choice: Choice) -> String {
    match choice {
        Choice::Once | Choice::Always | Choice::ByHand => {
            format!("Nothing has been sent. {}", kept::carried(question))
        }
        Choice::Never => {
            format!(
                "This report is deleted, and you are not asked again.{}",
                back("be asked again", question)
            )
        }
        Choice::NotNow => "Nothing is opened, and the report is deleted.".to_owned(),
        Choice::Unanswered => format!("No answer: nothing is opened. {}", question.waits()),
    }
}

/// How a no is taken back, if there is a command for it.
fn back(to: &str, question: &Question<'_>) -> String {
    let app = question.app();
    if app.has_command() { format!(" To {to}, run `{} enable`.", app.command_name()) } else { String::new() }
}

/// The report is not here any more, for example because of `purge` or `send` on another terminal, or because its file
/// was damaged.
fn gone(question: &Question<'_>, choice: Choice, decision: Option<&str>) -> String {
    let done = question.offer.done();
    let later = match (choice, decision) {
        (Choice::Always, None) => format!(" Later reports are {done}. {}", question.stop()),
        (Choice::Always, Some(why)) => format!(" Your yes to later ones could not be stored: {why}."),
        _ => String::new(),
    };
    format!("This report is gone: deleted, {done} or found damaged meanwhile.{later}")
}

/// What was not done, and what was done all the same.
fn failed(question: &Question<'_>, choice: Choice, undone: &Undone) -> String {
    let (decision, report) = (undone.decision.as_deref(), undone.report.as_deref());
    let again = format!("{} asks again when it next fails.", question.app().name());
    let done = if question.offer.by_hand { "opened" } else { question.offer.done() };
    if undone.is_gone {
        return gone(question, choice, decision);
    }
    let why = [decision, report].into_iter().flatten().collect::<Vec<_>>().join("; ");
    match (choice, decision, report) {
        (Choice::Never, Some(_), None) => {
            format!("This report is deleted, but your no could not be stored: {why}. {again}")
        }
        (Choice::Never, Some(_), Some(_)) => format!(
            "Neither could your no be stored, nor everything be deleted: {why}. Nothing is {done} now. {again}"
        ),
        (Choice::Never, None, _) => {
            format!("Nothing is {done}, now or later, but not everything could be deleted: {why}.")
        }
        (Choice::Always, Some(_), None) => {
            format!(
                "This report is {done} now or the next time, but your yes to later ones could not be stored: {why}. {again}"
            )
        }
        (Choice::Always, None, _) => {
            format!("Later reports are {done}, but this one is not: {why}. {}", question.stop())
        }
        (Choice::NotNow, ..) => {
            format!("Nothing is {done} now, but this report could not be deleted: {why}.")
        }
        (Choice::Once | Choice::Always | Choice::ByHand | Choice::Unanswered, ..) => {
            format!("Nothing is {done}: {why}. {}", question.waits())
        }
    }
}
