//! How many of a burst of errors arrive, and how many stored ones arrive although the process ended at once.

use std::collections::BTreeSet;
use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server};
use serde_json::Value;

use crate::Failure;
use crate::bench::Bench;
use crate::programs::{Built, OURS, SENTRY_DEFAULT, SENTRY_MINIMAL};
use crate::row::{Figure, Row};
use crate::run::{Stage, dsn};

const PATIENCE: Duration = Duration::from_secs(60);
const NAMES: [&str; 3] = [OURS, SENTRY_MINIMAL, SENTRY_DEFAULT];
const BURST: u32 = 1_000;
const STORED: u32 = 3;
/// The most further starts. A queue that is not delivered in so many starts never will be.
const STARTS: usize = 10;

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let programs = bench.programs()?;
    let each = |act: fn(&Built) -> Result<f64, Failure>| -> Result<[Figure; 3], Failure> {
        let mut figures = [Figure::NotMeasured; 3];
        for (figure, name) in figures.iter_mut().zip(NAMES) {
            *figure = programs.find(name).map(act).transpose()?.into();
        }
        Ok(figures)
    };
    let beside = |row: Row, [_, minimal, default]: [Figure; 3]| {
        row.beside(SENTRY_MINIMAL, minimal).beside(SENTRY_DEFAULT, default)
    };
    let mut gone = [Figure::NotMeasured; 3];
    let mut delivered = gone;
    for (i, name) in NAMES.into_iter().enumerate() {
        if let (Some(program), Some(gone), Some(delivered)) =
            (programs.find(name), gone.get_mut(i), delivered.get_mut(i))
        {
            let burst = burst(program)?;
            (*gone, *delivered) = (burst.gone().into(), burst.delivered.into());
        }
    }
    let after_exit = each(after_exit)?;
    Ok(vec![
        beside(
            Row::new(
                "burst",
                "of 1,000 different errors in a burst, good server: neither delivered nor counted",
                "",
                gone[0],
            )
            .at_most(0.0),
            gone,
        ),
        beside(
            Row::new(
                "burst-delivered",
                "of those 1,000, delivered (ours: what its limits admit)",
                "",
                delivered[0],
            ),
            delivered,
        ),
        beside(
            Row::new(
                "exit",
                "of 3 errors captured 1 s before `process::exit`, delivered at the next start",
                "",
                after_exit[0],
            )
            .at_least(f64::from(STORED)),
            after_exit,
        ),
    ])
}

struct Burst {
    delivered: f64,
    /// Errors that the capture refused, or that the client reported to the server as discarded.
    counted: f64,
}

impl Burst {
    fn heard(server: &Server, refused: f64) -> Self {
        let heard = Heard::of(server);
        Self { delivered: heard.events.len() as f64, counted: refused + heard.discarded }
    }

    fn gone(&self) -> f64 {
        (f64::from(BURST) - self.delivered - self.counted).max(0.0)
    }
}

fn burst(program: &Built) -> Result<Burst, Failure> {
    let server = Server::always(Reply::status(200));
    let (stage, dsn) = (Stage::new()?, dsn(&server.url()));
    let run = stage.play(&program.path, &["errors", &BURST.to_string()], Some(&dsn), PATIENCE)?;
    let refused = run.numbers().first().copied().unwrap_or(0.0);
    let mut burst = Burst::heard(&server, refused);
    // Further starts may deliver the rest of the queue.
    for _ in 0..STARTS {
        if burst.gone() == 0.0 {
            break;
        }
        stage.play(&program.path, &["errors-facts", "0"], Some(&dsn), PATIENCE)?;
        burst = Burst::heard(&server, refused);
    }
    Ok(burst)
}

fn after_exit(program: &Built) -> Result<f64, Failure> {
    let stage = Stage::new()?;
    let silent = Server::always(Reply::HangAfterAccept);
    stage.play(&program.path, &["exit", &STORED.to_string()], Some(&dsn(&silent.url())), PATIENCE)?;
    let good = Server::always(Reply::status(200));
    stage.play(&program.path, &["errors-facts", "0"], Some(&dsn(&good.url())), PATIENCE)?;
    Ok(Heard::of(&good).events.len() as f64)
}

/// What a server received.
#[derive(Default)]
struct Heard {
    events: BTreeSet<String>,
    /// Errors that the client reported as discarded.
    discarded: f64,
}

impl Heard {
    /// An envelope consists of lines of JSON: its header, and then a header and a body for each item.
    fn of(server: &Server) -> Self {
        let mut heard = Self::default();
        for request in server.requests() {
            let text = String::from_utf8_lossy(&request.body).into_owned();
            let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            if lines.iter().any(|line| line.get("type").and_then(Value::as_str) == Some("event")) {
                let id = lines.iter().find_map(|line| line.get("event_id")).and_then(Value::as_str);
                heard.events.extend(id.map(str::to_owned));
            }
            let discarded =
                lines.iter().filter_map(|line| line.get("discarded_events")).filter_map(Value::as_array);
            let errors = discarded
                .flatten()
                .filter(|lost| lost.get("category").and_then(Value::as_str) == Some("error"));
            heard.discarded +=
                errors.filter_map(|lost| lost.get("quantity").and_then(Value::as_f64)).sum::<f64>();
        }
        heard
    }
}
