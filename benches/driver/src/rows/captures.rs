//! What a capture costs the thread that found the error, with a no and with a yes.

use crate::Failure;
use crate::bench::Bench;
use crate::row::Row;

const UNBOUND: &str = "sentry, unbound";
const STACK: &str = "sentry, `attach_stacktrace`";

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let calls = bench.calls()?;
    let refused = [
        "refused-ours",
        "refused-ours-absent",
        "refused-load",
        "refused-sentry",
        "refused-log",
        "refused-tracing",
    ];
    let [ours, absent, load, sentry, log, tracing] = calls.time(refused)?.map(|t| t.nanos);
    let no = Row::new("refused", "`capture_exception` when the user said no", "ns", ours)
        .at_most_times(0.3, UNBOUND)
        .beside("not installed", absent)
        .beside("a relaxed load", load)
        .beside(UNBOUND, sentry)
        .beside("`log::error!`, no logger", log)
        .beside("`tracing::error!`, no subscriber", tracing);
    let [ours, absent, load, sentry, log, tracing] = calls.count(refused)?;
    let no_counted =
        Row::new("refused-instructions", "instructions of a capture when the user said no", "", ours)
            .beside("not installed", absent)
            .beside("a relaxed load", load)
            .beside(UNBOUND, sentry)
            .beside("`log::error!`, no logger", log)
            .beside("`tracing::error!`, no subscriber", tracing);
    let micros = |t: crate::calls::Timing| t.nanos / 1e3;
    let [ours, stack, plain] = calls.time(["chain-ours", "chain-sentry-stack", "chain-sentry"])?.map(micros);
    let chain = Row::new(
        "chain",
        "`capture_exception`, three errors in a chain, with the stack; the caller's thread",
        "µs",
        ours,
    )
    .at_most_times(0.12, STACK)
    .beside(STACK, stack)
    .beside("sentry without a stack", plain);
    let [ours, sentry] = calls.time(["anyhow-ours", "anyhow-sentry"])?.map(micros);
    let anyhow =
        Row::new("anyhow", "`capture_exception` of an `anyhow::Error` that carries a backtrace", "µs", ours)
            .at_most(10.0)
            .beside("sentry-anyhow", sentry);
    Ok(vec![no, no_counted, chain, anyhow])
}
