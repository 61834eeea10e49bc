//! Stacks as addresses: walking one costs microseconds, resolving one milliseconds.

use std::backtrace::Backtrace;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The process in which the library first walked a stack or started a thread; zero while it did neither.
static LOCKED_IN: AtomicU32 = AtomicU32::new(0);

/// This must be called before a thread of the library starts or a thread of the program walks its stack. From then on
/// another thread may hold the lock while the process forks.
pub(crate) fn may_be_locked() {
    if LOCKED_IN.load(Ordering::Relaxed) == 0 {
        // The result is ignored: another thread of this process may have stored the same value first.
        let _ = LOCKED_IN.compare_exchange(0, std::process::id(), Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Was this process forked while another thread may have held the lock under which stacks are walked? No thread of this
/// process would ever release the lock, so this process walks no stack.
pub(crate) fn is_orphaned() -> bool {
    let of = LOCKED_IN.load(Ordering::Relaxed);
    of != 0 && of != std::process::id()
}

/// Maximum number of frames of a stack that are walked. A report keeps 128; the others let it show both ends of a
/// runaway recursion.
const MOST: usize = 512;

/// A stack that has not been resolved.
#[derive(Clone)]
pub(crate) enum Stack {
    /// Return addresses, innermost first.
    Addresses(Vec<usize>),
    /// Return addresses in an unoptimized build, with the stack as the standard library walked it. The standard
    /// library's reader of debug information is optimized in every build. The reader of the `backtrace` crate is
    /// compiled with the program, and takes seven times as long when unoptimized.
    Unoptimized(Vec<usize>, Arc<Backtrace>),
    /// The printed stack that an error carries, and the stack of the place where the error was captured.
    Carried(String, Box<Self>),
    /// The exceptions bring their frames: nothing is walked, and nothing looked up.
    Given,
}

impl Stack {
    /// The stack of this thread.
    ///
    /// This is never inlined, so that at least one frame is the reporter's and can be told from the program's frames.
    #[inline(never)]
    pub(crate) fn here() -> Self {
        if is_orphaned() {
            return Self::Addresses(Vec::new());
        }
        may_be_locked();
        let mut addresses = Vec::with_capacity(64);
        backtrace::trace(|frame| {
            addresses.push(frame.ip() as usize);
            addresses.len() < MOST
        });
        // Deeper stacks are excluded, because the standard library would walk them to the end.
        if cfg!(debug_assertions) && addresses.len() < MOST {
            return Self::Unoptimized(addresses, Arc::new(Backtrace::force_capture()));
        }
        Self::Addresses(addresses)
    }

    /// The return addresses of the place where the stack was captured.
    pub(crate) fn addresses(&self) -> &[usize] {
        match self {
            Self::Addresses(addresses) | Self::Unoptimized(addresses, _) => addresses,
            Self::Carried(_, here) => here.addresses(),
            Self::Given => &[],
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Given)
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addresses(a) | Self::Unoptimized(a, _) => write!(f, "{} addresses", a.len()),
            Self::Carried(_, here) => write!(f, "text, {here:?}"),
            Self::Given => f.write_str("given"),
        }
    }
}
