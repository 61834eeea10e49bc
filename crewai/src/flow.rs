//! Records flows.

use std::time::Duration;

use crawl4ai_telemetry::usage::{ErrorType, Name};

use crate::declared::{
    FlowCompleted, FlowCreation, FlowExecution, FlowMethodFailed, FlowOrigin, FlowOutcome, FlowPaused,
    FlowPlotting,
};
use crate::usage::CrewUsage;

/// A flow, with the names that its author gave to the flow and to its nodes.
///
/// ```
/// use crawl4ai_telemetry_crewai::{CrewUsage, Flow};
///
/// let nightly = Flow::new("nightly").nodes(["fetch", "summarize"]);
/// CrewUsage::new(crawl4ai_telemetry::usage()).flow_execution_span(&nightly, false);
/// ```
#[derive(Clone, Debug)]
pub struct Flow {
    name: Name,
    nodes: Vec<Name>,
    origin: FlowOrigin,
    conversational: bool,
}

impl Flow {
    /// A flow that the user of the framework wrote.
    #[must_use]
    pub fn new(name: impl Into<Name>) -> Self {
        Self { name: name.into(), nodes: Vec::new(), origin: FlowOrigin::User, conversational: false }
    }

    /// Sets the names of the flow's nodes.
    #[must_use]
    pub fn nodes<N: Into<Name>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.nodes = names.into_iter().map(Into::into).collect();
        self
    }

    /// Marks a flow of the framework itself, which runs agents as flows.
    #[must_use]
    pub const fn internal(mut self) -> Self {
        self.origin = FlowOrigin::Internal;
        self
    }

    /// Marks a conversation, which has many runs and one end.
    #[must_use]
    pub const fn conversational(mut self, conversational: bool) -> Self {
        self.conversational = conversational;
        self
    }
}

impl CrewUsage {
    /// A flow was made.
    pub fn flow_creation_span(&self, flow: &Flow) {
        self.put(false, || FlowCreation { flow_name: flow.name.clone() });
    }

    /// A flow was drawn.
    pub fn flow_plotting_span(&self, flow: &Flow) {
        self.put(false, || FlowPlotting { flow_name: flow.name.clone(), node_names: flow.nodes.clone() });
    }

    /// A run of a flow began, or goes on after a pause (`resumed`).
    pub fn flow_execution_span(&self, flow: &Flow, resumed: bool) {
        self.put(false, || FlowExecution {
            flow_name: flow.name.clone(),
            node_names: flow.nodes.clone(),
            origin: flow.origin,
            resumed,
            conversational: flow.conversational,
        });
    }

    /// A run of a flow ended after `duration`, either well or by an error of this type.
    pub fn flow_completed_span(&self, flow: &Flow, duration: Duration, outcome: Result<(), ErrorType>) {
        let span = self.begin(false, || FlowCompleted {
            flow_name: flow.name.clone(),
            duration_ms: duration,
            outcome: if outcome.is_ok() { FlowOutcome::Completed } else { FlowOutcome::Failed },
            origin: flow.origin,
            conversational: flow.conversational,
            error_type: outcome.err(),
        });
        if outcome.is_err() { span.fail() } else { span.end() }
    }

    /// A flow waits for a person.
    pub fn flow_paused_span(&self, flow: &Flow) {
        self.put(false, || FlowPaused { flow_name: flow.name.clone(), origin: flow.origin });
    }

    /// A step of a flow failed by an error of this type. Neither the step nor the error's message can be recorded.
    pub fn flow_method_failed_span(&self, flow: &Flow, error: ErrorType) {
        self.put_failed(|| FlowMethodFailed {
            flow_name: flow.name.clone(),
            origin: flow.origin,
            error_type: Some(error),
        });
    }
}
