//! Results to standard output, messages to standard error; nothing panics when either is closed.

use std::io::{self, BufWriter, ErrorKind, StderrLock, StdoutLock, Write};

use crate::exit::Failure;

/// Where a command writes to.
pub(crate) struct Streams {
    out: BufWriter<StdoutLock<'static>>,
    err: StderrLock<'static>,
}

impl Streams {
    pub(crate) fn of_the_process() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), err: io::stderr().lock() }
    }

    /// A line of the result.
    pub(crate) fn print(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.out, "{line}").map_err(output)
    }

    /// A piece of the result, as it is.
    pub(crate) fn write(&mut self, piece: &str) -> Result<(), Failure> {
        self.out.write_all(piece.as_bytes()).map_err(output)
    }

    /// Hands over what was written so far.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(output)
    }

    /// A message. With standard error closed there is nobody to tell, and the exit code has to do.
    pub(crate) fn say(&mut self, message: &str) {
        let _ = writeln!(self.err, "{message}");
    }
}

fn output(error: io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe { Failure::Closed } else { Failure::Output(error) }
}
