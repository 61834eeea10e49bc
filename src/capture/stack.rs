//! Stacks as addresses: walking one costs microseconds, resolving one milliseconds.

use std::fmt;

/// How far a stack is walked. A report keeps 128 frames; the rest lets a runaway recursion show both ends.
const MOST: usize = 512;

/// A stack that has not been resolved.
#[derive(Clone)]
pub(crate) enum Stack {
    /// Return addresses, innermost first.
    Addresses(Vec<usize>),
    /// What an error that carries its own stack printed.
    Text(String),
}

impl Stack {
    /// The stack of this thread.
    ///
    /// Never inlined, so that one frame at least is the reporter's and can be told from the program's.
    #[inline(never)]
    pub(crate) fn here() -> Self {
        let mut addresses = Vec::with_capacity(64);
        backtrace::trace(|frame| {
            addresses.push(frame.ip() as usize);
            addresses.len() < MOST
        });
        Self::Addresses(addresses)
    }

    /// The addresses; none when the stack is a text.
    pub(crate) fn addresses(&self) -> &[usize] {
        match self {
            Self::Addresses(addresses) => addresses,
            Self::Text(_) => &[],
        }
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addresses(a) => write!(f, "{} addresses", a.len()),
            Self::Text(_) => f.write_str("text"),
        }
    }
}
