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
