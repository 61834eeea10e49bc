//! From the registers of a crash to a report that holds addresses of code and nothing else.
//!
//! The part of `crawl4ai-telemetry`'s native crash reports that needs no `unsafe`: it reads the process's own mappings,
//! the headers of its modules and their unwind tables through a [`Memory`] that the caller implements, walks the
//! stack, and writes the bytes of a report and the names of its file. It runs in a signal handler of a program that is
//! about to die, perhaps because its memory is damaged, so:
//!
//! - **no allocation, no lock, no `std`**, no dependency; all that it needs is a few static values;
//! - **no panic path**: no index, no slice, no arithmetic that may overflow; `tests/native/no_panic_path` looks for
//!   one in the object code;
//! - **no loop without a bound**, each with its reason beside it;
//! - **nothing believed**: tables, headers and mappings are bytes that may be anything, and are fuzzed as such.
//!
//! It is not an unwinder for other uses: no inlined frames, no names, 64-bit little-endian ELF only, x86-64 and aarch64.
//!
//! The road of a record: [`Maps`] is fed the text of `/proc/self/maps`, [`Walk`] follows the [`Registers`] through a
//! [`Reader`], [`Death`] says what happened, [`record::write`] writes it, [`name::stored`] names the file.

#![cfg_attr(not(test), no_std)]

mod cfi;
mod cursor;
mod death;
mod elf;
mod maps;
mod memory;
pub mod name;
pub mod record;
mod registers;
#[cfg(test)]
mod tests;
mod text;
mod walk;

pub use death::Death;
pub use maps::{Maps, Probe};
pub use memory::{LINE, Lines, Memory, Reader};
pub use name::Id;
pub use registers::{Arch, REGISTERS, Registers};
pub use text::Text;
pub use walk::{Crossed, Walk};
