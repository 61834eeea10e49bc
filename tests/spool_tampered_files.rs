//! Files in the spool that were cut, changed, planted or linked do no harm and carry no data out.

#![cfg(unix)]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crawl4ai_telemetry::sanitize::limits;
use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::{Test, root};
use scenario::{Stage, builder, no_provider_that_answers};

fn program(part: &str) {
    let builder = if part == "stores" { no_provider_that_answers() } else { builder() };
    let telemetry = builder.install().expect("installed");
    if part == "stores" {
        let _ = capture_exception(&std::io::Error::other("genuine"), context! { "kept" => "value" });
    }
    telemetry.flush(std::time::Duration::from_secs(20));
}

/// The published FNV-1a. Anybody who can write the folder can also compute the checksum.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Plants a file that is as old as the genuine one, because files that are too old are deleted unread.
fn plant(spool: &Path, genuine: &str, id: char, content: &[u8]) {
    let (time, _) = genuine.split_once('_').expect("a name of ours");
    let id =
        String::from("44444444444444448444444444444444").replace("4444444484", &format!("{id}444444484"));
    let name = format!("{time}_{id}_----------------_{:016x}.report", checksum(content));
    fs::write(spool.join(name), content).expect("planted");
}

/// The genuine name with another time and another id, because two files with one id count as the two phases of one
/// panic.
fn other(genuine: &str, n: u8) -> String {
    let (time, rest) = genuine.split_once('_').expect("a name of ours");
    let id = rest.get(..31).expect("an id");
    format!("0{n}{}_{id}{n:x}{}", time.get(2..).expect("a time"), rest.get(32..).expect("more"))
}

fn test(stage: &Stage) {
    assert!(stage.run("stores").status.success());
    let spool = stage.folder().join("telemetry/spool");
    let genuine = stage.waiting().pop().expect("one report waits");
    let bytes = fs::read_to_string(spool.join(&genuine)).expect("read");

    // A complete report with a valid checksum that tries to carry data out in every place that takes text.
    let hostile = bytes
        .replace("genuine", "for grace@example.org at https://example.com/?token=abc in /home/grace/x.html")
        .replace("\"value\"", "\"sk_live_51HxQ2eZvKYlo2C9dGfQ4eC39HqLyjWD\"")
        .replace(
            "\"context\":{",
            "\"user_email\":\"grace@example.org\",\"context\":{\"grace@example.org\":\"grace@example.org\",",
        );
    plant(&spool, &genuine, 'a', hostile.as_bytes());
    plant(&spool, &genuine, 'b', b"{}");
    plant(&spool, &genuine, 'c', bytes.replace("\"schema\":1", "\"schema\":99").as_bytes());
    plant(&spool, &genuine, 'd', &vec![b'['; limits::STORED_REPORT + 1]);
    plant(&spool, &genuine, 'e', "[".repeat(100_000).as_bytes());
    fs::write(spool.join(genuine.replace("_", "-")), "not a name of ours").expect("planted");
    // Cut by a power failure, so that the content does not match the name.
    fs::write(spool.join(other(&genuine, 1)), bytes.get(..100).expect("long enough")).expect("planted");
    // A link to a file of the user, and a pipe that would block its reader for ever.
    let secret = stage.folder().join("secret");
    fs::write(&secret, &bytes).expect("written");
    symlink(&secret, spool.join(other(&genuine, 2))).expect("linked");
    let pipe = spool.join(other(&genuine, 3));
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).expect("a pipe");

    assert!(stage.run("delivers").status.success());
    let reports = stage.delivered();
    assert_eq!(reports.len(), 2, "{reports:#?}");
    assert!(stage.waiting().is_empty(), "what was refused is not tried again: {:?}", stage.waiting());
    let text = format!("{reports:?}");
    for planted in ["grace", "example.com", "sk_live", "token="] {
        assert!(!text.contains(planted), "{planted} left: {text}");
    }
    assert!(text.contains("genuine"));
    let quarantine = fs::read_dir(spool.join("quarantine")).expect("made").count();
    assert!((1..=5).contains(&quarantine), "{quarantine}");
    assert!(stage.run("delivers").status.success());
    assert_eq!(stage.delivered().len(), 2, "and they are not tried again");
    assert!(secret.exists());
}

/// A complete and harmless report that belongs to another user. Only root can give a file away.
fn of_another_user(stage: &Stage) {
    assert!(stage.run("stores").status.success());
    let spool = stage.folder().join("telemetry/spool");
    let genuine = stage.waiting().pop().expect("one report waits");
    let theirs = spool.join(other(&genuine, 4));
    fs::copy(spool.join(&genuine), &theirs).expect("planted");
    rustix::fs::chown(&theirs, Some(rustix::process::Uid::from_raw(61_236)), None).expect("given away");
    assert!(stage.run("delivers").status.success());
    assert_eq!(stage.delivered().len(), 1, "the genuine one");
    assert!(stage.waiting().is_empty(), "what was refused is not tried again: {:?}", stage.waiting());
}

fn main() {
    scenario::main_of(program, || {
        vec![
            Test::new("tampered_files", test),
            Test::new("file_of_another_user", of_another_user).needs(root()),
        ]
    });
}
