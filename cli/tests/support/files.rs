//! Files of reports, and what `analyze` says of them.

#![allow(dead_code, reason = "each test file uses its part of it")]

use std::fs;
use std::path::PathBuf;

use crawl4ai_telemetry_core::TelemetryProvider;
use crawl4ai_telemetry_otlp::OtlpProvider;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use prost::Message;
use serde_json::{Value, json};

use crate::support::{Said, User};

/// A folder with files of reports.
pub(crate) struct Files {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) user: User,
}

impl Files {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), user: User::new() }
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn analyze(&self, arguments: &[&str]) -> Said {
        self.user.crwl(&[&["analyze", "--until", "2026-11-27"], arguments].concat())
    }

    pub(crate) fn json(&self, files: &[&str]) -> Value {
        let said = self.analyze(&[files, &["--json"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        serde_json::from_str(&said.out).unwrap()
    }
}

/// A line of the file provider.
pub(crate) fn line(number: u64, day: &str, bug: u64, version: &str, os: &str) -> String {
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
pub(crate) fn six_weeks() -> String {
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

/// The lines that a collector's file exporter writes for reports that a program sent.
pub(crate) fn exported(reports: &[crawl4ai_telemetry_core::Report]) -> String {
    let provider = OtlpProvider::new("http://127.0.0.1:4318").unwrap();
    let requests = reports.iter().map(|report| {
        let bytes = provider.render(report).unwrap().bytes;
        serde_json::to_string(&ExportLogsServiceRequest::decode(&*bytes).unwrap()).unwrap() + "\n"
    });
    requests.collect()
}
