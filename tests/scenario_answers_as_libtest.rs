//! A scenario answers what `cargo test` and `cargo nextest` ask of a test program as libtest does: with lists, filters,
//! skipped tests that are shown as skipped, and exit codes.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a scenario is a program: it reads its environment")]

mod scenario;
use std::process::Command;

use scenario::Stage;
use scenario::harness::Test;

/// The variable that is set for the runs inside this test, in which the tests of [`tests`] exist.
const INNER: &str = "SCENARIO_INNER";

fn tests() -> Vec<Test> {
    vec![
        Test::new("passes", |stage| assert!(stage.run("part").status.success())),
        Test::new("fails", |_| panic!("on purpose")),
        Test::new("lacks", |_| panic!("runs without what it needs")).needs(Err("needs a unicorn".into())),
    ]
}

/// Runs this program as a test program, and returns its exit code and standard output.
fn ask(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let output = command.args(arguments).env(INNER, "1").output().expect("runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn lists() {
    // nextest asks twice. The second question is for the ignored tests.
    assert_eq!(
        ask(&["--list", "--format", "terse"]),
        (Some(0), "passes: test\nfails: test\nlacks: test\n".into())
    );
    assert_eq!(ask(&["--list", "--format", "terse", "--ignored"]), (Some(0), "lacks: test\n".into()));
    assert_eq!(ask(&["--list", "pass"]), (Some(0), "passes: test\n".into()));
}

fn runs(arguments: &[&str], code: i32, summary: &str) {
    let (found, output) = ask(arguments);
    assert_eq!(found, Some(code), "{arguments:?}: {output}");
    assert!(output.contains(summary), "{arguments:?}: {output}");
}

fn test(_: &Stage) {
    lists();
    let skip = ["--skip", "fails"];
    runs(&skip, 0, "ok. 1 passed; 0 failed; 1 ignored; 0 measured; 1 filtered out");
    runs(&skip, 0, "needs a unicorn");
    runs(&["lacks", "--exact"], 0, "ok. 0 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out");
    runs(&["pass", "--exact"], 0, "0 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out");
    runs(&["no such test"], 0, "0 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out");
    runs(&["--exact", "passes", "--nocapture"], 0, "test passes ... ok");
    runs(&["passes", "--no-capture", "--quiet", "--test-threads", "4"], 0, "1 passed");
    runs(&["passes", "lacks", "--include-ignored"], 0, "1 passed; 0 failed; 1 ignored");
    runs(&["fails"], 101, "FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 2 filtered out");
}

fn main() {
    if std::env::var_os(INNER).is_some() {
        return scenario::main_of(|_| {}, tests);
    }
    scenario::main(|_| {}, test);
}
