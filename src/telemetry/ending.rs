//! The end of telemetry: when the guard is dropped, and when the process ends by `exit`, which drops no guard.

use std::thread;
use std::time::{Duration, Instant};

use crate::capture::panic;
use crate::telemetry::Telemetry;
use crate::telemetry::asking::{self, Cause};
use crate::telemetry::global;

/// Time limit for delivering usage spans in the background, after the guard is gone.
const LAST_USAGE: Duration = Duration::from_secs(5);

/// The share of the guard's time in which names of functions may be looked up. The rest is for storing and for a
/// server. After that share, a report is stored without names, because a report that is not stored would be lost.
const FOR_NAMES: f64 = 0.6;

/// The guard may wait this long until reports are stored without names, even if its own time is shorter, because
/// reports that are not stored would be lost. Storing takes a few milliseconds as a rule, more in an unoptimized build
/// on a busy machine.
const FOR_THE_DISK: Duration = Duration::from_millis(250);

/// The shortest wait for the disk, even if a panic took all of that time.
const AT_LEAST_FOR_THE_DISK: Duration = Duration::from_millis(50);

/// The smallest share of the guard's time for a server, even if names took all of the time, because an author who tries
/// the program out looks for the report at once.
const AT_LEAST: f64 = 0.15;

/// The part of the guard's time that the guard itself needs, to wake threads and to see them end.
const ITS_OWN: Duration = Duration::from_millis(15);

/// Registers a hook that ends the installed telemetry when the process ends by [`exit`](std::process::exit), which
/// drops no guard. This is called when the first thread of this library starts in a process, or when a report of an
/// earlier run waits for an answer, so that nothing is registered without a reason. A forked child has to register for
/// itself.
pub(super) fn register() {
    // Without a hook only the guard and `flush` deliver.
    let _ = hook();
}

/// Registers the hook; false if nothing is called when the process exits.
fn hook() -> bool {
    crawl4ai_telemetry_sys::on_exit(process_exits).is_ok()
}

fn process_exits() {
    if let Some(telemetry) = global::installed() {
        end(&telemetry, Cause::ProcessExits);
    }
    asking::postponed();
}

/// Stores reports, delivers as many as there is time for, and takes the telemetry out of the process.
pub(super) fn end(telemetry: &Telemetry, cause: Cause) {
    let inner = &telemetry.inner;
    // When a panic ends the program, the panic hook and the guard share one time limit.
    let held = if thread::panicking() { panic::held() } else { Duration::ZERO };
    let start = Instant::now().checked_sub(held).unwrap_or_else(Instant::now);
    // Usage spans are delivered at the same time as reports, within the same time limit. A delivery of spans that is
    // not finished by then goes on in the background while the process lives.
    let usage = inner.usage.begin_flush(LAST_USAGE);
    inner.pipeline.cleaning.symbolication.until(start.checked_add(inner.exit_timeout.mul_f64(FOR_NAMES)));
    let left = |whole: Duration| whole.saturating_sub(start.elapsed());
    panic::await_phase_2(left(inner.exit_timeout.mul_f64(FOR_NAMES)));
    if inner.queue.is_running() {
        // A guard that is dropped while its thread unwinds shows that the panic of this thread ended the program.
        let ending = thread::panicking().then(|| thread::current().id());
        inner.queue.resolve(ending);
        let at_least = if inner.exit_timeout.is_zero() {
            Duration::ZERO
        } else {
            let for_the_disk = FOR_THE_DISK.max(inner.exit_timeout.mul_f64(FOR_NAMES));
            let is_stored = inner.queue.await_stored(left(for_the_disk).max(AT_LEAST_FOR_THE_DISK));
            // What is not stored by now is not sent either.
            if is_stored { inner.exit_timeout.mul_f64(AT_LEAST) } else { Duration::ZERO }
        };
        let left = inner.exit_timeout.saturating_sub(start.elapsed()).saturating_sub(ITS_OWN);
        let left = left.max(at_least);
        // The provider is kept while the user may still say yes, because one that was shut down delivers nothing.
        let _ = if asking::may_follow(telemetry) { inner.queue.flush(left) } else { inner.queue.end(left) };
    }
    #[cfg(feature = "native")]
    crate::admission::native::survived();
    // Names may be looked up again, so that a user who is asked sees the report as it leaves.
    inner.pipeline.cleaning.symbolication.until(None);
    asking::at_the_end(telemetry, cause, hook);
    if let Some(flushing) = usage {
        // Usage figures get no extra time, because they are no reports.
        let _ = flushing.wait(inner.exit_timeout.saturating_sub(start.elapsed()));
    }
    global::uninstall(telemetry);
}
