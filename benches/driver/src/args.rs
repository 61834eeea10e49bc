//! The command line.

use std::path::PathBuf;

const USAGE: &str = "\
The figures of the library beside its peers', as one table and as docs/benchmarks.md.

    --only GROUP   measures this group only (may be repeated); writes no page
    --quick        few samples, nothing built anew; for work on the library; writes no page
    --page FILE    writes the page here, whatever was measured";

/// The parsed arguments.
#[derive(Debug, Default)]
pub(crate) struct Args {
    only: Vec<String>,
    pub(crate) quick: bool,
    pub(crate) page: Option<PathBuf>,
}

impl Args {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self::default();
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("{argument} needs a value\n{}", usage()));
            match argument.as_str() {
                "--quick" => args.quick = true,
                "--only" => args.only.push(value()?),
                "--page" => args.page = Some(value()?.into()),
                _ => return Err(usage()),
            }
        }
        let unknown =
            args.only.iter().find(|name| crate::rows::GROUPS.iter().all(|(group, _)| group != name));
        unknown.map_or(Ok(()), |name| Err(format!("no group is called {name}\n{}", usage())))?;
        Ok(args)
    }

    pub(crate) fn wants(&self, group: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == group)
    }

    /// Whether the figures of this run may be published.
    pub(crate) fn is_complete(&self) -> bool {
        self.only.is_empty() && !self.quick
    }
}

fn usage() -> String {
    let groups: Vec<&str> = crate::rows::GROUPS.iter().map(|(name, _)| *name).collect();
    format!("{USAGE}\n\nGroups: {}", groups.join(", "))
}
