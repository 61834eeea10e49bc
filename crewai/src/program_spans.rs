//! Records the program's features and deployments.

use crawl4ai_telemetry::usage::{Id, Name, ToolName};

use crate::declared::{
    CreateCrewDeployment, CrewLogs, DeploySignupError, DeploySource, EnvironmentContext, FeatureUsage,
    HumanFeedback, RemoveCrew, StartDeployment, TemplateInstalled,
};
use crate::environment;
use crate::usage::CrewUsage;

impl CrewUsage {
    /// A feature was used. Each span counts one use.
    pub fn feature_usage_span(&self, feature: impl Into<Name>) {
        self.put(false, || FeatureUsage { feature: feature.into() });
    }

    /// Counts the assistant that runs the program as the use of a feature: `coding_agent:codex`. Each span also has
    /// this in an attribute. Call this once in a process, if the program's figures are counts of features.
    pub fn coding_agent_span(&self) {
        if let Some(run) = self.usage.run() {
            self.put(false, || FeatureUsage {
                feature: format!("coding_agent:{}", environment::coding_agent(&run).name()).into(),
            });
        }
    }

    /// A template was installed.
    pub fn template_installed_span(&self, template: impl Into<Name>) {
        self.put(false, || TemplateInstalled { template_name: template.into() });
    }

    /// A person was asked for feedback, or gave it.
    pub fn human_feedback_span(&self, feedback: HumanFeedback) {
        self.put(false, || feedback);
    }

    /// The project is set up for a coding tool.
    pub fn env_context_span(&self, tool: impl Into<ToolName>) {
        self.put(false, || EnvironmentContext { tool: tool.into() });
    }

    /// Signing up for a deployment failed.
    pub fn deploy_signup_error_span(&self) {
        self.put_failed(|| DeploySignupError {});
    }

    /// A deployment began. It also counts as the use of a feature, `deploy:pushed`.
    pub fn start_deployment_span(&self, uuid: Option<Id>, source: DeploySource) {
        self.put(false, || StartDeployment { uuid, source });
        self.feature_usage_span(Name::constant("deploy:pushed"));
    }

    /// A deployment was created. It also counts as the use of a feature, `deploy:created`.
    pub fn create_crew_deployment_span(&self, source: DeploySource) {
        self.put(false, || CreateCrewDeployment { source });
        self.feature_usage_span(Name::constant("deploy:created"));
    }

    /// The logs of a deployment were asked for.
    pub fn crew_logs_span(&self, uuid: Option<Id>, log_type: impl Into<Name>) {
        self.put(false, || CrewLogs { log_type: log_type.into(), uuid });
    }

    /// A deployment was removed.
    pub fn remove_crew_span(&self, uuid: Option<Id>) {
        self.put(false, || RemoveCrew { uuid });
    }
}
