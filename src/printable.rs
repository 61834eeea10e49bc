//! The only way to print text that is not the library's own: the content of a file, a report, a server's answer, a
//! variable or an argument.
//!
//! A terminal obeys some characters instead of showing them. Each of these is shown as its code, and none is sent to
//! the terminal. The rule is in [`crawl4ai_telemetry_core::printable`], because providers show reports too.

mod lines;

use std::io::{self, Write};

pub use crawl4ai_telemetry_core::printable::{bytes, line, text};

pub(crate) use lines::{WIDTH, broken, columns, tell, width_of, wrap, wrap_at};

/// Prints on standard error, in one piece. Failures are ignored, because a closed or full terminal must not stop the
/// program.
pub(crate) fn say(message: &str) {
    let _ = Screen.write_all(text(message).as_bytes());
}

/// Standard error, locked only for each write, so that no other thread that prints waits for the user's answer.
///
/// It accepts whole texts only: the text of one write must be made with `write!` or [`Write::write_all`].
pub(crate) struct Screen;

impl Write for Screen {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(bytes(piece).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
