//! Reads a program's own words: the literals in the read-only data of an executable, and their starts and ends.
//!
//! This crate is for the library `crawl4ai-telemetry`, its command line and programs that embed it in another language.
//! [`crawl4ai_telemetry_core::own_words`] explains what the words are used for, and contains the rule that uses them.
//!
//! - [`Program`] reads one file: ELF, Mach-O or PE, in blocks, with at most 1.5 MiB of memory for any file.
//! - [`shipped`] finds the loaded modules that came with the program. The system's libraries are never among them.
//! - [`system_texts`] returns the error texts of the system that the program runs on.
//! - [`audit`] lists the words of a program that could let a name pass into a report.
//!
//! ```
//! use crawl4ai_telemetry_core::own_words::{OwnWords, narrow};
//! use crawl4ai_telemetry_words::{Program, system_texts};
//!
//! let own = OwnWords::new(vec![Box::new(Program::running()?)]).with_public_texts(system_texts());
//! let error = std::fs::read("/nowhere/at/all").unwrap_err();
//! let owner = ["wil", "hel", "mina"].concat(); // made when it runs: a literal would be the program's own word
//! let raw = format!("cannot read the diary of {owner}: {error}");
//! let marked = own.mark(&[&raw], &[])?;
//! let left = narrow(&raw, &marked.runs[0], &[]);
//! assert!(left.starts_with("cannot read the diary of [word]"), "{left}");
//! # Ok::<(), crawl4ai_telemetry_core::own_words::Unreadable>(())
//! ```

mod audit;
mod code;
mod file;
mod functions;
mod layout;
mod offsets;
mod program;
mod shipped;
mod system;
mod tables;

pub use audit::{Audit, audit};
pub use program::Program;
pub use shipped::{Module, loaded, shipped};
pub use system::system_texts;
