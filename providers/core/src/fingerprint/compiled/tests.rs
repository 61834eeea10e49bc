use super::*;
use crate::event::{RawException, RawFrame, RawImage};
use crate::{App, Event, Fingerprint, Level, Privacy, ReportId, Sanitizer, Timestamp};

/// A function with its address and file, as debug information tells it; without a file, as the symbol table does.
type Told<'a> = (u64, &'a str, Option<&'a str>);

fn of(kind: Kind, stack: &[Told<'_>]) -> Fingerprint {
    let mut raised = RawException::new(kind, "tool::Error");
    raised.captured_at = Some(("/home/ada/tool/src/main.rs".into(), 12, 5));
    let frame = |(address, function, file): &Told<'_>| RawFrame {
        function: Some((*function).to_owned()),
        file: file.map(str::to_owned),
        line: file.map(|_| 12),
        address: Some(*address),
        image: Some(0),
        ..RawFrame::default()
    };
    raised.frames = stack.iter().map(frame).collect();
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::default(), Level::Error);
    event.exceptions.push(raised);
    event.images.push(RawImage { path: "/usr/bin/tool".to_owned(), build_id: None, size: 16 });
    Sanitizer::new().report(&App::new("tool", "1.0.0"), event, Privacy::Standard).fingerprint()
}

const OWN: Option<&str> = Some("/home/ada/tool/src/main.rs");
const FOREIGN: Option<&str> = Some("/home/ada/.cargo/registry/src/i/rayon-1.10.0/src/iter/mod.rs");
const VENDORED: Option<&str> = Some("/home/ada/tool/vendor/hashbrown/src/map.rs");

#[test]
fn a_bug_is_the_same_with_debug_information_and_with_the_symbol_table() {
    let lines: &[(&[Told<'_>], &[Told<'_>])] = &[
        // A function that was inlined into the one that the table knows.
        (
            &[(9, "{closure#0}", OWN), (9, "read", OWN), (9, "tool::fetch", OWN), (5, "tool::main", OWN)],
            &[(9, "tool::fetch", None), (5, "tool::main", None)],
        ),
        // A closure that was inlined into a library: the place of the capture counts, whoever called.
        (
            &[(9, "{closure#0}", OWN), (9, "rayon::iter::drive", FOREIGN), (5, "tool::main", OWN)],
            &[(9, "rayon::iter::drive", None)],
        ),
        // A library whose files lie with the program.
        (
            &[(9, "hashbrown::map::insert", VENDORED), (5, "tool::main", OWN)],
            &[(9, "hashbrown::map::insert", None), (5, "tool::main", None)],
        ),
        // A function of C that the program has under a bare name.
        (&[(9, "on_event", OWN), (5, "tool::main", OWN)], &[(9, "on_event", None), (5, "tool::main", None)]),
    ];
    for (rich, poor) in lines {
        for kind in [Kind::Error, Kind::Panic] {
            assert_eq!(of(kind, rich), of(kind, poor), "{rich:?}");
        }
    }
    assert_ne!(
        of(Kind::Error, &[(9, "tool::fetch", OWN), (5, "tool::main", OWN)]),
        of(Kind::Error, &[(9, "tool::parse", OWN), (5, "tool::main", OWN)]),
    );
}

#[test]
fn a_hook_of_the_hosts_is_not_where_it_panicked() {
    let hooked = [
        (9, "tool::set_hook::{{closure}}", None),
        (8, "std::panicking::panic_with_hook", None),
        (7, "tool::fetch", None),
    ];
    assert_eq!(of(Kind::Panic, &hooked), of(Kind::Panic, &hooked[2..]));
    assert_ne!(of(Kind::Error, &hooked), of(Kind::Error, &hooked[2..]));
}

#[test]
fn the_innermost_own_function_stands_inside_of_every_pool() {
    for (names, expected) in [
        (
            &["crawl4ai_telemetry::capture", "core::ops::FnOnce::call_once", "tool::fetch", "tool::main"][..],
            Some(2),
        ),
        (&["tracing_subscriber::layer::Layered::event", "tracing_core::event::Event", "tool::main"], Some(2)),
        (&["tool::walk::{{closure}}", "rayon_core::join", "tool::main"], Some(0)),
        (&["rayon_core::join", "tool::main"], None),
        (&["<rayon::iter::Folder<T> as rayon::Consume>::consume", "tool::main"], None),
        (&["main", "_start"], None),
        (&[], None),
    ] {
        assert_eq!(innermost_own(names), expected, "{names:?}");
    }
}

#[test]
fn a_function_has_one_spelling() {
    for (names, expected) in [
        (
            &["tool::fetch", "tool::fetch::h0123456789abcdef", "tool[2a]::fetch::<tool[2a]::Page>"][..],
            "tool::fetch",
        ),
        (
            &["tool::fetch::{{closure}}", "tool::fetch::{closure#0}", "tool::fetch::<u8>::{closure#1}"],
            "tool::fetch::{closure}",
        ),
        (&["tool::Stack<T>::push", "<tool::Stack<fn(u8) -> u8>>::push"], "tool::Stack::push"),
        (
            &["tool::page::<impl tool::Page>::open", "<tool::Page>::open", "tool::Page::open"],
            "tool::Page::open",
        ),
        (
            &[
                "<tool::Page as core::convert::From<tool::Error>>::from",
                "<tool::Page<'_> as core::convert::From<<u8 as tool::As>::Of>>::from::<u8>",
                "tool::page::<impl core::convert::From<T> for tool::Page>::from",
            ],
            "<tool::Page as core::convert::From>::from",
        ),
        (&["tool::fetch::h0123456789abcdef.llvm.8213", "tool::fetch.cold"], "tool::fetch"),
        (&["tool::cut::<alloc::vec::Vec<tool::Pag", "tool::cut"], "tool::cut"),
        (&[""], ""),
    ] {
        for name in names {
            assert_eq!(one_spelling(name), expected, "{name}");
            assert_eq!(one_spelling(&one_spelling(name)), expected, "{name}");
        }
    }
}
