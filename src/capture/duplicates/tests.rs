#![allow(clippy::disallowed_methods, reason = "a test without a thread to be had fails by panicking")]

use super::*;
use crate::capture::error::Capturable;

fn chain(error: &anyhow::Error) -> Chain<'_> {
    let error: &(dyn std::error::Error + 'static) = error.as_ref();
    Capturable::chain(error)
}

fn is_known(error: &anyhow::Error, reported: &anyhow::Error) -> (bool, bool) {
    let (error, reported) = (chain(error), ErrorSignature::of(&chain(reported)));
    (reported.is_suffix_of(&ErrorSignature::of(&error)), reported.is_contained_in_root_of(&error))
}

#[test]
fn what_says_the_same() {
    let io = || std::io::Error::other("no route to host");
    let plain = || anyhow::anyhow!("no route to host");
    let around = || plain().context("cannot fetch the page");
    let cases: &[(&str, anyhow::Error, anyhow::Error, (bool, bool))] = &[
        ("itself", plain(), plain(), (true, true)),
        ("another type", plain(), anyhow::Error::new(io()), (true, true)),
        ("wrapped", around(), plain(), (true, true)),
        ("wrapped twice", around().context("and again"), around(), (true, false)),
        ("turned into a text", anyhow::anyhow!("step 3: {}", plain()), plain(), (false, true)),
        ("a part of a word", anyhow::anyhow!("no route to hostess"), plain(), (false, false)),
        ("something else", anyhow::anyhow!("timed out"), plain(), (false, false)),
        ("the inner of what was reported", plain(), around(), (false, false)),
        ("another cause", anyhow::anyhow!("x").context("cannot fetch the page"), around(), (false, false)),
    ];
    for (name, error, reported, expected) in cases {
        assert_eq!(is_known(error, reported), *expected, "{name}");
    }
}

#[test]
fn short_texts_must_be_equal() {
    let short = anyhow::anyhow!("eof");
    assert_eq!(is_known(&anyhow::anyhow!("unexpected eof"), &short), (false, false));
    assert_eq!(is_known(&anyhow::anyhow!("eof"), &short), (true, false));
}

#[test]
fn chains_that_were_cut_are_the_same_as_far_as_they_go() {
    let mut deep = anyhow::anyhow!("root");
    for level in 0..40 {
        deep = deep.context(format!("level {level}"));
    }
    let reported = ErrorSignature::of(&chain(&deep));
    assert!(reported.cut);
    assert!(reported.is_suffix_of(&ErrorSignature::of(&chain(&deep.context("one more")))));
}

#[test]
fn the_memory_of_other_tasks_is_bounded_and_used_once() {
    let _turn = turn();
    let error = anyhow::anyhow!("left its task");
    let _open = operations::Scope::enter("the receiver");
    for _ in 0..3 {
        // The error leaves on a thread that has no operation.
        thread::scope(|scope| {
            scope.spawn(|| {
                DuplicateCheck::look(&chain(&error), CaptureMode::Leaving).remember(CaptureMode::Leaving)
            });
        });
    }
    let known = || DuplicateCheck::look(&chain(&error), CaptureMode::Leaving).is_known();
    assert_eq!([known(), known(), known(), known()], [true, true, true, false]);
    for _ in 0..1000 {
        let other = anyhow::anyhow!("nobody waits for it");
        thread::scope(|scope| {
            scope.spawn(|| {
                DuplicateCheck::look(&chain(&other), CaptureMode::Leaving).remember(CaptureMode::Leaving)
            });
        });
    }
    assert!(DEPARTED.lock().len() <= ELSEWHERE);
}

fn told(record: &[&str]) -> Chain<'static> {
    let mut chain = Chain::named("error event", &record.first().copied().unwrap_or_default());
    chain.record = record.iter().map(|text| (*text).to_owned()).collect();
    chain
}

#[test]
fn a_record_and_the_error_that_it_tells_of() {
    let error = anyhow::anyhow!("no route to host").context("cannot fetch the page");
    let short = anyhow::anyhow!("eof");
    let cases: &[(&str, &anyhow::Error, &[&str], bool)] = &[
        ("its text in the message", &error, &["giving up: cannot fetch the page"], true),
        ("with all causes", &error, &["cannot fetch the page: no route to host"], true),
        ("its text as a field", &error, &["giving up", "cannot fetch the page"], true),
        ("the root as a field", &error, &["giving up", "no route to host"], true),
        ("a part of a word", &error, &["cannot fetch the pages"], false),
        ("something else", &error, &["giving up", "the cache is cold"], false),
        ("a short text as a field", &short, &["giving up", "eof"], true),
        ("a short text in the message", &short, &["unexpected eof"], false),
    ];
    for (name, error, record, expected) in cases {
        let (record, error) = (told(record), chain(error));
        let (logged, left) = (ErrorSignature::of(&record), ErrorSignature::of(&error));
        assert_eq!(left.is(&logged, &record), *expected, "logged after: {name}");
        assert_eq!(logged.is(&left, &error), *expected, "logged before: {name}");
    }
    // Before the error leaves, a record may also contain the text of the error's root.
    let record = told(&["giving up: no route to host"]);
    assert!(ErrorSignature::of(&record).is(&ErrorSignature::of(&chain(&error)), &chain(&error)));
}

/// Captures the chain. Returns whether it was known.
fn capture(chain: &Chain<'_>, asked: CaptureMode) -> bool {
    let check = DuplicateCheck::look(chain, asked);
    let known = check.is_known();
    check.remember(asked);
    known
}

/// These tests take turns, because the memory of errors that left is bounded and shared by the whole process.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn turn() -> std::sync::MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn behind_all_layers_a_record_is_compared_with_what_its_thread_just_reported() {
    let _turn = turn();
    use CaptureMode::{AnswerFailed, Explicit, Leaving, Logged};
    let line = |about: &str| told(&[&*format!("giving up: the bridge of {about} is up")]);
    let answer = told(&["response failed"]);
    let of = |about: &str| anyhow::anyhow!("the bridge of {about} is up");

    let left = of("records that follow");
    assert!(!capture(&chain(&left), Leaving));
    let follows = line("records that follow");
    assert!(capture(&follows, Logged) && capture(&follows, Logged));
    let elsewhere =
        thread::spawn(|| capture(&told(&["giving up: the bridge of records that follow is up"]), Logged));
    assert!(!elsewhere.join().unwrap(), "another thread's");

    let by_hand = of("captures by hand");
    assert!(!capture(&chain(&by_hand), Explicit) && capture(&line("captures by hand"), Logged));
    assert!(!capture(&chain(&by_hand), Explicit), "whoever asks for a report gets one");

    // A record that equals an earlier one is a new failure and is reported. A record that contains the earlier one's
    // text tells of the same failure.
    let once = line("lines");
    assert!(!capture(&once, Logged) && !capture(&once, Logged));
    assert!(capture(&told(&["502: giving up: the bridge of lines is up"]), Logged));

    // A failed response is known once for each failure. Everything captured above counts as one failure.
    assert!(capture(&answer, AnswerFailed) && !capture(&answer, AnswerFailed));
    assert!(
        !capture(&answer, AnswerFailed),
        "a record that was reported is no failure that another tells of"
    );
    assert!(!capture(&chain(&of("the next answer")), Leaving) && capture(&answer, AnswerFailed));
}

#[test]
fn a_panic_that_was_caught_and_logged_is_one() {
    let _turn = turn();
    note_panic(Some("the mast of record_tests broke"));
    let caught = told(&["Service panicked: the mast of record_tests broke"]);
    assert!(DuplicateCheck::look(&caught, CaptureMode::Logged).is_known());
    // A task that waits for another receives the other's panic as an error.
    let _open = operations::Scope::enter("waits");
    thread::spawn(|| note_panic(Some("the sail of record_tests tore"))).join().unwrap();
    let joined = anyhow::anyhow!("task 5 panicked with message \"the sail of record_tests tore\"");
    assert!(DuplicateCheck::look(&chain(&joined), CaptureMode::Leaving).is_known());
}
