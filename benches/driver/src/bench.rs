//! One run of the benchmark: how much of everything, and what is built for it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::calls::Calls;
use crate::programs::Programs;

pub(crate) struct Bench {
    pub(crate) quick: bool,
    root: PathBuf,
    target: PathBuf,
    calls: OnceCell<Calls>,
    programs: OnceCell<Programs>,
}

impl Bench {
    pub(crate) fn new(quick: bool) -> Result<Self, Failure> {
        // benches/driver → benches → the repository.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("no repository")?;
        let own = std::env::current_exe()?;
        // target/release/driver → target.
        let target = own.ancestors().nth(2).ok_or("no target folder")?;
        Ok(Self {
            quick,
            root: root.to_owned(),
            target: target.to_owned(),
            calls: OnceCell::new(),
            programs: OnceCell::new(),
        })
    }

    /// The repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where a package is built: each in a folder of its own, so that none profits from another's build; in a quick
    /// run all profit from all.
    pub(crate) fn target(&self, package: &str) -> PathBuf {
        if self.quick { self.target.clone() } else { self.target.join("benches").join(package) }
    }

    /// Cargo, in the workspace of the benchmarks.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.arg(subcommand).arg("--locked").current_dir(self.root.join("benches"));
        command.env("CARGO_TERM_COLOR", "never");
        command
    }

    /// How many samples of something that wants `full` of them.
    pub(crate) fn samples(&self, full: usize) -> usize {
        if self.quick { full.div_ceil(8) } else { full }
    }

    /// The program that times calls.
    pub(crate) fn calls(&self) -> Result<&Calls, Failure> {
        if let Some(calls) = self.calls.get() {
            return Ok(calls);
        }
        let calls = Calls::build(self)?;
        Ok(self.calls.get_or_init(|| calls))
    }

    /// The programs that start, report and end.
    pub(crate) fn programs(&self) -> Result<&Programs, Failure> {
        if let Some(programs) = self.programs.get() {
            return Ok(programs);
        }
        let programs = Programs::build(self)?;
        Ok(self.programs.get_or_init(|| programs))
    }
}
