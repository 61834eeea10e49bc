//! The settings of one run: the number of samples, and the programs that are built.

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
        // The path is benches/driver below the repository.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("no repository")?;
        let own = std::env::current_exe()?;
        // The executable is target/release/driver.
        let target = own.ancestors().nth(2).ok_or("no target folder")?;
        Ok(Self {
            quick,
            root: root.to_owned(),
            target: target.to_owned(),
            calls: OnceCell::new(),
            programs: OnceCell::new(),
        })
    }

    /// The folder of the repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The target folder of a package. Each package has its own, so that none benefits from another's build. In a quick
    /// run all share one.
    pub(crate) fn target(&self, package: &str) -> PathBuf {
        if self.quick { self.target.clone() } else { self.target.join("benches").join(package) }
    }

    /// Cargo in the workspace of the benchmarks.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.arg(subcommand).arg("--locked").current_dir(self.root.join("benches"));
        command.env("CARGO_TERM_COLOR", "never");
        command
    }

    /// The number of samples in this run, where a complete run takes `full`.
    pub(crate) fn samples(&self, full: usize) -> usize {
        if self.quick { full.div_ceil(8) } else { full }
    }

    /// The program that times calls. It is built at the first use.
    pub(crate) fn calls(&self) -> Result<&Calls, Failure> {
        if let Some(calls) = self.calls.get() {
            return Ok(calls);
        }
        let calls = Calls::build(self)?;
        Ok(self.calls.get_or_init(|| calls))
    }

    /// The programs that start, report and end. They are built at the first use.
    pub(crate) fn programs(&self) -> Result<&Programs, Failure> {
        if let Some(programs) = self.programs.get() {
            return Ok(programs);
        }
        let programs = Programs::build(self)?;
        Ok(self.programs.get_or_init(|| programs))
    }
}
