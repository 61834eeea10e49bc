//! The program's own words, read from the running executable and from the files shipped with it. The rule that uses
//! them is in `providers/core`, which does no input and output.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use crawl4ai_telemetry_core::__private::checksum;
use crawl4ai_telemetry_core::own_words::{Look, OwnWords, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry_core::sanitize::ProgramWords;
use crawl4ai_telemetry_words::{Program, loaded, shipped, system_texts};

/// Reads the words of the running program, on the thread that stores the first report. `others` are the words of
/// languages in which the program embeds this library.
///
/// # Errors
/// When the program itself cannot be read. A library beside it that cannot be read is skipped.
pub(crate) fn of_this_process(others: &[Arc<dyn WordSource>]) -> Result<ProgramWords, Unreadable> {
    let program = Program::running()?;
    let mut build = program.build_id()?;
    if !others.is_empty() {
        let names: Vec<String> =
            others.iter().map(|source| Foreign(Arc::clone(source)).name().to_owned()).collect();
        build = format!("{build}-{:016x}", checksum(names.join("\n").as_bytes()));
    }
    let mut sources: Vec<Box<dyn WordSource>> = vec![Box::new(program)];
    let modules = loaded();
    for module in shipped(&modules, &program_path(), Some(address_of_this_library())) {
        if let Ok(words) = module.open() {
            sources.push(Box::new(words));
        }
    }
    sources.extend(others.iter().map(|source| Box::new(Foreign(Arc::clone(source))) as Box<dyn WordSource>));
    Ok(ProgramWords { words: OwnWords::new(sources).with_public_texts(system_texts()), build })
}

/// A source of words that the program supplies and that the builder keeps too. A source that panics counts as having no
/// words, because it runs on the library's threads, which must continue to deliver.
struct Foreign(Arc<dyn WordSource>);

/// Runs code of the program. Returns `None` when it panics.
fn told<T>(ask: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(ask)).ok()
}

impl WordSource for Foreign {
    fn name(&self) -> &str {
        told(|| self.0.name()).unwrap_or("unnamed")
    }

    fn bytes(&self) -> u64 {
        told(|| self.0.bytes()).unwrap_or_default()
    }

    fn visit(&self, look: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        told(|| self.0.visit(look, visitor)).unwrap_or(Err(Unreadable::Unknown))
    }

    fn prepare(&self, look: Look) {
        let _ = told(|| self.0.prepare(look));
    }

    fn has_closer_look(&self) -> bool {
        told(|| self.0.has_closer_look()).unwrap_or_default()
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
        // Made at run time, because a constant would be one of the program's words.
        let name: String = "animlehliw".chars().rev().collect();
        let raw = format!("the barometer of {name} fell silent");
        let marked = own.words.mark(&[&raw], &[]).unwrap();
        assert_eq!(narrow(&raw, &marked.runs[0], &[]), "the barometer of [word] fell silent");
    }

    /// A source that panics at every call.
    struct Panics;

    impl WordSource for Panics {
        fn name(&self) -> &str {
            panic!("on purpose")
        }

        fn bytes(&self) -> u64 {
            panic!("on purpose")
        }

        fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
            panic!("on purpose")
        }

        fn prepare(&self, _: Look) {
            panic!("on purpose")
        }

        fn has_closer_look(&self) -> bool {
            panic!("on purpose")
        }
    }

    #[test]
    fn a_source_that_panics_has_no_words_and_harms_nobody() {
        let own = of_this_process(&[Arc::new(Panics)]).unwrap();
        own.words.prepare();
        assert_eq!(
            own.words.sources().last().map(|source| (source.name(), source.bytes())),
            Some(("unnamed", 0))
        );
        let raw = "the barometer of animal fell silent";
        let marked = own.words.mark(&[raw], &[]).unwrap();
        assert_eq!(marked.unread.len(), 1);
        assert_eq!(narrow(raw, &marked.runs[0], &[]), raw, "the program's own are there");
    }
}
