//! What everybody is told who decides, or for whom a default decides: what a report holds, where it goes, and how to
//! take a yes back.

use crawl4ai_telemetry_core::{App, Privacy};

use super::offer::Offer;

/// What is sent, wherever somebody is asked; what is in a report that a person carries.
pub(crate) fn sent(offer: &Offer) -> &'static str {
    if offer.by_hand {
        return held(offer.privacy);
    }
    match offer.privacy {
        Privacy::Standard => {
            "Sent: the error's type and cleaned text, its stack, the versions of the program, \
             its compiler and your system, and what the program noted about it."
        }
        Privacy::OwnWords => {
            "Sent: the error's type, the program's own words of its text and of what the program noted about it, its \
             stack, the versions of the program, its compiler and your system."
        }
        Privacy::Strict => {
            "Sent: the error's type, its stack, the versions of the program and its compiler, and no message."
        }
    }
}

/// The same where the program sends nothing.
fn held(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Standard => {
            "In it: the error's type and cleaned text, its stack, the versions of the program, \
             its compiler and your system, and what the program noted about it."
        }
        Privacy::OwnWords => {
            "In it: the error's type, the program's own words of its text and of what the program noted about it, its \
             stack, the versions of the program, its compiler and your system."
        }
        Privacy::Strict => {
            "In it: the error's type, its stack, the versions of the program and its compiler, and no message."
        }
    }
}

/// What is not sent. Where a person carries the report, no e-mail address is asked for.
///
/// At [`Privacy::Standard`] also what nobody can promise: a text is searched, and a search finds what has a form. Names of
/// the login and the machine that are short, or that many bear, are not searched for.
pub(crate) fn taken_out(offer: &Offer) -> &'static str {
    match offer.privacy {
        Privacy::OwnWords if offer.by_hand => {
            "Text stays in it only where the same words stand in the program's own files; other text is replaced by what \
             kind of thing it was. Besides: times, some numbers, and what the program declares safe."
        }
        Privacy::Strict if offer.by_hand => {
            "Besides: single words and numbers under names that a list allows, and what the program declares safe."
        }
        Privacy::Standard => {
            "Taken out: URLs, addresses, tokens, paths, page content, distinctive names of login and machine. What has \
             no form, like a person's name, is not found."
        }
        Privacy::OwnWords => {
            "Text leaves only where the same words stand in the program's own files; other text is replaced by what \
             kind of thing it was. Besides: times, some numbers, what the program declares safe, and your e-mail if you \
             give it."
        }
        Privacy::Strict => {
            "Besides: single words and numbers under names that a list allows, what the program declares safe, and your \
                               e-mail if you give it."
        }
    }
}

/// All of it, a paragraph each.
pub(crate) fn paragraphs(app: &App, offer: &Offer, way_out: &str) -> Vec<String> {
    let mut paragraphs = vec![sent(offer).to_owned(), taken_out(offer).to_owned(), goes_to(offer, way_out)];
    paragraphs.extend(keeper(app));
    paragraphs.extend(app.privacy_notice_url().map(|url| format!("Privacy notice: {url}")));
    paragraphs
}

/// Who answers for the reports, and for how long they are kept, as the program declares it.
fn keeper(app: &App) -> Option<String> {
    let days = app.retention_time().map(|time| time.as_secs().div_ceil(24 * 60 * 60));
    let long = days.map(|days| format!("{days} day{}", if days == 1 { "" } else { "s" }));
    match (app.controller_address(), long) {
        (Some(who), Some(long)) => Some(format!("Who answers for it: {who}. Kept for {long}.")),
        (Some(who), None) => Some(format!("Who answers for it: {who}.")),
        (None, Some(long)) => Some(format!("Kept for {long}.")),
        (None, None) => None,
    }
}

/// Where a report goes, and how to take a yes back.
pub(crate) fn goes_to(offer: &Offer, way_out: &str) -> String {
    let destination = &offer.destination;
    if offer.by_hand {
        return format!(
            "Opens a page of this computer in your browser, or writes a file where there is none. That sends nothing: a link on \
             the page hands the report to {destination}, where you send it under your own name, or do not; whoever may look \
             there can read it, and only the project's owners can delete it. Turn this question off with {way_out}."
        );
    }
    let goes = match destination.strip_prefix("the file ") {
        Some(file) => format!("Written to the file {file}, on this machine."),
        None => format!("Goes to {destination}."),
    };
    format!("{goes} Take it back later with {way_out}.")
}

/// How to end it: by the command, where there is one, and by the variable, which always works.
pub(crate) fn way_out(app: &App) -> String {
    or_command(app, &format!("{}_TELEMETRY=0", app.env_prefix_name()))
}

/// How to undo a stored yes; `verb` begins the sentence where there is a command. A variable does not undo it: it stands
/// above what is stored while it is set.
pub(crate) fn undo(verb: &str, app: &App) -> String {
    let variable = format!("{}_TELEMETRY=0", app.env_prefix_name());
    if app.has_command() {
        format!(
            "{verb} with `{} disable`; {variable} stops them for as long as it is set.",
            app.command_name()
        )
    } else {
        format!("{variable} stops them for as long as it is set.")
    }
}

/// The same for usage figures.
pub(crate) fn way_out_of_usage(app: &App) -> String {
    or_command(app, &format!("{}_DISABLE_TELEMETRY=true", app.env_prefix_name()))
}

fn or_command(app: &App, variable: &str) -> String {
    if app.has_command() {
        format!("`{} disable` or {variable}", app.command_name())
    } else {
        variable.to_owned()
    }
}

/// How wide a text is at most, in columns: a terminal of 80, which many still have, has some left.
pub(crate) const WIDTH: usize = 78;

/// Breaks lines at [`WIDTH`].
pub(crate) fn wrap(paragraph: &str, text: &mut String) {
    wrap_at(WIDTH, paragraph, text);
}

/// Breaks lines at so many columns; never inside of backticks, where stands what somebody may copy.
pub(crate) fn wrap_at(most: usize, paragraph: &str, text: &mut String) {
    let (mut column, mut quoted) = (0, false);
    let words = paragraph.split(|c| {
        quoted ^= c == '`';
        c == ' ' && !quoted
    });
    for word in words {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > most {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_inside_a_command() {
        let wrapped = |text: &str| {
            let mut out = String::new();
            wrap(text, &mut out);
            out
        };
        let filled = "x".repeat(70);
        for (text, expected) in [
            ("one two".to_owned(), "one two\n".to_owned()),
            (format!("{filled} one two"), format!("{filled} one two\n")),
            (format!("{filled} one twoo"), format!("{filled} one\ntwoo\n")),
            (format!("{filled} `my tool off` or"), format!("{filled}\n`my tool off` or\n")),
            (format!("{filled} an ` alone is text"), format!("{filled} an\n` alone is text\n")),
            ("x".repeat(100), "x".repeat(100) + "\n"),
        ] {
            assert_eq!(wrapped(&text), expected);
        }
    }
}
