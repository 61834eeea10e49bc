use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::{Sanitizer, Timestamp, context};

const IDS: SpanIds = SpanIds::from_bytes([1; 16], [2; 8]);
const MARKER: &str = "planted marker";
const SECRET: &str = "hunter2-hunter2";

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn common() -> Common {
    Common {
        crewai_version: "1.2.3".into(),
        coding_agent: CodingAgent::Unknown,
        runtime_context: RuntimeContext::Ci,
        project_id: "".into(),
    }
}

fn clean(span: impl DeclaredSpan, shared: bool) -> UsageSpan {
    Sanitizer::new().usage_span(UsageDraft::new(span, shared, IDS, at(0)), Some(&common()))
}

fn json(span: &UsageSpan) -> serde_json::Value {
    serde_json::to_value(span).unwrap()
}

fn agent(text: &str) -> AgentItem {
    AgentItem {
        key: Key::from_bytes([5; 16]),
        id: Id::from_bytes([3; 16]),
        role: "Researcher".into(),
        goal: Some(text.into()),
        backstory: Some(text.into()),
        verbose: false,
        max_iter: 25,
        max_rpm: None,
        i18n: Some(text.into()),
        function_calling_llm: None,
        llm: Some("gpt-9".into()),
        delegation_enabled: true,
        allow_code_execution: false,
        max_retry_limit: 2,
        tools_names: vec!["Search the Web".into()],
        fingerprint: None,
        fingerprint_created_at: None,
    }
}

fn crew(text: &str) -> CrewExecution {
    CrewExecution {
        crew_key: Key::from_bytes([6; 16]),
        crew_id: Id::from_bytes([4; 16]),
        crew_inputs: Some(SharedMap(context! { "topic" => text })),
        crew_agents: Items(vec![agent(text)]),
        crew_tasks: Items(Vec::new()),
        crew_output: Some(text.into()),
        crew_tasks_output: None,
    }
}

#[test]
fn no_name_is_taken_twice_and_no_span_takes_a_common_one() {
    let mut spans = BTreeSet::new();
    for span in SCHEMA {
        assert!(spans.insert(span.name()), "{}", span.name());
        let mut names: BTreeSet<&str> = COMMON.iter().map(AttributeSpec::name).collect();
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
    check(COMMON);
    for span in SCHEMA {
        assert!(span.purpose().ends_with('.') && !span.purpose().contains('|'), "{}", span.name());
        check(span.attributes());
    }
}

#[test]
fn what_is_not_shared_is_not_even_in_the_draft() {
    let draft = UsageDraft::new(crew(MARKER), false, IDS, at(0));
    assert!(draft.values.iter().all(|(_, raw)| matches!(raw.0, RawValue::Absent)));
    let created = Items(vec![agent(MARKER)]);
    let raw = AttributeValue::into_raw(created).withhold(Tier::Default, false);
    let RawValue::Items(specs, items) = raw.0 else { panic!("a list") };
    for (spec, raw) in specs.iter().zip(&items[0]) {
        let kept = !matches!(raw.0, RawValue::Absent);
        assert!(!kept || spec.tier() == Tier::Default, "{}", spec.name());
    }
}

#[test]
fn shared_text_leaves_only_when_shared_and_never_with_secrets() {
    let text = format!("{MARKER} password={SECRET} of ada@example.com");
    let shared = json(&clean(crew(&text), true)).to_string();
    assert!(shared.contains(MARKER), "{shared}");
    for (what, span) in [("shared", &shared), ("not shared", &json(&clean(crew(&text), false)).to_string())] {
        assert!(!span.contains(SECRET) && !span.contains("ada@"), "{what}: {span}");
    }
    assert!(!json(&clean(crew(&text), false)).to_string().contains(MARKER));
}

#[test]
fn names_are_cleaned_and_cut() {
    let name = format!("Assistant of ada@example.com, password={SECRET}");
    let span = clean(FeatureUsage { feature: name.into() }, false);
    assert_eq!(span.attribute("feature"), Some(UsageValue::Text("Assistant of [email], password=[secret]")));
    let span = clean(FeatureUsage { feature: "word ".repeat(1_000).into() }, false);
    let Some(UsageValue::Text(text)) = span.attribute("feature") else { panic!("a text") };
    assert!(text.len() <= 256 && text.contains("[cut "), "{text}");
}

#[test]
fn json_attributes_are_compact_and_in_the_schemas_order() {
    let span = clean(crew("x"), true);
    let Some(UsageValue::Text(agents)) = span.attribute("crew_agents") else { panic!("a text") };
    assert!(agents.starts_with(r#"[{"key":""#), "{agents}");
    for part in [r#""verbose?":false"#, r#""max_iter":25"#, r#""tools_names":["search_the_web"]"#] {
        assert!(agents.contains(part), "{part} in {agents}");
    }
    assert!(!agents.contains("max_rpm"), "what is absent is left out: {agents}");
    assert_eq!(span.attribute("crew_inputs"), Some(UsageValue::Text(r#"{"topic":"x"}"#)));
}

#[test]
fn every_span_carries_what_is_common_first_and_booleans_are_text() {
    let span = clean(
        HumanFeedback {
            event_type: FeedbackEvent::Received,
            has_routing: false,
            num_outcomes: 3,
            feedback_provided: Some(true),
            outcome: None,
        },
        false,
    );
    let names: Vec<&str> = span.attributes().map(|(name, _)| name).collect();
    assert_eq!(&names[..4], ["crewai_version", "coding_agent", "runtime_context", "project_id"]);
    assert_eq!(span.attribute("project_id"), Some(UsageValue::Text("")), "empty, not absent");
    assert_eq!(span.attribute("has_routing"), Some(UsageValue::Text("false")));
    assert_eq!(span.attribute("feedback_provided"), Some(UsageValue::Text("true")));
    assert_eq!(span.attribute("num_outcomes"), Some(UsageValue::Int(3)));
    assert_eq!(span.attribute("outcome"), None);
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let test = |quality| {
        let span = IndividualTestResult {
            crew_key: Key::from_bytes([7; 16]),
            crew_id: Id::from_bytes([0; 16]),
            quality: Decimal(quality),
            exec_time: Decimal(12.5),
            model_name: "gpt-9".into(),
        };
        clean(span, false)
    };
    for quality in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(test(quality).attribute("quality"), None);
    }
    assert_eq!(test(7.25).attribute("quality"), Some(UsageValue::Text("7.25")));
    assert!(matches!(u64::MAX.into_raw().0, RawValue::Int(i64::MAX)));
}

#[test]
fn times_and_durations() {
    let draft = |start, end| {
        UsageDraft::new(FlowPaused { flow_name: "f".into(), origin: FlowOrigin::User }, false, IDS, at(5))
            .lasting(at(start), at(end))
    };
    let span = Sanitizer::new().usage_span(draft(2_000, 1_000), None);
    assert_eq!((span.start(), span.end()), (at(2_000), at(2_000)), "a clock that was set back");
    let completed = FlowCompleted {
        flow_name: "f".into(),
        duration_ms: Duration::from_micros(1_500),
        outcome: FlowOutcome::Failed,
        origin: FlowOrigin::Internal,
        conversational: false,
        error_type: Some(ErrorType::named("alloc::boxed::Box<dyn std::error::Error>")),
    };
    let span = clean(completed, false);
    assert_eq!(span.attribute("duration_ms"), Some(UsageValue::Float(1.5)));
    assert_eq!(span.attribute("error_type"), Some(UsageValue::Text("Box")));
    assert_eq!(span.attribute("outcome"), Some(UsageValue::Text("failed")));
}

#[test]
fn lists_and_shared_texts_are_bounded() {
    let names = (0..500).map(|n| Name::from(format!("node{n}"))).collect();
    let span = clean(FlowPlotting { flow_name: "f".into(), node_names: names }, false);
    let Some(UsageValue::Text(nodes)) = span.attribute("node_names") else { panic!("a text") };
    let nodes: Vec<String> = serde_json::from_str(nodes).unwrap();
    assert_eq!(nodes.len(), 129);
    assert_eq!(nodes.last().unwrap(), "[cut 372 items]");

    let mut span = crew(&"many words ".repeat(10_000));
    span.crew_agents = Items((0..1_000).map(|_| agent(&"many words ".repeat(1_000))).collect());
    let bytes = serde_json::to_vec(&clean(span, true)).unwrap().len();
    assert!(bytes < 512 * 1024, "{bytes}");
}

#[test]
fn every_span_fits_the_json_schema() {
    let schema = json_schema(SCHEMA);
    let spans = schema["oneOf"].as_array().unwrap();
    assert_eq!(spans.len(), SCHEMA.len());
    for span in [json(&clean(crew("x"), true)), json(&clean(crew("x"), false))] {
        let name = &span["span"];
        let fitting = spans.iter().find(|s| s["properties"]["span"]["const"] == *name).unwrap();
        for (attribute, value) in span["attributes"].as_object().unwrap() {
            let property = &fitting["properties"]["attributes"]["properties"][attribute];
            let property = match property["$ref"].as_str() {
                Some(reference) => schema.pointer(reference.trim_start_matches('#')).unwrap(),
                None => property,
            };
            assert_eq!(property["type"], "string", "{attribute}: {value}");
            assert!(property["x-tier"].is_string() && property["description"].is_string(), "{attribute}");
        }
    }
}

#[test]
fn debug_of_what_is_raw_shows_nothing() {
    let draft = UsageDraft::new(crew(MARKER), true, IDS, at(0));
    let shown = format!("{:?} {draft:?}", crew(MARKER));
    assert!(!shown.contains("planted"), "{shown}");
}
