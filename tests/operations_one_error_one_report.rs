//! Checks the rule of `src/capture/seen.rs` case by case: which failures count as one error, and which as two.

#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod shared_telemetry;
use std::error::Error;

use anyhow::Context as _;
use crawl4ai_telemetry::{
    FutureExt, ResultExt, async_telemetry_context, capture_exception, context, operation, telemetry,
    telemetry_context,
};
use shared_telemetry::{Around, Fixed, only, path, reports};

/// The innermost layer of most cases.
#[telemetry]
fn parse(text: &'static str) -> Result<(), Fixed> {
    Err(Fixed(text))
}

#[test]
fn through_functions_and_contexts() {
    #[telemetry]
    fn crawl(text: &'static str) -> Result<(), Fixed> {
        telemetry_context("fetch", || parse(text))
    }
    shared_telemetry::install();
    assert_eq!(crawl("through layers").unwrap_err().0, "through layers", "the error itself goes on");
    let report = only("through layers");
    assert_eq!(path(&report), "crawl > fetch > parse");
    assert!(report.culprit().unwrap().function().unwrap().ends_with("::parse"), "{:?}", report.culprit());
}

#[test]
fn wrapped_boxed_and_converted() {
    #[telemetry]
    fn wrapped(text: &'static str) -> Result<(), Around> {
        parse(text).map_err(|source| Around { text: "around it", source })
    }
    #[telemetry]
    fn boxed(text: &'static str) -> Result<(), Box<dyn Error + Send + Sync>> {
        wrapped(text)?;
        Ok(())
    }
    #[telemetry]
    fn with_context(text: &'static str) -> anyhow::Result<()> {
        boxed(text).map_err(|error| anyhow::anyhow!(error)).context("first").context("second")
    }
    #[telemetry(operation = "top")]
    fn unchanged(text: &'static str) -> anyhow::Result<()> {
        with_context(text)
    }
    shared_telemetry::install();
    assert!(unchanged("wrapped and boxed").is_err());
    assert_eq!(path(&only("wrapped and boxed")), "top > with_context > boxed > wrapped > parse");
}

#[test]
fn turned_into_a_text() {
    #[telemetry]
    fn told(text: &'static str) -> anyhow::Result<()> {
        parse(text).map_err(|error| anyhow::anyhow!("step 3: {error}, giving up"))
    }
    shared_telemetry::install();
    assert!(told("became a text").is_err());
    only("became a text");
}

#[test]
fn a_handled_error_hides_no_other() {
    #[telemetry]
    fn fallback(text: &'static str, other: &'static str) -> Result<(), Fixed> {
        if parse(text).is_err() {
            return Err(Fixed(other));
        }
        Ok(())
    }
    shared_telemetry::install();
    assert!(fallback("the handled one", "the one that followed").is_err());
    only("the handled one");
    assert_eq!(path(&only("the one that followed")), "fallback");
}

#[test]
fn a_handled_error_does_not_hide_the_same_elsewhere() {
    #[telemetry]
    fn handles(text: &'static str) {
        assert!(parse(text).is_err());
    }
    #[telemetry]
    fn fails(text: &'static str) -> Result<(), Fixed> {
        Err(Fixed(text))
    }
    shared_telemetry::install();
    telemetry_context("outer", || {
        handles("the same elsewhere");
        fails("the same elsewhere")
    })
    .unwrap_err();
    let mut found: Vec<String> = reports("the same elsewhere").iter().map(path).collect();
    // Reports of the same millisecond are delivered in any order.
    found.sort_unstable();
    assert_eq!(found, ["outer > fails", "outer > handles > parse"]);
}

#[test]
fn the_one_that_is_kept_while_others_follow() {
    #[telemetry]
    fn collects(texts: &[&'static str]) -> Result<(), Fixed> {
        let all: Vec<_> = texts.iter().map(|text| parse(text)).collect();
        all.into_iter().next().expect("not empty")
    }
    shared_telemetry::install();
    assert!(collects(&["kept: first", "kept: second", "kept: third"]).is_err());
    assert_eq!(reports("kept: ").len(), 3);
}

#[test]
fn every_try_is_an_occurrence() {
    #[telemetry]
    fn retries(text: &'static str) -> Result<(), Fixed> {
        (0..3).map(|_| parse(text)).find(Result::is_ok).unwrap_or_else(|| parse(text))
    }
    shared_telemetry::install();
    assert!(retries("tried four times").is_err());
    assert_eq!(reports("tried four times").len(), 4);
}

#[test]
fn captured_expressly_and_then_returned() {
    #[telemetry]
    fn captures(text: &'static str) -> Result<(), Fixed> {
        let error = Fixed(text);
        let _ = capture_exception(&error, context! { "attempt" => 2 });
        Err(error)
    }
    shared_telemetry::install();
    assert!(captures("expressly").is_err());
    assert_eq!(only("expressly").context().len(), 1);
}

#[test]
fn deep_recursion_is_one_report() {
    #[telemetry]
    fn deeper(levels: u32, text: &'static str) -> anyhow::Result<()> {
        if levels == 0 {
            return Err(Fixed(text).into());
        }
        deeper(levels - 1, text).with_context(|| format!("level {levels}"))
    }
    shared_telemetry::install();
    // Goes deeper than the 32 operations and the 16 links of a chain that are kept.
    assert!(deeper(100, "at the bottom").is_err());
    assert_eq!(only("at the bottom").operations().count(), 32);
}

#[test]
fn joined_from_another_thread() {
    #[telemetry]
    fn joins(text: &'static str) -> anyhow::Result<()> {
        let joined = std::thread::Builder::new().spawn(move || parse(text))?.join().expect("no panic");
        joined.context("in the thread")
    }
    shared_telemetry::install();
    assert!(telemetry_context("outermost", || joins("from a thread")).is_err());
    assert_eq!(path(&only("from a thread")), "parse");
}

#[test]
fn threads_that_fail_alike_are_reported_each() {
    #[telemetry]
    fn outer(text: &'static str) -> Result<(), Fixed> {
        telemetry_context("middle", || parse(text))
    }
    shared_telemetry::install();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..4).for_each(|_| assert!(outer("alike").is_err())));
        }
    });
    assert_eq!(reports("alike").len(), 32);
}

#[tokio::test]
async fn async_layers_and_a_spawned_task() {
    #[telemetry]
    async fn fetch(text: &'static str) -> Result<(), Fixed> {
        tokio::task::yield_now().await;
        parse(text)
    }
    #[telemetry]
    async fn crawl(text: &'static str) -> anyhow::Result<()> {
        tokio::spawn(fetch(text)).await?.context("the task failed")
    }
    shared_telemetry::install();
    let crawled = async_telemetry_context("batch", crawl("from a task")).await;
    assert!(crawled.is_err());
    assert_eq!(path(&only("from a task")), "fetch > parse");

    let crawled =
        async_telemetry_context("batch", async_telemetry_context("page", fetch("in one task"))).await;
    assert!(crawled.is_err());
    assert_eq!(path(&only("in one task")), "batch > page > fetch > parse");
}

#[tokio::test]
async fn a_future_that_is_cancelled_leaves_nothing_open() {
    #[telemetry]
    async fn never() -> Result<(), Fixed> {
        std::future::pending().await
    }
    shared_telemetry::install();
    {
        let mut cancelled = std::pin::pin!(never());
        let ready =
            std::future::poll_fn(|cx| std::task::Poll::Ready(cancelled.as_mut().poll(cx).is_ready())).await;
        assert!(!ready);
    }
    assert!(parse("after a cancelled one").is_err());
    assert_eq!(path(&only("after a cancelled one")), "parse");
}

#[test]
fn contexts_of_the_layers_around_are_in_the_report() {
    #[telemetry(context(depth, options = text.len()))]
    fn crawl(depth: u8, text: &'static str) -> Result<(), Fixed> {
        fetch(3, text)
    }
    #[telemetry(context(retries))]
    fn fetch(retries: u32, text: &'static str) -> Result<(), Fixed> {
        Err(Fixed(text))
    }
    shared_telemetry::install();
    assert!(crawl(2, "with contexts").is_err());
    let report = only("with contexts");
    let keys: Vec<String> = report.context().iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(keys, ["retries", "depth", "options"]);
}

#[test]
fn what_is_not_wanted_here_may_be_wanted_further_out() {
    #[telemetry(if = |error| error.0 != "expected here", level = "warning")]
    fn expects(text: &'static str) -> Result<(), Fixed> {
        Err(Fixed(text))
    }
    shared_telemetry::install();
    assert!(expects("expected here").is_err());
    assert!(reports("expected here").is_empty());
    assert!(telemetry_context("outer", || expects("expected here")).is_err());
    assert_eq!(path(&only("expected here")), "outer");
    assert!(expects("not expected here").is_err());
    assert_eq!(only("not expected here").level(), crawl4ai_telemetry::Level::Warning);
}

#[test]
fn results_are_captured_in_passing() {
    #[telemetry]
    fn captures(text: &'static str) -> Result<(), Fixed> {
        let _operation = operation("by hand");
        Err(Fixed(text)).capture_with(|| context! { "attempt" => 2 }).capture()
    }
    shared_telemetry::install();
    assert!(captures("in passing").is_err());
    let report = only("in passing");
    assert_eq!(path(&report), "captures > by hand");
    assert_eq!(report.context().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_knows_where_it_was_spawned() {
    #[telemetry]
    async fn fetch(text: &'static str) -> Result<(), Fixed> {
        tokio::task::yield_now().await;
        Err(Fixed(text))
    }
    #[telemetry]
    async fn crawl(text: &'static str) -> anyhow::Result<()> {
        Ok(tokio::spawn(fetch(text).in_current_operations()).await??)
    }
    shared_telemetry::install();
    assert!(crawl("spawned from somewhere").in_operation("batch").await.is_err());
    assert_eq!(path(&only("spawned from somewhere")), "batch > crawl > fetch");
    assert!(fetch("not spawned").in_current_operations().in_operation("batch").await.is_err());
    assert_eq!(path(&only("not spawned")), "batch > fetch");
}

#[tokio::test]
async fn boxed_futures_and_async_trait() {
    #[async_trait::async_trait]
    trait Fetch {
        async fn fetch(&self, text: &'static str) -> Result<(), Fixed>;
    }
    struct Site;
    #[async_trait::async_trait]
    impl Fetch for Site {
        #[telemetry(operation = "fetch", context(text))]
        async fn fetch(&self, text: &'static str) -> Result<(), Fixed> {
            tokio::task::yield_now().await;
            parse(text)
        }
    }
    #[telemetry]
    fn boxed(
        text: &'static str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), Fixed>> + Send + 'static>> {
        let later = async move { Site.fetch(text).await };
        Box::pin(later)
    }
    #[telemetry]
    fn opaque(text: &'static str) -> impl Future<Output = Result<(), Fixed>> + Send {
        boxed(text)
    }
    shared_telemetry::install();
    assert!(tokio::spawn(opaque("behind a box")).await.expect("no panic").is_err());
    let report = only("behind a box");
    assert_eq!(path(&report), "opaque > boxed > fetch > parse");
    assert_eq!(report.context().len(), 1);
}
