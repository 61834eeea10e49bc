//! The memory that a crash needs, reserved before. It is 170 KiB, of which no page is allocated until it is used.

use crawl4ai_telemetry_native_walk::name::NAME;
use crawl4ai_telemetry_native_walk::record::{PREPARED, RECORD};
use crawl4ai_telemetry_native_walk::{Lines, Maps, Text, Walk};
use crawl4ai_telemetry_sys::linux::Exclusive;
use crawl4ai_telemetry_sys::linux::kernel::Descriptor;

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
/// The order of the fields is kept, so that `install` touches as few pages as it can: each costs some microseconds.
#[repr(C)]
pub(super) struct State {
    pub(super) spool: Text<PATH>,
    /// The paths of the configuration and of the administrator's file, each with a zero byte at its end. A missing path
    /// is empty.
    pub(super) answers: [PathText; 2],
    pub(super) head: Text<PREPARED>,
    pub(super) kind: Text<KIND>,
    pub(super) tail: Text<PREPARED>,
    pub(super) maps: Maps,
    pub(super) lines: Lines,
    pub(super) walk: Walk,
    pub(super) record: Text<RECORD>,
    pub(super) name: Text<NAME>,
    pub(super) temporary: FileText,
    /// The path of the stored record, or empty.
    pub(super) stored: FileText,
    /// The record's file. It is locked until it is known whether the process survives.
    pub(super) locked: Option<Descriptor>,
    pub(super) buffer: [u8; READ],
}

/// The thread that records a crash claims this. After the first crash of a process it stays claimed.
pub(super) static STATE: Exclusive<State> = Exclusive::new(State {
    spool: Text::new(),
    answers: [Text::new(), Text::new()],
    head: Text::new(),
    kind: Text::new(),
    tail: Text::new(),
    maps: Maps::new(),
    lines: Lines::new(),
    walk: Walk::new(),
    record: Text::new(),
    name: Text::new(),
    temporary: Text::new(),
    stored: Text::new(),
    locked: None,
    buffer: [0; READ],
});
