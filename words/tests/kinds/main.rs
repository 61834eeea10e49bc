//! Real errors with planted values. Checks which planted values and which of the program's own words stay.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]
#![allow(clippy::print_stdout, reason = "the seed and the figures are worth reading")]

mod errors;
mod values;

use std::collections::HashMap;
use std::path::Path;

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::own_words::{OwnWords, narrow, signature};
use crawl4ai_telemetry_words::{Program, system_texts};
use errors::KINDS;
use values::Values;

/// Number of reports of each kind. `.ci/own-words` sets a larger one with the variable `REPORTS`.
const REPORTS: usize = 40;

#[expect(
    clippy::disallowed_methods,
    reason = "a test is told how long it may take, and which run to make again"
)]
fn from_environment<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

fn reports() -> usize {
    from_environment("REPORTS").unwrap_or(REPORTS)
}

/// A planted value, an error's text with this value, and what is left of the text in a report.
struct Case {
    kind: &'static str,
    value: String,
    raw: String,
    left: String,
}

/// Makes texts of each kind with values from `value`, and narrows them like reports, 32 texts at a time.
fn cases(
    own: &OwnWords,
    values: &mut Values,
    count: usize,
    value: impl Fn(&mut Values) -> String,
) -> Vec<Case> {
    let sanitizer = Sanitizer::new();
    let mut out = Vec::new();
    for _ in 0..count {
        let made: Vec<_> = KINDS
            .iter()
            .map(|kind| {
                let (value, n) = (value(values), values.next(1000));
                ((kind.make)(&value, n), kind.name, value)
            })
            .collect();
        let raw: Vec<&str> = made.iter().map(|(raw, ..)| raw.as_str()).collect();
        let marked = own.mark(&raw, &[]).unwrap();
        for ((raw, kind, value), runs) in made.iter().zip(&marked.runs) {
            let protected = runs.protected();
            let mut found = sanitizer.spans(raw);
            // A find that only looks suspicious does not remove text from a protected run. All finds are of this kind,
            // because no planted value has a form of its own.
            found.retain(|span| !protected.iter().any(|run| run.start < span.end && span.start < run.end));
            let left = narrow(raw, runs, &found);
            out.push(Case { kind, value: value.clone(), raw: raw.clone(), left });
        }
    }
    out
}

/// The value as `Debug` shows it, without the quotes.
fn escaped(value: &str) -> String {
    let shown = format!("{value:?}");
    shown[1..shown.len() - 1].to_owned()
}

/// Words of the planted value that are left in a report, except words that the program's own text contains too.
fn planted_words(case: &Case) -> Vec<&str> {
    let own = case.raw.replace(&case.value, "\0").replace(&escaped(&case.value), "\0");
    let words = case.value.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 2);
    let has = |text: &str, word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + word.len()..]);
            !before.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric)
        })
    };
    words.filter(|word| has(&case.left, word) && !has(&own, word)).collect()
}

/// Counts the bytes of the program's own pieces of text that have at least six bytes: those that stayed, and all of
/// them.
fn kept(case: &Case) -> (usize, usize) {
    let escaped = escaped(&case.value);
    let pieces = case.raw.split(&escaped).flat_map(|part| part.split(&case.value));
    let pieces =
        pieces.map(|piece| piece.trim_matches(|c: char| !c.is_alphabetic())).filter(|piece| piece.len() >= 6);
    pieces.fold((0, 0), |(kept, all), piece| {
        // Numbers are no words, so a piece is split at them.
        let parts = piece.split(|c: char| c.is_ascii_digit()).map(str::trim).filter(|part| part.len() >= 6);
        parts.fold((kept, all), |(kept, all), part| {
            (kept + if case.left.contains(part) { part.len() } else { 0 }, all + part.len())
        })
    })
}

fn own() -> OwnWords {
    OwnWords::new(vec![Box::new(Program::running().unwrap())]).with_public_texts(system_texts())
}

fn assert_clean(what: &str, cases: &[Case]) {
    let leaks: Vec<_> = cases.iter().filter(|case| !planted_words(case).is_empty()).collect();
    for case in leaks.iter().take(20) {
        println!("{}: {:?} left {:?} of {:?}", case.kind, planted_words(case), case.left, case.raw);
    }
    let (kept, all) = cases.iter().map(kept).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    println!(
        "{what}: {} of {} keep a planted word; {:.2} % of the program's own words stay",
        leaks.len(),
        cases.len(),
        100.0 * kept as f64 / all as f64
    );
    assert!(leaks.len() * 10_000 <= cases.len(), "{} of {}", leaks.len(), cases.len());
    let mut lost: HashMap<&str, (usize, usize, &Case)> = HashMap::new();
    for case in cases {
        let (kept, all) = self::kept(case);
        let entry = lost.entry(case.kind).or_insert((0, 0, case));
        *entry = (entry.0 + kept, entry.1 + all, if kept < all { case } else { entry.2 });
    }
    for (kind, (kept, all, case)) in lost.iter().filter(|(_, (kept, all, _))| kept < all) {
        println!("{kind}: {kept} of {all}: {:?} of {:?}", case.left, case.raw);
    }
    assert!(100 * kept >= 97 * all, "{kept} of {all}");
}

#[test]
fn planted_values_go_and_the_programs_words_stay() {
    let (own, mut values) = (own(), Values::new());
    let mixed = cases(&own, &mut values, reports(), Values::any);
    assert_clean("mixed", &mixed);
    let names = cases(&own, &mut values, reports().max(63), Values::name);
    assert!(names.len() >= 2000);
    assert_clean("names", &names);
    let sentences = cases(&own, &mut values, reports().max(16), Values::sentence);
    assert!(sentences.len() >= 500);
    assert_clean("sentences", &sentences);
}

#[test]
fn each_kind_has_one_signature_whatever_its_values() {
    let (own, mut values) = (own(), Values::new());
    let cases = cases(&own, &mut values, reports().min(60), Values::any);
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut of_kind: HashMap<&str, HashMap<String, usize>> = HashMap::new();
    for case in &cases {
        let signature = signature(&case.left);
        let other = seen.entry(signature.clone()).or_insert(case.kind);
        assert_eq!(*other, case.kind, "two bugs look the same: {signature:?}");
        *of_kind.entry(case.kind).or_default().entry(signature).or_default() += 1;
    }
    assert_eq!(of_kind.len(), KINDS.len());
    let stray: usize =
        of_kind.values().map(|all| all.values().sum::<usize>() - all.values().max().unwrap()).sum();
    for (kind, all) in of_kind.iter().filter(|(_, all)| all.len() > 1) {
        println!("{kind}: {all:?}");
    }
    let mut usual: Vec<String> = of_kind
        .iter()
        .filter_map(|(kind, all)| {
            Some(format!("{kind}: {}\n", all.iter().max_by_key(|(_, n)| **n)?.0.escape_debug()))
        })
        .collect();
    usual.sort_unstable();
    println!("signatures: {} of {} kinds have one of their own", usual.len(), KINDS.len());
    same_in_every_build(&usual.concat());
    assert!(stray * 100 <= cases.len(), "{stray} of {} have a signature of their own", cases.len());
}

/// Compares with the stored result of another build of the same source. `UPDATE=1` writes the result again, which a
/// newer Rust may require.
fn same_in_every_build(signatures: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kinds/signatures.txt");
    if from_environment::<u8>("UPDATE").is_some() {
        std::fs::write(&path, signatures).unwrap();
    }
    assert_eq!(signatures, std::fs::read_to_string(&path).unwrap_or_default());
}

#[test]
fn narrowing_twice_is_narrowing_once() {
    let (own, mut values) = (own(), Values::new());
    let cases = cases(&own, &mut values, 10, Values::any);
    let left: Vec<&str> = cases.iter().map(|case| case.left.as_str()).collect();
    let marked = own.mark(&left, &[]).unwrap();
    for (left, runs) in left.iter().zip(&marked.runs) {
        assert_eq!(narrow(left, runs, &[]), **left);
    }
}
