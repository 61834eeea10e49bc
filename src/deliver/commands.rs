//! What the threads are told, and what they answer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::ThreadId;
use std::time::Duration;

use crawl4ai_telemetry_core::{Privacy, Report};

use super::UnresolvedPanic;
use super::sync::Mutex;
use super::sync::mpsc::SyncSender;
use crate::capture::Captured;

/// What the store is asked to do.
pub(crate) enum StoreCommand {
    /// Make a report of it and store it.
    Store(Box<Captured>, Privacy),
    /// Make a report of it, which waits for the user's answer.
    AwaitConsent(Box<Captured>),
    /// Send it from memory: it could not be stored.
    KeepInMemory(Box<Report>),
    /// Settle this panic when its time has come.
    WatchPanic(UnresolvedPanic),
    /// The program ends: resolve every panic. The one of this thread, if any, is the end.
    ResolvePanics(Option<ThreadId>),
    /// Something may wait in the spool.
    Wake,
    /// Answer: all that came before is stored.
    ConfirmStored(SyncSender<()>),
    /// Answer when all that came before is stored, and a delivery was tried; the caller waits `until` this moment. `ends`
    /// shuts the provider down.
    Flush { answer: SyncSender<Flushed>, until: Duration, ends: bool },
}

/// What the uploader is asked to do.
pub(crate) enum UploadCommand {
    /// Deliver. What is set is to be cleared before anybody looks for reports.
    Wake(Arc<AtomicBool>),
    /// Deliver, and answer; while another process delivers, wait for it `until` this moment of the clock. `ends` shuts the
    /// provider down.
    Flush { answer: SyncSender<Flushed>, until: Duration, ends: bool },
}

/// What a flush left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flushed {
    /// Reports that still wait in the spool.
    pub(crate) waiting: usize,
}

/// A report that could not be stored.
pub(super) struct UnstoredReport {
    pub(super) report: Box<Report>,
    /// How often the user had [said no](crate::admission::AdmissionControl::refusals) when it was made.
    pub(super) refusals: u64,
}

/// Those on their way from the one thread to the other.
pub(super) type UnstoredReports = Arc<Mutex<VecDeque<UnstoredReport>>>;
