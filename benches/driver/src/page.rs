//! Writes `docs/benchmarks.md`: the table, the machine, how to read the figures, and explanations of missed bars.

use crate::Failure;
use crate::bench::Bench;
use crate::row::{Row, Verdict};
use crate::{machine, table};

/// Written by hand, and copied into the generated page.
const GUIDE: &str = include_str!("../../guide.md");
const MISSES: &str = include_str!("../../misses.md");

pub(crate) fn render(bench: &Bench, rows: &[Row]) -> Result<String, Failure> {
    let missed: Vec<&Row> = rows.iter().filter(|row| row.verdict() == Verdict::Missed).collect();
    let bars = rows.iter().filter(|row| row.bar.is_some()).count();
    let mut page = format!(
        "# Benchmarks\n\n\
         For authors who weigh its cost: `cargo run --release --manifest-path benches/Cargo.toml` measures everything below in one run.\n\n\
         {}\n{}\n## Figures\n\n{} of {bars} bars are met.\n\n{}",
        machine::describe(bench)?,
        GUIDE,
        bars - missed.len(),
        table::markdown(rows),
    );
    if bench.quick {
        page.push_str("\nA quick run: few samples, and nothing built from nothing. Not for publishing.\n");
    }
    if !missed.is_empty() {
        page.push_str("\n## What was missed, and why\n");
    }
    for row in missed {
        let why = explanation(row.id).unwrap_or("Not explained yet.");
        page.push_str(&format!("\n**{}**: {why}\n", row.what));
    }
    Ok(page)
}

/// The text below the heading with the row's id.
fn explanation(id: &str) -> Option<&'static str> {
    let after = MISSES.split_once(&format!("\n## {id}\n"))?.1;
    Some(after.split("\n## ").next().unwrap_or(after).trim())
}
