//! The one way to print what was not written here: what a file, a report, a server, a variable or an argument holds.
//!
//! A terminal obeys some characters instead of showing them. Each is shown by its code and none is sent; the rule stands in
//! [`crawl4ai_telemetry_core::printable`], because providers show reports too.

mod lines;

use std::io::{self, Write};

pub use crawl4ai_telemetry_core::printable::{bytes, line, text};

pub(crate) use lines::{WIDTH, columns, tell, width_of, wrap, wrap_at};

/// Prints on standard error, in one piece. A screen that is closed or full is no reason to fail.
pub(crate) fn say(message: &str) {
    let _ = Screen.write_all(text(message).as_bytes());
}

/// Standard error, taken for each write: another thread that prints meanwhile waits for no answer.
///
/// Takes whole texts only: what is written at once has been made with `write!` or [`Write::write_all`].
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
