//! A report in the form of an issue: a title, and a text in Markdown.
//!
//! The report is in fenced blocks. Each line of a block begins with a word of the provider, and line ends inside the
//! report are shown by their codes. So no part of the report can end the block. Inside a block nothing is a mention
//! (`@ada`), a reference (`#1`), markup or a command that GitLab obeys at the start of a line (`/close`).

use std::fmt::Write as _;

use crawl4ai_telemetry_core::printable;
use crawl4ai_telemetry_core::{Environment, Exception, Frame, Report};

use crate::encode;

/// Longest title, in characters. GitHub takes 256 bytes.
const TITLE: usize = 80;

/// The beginning of the text, where users may write what they did.
const BEFORE: &str = "(What were you doing when it failed?)\n\n```text\n";

/// The end of the block that holds the report in words.
const BEHIND: &str = "```\n";

/// The hint at the end of a text that is not the whole report.
const CUT: &str = "\nThe whole report is the file issue.md, which may be attached.\n";

/// The mark for lines that are left out of a block.
const MORE: &str = "…\n";

/// A report in the form of a title and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) title: String,
    /// The report in words, with one fact per line.
    lines: String,
    /// All fields of the report, as JSON on one line.
    json: String,
}

impl Document {
    /// # Errors
    /// When the report cannot be written as JSON, which never happens for a report.
    pub(crate) fn of(report: &Report) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(report)?;
        Ok(Self { title: title(report), lines: lines(report), json: printable::line(&json).into_owned() })
    }

    /// The whole text.
    pub(crate) fn text(&self) -> String {
        format!("{BEFORE}{}{BEHIND}\nEvery field:\n\n```json\n{}\n```\n", self.lines, self.json)
    }

    /// The title and the whole text, as a file.
    pub(crate) fn file(&self) -> String {
        format!("# {}\n\n{}", self.title, self.text())
    }

    /// The text shortened to at most `most` bytes in an address, and whether it was shortened. The JSON fields are left
    /// out first, then the last lines.
    pub(crate) fn text_within(&self, most: usize) -> (String, bool) {
        let whole = self.text();
        if encode::percent_length(&whole) <= most {
            return (whole, false);
        }
        let around = encode::percent_length(BEFORE)
            .saturating_add(encode::percent_length(BEHIND))
            .saturating_add(encode::percent_length(CUT));
        let room = most.saturating_sub(around);
        if encode::percent_length(&self.lines) <= room {
            return (format!("{BEFORE}{}{BEHIND}{CUT}", self.lines), true);
        }
        let beginning = encode::beginning(&self.lines, room.saturating_sub(encode::percent_length(MORE) + 3));
        // Cuts at a line's end, unless this would remove more than half of the text.
        let end =
            beginning.rfind('\n').map(|at| at.saturating_add(1)).filter(|end| *end >= beginning.len() / 2);
        let kept = end.and_then(|end| beginning.get(..end)).unwrap_or(beginning);
        let ending = if kept.is_empty() || kept.ends_with('\n') { "" } else { "\n" };
        (format!("{BEFORE}{kept}{ending}{MORE}{BEHIND}{CUT}"), true)
    }
}

/// The title, such as `weather 1.4.0: cannot read [path]`. It contains no text that a tracker would read as a mention,
/// a reference or code.
fn title(report: &Report) -> String {
    let said =
        format!("{} {}: {}", report.app_name(), report.app_version(), report.failed().unwrap_or("a report"));
    let said = printable::line(&said);
    let mut title = String::new();
    let mut rest = said.chars().peekable();
    let mut length = 0_usize;
    while let Some(c) = rest.next() {
        length = length.saturating_add(1);
        if length >= TITLE && rest.peek().is_some() {
            title.push('…');
            break;
        }
        match c {
            '`' => title.push('\''),
            '<' => title.push('‹'),
            '>' => title.push('›'),
            '@' | '#' | '!' | '~' | '%' | '&' | '$' | '*' | '^'
                if rest.peek().is_some_and(|next| !next.is_whitespace()) =>
            {
                title.push(c);
                title.push(' ');
            }
            c => title.push(c),
        }
    }
    title
}

/// The report in words. The program's own functions of a stack are named; others are only counted, because the JSON
/// fields hold all of them. Each line begins with a name, or with two spaces and a number.
fn lines(report: &Report) -> String {
    let mut text = String::new();
    let mut row = |name: &str, said: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name:<14}{}", printable::line(said));
    };
    for (at, exception) in report.exceptions().iter().enumerate() {
        row(if at == 0 { "what failed" } else { "because of" }, &raised(exception));
        if let Some(place) = exception.location() {
            row("at", &format!("{}:{}:{}", place.file(), place.line(), place.column()));
        }
        if let Some(place) = exception.captured_at() {
            row("caught at", &format!("{}:{}", place.file(), place.line()));
        }
        let mut folded = 0;
        let frames = exception.frames();
        let all = !frames.iter().any(Frame::in_app);
        for (at, frame) in frames.iter().enumerate() {
            if !all && !frame.in_app() {
                folded += 1;
                continue;
            }
            if folded > 0 {
                row("  and", &format!("{folded} of libraries"));
            }
            folded = 0;
            row(&format!("  {at:>3}"), &function(frame));
        }
        if folded > 0 {
            row("  and", &format!("{folded} of libraries"));
        }
        if exception.frames_cut() > 0 {
            row("  and", &format!("{} more", exception.frames_cut()));
        }
    }
    if report.exceptions_cut() > 0 {
        row("because of", &format!("{} more", report.exceptions_cut()));
    }
    let operations: Vec<&str> = report.operations().collect();
    if !operations.is_empty() {
        row("it was doing", &operations.join(", "));
    }
    if !report.context().is_empty() {
        row("it noted", &serde_json::to_string(report.context()).unwrap_or_default());
    }
    row("program", &format!("{} {}", report.app_name(), report.app_version()));
    let platform = report.platform();
    let mut system = format!("{} {}", platform.os(), platform.arch());
    for part in [platform.os_version().unwrap_or_default(), around(report.environment())] {
        if !part.is_empty() {
            system.push_str(", ");
            system.push_str(part);
        }
    }
    row("system", &system);
    if let Some(built_or_run_by) = platform.compiler().or(platform.runtime()) {
        row("compiler", built_or_run_by);
    }
    if let Some(thread) = report.thread() {
        row("thread", thread);
    }
    if let Some(email) = report.user_email() {
        row("e-mail", email);
    }
    let kinds = report.redactions().iter();
    let taken: Vec<String> =
        kinds.map(|(kind, n)| format!("{n} × {}", kind.name().replace('_', " "))).collect();
    if !taken.is_empty() {
        row("taken out", &taken.join(", "));
    }
    row("when", &report.time().to_string());
    row("report", &report.id().to_string());
    row("fingerprint", &report.fingerprint().to_string());
    text
}

fn raised(exception: &Exception) -> String {
    match exception.value() {
        Some(value) => format!("{}: {value}", exception.type_name()),
        None => exception.type_name().to_owned(),
    }
}

fn function(frame: &Frame) -> String {
    let mut said = match (frame.function(), frame.address()) {
        (Some(function), _) => function.to_owned(),
        (None, Some(address)) => format!("0x{address:x}"),
        (None, None) => "unknown".to_owned(),
    };
    if let Some(file) = frame.file() {
        let _ = write!(said, "  {file}");
        if let Some(line) = frame.line() {
            let _ = write!(said, ":{line}");
        }
    }
    said
}

fn around(environment: Environment) -> &'static str {
    if environment == Environment::Cli { "in a terminal" } else { environment.name() }
}

#[cfg(test)]
pub(crate) mod tests;
