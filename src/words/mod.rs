//! The program's own words: read from the executable that runs, and from what was shipped with it. The rule itself stands in
//! `providers/core`, which does no input and output.

use std::path::PathBuf;
use std::sync::Arc;

use crawl4ai_telemetry_core::__private::checksum;
use crawl4ai_telemetry_core::own_words::{Look, OwnWords, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry_core::sanitize::ProgramWords;
use crawl4ai_telemetry_words::{Program, loaded, shipped, system_texts};

/// Reads the words of the program that runs, on the thread that stores the first report. `others` are those of languages
/// that the program embeds this library in.
///
/// # Errors
/// When the program itself cannot be read. A library beside it that cannot be read counts for nothing.
pub(crate) fn of_this_process(others: &[Arc<dyn WordSource>]) -> Result<ProgramWords, Unreadable> {
    let program = Program::running()?;
    let mut build = program.build_id()?;
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|source| source.name()).collect();
        build = format!("{build}-{:016x}", checksum(names.join("\n").as_bytes()));
    }
    let mut sources: Vec<Box<dyn WordSource>> = vec![Box::new(program)];
    let modules = loaded();
    for module in shipped(&modules, &program_path(), Some(address_of_this_library())) {
        if let Ok(words) = module.open() {
            sources.push(Box::new(words));
        }
    }
    sources.extend(others.iter().map(|source| Box::new(Shared(Arc::clone(source))) as Box<dyn WordSource>));
    Ok(ProgramWords { words: OwnWords::new(sources).with_public_texts(system_texts()), build })
}

/// A source that the builder keeps too.
struct Shared(Arc<dyn WordSource>);

impl WordSource for Shared {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn visit(&self, look: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        self.0.visit(look, visitor)
    }

    fn prepare(&self, look: Look) {
        self.0.prepare(look);
    }

    fn has_closer_look(&self) -> bool {
        self.0.has_closer_look()
    }
}

fn program_path() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

/// An address inside of the module that holds this library: an extension module of another language, or the program.
fn address_of_this_library() -> u64 {
    program_path as fn() -> PathBuf as usize as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::own_words::narrow;

    #[test]
    fn this_test_has_its_own_words() {
        let own = of_this_process(&[]).unwrap();
        assert!(own.build.len() >= 8, "{}", own.build);
        // Made at run time: a constant would be one of the program's words.
        let name: String = "animlehliw".chars().rev().collect();
        let raw = format!("the barometer of {name} fell silent");
        let marked = own.words.mark(&[&raw], &[]).unwrap();
        assert_eq!(narrow(&raw, &marked.runs[0], &[]), "the barometer of [word] fell silent");
    }
}
