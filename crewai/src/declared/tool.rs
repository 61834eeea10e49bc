//! Tools: that a tool was used, was used repeatedly, or failed. A tool's arguments are never recorded.

use crawl4ai_telemetry::usage::{Id, Name, ToolName};
use crawl4ai_telemetry::usage_span;

usage_span! {
    /// That a tool was used.
    pub struct ToolUsage = "Tool Usage" {
        /// Which tools are used, to decide which to keep.
        tool_name: ToolName => Default since 1,
        /// A tool that needs many attempts is described badly.
        attempts: u32 => Default since 1,
        /// Which models use the tool well.
        llm: Option<Name> => Default since 1,
        /// Tells copies of an agent apart.
        agent_fingerprint: Option<Id> => Default since 1,
        /// Which kinds of agents use the tool.
        agent_role: Option<Name> => Default since 1,
    }
}

usage_span! {
    /// That a tool was used again with the same arguments, which tells of an agent that turns in circles.
    pub struct ToolRepeatedUsage = "Tool Repeated Usage" {
        /// Which tools agents turn in circles with.
        tool_name: ToolName => Default since 1,
        /// How long agents turn in circles.
        attempts: u32 => Default since 1,
        /// Which models turn in circles.
        llm: Option<Name> => Default since 1,
    }
}

usage_span! {
    /// That a tool failed; never what it said.
    pub struct ToolUsageError = "Tool Usage Error" {
        /// Which tools fail, to decide which to mend first.
        tool_name: Option<ToolName> => Default since 1,
        /// Which models use the tool wrongly.
        llm: Option<Name> => Default since 1,
        /// Tells copies of an agent apart.
        agent_fingerprint: Option<Id> => Default since 1,
        /// Which kinds of agents the tool fails for.
        agent_role: Option<Name> => Default since 1,
    }
}
