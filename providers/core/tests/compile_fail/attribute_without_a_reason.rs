//! Nobody said why it is collected.
crawl4ai_telemetry_core::usage_span! {
    /// That a crawl ended.
    pub struct CrawlEnded = "Crawl Ended" {
        pages: u64 => Default since 1,
    }
}

fn main() {}
