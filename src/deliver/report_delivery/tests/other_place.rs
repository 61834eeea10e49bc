//! Reports that wait by a yes to another place than where reports go now.

use super::*;
use crate::capture::Captured;
use crate::capture::stack::Stack;

/// A provider with this destination.
struct GoesTo(&'static str, fn() -> Result<(), SendError>);

impl TelemetryProvider for GoesTo {
    fn name(&self) -> &str {
        "goes to"
    }
    fn destination(&self) -> std::borrow::Cow<'_, str> {
        self.0.into()
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        (self.1)()
    }
}

/// A process without a variable.
fn without_variables(folder: &tempfile::TempDir, provider: impl TelemetryProvider + 'static) -> Telemetry {
    let env = Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>());
    builder(folder).env(env).provider(provider).build().unwrap()
}

/// Stores a report of a minute ago by a yes to another place.
fn with_a_yes_for_elsewhere(folder: &tempfile::TempDir) {
    let first = without_variables(folder, MemoryProvider::default());
    first.enable().unwrap();
    let pipeline = &first.inner.pipeline;
    let before = Timestamp::from_millis(pipeline.clock.now().as_millis() - 60_000);
    let event = Event::new(pipeline.new_id(), before, Level::Error);
    let report = pipeline.sanitizer().report(pipeline.policy.admission.app(), event, Privacy::OwnWords);
    let key = (report.id(), before, Some(report.fingerprint()));
    let spool = pipeline.store.spool.as_ref().unwrap();
    spool.put(key, ReportState::Ready, &report.to_stored().unwrap()).unwrap();
}

fn clearances(process: &Telemetry) -> Vec<Clearance> {
    let left = process.inner.pipeline.store.spool.as_ref().unwrap().list();
    left.iter().map(|name| name.clearance).collect()
}

#[test]
fn a_yes_by_a_variable_is_not_for_what_waits_by_a_yes_to_another_place() {
    static SENT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let run = |sends| process(&folder, Scripted { starts: || Ok(()), sends });
    let second = run(|| Err(SendError::retry("no network")));
    let outcome = second.capture_exception(&"of now", context! {});
    assert!(matches!(outcome, crate::Outcome::Queued(_)), "{outcome:?}");
    assert!(!second.flush(PATIENCE));
    assert_eq!(clearances(&second), [Clearance::AwaitingConsent, Clearance::Rules]);
    drop(second);
    // A run in which nothing may leave changes nothing.
    let denied = builder(&folder).env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "0")]));
    let denied = denied.provider(Scripted { starts: || Ok(()), sends: || Ok(()) }).build().unwrap();
    denied.flush(PATIENCE);
    assert!(denied.inner.pipeline.store.delivery_state.read().terms.is_some());
    // What a run stored by the variable leaves with a later one.
    let third = run(|| {
        SENT.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    assert!(third.flush(PATIENCE));
    assert_eq!(SENT.load(Ordering::SeqCst), 1, "the one of the second run");
    assert_eq!(clearances(&third), [Clearance::AwaitingConsent]);
    // The same place again, after the yes to it has counted once more, is for later reports only.
    drop(third);
    assert!(without_variables(&folder, MemoryProvider::default()).flush(PATIENCE));
    with_a_yes_for_elsewhere(&folder);
    let fourth = run(|| {
        SENT.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    fourth.flush(PATIENCE);
    assert_eq!(SENT.load(Ordering::SeqCst), 1);
    assert_eq!(clearances(&fourth), [Clearance::AwaitingConsent; 2]);
}

#[test]
fn a_yes_to_this_place_beside_a_variable_is_not_for_what_waits_by_a_yes_to_another() {
    static SENT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let sends = || {
        SENT.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let process = process(&folder, Scripted { starts: || Ok(()), sends });
    process.enable().unwrap();
    process.flush(PATIENCE);
    assert_eq!((SENT.load(Ordering::SeqCst), clearances(&process)), (0, vec![Clearance::AwaitingConsent]));
}

#[test]
fn a_run_that_has_to_wait_notes_which_yes_holds() {
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let second =
        process(&folder, Scripted { starts: || Ok(()), sends: || Err(SendError::retry("no network")) });
    second.flush(PATIENCE);
    let terms = |process: &Telemetry| process.inner.pipeline.store.delivery_state.read().terms;
    assert!(terms(&second).is_some());
    let now = second.inner.pipeline.clock.now();
    let state = &second.inner.pipeline.store.delivery_state;
    state.update(|state| state.wait(now, Duration::from_secs(600)));
    drop(second);
    let here = without_variables(&folder, MemoryProvider::default());
    here.flush(PATIENCE);
    assert_eq!((terms(&here), clearances(&here)), (None, vec![Clearance::AwaitingConsent]));
}

#[test]
fn where_nothing_may_leave_nothing_is_changed() {
    for variable in ["0", ""] {
        let folder = tempfile::tempdir().unwrap();
        with_a_yes_for_elsewhere(&folder);
        let second = builder(&folder).env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", variable)]));
        let second = second.provider(Scripted { starts: || Ok(()), sends: || Ok(()) }).build().unwrap();
        second.flush(PATIENCE);
        assert_eq!(clearances(&second), [Clearance::Rules]);
        drop(second);
        let here = without_variables(&folder, MemoryProvider::default());
        assert!(here.flush(PATIENCE));
        assert_eq!(clearances(&here), [], "back at its place it leaves");
    }
}

#[test]
fn what_another_process_is_sending_is_not_held_back() {
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let second = process(&folder, Scripted { starts: || Ok(()), sends: || Ok(()) });
    let spool = second.inner.pipeline.store.spool.as_ref().unwrap();
    let sends = spool.lock_sender().unwrap();
    second.flush(PATIENCE);
    assert_eq!(clearances(&second), [Clearance::Rules]);
    drop(sends);
}

/// Both run at once, and the clock cannot tell their reports apart.
#[test]
fn what_another_process_stores_by_a_yes_to_another_place_stays() {
    static SENT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    let down = || Err(SendError::retry("no network"));
    let here = without_variables(&folder, GoesTo("crashes.example.com", down));
    here.enable().unwrap();
    let elsewhere = process(
        &folder,
        GoesTo("crashes.example.net", || {
            SENT.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }),
    );
    let _ = elsewhere.capture_exception(&"of elsewhere", context! {});
    assert!(elsewhere.flush(PATIENCE));
    let _ = here.capture_exception(&"of here", context! {});
    assert!(!here.flush(PATIENCE));
    let panic = Captured {
        event: Event::new(here.inner.pipeline.new_id(), here.inner.pipeline.clock.now(), Level::Fatal),
        stack: Stack::Addresses(Vec::new()),
    };
    let (_, decision) = here.inner.pipeline.policy.admission.decide();
    let panic = here.inner.pipeline.put_without_names(
        &panic,
        Privacy::OwnWords,
        ReportState::Unresolved,
        Some(&decision),
    );
    assert!(elsewhere.flush(PATIENCE), "nothing waits for this place");
    drop(panic);
    assert!(elsewhere.flush(PATIENCE));
    assert_eq!((SENT.load(Ordering::SeqCst), clearances(&elsewhere)), (1, vec![Clearance::Rules; 2]));
    drop((here, elsewhere));
    let back = without_variables(&folder, GoesTo("crashes.example.com", || Ok(())));
    assert!(back.flush(PATIENCE));
    assert_eq!(clearances(&back), []);
}

#[test]
fn a_report_that_waits_for_an_answer_leaves_when_the_yes_to_its_place_counts_again() {
    let folder = tempfile::tempdir().unwrap();
    let down = || Err(SendError::retry("no network"));
    let here = without_variables(&folder, GoesTo("crashes.example.com", down));
    here.enable().unwrap();
    let _ = here.capture_exception(&"of here", context! {});
    assert!(!here.flush(PATIENCE));
    here.inner.pipeline.store.ask_about_unasked();
    assert_eq!(clearances(&here), [Clearance::AwaitingConsent]);
    drop(here);
    let back = without_variables(&folder, GoesTo("crashes.example.com", || Ok(())));
    back.flush(PATIENCE);
    assert_eq!(clearances(&back), []);
}

/// A link in the place of the folder is not followed, so that the reports in it cannot be seen.
#[cfg(unix)]
#[test]
fn a_spool_that_cannot_be_opened_is_not_empty() {
    static SENT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let run = || {
        process(
            &folder,
            Scripted {
                starts: || Ok(()),
                sends: || {
                    SENT.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                },
            },
        )
    };
    let second = run();
    let spool = second.inner.pipeline.store.spool.as_ref().unwrap();
    let aside = folder.path().join("aside");
    std::fs::rename(spool.folder(), &aside).unwrap();
    std::os::unix::fs::symlink(&aside, spool.folder()).unwrap();
    second.flush(PATIENCE);
    assert_eq!(second.inner.pipeline.store.delivery_state.read().terms, None, "nothing was looked at");
    std::fs::remove_file(spool.folder()).unwrap();
    std::fs::rename(&aside, spool.folder()).unwrap();
    let third = run();
    third.flush(PATIENCE);
    assert_eq!((SENT.load(Ordering::SeqCst), clearances(&third)), (0, vec![Clearance::AwaitingConsent]));
}
