//! A notebook whose user has not decided shows the choices once, sends nothing, stores nothing and reads nothing.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a notebook prints")]

mod scenario;
use std::process::{Output, Stdio};

use crawl4ai_telemetry::{
    App, Outcome, Reason, Rule, Telemetry, capture_exception, context, enable, enable_once,
};
use scenario::Stage;

fn program(part: &str) {
    let folder = scenario::folder();
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        .file(folder.join("reports.jsonl"))
        .exit_timeout(std::time::Duration::from_secs(5));
    let _telemetry = telemetry.install().expect("installed");
    println!("cell 1");
    // The process of a cell lives on after a panic, and the hook prints nothing.
    let _ = std::panic::catch_unwind(|| panic!("a cell panics"));
    let capture = || capture_exception(&std::io::Error::other("x"), context! {});
    for _ in 0..3 {
        assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::NotebookUnanswered)));
    }
    match part {
        "always" => enable().expect("stored"),
        "once" => enable_once().expect("stored"),
        _ => return,
    }
    assert!(matches!(capture(), Outcome::Queued(_)));
}

/// Standard input stays open and silent, as a kernel's does: whoever reads it waits for ever.
fn run(stage: &Stage, part: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = stage.command(part);
    command.env_remove("CRAWL4AI_TELEMETRY").envs(variables.iter().copied());
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("runs");
    let silent = child.stdin.take();
    let output = child.wait_with_output().expect("ends");
    drop(silent);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn test(_: &Stage) {
    let rust = [("EVCXR_IS_RUNTIME", "1"), ("JPY_PARENT_PID", "7")];
    for (part, delivered) in [("", 0), ("once", 1), ("always", 1)] {
        let stage = Stage::new();
        let output = run(&stage, part, &rust);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 4, "once: {out}");
        assert_eq!(lines[0], "cell 1");
        assert_eq!(lines[1], "EVCXR_BEGIN_CONTENT text/html");
        assert!(lines[2].contains("<code>crawl4ai_telemetry::enable_once()?;</code>"), "{out}");
        assert_eq!(lines[3], "EVCXR_END_CONTENT");
        assert!(!out.contains("EVCXR_INPUT_REQUEST"));
        assert_eq!(stage.delivered().len(), delivered, "{part}");
        if delivered == 0 {
            assert!(stage.files().is_empty(), "{:?}", stage.files());
        }
    }

    // Another language's kernel: standard output is not ours, whatever is shown.
    let stage = Stage::new();
    let output = run(&stage, "", &[("JPY_PARENT_PID", "7")]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "cell 1\n");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(err.matches("!tool telemetry enable --once").count(), 1, "{err}");
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

fn main() {
    scenario::main(program, test);
}
