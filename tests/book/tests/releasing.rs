//! Checks that the documented publishing order of the crates works, and that it names every published crate.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;

use crawl4ai_telemetry_book::{docs, root};
use toml::{Table, Value};

fn manifest(folder: &str) -> Table {
    fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap().parse().unwrap()
}

#[test]
fn a_crate_goes_after_those_that_it_stands_on() {
    let page = fs::read_to_string(docs().join("releasing.md")).unwrap();
    let list = page.split("<!-- order").nth(1).and_then(|rest| rest.split("```").nth(1)).expect("the order");
    let order: Vec<&str> = list.lines().skip(1).collect();

    let members = manifest(".")["workspace"]["members"].as_array().unwrap().clone();
    let published: BTreeMap<String, Table> = members
        .iter()
        .map(|folder| manifest(folder.as_str().unwrap()))
        .filter(|manifest| manifest["package"].get("publish") != Some(&Value::Boolean(false)))
        .map(|manifest| (manifest["package"]["name"].as_str().unwrap().to_owned(), manifest))
        .collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, published.keys().collect::<Vec<_>>(), "every published crate, and no other");

    for (at, name) in order.iter().enumerate() {
        // A crate without dependencies has no such table.
        let needs = published[*name].get("dependencies").and_then(Value::as_table);
        for needed in needs.into_iter().flat_map(Table::keys).filter(|needed| published.contains_key(*needed))
        {
            assert!(order[..at].contains(&needed.as_str()), "{name} stands on {needed}");
        }
    }
}
