//! Decodes with the protocol's published types what reaches a collector, and compares it with the schema: every span,
//! every attribute, every type, in both tiers. Planted texts must not be in it.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod usage_sample;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crawl4ai_telemetry::usage::{AttributeSpec, Settings, SpanSpec, Tier, Type, Wire};
use crawl4ai_telemetry::{App, Env, Telemetry};
use crawl4ai_telemetry_conformance::{Reply, Server, assert_nothing_of_this_machine};
use crawl4ai_telemetry_crewai::{CodingAgent, CrewUsage, RuntimeContext, SCHEMA, SPANS, under_crewai_names};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::Value;
use usage_sample::record_everything;

const MARKER: &str = "planted-marker-7f3a";
const PATIENCE: Duration = Duration::from_secs(20);

/// Records everything with `text` as every free text. Returns the requests as they arrived.
fn requests(text: &str, share: bool) -> Vec<Vec<u8>> {
    let server = Server::always(Reply::status(200));
    let folder = tempfile::tempdir().expect("a folder");
    let settings = under_crewai_names(Settings::otlp(server.url(), SPANS), "bees").on_by_default();
    let telemetry = Telemetry::builder(App::new("crews", "1.2.3"))
        .config_folder(folder.path())
        .env(Env::from_pairs("CREWS", [("GEMINI_CLI", "1"), ("MY_API_KEY", "planted-key-0815")]))
        .usage(settings)
        .build()
        .expect("a provider");
    let usage = CrewUsage::new(telemetry.usage().clone()).runtime_version("rust 1.95");
    record_everything(&usage, text, share);
    assert!(telemetry.usage().flush(PATIENCE), "{:?}", telemetry.usage().status());
    let requests = server.requests();
    assert!(requests.iter().all(|request| request.path == "/v1/traces"));
    for request in &requests {
        assert_nothing_of_this_machine("a request", &request.raw);
    }
    requests.into_iter().map(|request| request.body).collect()
}

fn decoded(requests: &[Vec<u8>]) -> Vec<Span> {
    let spans = requests.iter().flat_map(|body| {
        let request = ExportTraceServiceRequest::decode(&**body).expect("OTLP");
        request.resource_spans.into_iter().flat_map(|traces| {
            let resource = traces.resource.expect("a resource").attributes;
            assert_eq!(resource.len(), 1, "service.name and nothing else: {resource:?}");
            assert_eq!(resource[0].key, "service.name");
            let service = resource[0].value.as_ref().and_then(|value| value.value.clone());
            assert_eq!(service, Some(Any::StringValue("crewAI-telemetry".to_owned())));
            traces.scope_spans.into_iter().flat_map(|scope| {
                assert_eq!(scope.scope.expect("a scope").name, "crewai.telemetry");
                scope.spans
            })
        })
    });
    spans.collect()
}

fn spec(name: &str) -> &'static SpanSpec {
    SPANS.iter().find(|spec| spec.name() == name).unwrap_or_else(|| panic!("{name} is not in the schema"))
}

/// Checks a value, and the values nested in it, against its declaration. Adds the paths that were seen to `seen`.
fn check(path: &str, spec: &AttributeSpec, value: &Any, share: bool, seen: &mut BTreeSet<String>) {
    assert!(share || spec.tier() == Tier::Default, "{path} is only for who shares");
    seen.insert(path.to_owned());
    let text = match (spec.kind().wire(), value) {
        (Wire::Int, Any::IntValue(n)) => return assert!(*n >= 0, "{path}: {n}"),
        (Wire::Float, Any::DoubleValue(n)) => return assert!(n.is_finite(), "{path}: {n}"),
        (Wire::Text, Any::StringValue(text)) => text,
        (wire, value) => panic!("{path}: {wire:?} was declared, {value:?} was sent"),
    };
    match spec.kind() {
        Type::Flag => assert!(matches!(&**text, "true" | "false"), "{path}: {text}"),
        Type::Choice(words) => assert!(words.contains(&&**text), "{path}: {text}"),
        Type::Names | Type::ToolNames | Type::Texts | Type::Map | Type::Items(_) => {
            let json: Value = serde_json::from_str(text).expect("JSON");
            assert!(!text.contains(": ") && !text.contains('\n'), "{path} is not compact: {text}");
            check_json(path, spec.kind(), &json, share, seen);
        }
        Type::Key | Type::Id => {
            assert!(
                text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'),
                "{path}: {text}"
            );
        }
        Type::Decimal => assert!(text.parse::<f64>().is_ok(), "{path}: {text}"),
        Type::Time => assert!(text.ends_with('Z') && text.contains('T'), "{path}: {text}"),
        Type::Name
        | Type::ToolName
        | Type::Text
        | Type::System
        | Type::ErrorType
        | Type::Count
        | Type::Duration => {}
        unknown => panic!("{path}: no check for {unknown:?}"),
    }
}

/// Checks the value of a JSON attribute, in which values keep their own types.
fn check_json(path: &str, kind: Type, json: &Value, share: bool, seen: &mut BTreeSet<String>) {
    let fits = match kind {
        Type::Items(specs) => {
            for item in json.as_array().expect("a list") {
                for (name, value) in item.as_object().expect("an object") {
                    let path = format!("{path}.{name}");
                    let spec = specs.iter().find(|s| s.name() == name).unwrap_or_else(|| panic!("{path}"));
                    assert!(share || spec.tier() == Tier::Default, "{path} is only for who shares");
                    seen.insert(path.clone());
                    check_json(&path, spec.kind(), value, share, seen);
                }
            }
            true
        }
        Type::Names | Type::ToolNames | Type::Texts => {
            json.as_array().is_some_and(|list| list.iter().all(Value::is_string))
        }
        Type::Map => json.is_object(),
        Type::Flag => json.is_boolean(),
        Type::Count => json.is_u64(),
        Type::Duration => json.is_number(),
        Type::Name
        | Type::ToolName
        | Type::Text
        | Type::System
        | Type::Key
        | Type::Id
        | Type::ErrorType
        | Type::Decimal
        | Type::Time
        | Type::Choice(_) => json.is_string(),
        unknown => panic!("{path}: no check for {unknown:?}"),
    };
    assert!(fits, "{path}: {json} is no {kind:?}");
}

/// Adds every path that the schema allows in these tiers to `out`.
fn declared(prefix: &str, attributes: &[AttributeSpec], share: bool, out: &mut BTreeSet<String>) {
    for attribute in attributes.iter().filter(|a| share || a.tier() == Tier::Default) {
        let path = format!("{prefix}{}", attribute.name());
        if let Type::Items(items) = attribute.kind() {
            declared(&format!("{path}."), items, share, out);
        }
        out.insert(path);
    }
}

#[test]
fn every_attribute_is_declared_and_everything_declared_can_be_sent() {
    for share in [false, true] {
        let mut seen = BTreeSet::new();
        let spans = decoded(&requests("a text", share));
        let mut trace_ids = BTreeSet::new();
        for span in &spans {
            let spec = spec(&span.name);
            assert!(trace_ids.insert(span.trace_id.clone()) && span.span_id.len() == 8);
            assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
            assert!(span.events.is_empty() && span.links.is_empty() && span.parent_span_id.is_empty());
            let mut names = BTreeSet::new();
            for pair in &span.attributes {
                let name = &*pair.key;
                assert!(names.insert(name), "{}: {name} twice", span.name);
                let attribute = SCHEMA.common().iter().chain(spec.attributes()).find(|a| a.name() == name);
                let attribute = attribute.unwrap_or_else(|| panic!("{}: {name} is not declared", span.name));
                let value = pair.value.as_ref().and_then(|v| v.value.as_ref()).expect("a value");
                check(&format!("{}/{name}", span.name), attribute, value, share, &mut seen);
            }
            for common in SCHEMA.common() {
                assert!(names.contains(common.name()), "{} has no {}", span.name, common.name());
            }
        }
        let mut expected = BTreeSet::new();
        for spec in SPANS.iter().filter(|spec| share || !spec.is_shared_only()) {
            declared(&format!("{}/", spec.name()), SCHEMA.common(), share, &mut expected);
            declared(&format!("{}/", spec.name()), spec.attributes(), share, &mut expected);
        }
        // These two attributes are recorded on Unix only.
        if !cfg!(unix) {
            expected
                .retain(|path| !path.ends_with("platform_release") && !path.ends_with("platform_version"));
        }
        assert_eq!(seen, expected, "sharing: {share}");
    }
}

#[test]
fn without_sharing_no_free_text_leaves_and_with_it_only_that_of_the_shared_tier() {
    let shown = |requests: &[Vec<u8>]| String::from_utf8_lossy(&requests.concat()).into_owned();
    assert!(!shown(&requests(MARKER, false)).contains(MARKER));
    let shared = decoded(&requests(MARKER, true));
    let mut with_marker = BTreeMap::<String, BTreeSet<String>>::new();
    for span in &shared {
        for pair in &span.attributes {
            if format!("{:?}", pair.value).contains(MARKER) {
                with_marker.entry(span.name.clone()).or_default().insert(pair.key.clone());
            }
        }
    }
    let expected = [
        ("Crew Created", vec!["crew_agents", "crew_inputs", "crew_tasks"]),
        (
            "Crew Execution",
            vec!["crew_agents", "crew_inputs", "crew_output", "crew_tasks", "crew_tasks_output"],
        ),
        ("Crew Test Execution", vec!["inputs"]),
        ("Task Created", vec!["formatted_description", "formatted_expected_output"]),
        ("Task Execution", vec!["formatted_description", "formatted_expected_output", "task_output"]),
    ];
    let set = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(with_marker, expected.map(|(span, names)| (span.to_owned(), set(names))).into());
}

#[test]
fn secrets_leave_in_neither_tier() {
    let secrets = [
        "https://api.example.com/v1?token=tk_live_51HxQ2eZvKYlo2C9dGfQ",
        "ada.lovelace@example.org",
        "/home/ada/Documents/customers.html",
        "203.0.113.42",
        "password=hunter2-hunter2",
        "planted-key-0815",
    ];
    let text = format!("find {}", secrets.join(" and "));
    for share in [false, true] {
        let sent = String::from_utf8_lossy(&requests(&text, share).concat()).into_owned();
        let parts =
            ["api.example", "tk_live", "lovelace", "/home/ada", "203.0.113", "hunter2", "planted-key-0815"];
        for part in parts {
            assert!(!sent.contains(part), "{part} left, sharing: {share}");
        }
        assert_eq!(sent.contains("find "), share, "what is shared is still of use");
    }
}

/// The names that CrewAI's collectors know. The names before the bar are sent by default, those after it only if a crew
/// is shared. The list was agreed on and is not made from the schema, so that it shows a mistake in the schema.
const KNOWN: &str = "
Crew Created: crew_key crew_id crew_fingerprint crew_fingerprint_created_at crew_process crew_memory \
 crew_inputs_present crew_number_of_tasks crew_number_of_agents crew_agents crew_tasks runtime_version \
 | platform platform_release platform_system platform_version cpus crew_inputs
crew_agents: key id role verbose? max_iter max_rpm function_calling_llm llm delegation_enabled? \
 allow_code_execution? max_retry_limit tools_names | goal backstory i18n fingerprint fingerprint_created_at
crew_tasks: key id async_execution? human_input? agent_role agent_key tools_names \
 | description expected_output context fingerprint fingerprint_created_at
Crew Execution: | crew_key crew_id crew_inputs crew_agents crew_tasks crew_output crew_tasks_output
crew_tasks_output: | id description output
Task Created: crew_key crew_id crew_fingerprint task_key task_id task_fingerprint task_fingerprint_created_at \
 agent_fingerprint agent_role | formatted_description formatted_expected_output
Task Execution: crew_key crew_id crew_fingerprint task_key task_id task_fingerprint task_fingerprint_created_at \
 agent_fingerprint agent_role | formatted_description formatted_expected_output task_output
Tool Usage: tool_name attempts llm agent_fingerprint agent_role
Tool Repeated Usage: tool_name attempts llm
Tool Usage Error: tool_name llm agent_fingerprint agent_role
Crew Individual Test Result: crew_key crew_id quality exec_time model_name
Crew Test Execution: crew_key crew_id iterations model_name | inputs
Deploy Signup Error:
Start Deployment: uuid source
Create Crew Deployment: source
Get Crew Logs: log_type uuid
Remove Crew: uuid
Flow Creation: flow_name
Flow Plotting: flow_name node_names
Flow Execution: flow_name node_names origin resumed conversational
Flow Completed: flow_name duration_ms outcome origin conversational error_type
Flow Paused: flow_name origin
Flow Method Failed: flow_name origin error_type
Environment Context: tool
Human Feedback: event_type has_routing num_outcomes feedback_provided outcome
Feature Usage: feature
Template Installed: template_name
";

#[test]
fn the_names_are_those_that_collectors_know() {
    type Tiers = [BTreeSet<String>; 2];
    fn tiers(attributes: &[AttributeSpec]) -> Tiers {
        [Tier::Default, Tier::Shared]
            .map(|tier| attributes.iter().filter(|a| a.tier() == tier).map(|a| a.name().to_owned()).collect())
    }
    let mut declared = BTreeMap::<String, Tiers>::new();
    for spec in SPANS {
        declared.insert(spec.name().to_owned(), tiers(spec.attributes()));
        for attribute in spec.attributes() {
            if let Type::Items(items) = attribute.kind() {
                declared.insert(attribute.name().to_owned(), tiers(items));
            }
        }
    }
    let known = KNOWN.trim().lines().map(|line| {
        let (name, attributes) = line.split_once(':').expect("a name and a colon");
        let (default, shared) = attributes.split_once('|').unwrap_or((attributes, ""));
        let names = |list: &str| list.split_whitespace().map(str::to_owned).collect();
        (name.to_owned(), [names(default), names(shared)])
    });
    assert_eq!(declared, known.collect());
    let common: Vec<&str> = SCHEMA.common().iter().map(AttributeSpec::name).collect();
    assert_eq!(common, ["crewai_version", "coding_agent", "runtime_context", "project_id"]);
}

#[test]
fn the_words_of_fixed_lists_are_those_that_collectors_know() {
    let agents: Vec<&str> = CodingAgent::ALL.iter().map(|agent| agent.name()).collect();
    let known = "claude_code codex cline gemini_cli augment opencode antigravity junie cursor other unknown";
    assert_eq!(agents.join(" "), known);
    let places: Vec<&str> = RuntimeContext::ALL.iter().map(|place| place.name()).collect();
    assert_eq!(places.join(" "), "ci serverless paas hosted_ide notebook container interactive unknown");
}
