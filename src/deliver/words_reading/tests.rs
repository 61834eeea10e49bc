use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, MemoryProvider, Privacy, RawException, Report, Timestamp,
};

use super::super::Pipeline;
use super::super::report_steps;
use crate::capture::Captured;
use crate::capture::stack::Stack;
use crate::clock::ManualClock;
use crate::environment::Env;
use crate::telemetry::Telemetry;

const NOW: Timestamp = Timestamp::from_millis(20_000);

fn telemetry(folder: &Path, ends: u32) -> Telemetry {
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        .config_folder(folder)
        .clock(ManualClock::new(NOW))
        .provider(MemoryProvider::default())
        .build()
        .unwrap();
    telemetry.inner.pipeline.store.delivery_state.update(|state| state.ends_without_words = ends);
    telemetry
}

/// Makes a report of a capture of this moment. True if it could not be stored.
fn persist(pipeline: &Pipeline) -> bool {
    let refusals = pipeline.policy.admission.refusals();
    report_steps::persist_capture(pipeline, captured(pipeline), Privacy::Standard, refusals).is_some()
}

fn captured(pipeline: &Pipeline) -> Captured {
    let mut event = Event::new(pipeline.new_id(), NOW, Level::Error);
    let mut exception = RawException::new(Kind::Error, "Error");
    exception.message = Some("the kettle is empty".to_owned());
    event.exceptions.push(exception);
    Captured { event, stack: Stack::Addresses(Vec::new()) }
}

/// Makes one report at an end of the program without time, after `ends` such ends in a row. Returns the report, and the
/// number of such ends that is counted then.
fn at_the_end(ends: u32) -> (Report, u32) {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path(), ends);
    let pipeline = &telemetry.inner.pipeline;
    pipeline.cleaning.symbolication.until(Some(Instant::now()));
    assert!(!persist(pipeline));

    let spool = pipeline.store.spool.as_ref().unwrap();
    let [name] = spool.list().try_into().unwrap();
    assert_eq!(name.fingerprint, None, "stored to be narrowed later");
    let (stored, decision) = pipeline.policy.admission.decide();
    assert_eq!(decision.privacy, Privacy::OwnWords);
    let report = pipeline.revalidate(spool, &name, &stored, &decision).unwrap();
    let counted = || pipeline.store.delivery_state.read().ends_without_words;
    assert_eq!(counted(), ends + 1, "whatever was read, a process that ends now has delivered nothing");
    assert!(pipeline.settle(spool, name, &report).is_some());
    (report, counted())
}

#[test]
fn one_report_in_time_and_the_next_waits_for_its_texts_again() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path(), 9);
    let pipeline = &telemetry.inner.pipeline;
    assert!(!persist(pipeline));
    assert_eq!(pipeline.store.delivery_state.read().ends_without_words, 0);
}

#[test]
fn texts_wait_for_three_ends_and_the_report_for_no_more() {
    for (ends, text, counted) in [
        (0, Some("the kettle is empty"), 0),
        (1, Some("the kettle is empty"), 0),
        (2, None, 3),
        (9, None, 10),
    ] {
        let (report, now) = at_the_end(ends);
        let value = report.exceptions()[0].value();
        assert_eq!((value, now), (text, counted), "after {ends} ends");
        assert_eq!(report.exceptions()[0].type_name(), "Error");
        let stored: serde_json::Value = serde_json::from_slice(&report.to_stored().unwrap()).unwrap();
        assert_eq!(
            stored["words"]["narrowed"], true,
            "whatever became of its texts, it is not read for again"
        );
    }
}

/// A source of words that takes a moment to read, and counts how often it is asked.
struct Slow(Arc<AtomicUsize>);

impl WordSource for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn bytes(&self) -> u64 {
        0
    }

    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn prepare(&self, _: Look) {
        self.0.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn one_thread_reads_and_the_others_wait_for_it() {
    let asked = Arc::new(AtomicUsize::new(0));
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
        .environment(Environment::Cli)
        .provider(MemoryProvider::default())
        .own_words(Slow(Arc::clone(&asked)))
        .build()
        .unwrap();
    let pipeline = &telemetry.inner.pipeline;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(pipeline.words_reader());
        }
    });
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
