//! The conversation on a terminal, as a function over lines in and text out.

use std::io::{self, Write};

use super::by_hand;
use super::in_short::{put_failed, put_row};
use super::{Answer, Choice, Question};
use crate::consent::check_email;
use crate::consent::consent_text;
use crate::printable::{self, wrap_at};

/// So many unusable answers, and the user does not want to answer.
const TRIES: usize = 3;

/// One line of the user's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineRead {
    /// What was typed, without its end.
    Text(String),
    /// The user ended the input.
    End,
    /// The user pressed Ctrl-C, and the program has a handler of its own for that.
    Interrupted,
    /// Nobody typed anything, or the terminal is gone.
    Nobody,
}

/// Where lines come from.
pub(super) trait LineReader {
    fn next(&mut self) -> LineRead;

    /// How many columns the screen has now: a window may be made narrower while the question stands.
    fn columns(&self) -> usize {
        printable::columns()
    }
}

/// How wide a text may be.
fn width(lines: &dyn LineReader) -> usize {
    printable::width_of(lines.columns())
}

/// A sentence in lines.
fn wrapped(sentence: &str, width: usize) -> String {
    let mut text = String::new();
    wrap_at(width, sentence, &mut text);
    text
}

/// Asks until there is an answer. A screen that cannot be written to has nobody before it.
pub(super) fn run(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> Answer {
    converse(question, lines, out).unwrap_or_else(|_| Choice::Unanswered.into())
}

fn converse(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Answer> {
    out.write_all(introduction(question, width(lines)).as_bytes())?;
    let choice = choose(question, lines, out)?;
    let app = question.app();
    if question.offer.by_hand || choice == Choice::ByHand {
        out.write_all(wrapped(&by_hand::said(question, choice), width(lines)).as_bytes())?;
        return Ok(choice.into());
    }
    let (choice, email) = match choice {
        Choice::Once | Choice::Always => match ask_email(question, lines, out)? {
            Email::Is(email) => (choice, email),
            // In a program without a handler Ctrl-C here ends it, and nothing is sent.
            Email::Interrupted => (Choice::Unanswered, None),
        },
        Choice::Never | Choice::NotNow | Choice::Unanswered | Choice::ByHand => (choice, None),
    };
    let said = match choice {
        Choice::Once => "This report is sent, now or at the next start, and no other.".to_owned(),
        Choice::Always => {
            format!("Crash reports are sent from now on. {}", consent_text::undo("Undo", app))
        }
        Choice::Never if app.has_command() => {
            format!("Nothing is sent. Change it with `{} enable`.", app.command_name())
        }
        Choice::Never => "Nothing is sent, now or later.".to_owned(),
        Choice::NotNow => "Nothing is sent, this time.".to_owned(),
        Choice::Unanswered | Choice::ByHand => "No answer: nothing is sent.".to_owned(),
    };
    out.write_all(wrapped(&said, width(lines)).as_bytes())?;
    Ok(Answer::from(choice).with_email(email))
}

fn introduction(question: &Question<'_>, width: usize) -> String {
    let mut text = String::from("\n");
    text.push_str(&wrapped(&question.headline(), width));
    if let Some(failed) = question.failed() {
        put_failed(&mut text, &failed, width);
    }
    let way_out = consent_text::take_back(question.app());
    for paragraph in consent_text::paragraphs(question.app(), question.offer, &way_out) {
        text.push_str(&wrapped(&paragraph, width));
    }
    text.push('\n');
    if question.offer.by_hand {
        by_hand::put_report(&mut text, question, width);
    }
    for (key, does) in rows(question) {
        put_row(&mut text, &format!("  {key}  "), &does, usize::MAX, width);
    }
    text.push('\n');
    text
}

/// The keys, and what each does.
fn rows(question: &Question<'_>) -> Vec<(&'static str, String)> {
    if question.offer.by_hand {
        return by_hand::rows();
    }
    let also = others(question).map_or_else(String::new, |others| format!(", also {others}"));
    let mut rows = vec![
        ("1", "send this report only".to_owned()),
        ("2", format!("always send reports{also}")),
        ("3", "don't send, now or later".to_owned()),
    ];
    rows.extend(question.beside.map(|place| ("4", by_hand::instead(place))));
    rows.push(("v", "view what would be sent".to_owned()));
    rows.push(("Enter", "not now; this report is deleted".to_owned()));
    rows
}

/// The other reports that wait, counted; `None` where there are none.
fn others(question: &Question<'_>) -> Option<String> {
    match question.view().len().saturating_sub(1) {
        0 => None,
        1 => Some("1 other that waits".to_owned()),
        n => Some(format!("{n} others that wait")),
    }
}

fn keys(question: &Question<'_>) -> &'static str {
    match (question.offer.by_hand, question.beside) {
        (true, _) => "1, 3 or v? ",
        (false, Some(_)) => "1, 2, 3, 4 or v? ",
        (false, None) => "1, 2, 3 or v? ",
    }
}

fn choose(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Choice> {
    let mut unusable = 0;
    while unusable < TRIES {
        write!(out, "{}", keys(question))?;
        out.flush()?;
        let line = match lines.next() {
            LineRead::Text(line) => line,
            LineRead::End => {
                writeln!(out)?;
                return Ok(Choice::NotNow);
            }
            LineRead::Interrupted | LineRead::Nobody => {
                writeln!(out)?;
                return Ok(Choice::Unanswered);
            }
        };
        match line.trim() {
            "1" => return Ok(Choice::Once),
            "4" if question.beside.is_some() => return Ok(Choice::ByHand),
            // A yes to all reports would be a page that opens by itself.
            "2" if question.offer.by_hand => unusable += 1,
            "2" => return Ok(Choice::Always),
            "3" => return Ok(Choice::Never),
            "" => return Ok(Choice::NotNow),
            "v" | "V" => view_in_short(question, out, width(lines))?,
            "b" | "B" => view(question, out, width(lines))?,
            _ => unusable += 1,
        }
    }
    Ok(Choice::NotNow)
}

/// The report in words, and where its bytes are.
fn view_in_short(question: &Question<'_>, out: &mut dyn Write, width: usize) -> io::Result<()> {
    let text = question.in_columns(width);
    if text.is_empty() {
        return view(question, out, width);
    }
    if question.offer.by_hand {
        return write!(out, "\n{text}\n{}\n", wrapped(&by_hand::exactly(question), width));
    }
    let others = others(question).map_or_else(String::new, |others| format!(" 2 sends also {others}."));
    let exact = match question.wire_form() {
        None => "b shows all of it as it would be sent, to the last letter.",
        Some(_) => "b shows every field of it, and the form in which it is sent.",
    };
    let server = if question.offer.destination.starts_with("the file ") {
        ""
    } else {
        " A server also sees your network address and the version of the part that sends."
    };
    write!(out, "\n{text}\n{}\n", wrapped(&format!("{exact}{others}{server}"), width))
}

/// Byte for byte what would be sent, but for signs that would change the screen instead of showing on it.
fn view(question: &Question<'_>, out: &mut dyn Write, width: usize) -> io::Result<()> {
    if let Some(wire) = question.wire_form() {
        let note = format!("It is sent in a form for machines ({wire}). These are the same fields as text.");
        write!(out, "\n{}", wrapped(&note, width))?;
    }
    // Of what a person carries, only the report that is asked about is handed over.
    let most = if question.offer.by_hand { 1 } else { usize::MAX };
    let several = question.view().len().min(most) > 1;
    for (at, payload) in question.view().iter().take(most).enumerate() {
        let which = match (several, at) {
            (false, _) => "the report".to_owned(),
            (true, 0) => "this report".to_owned(),
            (true, n) => format!("another one that waits ({n})"),
        };
        writeln!(out, "\n--- {which}: {}, {} bytes ---", payload.media_type, payload.bytes.len())?;
        writeln!(out, "{}", printable::bytes(&payload.bytes))?;
        writeln!(out, "--- end ---\n")?;
    }
    Ok(())
}

/// What came of asking for an address.
enum Email {
    Is(Option<String>),
    /// The user took back what they had said.
    Interrupted,
}

fn ask_email(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Email> {
    if !question.wants_email() {
        return Ok(Email::Is(None));
    }
    for _ in 0..TRIES {
        let asked = wrapped("E-mail, should there be a question about it (Enter for none):", width(lines));
        write!(out, "{} ", asked.trim_end())?;
        out.flush()?;
        let line = match lines.next() {
            LineRead::Text(line) => line,
            LineRead::End | LineRead::Nobody => {
                writeln!(out)?;
                return Ok(Email::Is(None));
            }
            LineRead::Interrupted => {
                writeln!(out)?;
                return Ok(Email::Interrupted);
            }
        };
        let address = line.trim();
        if address.is_empty() {
            return Ok(Email::Is(None));
        }
        match check_email(address) {
            Ok(()) => return Ok(Email::Is(Some(address.to_owned()))),
            Err(error) => {
                out.write_all(wrapped(&format!("Not taken: {error}."), width(lines)).as_bytes())?;
            }
        }
    }
    Ok(Email::Is(None))
}

#[cfg(test)]
mod tests;
