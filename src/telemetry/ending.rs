//! The end of telemetry: when the guard is dropped, and when the process ends by `exit`, which drops no guard.

use std::thread;
use std::time::{Duration, Instant};

use crate::capture::panic;
use crate::telemetry::Telemetry;
use crate::telemetry::asking::{self, Cause};
use crate::telemetry::global;

/// How long usage spans may be delivered in the background after the guard is gone.
const LAST_USAGE: Duration = Duration::from_secs(5);

/// How long names may be looked up when the program ends, as a share of the guard's time: the rest is for storing and
/// for a server. A report that is not stored would be lost; it goes without names instead.
const FOR_NAMES: f64 = 0.6;

/// How long the guard may wait, however short its time is, until what was captured is stored without names: a few milliseconds
/// as a rule, more in an unoptimized build on a busy machine, and what is not stored would be lost.
const FOR_THE_DISK: Duration = Duration::from_millis(250);

/// The same where something else, a panic, took all of that.
const AT_LEAST_FOR_THE_DISK: Duration = Duration::from_millis(50);

/// What a server nearby is given at least, as a share, where names took all the time: whoever tries their program out looks for
/// the report at once.
const AT_LEAST: f64 = 0.125;

/// What the guard itself takes of its time, to wake threads and to see them end.
const ITS_OWN: Duration = Duration::from_millis(15);

/// Asks the system to end what is installed when the process ends by [`exit`](std::process::exit), which drops no guard.
/// Called when the first thread of this library starts in a process, so that nothing is registered while nothing is
/// captured; a child of a fork has to ask for itself.
pub(super) fn register() {
    // Where the system has no such thing, or refuses, a guard and `flush` are what there is.
    let _ = hook();
}

/// False where nothing is called when the process exits.
fn hook() -> bool {
    crawl4ai_telemetry_sys::on_exit(process_exits).is_ok()
}

fn process_exits() {
    if let Some(telemetry) = global::installed() {
        end(&telemetry, Cause::ProcessExits);
    }
    asking::postponed();
}

/// Stores what was captured, delivers what there is time for, and takes the telemetry out of the process.
pub(super) fn end(telemetry: &Telemetry, cause: Cause) {
    let inner = &telemetry.inner;
    // The hook and the guard of a program that ends with a panic share one time.
    let held = if thread::panicking() { panic::held() } else { Duration::ZERO };
    let start = Instant::now().checked_sub(held).unwrap_or_else(Instant::now);
    // At the same time as the reports: both have the same bound, and what it cuts off goes on in the
    // background while the process lives.
    let usage = inner.usage.begin_flush(LAST_USAGE);
    inner.pipeline.cleaning.symbolication.until(start.checked_add(inner.exit_timeout.mul_f64(FOR_NAMES)));
    let left = |whole: Duration| whole.saturating_sub(start.elapsed());
    panic::await_phase_2(left(inner.exit_timeout));
    if inner.queue.is_running() {
        // Dropped while its thread unwinds, it ends with the panic that ended the program.
        let ending = thread::panicking().then(|| thread::current().id());
        inner.queue.resolve(ending);
        if !inner.exit_timeout.is_zero() {
            let for_the_disk = FOR_THE_DISK.max(inner.exit_timeout.mul_f64(FOR_NAMES));
            inner.queue.await_stored(left(for_the_disk).max(AT_LEAST_FOR_THE_DISK));
        }
        let left = inner.exit_timeout.saturating_sub(start.elapsed()).saturating_sub(ITS_OWN);
        let left = left.max(inner.exit_timeout.mul_f64(AT_LEAST));
        // A provider that was shut down delivers nothing that somebody then says yes to.
        let _ = if asking::may_follow(telemetry) { inner.queue.flush(left) } else { inner.queue.end(left) };
    }
    #[cfg(feature = "native")]
    crate::admission::native::survived();
    // Whoever is asked sees the report as it leaves, with its names.
    inner.pipeline.cleaning.symbolication.until(None);
    asking::at_the_end(telemetry, cause, hook);
    if let Some(flushing) = usage {
        // What is left of it is no report: nobody waits longer for a figure.
        let _ = flushing.wait(inner.exit_timeout.saturating_sub(start.elapsed()));
    }
    global::uninstall(telemetry);
}
