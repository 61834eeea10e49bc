mod delivery;
mod refused;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crawl4ai_telemetry_core::usage::UsageValue;
use crawl4ai_telemetry_core::{App, MemoryProvider, Timestamp, UsageSpan};

use super::*;
use crate::clock::ManualClock;
use crate::consent::{UsageConsent, UsageRule};
use crate::{Env, Telemetry};

const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    memory: MemoryProvider,
    telemetry: Telemetry,
    _folder: tempfile::TempDir,
}

/// Usage telemetry in a folder of its own, under these variables.
fn stage(settings: impl FnOnce(Settings) -> Settings, variables: &[(&str, &str)]) -> Stage {
    let memory = MemoryProvider::default();
    let (folder, builder) = builder(variables);
    let settings = settings(Settings::provider(memory.clone()));
    Stage { memory, telemetry: builder.usage(settings).build().unwrap(), _folder: folder }
}

fn builder(variables: &[(&str, &str)]) -> (tempfile::TempDir, crate::Builder) {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::from_pairs("APP", variables.iter().copied());
    let builder = Telemetry::builder(App::new("app", "1.2.3")).config_folder(folder.path()).env(env);
    (folder, builder)
}

fn on() -> Stage {
    stage(Settings::on_by_default, &[])
}

impl Stage {
    fn usage(&self) -> &Usage {
        self.telemetry.usage()
    }

    fn sent(&self) -> Vec<UsageSpan> {
        assert!(self.usage().flush(PATIENCE));
        self.memory.spans()
    }

    fn names(&self) -> Vec<&'static str> {
        self.sent().iter().map(|span| span.spec().name()).collect()
    }
}

#[test]
fn nothing_is_recorded_unless_the_program_asks_for_it() {
    let (_folder, builder) = builder(&[]);
    let telemetry = builder.provider(MemoryProvider::default()).build().unwrap();
    telemetry.usage().feature_usage_span("x");
    assert!(telemetry.usage().flush(PATIENCE));
    assert_eq!(telemetry.usage().status(), None);
    let nobody = Usage::default();
    nobody.task_started(&Crew::new(), &Task::new("d", "e")).end();
    assert!(nobody.flush(PATIENCE) && nobody.enable().is_ok());
}

#[test]
fn off_until_somebody_says_yes_and_off_again_when_somebody_says_no() {
    let stage = stage(|settings| settings, &[]);
    stage.usage().feature_usage_span("before");
    assert!(stage.sent().is_empty());
    stage.usage().enable().unwrap();
    stage.usage().feature_usage_span("after");
    assert_eq!(stage.names(), ["Feature Usage"]);
    stage.usage().feature_usage_span("waits while the answer changes");
    stage.usage().disable().unwrap();
    stage.usage().feature_usage_span("after the no");
    assert_eq!(stage.sent().len(), 1, "what waited is dropped");
    let status = stage.usage().status().unwrap();
    assert_eq!(
        (status.enabled, status.consent, status.decided_by),
        (false, UsageConsent::Denied, UsageRule::StoredDenial)
    );
    stage.usage().enable().unwrap();
    stage.usage().feature_usage_span("again");
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn a_no_to_crash_reports_is_a_no_to_usage() {
    let stage = on();
    stage.usage().feature_usage_span("before");
    assert_eq!(stage.sent().len(), 1);
    stage.telemetry.disable().unwrap();
    stage.usage().feature_usage_span("after");
    assert_eq!(stage.sent().len(), 1);
    // A yes to crash reports, here or by another process, is none to usage figures, whatever the program declares.
    stage.telemetry.enable().unwrap();
    stage.usage().feature_usage_span("after a yes to crash reports");
    assert_eq!(stage.sent().len(), 1);
    let (_folder, builder) = builder(&[]);
    let folder = stage.telemetry.config().folder().unwrap();
    let next = builder.config_folder(folder).usage(Settings::provider(stage.memory.clone()).on_by_default());
    let next = next.build().unwrap();
    next.usage().feature_usage_span("in the next process");
    assert!(next.usage().flush(PATIENCE));
    assert_eq!(stage.memory.spans().len(), 1);
    stage.usage().enable().unwrap();
    stage.usage().feature_usage_span("after a yes to usage figures");
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn every_kill_switch_holds_whatever_is_stored() {
    let switches = [
        ("APP_TELEMETRY", "0"),
        ("APP_DISABLE_TELEMETRY", "true"),
        ("APP_DISABLE_TRACKING", "true"),
        ("OTEL_SDK_DISABLED", "true"),
        ("DO_NOT_TRACK", "1"),
    ];
    for switch in switches {
        let stage = stage(Settings::on_by_default, &[switch]);
        let _ = stage.usage().enable();
        stage.usage().feature_usage_span("x");
        assert!(stage.sent().is_empty(), "{switch:?}");
    }
    let shown = stage(Settings::on_by_default, &[("APP_TELEMETRY_DEBUG", "1")]);
    shown.usage().feature_usage_span("shown");
    assert!(shown.sent().is_empty());
}

#[test]
fn refreshed_kill_switches_count_at_each_send() {
    let switches =
        ["OTEL_SDK_DISABLED", "APP_DISABLE_TELEMETRY", "APP_DISABLE_TRACKING", "APP_TELEMETRY_DEBUG"];
    for switch in switches {
        let value = Arc::new(Mutex::new("false"));
        let source = {
            let value = Arc::clone(&value);
            move || vec![(switch.to_owned(), value.lock().unwrap().to_string())]
        };
        let (_folder, builder) = builder(&[]);
        let (memory, clock) = (MemoryProvider::default(), Arc::new(ManualClock::default()));
        let telemetry = builder
            .env(Env::from_source("APP", source))
            .clock(Arc::clone(&clock))
            .usage(Settings::provider(memory.clone()).on_by_default())
            .build()
            .unwrap();
        let usage = telemetry.usage();
        let sent = || {
            assert!(usage.flush(PATIENCE));
            memory.spans().len()
        };
        usage.feature_usage_span("before");
        assert_eq!(sent(), 1, "{switch}");

        usage.feature_usage_span("waits");
        *value.lock().unwrap() = "true";
        telemetry.refresh_environment();
        assert_eq!(sent(), 1, "{switch} was set before the send");
        assert!(!usage.status().unwrap().enabled);

        *value.lock().unwrap() = "false";
        telemetry.refresh_environment();
        // A no counts for a second at the capture.
        clock.advance(Duration::from_secs(2));
        usage.feature_usage_span("after");
        assert_eq!(sent(), 2, "{switch} can be taken back");
    }
}

#[test]
fn spans_carry_what_is_common() {
    let settings =
        |settings: Settings| settings.on_by_default().project("bees").runtime_version("python 3.14");
    let stage = stage(settings, &[("CLAUDECODE", "1"), ("GITHUB_ACTIONS", "true")]);
    stage.usage().crew_creation(&Crew::new(), None);
    let span = &stage.sent()[0];
    for (name, expected) in [
        ("crewai_version", "1.2.3"),
        ("coding_agent", "claude_code"),
        ("runtime_context", "ci"),
        ("project_id", "bees"),
        ("runtime_version", "python 3.14"),
        ("crew_inputs_present", "false"),
    ] {
        assert_eq!(span.attribute(name), Some(UsageValue::Text(expected)), "{name}");
    }
    assert_eq!(span.attribute("crew_number_of_agents"), Some(UsageValue::Int(0)));
    assert_eq!(span.attribute("cpus"), None, "the system is not asked for a crew that is not shared");
}

#[test]
fn a_span_ends_once_and_one_that_is_dropped_stands_for_a_failure() {
    let (_folder, builder) = builder(&[]);
    let (memory, clock) =
        (MemoryProvider::default(), Arc::new(ManualClock::new(Timestamp::from_millis(90_000))));
    let settings = Settings::provider(memory.clone()).on_by_default();
    let telemetry = builder.clock(Arc::clone(&clock)).usage(settings).build().unwrap();
    let usage = telemetry.usage();
    let (crew, task) = (Crew::new(), Task::new("describe", "expect"));

    let ended = usage.task_started(&crew, &task);
    clock.advance(Duration::from_secs(3));
    clock.set(Timestamp::from_millis(5)); // somebody set the time of day back
    usage.task_ended(ended, Some("output"));
    drop(usage.task_started(&crew, &task));
    usage.task_started(&crew, &task).fail();
    let never = Box::leak(Box::new(usage.task_started(&crew, &task)));
    assert!(!never.is_shared());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _span = usage.task_started(&crew, &task);
        panic!("in a task");
    }));
    assert!(panicked.is_err());
    assert!(usage.flush(PATIENCE));

    let spans = memory.spans();
    let runs: Vec<_> = spans.iter().filter(|span| span.spec().name() == "Task Execution").collect();
    assert_eq!(spans.len() - runs.len(), 5, "each was created");
    assert_eq!(runs.iter().map(|run| run.failed()).collect::<Vec<_>>(), [false, true, true, true]);
    assert_eq!((runs[0].start().as_millis(), runs[0].end().as_millis()), (90_000, 93_000));
    assert!(runs.iter().all(|run| run.end() >= run.start()));
    assert_eq!(runs[0].attribute("task_output"), None, "not shared");
    let ids: BTreeSet<_> = spans.iter().map(|span| span.ids().trace()).collect();
    assert_eq!(ids.len(), spans.len(), "every span has a trace of its own");
}

#[test]
fn deployments_count_as_features_and_failures_stand_for_failures() {
    let stage = on();
    let usage = stage.usage();
    usage.start_deployment_span(None, DeploySource::Cli);
    usage.create_crew_deployment_span(DeploySource::Tui);
    usage.deploy_signup_error_span();
    usage.tool_usage_error(Some("Search"), None, None);
    usage.flow_completed_span(&Flow::new("f"), Duration::ZERO, Err(ErrorType::named("a::Timeout")));
    usage.flow_completed_span(&Flow::new("f"), Duration::ZERO, Ok(()));
    let expected = [
        ("Start Deployment", false),
        ("Feature Usage", false),
        ("Create Crew Deployment", false),
        ("Feature Usage", false),
        ("Deploy Signup Error", true),
        ("Tool Usage Error", true),
        ("Flow Completed", true),
        ("Flow Completed", false),
    ];
    let sent: Vec<_> = stage.sent().iter().map(|span| (span.spec().name(), span.failed())).collect();
    assert_eq!(sent, expected);
}

#[cfg(feature = "otlp")]
#[test]
fn only_the_program_and_its_user_say_where_spans_go() {
    use crate::deliver::providers::ProviderChoice;
    let ours = "https://ours.example.com";
    let host = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://host.example.com");
    let user = ("APP_OTLP_ENDPOINT", "https://user.example.com");
    let authorities = ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/host.pem");
    let table = [
        (vec![], false, ours, None),
        (vec![host, authorities], false, ours, None),
        (vec![host], true, host.1, None),
        (vec![host, authorities], true, host.1, Some(authorities.1)),
        (vec![(host.0, " "), authorities], true, ours, None),
        (vec![host, user, authorities], true, user.1, None),
        (vec![user], false, user.1, None),
    ];
    for (variables, follows, expected, trusted) in table {
        let env = Env::from_pairs("APP", variables.iter().copied());
        let settings = Settings::otlp(ours);
        let mut settings = if follows { settings.follow_host_endpoint() } else { settings };
        let (ProviderChoice::Otlp(base), file) = settings.take_choice(&env) else { panic!("OTLP") };
        assert_eq!((&*base, file), (expected, trusted), "{variables:?} {follows}");
    }
}

/// A run of a crew that is made of the same texts each time, and every key that it sends, by its place.
fn keys_of_a_run(usage: &Usage, sent: impl Fn() -> Vec<UsageSpan>) -> BTreeMap<String, BTreeSet<String>> {
    let agent = Agent::new("Researcher", "find facts", "was a librarian");
    let task = Task::new("find sources", "ten links").agent(&agent);
    let crew = Crew::new().agent(agent.clone()).task(task.clone());
    let before = sent().len();
    usage.crew_creation(&crew, None);
    usage.crew_creation(&crew, None);
    usage.task_started(&crew, &task).end();
    let mut keys = BTreeMap::<String, BTreeSet<String>>::new();
    for span in sent().iter().skip(before) {
        for (name, value) in span.attributes() {
            let UsageValue::Text(text) = value else { continue };
            match name {
                "crew_key" | "task_key" => {
                    keys.entry(name.to_owned()).or_default().insert(text.to_owned());
                }
                "crew_agents" | "crew_tasks" => {
                    let items: Vec<serde_json::Map<String, serde_json::Value>> =
                        serde_json::from_str(text).unwrap();
                    for (key, value) in items.iter().flatten().filter(|(key, _)| key.ends_with("key")) {
                        let value = value.as_str().unwrap().to_owned();
                        keys.entry(format!("{name}.{key}")).or_default().insert(value);
                    }
                }
                _ => {}
            }
        }
    }
    keys
}

#[test]
fn keys_join_what_belongs_together_and_say_nothing_of_the_texts() {
    let stage = on();
    let runs = [(); 2].map(|()| keys_of_a_run(stage.usage(), || stage.sent()));
    for keys in &runs {
        let places = ["crew_agents.key", "crew_key", "crew_tasks.agent_key", "crew_tasks.key", "task_key"];
        assert_eq!(keys.keys().collect::<Vec<_>>(), places);
        assert!(keys.values().all(|values| values.len() == 1), "one object, one key: {keys:?}");
        assert_eq!(keys["crew_agents.key"], keys["crew_tasks.agent_key"]);
        assert_eq!(keys["crew_tasks.key"], keys["task_key"]);
    }
    let [one, other] = runs;
    for (place, key) in &one {
        assert_ne!(
            *key, other[place],
            "{place} is made of the texts: whoever guesses them can check the guess"
        );
    }
}
