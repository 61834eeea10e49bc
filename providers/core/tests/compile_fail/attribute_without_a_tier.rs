//! Nobody said when it is sent.
crawl4ai_telemetry_core::usage_span! {
    /// That a crawl ended.
    pub struct CrawlEnded = "Crawl Ended" {
        /// How large crawls are.
        pages: u64 => since 1,
    }
}

fn main() {}
