//! Runs every block of shell commands in the README and the book, and compares the output with the page. A block that
//! is not run here has a note above it that says who runs it, or why nothing does.
//!
//! The blocks of one page run in order and share a home folder and a working folder. `crwl` and the book's program
//! `weather` are on the path. The environment is that of a user without a terminal who is not in a container.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crawl4ai_telemetry_book::markdown::{Block, Note, Page};
use crawl4ai_telemetry_book::{docs, root, shown};

/// The number of blocks that nothing runs. Each of them gives the reason.
const NOT_RUN: usize = 5;

fn pages() -> Vec<Page> {
    let mut pages = Page::all_in(&docs()).unwrap();
    pages.push(Page::read(&root().join("README.md")).unwrap());
    pages
}

fn is_shell(block: &Block) -> bool {
    matches!(&*block.language, "sh" | "console")
}

#[test]
fn every_command_runs_and_says_what_the_page_shows() {
    let mut wrong = Vec::new();
    let mut run = 0;
    for page in pages() {
        let place = Place::new();
        let blocks = page.blocks();
        for (at, block) in blocks.iter().enumerate().filter(|(_, block)| is_shell(block)) {
            if block.note.is_some() {
                continue;
            }
            run += 1;
            let said = place.run(&block.text);
            let shown = blocks.get(at + 1).filter(|next| next.follows && next.language == "text");
            let differs = match (&said, shown) {
                (Ok(said), Some(shown)) => shown::compare(&shown.text, said)
                    .err()
                    .map(|line| format!("the page shows {line:?}, and it said:\n{said}")),
                (Ok(_), None) => None,
                (Err(failed), _) => Some(format!("failed:\n{failed}")),
            };
            wrong.extend(differs.map(|differs| format!("{}:{}: {differs}", page.name(), block.line)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(run >= 8, "only {run} blocks were found");
}

#[test]
fn what_is_not_run_here_says_who_runs_it() {
    let mut wrong = Vec::new();
    let mut not_run = 0;
    for page in pages() {
        for block in page.blocks() {
            let there = match &block.note {
                None => true,
                Some(Note::RunBy(file, why)) => root().join(file).is_file() && why.len() > 10,
                Some(Note::NotRun(why)) => {
                    not_run += 1;
                    why.len() > 10
                }
            };
            if !there {
                wrong.push(format!("{}:{}: {:?}", page.name(), block.line, block.note));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(not_run, NOT_RUN, "blocks that nothing runs");
}

/// A temporary folder with a home folder, a working folder and the programs.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for inside in ["home", "work", "bin"] {
            std::fs::create_dir(folder.path().join(inside)).unwrap();
        }
        let program = |name: &str, file: &str| symlink(file, folder.path().join("bin").join(name)).unwrap();
        program("crwl", env!("CARGO_BIN_EXE_crwl_of_the_book"));
        program("weather", env!("CARGO_BIN_EXE_weather_command"));
        Self { folder }
    }

    fn path(&self, inside: &str) -> String {
        self.folder.path().join(inside).to_str().unwrap().to_owned()
    }

    /// Runs commands and returns their standard output and standard error, merged.
    fn run(&self, commands: &str) -> Result<String, String> {
        let output = Command::new("bash")
            .args(["-eu", "-o", "pipefail", "-c", &format!("exec 2>&1\n{commands}")])
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin")))
            .envs([("CRAWL4AI_DOCKER", "0"), ("WEATHER_DOCKER", "0"), ("LC_ALL", "C.UTF-8")])
            .current_dir(Path::new(&self.path("work")))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).replace(&self.path("home"), "~");
        if output.status.success() { Ok(said) } else { Err(said) }
    }
}
