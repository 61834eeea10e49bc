//! Flows: that a flow was made, drawn or run, and how it ended. A flow's state is never recorded.

use std::time::Duration;

use crawl4ai_telemetry::usage::{ErrorType, Name};
use crawl4ai_telemetry::{usage_choice, usage_span};

usage_choice! {
    /// Who wrote a flow.
    ///
    /// ```
    /// use crawl4ai_telemetry_crewai::FlowOrigin;
    ///
    /// assert_eq!(FlowOrigin::ALL.len(), 2);
    /// assert_eq!(FlowOrigin::Internal.name(), "internal");
    /// ```
    pub enum FlowOrigin {
        /// The user of the framework.
        User = "user",
        /// The framework itself, which runs agents as flows.
        Internal = "internal",
    }
}

usage_choice! {
    /// How a flow ended.
    ///
    /// ```
    /// use crawl4ai_telemetry_crewai::FlowOutcome;
    ///
    /// assert_eq!(FlowOutcome::Failed.name(), "failed");
    /// ```
    pub enum FlowOutcome {
        /// The flow reached its end.
        Completed = "completed",
        /// An error ended the flow.
        Failed = "failed",
    }
}

usage_span! {
    /// That a flow was made.
    pub struct FlowCreation = "Flow Creation" {
        /// Tells flows apart.
        flow_name: Name => Default since 1,
    }
}

usage_span! {
    /// That a flow was drawn.
    pub struct FlowPlotting = "Flow Plotting" {
        /// Tells flows apart.
        flow_name: Name => Default since 1,
        /// How large the flows are that people draw.
        node_names: Vec<Name> => Default since 1,
    }
}

usage_span! {
    /// That a run of a flow began.
    pub struct FlowExecution = "Flow Execution" {
        /// Tells flows apart.
        flow_name: Name => Default since 1,
        /// How large the flows are that people run.
        node_names: Vec<Name> => Default since 1,
        /// Flows of the framework itself must not be counted as the users'.
        origin: FlowOrigin => Default since 1,
        /// A run that goes on after a pause must not be counted twice.
        resumed: bool => Default since 1,
        /// A conversation has many runs and one end.
        conversational: bool => Default since 1,
    }
}

usage_span! {
    /// That a run of a flow ended, and how.
    pub struct FlowCompleted = "Flow Completed" {
        /// Tells flows apart.
        flow_name: Name => Default since 1,
        /// How long flows run.
        duration_ms: Duration => Default since 1,
        /// How many flows fail.
        outcome: FlowOutcome => Default since 1,
        /// Flows of the framework itself must not be counted as the users'.
        origin: FlowOrigin => Default since 1,
        /// A conversation has many runs and one end.
        conversational: bool => Default since 1,
        /// Which errors end flows, to decide what to mend first; never what the error said.
        error_type: Option<ErrorType> => Default since 1,
    }
}

usage_span! {
    /// That a flow waits for a person.
    pub struct FlowPaused = "Flow Paused" {
        /// Tells flows apart.
        flow_name: Name => Default since 1,
        /// Flows of the framework itself must not be counted as the users'.
        origin: FlowOrigin => Default since 1,
    }
}

usage_span! {
    /// That a step of a flow failed; never which, with what, or what the error said.
    pub struct FlowMethodFailed = "Flow Method Failed" {
        /// Tells flows apart.
        flow_name: Name => Default since 1,
        /// Flows of the framework itself must not be counted as the users'.
        origin: FlowOrigin => Default since 1,
        /// Which errors occur, to decide what to mend first.
        error_type: Option<ErrorType> => Default since 1,
    }
}
