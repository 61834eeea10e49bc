use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use crawl4ai_telemetry_core::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry_core::{Event, Kind, Level, MemoryProvider, RawException};

use super::*;
use crate::capture::stack::Stack;
use crate::environment::Env;
use crate::telemetry::{Builder, Telemetry};

/// The longest time for phase 1 in this test. Each wait for a lock that the test holds lasts longer, so that the test
/// fails if phase 1 waits.
const PATIENCE: Duration = Duration::from_secs(1);

fn builder(folder: &Path, env: Env) -> Builder {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(env)
        .config_folder(folder)
        .provider(MemoryProvider::default())
}

/// What phase 2 is given.
fn panicked(id: ReportId, time: Timestamp) -> Captured {
    let mut event = Event::new(id, time, Level::Error);
    event.exceptions.push(RawException::new(Kind::Panic, "panic"));
    Captured { event, stack: Stack::Addresses(Vec::new()) }
}

#[test]
fn phase_1_takes_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = builder(folder.path(), Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        .build()
        .unwrap();
    let inner = &telemetry.inner;
    let spool = inner.pipeline.store.spool.as_ref().unwrap();
    let (held, hold) = sync_channel(0);
    let (done, result) = sync_channel(1);
    thread::scope(|scope| {
        // Holds the queue's mutex, the delivery state's mutex and file, and the sender's file until phase 1 has
        // answered.
        let _sender = spool.lock_sender().unwrap();
        let _running = inner.queue.running.lock();
        let (release, released) = sync_channel::<()>(0);
        scope.spawn(move || {
            inner.pipeline.store.delivery_state.update(|_| {
                held.send(()).unwrap();
                let _ = released.recv();
            });
        });
        hold.recv().unwrap();
        scope.spawn(move || {
            let panics = &inner.panics;
            let admitted = panics.admit();
            let (id, time) = panics.stamp();
            let _ = panics.origin();
            let stored = panics.store_first(id, time, b"{}").is_some();
            panics.lost(Loss::Internal);
            done.send((admitted, stored)).unwrap();
        });
        let stored = result.recv_timeout(PATIENCE);
        drop(release);
        assert_eq!(stored, Ok((Some(Privacy::OwnWords), true)));
    });
    assert_eq!(spool.list().len(), 1);
}

#[cfg(unix)]
#[test]
fn phase_1_of_a_panic_that_waits_for_an_answer_stands_when_phase_2_cannot_be_stored() {
    for stores in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let telemetry = builder(folder.path(), Env::from_pairs("TOOL", [("LANG", "C")])).build().unwrap();
        let inner = &telemetry.inner;
        inner.pipeline.policy.admission.at_a_terminal();
        let spool = inner.pipeline.store.spool.as_ref().unwrap();
        let privacy = inner.panics.admit().expect("it may wait");
        let (id, time) = inner.panics.stamp();
        let first = inner.panics.store_first(id, time, b"{}");
        assert!(first.is_some());
        let aside = folder.path().join("aside");
        if !stores {
            // The library stores nothing through a link.
            std::fs::rename(spool.folder(), &aside).unwrap();
            std::os::unix::fs::symlink(&aside, spool.folder()).unwrap();
        }
        let captured = panicked(id, time);
        let admitted = Admitted { privacy, refusals: inner.panics.refusals() };
        inner.panics.complete(first, captured, admitted, thread::current().id());

        if !stores {
            std::fs::remove_file(spool.folder()).unwrap();
            std::fs::rename(&aside, spool.folder()).unwrap();
        }
        let waiting = spool.list();
        let named: Vec<_> = waiting.iter().map(|name| name.fingerprint.is_some()).collect();
        assert_eq!(named, [stores], "the full report, or else the first");
        assert_eq!(waiting[0].clearance, Clearance::AwaitingConsent);
        assert!(inner.pipeline.diagnostics.total().is_empty(), "nothing was lost");
    }
}

/// No thread of the library reads variables, because that takes a lock of the operating system and may run the
/// program's own code.
#[test]
fn no_thread_reads_the_variables_and_phase_2_goes_by_those_that_were_refreshed() {
    for switch in ["DO_NOT_TRACK", "TOOL_TELEMETRY_DEBUG"] {
        let folder = tempfile::tempdir().unwrap();
        let (switched, program) = (Arc::new(Mutex::new("NOTHING")), thread::current().id());
        let source = {
            let switched = Arc::clone(&switched);
            move || {
                assert_eq!(thread::current().id(), program, "read by a thread of the library");
                let set = [("TOOL_TELEMETRY", "1"), (*switched.lock().unwrap(), "1")];
                set.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
            }
        };
        let telemetry = builder(folder.path(), Env::from_source("TOOL", source))
            .environment(Environment::Cli)
            .build()
            .unwrap();
        let panics = &telemetry.inner.panics;
        let spool = telemetry.inner.pipeline.store.spool.as_ref().unwrap();

        assert_eq!(panics.admit(), Some(Privacy::OwnWords));
        let (id, time) = panics.stamp();
        let first = panics.store_first(id, time, b"{}");
        assert_eq!(spool.list().len(), 1, "phase 1 stands until phase 2 has looked");
        *switched.lock().unwrap() = switch;
        telemetry.refresh_environment();
        let captured = panicked(id, time);
        let admitted = Admitted { privacy: Privacy::Standard, refusals: panics.refusals() };
        let phase_2 = move || panics.complete(first, captured, admitted, program);
        thread::scope(|scope| scope.spawn(phase_2).join().unwrap());
        assert!(spool.is_empty(), "{switch}");
    }
}

/// A source of words that counts how often it is asked.
struct Counted(Arc<AtomicUsize>);

impl WordSource for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }
    fn bytes(&self) -> u64 {
        0
    }
    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The program asks its user between the phases, in the hook that was there before. The yes that comes behind a no is for
/// later reports.
#[test]
fn a_no_between_the_phases_counts_though_a_yes_came_behind_it() {
    for says_no in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let looks = Arc::new(AtomicUsize::new(0));
        let telemetry = builder(folder.path(), Env::from_pairs("TOOL", [("LANG", "C")]))
            .environment(Environment::Cli)
            .own_words(Counted(Arc::clone(&looks)))
            .build()
            .unwrap();
        telemetry.enable().unwrap();
        let panics = &telemetry.inner.panics;
        let spool = telemetry.inner.pipeline.store.spool.as_ref().unwrap();
        let refusals = panics.refusals();
        let privacy = panics.admit().expect("a yes is stored");
        let (id, time) = panics.stamp();
        let first = panics.store_first(id, time, b"{}");
        if says_no {
            telemetry.disable().unwrap();
            telemetry.enable().unwrap();
        }
        let captured = panicked(id, time);
        panics.complete(first, captured, Admitted { privacy, refusals }, thread::current().id());
        assert_eq!(spool.is_empty(), says_no);
        assert_eq!(
            looks.load(Ordering::Relaxed) == 0,
            says_no,
            "nothing is made, and nothing stored meanwhile"
        );
    }
}
