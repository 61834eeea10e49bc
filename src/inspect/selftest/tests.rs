//! The self-test with a file, with rules that forbid it, and with providers that misbehave.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::sanitize::{Detector, Span};
use crawl4ai_telemetry_core::{MemoryProvider, Report, SendError, TelemetryProvider};

use super::{Selftest, SelftestOutcome, SelftestPart};
use crate::environment::Env;
use crate::{App, Builder, Telemetry};

fn weather(folder: &Path, variables: &[(&str, &str)]) -> Builder {
    Telemetry::builder(App::new("weather", "1.4.0"))
        .config_folder(folder.join("config"))
        .env(Env::from_pairs("WEATHER", variables.iter().copied()))
}

fn step(found: &Selftest, part: SelftestPart) -> (SelftestOutcome, String) {
    let step = found.steps.iter().find(|step| step.part == part).unwrap();
    (step.outcome, step.to_string())
}

#[test]
fn a_report_that_is_marked_goes_to_the_file_and_no_other_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reports.jsonl");
    let email = [("WEATHER_TELEMETRY_EMAIL", "ada@example.com")];
    let telemetry = weather(folder.path(), &email).provider(crate::FileProvider::new(&file)).build().unwrap();
    let mut told = Vec::new();
    let found = telemetry.selftest(|step| told.push(step.clone()));
    assert!(found.passed(), "{found:#?}");
    assert_eq!(told, found.steps);
    let parts: Vec<&str> = found.steps.iter().map(|step| step.part.name()).collect();
    let expected =
        ["consent", "hook", "capture", "names", "words", "cleaning", "disk", "provider", "server", "log"];
    assert_eq!(parts, expected);

    let written = std::fs::read_to_string(&file).unwrap();
    let report: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(report["id"], found.report.to_string());
    assert_eq!(report["exceptions"][0]["type"], "selftest");
    assert_eq!((&report["level"], &report["context"]["selftest"]), (&"info".into(), &true.into()));
    let text = report["exceptions"][0]["value"].as_str().unwrap();
    assert_eq!(text, "selftest: nothing is wrong; a report that was sent on purpose ([email])");
    assert!(!written.contains("ada@example.com"), "no address goes along with a test");
    assert_eq!((telemetry.status().pending, telemetry.sent().len()), (Some(0), 1));
    assert!(telemetry.config().read().settings.decided_at.is_none(), "no consent is stored");
}

#[test]
fn what_says_no_outright_says_it_to_a_test_too() {
    for (variable, rule) in
        [("WEATHER_TELEMETRY", "0"), ("DO_NOT_TRACK", "1"), ("WEATHER_TELEMETRY_DEBUG", "1")]
    {
        let folder = tempfile::tempdir().unwrap();
        let memory = MemoryProvider::default();
        let telemetry = weather(folder.path(), &[(variable, rule)]).provider(memory.clone()).build().unwrap();
        let found = telemetry.selftest(|_| ());
        assert_eq!(found.steps.len(), 1, "{found:?}");
        let (outcome, said) = step(&found, SelftestPart::Consent);
        assert_eq!(outcome, SelftestOutcome::Failed);
        assert!(said.contains(variable) && said.contains("Take the variable away"), "{said}");
        assert!(memory.reports().is_empty() && !folder.path().join("config").exists());
    }
    let folder = tempfile::tempdir().unwrap();
    let memory = MemoryProvider::default();
    let telemetry = weather(folder.path(), &[]).provider(memory.clone()).build().unwrap();
    telemetry.disable().unwrap();
    let (_, said) = step(&telemetry.selftest(|_| ()), SelftestPart::Consent);
    assert!(said.contains("You said no.") && said.contains("WEATHER_CONFIG_DIR"), "{said}");
    assert!(memory.reports().is_empty());
}

struct Answers(fn() -> Result<(), SendError>);

impl TelemetryProvider for Answers {
    fn name(&self) -> &str {
        "scripted"
    }

    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        (self.0)()
    }
}

#[test]
fn every_answer_is_told_with_what_to_do_about_it() {
    type Case = (fn() -> Result<(), SendError>, &'static str, &'static str);
    let cases: [Case; 4] = [
        (|| Err(SendError::retry("no connection")), "Not taken: no connection.", "this machine reaches it"),
        (|| Err(SendError::rejected("too large")), "Not taken: too large.", "the server's log"),
        (|| Err(SendError::halt("no such key")), "Not taken: no such key.", "Check the address and the key"),
        (|| panic!("scripted"), "Not taken: the provider panicked.", "Check the address"),
    ];
    for (answer, expected, mend) in cases {
        let folder = tempfile::tempdir().unwrap();
        let telemetry = weather(folder.path(), &[]).provider(Answers(answer)).build().unwrap();
        let found = telemetry.selftest(|_| ());
        let (outcome, said) = step(&found, SelftestPart::Server);
        assert!(!found.passed() && outcome == SelftestOutcome::Failed);
        assert!(said.contains(expected) && said.contains(mend), "{said}");
        // A server may have a report that it did not confirm.
        let names_it = said.contains(&format!("If it arrived all the same, its id is {}.", found.report));
        assert_eq!(names_it, expected.ends_with("no connection."), "{said}");
        assert!(telemetry.sent().is_empty() && telemetry.status().pending == Some(0));
    }
}

#[test]
fn no_place_and_no_room_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let found = weather(folder.path(), &[]).build().unwrap().selftest(|_| ());
    let (outcome, said) = step(&found, SelftestPart::Provider);
    assert_eq!(outcome, SelftestOutcome::Failed);
    assert!(said.contains("WEATHER_SENTRY_DSN"), "{said}");

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config/telemetry"), "in the way").unwrap();
    let memory = MemoryProvider::default();
    let found = weather(folder.path(), &[]).provider(memory.clone()).build().unwrap().selftest(|_| ());
    let (outcome, said) = step(&found, SelftestPart::Disk);
    assert_eq!(outcome, SelftestOutcome::Failed);
    assert!(said.contains("spool: cannot use its folder") && said.contains("WEATHER_CONFIG_DIR"), "{said}");
    assert_eq!(memory.reports().len(), 1, "the rest of the road is tried all the same");
}

/// A detector of the program's that replaces the files in a folder by folders, which nobody deletes as files. It runs
/// after the test report was read again, and before it is deleted.
struct InTheWay(PathBuf);

impl Detector for InTheWay {
    fn find(&self, _: &str, _: &mut Vec<Span>) {
        for entry in std::fs::read_dir(&self.0).into_iter().flatten().flatten() {
            if std::fs::remove_file(entry.path()).is_ok() {
                std::fs::create_dir(entry.path()).unwrap();
            }
        }
    }
}

#[test]
fn a_test_report_that_cannot_be_deleted_fails_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("config/telemetry/spool");
    let telemetry = weather(folder.path(), &[])
        .provider(MemoryProvider::default())
        .detector(InTheWay(spool.clone()))
        .build()
        .unwrap();
    let found = telemetry.selftest(|_| ());
    let left = std::fs::read_dir(&spool).unwrap().next().unwrap().unwrap().path();
    let (outcome, said) = step(&found, SelftestPart::Disk);
    assert_eq!(outcome, SelftestOutcome::Failed, "{said}");
    assert!(said.contains(&format!("cannot be deleted: {}.", left.display())), "{said}");
}
