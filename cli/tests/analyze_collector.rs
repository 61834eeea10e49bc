//! `analyze`, on files of a collector.

#![cfg(feature = "authors")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/files.rs"]
mod files;
mod support;

use crawl4ai_telemetry_conformance::sample;
use files::{Files, exported};
use serde_json::{Value, json};

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

/// A line of a collector in which other programs' records, of any form, stand beside a report.
#[test]
fn a_foreign_record_takes_no_report_along() {
    let files = Files::new();
    let good = exported(&[sample::error_report()]);
    for foreign in [
        r#"{"attributes":[{"key":"n","value":{"intValue":-1}}]}"#,
        r#"{"attributes":[{"key":"n","value":{"intValue":"-9223372036854775808"}}]}"#,
        r#"{"attributes":[{"key":"report.fingerprint","value":{"intValue":1.5e9}}]}"#,
        r#"{"attributes":null}"#,
        r#"{"attributes":[{"value":{"stringValue":"no key"}},null,{"key":null},{}]}"#,
        r#"{"attributes":[{"key":"report.operations","value":{"arrayValue":{"values":null}}}]}"#,
        r#"{"timeUnixNano":-7,"attributes":"none"}"#,
        r#"{"severityText":7}"#,
        "null",
        "[[7]]",
    ] {
        let line = good.replacen(r#""logRecords":["#, &format!(r#""logRecords":[{foreign},"#), 1);
        assert_ne!(line, good);
        let found = files.json(&[&files.write("exported.jsonl", line)]);
        assert_eq!(
            (&found["reports"], &found["left_out"]["no_reports"]),
            (&json!(1), &json!(1)),
            "{foreign}"
        );
    }
    // What a record has besides what is read does not matter.
    for (old, new) in [
        (r#""attributes":["#, r#""attributes":[null,{"value":null},{"key":"n","value":{"intValue":-1}},"#),
        (r#""scopeLogs":["#, r#""schemaUrl":null,"scopeLogs":[{"scope":null,"logRecords":null},"#),
        (r#""resourceLogs":["#, r#""resourceLogs":[{"resource":null,"scopeLogs":null},{},"#),
    ] {
        let line = good.replace(old, new).replace(",]", "]");
        assert_ne!(line, good);
        let found = files.json(&[&files.write("exported.jsonl", line)]);
        assert_eq!(found["reports"], 1, "{new}");
    }
}

/// A line of 16 MiB, whose values take many times as much memory if all are kept.
#[cfg(target_os = "linux")]
#[test]
fn memory_has_an_end_whatever_a_line_holds() {
    let files = Files::new();
    let good = exported(&[sample::error_report()]);
    let values = r#""attributes":[{"key":"n","value":{"arrayValue":{"values":["#;
    for (list, before, element, after) in [
        (r#""attributes":["#, values, "{},", "{}]}}},"),
        (r#""attributes":["#, r#""attributes":["#, "{},", ""),
        (r#""scopeLogs":["#, r#""scopeLogs":["#, "{},", ""),
    ] {
        let many = [before, &element.repeat(15 * 1024 * 1024 / element.len()), after].concat();
        let path = files.write("exported.jsonl", good.replacen(list, &many, 1));
        // The system refuses more than 128 MiB.
        let limited = r#"ulimit -v 131072; exec "$@""#;
        let mut shell = std::process::Command::new("sh");
        shell.args([
            "-c",
            limited,
            "sh",
            env!("CARGO_BIN_EXE_crwl"),
            "telemetry",
            "analyze",
            &path,
            "--json",
        ]);
        let output = shell.env("HOME", files.folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{before}: {said}");
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["reports"], 1, "{before}");
    }
}
