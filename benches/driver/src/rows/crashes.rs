//! What a handler of native crashes costs, and whether the process ends as it would without it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::Failure;
use crate::bench::Bench;
use crate::row::Row;
use crate::run::median;

const OURS: &str = "native-ours";
const PEER: &str = "native-crash-handler";

const SAMPLES: usize = 41;
const DEPTH: &str = "30";

/// The kinds of crash in `tests/native/common.py`.
const KINDS: [&str; 20] = [
    "null",
    "wild",
    "noncanonical",
    "abort",
    "trap",
    "illegal",
    "divide",
    "drop",
    "c",
    "qsort",
    "t-qsort",
    "callback",
    "call-null",
    "double-free",
    "c-thread",
    "overflow",
    "t-overflow",
    "deep",
    "no-memory",
    "bus",
];

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let programs = [build(bench, OURS)?, build(bench, PEER)?];
    let [[install, record], [install_peer, record_peer]] = costs(bench, &programs)?;
    let [ours, peer] = &programs;
    let [ends, handled, not_handled] =
        [otherwise(ours, None)?, otherwise(peer, Some("HANDLED"))?, otherwise(peer, None)?];
    Ok(vec![
        Row::new("native-install", "native crashes: installing the handler", "µs", install)
            .at_most(20.0)
            .beside("crash-handler", install_peer),
        Row::new(
            "native-record",
            "a fault 30 frames deep, recorded, and repaired by another handler",
            "µs",
            record,
        )
        .at_most(1_000.0)
        .beside("crash-handler, which records nothing", record_peer),
        Row::new(
            "native-ends",
            "of 20 ways to crash: the process ends otherwise than without a handler",
            "",
            ends,
        )
        .at_most(0.0)
        .beside("crash-handler, handled", handled)
        .beside("crash-handler, not handled", not_handled),
    ])
}

fn build(bench: &Bench, name: &str) -> Result<PathBuf, Failure> {
    let target = bench.target(name);
    let mut command = bench.cargo("build");
    command.args(["--release", "--quiet", "--package", name, "--target-dir"]).arg(&target);
    if !command.status()?.success() {
        return Err(format!("{name} does not build").into());
    }
    Ok(target.join("release").join(name))
}

/// The median times of installing and of one fault, in microseconds. The programs take turns.
fn costs(bench: &Bench, programs: &[PathBuf; 2]) -> Result<[[Option<f64>; 2]; 2], Failure> {
    let mut samples: [[Vec<f64>; 2]; 2] = Default::default();
    for _ in 0..bench.samples(SAMPLES) {
        for (program, samples) in programs.iter().zip(&mut samples) {
            let end = run(program, &["cost", DEPTH], None)?;
            let times = end.output.split_whitespace().map(str::parse::<f64>);
            for (time, samples) in times.zip(samples) {
                samples.push(time? / 1e3);
            }
        }
    }
    Ok(samples.map(|of| of.map(median)))
}

/// How many kinds of crash end otherwise than without a handler.
fn otherwise(program: &Path, set: Option<&str>) -> Result<f64, Failure> {
    let mut otherwise = 0.0;
    for kind in KINDS {
        let [without, with] = [run(program, &[kind], Some("OFF"))?, run(program, &[kind], set)?];
        if with.status != without.status || with.error != without.error {
            let said = if with.status == without.status { "says something else" } else { "" };
            eprintln!(
                "    {}, {kind}: {} {said}, without {}",
                program.display(),
                with.status,
                without.status
            );
            otherwise += 1.0;
        }
        if program.ends_with(OURS) && with.records != 1 {
            return Err(format!("{kind}: {} records", with.records).into());
        }
    }
    Ok(otherwise)
}

/// How a process ended.
struct End {
    status: ExitStatus,
    output: String,
    /// Without addresses and the number of the thread, which differ from run to run.
    error: String,
    records: usize,
}

fn run(program: &Path, arguments: &[&str], set: Option<&str>) -> Result<End, Failure> {
    let folder = tempfile::tempdir()?;
    let spool = folder.path().join("telemetry/spool");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder.path()).env_clear().env("SPOOL", &spool).stdin(Stdio::null());
    if let Some(set) = set {
        command.env(set, "1");
    }
    let done = command.output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    let differs = |word: &&str| word.starts_with("0x") || word.starts_with('(');
    let error = said.split_whitespace().filter(|word| !differs(word)).collect::<Vec<_>>().join(" ");
    let records = std::fs::read_dir(&spool).map_or(0, Iterator::count);
    Ok(End {
        status: done.status,
        output: String::from_utf8_lossy(&done.stdout).into_owned(),
        error,
        records,
    })
}
