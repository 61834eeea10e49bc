//! The words of this program, and the edges that its code shows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::own_words::{Look, OwnWords, Rule, WordSource, narrow};
use crawl4ai_telemetry_words::{Program, system_texts};

fn own() -> OwnWords {
    OwnWords::new(vec![Box::new(Program::running().unwrap())]).with_public_texts(system_texts())
}

/// A text that is not in this program's file, because its letters are made at run time.
fn value() -> String {
    let seed = std::process::id().wrapping_mul(2_654_435_761);
    (0..9).map(|i| char::from(b'a' + u8::try_from((seed >> (3 * i)) % 26).unwrap())).collect()
}

#[test]
fn a_running_program_reads_its_own_words() {
    let value = value();
    let own = own();
    for (raw, expected) in [
        (format!("no parcel for {value} was delivered"), "no parcel for [word] was delivered".to_owned()),
        (format!("parcel {value}"), "[text]".to_owned()),
        (format!("the depot is closed: {}", std::io::Error::from_raw_os_error(2)), {
            format!("the depot is closed: {}", std::io::Error::from_raw_os_error(2))
        }),
        (value.clone(), "[word]".to_owned()),
    ] {
        let marked = own.mark(&[&raw], &[]).unwrap();
        assert_eq!(narrow(&raw, &marked.runs[0], &[]), expected);
    }
}

/// The example of the picture in `docs/own-words.md`, with another name.
#[test]
fn what_the_book_shows_is_what_leaves() {
    let error = std::io::Error::from_raw_os_error(2);
    let value = value();
    let raw = format!("tenant {value} is locked: {error}, see /home/{value}/x.{value}");
    let runs = own().mark(&[&raw], &[]).unwrap().runs.remove(0);
    let left = narrow(&raw, &runs, &Sanitizer::new().spans(&raw));
    assert_eq!(left, format!("tenant [word] is locked: {error}, see [path]"));
}

#[test]
fn code_is_read_once_and_only_when_something_is_undecided() {
    let program = Program::running().unwrap();
    assert!(program.has_closer_look());
    let own = OwnWords::new(vec![Box::new(program)]);
    let waits = || own.sources().any(WordSource::has_closer_look);
    let short = "~ ~ ~";
    own.mark(&[short], &[]).unwrap();
    assert!(waits(), "nothing to decide");
    let raw = format!("the reason for {} is not known to anybody here", value());
    let first = own.mark(&[&raw], &[]).unwrap();
    assert!(!waits(), "words of a sentence may be parts of literals");
    let again = own.mark(&[&raw], &[]).unwrap();
    assert_eq!(first.runs, again.runs);
}

/// What an earlier report has read must not change what a later report keeps. Otherwise two reports of one error could
/// differ.
#[test]
fn what_was_read_before_changes_nothing() {
    let looked = Program::running().unwrap();
    let _ = looked.visit(Look::Closer, &mut |_| std::ops::ControlFlow::Break(()));
    let looked = OwnWords::new(vec![Box::new(looked)]);
    let value = value();
    for raw in [
        format!("no parcel for {value} was delivered"),
        format!("cannot weigh the parcel of {value}, which nobody has seen"),
        "the depot is closed".to_owned(),
        "index out of bounds: the len is 3 but the index is 7".to_owned(),
        format!("{value}: invalid digit found in string"),
        value.clone(),
    ] {
        let fresh = OwnWords::new(vec![Box::new(Program::running().unwrap())]);
        let (first, second) = (fresh.mark(&[&raw], &[]).unwrap(), looked.mark(&[&raw], &[]).unwrap());
        assert_eq!(first.runs, second.runs, "{raw}");
    }
}

#[test]
fn memory_has_an_end() {
    let program = Program::running().unwrap();
    program.visit(Look::Closer, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    assert!(program.memory() > 0);
    assert!(program.memory() < 3 << 20, "{}", program.memory());
}

#[test]
fn a_sentence_says_which_rule_kept_it() {
    let raw = format!("cannot weigh the parcel of {} at line {}", value(), std::process::id() % 1000);
    let marked = own().mark(&[&raw], &[]).unwrap();
    let rules: Vec<Rule> = marked.runs[0].iter().map(|run| run.rule).collect();
    assert!(rules.contains(&Rule::Number), "{rules:?}");
    assert!(rules.iter().any(|rule| matches!(rule, Rule::Literal | Rule::Template)), "{rules:?}");
}
