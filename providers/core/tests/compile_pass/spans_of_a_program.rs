//! A program declares spans of its own, in every type and tier that there is.
use crawl4ai_telemetry_core::usage::{Decimal, DeclaredSpan, Id, Key, Name, SharedText, Tier, ToolName};

crawl4ai_telemetry_core::usage_span! {
    /// That a crawl ended,
    /// well or not.
    pub struct CrawlEnded = "Crawl Ended" {
        /// Strategies that nobody uses
        /// are taken out.
        strategy: Name => Default since 1,
        /// How large crawls are, to tune the scheduler for them.
        pages as "pages?": Option<u64> => Default since 2,
        /// Tells crawls apart.
        id: Id => Default since 1,
        /// The same crawl counts once.
        key: Key => Default since 1,
        /// Which tools are used.
        tools: Vec<ToolName> => Default since 1,
        /// How well it went.
        score: Decimal => Default since 1,
        /// Why a crawl was begun, when its owner chooses to show us.
        question: Option<SharedText> => Shared since 1,
    }
}

fn main() {
    let [strategy, pages, .., question] = CrawlEnded::SPEC.attributes() else { panic!() };
    assert_eq!(CrawlEnded::SPEC.purpose(), "That a crawl ended, well or not.");
    assert_eq!(strategy.reason(), "Strategies that nobody uses are taken out.");
    assert_eq!((pages.name(), pages.since()), ("pages?", 2));
    assert_eq!((question.name(), question.tier()), ("question", Tier::Shared));
}
