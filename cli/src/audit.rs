//! `audit`: lists names in a program's own words that could let private names pass.

use std::path::PathBuf;

use clap::Args;
use crawl4ai_telemetry_core::own_words::WordSource;
use crawl4ai_telemetry_words::{Program, audit};

use crate::exit::Failure;
use crate::output::Streams;

/// Find names in a program's own words
///
/// Where only a program's own words leave, a name that stands in the program
/// itself counts as its own. This reads the program's words and lists what
/// looks like a name of a person or a place and would stay in a report that
/// says it. Lists of names are left out anyway: 16 or more in a table. Nothing
/// is run, stored or sent, so there is nothing to undo.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Audit {
    /// An executable or a shared library: ELF, Mach-O or PE
    program: PathBuf,

    /// List all of them, not the first 40
    #[arg(long)]
    all: bool,
}

/// How many names are listed: one screen.
const LISTED: usize = 40;

impl Audit {
    pub(crate) fn run(self, streams: &mut Streams) -> Result<(), Failure> {
        let refused = |why| Failure::Refused(format!("{}: {why}", self.program.display()));
        let program = Program::open(&self.program).map_err(refused)?;
        streams.print(&format!("{}: {} of words", program.name(), size(program.bytes())))?;
        let found = audit(program).map_err(refused)?;

        let bytes: usize = found.left_out.iter().map(|(_, bytes)| bytes).sum();
        let lists = found.left_out.len();
        streams.print(&format!("{} in lists of words, which are not used", size(bytes as u64)))?;
        if lists > 0 && self.all {
            for (text, _) in &found.left_out {
                streams.print(&format!("  {}", text.escape_debug()))?;
            }
        }
        let more = if found.has_more { " and more" } else { "" };
        let (passing, tried) = (found.passing.len(), found.tried);
        streams.print(&format!(
            "{tried} texts{more} look like names; {passing} of them would stay in a report"
        ))?;
        let listed = if self.all { passing } else { LISTED };
        for name in found.passing.iter().take(listed) {
            streams.print(&format!("  {name}"))?;
        }
        if passing > listed {
            streams.print(&format!("  and {} more (--all)", passing - listed))?;
        }
        if passing > 0 {
            streams.print("If these are names of people or customers, read them from a file, or keep them in a table of 16 or more.")?;
        }
        Ok(())
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
