//! Writes results to standard output and messages to standard error. Nothing panics if one of them is closed.
//!
//! No other file writes to them, except for clap's errors in `run.rs`. Text for a person passes [`printable`] in every
//! case, because a pipe often ends at a terminal. The bytes of a report and JSON are exact in a file and in a pipe; on
//! a terminal they pass [`printable`] too.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Stderr, StdoutLock, Write};

use crawl4ai_telemetry::{Env, printable};

use crate::exit::Failure;

/// The streams that a command writes to.
pub(crate) struct Streams {
    out: BufWriter<StdoutLock<'static>>,
    // Not locked while the command runs, because threads of the library print notices. A delivery waits for the notice
    // that says where it goes.
    err: Stderr,
    terminal: bool,
    coloured: bool,
}

/// How a line of the result looks on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
}

impl Paint {
    /// The code of Select Graphic Rendition (ECMA-48, section 8.3.117).
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Faint => Some("2"),
            Self::Good => Some("32"),
            Self::Bad => Some("31"),
        }
    }
}

impl Streams {
    pub(crate) fn of_the_process() -> Self {
        let terminal = io::stdout().is_terminal();
        // https://no-color.org: the variable counts with any value that is not empty.
        let env = Env::from_process("");
        let coloured = terminal && !env.is_set("NO_COLOR") && env.get("TERM") != Some("dumb");
        Self { out: BufWriter::new(io::stdout().lock()), err: io::stderr(), terminal, coloured }
    }

    /// Whether the results go to a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Prints a line of the result, or several.
    pub(crate) fn print(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.out, "{}", printable::text(line)).map_err(output)
    }

    /// Writes a result for a program, as `serde_json` made it.
    pub(crate) fn print_json(&mut self, json: serde_json::Result<String>) -> Result<(), Failure> {
        let json = json.map_err(|error| Failure::Output(error.into()))?;
        self.write(&json)?;
        self.write("\n")
    }

    /// Prints a line of the result, in colour if colours are shown.
    pub(crate) fn paint(&mut self, paint: Paint, line: &str) -> Result<(), Failure> {
        match paint.code().filter(|_| self.coloured) {
            Some(code) => {
                writeln!(self.out, "\u{1b}[{code}m{}\u{1b}[0m", printable::text(line)).map_err(output)
            }
            None => self.print(line),
        }
    }

    /// Prints text of the result, indented, and broken between words at 80 columns.
    pub(crate) fn wrap(&mut self, indent: usize, text: &str) -> Result<(), Failure> {
        const WIDTH: usize = 80;
        let mut line = String::new();
        for word in text.split(' ') {
            if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.print(&format!("{:indent$}{line}", ""))?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.print(&format!("{:indent$}{line}", ""))
    }

    /// Writes a piece of the result, unchanged except on a terminal.
    pub(crate) fn write(&mut self, piece: &str) -> Result<(), Failure> {
        self.write_bytes(piece.as_bytes())
    }

    /// Writes a piece of the result that need not be text, unchanged except on a terminal. A piece must not end within
    /// a character.
    pub(crate) fn write_bytes(&mut self, piece: &[u8]) -> Result<(), Failure> {
        if self.terminal {
            return self.out.write_all(printable::bytes(piece).as_bytes()).map_err(output);
        }
        self.out.write_all(piece).map_err(output)
    }

    /// Flushes what was written so far.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(output)
    }

    /// Asks a question without a line break, so that the answer is on the same line.
    pub(crate) fn ask(&mut self, question: &str) {
        let question = printable::text(question);
        let _ = self.err.write_all(question.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Whether a person can see a question and answer it.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && self.err.is_terminal()
    }

    /// Shows progress on the current line of standard error, if that is a terminal. An empty text clears the line.
    #[cfg(feature = "authors")]
    pub(crate) fn progress(&mut self, line: &str) {
        if self.err.is_terminal() {
            // Returns to the start of the line, and clears it (ECMA-48, section 8.3.41).
            let _ = self.err.write_all(format!("\r\u{1b}[K{}", printable::line(line)).as_bytes());
        }
    }

    /// Prints a message. Failures are ignored, because with standard error closed only the exit code is left.
    pub(crate) fn say(&mut self, message: &str) {
        let _ = self.err.write_all(format!("{}\n", printable::text(message)).as_bytes());
    }
}

fn output(error: io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe { Failure::Closed } else { Failure::Output(error) }
}

/// Prints clap's message without colours, because its arguments contain terminal control sequences.
pub(crate) fn print_plainly(error: &clap::Error) -> io::Result<()> {
    let message = error.render().to_string();
    let message = printable::text(&message);
    if error.use_stderr() {
        io::stderr().write_all(message.as_bytes())
    } else {
        io::stdout().write_all(message.as_bytes())
    }
}
