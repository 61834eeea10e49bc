//! Reports that wait by a yes to another place than where reports go now.

use super::*;

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
fn where_nothing_else_lets_it_leave_the_user_is_asked_about_it_too() {
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let second = without_variables(&folder, Scripted { starts: || Ok(()), sends: || Ok(()) });
    second.flush(PATIENCE);
    assert_eq!(clearances(&second), [Clearance::AwaitingConsent]);
    drop(second);
    // After a no, and under a kill switch, nothing is changed.
    let folder = tempfile::tempdir().unwrap();
    with_a_yes_for_elsewhere(&folder);
    let off = builder(&folder).env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "0")]));
    let off = off.provider(Scripted { starts: || Ok(()), sends: || Ok(()) }).build().unwrap();
    off.flush(PATIENCE);
    assert_eq!(clearances(&off), [Clearance::Rules]);
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
