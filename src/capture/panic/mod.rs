//! The panic hook.
//!
//! A panic inside a panic hook aborts the process, even under `catch_unwind`. So the hook does little, and runs no code
//! of other crates. Phase 1, on the panicking thread, writes a minimal report that is clean by construction. Phase 2
//! runs on a thread of the library for a bounded time. It cleans the message and replaces the stored report, then looks
//! up symbols and replaces it once more. If phase 2 fails, the stored report stays, and the previous hook always runs.

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

/// Maximum time for which the panicking thread waits for phase 2, in every build; so short that nobody thinks the
/// program hangs. A longer phase 2 continues while the program runs, and the guard waits for it within its own time
/// limit.
const PHASE_2: Duration = Duration::from_millis(150);

/// Does the previous hook run between the phases, instead of after both? In an unoptimized build, phase 2 takes names
/// from the standard library, under a lock that the standard panic message needs too. The message would wait for all of
/// phase 2, which takes seconds on a busy machine. In other builds phase 2 is first, because a previous hook may end
/// the process.
const MESSAGE_FIRST: bool = cfg!(debug_assertions);

/// Threads of the library that hold no [`ReentrancyGuard`]: the one that sends a request of `providers/http`, and the
/// one that reads the keyboard of a Windows console. Whole names are compared, because a program may call its own
/// threads `telemetry-…` too.
const OUTSIDE: [&str; 2] = ["telemetry-http", "telemetry-prompt"];

/// Counts the panics in phase 2. The child of a fork counts from zero, because it has none of its parent's threads.
static RUNNING: Running = Running(AtomicU64::new(0));

/// Pause between two checks, at the end of the program, whether phase 2 is done.
const POLL: Duration = Duration::from_millis(2);

/// Maximum number of panics in phase 2 at once, so that 200 threads that panic together do not start 200 more.
const AT_ONCE: u32 = 4;

/// Receives the panics that the hook sees. The upper layers implement it.
pub(crate) trait PanicSink: Send + Sync {
    /// May a report of this panic be stored, and at which level? Must not panic, wait or allocate much.
    fn admit(&self) -> Option<Privacy>;
    /// How often the user has said no. Must not panic, wait or allocate.
    fn refusals(&self) -> u64;
    /// An id and the time.
    fn stamp(&self) -> (ReportId, Timestamp);
    /// The program, and the environment that it runs in.
    fn origin(&self) -> (&App, Environment);
    /// Phase 1: stores bytes that are clean by construction, before anything else is tried. `None` when they
    /// could not be stored; phase 2 then tries on its own.
    fn store_first(&self, id: ReportId, time: Timestamp, bytes: &[u8]) -> Option<Box<dyn First>>;
    /// Phase 2: makes the full report and puts it in the place of the first.
    fn complete(
        &self,
        first: Option<Box<dyn First>>,
        captured: Captured,
        admitted: Admitted,
        thread: ThreadId,
    );
    /// Counts a loss and its reason.
    fn lost(&self, reason: Loss);
}

/// What held when the program panicked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted {
    pub(crate) privacy: Privacy,
    /// How often the user had said no.
    pub(crate) refusals: u64,
}

/// The report that phase 1 stored. It stays until it is replaced, and counts as held by this process while the process
/// lives.
pub(crate) trait First: Send {
    /// Removes the report, because the full one is in its place.
    fn replaced(self: Box<Self>);
}

/// Installs the hook in front of the previous one. Returns false when the calling thread is panicking, because then no
/// hook can be installed.
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
        // A panic of one of the library's own threads is counted by the code that started the thread. It is never
        // reported through itself.
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

/// Calls `run` unless the thread is inside the reporter already.
fn inside<T>(run: impl FnOnce() -> T) -> Option<T> {
    let _inside = ReentrancyGuard::enter()?;
    Some(run())
}

/// This is dropped together with the hook. A library that sets its hook without calling the previous one drops ours,
/// which is then installed again in front of the library's. So it does not matter which of the two a program sets up
/// first.
struct Hooked {
    sink: Weak<dyn PanicSink>,
}

impl Drop for Hooked {
    fn drop(&mut self) {
        // Installing is possible here, because the standard library releases its lock before it drops the hook that was
        // replaced.
        if self.sink.strong_count() > 0 {
            install(Weak::clone(&self.sink));
        }
    }
}

thread_local! {
    /// The time for which the hook held this thread at its last panic.
    static HELD: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The time for which the hook held this thread at its last panic. A guard that is dropped while the thread unwinds
/// subtracts it from its own wait.
pub(crate) fn held() -> Duration {
    HELD.try_with(Cell::get).unwrap_or_default()
}

/// Was the panic caused by `println!` into a pipe whose reader has ended, as in `tool | head -1`, or by `expect` on an
/// error that says so? The system's error is recognized by its number, because its text is in the user's language: EPIPE
/// of Unix, ERROR_BROKEN_PIPE and ERROR_NO_DATA of Windows.
fn is_broken_pipe(info: &PanicHookInfo<'_>) -> bool {
    let numbers: &[&str] =
        if cfg!(windows) { &["(os error 109)", "(os error 232)"] } else { &["(os error 32)"] };
    // What `{:?}` writes of an `io::Error`, which may stand inside another error.
    let shown = ["kind: BrokenPipe", "Kind(BrokenPipe)"];
    info.payload().downcast_ref::<String>().is_some_and(|said| {
        let by_printing = said.starts_with("failed printing to std");
        by_printing && numbers.iter().any(|number| said.ends_with(number))
            || shown.iter().any(|shown| said.contains(shown))
    })
}

/// A panic after phase 1 and before phase 2.
struct Begun {
    sink: Arc<dyn PanicSink>,
    first: Option<Box<dyn First>>,
    captured: Captured,
    admitted: Admitted,
}

/// Runs phase 1. It is never inlined, because the trimming of stacks recognizes the reporter by its frames.
#[inline(never)]
fn begin(sink: Arc<dyn PanicSink>, info: &PanicHookInfo<'_>) -> Option<Begun> {
    if is_broken_pipe(info) {
        return None;
    }
    // Read before the decision: a no between the two then counts as one after the panic.
    let refusals = sink.refusals();
    let privacy = sink.admit()?;
    let (id, time) = sink.stamp();
    let (app, environment) = sink.origin();
    let stack = Stack::here();
    let operations = operations::current();
    // This is either a literal or a leaked text. Phase 1 tells them apart.
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
    let admitted = Admitted { privacy, refusals };
    Some(Begun { sink, first, captured: Captured { event, stack }, admitted })
}

/// Waits at most `limit` for every running phase 2, because their threads end with the program.
pub(crate) fn await_phase_2(limit: Duration) {
    let start = Instant::now();
    while RUNNING.count() > 0 && start.elapsed() < limit {
        thread::sleep(POLL);
    }
}

/// The number of a process in the upper half, and the count of its panics in phase 2 in the lower half.
struct Running(AtomicU64);

impl Running {
    fn count(&self) -> u32 {
        let (process, count) = halves(self.0.load(Ordering::Relaxed));
        if process == std::process::id() { count } else { 0 }
    }

    /// Counts one more panic; false when there are [`AT_ONCE`] already.
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

/// Runs phase 2 on a new thread, because the worker may be busy or may be the thread that panicked. Waits at most
/// [`PHASE_2`] for it.
fn complete(Begun { sink, first, captured, admitted }: Begun) {
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
        // A panic in phase 2 must not leave the counter raised. The report of phase 1 stays either way.
        let finish = || own.complete(first, captured, admitted, panicked);
        if catch_unwind(AssertUnwindSafe(finish)).is_err() {
            own.lost(Loss::Internal);
        }
        RUNNING.end();
        let _ = done.try_send(());
    };
    if helper_threads::run(Box::new(job)) {
        // A timeout loses nothing, because the thread continues while the program runs, and the report of phase 1
        // stays.
        let _ = wait.recv_timeout(PHASE_2);
    } else {
        RUNNING.end();
        sink.lost(Loss::Internal);
    }
    let _ = HELD.try_with(|held| held.set(start.elapsed()));
}
