//! Names for reports of a stripped program. The program is this test itself, run with an argument.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/stripped.rs"]
mod stripped;
#[allow(unused_imports, reason = "shared")]
mod support;
use support::HOME;

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crawl4ai_telemetry_conformance::{Reply, Server};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use stripped::Release;
use support::{Said, User, dsn};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn symbolicate(release: &Release, report: &str, debug: &str, more: &[&str]) -> Said {
    let (report, debug) = (release.path(report), release.path(debug));
    User::new().crwl(&[&["symbolicate", &report, "--debug-file", &debug], more].concat())
}

/// The program's own frames: function, file and line.
fn own(report: &Value) -> Vec<[String; 3]> {
    let exceptions = report["exceptions"].as_array().unwrap().iter();
    let frames = exceptions.flat_map(|exception| exception["frames"].as_array().into_iter().flatten());
    let own = frames.filter(|frame| frame["in_app"] == true);
    own.map(|frame| ["function", "file", "line"].map(|key| frame[key].to_string())).collect()
}

/// How many of the program's own frames are the same in both reports, in order, and how many there are.
fn named(whole: &[Value], other: &[Value]) -> (usize, usize) {
    assert_eq!(whole.len(), other.len());
    let (mut same, mut all) = (0, 0);
    for (whole, other) in whole.iter().zip(other) {
        let (whole, other) = (own(whole), own(other));
        assert!(whole.len() >= 3, "a stack: {whole:?}");
        same += whole.iter().zip(&other).filter(|(whole, other)| whole == other).count();
        all += whole.len().max(other.len());
    }
    (same, all)
}

fn a_stripped_program_gets_the_names_of_the_whole_one(release: &Release) {
    let whole = release.whole();
    let shipped = release.shipped();
    assert!(shipped.iter().all(|report| own(report).is_empty()), "nothing has a name: {shipped:?}");

    for debug in ["weather.debug", "weather-as-built"] {
        let said = symbolicate(release, "shipped.jsonl", debug, &["--json"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{debug}");
        let found: Vec<Value> = said.out.lines().map(json).collect();
        let (same, all) = named(whole, &found);
        assert!(same * 100 >= all * 99, "{same} of {all}: {:#?}\n{:#?}", own(&whole[0]), own(&found[0]));
        for ((before, mut after), whole) in shipped.iter().zip(found).zip(whole) {
            let fingerprint = after.as_object_mut().unwrap().remove("fingerprint_named");
            assert_eq!(fingerprint.as_ref(), Some(&whole["fingerprint"]), "one bug, named or not");
            assert_ne!(before["fingerprint"], whole["fingerprint"]);
            for at in 0..before["exceptions"].as_array().unwrap().len() {
                after["exceptions"][at]["frames"] = before["exceptions"][at]["frames"].clone();
            }
            assert_eq!(&after, before, "all but the frames stays");
        }
    }
}

fn in_words_it_reads_as_a_backtrace(release: &Release) {
    let shipped = release.shipped();
    fs::write(release.file("shipped.json"), serde_json::to_string_pretty(&shipped[0]).unwrap()).unwrap();
    let said = symbolicate(release, "shipped.json", "weather.debug", &[]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    for expected in [
        "weather 1.4.0 error",
        "std::num::ParseIntError: invalid digit found in string",
        "stripped::reported (inlined)\n",
        "stripped::forecast\n",
        "  at tests/support/stripped.rs:",
    ] {
        assert!(said.out.contains(expected), "{expected}: {}", said.out);
    }
    let own = said.out.lines().filter(|line| line.starts_with('*')).count();
    assert!(own >= 3, "{}", said.out);
}

fn an_event_is_taken_as_a_server_shows_it(release: &Release) {
    let server = Server::always(Reply::status(200));
    release.start("weather", &release.file("home-of-sentry"), Some(&dsn(&server)));
    let whole = release.whole();
    let bodies = server.requests().into_iter().map(|request| String::from_utf8(request.body).unwrap());
    let envelopes: Vec<String> = bodies.filter(|body| body.contains("\"exception\"")).collect();
    assert_eq!(envelopes.len(), whole.len());
    let events: Vec<Value> = envelopes.iter().map(|body| json(body.lines().nth(2).unwrap())).collect();
    for event in &events {
        // Servers store an event without its envelope, and indent it.
        let mut without_code_id = event.clone();
        for image in without_code_id["debug_meta"]["images"].as_array_mut().unwrap() {
            assert!(image.as_object_mut().unwrap().remove("code_id").is_some());
        }
        let panicked = event["exception"]["values"].as_array().unwrap().iter().any(|e| e["type"] == "panic");
        let kind = if panicked { "panic" } else { "error" };
        let report = whole.iter().find(|report| report["exceptions"][0]["kind"] == kind).unwrap();
        for event in [event, &without_code_id] {
            fs::write(release.file("event.json"), serde_json::to_string_pretty(event).unwrap()).unwrap();
            let said = symbolicate(release, "event.json", "weather.debug", &["--json"]);
            assert_eq!((said.code, said.err.as_str()), (0, ""));
            let found = json(&said.out);
            let frames = found["exception"]["values"].as_array().unwrap().iter().rev();
            let frames =
                frames.flat_map(|value| value["stacktrace"]["frames"].as_array().unwrap().iter().rev());
            let frames = frames.filter(|frame| frame["in_app"] == true);
            let frames: Vec<_> = frames
                .map(|frame| ["function", "filename", "lineno"].map(|key| frame[key].to_string()))
                .collect();
            assert_eq!(frames, own(report));
            assert_eq!(found["debug_meta"], event["debug_meta"]);
        }
    }
    // An envelope, as `show` prints it.
    fs::write(release.file("envelope"), &envelopes[0]).unwrap();
    let said = symbolicate(release, "envelope", "weather.debug", &[]);
    assert_eq!((said.code, said.err.as_str()), (0, "no reports: 2 lines\n"));
    assert!(said.out.contains("stripped::"), "{}", said.out);
}

fn compressed_debug_information_is_read(release: &Release) {
    release.shipped();
    let plain = symbolicate(release, "shipped.jsonl", "weather.debug", &["--json"]);
    for kind in ["zlib", "zstd"] {
        let mut objcopy = std::process::Command::new("objcopy");
        objcopy.arg(format!("--compress-debug-sections={kind}"));
        objcopy.arg(release.file("weather.debug")).arg(release.file("weather.packed"));
        if !objcopy.output().unwrap().status.success() {
            continue; // This objcopy does not know it.
        }
        let packed = symbolicate(release, "shipped.jsonl", "weather.packed", &["--json"]);
        assert_eq!(packed.out, plain.out, "{kind}");
    }
}

fn the_debug_file_of_another_build_is_an_error_that_names_both(release: &Release) {
    let shipped = release.shipped();
    let build = shipped[0]["images"][0]["build_id"].as_str().unwrap().to_owned();
    let other = format!("{}ff", build.split_at(build.len() - 2).0);
    let bytes = fs::read(release.file("weather.debug")).unwrap();
    let digits = |id: &str| -> Vec<u8> {
        let pairs = id.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    };
    let (mine, theirs) = (digits(&build), digits(&other));
    let at = bytes.windows(mine.len()).position(|window| window == mine).unwrap();
    let changed = [&bytes[..at], &theirs, &bytes[at + mine.len()..]].concat();
    fs::write(release.file("other.debug"), changed).unwrap();
    let said = symbolicate(release, "shipped.jsonl", "other.debug", &[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains(&format!("weather of build {build}")), "{}", said.err);
    assert!(said.err.contains(&format!("other.debug is of build {other}")), "{}", said.err);
    assert!(said.out.contains("weather+0x"), "the addresses are shown: {}", said.out);
}

type Test = fn(&Release);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, what, folder, dsn @ ..] = arguments.as_slice()
        && what == stripped::PROGRAM
    {
        return stripped::program(Path::new(folder), dsn.first().map(String::as_str));
    }
    let tests: [(&str, Test); 5] = [
        (
            "a_stripped_program_gets_the_names_of_the_whole_one",
            a_stripped_program_gets_the_names_of_the_whole_one,
        ),
        ("in_words_it_reads_as_a_backtrace", in_words_it_reads_as_a_backtrace),
        ("an_event_is_taken_as_a_server_shows_it", an_event_is_taken_as_a_server_shows_it),
        ("compressed_debug_information_is_read", compressed_debug_information_is_read),
        (
            "the_debug_file_of_another_build_is_an_error_that_names_both",
            the_debug_file_of_another_build_is_an_error_that_names_both,
        ),
    ];
    let release = Arc::new(OnceLock::new());
    let trial = |(name, test): (&'static str, Test)| {
        let release = Arc::clone(&release);
        let run = move || {
            test(release.get_or_init(Release::new));
            Ok(())
        };
        // The GNU binutils with `strip` and `objcopy` are only expected on Linux.
        Trial::test(name, run).with_ignored_flag(!cfg!(target_os = "linux"))
    };
    let ended = libtest_mimic::run(&Arguments::from_args(), tests.map(trial).into());
    drop(release);
    ended.exit();
}
