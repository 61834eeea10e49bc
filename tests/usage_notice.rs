//! If nobody was asked about usage figures, one line says that they leave, where they go and how to stop them. Another
//! line says the same about shared texts, before they leave. `status` says that the figures are sent, although crash
//! reports are off.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a scenario is a program, and a test fails by panicking"
)]

mod scenario;
mod usage_sample;
use std::time::Duration;

use crawl4ai_telemetry::usage::Settings;
use scenario::{Stage, builder};

/// Long enough to deliver a batch.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program's own name for the shared texts.
const NAMED: &str = "the questions of people who share them";

fn program(part: &str) {
    let settings =
        Settings::file(scenario::folder().join("usage.jsonl"), usage_sample::SPANS).on_by_default();
    let settings = if part == "named" { settings.shared_texts(NAMED) } else { settings };
    let telemetry = builder().usage(settings).build().expect("built");
    let usage = telemetry.usage();
    if part == "agreed" {
        usage.enable().expect("stored");
    }
    let share = part != "plain";
    for _ in 0..2 {
        usage_sample::record_everything(usage, "the question of Ada", share);
        assert!(usage.flush(PATIENCE));
    }
    println!("{}", telemetry.status());
}

/// Runs a part, and returns its standard error and standard output.
fn run(part: &str) -> (String, String, String) {
    let stage = Stage::new();
    let output = stage.command(part).env_remove("CRAWL4AI_TELEMETRY").output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let sent = std::fs::read_to_string(stage.folder().join("usage.jsonl")).expect("delivered");
    (text(&output.stderr), text(&output.stdout), sent)
}

fn test(_: &Stage) {
    let (figures, texts) = ("tool: usage figures are sent to the file ", "texts that are shared on purpose");
    // How often each line is said, whether the text left, and which rule decided.
    for (part, texts, says_figures, says_texts, text_left, rule) in [
        ("plain", texts, 1, 0, false, "program_default"),
        ("shared", texts, 1, 1, true, "program_default"),
        ("named", NAMED, 1, 1, true, "program_default"),
        ("agreed", texts, 0, 0, true, "stored_consent"),
    ] {
        let (said, status, sent) = run(part);
        assert_eq!(said.matches(figures).count(), says_figures, "{part}: {said}");
        assert_eq!(said.matches(texts).count(), says_texts, "{part}: {said}");
        assert_eq!(
            said.matches("CRAWL4AI_DISABLE_TELEMETRY=true ends that").count(),
            says_figures + says_texts
        );
        assert!(!said.contains("without any free text") && !said.contains("`tool telemetry"), "{said}");
        assert_eq!(sent.contains("the question of Ada"), text_left, "{part}");
        // Crash reports are off. The figures leave all the same, and `status` says so.
        assert!(status.starts_with("Crash reports of tool are off.\n"), "{status}");
        assert!(status.contains(&format!("\n  usage figures  sent ({rule}), to the file ")), "{status}");
    }
}

fn main() {
    scenario::main(program, test);
}
