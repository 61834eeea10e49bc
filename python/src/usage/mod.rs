//! Usage figures for Python. Each method calls one of the library, with values that Python has read from its objects.

mod given;
mod names;
mod settings;
mod span;

use std::time::Duration;

use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::usage::{Id, Usage as SpanUsage};
use crawl4ai_telemetry_crewai::{CrewUsage, DeploySource, FeedbackEvent, HumanFeedback, Llm};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::environment;
use crate::given::{Fields, Lossy};
use crate::waiting::{interruptible, time};
use given::{GivenAgent, GivenCrew, GivenFlow, GivenTask};
use names::error_type;
use span::Open;
pub(crate) use span::Span;

/// The usage figures of one program. They are not global, so that a process may have several.
#[pyclass(frozen, module = "crawl4ai_telemetry._native")]
pub(crate) struct Usage {
    telemetry: Telemetry,
    crews: CrewUsage,
}

impl Usage {
    /// Handles consent, flushes and status.
    fn spans(&self) -> &SpanUsage {
        self.telemetry.usage()
    }

    fn usage(&self) -> &CrewUsage {
        &self.crews
    }
}

#[pymethods]
impl Usage {
    #[new]
    fn new(settings: crate::settings::Settings, usage: settings::Settings) -> Self {
        let modules = settings.modules();
        let builder = settings.builder(&modules);
        let runtime_version = usage.runtime_version.clone();
        let telemetry = builder.usage(usage.into_settings()).build_anyway();
        let crews = CrewUsage::new(telemetry.usage().clone()).runtime_version(runtime_version);
        Self { telemetry, crews }
    }

    /// Whether a span would be recorded now. Otherwise Python reads nothing from its objects.
    fn wants_spans(&self) -> bool {
        self.spans().wants_spans()
    }

    /// Updates the environment's variables.
    fn refresh_environment(&self, environ: Vec<(Lossy, Lossy)>) {
        let pairs = environ.into_iter().map(|(name, value)| (name.0, value.0)).collect();
        environment::refresh(&self.telemetry, pairs);
    }

    /// Waits until recorded spans are delivered. Returns true if none waits any more.
    fn flush(&self, py: Python<'_>, seconds: f64) -> PyResult<bool> {
        let most = time(seconds);
        let usage = self.spans().clone();
        Ok(interruptible(py, most, move || usage.flush(most))?.unwrap_or(false))
    }

    /// The status of usage spans, as JSON.
    fn status(&self, py: Python<'_>) -> PyResult<String> {
        let said = |error: serde_json::Error| PyValueError::new_err(error.to_string());
        py.detach(|| serde_json::to_string(&self.spans().status()).map_err(said))
    }

    fn crew_creation(&self, crew: GivenCrew, inputs: Option<Fields>) {
        self.usage().crew_creation(&crew.into_crew(), inputs.map(|inputs| inputs.0).as_ref());
    }

    fn crew_execution_span(&self, crew: GivenCrew, inputs: Option<Fields>) -> Option<Span> {
        let inputs = inputs.map(|inputs| inputs.0);
        let span = self.usage().crew_execution_span(&crew.into_crew(), inputs.as_ref())?;
        Some(Span::new(Open::Crew(span)))
    }

    /// Ends a crew's span, with its tasks and the output of each.
    fn end_crew(&self, span: &Span, output: Lossy, tasks: Vec<(GivenTask, Lossy)>) {
        let Some(Open::Crew(span)) = span.take() else { return };
        let tasks: Vec<_> = tasks.into_iter().map(|(task, output)| (task.into_task(), output.0)).collect();
        self.usage().end_crew(span, &output.0, tasks.iter().map(|(task, output)| (task, &**output)));
    }

    fn task_started(&self, crew: GivenCrew, task: GivenTask) -> Span {
        Span::new(Open::Task(self.usage().task_started(&crew.into_crew(), &task.into_task())))
    }

    fn task_ended(&self, span: &Span, output: Option<Lossy>) {
        if let Some(Open::Task(span)) = span.take() {
            self.usage().task_ended(span, output.as_ref().map(|output| &*output.0));
        }
    }

    /// Ends the span of a crew or of a task as a failure.
    fn failed(&self, span: &Span) {
        match span.take() {
            Some(Open::Crew(span)) => span.fail(),
            Some(Open::Task(span)) => span.fail(),
            None => {}
        }
    }

    fn tool_usage(&self, tool: Lossy, attempts: u32, llm: Option<Lossy>, agent: Option<GivenAgent>) {
        let (llm, agent) = (llm.map(model), agent.map(GivenAgent::into_agent));
        self.usage().tool_usage(tool.0, attempts, llm.as_ref(), agent.as_ref());
    }

    fn tool_repeated_usage(&self, tool: Lossy, attempts: u32, llm: Option<Lossy>) {
        self.usage().tool_repeated_usage(tool.0, attempts, llm.map(model).as_ref());
    }

    fn tool_usage_error(&self, tool: Option<Lossy>, llm: Option<Lossy>, agent: Option<GivenAgent>) {
        let (llm, agent) = (llm.map(model), agent.map(GivenAgent::into_agent));
        self.usage().tool_usage_error(tool.as_ref().map(|tool| &*tool.0), llm.as_ref(), agent.as_ref());
    }

    /// `exec_time` is in seconds.
    fn individual_test_result_span(&self, crew: GivenCrew, quality: f64, exec_time: f64, model_name: Lossy) {
        let exec_time = Duration::try_from_secs_f64(exec_time).unwrap_or_default();
        self.usage().individual_test_result_span(&crew.into_crew(), quality, exec_time, model_name.0);
    }

    fn test_execution_span(
        &self,
        crew: GivenCrew,
        iterations: u32,
        inputs: Option<Fields>,
        model_name: Lossy,
    ) {
        let inputs = inputs.map(|inputs| inputs.0);
        self.usage().test_execution_span(&crew.into_crew(), iterations, inputs.as_ref(), model_name.0);
    }

    fn deploy_signup_error_span(&self) {
        self.usage().deploy_signup_error_span();
    }

    fn start_deployment_span(&self, uuid: Option<[u8; 16]>, source: &str) {
        self.usage().start_deployment_span(uuid.map(Id::from_bytes), deploy_source(source));
    }

    fn create_crew_deployment_span(&self, source: &str) {
        self.usage().create_crew_deployment_span(deploy_source(source));
    }

    fn get_crew_logs_span(&self, uuid: Option<[u8; 16]>, log_type: Lossy) {
        self.usage().crew_logs_span(uuid.map(Id::from_bytes), log_type.0);
    }

    fn remove_crew_span(&self, uuid: Option<[u8; 16]>) {
        self.usage().remove_crew_span(uuid.map(Id::from_bytes));
    }

    fn flow_creation_span(&self, flow: GivenFlow) {
        self.usage().flow_creation_span(&flow.into_flow());
    }

    fn flow_plotting_span(&self, flow: GivenFlow) {
        self.usage().flow_plotting_span(&flow.into_flow());
    }

    fn flow_execution_span(&self, flow: GivenFlow, resumed: bool) {
        self.usage().flow_execution_span(&flow.into_flow(), resumed);
    }

    /// `duration_ms` is in milliseconds. If the flow failed, `error` is the type of its error.
    fn flow_completed_span(&self, flow: GivenFlow, duration_ms: f64, error: Option<&str>) {
        let lasted = Duration::try_from_secs_f64(duration_ms / 1000.0).unwrap_or_default();
        let outcome = error.map_or(Ok(()), |name| Err(error_type(name)));
        self.usage().flow_completed_span(&flow.into_flow(), lasted, outcome);
    }

    fn flow_paused_span(&self, flow: GivenFlow) {
        self.usage().flow_paused_span(&flow.into_flow());
    }

    fn flow_method_failed_span(&self, flow: GivenFlow, error: &str) {
        self.usage().flow_method_failed_span(&flow.into_flow(), error_type(error));
    }

    fn env_context_span(&self, tool: Lossy) {
        self.usage().env_context_span(tool.0);
    }

    fn human_feedback_span(
        &self,
        is_received: bool,
        has_routing: bool,
        num_outcomes: u32,
        feedback_provided: Option<bool>,
        outcome: Option<Lossy>,
    ) {
        self.usage().human_feedback_span(HumanFeedback {
            event_type: if is_received { FeedbackEvent::Received } else { FeedbackEvent::Requested },
            has_routing,
            num_outcomes,
            feedback_provided,
            outcome: outcome.map(|outcome| outcome.0.into()),
        });
    }

    fn feature_usage_span(&self, feature: Lossy) {
        self.usage().feature_usage_span(feature.0);
    }

    fn coding_agent_span(&self) {
        self.usage().coding_agent_span();
    }

    fn template_installed_span(&self, template: Lossy) {
        self.usage().template_installed_span(template.0);
    }
}

fn model(name: Lossy) -> Llm {
    Llm::new(name.0)
}

fn deploy_source(word: &str) -> DeploySource {
    if word == DeploySource::Tui.name() { DeploySource::Tui } else { DeploySource::Cli }
}
