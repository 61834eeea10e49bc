//! Runs the parts of `calls`. Each has a process of its own, and all of them take turns over several rounds.

use std::path::PathBuf;
use std::process::Command;

use crate::Failure;
use crate::bench::Bench;
use crate::row::Figure;

/// How often every part of a row is run. The best run counts.
const ROUNDS: usize = 7;

/// The number of calls under callgrind. The difference between this number and twice as many excludes the program's
/// start and end.
const COUNTED: u64 = 2_000;

pub(crate) struct Calls {
    program: PathBuf,
    rounds: usize,
    callgrind: bool,
}

/// The output of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) nanos: f64,
    pub(crate) bytes: f64,
}

impl Timing {
    pub(crate) fn megabytes_a_second(self) -> f64 {
        self.bytes * 1e3 / self.nanos
    }
}

impl Calls {
    pub(crate) fn build(bench: &Bench) -> Result<Self, Failure> {
        let target = bench.target("calls");
        let mut build = bench.cargo("build");
        build.args(["--release", "--package", "calls", "--target-dir"]).arg(&target);
        if !build.status()?.success() {
            return Err("the program that times calls does not build".into());
        }
        let callgrind = Command::new("valgrind").arg("--version").output().is_ok_and(|o| o.status.success());
        if !callgrind {
            eprintln!("valgrind is not here: no instructions are counted");
        }
        Ok(Self { program: target.join("release/calls"), rounds: bench.samples(ROUNDS), callgrind })
    }

    /// The best time of each part, in nanoseconds per call.
    pub(crate) fn time<const N: usize>(&self, parts: [&str; N]) -> Result<[Timing; N], Failure> {
        let mut best = [Timing { nanos: f64::INFINITY, bytes: 0.0 }; N];
        for _ in 0..self.rounds {
            for (best, part) in best.iter_mut().zip(parts) {
                let timing = self.one(part)?;
                if timing.nanos < best.nanos {
                    *best = timing;
                }
            }
        }
        Ok(best)
    }

    fn one(&self, part: &str) -> Result<Timing, Failure> {
        // Only `anyhow` reads this variable, to take a backtrace.
        let output = Command::new(&self.program).arg(part).env("RUST_BACKTRACE", "1").output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut words = printed.split_whitespace().map(str::parse);
        match (output.status.success(), words.next(), words.next()) {
            (true, Some(Ok(nanos)), Some(Ok(bytes))) => Ok(Timing { nanos, bytes }),
            _ => Err(format!("calls {part}: {}{printed}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }

    /// The instructions per call of each part; `NotMeasured` without valgrind.
    pub(crate) fn count<const N: usize>(&self, parts: [&str; N]) -> Result<[Figure; N], Failure> {
        let mut counted = [Figure::NotMeasured; N];
        for (figure, part) in counted.iter_mut().zip(parts).filter(|_| self.callgrind) {
            let [once, twice] = [COUNTED, 2 * COUNTED].map(|calls| self.collect(part, calls));
            *figure = Figure::Number((twice? - once?) / COUNTED as f64);
        }
        Ok(counted)
    }

    fn collect(&self, part: &str, calls: u64) -> Result<f64, Failure> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&self.program)
            .args([part, &calls.to_string()])
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let collected = said.lines().find_map(|line| line.split("Collected :").nth(1));
        let count = collected.and_then(|count| count.trim().parse().ok());
        count.ok_or_else(|| format!("callgrind, {part}: {said}").into())
    }
}
