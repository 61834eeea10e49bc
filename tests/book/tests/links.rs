//! Checks that every link in the pages has an existing target, and that every page of the book is in its summary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crawl4ai_telemetry_book::markdown::Page;
use crawl4ai_telemetry_book::{PAGES, docs, root};

/// All pages of the documentation: those of the book, and those next to code.
fn pages() -> Vec<Page> {
    let below = |folder: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(root().join(folder)).unwrap().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let mut folders = vec![root(), docs()];
    ["providers", "tests", ".github", "macros", "cli"].iter().filter(|f| root().join(f).is_dir()).for_each(
        |f| {
            folders.push(root().join(f));
            folders.extend(below(f));
        },
    );
    folders.iter().flat_map(|folder| Page::all_in(folder).unwrap()).collect()
}

/// Describes what is wrong with a link; `None` if nothing is.
fn fault(page: &Page, target: &str) -> Option<&'static str> {
    if target.starts_with("https://") || target.starts_with("mailto:") {
        return None;
    }
    if target.starts_with("http://") {
        return Some("goes over the wire in the clear");
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let path = if file.is_empty() { page.path.clone() } else { page.path.parent().unwrap().join(file) };
    if !path.exists() {
        return Some("leads nowhere");
    }
    let book = docs().canonicalize().unwrap();
    let inside = |path: &Path| path.canonicalize().unwrap().starts_with(&book);
    if inside(&page.path) && !inside(&path) {
        return Some("leaves the book, where mdBook cannot follow");
    }
    let anchored =
        anchor.is_none_or(|anchor| Page::read(&path).unwrap().anchors().iter().any(|a| a == anchor));
    (!anchored).then_some("has an anchor that is no heading")
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut wrong = Vec::new();
    let mut links = 0;
    for page in &pages {
        for (line, target) in page.links() {
            links += 1;
            if let Some(fault) = fault(page, &target) {
                wrong.push(format!("{}:{line}: {target} {fault}", page.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(links > 40, "only {links} links were found");
}

#[test]
fn every_page_is_in_the_summary_and_compiled() {
    let summary = Page::read(&docs().join("SUMMARY.md")).unwrap();
    let listed: Vec<String> = summary.links().into_iter().map(|(_, target)| target).collect();
    let mut there: Vec<String> = Page::all_in(&docs()).unwrap().iter().map(Page::name).collect();
    there.retain(|name| name != "SUMMARY.md");
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!(sorted, there, "docs/SUMMARY.md");
    let mut compiled = PAGES.to_vec();
    compiled.sort_unstable();
    assert_eq!(compiled, there, "tests/book/src/lib.rs");
}

/// Whether a program of the book contains this piece of code.
fn is_run(piece: &str) -> bool {
    let programs = std::fs::read_dir(root().join("tests/book/src/bin")).unwrap().flatten();
    programs.into_iter().any(|program| std::fs::read_to_string(program.path()).unwrap().contains(piece))
}

/// The syntax error in a Python program; `None` if it is valid. The tests of the package check what the program does.
fn python_fault(program: &str) -> Option<String> {
    let mut python = Command::new("python3");
    python.args(["-c", "import ast, sys; ast.parse(sys.argv[1])", program]);
    let output = python.output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn data_on_a_page_is_data_and_no_program_is_only_shown() {
    for page in pages() {
        for block in page.blocks() {
            let fault = match &*block.language {
                "json" => serde_json::from_str::<serde_json::Value>(&block.text).err().map(|e| e.to_string()),
                "toml" => block.text.parse::<toml::Table>().err().map(|e| e.to_string()),
                "sh" | "console" | "text" | "yaml" | "html" | "dockerfile" => None,
                "python" => python_fault(&block.text),
                "rust,ignore" => (!is_run(&block.text)).then(|| "is in no program that is run".to_owned()),
                rust if rust.starts_with("rust") => None,
                other => Some(format!("{other:?} is a language that no test knows")),
            };
            assert_eq!(fault, None, "{}:{}", page.path.display(), block.line);
        }
    }
}
