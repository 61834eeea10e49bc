//! A no, and then a yes, while a capture is on its way to the disk.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::*;
use crate::deliver::report_steps::begin_capture;

/// A source of words. While it is read, the user says no, and then yes.
struct MindChanged(Arc<OnceLock<Telemetry>>);

impl WordSource for MindChanged {
    fn name(&self) -> &'static str {
        "changed"
    }
    fn bytes(&self) -> u64 {
        0
    }
    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        Ok(())
    }
    fn prepare(&self, _: Look) {
        let telemetry = self.0.get().unwrap();
        // Where the spool cannot be read, the no is stored and the error says so.
        let _ = telemetry.disable();
        telemetry.enable().unwrap();
    }
}

/// Telemetry with a yes, whose user changes their mind whenever words are read.
fn with_changing_mind(folder: &Path) -> (Telemetry, MemoryProvider) {
    let (slot, memory) = (Arc::new(OnceLock::new()), MemoryProvider::default());
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder)
        .clock(ManualClock::new(at(20)))
        .provider(memory.clone())
        .own_words(MindChanged(Arc::clone(&slot)))
        .build()
        .unwrap();
    telemetry.enable().unwrap();
    assert!(slot.set(telemetry.clone()).is_ok());
    (telemetry, memory)
}

#[test]
fn a_yes_behind_a_no_is_not_for_what_was_captured_before_both() {
    for is_stored in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (telemetry, memory) = with_changing_mind(folder.path());
        let pipeline = &telemetry.inner.pipeline;
        let spool = pipeline.store.spool.as_ref().unwrap();
        if !is_stored {
            make_unwritable(folder.path(), pipeline);
        }
        let unstored = persist_capture(pipeline, captured(pipeline, at(11)), Privacy::Standard);
        assert_eq!(unstored.is_some(), !is_stored);
        if let Some(unstored) = unstored {
            telemetry.inner.queue.keep(unstored);
        }
        telemetry.flush(PATIENCE);
        assert!(spool.list().is_empty());
        assert_eq!(memory.reports().len(), 0, "stored: {is_stored}");
        assert!(pipeline.policy.admission.decide().1.allowed, "the yes stands");
    }
}

#[test]
fn a_stored_report_whose_words_are_read_meanwhile_is_deleted_too() {
    let folder = tempfile::tempdir().unwrap();
    let (telemetry, memory) = with_changing_mind(folder.path());
    let pipeline = &telemetry.inner.pipeline;
    let partial = pipeline.store_partial(&captured(pipeline, at(11)), Privacy::OwnWords, Clearance::Rules);
    assert!(partial.unwrap().keep().is_some());
    telemetry.flush(PATIENCE);
    assert_eq!(memory.reports().len(), 0);
    assert!(pipeline.store.spool.as_ref().unwrap().list().is_empty());
    assert!(pipeline.policy.admission.decide().1.allowed, "the yes stands");
}

#[test]
fn a_capture_that_waited_behind_others_does_not_leave_by_a_later_yes() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    telemetry.enable().unwrap();
    let pipeline = &telemetry.inner.pipeline;
    let refusals = pipeline.policy.admission.refusals();
    telemetry.disable().unwrap();
    telemetry.enable().unwrap();
    let of_before = captured(pipeline, at(11));
    assert!(super::super::persist_capture(pipeline, of_before, Privacy::Standard, refusals).is_none());
    let spool = pipeline.store.spool.as_ref().unwrap();
    assert!(spool.list().is_empty());
    assert!(persist_capture(pipeline, captured(pipeline, at(12)), Privacy::Standard).is_none());
    assert_eq!(spool.list().len(), 1, "a later capture is stored");
}

/// An error of the program whose text is written while the user says no, and then yes.
#[derive(Debug)]
struct SaysNo(Telemetry);

impl std::fmt::Display for SaysNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.disable().unwrap();
        self.0.enable().unwrap();
        f.write_str("no page")
    }
}

impl std::error::Error for SaysNo {}

#[test]
fn a_no_while_the_error_writes_its_text_is_one_after_the_capture() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    telemetry.enable().unwrap();
    let spool = telemetry.inner.pipeline.store.spool.as_ref().unwrap();
    let outcome = telemetry.capture_exception(&SaysNo(telemetry.clone()), Context::new());
    assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
    telemetry.flush(PATIENCE);
    assert!(spool.list().is_empty());
    assert_eq!(telemetry.status().errors_sent, Some(0));
    let outcome = telemetry.capture_exception(&std::io::Error::other("no page"), Context::new());
    assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
    telemetry.flush(PATIENCE);
    assert_eq!(telemetry.status().errors_sent, Some(1), "a later capture leaves");
}

#[test]
fn a_moment_in_which_the_decision_cannot_be_read_deletes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = telemetry(folder.path());
    telemetry.enable().unwrap();
    let pipeline = &telemetry.inner.pipeline;
    let refusals = pipeline.policy.admission.refusals();
    let begun = begin_capture(pipeline, captured(pipeline, at(11)), Privacy::Standard, refusals).unwrap();
    let (config, aside) = (folder.path().join("config.json"), folder.path().join("aside"));
    std::fs::rename(&config, &aside).unwrap();
    std::fs::create_dir(&config).unwrap();
    assert_eq!(pipeline.policy.admission.decide().1.rule, Rule::Unreadable);
    assert!(finish_capture(pipeline, begun, || ()).is_none());
    std::fs::remove_dir(&config).unwrap();
    std::fs::rename(&aside, &config).unwrap();
    assert_eq!(pipeline.store.spool.as_ref().unwrap().list().len(), 1);
}
