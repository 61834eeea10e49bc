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

struct Silent;

impl ConsentPrompt for Silent {
    fn is_ready(&self) -> bool {
        true
    }
    fn ask(&self, question: &Question<'_>) -> Answer {
        ASKED_ABOUT.store(question.reports.len(), Ordering::Relaxed);
        Choice::Unanswered.into()
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

fn start(folder: &tempfile::TempDir, provider: impl TelemetryProvider + 'static) -> Telemetry {
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .env(Env::from_pairs("TOOL", std::iter::empty::<(&str, &str)>()))
        .environment(Environment::Cli)
        .config_folder(folder.path())
        .limits(Limits::none())
        .prompt(Silent)
        .provider(provider)
        .build()
        .unwrap();
    telemetry.inner.pipeline.policy.admission.at_a_terminal();
    telemetry
}

#[test]
fn what_an_earlier_yes_covers_is_all_asked_about_and_stays_without_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(&folder, Down);
    first.enable().unwrap();
    for _ in 0..REPORTS {
        let _ = first.capture_exception(&"no route to host", context! {});
    }
    assert!(!first.flush(PATIENCE));
    drop(first);

    let elsewhere = start(&folder, MemoryProvider::default());
    let pipeline = &elsewhere.inner.pipeline;
    let spool = pipeline.store.spool.as_ref().unwrap();
    let decided = pipeline.policy.admission.decide();
    let choice = ask_about_all(pipeline, spool, Occasion::EarlierRun, None, &decided);
    assert_eq!((choice, ASKED_ABOUT.load(Ordering::Relaxed)), (Some(Choice::Unanswered), REPORTS));
    let left: Vec<_> = spool.list().iter().map(|name| name.clearance).collect();
    assert_eq!(left, [Clearance::Rules; REPORTS]);
}
