//! The words of the question where a person carries the report.

use super::{Choice, NO, Question};

/// The keys, where there is no other way, and what each does. There is no 2: nothing opens without a question.
pub(super) fn rows() -> Vec<(&'static str, String)> {
    vec![
        ("1", "open the page with this report".to_owned()),
        ("3", "don't report it, and don't ask again".to_owned()),
        ("v", "view the report again; b shows every letter of it".to_owned()),
        ("Enter", NO.to_owned()),
    ]
}

/// The keys again, where what they do has scrolled away.
pub(super) const KEYS_AGAIN: &str = "1 open the page, 3 never, Enter delete, v or b?";

/// The key beside those of a provider.
pub(super) fn instead(place: &str) -> String {
    format!(
        "don't send; open a page whose link gives {place} the report, to post it under your own name: all who see that site can \
         read it, and only the project's owners can delete it"
    )
}

/// The whole report in words, before anybody chooses: there is one place where it is read, and it is public as a rule.
pub(super) fn put_report(text: &mut String, question: &Question<'_>, width: usize) {
    let report = question.in_columns(width);
    if !report.is_empty() {
        text.push_str(&report);
        text.push('\n');
    }
}

/// Where every byte is shown, and what a tracker sees besides.
pub(super) fn exactly(question: &Question<'_>) -> String {
    let place = &question.offer.destination;
    format!(
        "b shows title and text word for word. {place} also sees your network address and your account, like every page that \
         you open there."
    )
}

/// What an answer does.
pub(super) fn said(question: &Question<'_>, choice: Choice) -> String {
    let app = question.app();
    match choice {
        Choice::Once | Choice::Always | Choice::ByHand => "Nothing has been sent.".to_owned(),
        Choice::Never if app.has_command() => {
            format!(
                "This report is deleted, and you are not asked again. Change it with `{} enable`.",
                app.command_name()
            )
        }
        Choice::Never => "This report is deleted, and you are not asked again.".to_owned(),
        Choice::NotNow => "Nothing is opened, and the report is deleted.".to_owned(),
        Choice::Unanswered => format!("No answer: nothing is opened. {}", question.waits()),
    }
}
