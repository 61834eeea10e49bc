use std::fs;

use crawl4ai_telemetry_core::usage::{Name, SpanIds, UsageDraft};
use crawl4ai_telemetry_core::{
    App, Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer, usage_span,
};

use super::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn report(n: u8, age: Duration) -> Report {
    let time = Timestamp::from_millis(system_time().as_millis() - u64::try_from(age.as_millis()).unwrap());
    let mut event = Event::new(ReportId::from_bytes([n; 16]), time, Level::Error);
    let mut exception = RawException::new(Kind::Error, "CrawlError");
    exception.message = Some(format!("first line\nsecond line of {n} from https://example.com/?token=abc"));
    event.exceptions.push(exception);
    Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Standard)
}

usage_span! {
    /// That a feature was used.
    struct FeatureUsed = "Feature Used" {
        /// Which features are used.
        feature: Name => Default since 1,
    }
}

fn span() -> UsageSpan {
    let used = FeatureUsed { feature: "deploy:created".into() };
    let ids = SpanIds::from_bytes([1; 16], [1; 8]);
    Sanitizer::new().usage_span(UsageDraft::new(used, false, ids, system_time()), None)
}

#[test]
fn what_is_rendered_is_what_stands_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let provider = FileProvider::new(folder.path().join("reports.jsonl"));
    let mut expected = Vec::new();
    provider.initialize().unwrap();
    for report in [report(1, DAY), report(2, DAY)] {
        provider.send_exception(&report).unwrap();
        let payload = provider.render(&report).unwrap();
        assert_eq!(payload.media_type, "application/x-ndjson");
        assert_eq!(payload.bytes, [serde_json::to_vec(&report).unwrap().as_slice(), b"\n"].concat());
        expected.extend(payload.bytes);
    }
    assert_eq!(fs::read(provider.path()).unwrap(), expected);
}

#[test]
fn a_line_is_read_back_as_the_report_that_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let provider = FileProvider::new(folder.path().join("reports.jsonl"));
    let sent = report(7, DAY);
    provider.send_exception(&sent).unwrap();
    let text = fs::read_to_string(provider.path()).unwrap();
    assert!(!text.contains("token"), "{text}");
    let restored = Sanitizer::new().restore(text.trim_end().as_bytes(), None, Privacy::Standard).unwrap();
    assert_eq!((restored.id(), restored.time()), (sent.id(), sent.time()));
    assert_eq!(restored.exceptions(), sent.exceptions());
}

#[test]
fn a_report_that_is_handed_over_once_more_stands_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let provider = FileProvider::new(folder.path().join("reports.jsonl"));
    let (one, other) = (report(1, DAY), report(2, DAY));
    // A report whose message holds another report's id is not the same report.
    let mut event = Event::new(ReportId::from_bytes([3; 16]), one.time(), Level::Error);
    event.exceptions.push(RawException::new(Kind::Error, format!("Error of {}", one.id())));
    let naming = Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Standard);
    for report in [&naming, &one, &other, &one, &other] {
        provider.send_exception(report).unwrap();
    }
    for _ in 0..2 {
        provider.send_event(&span()).unwrap();
    }
    assert_eq!(fs::read_to_string(provider.path()).unwrap().lines().count(), 5);
}

#[test]
fn usage_spans_stand_between_reports() {
    let folder = tempfile::tempdir().unwrap();
    let provider = FileProvider::new(folder.path().join("usage.jsonl"));
    provider.send_event(&span()).unwrap();
    provider.send_exception(&report(1, DAY)).unwrap();
    provider.send_event(&span()).unwrap();
    let text = fs::read_to_string(provider.path()).unwrap();
    let starts: Vec<&str> = text.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(starts, ["{\"span\"", "{\"schema\"", "{\"span\""]);
}

#[test]
fn the_bounds_that_were_set_hold() {
    let folder = tempfile::tempdir().unwrap();
    let provider = || FileProvider::new(folder.path().join("reports.jsonl"));
    // Each case: the provider with its bounds, the age of the first report, and how many of two reports are left.
    let cases = [
        (provider(), DAY, 2),
        (provider(), 31 * DAY, 1),
        (provider().max_age(Duration::MAX), 31 * DAY, 2),
        (provider().max_age(DAY / 2), DAY, 1),
        (provider().max_age(Duration::ZERO), DAY, 1),
        (provider().max_bytes(1), DAY, 1),
        (provider().max_bytes(0), DAY, 1),
        (provider().max_bytes(u64::MAX), DAY, 2),
    ];
    for (provider, age, left) in cases {
        provider.send_exception(&report(1, age)).unwrap();
        provider.send_exception(&report(2, Duration::ZERO)).unwrap();
        let text = fs::read_to_string(provider.path()).unwrap();
        assert_eq!(text.lines().count(), left, "{provider:?}, {age:?}");
        fs::remove_file(provider.path()).unwrap();
    }
}

#[test]
fn reports_are_erased_by_their_ids_and_every_other_byte_stays() {
    let folder = tempfile::tempdir().unwrap();
    let provider = FileProvider::new(folder.path().join("reports.jsonl"));
    for n in 1..=5 {
        provider.send_exception(&report(n, DAY)).unwrap();
        provider.send_event(&span()).unwrap();
    }
    // The file gets an editor's line, a line that mentions an id, a line that is longer than any of the provider, and a
    // torn end.
    let id = ReportId::from_bytes([2; 16]);
    let mut foreign = format!("notes\r\n{{\"note\": \"{id}\", \"id\": \"{id}\"}}\n{}\n", "x".repeat(3 << 20));
    foreign.push_str("{\"schema\":1,\"id\":");
    let mut file = fs::OpenOptions::new().append(true).open(provider.path()).unwrap();
    std::io::Write::write_all(&mut file, foreign.as_bytes()).unwrap();
    let before = fs::read_to_string(provider.path()).unwrap();
    let ids = [1, 2, 5, 9].map(|n| ReportId::from_bytes([n; 16]));
    let erased = provider.erase(&ids).unwrap();
    assert_eq!(erased.reports, 3);
    // Two reports and five spans are left before these lines. The note with an id is whole JSON, but no report.
    assert_eq!((erased.unreadable_lines, erased.torn_lines), (vec![8, 10, 11], Vec::new()));
    let gone = |line: &&str| {
        [1_u8, 2, 5]
            .iter()
            .any(|n| line.starts_with("{\"schema\":") && line.contains(&format!("of {n} from")))
    };
    let expected: String = before.split_inclusive('\n').filter(|line| !gone(line)).collect();
    assert!(fs::read_to_string(provider.path()).unwrap() == expected);
    assert_eq!(provider.erase(&ids).unwrap().reports, 0);
    assert!(!folder.path().join("reports.jsonl.new").exists());
}

#[test]
fn a_torn_report_is_named_by_its_line_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let provider = FileProvider::new(folder.path().join("reports.jsonl"));
    let line = |n: u8| String::from_utf8(provider.render(&report(n, DAY)).unwrap().bytes).unwrap();
    let torn = |n: u8| line(n).get(..60).unwrap().to_owned();
    // The file has a torn report with another report on the same line, zeros of a power cut, and more torn lines than a
    // list holds.
    let after = format!("{}{}{}\n\0\0\0\n{}\n", torn(1), line(3), torn(4), "torn\n".repeat(25));
    fs::write(provider.path(), format!("{}{after}", line(2))).unwrap();
    let erased = provider.erase(&[1, 2].map(|n| ReportId::from_bytes([n; 16]))).unwrap();
    assert_eq!((erased.reports, &*erased.torn_lines), (1, &[1][..]));
    assert_eq!(
        erased.unreadable_lines,
        [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]
    );
    assert_eq!(erased.unlisted_lines, 6);
    assert_eq!(fs::read_to_string(provider.path()).unwrap(), after);
}

#[test]
fn what_holds_no_reports_is_not_changed_by_an_erasure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "my notes\n").unwrap();
    let error = FileProvider::new(&path).erase(&[ReportId::from_bytes([1; 16])]).unwrap_err();
    assert!(error.to_string().contains("other than reports"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "my notes\n");
}
