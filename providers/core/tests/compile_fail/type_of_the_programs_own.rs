//! The types of attributes are a closed list: a `String` says nothing of what may stand in it.
crawl4ai_telemetry_core::usage_span! {
    /// That a crawl ended.
    pub struct CrawlEnded = "Crawl Ended" {
        /// Where the crawl began.
        url: String => Default since 1,
    }
}

fn main() {}
