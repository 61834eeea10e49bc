//! Lines for a person before a screen: how wide it is, and where a text is broken.

use std::io::{self, IsTerminal};

use super::say;

/// How wide a text is at most, in columns: a terminal of 80, which many still have, has some left.
pub(crate) const WIDTH: usize = 78;

/// The fewest columns that a text is broken for.
const NARROWEST: usize = 20;

/// What a screen has that does not say.
const USUAL: usize = 80;

/// How many columns the screen has now, the one of standard error: a window may be made narrower at any time.
pub(crate) fn columns() -> usize {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(io::stderr());
        size.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).unwrap_or(USUAL)
    }
    // A console of Windows wraps what it is given, and has 80 columns unless somebody changes that.
    #[cfg(not(unix))]
    USUAL
}

/// How wide a text may be there: the end of a line that is full is drawn differently everywhere.
pub(crate) fn width_of(columns: usize) -> usize {
    columns.saturating_sub(1).clamp(NARROWEST, WIDTH)
}

/// Tells a person something on standard error: on a terminal its lines are broken between words, but for those that begin
/// with two spaces, which hold what somebody may copy. In a log each stays one line.
pub(crate) fn tell(message: &str) {
    if io::stderr().is_terminal() {
        say(&broken(message, width_of(columns())));
    } else {
        say(message);
    }
}

fn broken(message: &str, width: usize) -> String {
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
