//! Line breaks for texts on a terminal: the width of the terminal, and where lines are broken.

use std::io::{self, IsTerminal};

use super::say;

/// Maximum width of a text, in columns. It fits a terminal of 80 columns, which is still common.
pub(crate) const WIDTH: usize = 78;

/// Minimum width for which a text is broken, in columns.
const NARROWEST: usize = 20;

/// The assumed width of a terminal that does not tell its width.
const USUAL: usize = 80;

/// The present width of standard error's terminal, in columns. A window may be made narrower at any time.
pub(crate) fn columns() -> usize {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(io::stderr());
        size.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).unwrap_or(USUAL)
    }
    // A console of Windows wraps long lines itself, and has 80 columns unless somebody changes that.
    #[cfg(not(unix))]
    USUAL
}

/// The width of a text on a terminal with this many columns. One column is left free, because terminals treat a full
/// line differently.
pub(crate) fn width_of(columns: usize) -> usize {
    columns.saturating_sub(1).clamp(NARROWEST, WIDTH)
}

/// Prints a message on standard error. On a terminal its lines are broken between words, except lines that begin with
/// two spaces, which hold text to be copied. In a log each line stays whole.
pub(crate) fn tell(message: &str) {
    if io::stderr().is_terminal() {
        say(&broken(message, width_of(columns())));
    } else {
        say(message);
    }
}

/// The message as [`tell`] prints it on a terminal.
pub(crate) fn broken(message: &str, width: usize) -> String {
    let mut text = String::new();
    for line in message.lines() {
        if line.starts_with("  ") {
            text.push_str(line);
            text.push('\n');
        } else {
            wrap_at(width, line, &mut text);
        }
    }
    text
}

/// Breaks lines at [`WIDTH`].
pub(crate) fn wrap(paragraph: &str, text: &mut String) {
    wrap_at(WIDTH, paragraph, text);
}

/// Breaks lines at `most` columns, but never inside backticks, which hold text to be copied.
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

    #[test]
    fn what_is_told_is_broken_for_the_screen_but_for_what_somebody_copies() {
        let said = "No browser could be opened here, and so on.\n  /home/ada/.weather/telemetry/issue.md\n";
        let expected =
            "No browser could be\nopened here, and so\non.\n  /home/ada/.weather/telemetry/issue.md\n";
        assert_eq!(broken(said, 20), expected);
        assert_eq!(broken(said, 78), said);
        assert_eq!([0, 1, 21, 40, 80, 500].map(width_of), [20, 20, 20, 39, 78, 78]);
    }
}
