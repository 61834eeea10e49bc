//! How long a program is held when it panics or ends, for different behaviors of the server.

use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server, refusing_url};

use crate::Failure;
use crate::bench::Bench;
use crate::programs::{HUMAN_PANIC, OURS, PLAIN, SENTRY_DEFAULT, SENTRY_MINIMAL};
use crate::row::{Figure, Row};
use crate::run::{Stage, dsn, median};

/// A program that runs longer is killed, and the row says so.
const PATIENCE: Duration = Duration::from_secs(10);

const SAMPLES: usize = 15;

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let server = Server::always(Reply::HangAfterAccept);
    let (silent, dead) = (dsn(&server.url()), dsn(&refusing_url()));
    let panic = |dsn: Option<&str>| durations(bench, "panic", dsn);
    let over =
        |id, what, figures: [(&'static str, Figure); 5]| over_plain(Row::new(id, what, "ms", 0.0), figures);
    Ok(vec![
        over("panic-nowhere", "panic to exit with nowhere to send to, over a plain program", panic(None)?),
        over("panic-dead", "panic to exit with a server that is down", panic(Some(&dead))?).at_most(300.0),
        over(
            "panic-silent",
            "panic to exit with a server that accepts and never answers",
            panic(Some(&silent))?,
        )
        .at_most(300.0),
        over(
            "exit-silent",
            "normal exit with a report waiting and that silent server",
            durations(bench, "errors", Some(&silent))?,
        )
        .at_most(250.0),
        over(
            "caught",
            "how long a panic that is caught holds its thread, that silent server",
            caught(bench, &silent)?,
        ),
    ])
}

const PROGRAMS: [&str; 5] = [PLAIN, OURS, SENTRY_MINIMAL, SENTRY_DEFAULT, HUMAN_PANIC];

fn over_plain(row: Row, figures: [(&'static str, Figure); 5]) -> Row {
    let [(_, plain), (_, ours), beside @ ..] = figures;
    let row = Row { ours: ours.over(plain), ..row };
    beside.into_iter().fold(row, |row, (who, figure)| row.beside(who, figure.over(plain)))
}

/// The median run time of each program, in milliseconds. The programs take turns.
fn durations(bench: &Bench, scene: &str, dsn: Option<&str>) -> Result<[(&'static str, Figure); 5], Failure> {
    turns(bench, scene, dsn, |run| Some(run.millis))
}

/// The time that each program prints: how long the panic held it.
fn caught(bench: &Bench, silent: &str) -> Result<[(&'static str, Figure); 5], Failure> {
    turns(bench, "caught", Some(silent), |run| run.numbers().first().copied())
}

fn turns(
    bench: &Bench,
    scene: &str,
    dsn: Option<&str>,
    figure: impl Fn(&crate::run::Run) -> Option<f64>,
) -> Result<[(&'static str, Figure); 5], Failure> {
    let programs = bench.programs()?;
    let mut samples: [(&'static str, Vec<f64>, bool); 5] = PROGRAMS.map(|name| (name, Vec::new(), false));
    for _ in 0..bench.samples(SAMPLES) {
        // A program that was killed once is not run again.
        for (name, samples, killed) in samples.iter_mut().filter(|(_, _, killed)| !killed) {
            let Some(program) = programs.find(name) else { continue };
            let run = Stage::new()?.play(&program.path, &[scene], dsn, PATIENCE)?;
            *killed = run.killed;
            samples.extend(figure(&run));
        }
    }
    Ok(samples.map(|(name, samples, killed)| {
        let figure =
            if killed { Figure::MoreThan(PATIENCE.as_secs_f64() * 1e3) } else { median(samples).into() };
        (name, figure)
    }))
}
