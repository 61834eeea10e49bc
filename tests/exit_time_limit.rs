//! Whatever the server does and whichever locks others hold, a program ends at most 300 ms later than without the library.
//! The guard holds it for 250 ms, 38 more where names or the disk took those, and not at all if nothing waits. A flush takes no
//! longer than its limit.
//!
//! A busy machine adds to each measurement, so the smallest of several counts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "how the program tells its parent")]
#![allow(clippy::disallowed_methods, reason = "this program exits on purpose")]

mod scenario;
use std::fs::File;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{
    App, Builder, Environment, FileProvider, Report, SendError, Telemetry, capture_exception, context,
};
use scenario::{Sends, Stage};

/// Added to every bound, because the machine may schedule the program late.
const SLACK: Duration = Duration::from_millis(50);

/// A server that accepts and never answers.
fn silent(_: &Report) -> Result<(), SendError> {
    loop {
        std::thread::park();
    }
}

/// The builder of a program that changes no settings.
fn builder() -> Builder {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI")).environment(Environment::Cli)
}

/// Holds every lock file, as another process would.
fn hold_all_locks() -> Vec<File> {
    let folder = scenario::folder();
    let names = ["config.json.lock", "telemetry/ledger.lock", "telemetry/spool/sender.lock"];
    std::fs::create_dir_all(folder.join("telemetry/spool")).expect("a folder");
    let lock = |name: &str| {
        let file = File::options().create(true).append(true).open(folder.join(name)).expect("a lock file");
        file.lock().expect("held");
        file
    };
    names.map(lock).into()
}

fn program(part: &str) {
    if part == "without the library" {
        return println!("0");
    }
    let good = FileProvider::new(scenario::folder().join("reports.jsonl"));
    let locks = if part == "locks" { hold_all_locks() } else { Vec::new() };
    let builder = match part {
        "nothing waits" | "locks" => builder().provider(good),
        _ => builder().provider(Sends(silent)),
    };
    let telemetry = builder.install().expect("installed");
    let _ = capture_exception(&std::io::Error::other("x"), context! {});
    let took = match part {
        "nothing waits" => {
            assert!(telemetry.flush(Duration::from_secs(20)));
            let start = Instant::now();
            drop(telemetry);
            start.elapsed()
        }
        "flush" => {
            let times = [Duration::ZERO, Duration::from_millis(100), Duration::from_millis(300)];
            let over = times.map(|limit| {
                let start = Instant::now();
                assert!(!telemetry.flush(limit), "it waits");
                start.elapsed().saturating_sub(limit)
            });
            over.into_iter().max().unwrap_or_default()
        }
        "panics" => {
            let start = Instant::now();
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
                let _telemetry = telemetry;
                panic!("the end");
            }));
            assert!(caught.is_err());
            start.elapsed()
        }
        // The parent measures, because no code of this program runs after the exit.
        "exit" => {
            println!("{}", since_1970().as_micros());
            std::process::exit(0)
        }
        _ => {
            let start = Instant::now();
            drop(telemetry);
            start.elapsed()
        }
    };
    println!("{}", took.as_micros());
    drop(locks);
}

fn since_1970() -> Duration {
    std::time::UNIX_EPOCH.elapsed().expect("a clock")
}

fn test(_: &Stage) {
    let bounds = [
        ("nothing waits", 0),
        ("silent server", 250),
        ("locks", 250),
        ("flush", 0),
        // The hook and the guard share this time.
        ("panics", 250),
        ("exit", 250),
    ];
    for part in ["silent server", "panics", "exit"] {
        whole_program(part);
    }
    for (part, bound) in bounds {
        let bound = Duration::from_millis(bound) + SLACK;
        let took = || {
            let output = Stage::new().run(part);
            assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
            let micros = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a figure");
            let figure = Duration::from_micros(micros);
            if part == "exit" { since_1970().saturating_sub(figure) } else { figure }
        };
        let mut figures = Vec::new();
        while figures.len() < 10 && figures.last().is_none_or(|last| *last > bound) {
            figures.push(took());
        }
        assert!(figures.iter().all(|took| *took < Duration::from_secs(5)), "{part}: {figures:?}");
        assert!(figures.iter().any(|took| *took <= bound), "{part}: {figures:?} over {bound:?}");
    }
}

/// Compares a whole run, from its start to its end, with one of the same program without the library.
fn whole_program(part: &str) {
    const MOST: Duration = Duration::from_millis(300).saturating_add(SLACK);
    let whole = |part: &str| {
        let stage = Stage::new();
        let start = Instant::now();
        let output = stage.run(part);
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
        start.elapsed()
    };
    let mut more = Vec::new();
    while more.len() < 10 && more.last().is_none_or(|last| *last > MOST) {
        more.push(whole(part).saturating_sub(whole("without the library")));
    }
    assert!(more.iter().any(|more| *more <= MOST), "{part}: {more:?} over {MOST:?}");
}

fn main() {
    scenario::main(program, test);
}
