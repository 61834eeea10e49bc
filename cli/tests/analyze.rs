//! `analyze`, on files of the file provider.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/files.rs"]
mod files;
mod support;

use std::io::Write as _;
use std::process::Stdio;

use files::{Files, line, six_weeks};
use serde_json::json;
use support::assert_snapshot;

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
        "8 records: JSON, and neither a crash report nor a span\n",
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
