use super::*;
use std::fs;

use crawl4ai_telemetry_conformance::sample;
use crawl4ai_telemetry_core::{MemoryProvider, TelemetryProvider};

fn sent_log() -> (tempfile::TempDir, SentLog) {
    let home = tempfile::tempdir().unwrap();
    let sent_log = SentLog::below(home.path());
    (home, sent_log)
}

fn add(sent_log: &SentLog, at: u64) -> (ReportId, Payload) {
    let report = sample::error_report();
    let payload = MemoryProvider::default().render(&report).unwrap();
    let now = Timestamp::from_millis(at);
    sent_log.add(&report, &payload, "memory", DeliveryOutcome::Delivered, now).unwrap();
    (report.id(), payload)
}

#[test]
fn what_was_sent_is_shown_byte_for_byte() {
    let (_home, sent_log) = sent_log();
    assert!(sent_log.list().is_empty());
    let (id, payload) = add(&sent_log, 5);
    let (entry, bytes) = sent_log.show(id).unwrap().unwrap();
    assert_eq!(bytes, payload.bytes);
    assert_eq!((entry.id, entry.outcome, &*entry.provider), (id, DeliveryOutcome::Delivered, "memory"));
    assert_eq!(sent_log.list(), [entry]);
    assert!(sent_log.show(ReportId::from_bytes([0x77; 16])).unwrap().is_none());
    assert_eq!(sent_log.remembered(), [id]);
}

#[test]
fn what_failed_and_what_was_taken_out_is_remembered_and_need_not_be() {
    let (_home, sent_log) = sent_log();
    let report = sample::error_report();
    assert!(!report.redactions().is_empty());
    add(&sent_log, 5);
    let entry = sent_log.list().remove(0);
    assert_eq!((Some(&*entry.failed), &entry.redactions), (report.failed(), report.redactions()));

    let mut old = serde_json::to_value(&entry).unwrap();
    // The cases: kinds that only a later version knows, counts in another form, and an entry of an earlier version,
    // which wrote neither field.
    for redactions in [Some(serde_json::json!({ "dna": 1 })), Some("many".into()), None] {
        let fields = old.as_object_mut().unwrap();
        fields.remove("failed");
        match redactions {
            Some(redactions) => fields.insert("redactions".to_owned(), redactions),
            None => fields.remove("redactions"),
        };
        let path = sent_log.folder.path().join(named('9'));
        fs::write(&path, format!("{old}\nbytes")).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let read = sent_log.list().remove(1);
        assert!(read.failed.is_empty() && read.redactions.is_empty(), "{read:?}");
    }
}

#[test]
fn it_keeps_fifty() {
    let (_home, sent_log) = sent_log();
    for at in 0..60 {
        add(&sent_log, at);
    }
    let times: Vec<u64> = sent_log.list().iter().map(|e| e.sent_at.as_millis()).collect();
    assert_eq!(times, (10..60).collect::<Vec<_>>());
}

#[test]
fn what_is_written_after_a_clock_was_ahead_stays() {
    let (_home, sent_log) = sent_log();
    let add_all = |first: u64, n: u64| (first..first + n).for_each(|at| drop(add(&sent_log, at)));
    let times = || sent_log.list().iter().map(|entry| entry.sent_at.as_millis()).collect::<Vec<_>>();
    let year = 365 * 24 * 60 * 60 * 1000;
    add_all(year, 50);
    add_all(0, 3);
    assert_eq!((times().len(), &times()[..3]), (50, &[0, 1, 2][..]));
    // The clock was ahead by half a minute only, so that these entries do not go first.
    add_all(30_000, 50);
    add_all(7, 1);
    assert_eq!((times().len(), times()[0]), (50, 7), "what was written last stays");
}

fn named(digit: char) -> String {
    let digits = digit.to_string();
    format!("{}_{}.sent", digits.repeat(15), ReportId::from_bytes([7; 16]))
}

#[test]
#[cfg(unix)]
fn edited_and_planted_entries_are_passed_over() {
    let (home, sent_log) = sent_log();
    add(&sent_log, 1);
    for (name, content) in [('2', "nonsense"), ('3', ""), ('4', "{}")] {
        fs::write(sent_log.folder.path().join(named(name)), content).unwrap();
    }
    fs::write(sent_log.folder.path().join("5.sent"), "{}").unwrap();
    std::os::unix::fs::symlink(home.path(), sent_log.folder.path().join(named('6'))).unwrap();
    assert_eq!(sent_log.list().len(), 1);
    assert_eq!(sent_log.purge().unwrap(), 5);
    let left: Vec<_> =
        fs::read_dir(sent_log.folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["5.sent"], "what is not named as ours stays");
}

#[test]
fn purge_leaves_nothing() {
    let (_home, sent_log) = sent_log();
    add(&sent_log, 1);
    assert_eq!(sent_log.purge().unwrap(), 1);
    assert!(!sent_log.folder.path().exists());
    assert_eq!(sent_log.purge().unwrap(), 0);
}
