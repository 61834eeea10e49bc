//! The one span that this library declares, for programs that list it.

use crawl4ai_telemetry_core::usage_span;

usage_span! {
    /// That the program was started. The starts of a version are what its crashes are a share of.
    pub struct ProgramStarted = "Program Started" {}
}
