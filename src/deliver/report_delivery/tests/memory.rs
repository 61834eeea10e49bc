//! Reports that wait in memory, because they could not be stored.

use super::*;

/// Puts a report at this level into the memory of a process.
pub(super) fn keep(process: &Telemetry, privacy: Privacy) {
    let pipeline = &process.inner.pipeline;
    let event = Event::new(pipeline.new_id(), pipeline.clock.now(), Level::Error);
    let report = pipeline.sanitizer().report(pipeline.policy.admission.app(), event, privacy);
    process.inner.queue.keep(UnstoredReport::new(report, pipeline.policy.admission.refusals()));
}

#[test]
fn what_was_made_at_a_level_that_no_longer_holds_gives_way_to_what_is_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    std::fs::write(&policy, r#"{"level": "strict"}"#).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&policy, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let memory = MemoryProvider::default();
    let process = builder(&folder)
        .privacy(Privacy::Standard)
        .machine_policy(&policy)
        .provider(memory.clone())
        .build()
        .unwrap();
    keep(&process, Privacy::Standard);
    keep(&process, Privacy::Strict);
    assert!(process.flush(PATIENCE), "nothing waits any more");
    let levels: Vec<Privacy> = memory.reports().iter().map(Report::privacy).collect();
    assert_eq!(levels, [Privacy::Strict]);
    assert_eq!(process.inner.pipeline.diagnostics.total().count(Loss::SpoolUnwritable), 1, "it is counted");
}

#[test]
fn what_waits_in_memory_does_not_survive_a_no_whatever_is_said_later() {
    let folder = tempfile::tempdir().unwrap();
    let memory = MemoryProvider::default();
    let process = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .provider(memory.clone())
        .build()
        .unwrap();
    // The user has not said yes yet, so that the report waits.
    keep(&process, Privacy::Standard);
    assert!(!process.flush(PATIENCE));
    process.disable().unwrap();
    process.enable().unwrap();
    assert!(process.flush(PATIENCE), "it is gone");
    assert_eq!(memory.reports().len(), 0);
    keep(&process, Privacy::OwnWords);
    assert!(process.flush(PATIENCE));
    assert_eq!(memory.reports().len(), 1, "what comes after the yes leaves");
}

/// A process must stop trying to get its turn when nothing more is sent in this run.
#[test]
fn a_sender_that_has_halted_does_not_look_whose_turn_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let other = process(&folder, MemoryProvider::default());
    let spool = other.inner.pipeline.store.spool.as_ref().unwrap();
    spool
        .put(
            (other.inner.pipeline.new_id(), other.inner.pipeline.clock.now(), None),
            ReportState::Ready,
            b"{}",
        )
        .unwrap();
    let lock = other.inner.pipeline.store.lock_sender(spool).unwrap();
    let pipeline = Arc::clone(&process(&folder, MemoryProvider::default()).inner.pipeline);
    let mut delivery = ReportDelivery::new(Arc::clone(&pipeline), UnstoredReports::default());
    let now = pipeline.clock.monotonic();
    delivery.begin();
    assert!(delivery.is_elsewhere(), "another process delivers");
    assert!(delivery.due_in(now, None).is_some(), "looked at again");
    delivery.drop_all();
    assert!(!delivery.is_elsewhere());
    assert_eq!(
        delivery.due_in(now.saturating_add(BUSY), None),
        None,
        "a thread that wakes up for nothing never rests"
    );
    drop(lock);
}
