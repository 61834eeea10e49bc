//! Records everything that can be recorded, once, with every field filled.

#![allow(dead_code, unreachable_pub, reason = "no test needs all of it")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::time::Duration;

use crawl4ai_telemetry::usage::{ErrorType, Id};
use crawl4ai_telemetry::{Timestamp, context};
use crawl4ai_telemetry_crewai::{
    Agent, Crew, CrewUsage, DeploySource, FeedbackEvent, Flow, HumanFeedback, Llm, Process, Task,
};

fn id(byte: u8) -> Id {
    Id::from_bytes([byte; 16])
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

/// A crew in which every free text is `text`.
pub fn crew(text: &str, share: bool) -> (Crew, Agent, Task) {
    let agent = Agent::new("Senior Researcher", text, text)
        .id(id(1))
        .verbose(true)
        .max_iter(12)
        .max_rpm(30)
        .i18n("de")
        .llm(Llm::new("gpt-9"))
        .function_calling_llm(Llm::new("gpt-9-mini"))
        .allow_delegation(true)
        .allow_code_execution(true)
        .tool("Search the Web")
        .fingerprint(id(2), at(10));
    let first = Task::new(text, text).agent(&agent).tool("readFile");
    let second = Task::new(text, text)
        .id(id(3))
        .agent(&agent)
        .context(&first)
        .async_execution(true)
        .human_input(true)
        .fingerprint(id(4), at(11));
    let crew = Crew::new()
        .id(id(5))
        .fingerprint(id(6), at(12))
        .process(Process::Hierarchical)
        .memory(true)
        .agent(agent.clone())
        .task(first)
        .task(second.clone())
        .share_crew(share);
    (crew, agent, second)
}

/// Records every span that there is.
pub fn record_everything(usage: &CrewUsage, text: &str, share: bool) {
    let (crew, agent, task) = crew(text, share);
    let inputs = context! { "topic" => text };
    usage.crew_creation(&crew, Some(&inputs));
    if let Some(run) = usage.crew_execution_span(&crew, Some(&inputs)) {
        usage.end_crew(run, text, [(&task, text)]);
    }
    let run = usage.task_started(&crew, &task);
    usage.task_ended(run, Some(text));

    let llm = Llm::new("gpt-9");
    usage.tool_usage("Search the Web", 1, Some(&llm), Some(&agent));
    usage.tool_repeated_usage("Search the Web", 4, Some(&llm));
    usage.tool_usage_error(Some("Search the Web"), Some(&llm), Some(&agent));
    usage.individual_test_result_span(&crew, 7.5, Duration::from_secs(12), "gpt-9");
    usage.test_execution_span(&crew, 3, Some(&inputs), "gpt-9");

    usage.deploy_signup_error_span();
    usage.start_deployment_span(Some(id(7)), DeploySource::Cli);
    usage.create_crew_deployment_span(DeploySource::Tui);
    usage.crew_logs_span(Some(id(7)), "deployment");
    usage.remove_crew_span(Some(id(7)));

    let flow = Flow::new("BeeFlow").nodes(["collect", "write"]).conversational(true);
    let error = ErrorType::of(&"x".parse::<u8>().expect_err("no number"));
    usage.flow_creation_span(&flow);
    usage.flow_plotting_span(&flow);
    usage.flow_execution_span(&flow, false);
    usage.flow_completed_span(&flow, Duration::from_millis(1_250), Err(error));
    usage.flow_paused_span(&flow);
    usage.flow_method_failed_span(&flow.clone().internal(), error);

    usage.env_context_span("cursor");
    usage.human_feedback_span(HumanFeedback {
        event_type: FeedbackEvent::Received,
        has_routing: true,
        num_outcomes: 2,
        feedback_provided: Some(true),
        outcome: Some("approved".into()),
    });
    usage.feature_usage_span("planning:creation");
    usage.template_installed_span("bees");
}
