//! Counts the requests of a million clients that start a broken release within ten minutes, while the server is down
//! for half of them: under this library's limits, jitter and rule for crash loops, and without them.
//!
//! The rules are the library's own ([`DeliveryState`], [`retry::wait`], [`CrashLoop`]); only the lives of the clients
//! are made up. `UPDATE=1 cargo test -p crawl4ai-telemetry --release stampede -- --ignored --nocapture` writes
//! `docs/stampede.md` and its plot.

#![allow(clippy::print_stdout, reason = "the figures are the point")]

use std::fmt::Write;
use std::time::Duration;

use crawl4ai_telemetry_core::{Fingerprint, Timestamp};

use super::report_delivery::LOOPING;
use super::retry;
use crate::store::crash_loop::{CrashLoop, LOOP};
use crate::store::delivery_state::DeliveryState;
use crate::store::limits::Limits;

/// The simulated time, in seconds.
const HOUR: usize = 3600;
/// Time within which the clients start, in seconds.
const START: f64 = 600.0;
/// Time after which a supervisor starts a program again, in seconds.
const AGAIN: f64 = 30.0;
/// Time that a program lives before it dies, in seconds.
const LIFE: f64 = 5.0;
/// Time that the server is down for half of the clients, in seconds.
const DOWN: f64 = 1800.0;

/// The figures of one simulation.
struct Figures {
    requests: Vec<u32>,
    stored: u64,
}

impl Figures {
    fn new() -> Self {
        Self { requests: vec![0; HOUR], stored: 0 }
    }

    fn ask(&mut self, at: f64, up: bool) {
        if let Some(second) = self.requests.get_mut(at as usize) {
            *second += 1;
            self.stored += u64::from(up);
        }
    }

    fn peak(&self) -> u32 {
        self.requests.iter().copied().max().unwrap_or_default()
    }

    fn total(&self) -> u64 {
        self.requests.iter().map(|n| u64::from(*n)).sum()
    }
}

/// A random generator that draws the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A client of a reporter without limits, which sends at once, and three times more when that fails.
fn without(figures: &mut Figures, dice: &mut Dice, down_for: f64) {
    let mut at = dice.fraction() * START;
    while at < HOUR as f64 {
        let death = at + LIFE;
        let up = death >= down_for;
        figures.ask(death, up);
        if !up {
            (1..=3).for_each(|n| figures.ask(death + f64::from(n), death + f64::from(n) >= down_for));
        }
        at = death + AGAIN;
    }
}

/// A client of this library: a panic is stored if the limits admit it, and sent at a start that may send.
fn with(figures: &mut Figures, dice: &mut Dice, down_for: f64) {
    let bug: Fingerprint = "00000000000000aa".parse().unwrap();
    let limits = Limits::default();
    let time = |at: f64| Timestamp::from_millis((at * 1000.0) as u64);
    let (mut state, mut waiting, mut deaths) = (DeliveryState::default(), 0_u32, Vec::<f64>::new());
    let mut at = dice.fraction() * START;
    while at < HOUR as f64 {
        let death = at + LIFE;
        deaths.retain(|d| death - d <= LOOP.as_secs_f64());
        let looping = CrashLoop::of(deaths.len());

        // At the start it delivers what waits, if that is due before the process dies.
        let due = match looping {
            CrashLoop::None => at,
            CrashLoop::Slow | CrashLoop::Silent => at + LOOPING.as_secs_f64() * dice.fraction(),
        };
        let due = state.left_to_wait(time(at)).map_or(due, |wait| due.max(at + wait.as_secs_f64()));
        if due < death {
            while waiting > 0 {
                let up = due >= down_for;
                figures.ask(due, up);
                if up {
                    waiting -= 1;
                    state.went_well();
                } else {
                    state.failures += 1;
                    let wait = retry::wait(state.failures, None, dice.fraction());
                    if state.failures > 1 {
                        state.wait(time(due), wait);
                    }
                    break;
                }
            }
        }

        // At its death one more report waits, if the limits admit it.
        deaths.push(death);
        let per_bug_and_hour = if looping == CrashLoop::None { limits.per_bug_and_hour } else { 1 };
        waiting += u32::from(state.admit(bug, time(death), Limits { per_bug_and_hour, ..limits }));
        at = death + AGAIN;
    }
}

fn simulate(clients: u64, life: fn(&mut Figures, &mut Dice, f64)) -> Figures {
    let mut figures = Figures::new();
    let mut dice = Dice(1);
    for client in 0..clients {
        life(&mut figures, &mut dice, if client % 2 == 0 { DOWN } else { 0.0 });
    }
    figures
}

#[test]
fn a_broken_release_is_no_stampede() {
    const CLIENTS: u64 = 20_000;
    let (without, with) = (simulate(CLIENTS, without), simulate(CLIENTS, with));
    assert!(without.total() > 20 * with.total(), "{} and {}", without.total(), with.total());
    assert!(without.peak() > 10 * with.peak(), "{} and {}", without.peak(), with.peak());
    assert!(with.stored >= CLIENTS / 2, "and the bug is known all the same: {}", with.stored);
}

#[test]
#[ignore = "a minute in release; writes the page"]
#[expect(clippy::disallowed_methods, reason = "a test that writes a page only when it is asked to")]
fn a_million_clients() {
    let (without, with) = (simulate(1_000_000, without), simulate(1_000_000, with));
    let page = page(&without, &with);
    println!("{page}");
    if std::env::var("UPDATE").is_ok() {
        std::fs::write("docs/stampede.md", page).unwrap();
        std::fs::write("docs/stampede.svg", plot(&without, &with)).unwrap();
    }
}

fn page(without: &Figures, with: &Figures) -> String {
    let row = |name: &str, figures: &Figures| {
        let (peak, total, stored) = (figures.peak(), figures.total(), figures.stored);
        format!("| {name} | {peak} | {total} | {stored} |\n")
    };
    format!(
        "# A broken release on a million machines\n\n\
         For operators: a million clients start, within ten minutes, a release that dies {LIFE} seconds after each start; a\n\
         supervisor starts it again {AGAIN} seconds later. For half of them the server is down for the first {} minutes.\n\
         One hour, simulated with the library's own limits, retry schedule and crash-loop rule by\n\
         `src/deliver/stampede.rs`, beside a reporter that sends each crash at once and tries three times more.\n\n\
         | | peak requests a second | requests in the hour | reports stored by the server |\n|---|---|---|---|\n\
         {}{}\n![Requests a second over the hour](stampede.svg)\n\n\
         Each client still tells of the bug: its limits admit one to three reports an hour, and the next \
         report tells how\nmany were suppressed.\n",
        DOWN / 60.0,
        row("sends at once", without),
        row("this library", with),
    )
}

/// Requests a second, logarithmic, averaged over ten seconds.
fn plot(without: &Figures, with: &Figures) -> String {
    let (width, height, left, bottom) = (720.0, 320.0, 60.0, 40.0);
    let x = |second: f64| left + second / HOUR as f64 * width;
    let y = |n: f64| height + 20.0 - (n.max(1.0).log10() / 5.5) * height;
    let line = |figures: &Figures, colour: &str| {
        let mut points = String::new();
        for (at, chunk) in figures.requests.chunks(10).enumerate() {
            let mean = chunk.iter().sum::<u32>() as f64 / chunk.len() as f64;
            let _ = write!(points, "{:.1},{:.1} ", x(at as f64 * 10.0), y(mean));
        }
        format!("<polyline fill='none' stroke='{colour}' stroke-width='1.5' points='{points}'/>\n")
    };
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}' font-family='sans-serif' font-size='12'>\n\
         <rect width='100%' height='100%' fill='white'/>\n",
        width + left + 20.0,
        height + bottom + 30.0,
    );
    for power in 0..=5 {
        let n = 10_f64.powi(power);
        let _ = writeln!(
            svg,
            "<line x1='{left}' x2='{}' y1='{y:.1}' y2='{y:.1}' stroke='#ddd'/><text x='52' y='{:.1}' text-anchor='end'>{n}</text>",
            left + width,
            y(n) + 4.0,
            y = y(n),
        );
    }
    for minute in (0..=60).step_by(10) {
        let at = x(f64::from(minute) * 60.0);
        let _ = writeln!(
            svg,
            "<text x='{at:.1}' y='{:.1}' text-anchor='middle'>{minute} min</text>",
            height + 40.0
        );
    }
    svg += &line(without, "#c0392b");
    svg += &line(with, "#1f6f43");
    svg += "<text x='90' y='20' fill='#c0392b'>sends at once</text>\
            <text x='200' y='20' fill='#1f6f43'>this library</text>\
            <text x='320' y='20' fill='#555'>requests a second</text>\n</svg>\n";
    svg
}

#[test]
fn waits_are_bounded_by_the_hour_that_is_simulated() {
    assert!(LOOPING < Duration::from_secs(HOUR as u64));
}
