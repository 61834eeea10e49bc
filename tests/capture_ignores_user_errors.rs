//! Checks that no report is made of a closed pipe (`tool | head -1`), nor of an error that the program declares to be
//! its user's mistake.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program that prints and fails"
)]
#![allow(clippy::disallowed_methods, reason = "the program ends with the code of its main")]

mod scenario;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::Stdio;

use crawl4ai_telemetry::{Outcome, Reason, capture_exception, context, telemetry_context};
use scenario::{Stage, builder};

#[derive(Debug)]
struct NoSuchCity;

impl fmt::Display for NoSuchCity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such city")
    }
}

impl Error for NoSuchCity {}

/// An error that wraps the error of the system as its source.
#[derive(Debug)]
struct Printing<E>(E);

impl<E: Error + 'static> fmt::Display for Printing<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot print the forecast")
    }
}

impl<E: Error + 'static> Error for Printing<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

type Boxed = Box<dyn Error + Send + Sync>;

fn print() -> io::Result<()> {
    let mut out = io::stdout().lock();
    (0..100_000).try_for_each(|day| writeln!(out, "day {day}: rain"))
}

/// An error with this text and without a source.
#[derive(Debug)]
struct Shown(String);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Shown {}

fn real_main(part: &str) -> Result<(), Boxed> {
    match part {
        "pipe" => Ok(print()?),
        "pipe, wrapped" => Ok(telemetry_context("print", || print().map_err(Printing))?),
        "pipe, panic" => {
            (0..100_000).for_each(|day| println!("day {day}: rain"));
            Ok(())
        }
        // As generators of completions do.
        "pipe, expect" => {
            print().map_err(Printing).expect("written");
            Ok(())
        }
        "mistake" => Err(NoSuchCity.into()),
        "mistake, wrapped" => Err(Printing(NoSuchCity).into()),
        "by hand" => {
            let pipe = io::Error::from(io::ErrorKind::BrokenPipe);
            assert_eq!(capture_exception(&pipe, context! {}), Outcome::Suppressed(Reason::Ignored));
            // `#[error(transparent)]` produces such an error: without a source, and with the text of the closed pipe's
            // error.
            let hidden = Printing(Shown(io::Error::from_raw_os_error(32).to_string()));
            assert_eq!(capture_exception(&hidden, context! {}), Outcome::Suppressed(Reason::Ignored));
            let other = Shown("the pump says: Broken pipe (os error 32)".to_owned());
            assert!(matches!(capture_exception(&other, context! {}), Outcome::Queued(_)), "words of its own");
            let outcome = capture_exception(&Printing(NoSuchCity), context! {});
            assert_eq!(outcome, Outcome::Suppressed(Reason::Ignored));
            Ok(())
        }
        "predicate panics" => Err(Printing(fmt::Error).into()),
        _ => Err(io::Error::other("no answer").into()),
    }
}

fn program(part: &str) {
    let guard = builder()
        .ignore(|error| error.is::<NoSuchCity>())
        .ignore(|error| {
            assert!(!error.is::<fmt::Error>(), "a predicate with a bug");
            false
        })
        .install()
        .expect("installed");
    let code = guard.run(|| real_main(part));
    let failed = format!("{code:?}") != format!("{:?}", std::process::ExitCode::SUCCESS);
    std::process::exit(i32::from(failed));
}

fn test(_: &Stage) {
    for (part, reports) in [
        ("pipe", 0),
        ("pipe, wrapped", 0),
        ("pipe, panic", 0),
        ("pipe, expect", 0),
        ("mistake", 0),
        ("mistake, wrapped", 0),
        ("by hand", 1),
        ("predicate panics", 1),
        ("bug", 1),
    ] {
        let stage = Stage::new();
        let mut command = stage.command(part);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // The reader closes the pipe early, as `head -1` does.
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), part == "by hand", "{part}: {said}");
        let found = stage.delivered().len() + stage.waiting().len();
        assert_eq!(found, reports, "{part}: {:#?} {said}", stage.delivered());
    }
}

fn main() {
    scenario::main(program, test);
}
