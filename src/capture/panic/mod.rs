//! The panic hook.
//!
//! A panic inside a panic hook aborts the process, even under `catch_unwind`. So the hook does little, and
//! nothing of other people's: phase 1, on the panicking thread, writes a minimal report that is clean by
//! construction; phase 2, on a thread of ours and for a bounded time, cleans the message, looks up symbols
//! and replaces the file, once with each. Whatever becomes of phase 2, what was stored stands, and the previous hook
//! always runs.

mod record;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{
    App, Context, Environment, Event, Kind, Level, Loss, Privacy, RawException, ReportId, Timestamp,
};

use super::reentrancy::ReentrancyGuard;
use super::stack::Stack;
use super::{Captured, duplicates, operations};
use crate::helper_threads;

pub(crate) use record::record;

/// How long the panicking thread waits for phase 2, in every build: short enough that nobody thinks the program hangs. What
/// takes longer goes on while the program lives, and the guard waits for it within its own time.
const PHASE_2: Duration = Duration::from_millis(250);

/// Does the previous hook run between the phases, or behind both? An unoptimized build takes names from the standard library,
/// whose lock the standard message needs too: it would wait for all of phase 2, seconds on a busy machine. Elsewhere phase 2
/// is first, because a previous hook may end the process.
const MESSAGE_FIRST: bool = cfg!(debug_assertions);

/// Threads of ours that do not stand [`ReentrancyGuard`] of the reporter: the request of `providers/http`, and the keyboard of a
/// Windows console. Whole names: a program may call its own threads `telemetry-…` too.
const OUTSIDE: [&str; 2] = ["telemetry-http", "telemetry-prompt"];

/// How many panics are in phase 2. A child of a fork has none of the threads that its parent counted.
static RUNNING: Running = Running(AtomicU64::new(0));

/// How often the end of the program looks whether phase 2 is done.
const POLL: Duration = Duration::from_millis(2);

/// How many panics may be in phase 2 at once: 200 threads that panic together must not become 400.
const AT_ONCE: u32 = 4;

/// Where the hook puts what it has; the upper layers stand behind it.
pub(crate) trait PanicSink: Send + Sync {
    /// May a report of this panic be stored, and at which level? Must not panic, wait or allocate wildly.
    fn admit(&self) -> Option<Privacy>;
    /// An id and the time.
    fn stamp(&self) -> (ReportId, Timestamp);
    /// Who reports, and from where.
    fn origin(&self) -> (&App, Environment);
    /// Phase 1: stores bytes that are clean by construction, before anything else is tried. `None` when they
    /// could not be stored; phase 2 then tries on its own.
    fn store_first(&self, id: ReportId, time: Timestamp, bytes: &[u8]) -> Option<Box<dyn First>>;
    /// Phase 2: makes the full report and puts it in the place of the first.
    fn complete(&self, first: Option<Box<dyn First>>, captured: Captured, privacy: Privacy, thread: ThreadId);
    /// Counts what could not be done.
    fn lost(&self, reason: Loss);
}

/// What phase 1 stored. While it is not replaced it stands, and is held as this process's until that ends.
pub(crate) trait First: Send {
    /// Removes it: the full report is in its place.
    fn replaced(self: Box<Self>);
}

/// Hooks in, before whoever was there. False when that is impossible: the calling thread is panicking.
///
/// The hook holds `sink` weakly: once the telemetry is gone, only the previous hook is left.
#[expect(clippy::disallowed_methods, reason = "the one place that sets the hook, chained")]
pub(crate) fn install(sink: Weak<dyn PanicSink>) -> bool {
    if thread::panicking() {
        return false;
    }
    let hooked = Hooked { sink };
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        // A thread of ours that panics is counted where it was started, never reported through itself.
        let ours = thread::current().name().is_some_and(|name| OUTSIDE.contains(&name));
        let sink = if ours { None } else { hooked.sink.upgrade() };
        let begun = sink.and_then(|sink| inside(|| begin(sink, info)).flatten());
        if MESSAGE_FIRST {
            previous(info);
        }
        if let Some(begun) = begun {
            inside(|| complete(begun));
        }
        if !MESSAGE_FIRST {
            previous(info);
        }
    }));
    true
}

/// Runs this unless the thread is inside of the reporter already.
fn inside<T>(run: impl FnOnce() -> T) -> Option<T> {
    let _inside = ReentrancyGuard::enter()?;
    Some(run())
}

/// Goes when the hook does. Some libraries set their hook without calling the one that was there; ours then hooks in
/// before theirs, so that it does not matter which of the two a program sets up first.
struct Hooked {
    sink: Weak<dyn PanicSink>,
}

impl Drop for Hooked {
    fn drop(&mut self) {
        // The standard library lets go of its lock before it drops the hook that was replaced.
        if self.sink.strong_count() > 0 {
            install(Weak::clone(&self.sink));
        }
    }
}

thread_local! {
    /// How long the hook held this thread, at its last panic.
    static HELD: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// How long the hook held this thread at its last panic: the guard that is dropped while it unwinds has that much less.
pub(crate) fn held() -> Duration {
    HELD.try_with(Cell::get).unwrap_or_default()
}

/// Is it `println!` into a pipe whose reader has gone, as in `tool | head -1`? The numbers are EPIPE of Unix, and
/// ERROR_BROKEN_PIPE and ERROR_NO_DATA of Windows; the words are in the user's language.
fn is_broken_pipe(info: &PanicHookInfo<'_>) -> bool {
    let numbers: &[&str] =
        if cfg!(windows) { &["(os error 109)", "(os error 232)"] } else { &["(os error 32)"] };
    info.payload().downcast_ref::<String>().is_some_and(|said| {
        said.starts_with("failed printing to std") && numbers.iter().any(|number| said.ends_with(number))
    })
}

/// A panic between its phases.
struct Begun {
    sink: Arc<dyn PanicSink>,
    first: Option<Box<dyn First>>,
    captured: Captured,
    privacy: Privacy,
}

/// Phase 1. Never inlined: the trimming of stacks knows the reporter by its frames.
#[inline(never)]
fn begin(sink: Arc<dyn PanicSink>, info: &PanicHookInfo<'_>) -> Option<Begun> {
    if is_broken_pipe(info) {
        return None;
    }
    let privacy = sink.admit()?;
    let (id, time) = sink.stamp();
    let (app, environment) = sink.origin();
    let stack = Stack::here();
    let operations = operations::current();
    // A text of the compiler's or one that was leaked: phase 1 tells them apart.
    let fixed = info.payload().downcast_ref::<&'static str>().copied();

    let first = record(&record::PanicRecord {
        id,
        time,
        app,
        environment,
        privacy,
        message: fixed,
        location: info.location(),
        addresses: stack.addresses(),
        operations: &operations,
    });
    let first = sink.store_first(id, time, first.as_bytes());

    let mut exception = RawException::new(Kind::Panic, "panic");
    exception.message = fixed.map(str::to_owned).or_else(|| info.payload().downcast_ref::<String>().cloned());
    exception.location = info.location().map(|l| (l.file().to_owned().into(), l.line(), l.column()));
    let mut event = Event::new(id, time, Level::Error);
    event.environment = environment;
    event.exceptions.push(exception);
    event.thread = thread::current().name().map(str::to_owned);
    event.operations = operations;
    event.context = operations::context_under(Context::new());
    operations::note_panic();
    duplicates::note_panic(event.exceptions.first().and_then(|panic| panic.message.as_deref()));
    Some(Begun { sink, first, captured: Captured { event, stack }, privacy })
}

/// Waits for every phase 2 that is still at work, at most `limit`: the program is about to end, and they with it.
pub(crate) fn await_phase_2(limit: Duration) {
    let start = Instant::now();
    while RUNNING.count() > 0 && start.elapsed() < limit {
        thread::sleep(POLL);
    }
}

/// A process in the upper half, and in the lower one how many of its panics are in phase 2.
struct Running(AtomicU64);

impl Running {
    fn count(&self) -> u32 {
        let (process, count) = halves(self.0.load(Ordering::Relaxed));
        if process == std::process::id() { count } else { 0 }
    }

    /// One more, if there may be.
    fn begin(&self) -> bool {
        self.change(|count| (count < AT_ONCE).then_some(count + 1))
    }

    fn end(&self) {
        self.change(|count| count.checked_sub(1));
    }

    fn change(&self, to: impl Fn(u32) -> Option<u32>) -> bool {
        let own = std::process::id();
        let put = |word| {
            let (process, count) = halves(word);
            let count = to(if process == own { count } else { 0 })?;
            Some(u64::from(own) << 32 | u64::from(count))
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, put).is_ok()
    }
}

fn halves(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

/// Phase 2, within its time, on a thread of the panic's own: the worker may be busy, or be what panicked.
fn complete(Begun { sink, first, captured, privacy }: Begun) {
    if !RUNNING.begin() {
        return;
    }
    let start = Instant::now();
    let (done, wait) = mpsc::sync_channel::<()>(1);
    let own = Arc::clone(&sink);
    let panicked = thread::current().id();
    super::stack::may_be_locked();
    let job = move || {
        let _inside = ReentrancyGuard::enter();
        // A panic in here must not leave the counter raised; phase 1 stands either way.
        let finish = || own.complete(first, captured, privacy, panicked);
        if catch_unwind(AssertUnwindSafe(finish)).is_err() {
            own.lost(Loss::Internal);
        }
        RUNNING.end();
        let _ = done.try_send(());
    };
    if helper_threads::run(Box::new(job)) {
        // Late is not lost: the thread goes on while the program does, and phase 1 stands.
        let _ = wait.recv_timeout(PHASE_2);
    } else {
        RUNNING.end();
        sink.lost(Loss::Internal);
    }
    let _ = HELD.try_with(|held| held.set(start.elapsed()));
}
