//! The memory that a crash needs, reserved before. It is 170 KiB, of which no page is allocated until it is used.

use std::mem::offset_of;
use std::ops::Deref;
use std::sync::atomic::AtomicU64;

use crawl4ai_telemetry_native_walk::name::NAME;
use crawl4ai_telemetry_native_walk::record::{PREPARED, RECORD};
use crawl4ai_telemetry_native_walk::{Lines, Maps, Text, Walk};
use crawl4ai_telemetry_sys::linux::Exclusive;

use super::locked::Locked;
use super::{KIND, PathText};

/// Longest path, in bytes: a quarter of Linux's limit, and more than any home folder.
pub(super) const PATH: usize = 1024;

/// Size of a read of `/proc/self/maps`, in bytes; the kernel returns no more than a page.
pub(super) const READ: usize = 4096;

/// The path of a file in the spool.
pub(super) type FileText = Text<{ PATH + NAME + 2 }>;

/// All memory that a crash needs. `install` fills a part of it, and one crash fills the rest. A new value is all zeros,
/// so that it takes no space in the program's file.
///
/// The order of the fields is kept, so that all that `install` writes lies in the first page, unless the texts are very
/// long: each page costs some microseconds.
#[repr(C)]
pub(super) struct State {
    pub(super) kind: Text<KIND>,
    pub(super) spool: Text<PATH>,
    /// The paths of the configuration and of the administrator's file, each with a zero byte at its end. A missing path
    /// is empty.
    pub(super) answers: [PathText; 2],
    /// The head's length, and the head and the tail one after the other.
    pub(super) head: usize,
    pub(super) head_and_tail: Text<{ 2 * PREPARED }>,
    pub(super) maps: Maps,
    pub(super) lines: Lines,
    pub(super) walk: Walk,
    pub(super) record: Text<RECORD>,
    pub(super) name: Text<NAME>,
    pub(super) temporary: FileText,
    /// The path of the stored record, or empty.
    pub(super) stored: FileText,
    /// The record's file. It is locked until it is known whether the process survives.
    pub(super) locked: Option<Locked>,
    pub(super) buffer: [u8; READ],
}

/// The thread that records a crash claims this. After the first crash of a process it stays claimed.
pub(super) static STATE: Aligned = Aligned {
    armed: AtomicU64::new(0),
    state: Exclusive::new(State {
        kind: Text::new(),
        spool: Text::new(),
        answers: [Text::new(), Text::new()],
        head: 0,
        head_and_tail: Text::new(),
        maps: Maps::new(),
        lines: Lines::new(),
        walk: Walk::new(),
        record: Text::new(),
        name: Text::new(),
        temporary: Text::new(),
        stored: Text::new(),
        locked: None,
        buffer: [0; READ],
    }),
};

/// The state, at the beginning of a page.
#[repr(C, align(4096))]
pub(super) struct Aligned {
    /// The value of [`super::armed`]. It is here because it is written when the handler is installed, too.
    pub(super) armed: AtomicU64,
    state: Exclusive<State>,
}

impl Deref for Aligned {
    type Target = Exclusive<State>;

    fn deref(&self) -> &Exclusive<State> {
        &self.state
    }
}

const _: () =
    assert!(offset_of!(State, head_and_tail) < 4096 - 512, "room for the head and the tail of a program");
