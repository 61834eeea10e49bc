//! The words of the question if the library itself sends the report or saves it in a file.

use super::by_hand;
use super::{Choice, NO, Question, kept};

/// The keys, and what each does.
pub(super) fn rows(question: &Question<'_>) -> Vec<(&'static str, String)> {
    if question.offer.by_hand {
        return by_hand::rows();
    }
    let also = others(question).map_or_else(String::new, |others| format!(", also {others}"));
    let verb = question.offer.verb();
    let (with, each) = match question.known_email {
        Some(known) => (format!(", with your e-mail {}", known.address), ", each with your e-mail"),
        None => (String::new(), ""),
    };
    let mut rows = vec![
        ("1", format!("{verb} this report only{with}")),
        ("2", format!("always {verb} reports{also}{each}")),
        ("3", format!("never {verb}, and don't ask again")),
    ];
    rows.extend(question.beside.map(|place| ("4", by_hand::instead(verb, place))));
    rows.push(("v", "view it first, in words; b shows every letter of it".to_owned()));
    rows.push(("Enter", NO.to_owned()));
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

/// The keys with a short word for each. They are shown when the rows that explain them may have scrolled away.
pub(super) fn keys_again(question: &Question<'_>) -> String {
    if question.offer.by_hand {
        return by_hand::KEYS_AGAIN.to_owned();
    }
    let page = if question.beside.is_some() { "4 open page, " } else { "" };
    format!("1 {}, 2 always, 3 never, {page}Enter delete, v or b?", question.offer.verb())
}

/// Asks for an e-mail address, and says what happens to it and that only Ctrl-C cancels.
pub(super) fn about_email(question: &Question<'_>, choice: Choice) -> String {
    let (always, save) = (choice == Choice::Always, question.offer.verb() == "save");
    let done = question.offer.done();
    let give = if save {
        "If you give an address, those to whom you give the file can write to you."
    } else {
        "May they e-mail you about the error? Then give an address."
    };
    let becomes = match (save, always) {
        (true, false) => "It is saved in the report and stays in it as long as the report stays.".to_owned(),
        (true, true) => format!("It is saved with every report. {}", kept::address(question, done)),
        (false, false) => "It becomes part of the report and is sent and kept with it.".to_owned(),
        (false, true) => format!("It is sent and kept with every report. {}", kept::address(question, done)),
    };
    let gap = if becomes.ends_with('\n') { "" } else { " " };
    format!(
        "{give} {becomes}{gap}If you give none, the report is {done} all the same: after Enter, Ctrl-D, three mistyped addresses or two \
         minutes. Ctrl-C takes your answer back: nothing is {done}, and the report waits."
    )
}

/// Where the address is typed.
pub(super) fn email_key(question: &Question<'_>) -> String {
    format!("E-mail (Enter {}s):", question.offer.verb())
}
