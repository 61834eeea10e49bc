//! Results to standard output, messages to standard error; nothing panics when either is closed.
//!
//! The only file that writes to either, but for clap's errors in `run.rs`. What is text for a person passes
//! [`printable`], wherever it goes: a pipe often ends at a terminal. What is exact by promise, a report's bytes or JSON, is
//! exact in a file and in a pipe, and passes it on a terminal.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Stderr, StdoutLock, Write};

use crawl4ai_telemetry::{Env, printable};

use crate::exit::Failure;

/// Where a command writes to.
pub(crate) struct Streams {
    out: BufWriter<StdoutLock<'static>>,
    // Not locked for as long as the command runs: the library's own threads have notices to print, and a delivery waits for
    // the one that says where it goes.
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
    /// Select graphic rendition (ECMA-48, section 8.3.117).
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
        // https://no-color.org: present and not empty, whatever it says.
        let env = Env::from_process("");
        let coloured = terminal && !env.is_set("NO_COLOR") && env.get("TERM") != Some("dumb");
        Self { out: BufWriter::new(io::stdout().lock()), err: io::stderr(), terminal, coloured }
    }

    /// Do the results go to a terminal?
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// A line of the result, or several.
    pub(crate) fn print(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.out, "{}", printable::text(line)).map_err(output)
    }

    /// A result for a program: what `serde_json` made of it.
    pub(crate) fn print_json(&mut self, json: serde_json::Result<String>) -> Result<(), Failure> {
        let json = json.map_err(|error| Failure::Output(error.into()))?;
        self.write(&json)?;
        self.write("\n")
    }

    /// A line of the result, in colour where there is any.
    pub(crate) fn paint(&mut self, paint: Paint, line: &str) -> Result<(), Failure> {
        match paint.code().filter(|_| self.coloured) {
            Some(code) => {
                writeln!(self.out, "\u{1b}[{code}m{}\u{1b}[0m", printable::text(line)).map_err(output)
            }
            None => self.print(line),
        }
    }

    /// Lines of the result, indented, broken between words at 80 columns.
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

    /// A piece of the result, as it is but for a terminal.
    pub(crate) fn write(&mut self, piece: &str) -> Result<(), Failure> {
        self.write_bytes(piece.as_bytes())
    }

    /// A piece of the result that need not be text, as it is but for a terminal. No piece ends within a character.
    pub(crate) fn write_bytes(&mut self, piece: &[u8]) -> Result<(), Failure> {
        if self.terminal {
            return self.out.write_all(printable::bytes(piece).as_bytes()).map_err(output);
        }
        self.out.write_all(piece).map_err(output)
    }

    /// Hands over what was written so far.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(output)
    }

    /// A question, without a line of its own. What is read after it may stand on the same line.
    pub(crate) fn ask(&mut self, question: &str) {
        let question = printable::text(question);
        let _ = self.err.write_all(question.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Is a person there who sees a question and can answer it?
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && self.err.is_terminal()
    }

    /// How far something has come, on the line of standard error that the cursor is in, and only where that is a
    /// terminal. Nothing clears the line.
    #[cfg(feature = "authors")]
    pub(crate) fn progress(&mut self, line: &str) {
        if self.err.is_terminal() {
            // Back to the start of the line, and clear to its end (ECMA-48, section 8.3.41).
            let _ = self.err.write_all(format!("\r\u{1b}[K{}", printable::line(line)).as_bytes());
        }
    }

    /// A message. With standard error closed there is nobody to tell, and the exit code has to do.
    pub(crate) fn say(&mut self, message: &str) {
        let _ = self.err.write_all(format!("{}\n", printable::text(message)).as_bytes());
    }
}

fn output(error: io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe { Failure::Closed } else { Failure::Output(error) }
}

/// What clap says of arguments that a terminal would obey.
pub(crate) fn print_plainly(error: &clap::Error) -> io::Result<()> {
    let message = error.render().to_string();
    let message = printable::text(&message);
    if error.use_stderr() {
        io::stderr().write_all(message.as_bytes())
    } else {
        io::stdout().write_all(message.as_bytes())
    }
}
