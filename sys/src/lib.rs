//! What `crawl4ai-telemetry` asks of the operating system that needs `unsafe`, behind a safe interface.
//!
//! This is the one crate of the workspace that may hold `unsafe`. Each block says why it is sound; whatever can be
//! written without stands in other crates, which forbid it. `libc` is the only dependency.
//!
//! - [`on_exit`]: a function that runs when the process ends by `exit`.

mod exit;

pub use exit::{ExitHookError, on_exit};
