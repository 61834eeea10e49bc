//! Compares the library with its peers: builds them, measures them in one run, prints one table and writes
//! `docs/benchmarks.md`.

mod args;
mod bench;
mod calls;
mod machine;
mod page;
mod programs;
mod row;
mod rows;
mod run;
mod table;

use std::error::Error;
use std::process::ExitCode;

use args::Args;
use bench::Bench;
use row::{Row, Verdict};

/// Why a measurement ended. The message is shown, and nothing is recovered.
pub(crate) type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).map_err(Failure::from).and_then(|args| measure(&args)) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<ExitCode, Failure> {
    let bench = Bench::new(args.quick)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut failed = false;
    for (name, group) in rows::GROUPS.iter().filter(|(name, _)| args.wants(name)) {
        eprintln!("--- {name}");
        match group(&bench) {
            Ok(measured) => {
                print!("{}", table::plain(&measured));
                rows.extend(measured);
            }
            // The other rows are shown all the same, because measuring them took time too.
            Err(failure) => {
                eprintln!("{name}: {failure}");
                failed = true;
            }
        }
    }
    println!("\n{}", table::plain(&rows));
    let missed = rows.iter().filter(|row| row.verdict() == Verdict::Missed).count();
    println!("{missed} of {} bars missed", rows.iter().filter(|row| row.bar.is_some()).count());
    if failed {
        return Err("not everything could be measured; no page was written".into());
    }
    if let Some(path) =
        args.page.clone().or_else(|| args.is_complete().then(|| bench.root().join("docs/benchmarks.md")))
    {
        std::fs::write(&path, page::render(&bench, &rows)?)?;
        println!("written: {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}
