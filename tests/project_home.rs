//! The project's address is given in one place only, `repository` in Cargo.toml, and no text sends its reader to
//! another project. `UPDATE=1` writes the texts that contain the address.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that do not belong to the project's sources.
const OTHERS: &[&str] = &["target", ".git"];

/// Hosts of projects. In addresses there, `owner` means any owner.
const HOSTS: &[&str] = &["https://github.com/", "https://gitlab.com/", "https://codeberg.org/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("a file of the project")
}

/// The files below `folder` whose names `wanted` accepts.
fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).expect("a folder of the project").flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !OTHERS.contains(&&*name) {
            found.extend(files(&path, wanted));
        } else if path.is_file() && wanted(&name) {
            found.push(path);
        }
    }
    found
}

/// The value of `repository` in the root's manifest; `None` while it is empty.
fn home() -> Option<String> {
    let manifest = read("Cargo.toml");
    let lines: Vec<&str> = manifest.lines().filter(|line| line.starts_with("repository = ")).collect();
    let [line] = &*lines else { panic!("one place says where the project lives: {lines:?}") };
    let home = line.trim_start_matches("repository = ").trim_matches('"').trim_end_matches('/').to_owned();
    (!home.is_empty()).then_some(home)
}

/// The text in SECURITY.md about how to report a leak.
fn how_to_report(home: Option<&str>) -> String {
    match home {
        None => "This project has no public place yet. Report it in private to whoever gave you this copy."
            .to_owned(),
        Some(home) => {
            format!("In private, with the form: [report a vulnerability]({home}/security/advisories/new).")
        }
    }
}

#[test]
fn security_md_sends_to_where_the_project_lives() {
    let page = read("SECURITY.md");
    let (before, rest) = page.split_once("<!-- home: made of ").expect("where it begins");
    let (comment, rest) = rest.split_once("-->\n").expect("the end of the comment");
    let (_, after) = rest.split_once("<!-- /home -->").expect("where it ends");
    let said = how_to_report(home().as_deref());
    let expected = format!("{before}<!-- home: made of {comment}-->\n{said}\n<!-- /home -->{after}");
    if page != expected && std::env::var_os("UPDATE").is_some() {
        return fs::write(root().join("SECURITY.md"), expected).expect("written");
    }
    assert_eq!(page, expected, "SECURITY.md and `repository` in Cargo.toml differ (UPDATE=1 writes it)");
}

#[test]
fn every_manifest_takes_the_projects_home_and_says_no_other() {
    for path in files(root(), &|name| matches!(name, "Cargo.toml" | "pyproject.toml")) {
        let manifest = fs::read_to_string(&path).expect("a manifest");
        let says = |line: &&str| {
            let key = line.split('=').next().unwrap_or_default().trim();
            let is_root = path.parent() == Some(root());
            matches!(key, "repository" | "homepage" | "Repository" | "Homepage" | "Issues") && !is_root
        };
        assert_eq!(manifest.lines().find(says), None, "{}", path.display());
    }
}

/// The addresses of projects that occur in a text.
fn projects(text: &str) -> Vec<&str> {
    let starts = HOSTS.iter().flat_map(|host| text.match_indices(host).map(|(at, _)| at));
    let address = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"' | '`' | '\''));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    };
    starts.map(address).collect()
}

#[test]
fn nothing_that_people_read_sends_them_to_another_project() {
    let home = home();
    let read_by_people =
        |name: &str| [".md", ".yml", ".toml"].iter().any(|end| name.ends_with(end)) && name != "Cargo.lock";
    for path in files(root(), &read_by_people) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for address in projects(&text) {
            let is_ours = home.as_deref().is_some_and(|home| address.starts_with(home));
            let is_example = address.split('/').nth(3) == Some("owner");
            assert!(is_ours || is_example, "{} sends to {address}", path.display());
        }
    }
}

#[test]
fn an_address_is_found_wherever_it_stands() {
    let text = "[a](https://github.com/someone/project/security/advisories/new). `https://codeberg.org/x/y`";
    let found = ["https://github.com/someone/project/security/advisories/new", "https://codeberg.org/x/y"];
    assert_eq!(projects(text), found);
    assert_eq!(
        how_to_report(Some("https://example.com/a/b")),
        "In private, with the form: [report a vulnerability](https://example.com/a/b/security/advisories/new)."
    );
}
