//! The words of the question where a person carries the report.

use super::{NO, Question};

/// The keys and what each does, for a program whose reports all go by hand. There is no key 2 (always), because no page
/// opens without a question.
pub(super) fn rows() -> Vec<(&'static str, String)> {
    vec![
        ("1", "open the page with this report".to_owned()),
        ("3", "don't report it, and don't ask again".to_owned()),
        ("v", "view the report again; b shows every letter of it".to_owned()),
        ("Enter", NO.to_owned()),
    ]
}

/// The keys with a short word for each. They are shown when the rows that explain them may have scrolled away.
pub(super) const KEYS_AGAIN: &str = "1 open the page, 3 never, Enter delete, v or b?";

/// What key 4 does: it opens a page instead of giving the report to the provider. `verb` says what the provider does.
pub(super) fn instead(verb: &str, place: &str) -> String {
    format!(
        "don't {verb} it, but post it yourself: a page opens, or else its text lies in a file of its own. Nothing is sent until you use the \
         page's link, which gives {place} the report and your network address, to post it under your own name: all who see that \
         site can read it, and only the project's owners can delete it"
    )
}

/// Adds the report in words, before the user chooses. An issue tracker is public as a rule, so users should read what
/// they would post there.
pub(super) fn put_report(text: &mut String, question: &Question<'_>, width: usize) {
    let report = question.in_columns(width);
    if !report.is_empty() {
        text.push_str(&report);
        text.push('\n');
    }
}

/// Which key shows every byte, and what a tracker sees in addition to the report.
pub(super) fn exactly(question: &Question<'_>) -> String {
    let place = &question.offer.destination;
    format!(
        "b shows title and text word for word. {place} also sees your network address and your account, like every page that \
         you open there."
    )
}
