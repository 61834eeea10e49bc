//! The conversation on a terminal, as a function over lines in and text out.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::in_short::put_failed;
use super::{Answer, Choice, Question};
use crate::consent::check_email;
use crate::consent::consent_text::{self, wrap};
use crate::printable;

/// So many unusable answers, and the user does not want to answer.
const TRIES: usize = 3;

/// One line of the user's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineRead {
    /// What was typed, without its end.
    Text(String),
    /// The user ended the input, or interrupted it.
    End,
    /// Nobody typed anything, or the terminal is gone.
    Nobody,
}

/// Where lines come from.
pub(super) trait LineReader {
    fn next(&mut self) -> LineRead;
}

/// Asks until there is an answer. A screen that cannot be written to has nobody before it.
pub(super) fn run(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> Answer {
    converse(question, lines, out).unwrap_or_else(|_| Choice::Unanswered.into())
}

fn converse(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Answer> {
    out.write_all(introduction(question).as_bytes())?;
    let choice = choose(question, lines, out)?;
    let app = question.app();
    let (said, email) = match choice {
        Choice::Once => ("This report is sent, and no other.".to_owned(), ask_email(question, lines, out)?),
        Choice::Always => {
            let email = ask_email(question, lines, out)?;
            (format!("Crash reports are sent from now on. {}", consent_text::undo("Undo", app)), email)
        }
        Choice::Never if app.has_command() => {
            (format!("Nothing is sent. Change it with `{} enable`.", app.command_name()), None)
        }
        Choice::Never => ("Nothing is sent, now or later.".to_owned(), None),
        Choice::NotNow => ("Nothing is sent, this time.".to_owned(), None),
        Choice::Unanswered => ("No answer: nothing is sent.".to_owned(), None),
    };
    let mut text = String::new();
    wrap(&said, &mut text);
    out.write_all(text.as_bytes())?;
    Ok(Answer::from(choice).with_email(email))
}

fn introduction(question: &Question<'_>) -> String {
    let others = question.view().len().saturating_sub(1);
    let also = match others {
        0 => String::new(),
        1 => ", also 1 other that waits".to_owned(),
        n => format!(", also {n} others that wait"),
    };
    let mut text = String::from("\n");
    wrap(&question.headline(), &mut text);
    if let Some(failed) = question.failed() {
        put_failed(&mut text, &failed);
    }
    for paragraph in
        consent_text::paragraphs(question.app(), question.offer, &consent_text::way_out(question.app()))
    {
        wrap(&paragraph, &mut text);
    }
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "\n  1  send this report only\n  2  always send reports{also}\n  3  don't send, now or later\n  v  view what would be sent\n  Enter  not now; this report is deleted\n"
    );
    text
}

fn choose(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Choice> {
    let mut unusable = 0;
    while unusable < TRIES {
        write!(out, "1, 2, 3 or v? ")?;
        out.flush()?;
        let line = match lines.next() {
            LineRead::Text(line) => line,
            LineRead::End => {
                writeln!(out)?;
                return Ok(Choice::NotNow);
            }
            LineRead::Nobody => {
                writeln!(out)?;
                return Ok(Choice::Unanswered);
            }
        };
        match line.trim() {
            "1" => return Ok(Choice::Once),
            "2" => return Ok(Choice::Always),
            "3" => return Ok(Choice::Never),
            "" => return Ok(Choice::NotNow),
            "v" | "V" => view_in_short(question, out)?,
            "b" | "B" => view(question, out)?,
            _ => unusable += 1,
        }
    }
    Ok(Choice::NotNow)
}

/// The report in words, and where its bytes are.
fn view_in_short(question: &Question<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = question.in_short();
    if text.is_empty() {
        return view(question, out);
    }
    let others = match question.view().len().saturating_sub(1) {
        0 => String::new(),
        1 => " One other waits; 2 sends it too.".to_owned(),
        n => format!(" {n} others wait; 2 sends them too."),
    };
    let mut note = String::new();
    let exact = match question.wire_form() {
        None => "b shows every byte as it would be sent.",
        Some(_) => "b shows every field of it, and the form in which it is sent.",
    };
    let server = if question.offer.destination.starts_with("the file ") {
        ""
    } else {
        " A server also sees your network address and the version of the part that sends."
    };
    wrap(&format!("{exact}{others}{server}"), &mut note);
    write!(out, "\n{text}\n{note}\n")
}

/// Byte for byte what would be sent, but for signs that would change the screen instead of showing on it.
fn view(question: &Question<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(wire) = question.wire_form() {
        let mut note = String::from("\n");
        wrap(
            &format!("It is sent as {wire}, which nobody can read; these are the same fields as JSON."),
            &mut note,
        );
        out.write_all(note.trim_end().as_bytes())?;
        writeln!(out)?;
    }
    let several = question.view().len() > 1;
    for (at, payload) in question.view().iter().enumerate() {
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

fn ask_email(
    question: &Question<'_>,
    lines: &mut dyn LineReader,
    out: &mut dyn Write,
) -> io::Result<Option<String>> {
    if !question.wants_email() {
        return Ok(None);
    }
    for _ in 0..TRIES {
        write!(out, "E-mail, should there be a question about it (Enter for none): ")?;
        out.flush()?;
        let LineRead::Text(line) = lines.next() else {
            writeln!(out)?;
            return Ok(None);
        };
        let address = line.trim();
        if address.is_empty() {
            return Ok(None);
        }
        match check_email(address) {
            Ok(()) => return Ok(Some(address.to_owned())),
            Err(error) => {
                let mut why = String::new();
                wrap(&format!("Not taken: {error}."), &mut why);
                out.write_all(why.as_bytes())?;
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
