//! Files that are not programs, broken programs, and wrong tables give no words, do no harm, and fail fast.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use crawl4ai_telemetry_core::own_words::{Look, OwnWords, Unreadable, WordSource};
use crawl4ai_telemetry_words::{Program, audit};
use support::{elf, fat, file, left, macho, pe};

fn all() -> [Vec<u8>; 7] {
    let macho_file = macho(|address| address);
    [
        elf(true),
        elf(false),
        fat(&macho_file),
        macho_file,
        pe(true),
        pe(false),
        fs::read("/proc/self/exe").unwrap_or_default(),
    ]
}

#[test]
fn what_is_no_program_has_no_words() {
    for (bytes, why) in [
        (&b""[..], Unreadable::Unknown),
        (b"MZ", Unreadable::Unknown),
        (b"#!/bin/sh\necho no account for ada\n", Unreadable::Unknown),
        (&[0x7f, b'E', b'L', b'F'], Unreadable::Contradictory),
        (&[0; 100_000], Unreadable::Unknown),
    ] {
        let (_folder, path) = file(bytes);
        assert_eq!(Program::open(&path).err(), Some(why), "{:?}", &bytes[..bytes.len().min(8)]);
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Program::open(folder.path()).err(), Some(Unreadable::Unknown));
    assert_eq!(Program::open(&folder.path().join("none")).err(), Some(Unreadable::Missing));
}

#[test]
fn a_program_that_is_cut_anywhere_does_no_harm() {
    for bytes in all() {
        let step = (bytes.len() / 200).max(1);
        for len in (0..bytes.len()).step_by(step) {
            let (_folder, path) = file(&bytes[..len]);
            // The file is read or refused, without a panic or a wait.
            if let Ok(text) = left(&path, "Ada Lovelace was here") {
                assert!(!text.contains("Lovelace"));
            }
        }
    }
}

#[test]
fn tables_that_lie_do_no_harm() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for bytes in all().into_iter().take(6) {
        for _ in 0..400 {
            let mut lie = bytes.clone();
            for _ in 0..1 + next() % 4 {
                let at = usize::try_from(next()).unwrap_or_default() % lie.len();
                let lies = [0, 0xff, 0x7f, 0x80, u8::try_from(next() & 0xff).unwrap()];
                lie[at] = lies[usize::try_from(next() % 5).unwrap()];
            }
            let (_folder, path) = file(&lie);
            if let Ok(text) = left(&path, "Ada Lovelace was here") {
                assert!(!text.contains("Lovelace"));
            }
            let _ = Program::open(&path).map(audit);
        }
    }
}

#[test]
fn without_a_table_of_sections_there_are_no_words() {
    let mut stripped = elf(true);
    stripped[40..48].fill(0);
    stripped[60..62].fill(0);
    let (_folder, path) = file(&stripped);
    assert_eq!(left(&path, "no reply ada"), Err(Unreadable::NoWords));
}

#[test]
fn two_gigabytes_of_nothing_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    let mut bytes = elf(true);
    // `.rodata` claims nearly all of a sparse file.
    let header = bytes.len() - 3 * 64;
    bytes[header + 32..header + 40].copy_from_slice(&((2_u64 << 30) - 4096).to_le_bytes());
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&bytes).unwrap();
    file.set_len(2 << 30).unwrap();
    assert_eq!(left(&path, "no reply ada"), Err(Unreadable::TooLarge));

    bytes[header + 32..header + 40].copy_from_slice(&(200_u64 << 20).to_le_bytes());
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&bytes).unwrap();
    let program = Program::open(&path).unwrap();
    assert_eq!(program.bytes(), 200 << 20);
    let own = OwnWords::new(vec![Box::new(program)]);
    assert!(own.mark(&["the mail of ada"], &[]).unwrap().runs[0].is_empty());
}

#[test]
fn a_program_that_changes_while_it_is_read_does_not_count() {
    let (_folder, path) = file(&elf(true));
    let program = Program::open(&path).unwrap();
    let mut seen = 0;
    let result = program.visit(Look::Known, &mut |_| {
        seen += 1;
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"new words").unwrap();
        std::ops::ControlFlow::Continue(())
    });
    assert_eq!((seen, result), (1, Err(Unreadable::Changed)));

    let own = OwnWords::new(vec![Box::new(program)]);
    assert_eq!(own.mark(&["no reply ada"], &[]).unwrap_err(), Unreadable::Changed, "and it stays so");
    let shorter = OpenOptions::new().write(true).open(&path).unwrap();
    shorter.set_len(80).unwrap();
    assert_eq!(own.mark(&["no reply ada"], &[]).unwrap_err(), Unreadable::Changed);
}

#[test]
fn a_program_that_is_replaced_is_read_as_it_was() {
    let (_folder, path) = file(&elf(true));
    let own = OwnWords::new(vec![Box::new(Program::open(&path).unwrap())]);
    let new = path.with_extension("new");
    fs::write(&new, b"quite another program").unwrap();
    fs::rename(&new, &path).unwrap();
    let marked = own.mark(&["no reply ada"], &[]).unwrap();
    assert!(marked.runs[0].iter().any(|run| run.end == "no reply ".len()));
}
