//! The signals of a crash, and functions that their handler may call.
//!
//! Everything here except [`install`] may be called in a signal handler. It takes no lock, allocates nothing and
//! contains no panic. It calls the kernel directly, so that `errno` does not change, and no function runs that replaces
//! one of the C library. The exception is `sigaction`: a signal is restored with the same function with which it was
//! taken.

mod action;
mod call;
mod entry;
mod exclusive;
mod fault;
pub mod kernel;
mod mask;
mod own_code;
mod own_stack;
mod set_once;
mod signals;

pub use exclusive::{Claim, Exclusive, Taken};
pub use fault::Fault;
pub use own_stack::{STACK, on_own_stack};
pub use signals::{Before, Handler, InstallError, SIGNALS, install};
