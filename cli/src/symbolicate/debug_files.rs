//! The given debug files, and the lookup of an address in the one of its build.

use std::path::PathBuf;

use crawl4ai_telemetry::printable::line;

use super::debug_file::{self, DebugFile, Found, Opened};
use super::split::Split;
use crate::exit::Failure;

/// All given debug files. At least one of them belongs to a build.
pub(super) struct DebugFiles {
    files: Vec<DebugFile>,
    split: Vec<Split>,
}

impl DebugFiles {
    pub(super) fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let (mut files, mut split) = (Vec::new(), Vec::new());
        for path in paths {
            match debug_file::open(path) {
                Ok(Opened::Debug(file)) => files.push(*file),
                Ok(Opened::Split(unit)) => split.push(*unit),
                Err(why) => {
                    return Err(Failure::Refused(format!("{}: {why}", line(&path.display().to_string()))));
                }
            }
        }
        if files.is_empty() {
            return Err(Failure::Refused(
                "these files belong to a program's own debug file, which names their units: give it too"
                    .to_owned(),
            ));
        }
        Ok(Self { files, split })
    }

    /// Whether there is a file of this build.
    pub(super) fn has(&self, build: &str) -> bool {
        self.files.iter().any(|file| file.is_of(build))
    }

    /// The names at an address of this build. Of several files of one build, one with debug information is used, because
    /// symbols alone have no lines.
    pub(super) fn look_up(&self, build: &str, address: u64) -> Found {
        let mut of_build = self.files.iter().filter(|file| file.is_of(build));
        let file = of_build.clone().find(|file| file.has_information).or_else(|| of_build.next());
        file.map(|file| file.look_up(address, &self.split)).unwrap_or_default()
    }

    /// The given files, each with its build id: `weather.debug is of build 0123…`.
    pub(super) fn builds(&self) -> String {
        let builds = self.files.iter().map(|file| format!("{} is of build {}", file.path, file.build_id));
        builds.collect::<Vec<_>>().join(", ")
    }
}
