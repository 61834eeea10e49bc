//! The words of every format, and the edges in its tables.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use support::{elf, fat, file, left, macho, pe};

#[test]
fn words_and_edges_of_every_format() {
    for (name, bytes) in [
        ("ELF, 64 bits", elf(true)),
        ("ELF, 32 bits", elf(false)),
        ("Mach-O, addresses", macho(|address| address)),
        ("Mach-O, chained pointers", macho(|address| address | 0x0010_0000_0000_0000)),
        ("Mach-O, for several machines", fat(&macho(|address| address))),
        ("PE, 64 bits", pe(true)),
        ("PE, 32 bits", pe(false)),
    ] {
        let (_folder, path) = file(&bytes);
        for (raw, expected) in [
            ("no reply Ada Lovelace", "no reply [text]"),
            ("bad ha hunter2", "[text]"),
            ("old cheese Ada", "old cheese [word]"),
            // Half of a literal has only one edge.
            ("old chee Ada", "[text]"),
            ("hat old cheese Ada", "[word] old cheese [word]"),
        ] {
            assert_eq!(left(&path, raw).as_deref(), Ok(expected), "{name}: {raw}");
        }
    }
}

#[test]
fn builds_are_told_apart() {
    let id = |bytes: &[u8]| {
        let (_folder, path) = file(bytes);
        crawl4ai_telemetry_words::Program::open(&path).unwrap().build_id().unwrap()
    };
    let (one, other) = (elf(true), elf(false));
    let mut changed = elf(true);
    changed[70] ^= 1;
    assert_eq!(id(&one), id(&one));
    assert!(id(&one).starts_with("words-"), "without a build id it is made of the words");
    assert_ne!(id(&one), id(&changed));
    assert_eq!(id(&one), id(&other), "the same words");
    assert_ne!(id(&pe(true)), id(&macho(|address| address)));
}
