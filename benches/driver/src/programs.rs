//! The programs that start, report and end. Each is built alone, so that no features are unified, and its size is
//! measured.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use crate::bench::Bench;
use crate::row::Figure;
use crate::{Failure, machine};

/// The packages, in the order of their runs.
pub(crate) const NAMES: [&str; 7] =
    [PLAIN, OURS_BARE, OURS_FILE, OURS, SENTRY_MINIMAL, SENTRY_DEFAULT, HUMAN_PANIC];

pub(crate) const PLAIN: &str = "plain";
pub(crate) const OURS_BARE: &str = "ours-bare";
pub(crate) const OURS_FILE: &str = "ours-file";
pub(crate) const OURS: &str = "ours-sentry";
pub(crate) const SENTRY_MINIMAL: &str = "sentry-minimal";
pub(crate) const SENTRY_DEFAULT: &str = "sentry-default";
pub(crate) const HUMAN_PANIC: &str = "human-panic-program";

pub(crate) struct Programs(Vec<Built>);

pub(crate) struct Built {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    /// The time of a clean build, without downloads.
    pub(crate) build_seconds: Figure,
    pub(crate) stripped_bytes: f64,
    pub(crate) crates: f64,
}

impl Programs {
    pub(crate) fn build(bench: &Bench) -> Result<Self, Failure> {
        // Only for this machine, because the sources for other systems are many and not needed.
        let host = machine::host()?;
        if !bench.cargo("fetch").args(["--target", &host]).status()?.success() {
            return Err("the sources of the peers cannot be fetched".into());
        }
        let mut built = Vec::new();
        for name in NAMES {
            match Built::new(bench, name) {
                Ok(program) => built.push(program),
                // A peer may need something that this machine lacks, such as OpenSSL's headers.
                Err(failure) if name.starts_with("sentry") || name == HUMAN_PANIC => {
                    eprintln!("{name}: {failure}")
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(Self(built))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Built> {
        self.0.iter().find(|built| built.name == name)
    }

    /// A figure that was determined when the program was built.
    pub(crate) fn weight(&self, name: &str, weight: impl Fn(&Built) -> Figure) -> Figure {
        self.find(name).map_or(Figure::NotMeasured, weight)
    }
}

impl Built {
    fn new(bench: &Bench, name: &'static str) -> Result<Self, Failure> {
        let target = bench.target(name);
        if !bench.quick && target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let cargo = |subcommand: &str, last: &[&str]| -> Result<f64, Failure> {
            let mut command = bench.cargo(subcommand);
            command.args(["--release", "--quiet", "--package", name, "--target-dir"]).arg(&target).args(last);
            let start = Instant::now();
            let done = command.status()?.success();
            done.then(|| start.elapsed().as_secs_f64()).ok_or_else(|| format!("{name} does not build").into())
        };
        eprintln!("    building {name}");
        let program = target.join("release").join(name);
        let seconds = cargo("build", &[])?;
        let path = target.join(format!("{name}-as-built"));
        fs::copy(&program, &path)?;
        cargo("rustc", &["--", "-C", "strip=symbols"])?;
        let stripped_bytes = fs::metadata(&program)?.len() as f64;
        let build_seconds = if bench.quick { Figure::NotMeasured } else { Figure::Number(seconds) };
        Ok(Self { name, path, build_seconds, stripped_bytes, crates: crates(bench, name)? })
    }
}

/// The number of crates that a program depends on, without itself and the shared crate `scene`.
fn crates(bench: &Bench, name: &str) -> Result<f64, Failure> {
    let mut command = bench.cargo("tree");
    command.args(["--package", name, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = command.output()?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let mut crates: Vec<String> =
        listed.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    crates.sort();
    crates.dedup();
    let own = |crate_: &&String| !crate_.starts_with("scene ") && !crate_.starts_with(&format!("{name} "));
    Ok(crates.iter().filter(|line| !line.is_empty()).filter(own).count() as f64)
}
