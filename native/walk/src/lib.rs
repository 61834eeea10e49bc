//! Makes a report from the registers of a crash. The report contains addresses of code and no data of the process.
//!
//! This is the part of `crawl4ai-telemetry`'s native crash reports that needs no `unsafe`. It reads the process's own
//! mappings, the headers of its modules and their unwind tables through a [`Memory`] that the caller implements. It
//! walks the stack, and writes the bytes of a report and the names of its file. It runs in a signal handler of a
//! program that is about to end, perhaps because its memory is damaged, so it has:
//!
//! - **no allocation, no lock, no `std`**, no dependency; it needs only a few static values;
//! - **no panic path**: no index, no slice, no arithmetic that may overflow; `tests/native/no_panic_path` searches the
//!   object code for one;
//! - **no loop without a bound**; the reason for each bound is beside it;
//! - **no trust**: tables, headers and mappings may be any bytes, and are fuzzed as such.
//!
//! It is no unwinder for other uses: it has no inlined frames and no names, and reads only 64-bit little-endian ELF on
//! x86-64 and aarch64.
//!
//! The steps of a record: [`Maps`] is fed the text of `/proc/self/maps`, [`Walk`] follows the [`Registers`] through a
//! [`Reader`], [`Death`] names the cause, [`record::write`] writes the report, [`name::stored`] names the file.

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
