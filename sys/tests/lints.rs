//! The lints of this crate are the workspace's, except for `unsafe_code`.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

/// Every lint of the manifest's lint tables as `table.lint = level`, without comments.
fn lints(manifest: &Path, prefix: &str) -> Vec<String> {
    let text = fs::read_to_string(manifest).expect("a manifest");
    let mut table = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[') {
            table = header.strip_prefix(prefix).map(|rest| rest.trim_end_matches(']').to_owned());
        } else if let (Some(table), false) = (&table, line.is_empty() || line.starts_with('#')) {
            found.push(format!("{table}.{line}"));
        }
    }
    found
}

#[test]
fn the_lints_are_the_workspaces_but_for_unsafe_code() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = lints(&here.join("../Cargo.toml"), "workspace.lints.");
    assert!(workspace.len() > 15, "the workspace's table was understood: {workspace:?}");
    let expected: Vec<String> = workspace
        .into_iter()
        .map(|line| line.replace("rust.unsafe_code = \"forbid\"", "rust.unsafe_code = \"allow\""))
        .collect();
    assert_eq!(lints(&here.join("Cargo.toml"), "lints."), expected);
}
