//! Shows the usage figures that a crew sends to its authors: once for a crew that is not shared, once for a shared one.
//!
//! Two agents do three tasks, a tool fails, a flow runs. `cargo run -p crawl4ai-telemetry-crewai --example crew_usage`
//! writes the spans to a file in a temporary folder and shows them. With `CRAWL4AI_OTLP_ENDPOINT` set they go to that
//! OpenTelemetry collector instead. If you agree (`CRAWL4AI_TELEMETRY=1`), the failure goes there as a log.

#![allow(clippy::print_stdout, reason = "this example shows what left")]

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::usage::{ErrorType, Settings};
use crawl4ai_telemetry::{App, Builder, Env, Telemetry, context};
use crawl4ai_telemetry_crewai::{
    Agent, Crew, CrewUsage, FeedbackEvent, Flow, HumanFeedback, Llm, SPANS, Task, under_crewai_names,
};

/// A secret in goals, descriptions, inputs and outputs.
const SECRET: &str =
    "the merger with Initech, for ada.lovelace@example.org, see /home/ada/Documents/plan.pdf";

#[derive(Debug)]
struct SearchTimeout;

impl fmt::Display for SearchTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from https://search.example.com/?q=initech&key=tk_live_51HxQ2eZvKYlo2C9dGfQ")
    }
}

impl Error for SearchTimeout {}

/// A tool that fails. Its name and its failure are recorded as usage; the error is a crash report.
fn search(telemetry: &Telemetry, agent: &Agent, llm: &Llm) -> Result<String, SearchTimeout> {
    let usage = CrewUsage::new(telemetry.usage().clone());
    usage.tool_usage("Search the Web", 1, Some(llm), Some(agent));
    usage.tool_repeated_usage("Search the Web", 3, Some(llm));
    usage.tool_usage_error(Some("Search the Web"), Some(llm), Some(agent));
    let outcome = telemetry.capture_exception(&SearchTimeout, context! { "attempts" => 3 });
    println!("  captured: {outcome:?}");
    Err(SearchTimeout)
}

fn run_crew(telemetry: &Telemetry, share: bool) {
    let usage = CrewUsage::new(telemetry.usage().clone());
    let llm = Llm::new("gpt-9");
    let researcher = Agent::new("Researcher", format!("find facts about {SECRET}"), "was a librarian")
        .llm(llm.clone())
        .tool("Search the Web")
        .allow_delegation(true);
    let writer =
        Agent::new("Writer", format!("write about {SECRET}"), "was a poet").llm(Llm::new("gpt-9-mini"));
    let find =
        Task::new(format!("find out about {SECRET}"), "ten facts").agent(&researcher).tool("Search the Web");
    let write = Task::new("write it up", "one page").agent(&writer).context(&find);
    let check = Task::new("check it", "yes or no").agent(&researcher).context(&write).human_input(true);
    let crew = Crew::new()
        .agent(researcher.clone())
        .agent(writer)
        .task(find.clone())
        .task(write.clone())
        .task(check.clone())
        .memory(true)
        .share_crew(share);

    let inputs = context! { "topic" => SECRET, "pages" => 1 };
    usage.crew_creation(&crew, Some(&inputs));
    let run = usage.crew_execution_span(&crew, Some(&inputs));

    let first = usage.task_started(&crew, &find);
    match search(telemetry, &researcher, &llm) {
        Ok(facts) => usage.task_ended(first, Some(&facts)),
        Err(_) => first.fail(),
    }
    let second = usage.task_started(&crew, &write);
    usage.task_ended(second, Some(&format!("a page about {SECRET}")));
    let third = usage.task_started(&crew, &check);
    usage.task_ended(third, Some("yes"));
    if let Some(run) = run {
        usage.end_crew(run, &format!("all about {SECRET}"), [(&write, "a page"), (&check, "yes")]);
    }
}

fn run_flow(usage: &CrewUsage) {
    let start = Instant::now();
    let flow = Flow::new("ReviewFlow").nodes(["collect", "review", "publish"]);
    usage.flow_creation_span(&flow);
    usage.flow_execution_span(&flow, false);
    usage.human_feedback_span(HumanFeedback {
        event_type: FeedbackEvent::Received,
        has_routing: true,
        num_outcomes: 2,
        feedback_provided: Some(true),
        outcome: Some("approved".into()),
    });
    let error = ErrorType::of(&SearchTimeout);
    usage.flow_method_failed_span(&flow, error);
    usage.flow_completed_span(&flow, start.elapsed(), Err(error));
    usage.feature_usage_span("planning:creation");
}

fn main() -> Result<(), Box<dyn Error>> {
    let collector = Env::from_process("CRAWL4AI").own("OTLP_ENDPOINT").map(str::to_owned);
    for share in [false, true] {
        println!("\n── {} ──\n", if share { "The crew is shared" } else { "By default" });
        let folder = tempfile::Builder::new().prefix("crew-usage-").tempdir()?;
        let file = folder.path().join("usage.jsonl");
        let telemetry = builder(folder.path(), &file, collector.as_deref()).build()?;
        run_crew(&telemetry, share);
        run_flow(&CrewUsage::new(telemetry.usage().clone()));
        if !telemetry.flush(Duration::from_secs(30)) {
            println!("  something waits: {:?}", telemetry.usage().status());
        }
        match &collector {
            Some(collector) => println!("  sent to {collector}"),
            None => show(&file)?,
        }
    }
    Ok(())
}

fn builder(folder: &Path, file: &Path, collector: Option<&str>) -> Builder {
    let builder = Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION"))).config_folder(folder);
    match collector {
        Some(base) => builder.otlp_endpoint(base).usage(usage(Settings::otlp(base, SPANS))),
        // This example may agree for the user, because nothing leaves this machine.
        None => builder
            .file(folder.join("reports.jsonl"))
            .env(Env::from_pairs("CRAWL4AI", [("CRAWL4AI_TELEMETRY", "1")]))
            .usage(usage(Settings::file(file, SPANS))),
    }
}

fn usage(settings: Settings) -> Settings {
    under_crewai_names(settings, "").on_by_default()
}

fn show(file: &Path) -> Result<(), Box<dyn Error>> {
    for line in std::fs::read_to_string(file)?.lines() {
        let span: serde_json::Value = serde_json::from_str(line)?;
        let name = span.get("span").and_then(|name| name.as_str()).unwrap_or_default();
        let failed = span.get("failed").and_then(|failed| failed.as_bool()) == Some(true);
        println!("  {name}{}", if failed { " (failed)" } else { "" });
        for (attribute, value) in span.get("attributes").and_then(|a| a.as_object()).into_iter().flatten() {
            println!("      {attribute}: {value}");
        }
    }
    Ok(())
}
