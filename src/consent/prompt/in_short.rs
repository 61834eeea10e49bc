//! A report in words, on one screen at most. Another key of the question shows every byte.

use std::fmt::Write as _;

use crawl4ai_telemetry_core::{Environment, Exception, Report};

use crate::printable::{self, WIDTH};

/// The column in which the text of a row begins.
const COLUMN: usize = 16;

/// On a screen with fewer columns, the text of a row is below its name.
const NARROW: usize = 60;

/// The most lines that a report takes.
#[cfg(test)]
const MOST: usize = 19;

/// How many causes are shown.
const CAUSES: usize = 2;

/// The fields that every report has and that tell a person little.
const BESIDES: &str = "the time, how serious it was, the privacy level, this form's version, a random number for this \
                       report only, numbers to tell bugs apart, name, size and numbers of the program's \
                       files and of system libraries, a count of lost reports";

/// The number of columns for the note on what was cut: `… 1900 more`.
const CUT: usize = 14;

/// The smallest number of columns for the text beside a name.
const FEWEST: usize = 8;

/// The report in at most 19 lines of 78 columns. A narrower screen takes more lines.
pub(super) fn in_short(report: &Report, width: usize) -> String {
    let mut text = String::new();
    let column = if width < NARROW { 4 } else { COLUMN };
    let mut row = |name: &str, said: &str, lines: usize| {
        let mut name = format!("  {name:<pad$}", pad = COLUMN - 2);
        if width < NARROW {
            // The text goes below its name.
            if !name.trim().is_empty() {
                let _ = writeln!(text, "{}", name.trim_end());
            }
            name = " ".repeat(column);
        }
        // A narrow screen gets more lines, so that it shows as much text as a wide one.
        let room = width.saturating_sub(column).clamp(FEWEST, WIDTH - COLUMN);
        let lines =
            if width < NARROW { lines.saturating_mul(WIDTH - COLUMN).div_ceil(room) + 1 } else { lines };
        put_row(&mut text, &name, said, lines, width);
    };
    let mut chain = report.exceptions().iter();
    if let Some(first) = chain.next() {
        row("what failed", &raised(first), 2);
    }
    for cause in chain.by_ref().take(CAUSES) {
        row("because of", &raised(cause), 1);
    }
    let more = chain.count().saturating_add(usize::try_from(report.exceptions_cut()).unwrap_or(usize::MAX));
    if more > 0 {
        row("", &format!("and {}, with what they say", counted(more, "more cause")), 1);
    }
    if let Some(place) = place(report) {
        row("where", &place, 1);
    }
    let frames: usize = report.exceptions().iter().map(|e| e.frames().len()).sum();
    if frames > 0 {
        row(
            "how it came",
            &format!(
                "{} inside the program, each by name or number, with its place in the source code",
                counted(frames, "step")
            ),
            2,
        );
    }
    let operations: Vec<&str> = report.operations().collect();
    if !operations.is_empty() {
        row("it was doing", &operations.join(", "), 1);
    }
    if !report.context().is_empty() {
        row("it noted", &serde_json::to_string(report.context()).unwrap_or_default(), 2);
    }
    row("program", &program(report), 2);
    if let Some(thread) = report.thread() {
        row("running in", thread, 1);
    }
    if let Some(email) = report.user_email() {
        row("your e-mail", email, 1);
    }
    let kinds = report.redactions().iter();
    let taken: Vec<String> =
        kinds.map(|(kind, n)| format!("{n} × {}", kind.name().replace('_', " "))).collect();
    if !taken.is_empty() {
        row("taken out", &taken.join(", "), 1);
    }
    // Three lines on a wide screen, and never cut.
    row("besides", BESIDES, usize::MAX);
    text
}

/// A row of the question: what failed, on two lines at most.
pub(super) fn put_failed(text: &mut String, failed: &str, width: usize) {
    if width >= NARROW {
        return put_row(text, "What failed: ", failed, 2, width);
    }
    text.push_str("What failed:\n");
    let room = width.saturating_sub(2).clamp(FEWEST, WIDTH);
    put_row(text, "  ", failed, (2 * WIDTH).div_ceil(room) + 1, width);
}

fn raised(exception: &Exception) -> String {
    match exception.value() {
        Some(value) => format!("{}: {value}", exception.type_name()),
        None => exception.type_name().to_owned(),
    }
}

/// The program's own function that failed, with the place of the panic or of the frame, and the place where the error was
/// caught if it is another. Without such a function, the place of the panic or where the error was caught.
fn place(report: &Report) -> Option<String> {
    let place = report.place().map(|at| format!("{}:{}", at.file(), at.line()));
    let Some(frame) = report.culprit() else { return place };
    let is_panic = report.exceptions().iter().any(|exception| exception.location().is_some());
    let file = frame.file().zip(frame.line()).map(|(file, line)| format!("{file}:{line}"));
    let place = match (file, place) {
        (Some(file), Some(caught)) if !is_panic && caught != file => {
            Some(format!("{file}, caught at {caught}"))
        }
        (file, place) => place.or(file),
    };
    match (frame.title(), place) {
        (Some(function), Some(place)) => Some(format!("{function}, {place}")),
        (Some(function), None) => Some(function.into_owned()),
        (None, place) => place,
    }
}

fn program(report: &Report) -> String {
    let platform = report.platform();
    let mut said =
        format!("{} {}, {} {}", report.app_name(), report.app_version(), platform.os(), platform.arch());
    let around = match report.environment() {
        Environment::Cli => "in a terminal",
        Environment::Docker => "in a container",
        Environment::ApiServer => "in a server",
        Environment::Jupyter | Environment::Colab => "in a notebook",
        Environment::Ci => "in a build",
        Environment::Unknown => "",
        _ => "",
    };
    let built_or_run_by = platform.compiler().or(platform.runtime()).unwrap_or_default();
    for part in [platform.os_version().unwrap_or_default(), around, built_or_run_by] {
        if !part.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(said, ", {part}");
        }
    }
    said
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Adds a name and the text after it. Further lines of the text are indented, so that no text of an error can look like
/// a line of the dialog. After `lines` lines the text is cut, and the last line says how much was cut.
pub(super) fn put_row(text: &mut String, name: &str, said: &str, lines: usize, width: usize) {
    let indent = name.chars().count();
    let room = width.saturating_sub(indent).max(FEWEST);
    let said = printable::line(said);
    let mut rest = &*said;
    for row in 1..=lines {
        let (line, left) = match said_columns(rest) {
            all if all <= room => (rest.to_owned(), ""),
            _ if row == lines => {
                let (head, tail) = split(rest, room.saturating_sub(CUT));
                (format!("{}… {} more", head.trim_end(), tail.chars().count()), "")
            }
            _ => {
                let (head, _) = split(rest, room);
                // The line is broken between words, if there are any.
                let end = head.rfind(' ').map_or(head.len(), |space| space + 1);
                (head.get(..end).unwrap_or(head).to_owned(), rest.get(end..).unwrap_or_default())
            }
        };
        let lead = if row == 1 { name } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{lead:<indent$}{}", line.trim_end());
        rest = left;
        if rest.is_empty() {
            break;
        }
    }
}

/// The part that fits into `room` columns, and the rest.
fn split(said: &str, room: usize) -> (&str, &str) {
    let mut column = 0;
    let end = said.char_indices().find(|(_, c)| {
        column += columns(*c);
        column > room
    });
    said.split_at_checked(end.map_or(said.len(), |(at, _)| at)).unwrap_or((said, ""))
}

fn said_columns(said: &str) -> usize {
    said.chars().map(columns).sum()
}

/// The most columns that a character may take. East Asian characters take two, so all characters beyond ASCII count as
/// two.
fn columns(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::{
        App, Event, Kind, Level, Privacy, RawException, RawFrame, ReportId, Sanitizer, Timestamp, context,
    };

    fn report(message: &str) -> Report {
        let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
        event.environment = Environment::Cli;
        event.os_version = Some("Debian 12".to_owned());
        event.thread = Some(message.to_owned());
        event.email = Some("ada@example.com".to_owned());
        event.operations = vec!["forecast".into(); 32];
        event.context = context! { "retries" => 3, "note" => message };
        for _ in 0..9 {
            let mut raised = RawException::new(Kind::Error, "weather::ForecastError");
            raised.message = Some(message.to_owned());
            raised.frames.push(RawFrame {
                function: Some("weather::forecast::{closure#0}".to_owned()),
                file: Some("src/main.rs".to_owned()),
                line: Some(12),
                ..RawFrame::default()
            });
            event.exceptions.push(raised);
        }
        Sanitizer::new().report(&App::new("weather", "1.4.0"), event, Privacy::Standard)
    }

    #[test]
    fn it_fits_a_screen_and_nothing_moves_the_cursor() {
        for message in [
            "no answer from https://example.com",
            &"long ".repeat(400),
            &"連".repeat(400),
            "\u{1b}[2J\u{202e}\nYou said.",
            "",
        ] {
            let report = report(message);
            let mut text = in_short(&report, WIDTH);
            assert!(text.lines().count() <= MOST, "{text}");
            // What is cut says how much of it.
            let first: Vec<&str> = text.lines().take(2).collect();
            assert_eq!(first.concat().ends_with(" more"), message.len() > 200, "{text}");
            assert!(text.contains("forecast… 270 more"), "{text}");
            put_failed(&mut text, report.failed().unwrap_or_default(), WIDTH);
            assert!(text.lines().all(|line| line.chars().map(columns).sum::<usize>() <= WIDTH), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{202e}']) && !text.contains("\nYou said"), "{text}");
        }
    }

    #[test]
    fn it_says_what_failed_where_and_what_was_taken_out() {
        let report = report("no answer from https://example.com for ada@example.com");
        let text = in_short(&report, WIDTH);
        for row in [
            "  what failed ",
            "weather::ForecastError: no answer from [url] for [email]",
            "  where         weather::forecast (closure), src/main.rs:12",
            "  it was doing  forecast, forecast",
            "weather 1.4.0, ",
            "Debian 12, in a terminal",
            "and 6 more causes, with what they say",
            "× url",
            "× email",
        ] {
            assert!(text.contains(row), "{row}: {text}");
        }
        assert_eq!(report.failed(), Some("no answer from [url] for [email]"));
    }

    /// The key `v` shows or names every field that leaves. The table lists the row of each field.
    #[test]
    fn every_field_has_its_row() {
        const WHERE: &[(&str, &str)] = &[
            ("schema", "this form's version"),
            ("id", "a random number for this report only"),
            ("time", "the time"),
            ("level", "how serious it was"),
            ("privacy", "the privacy level"),
            ("words.narrowed", "the privacy level"),
            ("words.build", "name, size and numbers of the program's files and of system libraries"),
            ("signature", "numbers to tell bugs apart"),
            ("fingerprint", "numbers to tell bugs apart"),
            ("app.", "  program"),
            ("environment", "  program"),
            ("platform.", "  program"),
            ("exceptions[].location.", "  where"),
            ("exceptions[].captured_at.", "  where"),
            (
                "exceptions[].frames",
                "inside the program, each by name or number, with its place in the source code",
            ),
            (
                "exceptions[].captured_in",
                "inside the program, each by name or number, with its place in the source code",
            ),
            ("exceptions[].", "  what failed"),
            ("exceptions_cut", "more causes"),
            ("images[].", "name, size and numbers of the program's files and of system libraries"),
            ("thread", "  running in"),
            ("operations[]", "  it was doing"),
            ("context", "  it noted"),
            ("user_email", "  your e-mail"),
            ("redactions", "  taken out"),
            ("losses", "a count of lost reports"),
        ];
        let text = in_short(&report("no answer from https://example.com"), WIDTH);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for field in crawl4ai_telemetry_core::REPORT_FIELDS {
            let said = WHERE.iter().find(|(path, _)| field.path.starts_with(path));
            let (_, row) = said.unwrap_or_else(|| panic!("{} is not said", field.path));
            assert!(text.contains(row) || words.contains(row), "{}: {row:?} is not in {text}", field.path);
        }
    }
}
