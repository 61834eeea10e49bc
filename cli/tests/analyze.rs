//! `analyze`, on files of the file provider and of a collector.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use crawl4ai_telemetry_conformance::sample;
use crawl4ai_telemetry_core::TelemetryProvider;
use crawl4ai_telemetry_otlp::OtlpProvider;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use prost::Message;
use serde_json::{Value, json};
use support::{Said, User, assert_snapshot};

/// A folder with files of reports.
struct Files {
    folder: tempfile::TempDir,
    user: User,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), user: User::new() }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn analyze(&self, arguments: &[&str]) -> Said {
        self.user.crwl(&[&["analyze", "--until", "2026-11-27"], arguments].concat())
    }

    fn json(&self, files: &[&str]) -> Value {
        let said = self.analyze(&[files, &["--json"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        serde_json::from_str(&said.out).unwrap()
    }
}

/// A line of the file provider.
fn line(number: u64, day: &str, bug: u64, version: &str, os: &str) -> String {
    let report = json!({
        "schema": 1, "id": format!("{:032x}", u128::from(number) << 64), "time": format!("{day}T12:00:00Z"),
        "level": "error", "privacy": "own_words", "app": { "name": "weather", "version": version },
        "environment": "cli", "platform": { "os": os, "arch": "x86_64" }, "fingerprint": format!("{bug:016x}"),
        "exceptions": [{
            "kind": "error", "type": format!("weather::Error{bug}"), "value": "no answer",
            "frames": [
                { "function": "core::fmt::write", "in_app": false },
                { "function": "weather::forecast", "file": "src/main.rs", "line": 7, "in_app": true },
            ],
        }],
        "operations": ["main", "forecast"], "context": {},
    });
    report.to_string() + "\n"
}

/// Six weeks of reports of ten bugs. One bug is new in 1.4.0, and one only occurs on Windows.
fn six_weeks() -> String {
    let mut lines = String::new();
    let days: Vec<String> = (17..=31)
        .map(|d| format!("2026-10-{d}"))
        .chain((1..=27).map(|d| format!("2026-11-{d:02}")))
        .collect();
    let mut number = 0;
    for (at, day) in days.iter().enumerate() {
        let version = if at < 28 { "1.3.0" } else { "1.4.0" };
        for bug in 1..=8 {
            for os in ["linux", "linux", "windows"] {
                number += 1;
                lines += &line(number, day, bug, version, os);
            }
        }
        number += 2;
        lines += &line(number, day, 9, version, "windows");
        if at >= 28 {
            lines += &line(number + 1, day, 10, version, ["linux", "linux", "windows"][at % 3]);
            lines += &line(number + 2, day, 10, version, ["linux", "windows", "linux"][at % 3]);
            number += 2;
        }
    }
    lines.replace(r#""context":{}"#, r#""context":{},"losses":{"rate_limited":2}"#)
}

#[test]
fn bugs_and_what_stands_out_are_told_in_words() {
    let files = Files::new();
    let said = files.analyze(&[&files.write("reports.jsonl", six_weeks())]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_snapshot("analyze.txt", &said.out);
    let found = files.json(&[&files.write("reports.jsonl", six_weeks())]);
    assert_eq!(found["changes"][0]["fingerprint"], "000000000000000a");
    assert_eq!(
        (&found["changes"][0]["kind"], &found["changes"][0]["version"]),
        (&"new".into(), &"1.4.0".into())
    );
    assert_eq!(
        (&found["over_represented"][0]["value"], &found["over_represented"][0]["count"]),
        (&"windows".into(), &42.into())
    );
    assert_eq!((&found["lost"]["rate_limited"], &found["reports"]), (&json!(2 * 1078), &1078.into()));
}

/// The lines that a collector's file exporter writes for reports that a program sent.
fn exported(reports: &[crawl4ai_telemetry_core::Report]) -> String {
    let provider = OtlpProvider::new("http://127.0.0.1:4318").unwrap();
    let requests = reports.iter().map(|report| {
        let bytes = provider.render(report).unwrap().bytes;
        serde_json::to_string(&ExportLogsServiceRequest::decode(&*bytes).unwrap()).unwrap() + "\n"
    });
    requests.collect()
}

#[test]
fn a_collectors_file_says_the_same_as_the_programs_own() {
    let files = Files::new();
    let reports = [sample::error_report(), sample::panic_report()];
    let own: String = reports.iter().map(|report| serde_json::to_string(report).unwrap() + "\n").collect();
    let own = files.json(&[&files.write("own.jsonl", own)]);
    let exported = exported(&reports);
    assert!(
        exported.contains(r#""resourceLogs":[{"resource":{"attributes":[{"key":"service.name""#),
        "{exported}"
    );
    let collected = files.json(&[&files.write("exported.jsonl", exported)]);
    assert_eq!(own["reports"], 2);
    assert_eq!(own, collected);
}

#[test]
fn what_is_no_report_is_counted_and_told() {
    let files = Files::new();
    let good = line(1, "2026-11-26", 1, "1.4.0", "linux");
    let hostile = line(2, "2026-11-26", 2, "\u{1b}[2J\u{202e}", "\u{9b}31m")
        .replace("weather::Error2", "\\u001b]0;title\\u0007\\nYou said yes.");
    let input = [
        good.as_bytes(),
        good.split_at(good.len() / 2).0.as_bytes(),
        b"\n\n   \nnull\n[1]\n{\"span\":\"a usage span\"}\n\xff\xfe\x00\n",
        b"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"another program's\"}}]}]}]}\n",
        b"{\"resourceLogs\":7}\n",
        format!("{{\"pad\":\"{}\"}}\n", "x".repeat(17 * 1024 * 1024)).as_bytes(),
        "[".repeat(100_000).as_bytes(),
        b"\n",
        hostile.as_bytes(),
        line(3, "2027-11-26", 1, "1.4.0", "linux").as_bytes(),
        line(4, "1999-11-26", 1, "1.4.0", "linux").as_bytes(),
        line(5, "yesterday", 1, "1.4.0", "linux").as_bytes(),
        line(6, "2026-11-26", 1, "1.4.0", "linux").replace("\"weather\"", "\"other\\u001b[2J\"").as_bytes(),
        line(7, "2026-11-26", 1, "1.4.0", "linux").replace("\"schema\":1", "\"schema\":99").as_bytes(),
        line(8, "2026-11-26", 1, "1.4.0", "linux").replace("0000000000000001", "1e400").as_bytes(),
        good.as_bytes(),
    ]
    .concat();
    let path = files.write("reports.jsonl", input);
    let said = files.analyze(&[&path]);
    assert_eq!(said.code, 0, "{said:?}");
    for expected in [
        "2 lines: no JSON, or torn\n",
        "1 line: longer than 16 MiB\n",
        "8 records: JSON, and no crash report\n",
        "1 report: the same id as an earlier report\n",
        "left out; `--program NAME` shows them: 1 of other\\u001b[2J\n",
        "1 report dated in the future, counted without a day\n",
        "1 report older than 400 days, counted without a day\n",
        "1 report without a date, counted without a day\n",
    ] {
        assert!(said.err.contains(expected), "{expected:?} in\n{}", said.err);
    }
    let all = said.out + &said.err;
    assert!(all.chars().all(|c| c == '\n' || !c.is_control()) && !all.contains('\u{202e}'), "{all}");
    assert!(all.contains("\\u001b]0;title\\u0007\\u000aYou said yes."), "{all}");

    let other = files.analyze(&[&path, "--program", "other\u{1b}[2J"]);
    assert!(other.out.contains("1 report, of 1 bug"), "{other:?}");
    let nobody = files.analyze(&[&path, "--program", "nobody"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(nobody.err.contains("no report is of nobody"), "{nobody:?}");
}

#[test]
fn files_that_cannot_be_read_are_errors_and_a_reader_may_go() {
    let files = Files::new();
    let empty = files.write("empty", "");
    let folder = files.folder.path().to_str().unwrap().to_owned();
    for path in [&empty, &folder, &format!("{folder}/nothing")] {
        let said = files.analyze(&[path]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.starts_with("error: "), "{said:?}");
    }
    let mut child = files.user.command(&["analyze", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(line(1, "2026-11-26", 1, "1.4.0", "linux").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("weather: 1 report"));

    let path = files.write("reports.jsonl", six_weeks());
    let mut child = files.user.command(&["analyze", &path, "--json"]).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

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
