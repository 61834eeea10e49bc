//! Threads for short jobs. Each waits a while for its next job, so that a program that fails often starts few threads.
//!
//! Starting a thread takes a lock of the standard library (for its messages about stack overflows). A child that is
//! forked at that very moment waits for the lock for ever when it starts a thread or exits. This library cannot change
//! that.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use crate::fork_safe::ForkSafe;

/// A job. Its panics are caught.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// Maximum wait of a thread for its next job.
const IDLE: Duration = Duration::from_secs(10);

/// Maximum number of threads that wait at the same time, each for [`IDLE`]. They suffice for many threads that panic
/// again and again, so that none is started anew.
const MOST: usize = 32;

/// The size of a thread's stack, in bytes: the standard library's default. It is set, because otherwise the standard
/// library reads an environment variable (`RUST_MIN_STACK`) on a thread of the program.
pub(crate) const STACK: usize = 2 * 1024 * 1024;

static WAITING: ForkSafe<Vec<Waiting>> = ForkSafe::new(Vec::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A waiting thread, and the channel to it.
struct Waiting {
    id: u64,
    jobs: SyncSender<Job>,
}

/// Runs `job` on a thread of the library, and starts a thread if none waits. It waits for no lock, because the panic
/// hook calls it. Returns false when no thread can be started.
pub(crate) fn run(mut job: Job) -> bool {
    while let Some(thread) = WAITING.try_lock().and_then(|mut waiting| waiting.pop()) {
        match thread.jobs.try_send(job) {
            Ok(()) => return true,
            Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => job = back,
        }
    }
    let thread = Builder::new().name("telemetry-helper".to_owned()).stack_size(STACK);
    thread.spawn(move || serve(job)).is_ok()
}

fn serve(first: Job) {
    let mut job = first;
    loop {
        let _ = catch_unwind(AssertUnwindSafe(job));
        match next() {
            Some(next) => job = next,
            None => return,
        }
    }
}

fn next() -> Option<Job> {
    let (sender, jobs) = sync_channel(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    {
        let mut waiting = WAITING.lock();
        if waiting.len() >= MOST {
            return None;
        }
        waiting.push(Waiting { id, jobs: sender });
    }
    match jobs.recv_timeout(IDLE) {
        Ok(job) => Some(job),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            let mut waiting = WAITING.lock();
            let before = waiting.len();
            waiting.retain(|thread| thread.id != id);
            let still_there = waiting.len() < before;
            drop(waiting);
            // A caller of `run` took this thread off the list, and is about to send a job.
            if still_there { None } else { jobs.recv().ok() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::thread;

    #[test]
    fn one_thread_does_one_job_after_the_other_and_survives_their_panics() {
        let mut seen = HashSet::new();
        for round in 0..50 {
            let (done, answer) = sync_channel(1);
            assert!(run(Box::new(move || {
                done.try_send(thread::current().id()).unwrap();
                assert!(round % 7 != 0, "on purpose");
            })));
            seen.insert(answer.recv().unwrap());
            // The thread needs time to return to the list.
            thread::sleep(Duration::from_millis(2));
        }
        // Other tests of this process use the threads too.
        assert!(seen.len() < 25, "{} threads", seen.len());
    }

    #[test]
    fn jobs_at_the_same_time_all_run() {
        let (done, answers) = sync_channel(64);
        for n in 0..64 {
            let done = done.clone();
            assert!(run(Box::new(move || {
                thread::sleep(Duration::from_millis(5));
                done.send(n).unwrap();
            })));
        }
        let mut found: Vec<i32> = answers.iter().take(64).collect();
        found.sort_unstable();
        assert_eq!(found, (0..64).collect::<Vec<_>>());
    }
}
