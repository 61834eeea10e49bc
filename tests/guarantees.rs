//! Checks that each row of docs/guarantees.md and each sentence of docs/consent.md names an existing test, and that
//! each scenario is named by a guarantee.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod source_tree;
use std::fs;
use std::path::PathBuf;

use source_tree::{root, rust_files};

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).expect(name)
}

/// The texts in backticks.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// The names in backticks in the last cell of every row of docs/guarantees.md.
fn guaranteed_by() -> Vec<String> {
    let page = page("guarantees.md");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|line| line.trim_end_matches(" |").rsplit(" | ").next());
    cells.flat_map(|cell| quoted(cell).collect::<Vec<_>>()).collect()
}

/// The named tests that do not exist.
fn missing(named: &[String]) -> Vec<&String> {
    let is_there = |name: &str| {
        ["", "tests", "providers/core/src"].iter().any(|room| {
            let path = root().join(room).join(name);
            path.exists() || path.with_extension("rs").exists()
        })
    };
    // Names that are not files: a kind of test, and a tool.
    let others = ["compile_fail", "strace"];
    named.iter().filter(|name| !others.contains(&&***name) && !is_there(name)).collect()
}

#[test]
fn every_guarantee_names_a_test_and_every_scenario_guarantees_something() {
    let named = guaranteed_by();
    assert!(named.len() > 50, "the page was understood");
    let missing = missing(&named);
    assert!(missing.is_empty(), "docs/guarantees.md names {missing:?}");

    // This scenario tests the test harness and guarantees nothing.
    let of_tests = "scenario_answers_as_libtest";
    let scenario = |path: &PathBuf| {
        path.parent() == Some(&root().join("tests"))
            && fs::read_to_string(path).is_ok_and(|text| text.contains("\nmod scenario;"))
    };
    let unnamed: Vec<_> = rust_files(&root().join("tests"))
        .into_iter()
        .filter(scenario)
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .filter(|name| !named.contains(name) && name != of_tests)
        .collect();
    assert!(unnamed.is_empty(), "docs/guarantees.md does not name {unnamed:?}");
}

/// The paragraphs and table rows of a page, each on one line. Headings, code, notes, table heads and generated parts
/// are left out. Generated parts are tested elsewhere.
fn paragraphs(page: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let (mut in_code, mut is_generated) = (false, false);
    let lines: Vec<&str> = page.lines().map(|line| line.trim_start_matches('>').trim()).collect();
    for (at, line) in lines.iter().enumerate() {
        let is_fence = line.starts_with("```");
        in_code ^= is_fence;
        is_generated = (is_generated || line.starts_with("<!-- generated")) && !line.starts_with("<!-- /gen");
        let is_head =
            line.starts_with("|--") || lines.get(at + 1).is_some_and(|next| next.starts_with("|--"));
        let is_none = line.is_empty() || line.starts_with('#') || line.starts_with("<!--");
        if in_code || is_fence || is_generated || is_head || is_none {
            paragraphs.push(String::new());
        } else if line.starts_with('|') {
            paragraphs.push(line.trim_matches('|').trim().to_owned());
        } else if let Some(last) = paragraphs.last_mut() {
            last.push(' ');
            last.push_str(line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
    paragraphs
}

/// Whether a sentence ends before the end of this text.
fn is_several(text: &str) -> bool {
    text.match_indices(['.', '?', '!']).any(|(at, sign)| {
        let behind = text.get(at + sign.len()..).unwrap_or_default();
        let next = behind.trim_start();
        next.len() < behind.len() && next.starts_with(|c: char| c.is_uppercase() || "`[*“".contains(c))
    })
}

/// Each sentence of a page with the content of the comment after it. `Err` is a sentence without a comment.
fn sentences(page: &str) -> Vec<Result<(String, String), String>> {
    let mut found = Vec::new();
    for paragraph in paragraphs(page) {
        let mut rest = &*paragraph;
        while !rest.trim().is_empty() {
            let (sentence, behind) = rest.split_once("<!--").unwrap_or((rest, ""));
            let (comment, next) = behind.split_once("-->").unwrap_or_default();
            let sentence = sentence.trim().to_owned();
            found.push(if comment.is_empty() || is_several(&sentence) {
                Err(sentence)
            } else {
                Ok((sentence, comment.trim().to_owned()))
            });
            rest = next;
        }
    }
    found
}

/// A sentence that promises something has a comment that says `tested by` and names the tests. A sentence that asks
/// something of the reader, or introduces another sentence, has the comment `advice`.
#[test]
fn every_sentence_of_the_page_on_consent_has_its_test() {
    let (mut tested, mut advice, mut wrong) = (0, 0, Vec::new());
    for sentence in sentences(&page("consent.md")) {
        match sentence {
            Ok((_, comment)) if comment == "advice" => advice += 1,
            Ok((sentence, comment)) => match comment.strip_prefix("tested by ") {
                Some(tests) => {
                    let named: Vec<String> = quoted(tests).collect();
                    let missing = missing(&named);
                    if named.is_empty() || !missing.is_empty() {
                        wrong.push(format!("{sentence:?} names {missing:?}"));
                    }
                    tested += 1;
                }
                None => wrong.push(format!("{sentence:?} says {comment:?}")),
            },
            Err(sentence) => wrong.push(format!("{sentence:?} has no test of its own")),
        }
    }
    assert!(wrong.is_empty(), "docs/consent.md: {}", wrong.join("\n"));
    // Legal requirements and fields to fill in count as advice. Statements about the library do not.
    assert!(tested > 60 && advice < tested * 2 / 3, "{tested} of {} sentences have a test", tested + advice);
}

#[test]
fn a_sentence_without_a_test_is_found() {
    let page = "# A page\n\n<!-- run by hand -->\nOne. <!-- tested by `a` -->\nTwo, in\nlines. <!-- advice -->\n\n\
                Three has none.\nFour. <!-- tested by `b` -->\n\n| a | b |\n|---|---|\n| x | it is. <!-- advice --> So <!-- \
                tested by `c` --> |\n| y | z |\n\n```text\nNo sentence.\n```\n\n> Said\n> twice. <!-- advice -->\n";
    let found: Vec<_> = sentences(page)
        .into_iter()
        .map(|sentence| sentence.map_or_else(|none| format!("{none} -"), |(said, by)| format!("{said} {by}")))
        .collect();
    assert_eq!(
        found,
        [
            "One. tested by `a`",
            "Two, in lines. advice",
            "Three has none. Four. -",
            "x | it is. advice",
            "So tested by `c`",
            "y | z -",
            "Said twice. advice",
        ]
    );
}
