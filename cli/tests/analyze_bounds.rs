//! What `analyze` says where files hold more than it counts.

#![cfg(feature = "authors")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/files.rs"]
mod files;
mod support;

use files::{Files, line};

/// A line of a program with this name.
fn line_of(program: &str, number: u64) -> String {
    line(number, "2026-11-26", 1, "1.4.0", "linux").replace("weather", program)
}

#[test]
fn a_later_program_of_most_reports_is_never_passed_over() {
    let files = Files::new();
    let mut lines: String = (0..20).map(|number| line_of(&format!("small{number:02}"), number)).collect();
    for number in 20..22 {
        lines += &line_of("small03", number);
    }
    let path = files.write("reports.jsonl", &lines);
    let found = files.json(&[&path]);
    assert_eq!((&found["program"], &found["reports"]), (&"small03".into(), &3.into()));
    assert_eq!(found["left_out"]["reports_of_other_programs"], 19);

    for number in 30..40 {
        lines += &line_of("large", number);
    }
    let path = files.write("reports.jsonl", &lines);
    for more in [&[][..], &["--json"], &["--format", "prometheus"]] {
        let said = files.analyze(&[&[path.as_str()], more].concat());
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.contains("more than 16 programs") && said.err.contains("--program"), "{said:?}");
    }
    let found = files.json(&[&path, "--program", "large"]);
    assert_eq!((&found["program"], &found["reports"]), (&"large".into(), &10.into()));
    assert_eq!(found["left_out"]["reports_of_other_programs"], 22);
}

/// More versions than are told apart. Bug 1 has a report of each version, bug 2 of the first hundred only.
#[test]
fn versions_beyond_the_bound_make_no_claim() {
    let files = Files::new();
    let mut lines = String::new();
    let mut number = 0;
    for version in 0..400 {
        for bug in [1, 1, 1, 2, 2] {
            number += 1;
            if bug == 1 || version < 100 {
                lines += &line(number, "2026-11-26", bug, &format!("1.{version}.0"), "linux");
            }
        }
    }
    // The oldest version is the last one that is read.
    lines += &line(number + 1, "2026-11-26", 1, "0.1.0", "linux");
    let path = files.write("reports.jsonl", &lines);
    let found = files.json(&[&path]);
    let (first, second) = (&found["bugs"][0], &found["bugs"][1]);
    assert_eq!((&first["fingerprint"], &first["count"]), (&"0000000000000001".into(), &1_201.into()));
    assert!(first["first_version"].is_null() && first["last_version"].is_null(), "{first}");
    assert_eq!((&second["first_version"], &second["last_version"]), (&"1.0.0".into(), &"1.99.0".into()));
    let changes = found["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["fingerprint"] == "0000000000000002"), "{changes:?}");
    assert_eq!(found["left_out"]["reports_of_further_names"]["version"], 433);
    assert_eq!(found["left_out"]["reports_of_further_names"]["os"], 0);

    let said = files.analyze(&[&path]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("in more than 256 versions"), "{said:?}");
    assert!(said.out.contains("    1,201  unknown     unknown  "), "{said:?}");
    assert!(said.err.contains("433 reports of further versions: only 256 are told apart\n"), "{said:?}");
}

/// A bug that lives on in versions beyond the bound has not stopped, and one that is older is not new.
#[test]
fn a_bug_that_lives_on_beyond_the_bound_has_not_stopped() {
    let files = Files::new();
    let mut lines = String::new();
    let mut number = 0;
    let mut add = |bug: u64, version: u64| {
        number += 1;
        lines += &line(number, "2026-11-26", bug, &format!("1.{version}.0"), "linux");
    };
    for version in 0..256 {
        (0..4).for_each(|_| add(1, version));
    }
    for bug in [2, 3] {
        // Only in the oldest or the newest of the versions that are told apart, and in later ones.
        (0..40).for_each(|at| add(bug, if bug == 2 { at % 20 } else { 236 + at % 20 }));
        (0..40).for_each(|at| add(bug, 300 + at));
    }
    (0..40).for_each(|at| add(4, at % 20));
    let found = files.json(&[&files.write("reports.jsonl", &lines)]);
    let changes = found["changes"].as_array().unwrap();
    let of = |change: &serde_json::Value| (change["kind"].clone(), change["fingerprint"].clone());
    let changes: Vec<_> = changes.iter().map(of).collect();
    assert_eq!(changes, [("stopped".into(), "0000000000000004".into())]);
}
