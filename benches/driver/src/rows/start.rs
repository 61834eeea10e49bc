//! What a program without reports costs, and how much memory a first report takes.

use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server, refusing_url};

use crate::Failure;
use crate::bench::Bench;
use crate::programs::{
    HUMAN_PANIC, NAMES, OURS, OURS_BARE, OURS_FILE, PLAIN, SENTRY_DEFAULT, SENTRY_MINIMAL,
};
use crate::row::{Figure, Row};
use crate::run::{Stage, dsn, median};

const PATIENCE: Duration = Duration::from_secs(60);

/// The number of starts of each program. The best counts, because other load may take longer than a start.
const STARTS: usize = 400;

const SAMPLES: usize = 15;

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let nobody = dsn(&refusing_url());
    let best = |figures: Vec<f64>| figures.into_iter().reduce(f64::min);
    let starts = turns(bench, &["idle"], &nobody, STARTS, |run| Some(run.millis), best)?;
    let threads = turns(bench, &["facts"], &nobody, 1, |run| run.numbers().first().copied(), median)?;
    let memory = |run: &crate::run::Run| run.numbers().last().map(|kib| kib / 1024.0);
    let idle = turns(bench, &["facts"], &nobody, SAMPLES, memory, median)?;
    let good = Server::always(Reply::status(200));
    let reported = turns(bench, &["errors-facts", "1"], &dsn(&good.url()), SAMPLES.min(5), memory, median)?;
    Ok(vec![
        over_plain(
            Row::new("start", "start and exit with nothing to report, over a plain program", "ms", 0.0),
            &starts,
        )
        .at_most_times(1.0, SENTRY_MINIMAL),
        Row::new("start-bare", "the same without a provider", "ms", over(&starts, OURS_BARE)).at_most(0.1),
        over_plain(Row::new("threads", "threads after `init`, over a plain program", "", 0.0), &threads)
            .at_most(0.0),
        over_plain(
            Row::new("memory", "peak memory with nothing to report, over a plain program", "MiB", 0.0),
            &idle,
        ),
        over_plain(
            Row::new(
                "memory-report",
                "peak memory with one error reported, over a plain program",
                "MiB",
                0.0,
            ),
            &reported,
        )
        .at_most_times(1.0, SENTRY_MINIMAL),
    ])
}

fn over(figures: &[(&'static str, Figure)], name: &str) -> Figure {
    let find =
        |name| figures.iter().find(|(n, _)| *n == name).map_or(Figure::NotMeasured, |(_, figure)| *figure);
    find(name).over(find(PLAIN))
}

fn over_plain(row: Row, figures: &[(&'static str, Figure)]) -> Row {
    [OURS_BARE, OURS_FILE, SENTRY_MINIMAL, SENTRY_DEFAULT, HUMAN_PANIC]
        .into_iter()
        .fold(Row { ours: over(figures, OURS), ..row }, |row, name| row.beside(name, over(figures, name)))
}

/// One figure of each program, from samples that the programs take in turn.
fn turns(
    bench: &Bench,
    scene: &[&str],
    dsn: &str,
    samples: usize,
    figure: impl Fn(&crate::run::Run) -> Option<f64>,
    whole: impl Fn(Vec<f64>) -> Option<f64>,
) -> Result<Vec<(&'static str, Figure)>, Failure> {
    let programs = bench.programs()?;
    let mut all = NAMES.map(|name| (name, Vec::new()));
    for _ in 0..bench.samples(samples) {
        for (name, figures) in &mut all {
            let Some(program) = programs.find(name) else { continue };
            figures.extend(figure(&Stage::new()?.play(&program.path, scene, Some(dsn), PATIENCE)?));
        }
    }
    Ok(all.into_iter().map(|(name, figures)| (name, whole(figures).into())).collect())
}
