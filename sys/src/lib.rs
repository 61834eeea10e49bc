//! The calls of `crawl4ai-telemetry` to the operating system that need `unsafe`, behind a safe interface.
//!
//! This is the only crate of the workspace that may contain `unsafe`. Each block says why it is sound. All code that
//! needs no `unsafe` is in other crates, which forbid it. `libc` is the only dependency.
//!
//! - [`on_exit`]: a function that runs when the process ends by `exit`.
//! - `InterruptWatch`, on Unix: notices Ctrl-C beside the program's own handler.
//! - `InterruptLine`, on Unix: a last line where Ctrl-C ends the program.
//! - [`is_main_thread`]: whether the calling thread is the one that `main` runs on, even while the process ends.
//! - `linux`, on Linux with x86-64 or aarch64: the signals of a crash, and functions that their handler may call.

mod exit;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod interrupt_line;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub mod linux;
mod main_thread;

pub use exit::{ExitHookError, on_exit};
#[cfg(unix)]
pub use interrupt::InterruptWatch;
#[cfg(unix)]
pub use interrupt_line::InterruptLine;
pub use main_thread::is_main_thread;
