//! The program's own words: read from the executable that runs, and from what was shipped with it. The rule itself stands in
//! `providers/core`, which does no input and output.

use std::path::PathBuf;

use crawl4ai_telemetry_core::own_words::{OwnWords, Unreadable, WordSource};
use crawl4ai_telemetry_core::sanitize::ProgramWords;
use crawl4ai_telemetry_words::{Program, loaded, shipped, system_texts};

/// Reads the words of the program that runs, on the thread that stores the first report.
///
/// # Errors
/// When the program itself cannot be read. A library beside it that cannot be read counts for nothing.
pub(crate) fn of_this_process() -> Result<ProgramWords, Unreadable> {
    let program = Program::running()?;
    let build = program.build_id()?;
    let mut sources: Vec<Box<dyn WordSource>> = vec![Box::new(program)];
    let modules = loaded();
    for module in shipped(&modules, &program_path(), Some(address_of_this_library())) {
        if let Ok(words) = module.open() {
            sources.push(Box::new(words));
        }
    }
    Ok(ProgramWords { words: OwnWords::new(sources).with_public_texts(system_texts()), build })
}

fn program_path() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

/// An address inside of the module that holds this library: an extension module of another language, or the program.
fn address_of_this_library() -> u64 {
    of_this_process as fn() -> Result<ProgramWords, Unreadable> as usize as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::own_words::narrow;

    #[test]
    fn this_test_has_its_own_words() {
        let own = of_this_process().unwrap();
        assert!(own.build.len() >= 8, "{}", own.build);
        // Made at run time: a constant would be one of the program's words.
        let name: String = "animlehliw".chars().rev().collect();
        let raw = format!("the barometer of {name} fell silent");
        let marked = own.words.mark(&[&raw], &[]).unwrap();
        assert_eq!(narrow(&raw, &marked.runs[0], &[]), "the barometer of [word] fell silent");
    }
}
