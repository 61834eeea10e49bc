//! Commands to the two threads, and the answers to them.

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

/// A command to the thread that stores.
pub(crate) enum StoreCommand {
    /// Make a report of the capture and store it.
    ///
    /// The number is how often the user had said no at the capture.
    Store(Box<Captured>, Privacy, u64),
    /// Make a report of the capture. The report waits for the user's answer. The number is as above.
    AwaitConsent(Box<Captured>, u64),
    /// Send the report from memory, because it could not be stored.
    KeepInMemory(UnstoredReport),
    /// Watch this panic, and settle it as survived when the program outlives it for long enough.
    WatchPanic(UnresolvedPanic),
    /// Settle every panic, because the program ends. A panic of the given thread ended the program. The program
    /// survived the others.
    ResolvePanics(Option<ThreadId>),
    /// Deliver what waits in the spool.
    Wake,
    /// Answer when all that came before is stored.
    ConfirmStored(SyncSender<()>),
    /// Answer when all that came before is stored and a delivery was tried. The caller waits until the moment `until`
    /// of the clock. `ends` shuts the provider down.
    Flush { answer: SyncSender<Flushed>, until: Duration, ends: bool },
}

/// A command to the thread that delivers.
pub(crate) enum UploadCommand {
    /// Deliver. The flag is cleared before the thread looks for reports, so that later reports can wake it again.
    Wake(Arc<AtomicBool>),
    /// Deliver, then answer. If another process is delivering, wait for it, at most until the clock's time `until`. With
    /// `ends`, the provider is shut down afterwards.
    Flush { answer: SyncSender<Flushed>, until: Duration, ends: bool },
}

/// The result of a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flushed {
    /// Reports that still wait in the spool or in memory, and one more if the provider could not be flushed.
    pub(crate) waiting: usize,
}

/// A report that could not be stored.
pub(crate) struct UnstoredReport {
    pub(super) report: Box<Report>,
    /// How often the user had [said no](crate::admission::AdmissionControl::refusals) before the report was made. A
    /// later no deletes the report, even if a yes follows.
    pub(super) refusals: u64,
}

impl UnstoredReport {
    pub(crate) fn new(report: Report, refusals: u64) -> Self {
        Self { report: Box::new(report), refusals }
    }
}

/// Unstored reports on their way from the thread that stores to the thread that delivers.
pub(super) type UnstoredReports = Arc<Mutex<VecDeque<UnstoredReport>>>;
