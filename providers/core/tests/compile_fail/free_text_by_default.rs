//! Free text is sent only when it is shared.
use crawl4ai_telemetry_core::usage::SharedText;

crawl4ai_telemetry_core::usage_span! {
    /// That a crawl ended.
    pub struct CrawlEnded = "Crawl Ended" {
        /// Why a crawl was begun.
        question: SharedText => Default since 1,
    }
}

fn main() {}
