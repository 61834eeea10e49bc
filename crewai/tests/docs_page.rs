//! Checks that docs/usage-crewai.md and docs/usage-crewai.schema.json agree with the schema. `UPDATE=1` writes them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use crawl4ai_telemetry::usage::{json_schema, table};
use crawl4ai_telemetry_crewai::SCHEMA;

const BEGIN: &str = "<!-- generated: UPDATE=1 cargo test -p crawl4ai-telemetry-crewai --test docs_page -->\n";
const END: &str = "<!-- /generated -->";

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

fn compare(path: &Path, found: &str, expected: &str) {
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, expected).expect("written");
    }
    let differs = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    let name = path.file_name().unwrap_or_default().display();
    panic!("docs/{name} is not what the schema says (UPDATE=1 writes it); first difference: {differs:?}");
}

#[test]
fn the_page_holds_the_table() {
    let path = docs("usage-crewai.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    compare(&path, &page, &format!("{before}{BEGIN}\n{}\n{END}{after}", table(&SCHEMA)));
}

#[test]
fn the_json_schema_is_written_down() {
    let path = docs("usage-crewai.schema.json");
    let found = fs::read_to_string(&path).unwrap_or_default();
    let expected = serde_json::to_string_pretty(&json_schema(&SCHEMA)).expect("JSON") + "\n";
    compare(&path, &found, &expected);
}
