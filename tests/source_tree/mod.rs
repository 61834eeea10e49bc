//! Helpers for the tests of the source tree: the files of the library, their code without unit tests, and the modules
//! that the code refers to.

#![allow(dead_code, reason = "no test needs all of it")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

pub(crate) mod modules;
pub(crate) mod references;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The source files below these folders of the repository, without unit tests.
pub(crate) fn library_files(folders: &[&str]) -> Vec<PathBuf> {
    let files = folders.iter().flat_map(|folder| rust_files(&root().join(folder)));
    // A build script runs on its author's machine, and is no part of the library.
    files.filter(|path| !is_test(path) && !path.ends_with("build.rs")).collect()
}

pub(crate) fn is_test(path: &Path) -> bool {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    inside.ends_with("tests.rs")
        || inside.components().any(|c| c.as_os_str() == "tests")
        || is_declared_for_tests(path)
}

/// Whether the parent module declares this one with `#[cfg(test)] mod name;`.
fn is_declared_for_tests(path: &Path) -> bool {
    let around = path.with_file_name("mod.rs");
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    fs::read_to_string(around).is_ok_and(|text| text.contains(&format!("#[cfg(test)]\nmod {name};")))
}

/// The code of a file without its unit tests.
pub(crate) fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file");
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

/// The lines of a file's code that are not comments, numbered from 1.
pub(crate) fn lines(path: &Path) -> Vec<(usize, String)> {
    let code = code(path);
    let numbered = code.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned()));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

/// A file's path relative to the repository, with slashes.
pub(crate) fn name(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    inside.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
