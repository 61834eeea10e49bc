//! The words of the question where a report goes by itself, by what becomes of it there: it is sent, or saved in a file.

use super::by_hand;
use super::{Choice, Question};

/// The keys, and what each does.
pub(super) fn rows(question: &Question<'_>) -> Vec<(&'static str, String)> {
    if question.offer.by_hand {
        return by_hand::rows();
    }
    let also = others(question).map_or_else(String::new, |others| format!(", also {others}"));
    let verb = question.offer.verb();
    let mut rows = vec![
        ("1", format!("{verb} this report only")),
        ("2", format!("always {verb} reports{also}")),
        ("3", format!("don't {verb}, now or later")),
    ];
    rows.extend(question.beside.map(|place| ("4", by_hand::instead(place))));
    rows.push(("v", "view it first, in words; b shows every letter of it".to_owned()));
    rows.push(("Enter", "not now; this report is deleted".to_owned()));
    rows
}

/// The other reports that wait, counted; `None` where there are none.
pub(super) fn others(question: &Question<'_>) -> Option<String> {
    match question.view().len().saturating_sub(1) {
        0 => None,
        1 => Some("1 other that waits".to_owned()),
        n => Some(format!("{n} others that wait")),
    }
}

pub(super) fn keys(question: &Question<'_>) -> &'static str {
    match (question.offer.by_hand, question.beside) {
        (true, _) => "1, 3, v or b?",
        (false, Some(_)) => "1, 2, 3, 4, v or b?",
        (false, None) => "1, 2, 3, v or b?",
    }
}

/// The keys again, where what they do has scrolled away.
pub(super) fn keys_again(question: &Question<'_>) -> String {
    if question.offer.by_hand {
        return by_hand::KEYS_AGAIN.to_owned();
    }
    let page = if question.beside.is_some() { "4 page, " } else { "" };
    format!("1 {}, 2 always, 3 never, {page}Enter not now, v or b?", question.offer.verb())
}

/// What becomes of the report, and of later ones.
pub(super) fn said(question: &Question<'_>, choice: Choice) -> String {
    let app = question.app();
    let done = question.offer.done();
    match choice {
        Choice::Once if done == "saved" => "This report is saved, and no other.".to_owned(),
        Choice::Once => {
            format!("This report is sent, and no other: now, or when {} runs next if that fails.", app.name())
        }
        Choice::Always => format!("Crash reports are {done} from now on. {}", question.stop()),
        Choice::Never if app.has_command() => format!(
            "Nothing is {done}, now or later, and you are not asked again. Change it with `{} enable`.",
            app.command_name()
        ),
        Choice::Never => format!("Nothing is {done}, now or later, and you are not asked again."),
        Choice::NotNow => format!("Nothing is {done}; this report is deleted."),
        Choice::Unanswered | Choice::ByHand => format!("No answer: nothing is {done}. {}", question.waits()),
    }
}

/// What becomes of the address.
pub(super) fn about_email(question: &Question<'_>, choice: Choice) -> String {
    let done = question.offer.done();
    let goes = if done == "saved" { "is saved" } else { "goes to the same place" };
    let which = if choice == Choice::Always {
        format!(
            "It is kept on this computer, becomes part of every report, {goes} and stays there as long as they do."
        )
    } else {
        format!("It becomes part of this report, {goes} with it and stays there as long as it does.")
    };
    format!(
        "May you be asked about the error by e-mail? Then give an address. {which} With or without one, the report is {done}."
    )
}
