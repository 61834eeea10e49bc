use super::*;

#[test]
fn names_lose_what_changes_from_build_to_build() {
    for (symbol, name) in [
        ("quickstart::fetch::h0123456789abcdef", "quickstart::fetch"),
        ("std[550525b9dd91a68e]::rt::lang_start::<()>", "std::rt::lang_start::<()>"),
        ("<[u8] as core[bb3d6b31f0e973c8]::fmt::Debug>::fmt", "<[u8] as core::fmt::Debug>::fmt"),
        ("tool[e5e58a6b002f859]::fetch::<other[0]::Page>", "tool::fetch::<other::Page>"),
        ("<[f64] as tool[f]::Sum<&mut [f64]>>::sum", "<[f64] as tool::Sum<&mut [f64]>>::sum"),
        ("tool::h0123::run", "tool::h0123::run"),
        ("open [bracket", "open [bracket"),
        ("tool::crawl::{{closure}}::{{closure}}::{{closure}}", "tool::crawl::{{closure}}"),
        ("tool[550525b9dd91a68e]::crawl::{closure#0}::{closure#12}", "tool::crawl::{closure#0}"),
        ("tool::{{closure}}::inner::{{closure}}", "tool::{{closure}}::inner::{{closure}}"),
    ] {
        assert_eq!(function_name(symbol), name);
    }
}

#[test]
fn modules_and_crates() {
    for (function, module, krate) in [
        ("quickstart::fetch::get", Some("quickstart::fetch"), "quickstart"),
        ("<tool::Page as core::ops::Drop>::drop", Some("<tool::Page as core::ops::Drop>"), "tool"),
        ("tool::run::<alloc::vec::Vec<u8>>", Some("tool::run"), "tool"),
        ("<&mut tool::Page>::poll", Some("<&mut tool::Page>"), "tool"),
        (
            "<usize as core::slice::index::SliceIndex<[T]>>::index",
            Some("<usize as core::slice::index::SliceIndex<[T]>>"),
            "core",
        ),
        ("_<str as alloc::string::ToString>::to_string", Some("_<str as alloc::string::ToString>"), "alloc"),
        (
            "<[tool::Page] as core::cmp::PartialEq>::eq",
            Some("<[tool::Page] as core::cmp::PartialEq>"),
            "core",
        ),
        ("<[u8] as tool::Read<fn(u8) -> u8>>::read", Some("<[u8] as tool::Read<fn(u8) -> u8>>"), "tool"),
        ("<&[u8; 4] as tool::Read>::read", Some("<&[u8; 4] as tool::Read>"), "tool"),
        (
            "<fn(&<u8 as tool::A>::B) -> u8 as core::ops::Fn>::call",
            Some("<fn(&<u8 as tool::A>::B) -> u8 as core::ops::Fn>"),
            "core",
        ),
        ("<[u8]>::concat", Some("<[u8]>"), "core"),
        ("<f32x::Page as core::ops::Drop>::drop", Some("<f32x::Page as core::ops::Drop>"), "f32x"),
        ("main", None, "main"),
        ("", None, ""),
    ] {
        assert_eq!(module_of(function), module, "{function}");
        assert_eq!(crate_of(function), krate, "{function}");
    }
}

#[test]
fn files_are_relative_to_their_crate() {
    for (path, file) in [
        (
            "/home/ada/.cargo/registry/src/index-1949cf8c/serde_json-1.0.154/src/de.rs",
            "serde_json-1.0.154/src/de.rs",
        ),
        (r"C:\Users\ada\.cargo\registry\src\index-1\tokio-1.0.0\src\lib.rs", "tokio-1.0.0/src/lib.rs"),
        ("/home/ada/.cargo/git/checkouts/tool-12ab/34cd/src/lib.rs", "src/lib.rs"),
        ("/rustc/59807616e/library/core/src/option.rs", "library/core/src/option.rs"),
        ("/usr/lib/rustlib/src/rust/library/std/src/io.rs", "library/std/src/io.rs"),
        ("/home/ada/secret-project/src/fetch/get.rs", "src/fetch/get.rs"),
        (r"D:\work\ada\tool\examples\demo.rs", "examples/demo.rs"),
        ("/home/ada/src/acme-client/target/debug/build/tool-1a2b3c4d5e6f7a8b/out/tables.rs", "out/tables.rs"),
        (r"C:\Users\ada\src\acme\target\debug\build\tool-1a2b3c4d5e6f7a8b\out\tables.rs", "out/tables.rs"),
        (
            "/home/ada/src/acme/target/debug/build/tool-1a2b3c4d5e6f7a8b/out/api/out/tables.rs",
            "out/api/out/tables.rs",
        ),
        ("/home/ada/src/acme/target/debug/build/tool/1a2b3c4d5e6f7a8b/out/tables.rs", "out/tables.rs"),
        ("/build/ada/out/acme-client/src/main.rs", "src/main.rs"),
        ("src/main.rs", "src/main.rs"),
        ("./src/main.rs", "src/main.rs"),
        ("/home/ada/build.rs", "build.rs"),
        ("../ada/thing.rs", "thing.rs"),
        ("", ""),
    ] {
        assert_eq!(source_file(path), file, "{path}");
        assert_eq!(source_file(file), file, "cleaning twice changes nothing");
    }
}

#[test]
fn the_program_is_told_from_its_libraries() {
    let own = ["my_core".to_owned()];
    for (function, file, expected) in [
        (Some("tool::fetch"), Some("/home/ada/tool/src/main.rs"), true),
        (Some("serde_json::de::parse"), Some("/x/registry/src/i/serde_json-1/src/de.rs"), false),
        (Some("core::option::unwrap_failed"), Some("/rustc/abc/library/core/src/option.rs"), false),
        (Some("tool::fetch"), None, true),
        (Some("<usize as core::slice::index::SliceIndex<[T]>>::index"), None, false),
        (Some("<usize as tool::Depth>::of"), None, true),
        (Some("<f128 as core::fmt::Debug>::fmt"), None, false),
        (Some("<i3::Bar as core::fmt::Display>::fmt"), None, true),
        (Some("<u2::Page as core::fmt::Display>::fmt"), None, true),
        (Some("std::rt::lang_start"), None, false),
        (Some("crawl4ai_telemetry::api::capture_exception"), Some("/x/src/api.rs"), false),
        (Some("my_core::run"), Some("/x/registry/src/i/my_core-1/src/lib.rs"), true),
        (Some("rust_begin_unwind"), None, false),
        (Some("__rustc::rust_begin_unwind"), None, false),
        (Some("main"), None, false),
        (Some("mainframe::fetch"), None, true),
        (Some("_start"), None, false),
        (Some("RtlUserThreadStart"), None, false),
        (Some("main"), Some("/home/ada/tool/src/main.rs"), true),
        (Some("parse_page"), Some("/home/ada/tool/src/page.rs"), true),
        (Some("__libc_start_main_impl"), Some("libc-start.c"), false),
        (None, None, false),
    ] {
        assert_eq!(in_app(function, file, &own), expected, "{function:?} {file:?}");
    }
}

#[test]
fn the_first_frame_is_the_code_that_failed() {
    let stack = |names: &[&str]| -> Vec<RawFrame> {
        names.iter().map(|n| RawFrame { function: Some((*n).to_owned()), ..RawFrame::default() }).collect()
    };
    let trimmed = |names: &[&str]| {
        let mut frames = stack(names);
        trim(&mut frames, None);
        frames.into_iter().filter_map(|f| f.function).collect::<Vec<_>>()
    };
    assert_eq!(
        trimmed(&[
            "backtrace::capture",
            "crawl4ai_telemetry::capture::panic::hook",
            "<alloc::boxed::Box<dyn Fn> as core::ops::Fn>::call",
            "std::panicking::rust_panic_with_hook",
            "__rustc::rust_begin_unwind",
            "core::panicking::panic_bounds_check",
            "<usize as core::slice::SliceIndex>::index",
            "tool::pick",
            "crawl4ai_telemetry::api::run",
            "tool::main",
        ]),
        [
            "<usize as core::slice::SliceIndex>::index",
            "tool::pick",
            "crawl4ai_telemetry::api::run",
            "tool::main"
        ]
    );
    assert_eq!(trimmed(&["tool::a", "std::panicking::try"]), ["tool::a", "std::panicking::try"]);
    assert_eq!(trimmed(&["crawl4ai_telemetry::x"]), Vec::<String>::new());
}

#[test]
fn with_line_tables_only_the_place_decides() {
    let frame = |function: &str, file: &str, line| RawFrame {
        function: Some(function.to_owned()),
        file: Some(file.to_owned()),
        line: Some(line),
        ..RawFrame::default()
    };
    let stack = [
        frame("trace", "/x/registry/src/i/backtrace-0.3/src/lib.rs", 9),
        frame("here", "/home/ada/reporter/src/capture/stack.rs", 30),
        frame("parse", "/home/ada/tool/src/page.rs", 6),
        frame("parse_page", "/home/ada/tool/src/page.rs", 7),
        frame("main", "/home/ada/tool/src/main.rs", 7),
    ];
    for (place, first) in [
        (Some(("src/page.rs", 7)), "parse_page"),
        (Some(("./src/page.rs", 7)), "parse_page"),
        (Some((r"src\page.rs", 7)), "parse_page"),
        (Some(("/home/ada/tool/src/page.rs", 6)), "parse"),
        (Some(("src/main.rs", 7)), "main"),
        (Some(("age.rs", 7)), "trace"),
        (Some(("src/page.rs", 8)), "trace"),
        (None, "trace"),
    ] {
        let mut frames = stack.to_vec();
        trim(&mut frames, place);
        assert_eq!(frames.first().and_then(|f| f.function.as_deref()), Some(first), "{place:?}");
    }
}
