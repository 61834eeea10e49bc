//! Counts of what the input held, and the builds whose debug files are missing.

use std::collections::BTreeMap;

use crawl4ai_telemetry::printable::line;

use super::debug_files::DebugFiles;
use super::report::{Image, Report};
use crate::exit::Failure;
use crate::output::Streams;
use crate::view::words::counted;

/// Counts of what the input held.
#[derive(Default)]
pub(super) struct Tally {
    reports: u64,
    /// Objects that are no reports: usage spans, headers of an envelope.
    pub(super) others: u64,
    /// Lines that are no JSON objects.
    refused: u64,
    /// Reports that need a debug file that was not given, by module and build.
    missing: BTreeMap<Module, u64>,
    /// Reports that need further debug files than the first [`Tally::BUILDS`].
    of_further_builds: u64,
}

/// The name and the build of a module; `None` for a module that the report does not list.
type Module = Option<(String, Option<String>)>;

impl Tally {
    /// How many complaints are printed. Further ones are only counted.
    const COMPLAINTS: u64 = 5;

    /// How many missing builds are named.
    const BUILDS: usize = 64;

    /// The longest name or id of a build that is kept whole, in characters.
    const LONGEST: usize = 200;

    pub(super) fn complain(&mut self, number: u64, what: &str, streams: &mut Streams) {
        self.refused += 1;
        if self.refused <= Self::COMPLAINTS {
            streams.say(&format!("line {number} {what}; left out"));
        }
    }

    /// `found` is whether names were found for the report.
    pub(super) fn count(&mut self, report: &Report, found: bool, files: &DebugFiles) {
        self.reports += 1;
        // Nobody has the debug files of every machine's libraries. So the rest is not missed where names were found.
        if found {
            return;
        }
        let frames = report.exceptions.iter().flat_map(|exception| &exception.stack.frames);
        let open = frames.filter(|frame| frame.function.is_none() && frame.address.is_some());
        let modules = open.map(|frame| report.image(frame));
        let start = |text: &str| text.chars().take(Self::LONGEST).collect::<String>();
        let is_given = |image: &Image| image.build.as_ref().is_some_and(|build| files.has(build));
        let modules = modules.filter(|image| !image.is_some_and(is_given));
        let mut missing: Vec<_> = modules
            .map(|image| image.map(|image| (start(&image.name), image.build.as_deref().map(start))))
            .collect();
        missing.sort();
        missing.dedup();
        // If both the program and libraries are missing, only the program is mentioned.
        let is_program = |module: &Module| module.as_ref().is_some_and(|(name, _)| !is_library(name));
        if missing.iter().any(is_program) {
            missing.retain(is_program);
        }
        let mut has_further = false;
        for module in missing {
            if self.missing.len() < Self::BUILDS || self.missing.contains_key(&module) {
                *self.missing.entry(module).or_default() += 1;
            } else {
                has_further = true;
            }
        }
        self.of_further_builds += u64::from(has_further);
    }

    pub(super) fn end(self, files: &DebugFiles, streams: &mut Streams) -> Result<(), Failure> {
        streams.finish()?;
        if self.others > 0 {
            streams.say(&format!("no reports: {}", counted(self.others, "line")));
        }
        if self.refused > 0 {
            streams.say(&format!("left out: {}", counted(self.refused, "line")));
        }
        if self.reports == 0 {
            return Err(Failure::Refused("no report was found".to_owned()));
        }
        if self.missing.is_empty() {
            return Ok(());
        }
        let missing = self.missing.iter().map(|(module, reports)| {
            let module = match module {
                Some((name, Some(build))) => format!("{} of build {}", line(name), line(build)),
                Some((name, None)) => format!("{} of a build without an id", line(name)),
                None => "a module the report does not list".to_owned(),
            };
            format!("{module} (in {})", counted(*reports, "report"))
        });
        let further = Some(self.of_further_builds).filter(|reports| *reports > 0);
        let further = further.map(|reports| format!("further builds (in {})", counted(reports, "report")));
        let missing: Vec<String> = missing.chain(further).collect();
        Err(Failure::Refused(format!(
            "no debug file was given for {}; {}",
            missing.join(", "),
            line(&files.builds())
        )))
    }
}

/// Whether this is the name of a shared library: `libc.so.6`, `libSystem.B.dylib`, `dyld`, `KERNEL32.DLL`, `[vdso]`.
fn is_library(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_version =
        |text: &str| text.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let is_so = name
        .rsplit_once(".so")
        .is_some_and(|(_, rest)| rest.is_empty() || rest.strip_prefix('.').is_some_and(is_version));
    is_so || name.ends_with(".dylib") || name.ends_with(".dll") || name == "dyld" || name.starts_with('[')
}

#[cfg(test)]
mod tests {
    use super::is_library;

    #[test]
    fn libraries_are_told_by_their_names() {
        for name in ["libc.so", "libc.so.6", "libx.so.1.2.3", "a.dylib", "dyld", "KERNEL32.DLL", "[vdso]"] {
            assert!(is_library(name), "{name}");
        }
        for name in ["weather", "tool.solver", "my.so.tool", "x.so.", "x.so.1a", "dyld-tool", "tool.exe", ""]
        {
            assert!(!is_library(name), "{name}");
        }
    }
}
