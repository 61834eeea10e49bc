use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{App, Environment, MemoryProvider, SendError, TelemetryProvider, context};

use super::*;
use crate::consent::ConsentPrompt;
use crate::environment::Env;
use crate::store::limits::Limits;
use crate::telemetry::Telemetry;

const PATIENCE: Duration = Duration::from_secs(20);

/// The number of reports: more than may wait for an answer.
const REPORTS: usize = 12;

/// The number of reports that the question was about.
static ASKED_ABOUT: AtomicUsize = AtomicUsize::new(0);

struct Says(Choice);

impl ConsentPrompt for Says {
    fn is_ready(&self) -> bool {
        true
    }
    fn ask(&self, question: &Question<'_>) -> Answer {
        ASKED_ABOUT.store(question.reports.len(), Ordering::Relaxed);
        self.0.into()
    }
}

/// A server that cannot be reached.
struct Down;

impl TelemetryProvider for Down {
    fn name(&self) -> &str {
        "down"
    }
    fn destination(&self) -> std::borrow::Cow<'_, str> {
        "crashes.example.com".into()
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        Err(SendError::retry("no network"))
    }
}

/// A place to which a person carries reports.
struct Carried;

impl TelemetryProvider for Carried {
    fn name(&self) -> &str {
        "carried"
    }
    fn by_hand(&self) -> bool {
        true
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        Err(SendError::retry("no browser"))
    }
}

fn start(
    folder: &tempfile::TempDir,
    provider: impl TelemetryProvider + 'static,
    choice: Choice,
) -> Telemetry {
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .limits(Limits::none())
        .prompt(Says(choice))
        .provider(provider)
        .build()
        .unwrap();
    telemetry.inner.pipeline.policy.admission.at_a_terminal();
    telemetry
}

/// Reports that wait by a yes to a server that cannot be reached.
fn with_reports_of_an_earlier_yes(folder: &tempfile::TempDir) {
    let first = start(folder, Down, Choice::Unanswered);
    first.enable().unwrap();
    for _ in 0..REPORTS {
        let _ = first.capture_exception(&"no route to host", context! {});
    }
    assert!(!first.flush(PATIENCE));
}

/// The answer of a question, and for what the reports wait behind it.
fn ask_elsewhere(elsewhere: &Telemetry) -> (Option<Choice>, Vec<Clearance>) {
    let pipeline = &elsewhere.inner.pipeline;
    let spool = pipeline.store.spool.as_ref().unwrap();
    let decided = pipeline.policy.admission.decide();
    let choice = ask_about_all(pipeline, spool, Occasion::EarlierRun, None, &decided);
    (choice, spool.list().iter().map(|name| name.clearance).collect())
}

#[test]
fn what_an_earlier_yes_covers_is_all_asked_about_and_stays_without_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    with_reports_of_an_earlier_yes(&folder);
    let elsewhere = start(&folder, MemoryProvider::default(), Choice::Unanswered);
    let (choice, left) = ask_elsewhere(&elsewhere);
    assert_eq!((choice, ASKED_ABOUT.load(Ordering::Relaxed)), (Some(Choice::Unanswered), REPORTS));
    assert_eq!(left, [Clearance::Rules; REPORTS]);
}

#[test]
fn what_a_person_agreed_to_carry_waits_for_them() {
    let folder = tempfile::tempdir().unwrap();
    with_reports_of_an_earlier_yes(&folder);
    let (choice, left) = ask_elsewhere(&start(&folder, Carried, Choice::Once));
    assert_eq!(choice, Some(Choice::Once));
    let waits = left.iter().filter(|clearance| **clearance == Clearance::AwaitingConsent).count();
    assert_eq!((waits, left.len()), (1, REPORTS));
}
