//! What an annotated function costs if it succeeds.

use crate::Failure;
use crate::bench::Bench;
use crate::row::{Figure, Row};

const BESIDE: [&str; 4] =
    ["not installed", "tracing without a subscriber", "tracing with fmt", "tracing with sentry's layer"];

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let calls = bench.calls()?;
    let sync = [
        "sync-bare",
        "sync-ours",
        "sync-ours-absent",
        "sync-tracing-none",
        "sync-tracing-fmt",
        "sync-tracing-sentry",
        "sync-log",
    ];
    let futures = [
        "async-bare",
        "async-ours",
        "async-ours-absent",
        "async-tracing-none",
        "async-tracing-fmt",
        "async-tracing-sentry",
    ];
    let moved = ["moved-bare", "moved-ours", "moved-ours-absent", "moved-tracing-none"];
    let time = |figures: &[crate::calls::Timing]| {
        figures.iter().map(|t| Figure::Number(t.nanos)).collect::<Vec<_>>()
    };
    Ok(vec![
        over_bare(
            Row::new(
                "attribute",
                "`#[telemetry]` on a function that returns `Ok`, over the bare call",
                "ns",
                0.0,
            )
            .at_most(3.0),
            &time(&calls.time(sync)?),
        ),
        over_bare(
            Row::new(
                "attribute-instructions",
                "instructions of `#[telemetry]` on a function that returns `Ok`",
                "",
                0.0,
            )
            .at_most(20.0),
            &calls.count(sync)?,
        ),
        over_bare(
            Row::new(
                "async",
                "`#[telemetry]` on an `async fn`, per awaited future that completes, over the bare one",
                "ns",
                0.0,
            )
            .at_most(6.0),
            &time(&calls.time(futures)?),
        ),
        over_bare(
            Row::new("async-moved", "the same, moved before it is polled, as into a task", "ns", 0.0),
            &time(&calls.time(moved)?),
        ),
        over_bare(
            Row::new("async-instructions", "instructions of `#[telemetry]` on an `async fn`", "", 0.0),
            &calls.count(futures)?,
        ),
    ])
}

/// Fills a row from figures in the order: bare, ours, the peers.
fn over_bare(row: Row, figures: &[Figure]) -> Row {
    let mut over =
        figures.split_first().into_iter().flat_map(|(bare, rest)| rest.iter().map(|f| f.over(*bare)));
    let ours = over.next().unwrap_or(Figure::NotMeasured);
    let names = BESIDE.into_iter().chain(["`inspect_err` with `log::error!`"]);
    names.zip(over).fold(Row { ours, ..row }, |row, (who, figure)| row.beside(who, figure))
}
