//! The conversation on a terminal, as a function over lines in and text out.

use std::io::{self, Write};

use super::by_hand;
use super::in_short::{put_failed, put_row};
use super::words::{about_email, email_key, keys, keys_again, others, rows};
use super::{Answer, Choice, Question};
use crate::consent::check_email;
use crate::consent::consent_text;
use crate::consent::offer::Place;
use crate::printable::{self, broken, wrap_at};

/// After this many unusable answers, the user counts as not wanting to answer.
const TRIES: usize = 3;

/// A line from the user, or why there is none.
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

/// What the user had typed before the question was on the screen. It is thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "a console of Windows shows such keys where the answer is typed")
)]
pub(super) enum TypedAhead {
    Nothing,
    /// Lines, with their ends.
    Lines,
    /// Keys whose Enter may still come.
    Keys,
}

/// Where lines come from.
pub(super) trait LineReader {
    fn next(&mut self) -> LineRead;

    /// Throws away what was typed before the question could be read, because it does not answer the question. This is
    /// called once, before the first answer is read.
    fn typed_ahead(&mut self) -> TypedAhead {
        TypedAhead::Nothing
    }

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
pub(super) fn wrapped(sentence: &str, width: usize) -> String {
    let mut text = String::new();
    wrap_at(width, sentence, &mut text);
    text
}

/// Asks until there is an answer. If the screen cannot be written to, nobody can read the question.
pub(super) fn run(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> Answer {
    converse(question, lines, out).unwrap_or_else(|_| Choice::Unanswered.into())
}

fn converse(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Answer> {
    out.write_all(introduction(question, width(lines)).as_bytes())?;
    let choice = choose(question, lines, out)?;
    let (choice, email) = match choice {
        Choice::Once | Choice::Always => match ask_email(question, choice, lines, out)? {
            Email::Is(email) => (choice, email),
            // If the program has no handler, Ctrl-C ends it here and nothing is sent. So nothing is sent with a handler
            // either.
            Email::Interrupted => (Choice::Unanswered, None),
        },
        Choice::Never | Choice::NotNow | Choice::Unanswered | Choice::ByHand => (choice, None),
    };
    Ok(Answer::from(choice).with_email(email))
}

fn introduction(question: &Question<'_>, width: usize) -> String {
    let mut text = String::from("\n");
    text.push_str(&wrapped(&question.headline(), width));
    if let Some(failed) = question.failed() {
        put_failed(&mut text, &failed, width);
    }
    // The address that goes along stands beside the keys.
    let (texts, stop) = (question.taken_out().to_owned(), question.stop());
    for paragraph in consent_text::paragraphs(question.app(), question.offer, texts, &stop) {
        text.push_str(&wrapped(&paragraph, width));
    }
    text.push('\n');
    if question.offer.by_hand {
        by_hand::put_report(&mut text, question, width);
    }
    for (key, does) in rows(question) {
        put_row(&mut text, &format!("  {key}  "), &does, usize::MAX, width);
    }
    text
}

fn put_keys(keys: &str, lines: &dyn LineReader, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{} ", wrapped(keys, width(lines)).trim_end())?;
    out.flush()
}

fn choose(question: &Question<'_>, lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Choice> {
    if let Some(ended) = after_what_was_typed(lines, out)? {
        return Ok(ended);
    }
    let mut unusable = 0;
    let mut asked = keys(question).to_owned();
    while unusable < TRIES {
        put_keys(&asked, lines, out)?;
        let line = match answer(lines, out)? {
            Ok(line) => line,
            Err(ended) => return Ok(ended),
        };
        match line.trim() {
            "1" => return Ok(Choice::Once),
            "4" if question.beside.is_some() => return Ok(Choice::ByHand),
            // After a yes to all reports, pages would open without a question.
            "2" if question.offer.by_hand => unusable += 1,
            "2" => return Ok(Choice::Always),
            "3" => return Ok(Choice::Never),
            "" => return Ok(Choice::NotNow),
            "v" | "V" => view_in_short(question, out, width(lines))?,
            "b" | "B" => view(question, out, width(lines))?,
            _ => unusable += 1,
        }
        asked = keys_again(question);
    }
    Ok(Choice::NotNow)
}

/// The next line, or the choice that its absence stands for.
fn answer(lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Result<String, Choice>> {
    let ended = match lines.next() {
        LineRead::Text(line) => return Ok(Ok(line)),
        LineRead::End => Choice::NotNow,
        LineRead::Interrupted | LineRead::Nobody => Choice::Unanswered,
    };
    writeln!(out)?;
    Ok(Err(ended))
}

/// Says that what was typed before the question does not answer it. If keys were typed without Enter, their Enter is
/// still to come. The line that it ends is not an answer either: a user who typed `3` would think that they had said
/// never, but the empty line would mean not now.
fn after_what_was_typed(lines: &mut dyn LineReader, out: &mut dyn Write) -> io::Result<Option<Choice>> {
    let typed = lines.typed_ahead();
    if typed == TypedAhead::Nothing {
        return Ok(None);
    }
    let said = wrapped("What you typed before this question does not answer it.", width(lines));
    write!(out, "\n{said}")?;
    if typed == TypedAhead::Lines {
        return Ok(None);
    }
    put_keys("Press Enter first:", lines, out)?;
    Ok(answer(lines, out)?.err())
}

/// Shows the report in words, and says which key shows its bytes.
fn view_in_short(question: &Question<'_>, out: &mut dyn Write, width: usize) -> io::Result<()> {
    let text = question.in_columns(width);
    if text.is_empty() {
        return view(question, out, width);
    }
    if question.offer.by_hand {
        return write!(out, "\n{text}\n{}\n", wrapped(&by_hand::exactly(question), width));
    }
    let others = others(question)
        .map_or_else(String::new, |others| format!(" 2 {}s also {others}.", question.offer.verb()));
    let place = question.offer.place();
    let exact = match (place, question.wire_form()) {
        (Place::File(_), _) => "b shows all of it as it would be saved, to the last letter.",
        (_, None) => "b shows all of it as it would be sent, to the last letter.",
        (_, Some(_)) => "b shows every field of it, and the form in which it is sent.",
    };
    let who = match place {
        Place::File(_) | Place::ByHand => "",
        Place::Server => &question.offer.destination,
        Place::Other => "A server",
    };
    let server = if who.is_empty() {
        String::new()
    } else {
        format!(" {who} also sees your network address and the version of the part that sends.")
    };
    let email = question
        .known_email
        .map_or_else(String::new, |known| format!(" Your e-mail address goes along with it. {}", known.ends));
    write!(out, "\n{text}\n{}\n", wrapped(&format!("{exact}{others}{server}{email}"), width))
}

/// Shows the bytes that would be sent. Characters that a terminal obeys are shown as codes.
fn view(question: &Question<'_>, out: &mut dyn Write, width: usize) -> io::Result<()> {
    if let Some(wire) = question.wire_form() {
        let note = format!("It is sent in a form for machines ({wire}). These are the same fields as text.");
        write!(out, "\n{}", wrapped(&note, width))?;
    }
    // If a person carries the reports, only the one that is asked about is handed over.
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

/// The result of asking for an e-mail address.
enum Email {
    Is(Option<String>),
    /// The user took back their yes with Ctrl-C.
    Interrupted,
}

fn ask_email(
    question: &Question<'_>,
    choice: Choice,
    lines: &mut dyn LineReader,
    out: &mut dyn Write,
) -> io::Result<Email> {
    if !question.wants_email() {
        return Ok(Email::Is(None));
    }
    out.write_all(broken(&about_email(question, choice), width(lines)).as_bytes())?;
    for _ in 0..TRIES {
        put_keys(&email_key(question), lines, out)?;
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
