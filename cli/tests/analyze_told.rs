//! What `analyze` tells where reports and spans lack something: a version, a duration, a time, reports themselves.

#![cfg(feature = "authors")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/files.rs"]
mod files;
#[path = "support/page.rs"]
mod page;
#[path = "support/spans.rs"]
mod spans;
mod support;

use std::fs;

use crawl4ai_telemetry_conformance::sample;
use files::{Files, line, six_weeks};
use page::{allows_only_its_style, is_harmless};
use serde_json::{Value, json};
use spans::{YESTERDAY, noon, request, span};

/// The page about this file.
fn page_of(files: &Files, path: &str) -> String {
    let page = files.folder.path().join("page.html");
    let said = files.analyze(&[path, "--page", page.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let html = fs::read_to_string(page).unwrap();
    is_harmless(&html);
    allows_only_its_style(&html);
    html
}

#[test]
fn an_empty_version_is_told_in_words() {
    let files = Files::new();
    let mut lines = String::new();
    for number in 0..60 {
        lines += &line(number, "2026-11-26", 1, "", "linux");
        lines += &line(1_000 + number, "2026-11-26", 2, "1.4.0", "linux");
    }
    let slow = (0..60).map(|number| span(number, "Run", "", 10, false));
    let slower = (60..120).map(|number| span(number, "Run", "1.4.0", 20, true));
    lines += &request("weather", &slow.chain(slower).collect::<Vec<_>>());
    let path = files.write("reports.jsonl", lines);
    let said = files.analyze(&[&path]).out;
    for expected in [
        "       60  no version  no version",
        "median duration   \"Run\" with 1.4.0: 20.0 ms, 10.0 ms with no version (p",
        "  no version: 100 % of this bug, 0 % of other bugs (p",
    ] {
        assert!(said.contains(expected), "{expected:?} in\n{said}");
    }
    let html = page_of(&files, &path);
    assert!(html.contains("<bdi>no version</bdi>") && !html.contains("<bdi></bdi>"), "{html}");
    // For other programs it stays as it is.
    assert_eq!(files.json(&[&path])["bugs"][0]["first_version"], "");
}

#[test]
fn a_span_that_is_recorded_at_once_has_no_duration() {
    let files = Files::new();
    let spans: Vec<_> = (0..50)
        .flat_map(|n| [span(n, "Settings Read", "1.4.0", 0, false), span(100 + n, "Run", "1.4.0", 7, false)])
        .collect();
    let path = files.write("spans.jsonl", request("weather", &spans));
    let found = files.json(&[&path]);
    let of = |name: &str| {
        let names = found["spans"]["names"].as_array().unwrap();
        names.iter().find(|of| of["name"] == name).unwrap().clone()
    };
    for told in [&of("Settings Read"), &of("Settings Read")["versions"][0]] {
        assert_eq!((&told["count"], &told["durations"]), (&json!(50), &json!(0)));
        for key in ["p50_ms", "p90_ms", "p99_ms"] {
            assert!(told[key].is_null(), "{told}");
        }
    }
    assert_eq!((&of("Run")["durations"], &of("Run")["p50_ms"]), (&json!(50), &json!(7.0)));
    let metrics = files.analyze(&[&path, "--format", "prometheus"]).out;
    let of_durations =
        |name: &str| format!("usage_span_duration_seconds{{program=\"weather\",span=\"{name}\"");
    assert!(
        metrics.contains(&of_durations("Run")) && !metrics.contains(&of_durations("Settings Read")),
        "{metrics}"
    );
}

/// A time of 0 is one that was not set: then the collector's time counts, as in its tables.
#[test]
fn a_report_without_a_time_counts_on_the_day_on_which_the_collector_saw_it() {
    let files = Files::new();
    let exported = files::exported(&[sample::error_report()]);
    let mut request: Value = serde_json::from_str(&exported).unwrap();
    for (time, observed, day, undated) in [
        (json!("0"), json!(noon(YESTERDAY).to_string()), json!("2026-11-26"), 0),
        (json!(null), json!(noon(YESTERDAY).to_string()), json!("2026-11-26"), 0),
        (json!(noon(YESTERDAY - 1).to_string()), json!(noon(YESTERDAY).to_string()), json!("2026-11-25"), 0),
        (json!("0"), json!("0"), json!(null), 1),
    ] {
        let record = &mut request["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        record["timeUnixNano"] = time;
        record["observedTimeUnixNano"] = observed;
        let found = files.json(&[&files.write("logs.jsonl", request.to_string() + "\n")]);
        assert_eq!((&found["first_day"], &found["left_out"]["undated"]), (&day, &json!(undated)));
    }
}

/// Starts of so many versions, on three days.
fn starts(versions: u64, each: u64) -> Vec<Value> {
    let one = |number: u64| {
        let mut start = span(number, "Program Started", &format!("1.{}.0", number % versions), 0, false);
        let time = noon(YESTERDAY - number % 3).to_string();
        (start["startTimeUnixNano"], start["endTimeUnixNano"]) = (json!(time), json!(time));
        start
    };
    (0..versions * each).map(one).collect()
}

#[test]
fn starts_of_versions_beyond_the_bound_are_told() {
    let files = Files::new();
    let path = files.write("spans.jsonl", request("weather", &starts(300, 2)));
    let metrics = files.analyze(&[&path, "--format", "prometheus"]).out;
    let samples = metrics.lines().filter(|line| line.starts_with("program_starts{"));
    let sum: u64 = samples.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum();
    assert_eq!(sum, 600, "{metrics}");
    assert!(metrics.contains("program_starts{program=\"weather\",further=\"true\"} 88\n"), "{metrics}");
    assert_eq!(files.json(&[&path])["runs"]["starts_of_further_versions"], 88);
    let said = files.analyze(&[&path]).out;
    assert!(said.contains("  and 88 starts of versions beyond the bound\n"), "{said}");
    let html = page_of(&files, &path);
    assert!(html.contains("<p>And 88 starts of versions beyond the bound.</p>"), "{html}");
}

#[test]
fn a_page_of_spans_has_their_days_and_no_empty_tables_of_reports() {
    let files = Files::new();
    let html = page_of(&files, &files.write("spans.jsonl", request("weather", &starts(2, 30))));
    for section in ["days", "bugs", "by-version", "by-os", "by-environment", "by-operation", "lost"] {
        assert!(
            !html.contains(&format!("\"{section}\"")) && !html.contains(&format!("#{section}\"")),
            "{section}"
        );
    }
    assert!(html.contains("<h3>Runs from 2026-11-24 to 2026-11-26</h3>"), "{html}");
    for day in ["2026-11-24", "2026-11-25", "2026-11-26"] {
        let row = format!(
            "<tr><th scope=\"row\">{day}</th><td class=\"number\">20</td><td class=\"number\">unknown</td></tr>"
        );
        assert!(html.contains(&row), "{row}: {html}");
    }
    // Without a report nothing is known of crashes, not even that there were none.
    assert!(!html.contains("100 %"), "{html}");
    let path = files.folder.path().join("spans.jsonl");
    let runs = &files.json(&[path.to_str().unwrap()])["runs"];
    assert_eq!(
        (&runs["versions"][0]["fatal"], &runs["versions"][0]["crash_free"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(runs["days"][0], json!(["2026-11-24", 20, null]));
    for link in html.split("href=\"#").skip(1).map(|link| link.split('"').next().unwrap()) {
        assert!(html.contains(&format!("id=\"{link}\"")), "{link}");
    }
}

#[test]
fn a_few_old_reports_stand_outside_of_the_days_and_are_told() {
    let files = Files::new();
    let path = files.write("reports.jsonl", six_weeks() + &line(9_000, "2026-01-26", 1, "1.3.0", "linux"));
    let said = files.analyze(&[&path]);
    assert!(
        said.out
            .starts_with("weather: 1,079 reports, of 10 bugs in 2 versions from 2026-10-17 to 2026-11-27\n")
    );
    let note = "1 report before 2026-10-17, apart from all others: compared with no day\n";
    assert!(said.err.contains(note), "{said:?}");
    let found = files.json(&[&path]);
    assert_eq!((&found["first_day"], &found["compared_from"]), (&json!("2026-01-26"), &json!("2026-10-17")));
    assert_eq!((&found["rises"], &found["left_out"]["before_days"]), (&json!([]), &json!(1)));
    let html = page_of(&files, &path);
    assert!(html.contains("<span>2026-10-17</span> <span>2026-11-27</span>"), "{html}");
    assert!(html.contains(&format!("<li><bdi>{}</bdi></li>", note.trim_end())), "{html}");
}

#[test]
fn an_old_start_stands_outside_of_the_runs_and_is_told() {
    let files = Files::new();
    let mut starts = starts(1, 99);
    let time = json!(noon(YESTERDAY - 300).to_string());
    (starts[7]["startTimeUnixNano"], starts[7]["endTimeUnixNano"]) = (time.clone(), time);
    let path = files.write("spans.jsonl", request("weather", &starts));
    let said = files.analyze(&[&path]);
    assert!(said.out.contains("\nRuns from 2026-11-24 to 2026-11-26\n"), "{said:?}");
    assert!(
        said.err.contains("1 start before 2026-11-24, apart from all others: not counted as runs\n"),
        "{said:?}"
    );
    let runs = &files.json(&[&path])["runs"];
    assert_eq!((&runs["versions"][0]["starts"], &runs["starts_before_days"]), (&json!(98), &json!(1)));
    assert_eq!(runs["days"].as_array().unwrap().len(), 3);
}
