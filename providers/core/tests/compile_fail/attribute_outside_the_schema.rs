//! An attribute that the schema does not know cannot be attached.
use crawl4ai_telemetry_core::usage::ToolRepeatedUsage;

fn main() {
    let _ = ToolRepeatedUsage {
        tool_name: "search".into(),
        attempts: 2,
        llm: None,
        arguments: "who is Ada Lovelace?".into(),
    };
}
