//! An attribute that the schema does not know cannot be attached.
use crawl4ai_telemetry_core::usage::Name;

crawl4ai_telemetry_core::usage_span! {
    /// That it was searched.
    pub struct Searched = "Searched" {
        /// Which searches are used.
        kind: Name => Default since 1,
    }
}

fn main() {
    let _ = Searched { kind: "by title".into(), arguments: "who is Ada Lovelace?".into() };
}
