//! Checks that the crate counts in the README are the limits in `.ci/crates`.

use std::fs;

#[test]
fn the_readme_names_the_crates_that_are_counted() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let script = fs::read_to_string(format!("{root}.ci/crates")).unwrap();
    let readme = fs::read_to_string(format!("{root}README.md")).unwrap().replace('\n', " ");
    let most = |what: &str| {
        let line = script.lines().find(|line| line.starts_with("count ") && line.contains(what));
        line.and_then(|line| line.split(' ').nth(1))
            .unwrap_or_else(|| panic!("{what} is not counted"))
            .to_owned()
    };
    for (what, words) in [
        ("without a provider", "crates without a provider"),
        ("with OTLP", "with OpenTelemetry"),
        ("with Sentry", "with Sentry"),
    ] {
        let figure = format!("{} {words}", most(what));
        assert!(readme.contains(&figure), "README.md does not say {figure:?}");
    }
}
