//! CrewAI's spans, under the names that its collectors know.

mod common;
mod crew;
mod deploy;
mod flow;
mod program;
mod task;
mod testing;
mod tool;

use crawl4ai_telemetry::usage::{DeclaredSpan, Schema, SpanSpec};

pub use common::{CodingAgent, CrewCommon, RuntimeContext};
pub use crew::{AgentItem, CrewCreated, CrewExecution, Process, TaskItem, TaskOutputItem};
pub use deploy::{
    CreateCrewDeployment, CrewLogs, DeploySignupError, DeploySource, RemoveCrew, StartDeployment,
};
pub use flow::{
    FlowCompleted, FlowCreation, FlowExecution, FlowMethodFailed, FlowOrigin, FlowOutcome, FlowPaused,
    FlowPlotting,
};
pub use program::{EnvironmentContext, FeatureUsage, FeedbackEvent, HumanFeedback, TemplateInstalled};
pub use task::{TaskCreated, TaskExecution};
pub use testing::{IndividualTestResult, TestExecution};
pub use tool::{ToolRepeatedUsage, ToolUsage, ToolUsageError};

/// Every type of span.
pub const SPANS: &[&SpanSpec] = &[
    CrewCreated::SPEC,
    CrewExecution::SPEC,
    TaskCreated::SPEC,
    TaskExecution::SPEC,
    ToolUsage::SPEC,
    ToolRepeatedUsage::SPEC,
    ToolUsageError::SPEC,
    IndividualTestResult::SPEC,
    TestExecution::SPEC,
    DeploySignupError::SPEC,
    StartDeployment::SPEC,
    CreateCrewDeployment::SPEC,
    CrewLogs::SPEC,
    RemoveCrew::SPEC,
    FlowCreation::SPEC,
    FlowPlotting::SPEC,
    FlowExecution::SPEC,
    FlowCompleted::SPEC,
    FlowPaused::SPEC,
    FlowMethodFailed::SPEC,
    EnvironmentContext::SPEC,
    HumanFeedback::SPEC,
    FeatureUsage::SPEC,
    TemplateInstalled::SPEC,
];

/// The schema of all that is collected: the spans, and the attributes that every span has. `docs/usage-crewai.md` is
/// made from it.
///
/// ```
/// use crawl4ai_telemetry_crewai::SCHEMA;
///
/// assert!(crawl4ai_telemetry::usage::table(&SCHEMA).contains("### Feature Usage"));
/// ```
pub const SCHEMA: Schema = Schema::new(SPANS).with_common::<CrewCommon>();
