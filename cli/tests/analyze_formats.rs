//! What `analyze` writes for other programs.

#![cfg(feature = "authors")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/files.rs"]
mod files;
mod support;

use std::io::Write as _;
use std::process::Stdio;

use crawl4ai_telemetry_conformance::sample;
use files::{Files, exported, line, six_weeks};
use serde_json::{Value, json};

/// Parses a line of Prometheus' text format according to its grammar.
fn sample(line: &str) -> (String, Vec<(String, String)>, u64) {
    let (name, rest) = line.split_once('{').unwrap();
    assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{line}");
    let (mut labels, mut rest) = (Vec::new(), rest);
    while let Some((label, behind)) = rest.split_once("=\"") {
        let label = label.trim_start_matches(',');
        let mut value = String::new();
        let mut characters = behind.char_indices();
        let end = loop {
            match characters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next().unwrap().1 {
                    'n' => '\n',
                    escaped @ ('\\' | '"') => escaped,
                    other => panic!("no escape: {other}"),
                }),
                (_, other) => value.push(other),
            }
        };
        labels.push((label.to_owned(), value));
        rest = behind.get(end + 1..).unwrap();
    }
    (name.to_owned(), labels, rest.strip_prefix("} ").unwrap().parse().unwrap())
}

#[test]
fn prometheus_gets_counts_whose_labels_hold_anything() {
    let files = Files::new();
    let hostile = line(9_000, "2026-11-26", 77, "1.4.0\\\"\n{} 1", "linux");
    let path = files.write("reports.jsonl", six_weeks() + &hostile);
    let said = files.analyze(&[&path, "--format", "prometheus"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let mut typed = Vec::new();
    let mut samples = Vec::new();
    for line in said.out.lines() {
        match line.strip_prefix("# ") {
            Some(comment) if comment.starts_with("TYPE ") => {
                typed.push(comment.split(' ').nth(1).unwrap().to_owned())
            }
            Some(comment) => assert!(comment.starts_with("HELP "), "{line}"),
            None => {
                let (name, labels, value) = sample(line);
                assert_eq!(typed.last(), Some(&name), "families stand together: {line}");
                samples.push((name, labels, value));
            }
        }
    }
    let sum = |wanted: &str| {
        samples.iter().filter(|(name, ..)| name == wanted).map(|(.., value)| value).sum::<u64>()
    };
    for name in ["crash_reports", "crash_reports_by_os", "crash_reports_by_version", "crash_bug_reports"] {
        assert_eq!(sum(name), 1_079, "{name}");
    }
    assert_eq!((sum("crash_bugs"), sum("crash_reports_lost")), (11, 2 * 1_078));
    let is_hostile =
        |labels: &Vec<(String, String)>| labels.iter().any(|(_, value)| value == "1.4.0\\\"\n{} 1");
    assert_eq!(samples.iter().filter(|(_, labels, _)| is_hostile(labels)).count(), 2);
    assert!(samples.iter().all(|(_, labels, _)| labels[0] == ("program".to_owned(), "weather".to_owned())));

    // Prometheus' own checker, if it is installed.
    let checker =
        std::process::Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).spawn();
    if let Ok(mut checker) = checker {
        checker.stdin.take().unwrap().write_all(said.out.as_bytes()).unwrap();
        assert!(checker.wait().unwrap().success());
    }
}

#[test]
fn elasticsearch_gets_each_report_once_by_the_names_of_its_schema() {
    let files = Files::new();
    let reports = [sample::error_report(), sample::panic_report()];
    let own: String = reports.iter().map(|report| serde_json::to_string(report).unwrap() + "\n").collect();
    for input in [own, exported(&reports)] {
        let path = files.write("reports.jsonl", input);
        let said = files.analyze(&[&path, &path, "--format", "elastic"]);
        assert_eq!((said.code, said.err.as_str()), (0, "2 reports: the same id as an earlier report\n"));
        let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 4);
        for (pair, report) in lines.chunks(2).zip(&reports) {
            let id = report.id().to_string();
            assert_eq!(pair[0], json!({ "create": { "_id": id } }));
            let (document, first) = (&pair[1], &report.exceptions()[0]);
            for (key, expected) in [
                ("@timestamp", report.time().to_string()),
                ("event.id", id),
                ("error.id", report.fingerprint().to_string()),
                ("error.type", first.type_name().to_owned()),
                ("service.name", "sample-tool".to_owned()),
                ("service.version", report.app_version().to_owned()),
                ("log.level", report.level().name().to_owned()),
            ] {
                assert_eq!(document[key], expected, "{key}");
            }
            assert_eq!(document["error.message"].as_str(), first.value());
            assert!(
                document["error.stack_trace"].as_str().is_some_and(|stack| stack.contains("sample_tool::"))
            );
        }
    }
    let said = files.analyze(&[&files.write("none.jsonl", "{}\n"), "--format", "elastic"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
}

#[test]
fn elasticsearch_is_told_what_is_left_out() {
    let files = Files::new();
    let lines = [
        line(1, "2026-11-26", 1, "1.4.0", "linux"),
        line(2, "yesterday", 1, "1.4.0", "linux"),
        line(3, "2026-11-26", 1, "1.4.0", "linux").replace("weather", "climate"),
    ];
    let path = files.write("reports.jsonl", lines.concat());
    let said = files.analyze(&[&path, "--format", "elastic", "--program", "weather"]);
    assert_eq!((said.code, said.out.lines().count()), (0, 4), "{said:?}");
    assert!(said.err.contains("1 report without a date, written without @timestamp\n"), "{said:?}");
    assert!(
        said.err.contains("Reports of other programs are left out") && said.err.contains("1 of others\n"),
        "{said:?}"
    );
    let found = files.json(&[&path, "--program", "weather"]);
    assert_eq!(
        (&found["left_out"]["undated"], &found["left_out"]["ids_forgotten"]),
        (&json!(1), &json!(false))
    );
}

/// The values of all samples of a metric, by their labels besides the program.
fn samples(text: &str, metric: &str) -> Vec<(Vec<(String, String)>, u64)> {
    let all = text.lines().filter(|line| !line.starts_with('#')).map(sample);
    all.filter(|(name, ..)| name == metric).map(|(_, labels, value)| (labels[1..].to_vec(), value)).collect()
}

#[test]
fn every_series_is_there_once_whatever_names_are_called() {
    let files = Files::new();
    let mut lines = String::new();
    for number in 0..300 {
        lines += &line(number, "2026-11-26", 1, &format!("1.{number}.0"), "linux");
    }
    for (number, operations) in [(300, r#"["others"]"#), (301, r#"["none"]"#), (302, "[]")] {
        let report = line(number, "2026-11-26", 1, "others", "linux");
        lines += &report.replace(r#"["main","forecast"]"#, operations);
    }
    let early = line(303, "2026-11-26", 1, "others", "linux");
    let path = files.write("reports.jsonl", early + &lines);
    let said = files.analyze(&[&path, "--format", "prometheus"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut series: Vec<&str> = said.out.lines().filter_map(|line| Some(line.rsplit_once(' ')?.0)).collect();
    let all = series.len();
    series.sort_unstable();
    series.dedup();
    assert_eq!(series.len(), all, "each series once");
    let label = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let operations = samples(&said.out, "crash_reports_by_operation");
    for (operation, count) in [("forecast", 301), ("others", 1), ("none", 1), ("", 1)] {
        assert!(operations.contains(&(label("operation", operation), count)), "{operation}: {operations:?}");
    }
    let versions = samples(&said.out, "crash_reports_by_version");
    assert!(versions.contains(&(label("version", "others"), 4)), "{versions:?}");
    assert!(versions.contains(&(label("further", "true"), 45)), "{versions:?}");
}

#[test]
fn totals_add_up_whatever_is_beyond_the_bounds() {
    let files = Files::new();
    let lines: String = (0..20_050).map(|bug| line(bug, "2026-11-26", bug, "1.4.0", "linux")).collect();
    let path = files.write("reports.jsonl", lines);
    let said = files.analyze(&[&path, "--format", "prometheus"]);
    for metric in ["crash_reports", "crash_reports_by_os", "crash_reports_by_version", "crash_bug_reports"] {
        let sum: u64 = samples(&said.out, metric).iter().map(|(_, count)| count).sum();
        assert_eq!(sum, 20_050, "{metric}");
    }
}
