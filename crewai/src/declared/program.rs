//! The program: which of its features are used, and where.

use crawl4ai_telemetry::usage::{Name, ToolName};
use crawl4ai_telemetry::{usage_choice, usage_span};

usage_choice! {
    /// What happened to a question that a person is asked.
    ///
    /// ```
    /// use crawl4ai_telemetry_crewai::FeedbackEvent;
    ///
    /// assert_eq!(FeedbackEvent::Received.name(), "received");
    /// ```
    pub enum FeedbackEvent {
        /// The question was asked.
        Requested = "requested",
        /// The question was answered, or skipped.
        Received = "received",
    }
}

usage_span! {
    /// Which coding tool a project is set up for.
    pub struct EnvironmentContext = "Environment Context" {
        /// Which tools are worth instructions of their own.
        tool: ToolName => Default since 1,
    }
}

usage_span! {
    /// That a person was asked for feedback, or gave it; never what they said.
    pub struct HumanFeedback = "Human Feedback" {
        /// How many questions are answered.
        event_type: FeedbackEvent => Default since 1,
        /// Whether answers decide where a flow goes on.
        has_routing: bool => Default since 1,
        /// Between how many ways people decide.
        num_outcomes: u32 => Default since 1,
        /// How often people pass a question over.
        feedback_provided: Option<bool> => Default since 1,
        /// Which of the ways that the program's author named was taken.
        outcome: Option<Name> => Default since 1,
    }
}

usage_span! {
    /// That a feature was used.
    pub struct FeatureUsage = "Feature Usage" {
        /// Which features are used, to decide which to keep and which to mend first.
        feature: Name => Default since 1,
    }
}

usage_span! {
    /// That a template was installed.
    pub struct TemplateInstalled = "Template Installed" {
        /// Which templates are used, to decide which to keep.
        template_name: Name => Default since 1,
    }
}
