//! What a crash needs of memory, prepared: 170 KiB that no page of exists until it is used.

use crawl4ai_telemetry_native_walk::name::NAME;
use crawl4ai_telemetry_native_walk::record::{PREPARED, RECORD};
use crawl4ai_telemetry_native_walk::{Lines, Maps, Text, Walk};
use crawl4ai_telemetry_sys::linux::Exclusive;
use crawl4ai_telemetry_sys::linux::kernel::Descriptor;

use super::{KIND, PathText};

/// How long a path may be, in bytes: a quarter of what Linux allows, and more than any home folder.
pub(super) const PATH: usize = 1024;

/// How much of `/proc/self/maps` is read at once, in bytes; the kernel gives no more than a page.
pub(super) const READ: usize = 4096;

/// The path of a file in the spool.
pub(super) type FileText = Text<{ PATH + NAME + 2 }>;

/// Everything, filled by `install` and by one crash. All zeros when it is new, so that it takes no space in a file.
pub(super) struct State {
    pub(super) spool: Text<PATH>,
    /// The configuration and the administrator's file, each with its zero; empty where there is none.
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
    /// Empty unless a record was stored.
    pub(super) stored: FileText,
    /// The record's file, locked, while it is not known whether the process survives.
    pub(super) locked: Option<Descriptor>,
    pub(super) buffer: [u8; READ],
}

/// Claimed by the thread that records. The first crash of a process keeps it.
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
