//! What it costs to clean a text. Our sanitizer knows 23 values of the machine and the program in addition to its
//! detectors.

use crate::Failure;
use crate::bench::Bench;
use crate::calls::Timing;
use crate::row::Row;

const REGEXES: &str = "twelve regexes one after another";
const BARE: &str = "no known values";

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let calls = bench.calls()?;
    let row = |id, what, unit, parts: [&str; 3], figure: fn(Timing) -> f64| -> Result<Row, Failure> {
        let [ours, bare, regexes] = calls.time(parts)?.map(figure);
        Ok(Row::new(id, what, unit, ours).beside(BARE, bare).beside(REGEXES, regexes))
    };
    let nanos: fn(Timing) -> f64 = |t| t.nanos;
    let [ours, regexes] = calls.time(["doubled-ours", "doubled-regexes"])?.map(nanos);
    Ok(vec![
        row(
            "clean",
            "sanitizing a clean message of 80 bytes",
            "ns",
            ["clean-known", "clean-ours", "clean-regexes"],
            nanos,
        )?
        .at_most_times(0.12, REGEXES),
        row(
            "dirty",
            "sanitizing 80 bytes with a URL, an address and an IP",
            "ns",
            ["dirty-known", "dirty-ours", "dirty-regexes"],
            nanos,
        )?,
        row(
            "long-clean",
            "sanitizing 2 KiB of clean error lines as one text",
            "ns",
            ["long-clean-known", "long-clean-ours", "long-clean-regexes"],
            nanos,
        )?
        .at_most_times(1.0, REGEXES),
        row(
            "long",
            "sanitizing 2 KiB of error lines, 12 % dirty, as one text",
            "ns",
            ["long-known", "long-ours", "long-regexes"],
            nanos,
        )?
        .at_most_times(1.0, REGEXES),
        row(
            "lines",
            "sanitizing error lines, 12 % dirty, one by one",
            "MB/s",
            ["lines-known", "lines-ours", "lines-regexes"],
            Timing::megabytes_a_second,
        )?
        .at_least_times(3.5, REGEXES),
        Row::new(
            "doubled",
            "how many times longer a hostile text takes that is twice as long, worst of 14",
            "×",
            ours,
        )
        .at_most(3.0)
        .beside(REGEXES, regexes),
    ])
}
