//! What a program grows by: bytes, crates and build time.

use crate::Failure;
use crate::bench::Bench;
use crate::programs::{
    Built, HUMAN_PANIC, OURS, OURS_BARE, OURS_FILE, PLAIN, SENTRY_DEFAULT, SENTRY_MINIMAL,
};
use crate::row::{Figure, Row};

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let programs = bench.programs()?;
    let row = |id, what, unit, weigh: fn(&Built) -> Figure| {
        let row = Row::new(id, what, unit, programs.weight(OURS, weigh));
        [OURS_BARE, OURS_FILE, SENTRY_MINIMAL, SENTRY_DEFAULT, HUMAN_PANIC, PLAIN]
            .into_iter()
            .fold(row, |row, name| row.beside(name, programs.weight(name, weigh)))
    };
    let megabytes = |built: &Built| Figure::Number(built.stripped_bytes / 1e6);
    let size = row("size", "stripped size of a small program with the Sentry provider", "MB", megabytes);
    let bare = programs.weight(OURS_BARE, |built| built.crates.into());
    let bare_size = programs.weight(OURS_BARE, megabytes).over(programs.weight(PLAIN, megabytes));
    Ok(vec![
        size.at_most_times(1.0, SENTRY_MINIMAL),
        Row::new("size-bare", "the same without a provider, over a plain program", "MB", bare_size)
            .at_most(1.5),
        Row::new("crates-bare", "crates without a provider", "", bare).at_most(45.0),
        row("crates", "crates with the Sentry provider", "", |built| built.crates.into())
            .at_most_times(1.0, SENTRY_MINIMAL),
        row("build", "clean build of a small program with the Sentry provider", "s", |built| {
            built.build_seconds
        })
        .at_most_times(1.0, SENTRY_MINIMAL),
    ])
}
