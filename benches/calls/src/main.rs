//! Measures what one call costs. Each part has a process of its own, so that the globals, threads and heap of one do
//! not disturb another.
//!
//! `calls PART` prints the nanoseconds of one call and the number of bytes that it processed. `calls PART N` makes N
//! calls and prints nothing. Two runs of it under callgrind tell how many instructions a call takes.

mod attribute;
mod captures;
mod futures;
mod meter;
mod refused;
mod sanitizer;
mod sequential;
mod world;

use std::process::ExitCode;

use meter::Meter;

/// The name of a part, and the function that measures it.
type Part = (&'static str, fn(&mut Meter));

fn parts() -> impl Iterator<Item = Part> {
    [attribute::PARTS, futures::PARTS, refused::PARTS, captures::PARTS, sanitizer::PARTS]
        .into_iter()
        .flatten()
        .copied()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    let Some((_, run)) = parts().find(|(name, _)| *name == wanted) else {
        eprintln!("calls PART [N], where PART is one of");
        parts().for_each(|(name, _)| eprintln!("    {name}"));
        return ExitCode::FAILURE;
    };
    let mut meter = match arguments.next().map(|n| n.parse()) {
        Some(Ok(calls)) => Meter::repeating(calls),
        None => Meter::timing(),
        Some(Err(error)) => {
            eprintln!("N is a number of calls: {error}");
            return ExitCode::FAILURE;
        }
    };
    run(&mut meter);
    meter.print();
    ExitCode::SUCCESS
}
