//! Tests what is recorded of crews, tasks, tools, flows and deployments, as a provider receives it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry::clock::ManualClock;
use crawl4ai_telemetry::usage::{AttributeSpec, ErrorType, Settings, Tier, Type, UsageValue};
use crawl4ai_telemetry::{App, Builder, Env, MemoryProvider, Telemetry, Timestamp, UsageSpan};
use crawl4ai_telemetry_crewai::{
    Agent, Crew, CrewUsage, DeploySource, Flow, SCHEMA, SPANS, Task, under_crewai_names,
};

const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    memory: MemoryProvider,
    telemetry: Telemetry,
    _folder: tempfile::TempDir,
}

/// CrewAI's usage telemetry for this project, in a new folder and with these variables.
fn stage(project: &'static str, variables: &[(&str, &str)]) -> Stage {
    let memory = MemoryProvider::default();
    let (folder, builder) = builder(variables);
    let settings = under_crewai_names(Settings::provider(memory.clone(), SPANS), project).on_by_default();
    Stage { memory, telemetry: builder.usage(settings).build().unwrap(), _folder: folder }
}

fn builder(variables: &[(&str, &str)]) -> (tempfile::TempDir, Builder) {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::from_pairs("APP", variables.iter().copied());
    let builder = Telemetry::builder(App::new("app", "1.2.3")).config_folder(folder.path()).env(env);
    (folder, builder)
}

fn on() -> Stage {
    stage("", &[])
}

impl Stage {
    fn usage(&self) -> CrewUsage {
        CrewUsage::new(self.telemetry.usage().clone())
    }

    fn sent(&self) -> Vec<UsageSpan> {
        assert!(self.telemetry.usage().flush(PATIENCE));
        self.memory.spans()
    }
}

#[test]
fn no_name_is_taken_twice_and_no_span_takes_a_common_one() {
    let mut spans = BTreeSet::new();
    for span in SCHEMA.spans() {
        assert!(spans.insert(span.name()), "{}", span.name());
        let mut names: BTreeSet<&str> = SCHEMA.common().iter().map(AttributeSpec::name).collect();
        for attribute in span.attributes() {
            assert!(names.insert(attribute.name()), "{}: {}", span.name(), attribute.name());
        }
    }
}

#[test]
fn every_reason_is_a_sentence_and_free_text_is_shared() {
    fn check(attributes: &[AttributeSpec]) {
        for attribute in attributes {
            let reason = attribute.reason();
            assert!(reason.ends_with('.') && reason.len() > 12, "{}: {reason:?}", attribute.name());
            assert!(!reason.contains('|'), "{reason:?} breaks the table");
            let free = attribute.kind().is_free();
            assert!(!free || attribute.tier() == Tier::Shared, "{}", attribute.name());
            if let Type::Items(items) = attribute.kind() {
                check(items);
            }
        }
    }
    check(SCHEMA.common());
    for span in SCHEMA.spans() {
        assert!(span.purpose().ends_with('.') && !span.purpose().contains('|'), "{}", span.name());
        check(span.attributes());
    }
}

#[test]
fn spans_carry_what_is_common() {
    let stage = stage("bees", &[("CLAUDECODE", "1"), ("GITHUB_ACTIONS", "true")]);
    stage.usage().runtime_version("python 3.14").crew_creation(&Crew::new(), None);
    let span = &stage.sent()[0];
    assert_eq!((span.service(), span.tracer()), ("crewAI-telemetry", "crewai.telemetry"));
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
    let settings = under_crewai_names(Settings::provider(memory.clone(), SPANS), "").on_by_default();
    let telemetry = builder.clock(Arc::clone(&clock)).usage(settings).build().unwrap();
    let usage = &CrewUsage::new(telemetry.usage().clone());
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
    assert!(usage.usage().flush(PATIENCE));

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

/// Records a run of a crew that is made of the same texts each time. Returns every key that was sent, by the attribute
/// that holds it.
fn keys_of_a_run(usage: &CrewUsage, sent: impl Fn() -> Vec<UsageSpan>) -> BTreeMap<String, BTreeSet<String>> {
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
    let runs = [(); 2].map(|()| keys_of_a_run(&stage.usage(), || stage.sent()));
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

#[test]
fn the_assistant_is_counted_by_the_name_that_each_span_says() {
    let stage = stage("", &[("CODEX_SANDBOX", "secret-value")]);
    stage.usage().coding_agent_span();
    let sent = stage.sent();
    assert_eq!(sent[0].attribute("feature"), Some(UsageValue::Text("coding_agent:codex")));
    assert_eq!(sent[0].attribute("coding_agent"), Some(UsageValue::Text("codex")));
    CrewUsage::default().coding_agent_span();
}
