//! The attributes of every span.

use crawl4ai_telemetry::usage::Name;
use crawl4ai_telemetry::{usage_attributes, usage_choice};

usage_choice! {
    /// The assistant that runs the program, if a variable that the assistant is known to set tells it.
    ///
    /// ```
    /// use crawl4ai_telemetry_crewai::CodingAgent;
    ///
    /// assert_eq!(CodingAgent::GeminiCli.name(), "gemini_cli");
    /// ```
    pub enum CodingAgent {
        /// Claude Code.
        ClaudeCode = "claude_code",
        /// Codex.
        Codex = "codex",
        /// Cline.
        Cline = "cline",
        /// Gemini CLI.
        GeminiCli = "gemini_cli",
        /// Augment.
        Augment = "augment",
        /// opencode.
        Opencode = "opencode",
        /// Antigravity.
        Antigravity = "antigravity",
        /// Junie.
        Junie = "junie",
        /// Cursor.
        Cursor = "cursor",
        /// An assistant that does not tell its name.
        Other = "other",
        /// No assistant, or an unknown one.
        Unknown = "unknown",
    }
}

usage_choice! {
    /// The kind of environment in which the program runs.
    ///
    /// ```
    /// use crawl4ai_telemetry_crewai::RuntimeContext;
    ///
    /// assert_eq!(RuntimeContext::HostedIde.name(), "hosted_ide");
    /// ```
    pub enum RuntimeContext {
        /// A build or test run.
        Ci = "ci",
        /// A function that a cloud runs for each request.
        Serverless = "serverless",
        /// A platform that runs applications.
        Paas = "paas",
        /// A development environment in the browser.
        HostedIde = "hosted_ide",
        /// A notebook.
        Notebook = "notebook",
        /// A container.
        Container = "container",
        /// A person's terminal.
        Interactive = "interactive",
        /// None of these, or none that can be told.
        Unknown = "unknown",
    }
}

usage_attributes! {
    /// What every span of CrewAI carries.
    pub struct CrewCommon {
        /// To find faults that only one version has.
        crewai_version: Name => Default since 1,
        /// Programs that assistants run are used otherwise than programs that people run.
        coding_agent: CodingAgent => Default since 1,
        /// What is worth supporting depends on where programs run.
        runtime_context: RuntimeContext => Default since 1,
        /// A project that its owner has registered by name wants to find its own figures; empty otherwise.
        project_id: Name => Default since 1,
    }
}
