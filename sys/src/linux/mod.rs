//! The signals that a crash is, and what may be done in their handler.
//!
//! Everything here but [`install`] may be called in a signal handler: it takes no lock, allocates nothing, holds no
//! panic, and speaks to the kernel directly, so that neither `errno` changes nor a function that was put
//! in front of the C library's runs. The exception is `sigaction`, which is given back by the same function that it
//! was taken with.

mod call;
mod exclusive;
mod fault;
pub mod kernel;
mod own_stack;
mod signals;

pub use exclusive::{Claim, Exclusive, Taken};
pub use fault::Fault;
pub use own_stack::{STACK, on_own_stack};
pub use signals::{Before, Handler, InstallError, SIGNALS, install};
