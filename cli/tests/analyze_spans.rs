//! `analyze`, on spans in files of a collector.

#![cfg(feature = "authors")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/files.rs"]
mod files;
#[path = "support/spans.rs"]
mod spans;
mod support;

use crawl4ai_telemetry_conformance::sample;
use files::{Files, line};
use serde_json::{Value, json};
use spans::{YESTERDAY, exported, noon, request, span};
use support::assert_snapshot;

/// The rows that the page shows below a heading are those of the command.
fn assert_page_shows(heading: &str, said: &str) {
    let page = include_str!("../../docs/many-reports.md");
    let rows: Vec<_> = page
        .lines()
        .skip_while(|line| !line.starts_with(heading))
        .take_while(|line| *line != "```")
        .collect();
    assert!(rows.len() > 2, "{heading}");
    let missing: Vec<_> = rows.into_iter().filter(|row| !said.lines().any(|line| line == *row)).collect();
    assert!(missing.is_empty(), "{missing:?} in\n{said}");
}

/// Two versions of two spans. Forecasts take from 1 to 100 ms, and one in ten of 1.4.0 fails.
fn two_versions() -> String {
    let mut lines = String::new();
    for (at, version) in ["1.3.0", "1.4.0"].into_iter().enumerate() {
        let first = at as u64 * 1_000;
        let forecasts = (0..400).map(|number| {
            let failed = at == 1 && number % 10 == 0;
            span(first + number, "Forecast Asked", version, 1 + number % 100, failed)
        });
        let starts = (400..500).map(|number| span(first + number, "Settings Read", version, 0, false));
        lines += &request("weather", &forecasts.chain(starts).collect::<Vec<_>>());
    }
    lines
}

#[test]
fn spans_are_told_by_name_and_version_with_outcomes_and_percentiles() {
    let files = Files::new();
    let path = files.write("spans.jsonl", two_versions());
    let said = files.analyze(&[&path]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_snapshot("analyze-spans.txt", &said.out);
    assert_page_shows("    SPANS  ", &said.out);

    let found = &files.json(&[&path])["spans"];
    assert_eq!((&found["count"], &found["versions"]), (&json!(1_000), &json!(["1.3.0", "1.4.0"])));
    let forecasts = &found["names"][0];
    assert_eq!((&forecasts["name"], &forecasts["count"]), (&json!("Forecast Asked"), &json!(800)));
    assert_eq!((&forecasts["failed"], &forecasts["exact"]), (&json!(40), &json!(true)));
    let percentiles = |of: &Value| (of["p50_ms"].clone(), of["p90_ms"].clone(), of["p99_ms"].clone());
    assert_eq!(percentiles(forecasts), (json!(50.0), json!(90.0), json!(99.0)));
    let last = &forecasts["versions"][1];
    assert_eq!(
        (&last["version"], &last["count"], &last["failed"]),
        (&json!("1.4.0"), &json!(400), &json!(40))
    );
    assert_eq!(percentiles(&found["names"][1]), (json!(null), json!(null), json!(null)), "recorded at once");
}

#[test]
fn what_a_program_sends_through_a_collector_is_read() {
    let files = Files::new();
    let path = files.write("spans.jsonl", exported(&[sample::usage_span()]));
    let found = files.json(&[&path]);
    let sent = sample::usage_span();
    assert_eq!((&found["program"], &found["reports"]), (&json!(sent.service()), &json!(0)));
    let name = &found["spans"]["names"][0];
    assert_eq!((&name["name"], &name["count"]), (&json!(sent.spec().name()), &json!(1)));
    assert_eq!(name["failed"], u64::from(sent.failed()));
    let millis = sent.end().as_millis() - sent.start().as_millis();
    // This one is recorded at once.
    assert_eq!((millis, &name["p50_ms"]), (0, &json!(null)));
}

#[test]
fn a_foreign_span_takes_no_other_along_and_hostile_names_are_shown_safely() {
    let files = Files::new();
    let good = span(1, "Forecast Asked", "1.4.0", 7, false);
    for foreign in [
        json!(null),
        json!([[7]]),
        json!({}),
        json!({ "spanId": "0000000000000000", "name": "no id" }),
        json!({ "spanId": 7, "name": "no id" }),
        json!({ "spanId": "00000000000000ff", "name": "" }),
        json!({ "spanId": "00000000000000ff", "name": null }),
        json!({ "spanId": "00000000000000ff", "name": "x", "attributes": "none" }),
        json!({ "spanId": "00000000000000ff", "name": "x", "status": 7 }),
    ] {
        let path = files.write("spans.jsonl", request("weather", &[foreign.clone(), good.clone()]));
        let found = files.json(&[&path]);
        assert_eq!(
            (&found["spans"]["count"], &found["left_out"]["no_reports"]),
            (&json!(1), &json!(1)),
            "{foreign}"
        );
    }
    let with = |key: &str, value: Value| {
        let mut span = span(9, "Forecast Asked", "1.4.0", 7, false);
        span[key] = value;
        span
    };
    for (key, value) in [
        ("endTimeUnixNano", json!("7")),
        ("endTimeUnixNano", json!(-7)),
        ("startTimeUnixNano", json!(0)),
        ("startTimeUnixNano", json!("99999999999999999999999")),
    ] {
        let path = files.write("spans.jsonl", request("weather", &[with(key, value), good.clone()]));
        let said = files.analyze(&[&path]);
        assert!(
            said.err.contains("1 span without a start or an end, counted without a duration\n"),
            "{said:?}"
        );
        assert!(said.out.contains("2 spans, of 1 name in 1 version\n"), "{said:?}");
    }
    let failed = with("status", json!({ "code": "STATUS_CODE_ERROR" }));
    let unset = |span: Value| with("status", span);
    for (span, count) in
        [(failed, 1), (unset(json!({})), 0), (unset(json!(null)), 0), (unset(json!({ "code": 0 })), 0)]
    {
        let found = files.json(&[&files.write("spans.jsonl", request("weather", &[span]))]);
        assert_eq!(found["spans"]["names"][0]["failed"], count);
    }

    let hostile = "\u{1b}[2J\u{202e}\nYou said yes.\u{9b}31m";
    let spans = [span(1, hostile, hostile, 7, false), span(2, &"x".repeat(5_000), "1.4.0", 7, true)];
    let path = files.write("spans.jsonl", request(hostile, &spans));
    for format in ["text", "json", "prometheus"] {
        let said = files.analyze(&[&path, "--format", format]);
        let all = said.out + &said.err;
        let shows = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
        // JSON and labels in a file are exact, as they are of reports.
        assert!(format != "text" || all.chars().all(shows), "{format}: {all}");
        assert!(
            all.lines().all(|line| line.len() < 1_000 && !line.starts_with("You said")),
            "{format}: {all}"
        );
    }
}

#[test]
fn doubles_count_once_and_other_programs_stay_out() {
    let files = Files::new();
    let ours = request("weather", &[span(1, "Forecast Asked", "1.4.0", 7, false)]);
    let mut resource: Value = serde_json::from_str(&ours).unwrap();
    resource["resourceSpans"][0]["resource"] = json!(null);
    let others: Vec<_> = (10..15).map(|number| span(number, "GET /", "7", 7, false)).collect();
    let lines = [
        ours.clone(),
        ours,
        resource.to_string().replace("0000000000000002", "0000000000000003") + "\n",
        request("shop", &others),
    ];
    let path = files.write("spans.jsonl", lines.concat());
    // The program with most spans, where there is no report at all.
    assert_eq!(files.json(&[&path])["program"], "shop");
    // A report decides.
    let report = files.write("reports.jsonl", line(1, "2026-11-26", 1, "1.4.0", "linux"));
    let found = files.json(&[&path, &report]);
    assert_eq!((&found["program"], &found["reports"]), (&json!("weather"), &json!(1)));
    assert_eq!(found["spans"]["count"], 1);
    let left_out = &found["left_out"];
    assert_eq!((&left_out["span_doubles"], &left_out["spans_of_other_programs"]), (&json!(1), &json!(5)));
    assert_eq!(left_out["no_reports"], 1, "a span of no program");
    let said = files.analyze(&[&path, &report]);
    assert!(said.err.contains("1 span: the same id as an earlier span\n"), "{said:?}");
    assert!(
        said.err.contains("Spans of other programs are left out; `--program NAME` shows them: 5 of shop\n")
    );
    let shop = files.json(&[&path, &report, "--program", "shop"]);
    assert_eq!((&shop["reports"], &shop["spans"]["count"]), (&json!(0), &json!(5)));
    let elastic = files.analyze(&[&path, &report, "--format", "elastic"]);
    assert_eq!((elastic.code, elastic.out.lines().count()), (0, 2));
    assert!(elastic.err.contains("6 spans: this format has crash reports only\n"), "{elastic:?}");
}

#[test]
fn spans_of_many_programs_crowd_out_no_report() {
    let files = Files::new();
    let mut lines: String =
        (0..40).map(|at| request(&format!("other{at}"), &[span(at, "GET /", "7", 7, false)])).collect();
    lines += &request("weather", &[span(100, "Forecast Asked", "1.4.0", 7, false)]);
    lines += &line(1, "2026-11-26", 1, "1.4.0", "linux");
    let path = files.write("spans.jsonl", lines);
    let said = files.analyze(&[&path]);
    assert!(said.out.starts_with("weather: 1 report"), "{said:?}");
    assert!(
        said.err.contains("spans of more than 16 programs; `--program NAME` counts all of weather\n"),
        "{said:?}"
    );
    let found = files.json(&[&path, "--program", "weather"]);
    assert_eq!((&found["reports"], &found["spans"]["count"]), (&json!(1), &json!(1)));
    assert_eq!(found["left_out"]["spans_of_other_programs"], 40);
}

#[test]
fn samples_of_prometheus_add_up_to_all_spans() {
    let files = Files::new();
    let spans: Vec<_> = (0..900)
        .map(|n| span(n, &format!("Span {}", n % 300), &format!("1.{}.0", n % 290), n % 7, n % 3 == 0))
        .collect();
    let path = files.write("spans.jsonl", request("weather", &spans));
    let said = files.analyze(&[&path, "--format", "prometheus"]);
    assert_eq!(said.code, 0);
    assert!(said.err.contains("132 spans of further names: only 256 are told apart\n"), "{said:?}");
    let samples = said.out.lines().filter(|line| line.starts_with("usage_spans{"));
    let sum: u64 = samples.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum();
    assert_eq!(sum, 900);
    let mut series: Vec<_> = said.out.lines().filter_map(|line| Some(line.rsplit_once(' ')?.0)).collect();
    let all = series.len();
    series.sort_unstable();
    series.dedup();
    assert_eq!(series.len(), all, "each series once");
    let two = files.write("two.jsonl", two_versions());
    let said = files.analyze(&[&two, "--format", "prometheus"]);
    for expected in [
        "usage_spans{program=\"weather\",span=\"Forecast Asked\",version=\"1.4.0\",outcome=\"error\"} 40\n",
        "usage_spans{program=\"weather\",span=\"Forecast Asked\",version=\"1.4.0\",outcome=\"ok\"} 360\n",
        "usage_span_duration_seconds{program=\"weather\",span=\"Forecast Asked\",quantile=\"0.99\"} 0.099\n",
    ] {
        assert!(said.out.contains(expected), "{expected}{}", said.out);
    }
}

/// Spans that all are different, in a file and in one line.
#[cfg(target_os = "linux")]
#[test]
fn memory_has_an_end_whatever_spans_say() {
    let files = Files::new();
    let mut lines = String::new();
    for at in 0..60_000_u64 {
        let (start, name) = (1_790_000_000_000_000_000_u64, at % 3_000);
        lines += &format!(
            r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"p{}"}}}}]}},"scopeSpans":[{{"spans":[{{"spanId":"{:016x}","name":"{name}{}","startTimeUnixNano":{start},"endTimeUnixNano":{},"attributes":[{{"key":"service.version","value":{{"stringValue":"{}"}}}}]}}]}}]}}]}}"#,
            at % 20,
            at + 1,
            "x".repeat(20),
            start + at * 1_000_000_000,
            at % 7_000,
        );
        lines.push('\n');
    }
    let many = r#"{"spanId":"0123456789abcdef","name":"a","startTimeUnixNano":1,"endTimeUnixNano":1},"#;
    let one = request("p0", &[span(1, "a", "1", 1, false)]);
    let one = one.replacen(
        r#""spans":["#,
        &[r#""spans":["#, &many.repeat(15 * 1024 * 1024 / many.len())].concat(),
        1,
    );
    let path = files.write("spans.jsonl", lines + &one);
    // The system refuses more than 128 MiB.
    let mut shell = std::process::Command::new("sh");
    let limited = r#"ulimit -v 131072; exec "$@""#;
    shell.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_crwl"), "telemetry", "analyze", &path, "--json"]);
    let output = shell.env("HOME", files.folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["program"], "p0");
}

/// Ten days of starts and crashes of two versions. The last one crashes more often.
fn ten_days() -> (String, String) {
    let (mut spans, mut reports, mut number) = (Vec::new(), String::new(), 0);
    for day in 17..=26 {
        for at in 0..100 {
            number += 1;
            let version = if at < 50 { "1.3.0" } else { "1.4.0" };
            let mut start = span(number, "Program Started", version, 0, false);
            start["startTimeUnixNano"] =
                json!((noon(YESTERDAY) - (26 - day) * 86_400 * 1_000_000_000).to_string());
            start["endTimeUnixNano"] = start["startTimeUnixNano"].clone();
            spans.push(start);
            if at == 0 || (50..60).contains(&at) || (day == 26 && at > 40) {
                let report = line(number, &format!("2026-11-{day}"), 1 + number % 2, version, "linux");
                reports += &report.replace(r#""level":"error""#, r#""level":"fatal""#);
            }
        }
    }
    (request("weather", &spans), reports)
}

#[test]
fn runs_that_ended_without_a_crash_are_estimated_where_starts_are_known() {
    let files = Files::new();
    let (spans, reports) = ten_days();
    let (spans, reports) = (files.write("spans.jsonl", spans), files.write("reports.jsonl", reports));
    let said = files.analyze(&[&reports, &spans]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_snapshot("analyze-runs.txt", &said.out);
    assert_page_shows("   STARTS  ", &said.out);
    let found = files.json(&[&reports, &spans]);
    let runs = &found["runs"];
    assert_eq!((&runs["first_day"], &runs["last_day"]), (&json!("2026-11-17"), &json!("2026-11-26")));
    assert_eq!(
        runs["versions"][0],
        json!({ "version": "1.3.0", "starts": 500, "fatal": 19, "crash_free": 0.962 })
    );
    let rise =
        found["rises"].as_array().unwrap().iter().find(|rise| rise["what"] == "fatal_reports_per_start");
    let rise = rise.unwrap();
    assert_eq!(
        (&rise["day"], &rise["starts"], &rise["starts_week_before"]),
        (&json!("2026-11-26"), &json!(100), &json!(700))
    );
    let change = &found["span_changes"][0];
    assert_eq!(
        (&change["kind"], &change["from_version"]),
        (&json!("fatal_reports_of_starts"), &json!("1.3.0"))
    );
    let said = files.analyze(&[&reports, &spans, "--format", "prometheus"]);
    for expected in [
        "program_starts{program=\"weather\",version=\"1.3.0\"} 500\n",
        "program_starts_fatal{program=\"weather\",version=\"1.3.0\"} 19\n",
        "program_crash_free_ratio{program=\"weather\",version=\"1.3.0\"} 0.962\n",
    ] {
        assert!(said.out.contains(expected), "{expected}{}", said.out);
    }
    assert!(files.json(&[&reports])["runs"].is_null());
}
