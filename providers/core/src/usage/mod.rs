//! Usage telemetry: an allow-listed table of counters, settings and names; free text only of what is shared.
//!
//! The schema is code. A type of span is a struct, declared by [`usage_span!`](crate::usage_span), and its
//! attributes are the struct's fields: each has a type, a reason, a tier and the version of the consent text
//! under which it is collected first. What is not in the schema cannot be attached, because there is no field
//! for it; what has no reason does not compile; and what is declared free text does not compile in the tier that is
//! sent by default.
//!
//! ```compile_fail,E0560
//! use crawl4ai_telemetry_core::usage::FeatureUsage;
//!
//! let span = FeatureUsage { feature: "search".into(), query: "who is Ada?".into() };
//! ```
//!
//! A span is raw while it is a [`UsageDraft`], which cannot be serialized, and clean once it is a [`UsageSpan`];
//! only the [`Sanitizer`](crate::Sanitizer::usage_span) makes one of the other. Values of the shared tier are
//! taken out before there is a draft.
//!
//! A span is made by filling in its fields; lists take items, and what is optional may be left out:
//!
//! ```
//! use crawl4ai_telemetry_core::usage::{Key, SpanIds, TaskCreated, UsageDraft};
//! use crawl4ai_telemetry_core::{Sanitizer, Timestamp};
//!
//! let task = TaskCreated {
//!     crew_key: Key::from_bytes([3; 16]),
//!     crew_id: "6ba7b810-9dad-41d1-80b4-00c04fd430c8".parse()?,
//!     crew_fingerprint: None,
//!     task_key: Key::from_bytes([4; 16]),
//!     task_id: "6ba7b811-9dad-41d1-80b4-00c04fd430c8".parse()?,
//!     task_fingerprint: None,
//!     task_fingerprint_created_at: None,
//!     agent_fingerprint: None,
//!     agent_role: Some("researcher".into()),
//!     formatted_description: Some("Find sources on Ada Lovelace".into()),
//!     formatted_expected_output: None,
//! };
//! let ids = SpanIds::from_bytes([1; 16], [2; 8]);
//! let share_crew = false;
//! let draft = UsageDraft::new(task, share_crew, ids, Timestamp::from_millis(0));
//! let span = Sanitizer::new().usage_span(draft, None);
//! assert!(span.attribute("agent_role").is_some());
//! assert!(span.attribute("formatted_description").is_none(), "leaves only when the user shares");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The names on the wire are those that CrewAI's collectors know.

mod common;
mod crew;
mod declare;
mod deploy;
mod draft;
mod flow;
mod id;
mod json_schema;
mod program;
mod span;
mod spec;
mod table;
mod task;
mod testing;
mod tool;
pub(crate) mod value;

pub use common::{CodingAgent, Common, RuntimeContext};
pub use crew::{AgentItem, CrewCreated, CrewExecution, Process, TaskItem, TaskOutputItem};
pub use declare::{Attributes, DeclaredSpan};
pub use deploy::{
    CreateCrewDeployment, CrewLogs, DeploySignupError, DeploySource, RemoveCrew, StartDeployment,
};
pub use draft::{SpanIds, UsageDraft};
pub use flow::{
    FlowCompleted, FlowCreation, FlowExecution, FlowMethodFailed, FlowOrigin, FlowOutcome, FlowPaused,
    FlowPlotting,
};
pub use id::{Id, Key};
pub use json_schema::json_schema;
pub use program::{EnvironmentContext, FeatureUsage, FeedbackEvent, HumanFeedback, TemplateInstalled};
pub use span::{UsageSpan, UsageValue};
pub use spec::{AttributeSpec, Policy, SpanSpec, Tier, Type, Wire};
pub use table::table;
pub use task::{TaskCreated, TaskExecution};
pub use testing::{IndividualTestResult, TestExecution};
pub use tool::{ToolRepeatedUsage, ToolUsage, ToolUsageError};
#[doc(hidden)]
pub use value::Raw;
pub use value::{
    AttributeValue, Decimal, ErrorType, Items, Name, SentByDefault, SharedMap, SharedText, SystemName,
    ToolName,
};

pub(crate) use span::CleanValue;
pub(crate) use value::RawValue;

/// Every type of span that this library knows; a program's own come on top. The example of [`SpanSpec`] reads it.
pub const SCHEMA: &[&SpanSpec] = &[
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

/// What every span carries besides its own attributes.
pub const COMMON: &[AttributeSpec] = Common::ATTRIBUTES;

#[cfg(test)]
mod tests;
