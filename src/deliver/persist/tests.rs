use std::sync::Mutex;
use std::time::Duration;

use crawl4ai_telemetry_core::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry_core::{
    App, Context, Environment, Event, Kind, Level, Loss, MemoryProvider, RawException, RawFrame, Timestamp,
};

use super::super::queue::StoreThread;
use super::super::sync::mpsc::sync_channel;
use super::*;
use crate::capture::Captured;
use crate::capture::raised::Raised;
use crate::capture::stack::Stack;
use crate::clock::ManualClock;
use crate::consent::{self, Rule};
use crate::environment::Env;
use crate::store::spool::{Clearance, ReportState};
use crate::telemetry::{Outcome, Telemetry};

mod mind_changed;

const PATIENCE: Duration = Duration::from_secs(20);

fn telemetry(folder: &std::path::Path) -> Telemetry {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder)
        .clock(ManualClock::new(at(20)))
        .provider(MemoryProvider::default())
        .build()
        .unwrap()
}

fn captured(pipeline: &Pipeline, time: Timestamp) -> Captured {
    let mut event = Event::new(pipeline.new_id(), time, Level::Error);
    event.exceptions.push(RawException::new(Kind::Error, "Error"));
    Captured { event, stack: Stack::Addresses(Vec::new()) }
}

/// Makes a report of a capture of this moment.
fn persist_capture(pipeline: &Pipeline, captured: Captured, privacy: Privacy) -> Option<UnstoredReport> {
    super::persist_capture(pipeline, captured, privacy, pipeline.policy.admission.refusals())
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1000)
}

#[test]
fn consent_is_read_again_before_anything_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let pipeline = &telemetry.inner.pipeline;
    let clock = ManualClock::new(at(10));
    consent::enable(
        pipeline.policy.admission.store(),
        &clock,
        None,
        false,
        pipeline.policy.admission.offer(),
    )
    .unwrap();
    assert_eq!(pipeline.policy.admission.allowed(), Ok(Privacy::OwnWords));
    let spool = pipeline.store.spool.as_ref().unwrap();
    assert!(persist_capture(pipeline, captured(pipeline, at(11)), Privacy::Standard).is_none());
    assert_eq!(spool.list().len(), 1, "stored");

    // The no is stored as another process does it, so that this process still remembers the yes.
    consent::disable(pipeline.policy.admission.store(), &clock).unwrap();
    assert_eq!(pipeline.policy.admission.allowed(), Ok(Privacy::OwnWords));
    assert!(persist_capture(pipeline, captured(pipeline, at(12)), Privacy::Standard).is_none());
    assert_eq!(spool.list().len(), 1, "and no other");
}

/// A source of words. While it is read, the user says no in another process.
struct Refused(std::path::PathBuf);

impl WordSource for Refused {
    fn name(&self) -> &'static str {
        "refused"
    }
    fn bytes(&self) -> u64 {
        0
    }
    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        Ok(())
    }
    fn prepare(&self, _: Look) {
        let other = telemetry(&self.0);
        consent::disable(other.config(), &ManualClock::new(at(15))).unwrap();
        other.inner.pipeline.store.spool.as_ref().unwrap().purge().unwrap();
    }
}

#[test]
fn a_no_that_comes_while_names_and_words_are_looked_for_leaves_nothing_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .clock(ManualClock::new(at(20)))
        .provider(MemoryProvider::default())
        .own_words(Refused(folder.path().to_owned()))
        .build()
        .unwrap();
    let pipeline = &telemetry.inner.pipeline;
    let offer = pipeline.policy.admission.offer();
    consent::enable(telemetry.config(), &ManualClock::new(at(10)), None, false, offer).unwrap();
    assert!(persist_capture(pipeline, captured(pipeline, at(11)), Privacy::Standard).is_none());
    assert!(pipeline.store.spool.as_ref().unwrap().list().is_empty());
    assert_eq!(pipeline.policy.admission.decide().1.rule, Rule::StoredDenial);
}

#[test]
fn a_process_that_lives_for_months_sends_nothing_that_is_too_old() {
    for (days, sent) in [(29, 1), (31, 0)] {
        let (folder, memory) = (tempfile::tempdir().unwrap(), MemoryProvider::default());
        let clock = Arc::new(ManualClock::new(at(20)));
        let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
            .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
            .environment(Environment::Cli)
            .config_folder(folder.path())
            .clock(Arc::clone(&clock))
            .provider(memory.clone())
            .build()
            .unwrap();
        let pipeline = &telemetry.inner.pipeline;
        assert!(persist_capture(pipeline, captured(pipeline, at(20)), Privacy::Standard).is_none());
        clock.advance(Duration::from_secs(days * 24 * 60 * 60));
        assert!(telemetry.flush(PATIENCE), "nothing waits any more");
        assert_eq!(memory.reports().len(), sent, "after {days} days");
        assert_eq!(telemetry.status().losses.count(Loss::Expired), 1 - sent as u64, "and counted");
    }
}

/// A program whose variables change while it runs. The variable that the test names has the value `1`.
fn changing(folder: &std::path::Path, memory: &MemoryProvider) -> (Telemetry, Arc<Mutex<&'static str>>) {
    let changed = Arc::new(Mutex::new("NOTHING"));
    let source = {
        let changed = Arc::clone(&changed);
        move || {
            let name = changed.lock().unwrap().to_string();
            vec![("TOOL_TELEMETRY_EMAIL".to_owned(), String::new()), (name, "1".to_owned())]
        }
    };
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_source("TOOL", source))
        .environment(Environment::Cli)
        .config_folder(folder)
        .clock(ManualClock::new(at(20)))
        .provider(memory.clone())
        .build()
        .unwrap();
    consent::enable(
        telemetry.config(),
        &ManualClock::new(at(10)),
        None,
        false,
        telemetry.inner.pipeline.policy.admission.offer(),
    )
    .unwrap();
    (telemetry, changed)
}

const SWITCHES: [&str; 4] =
    ["TOOL_DISABLE_TELEMETRY", "TOOL_DISABLE_TRACKING", "DO_NOT_TRACK", "TOOL_TELEMETRY_DEBUG"];

#[test]
fn refreshed_variables_count_before_anything_is_stored() {
    for switch in SWITCHES {
        let (folder, memory) = (tempfile::tempdir().unwrap(), MemoryProvider::default());
        let (telemetry, changed) = changing(folder.path(), &memory);
        let pipeline = &telemetry.inner.pipeline;
        assert_eq!(pipeline.policy.admission.allowed(), Ok(Privacy::OwnWords));
        *changed.lock().unwrap() = switch;
        telemetry.refresh_environment();
        assert!(persist_capture(pipeline, captured(pipeline, at(11)), Privacy::Standard).is_none());
        assert!(pipeline.store.spool.as_ref().unwrap().is_empty(), "{switch}");
        *changed.lock().unwrap() = "NOTHING";
        telemetry.refresh_environment();
        assert!(persist_capture(pipeline, captured(pipeline, at(12)), Privacy::Standard).is_none());
        assert!(!pipeline.store.spool.as_ref().unwrap().is_empty(), "{switch} was taken back");
    }
}

#[test]
fn refreshed_variables_count_before_anything_is_sent() {
    for switch in SWITCHES {
        let (folder, memory) = (tempfile::tempdir().unwrap(), MemoryProvider::default());
        let (telemetry, changed) = changing(folder.path(), &memory);
        let pipeline = &telemetry.inner.pipeline;
        assert!(persist_capture(pipeline, captured(pipeline, at(11)), Privacy::Standard).is_none());
        *changed.lock().unwrap() = switch;
        telemetry.refresh_environment();
        assert!(!telemetry.flush(PATIENCE), "{switch}: it waits");
        assert!(memory.reports().is_empty(), "{switch}");
        assert!(!telemetry.status().enabled, "{switch}");
        *changed.lock().unwrap() = "NOTHING";
        telemetry.refresh_environment();
        assert!(telemetry.flush(PATIENCE), "{switch} was taken back");
        assert_eq!(memory.reports().len(), 1, "{switch}");
    }
}

#[test]
fn what_waits_for_an_answer_goes_when_it_came_after_the_yes() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let pipeline = &telemetry.inner.pipeline;
    consent::enable(
        pipeline.policy.admission.store(),
        &ManualClock::new(at(10)),
        None,
        false,
        pipeline.policy.admission.offer(),
    )
    .unwrap();
    for (second, goes) in [(9, false), (10, true), (11, true)] {
        assert_eq!(pipeline.hold(captured(pipeline, at(second))).is_some(), goes, "captured at {second}");
    }
    assert!(pipeline.store.spool.as_ref().unwrap().is_empty(), "nobody is asked about what came before");
}

/// Gives the store a queue that has no room. When the returned receiver is dropped, its thread counts as gone.
fn full(telemetry: &Telemetry) -> Receiver<StoreCommand> {
    let (commands, queue) = sync_channel(0);
    let running = StoreThread { process: std::process::id(), commands };
    *telemetry.inner.queue.running.lock() = Some(running);
    queue
}

#[test]
fn what_finds_the_queue_full_is_counted_whether_or_not_it_waits_for_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let (pipeline, queue) = (&telemetry.inner.pipeline, &telemetry.inner.queue);
    let _queue = full(&telemetry);
    assert!(!queue.enqueue(captured(pipeline, at(11)), Privacy::Standard, 0));
    assert_eq!(pipeline.diagnostics.total().count(Loss::QueueFull), 1);
    assert!(!queue.enqueue_awaiting(captured(pipeline, at(12)), 0));
    assert_eq!(pipeline.diagnostics.total().count(Loss::QueueFull), 2);
}

#[test]
fn without_a_thread_a_capture_is_stored_where_it_is() {
    for holds in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let telemetry = telemetry(folder.path());
        let (pipeline, queue) = (&telemetry.inner.pipeline, &telemetry.inner.queue);
        consent::enable(
            pipeline.policy.admission.store(),
            &ManualClock::new(at(10)),
            None,
            false,
            pipeline.policy.admission.offer(),
        )
        .unwrap();
        drop(full(&telemetry));
        let captured = captured(pipeline, at(11));
        assert!(if holds {
            queue.enqueue_awaiting(captured, 0)
        } else {
            queue.enqueue(captured, Privacy::Standard, 0)
        });
        assert_eq!(pipeline.store.spool.as_ref().unwrap().list().len(), 1, "{holds}");
        assert!(pipeline.diagnostics.total().is_empty(), "{holds}");
    }
}

fn make_unwritable(folder: &std::path::Path, pipeline: &Pipeline) {
    std::fs::create_dir_all(folder.join("telemetry")).unwrap();
    std::fs::write(pipeline.store.spool.as_ref().unwrap().folder(), "a file where a folder should be")
        .unwrap();
}

#[test]
fn what_cannot_wait_for_an_answer_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let pipeline = &telemetry.inner.pipeline;
    pipeline.policy.admission.at_a_terminal();
    make_unwritable(folder.path(), pipeline);
    assert!(pipeline.hold(captured(pipeline, at(11))).is_none());
    assert_eq!(pipeline.diagnostics.total().count(Loss::SpoolUnwritable), 1);

    let held = (0..12).filter(|_| pipeline.policy.admit_awaiting_panic()).count();
    assert_eq!((held, pipeline.diagnostics.total().count(Loss::RateLimited)), (10, 2));
}

#[test]
fn without_a_thread_what_cannot_be_stored_is_counted_and_what_it_would_have_told_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let (pipeline, queue) = (&telemetry.inner.pipeline, &telemetry.inner.queue);
    consent::enable(
        pipeline.policy.admission.store(),
        &ManualClock::new(at(10)),
        None,
        false,
        pipeline.policy.admission.offer(),
    )
    .unwrap();
    make_unwritable(folder.path(), pipeline);
    pipeline.diagnostics.lost(Loss::QueueFull, 3);
    drop(full(&telemetry));
    assert!(queue.enqueue(captured(pipeline, at(11)), Privacy::Standard, 0));
    assert_eq!(pipeline.diagnostics.total().count(Loss::SpoolUnwritable), 1);
    let unreported = pipeline.diagnostics.take_unreported();
    assert_eq!((unreported.count(Loss::QueueFull), unreported.count(Loss::SpoolUnwritable)), (3, 1));
}

#[test]
fn what_goes_to_make_room_for_a_report_that_waits_for_an_answer_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    let pipeline = &telemetry.inner.pipeline;
    let spool = pipeline.store.spool.as_ref().unwrap();
    for n in 0..60 {
        spool.put((pipeline.new_id(), at(n), None), ReportState::Ready, b"{}").unwrap();
    }
    let stored = spool
        .put_for((pipeline.new_id(), at(61), None), ReportState::Ready, Clearance::AwaitingConsent, b"{}")
        .unwrap();
    pipeline.sync_awaiting(&stored);
    assert_eq!(pipeline.diagnostics.total().count(Loss::SpoolFull), 61 - spool.list().len() as u64);
    assert!(spool.list().len() < 61);
}

/// Errors of another language come with frames instead of addresses. The frames tell them apart while they wait for an
/// answer.
#[test]
fn errors_of_another_language_wait_each_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    telemetry.inner.pipeline.policy.admission.at_a_terminal();
    let waits = |function: &str| {
        let mut exception = RawException::new(Kind::Error, "ValueError");
        exception.frames.push(RawFrame { function: Some(function.to_owned()), ..RawFrame::default() });
        match telemetry.capture_exception(&Raised::new(vec![exception]), Context::new()) {
            Outcome::AwaitingConsent(id) => id,
            Outcome::Queued(_) | Outcome::Suppressed(_) => panic!("it waits"),
        }
    };
    let (first, other, again) = (waits("read"), waits("write"), waits("read"));
    assert_ne!(first, other);
    assert_eq!(first, again, "the same bug waits once");
}
