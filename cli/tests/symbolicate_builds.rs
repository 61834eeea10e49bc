//! What `symbolicate` says of builds whose debug file is not given, and which file of one build it takes.

#![cfg(all(unix, feature = "authors"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "shared")]
#[path = "support/small.rs"]
mod small;
mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use small::Small;
use support::{Said, User};

fn symbolicate(small: &Small, reports: &[&Value], debug: &[&Path], more: &[&str]) -> Said {
    let path = small.folder.path().join("reports.jsonl");
    fs::write(&path, reports.iter().map(|report| format!("{report}\n")).collect::<String>()).unwrap();
    let debug = debug.iter().flat_map(|path| ["--debug-file", path.to_str().unwrap()]);
    let arguments: Vec<&str> = ["symbolicate", path.to_str().unwrap()].into_iter().chain(debug).collect();
    User::new().crwl(&[&arguments, more].concat())
}

/// A report whose second frame is in another module.
fn with_module(small: &Small, name: &str) -> Value {
    let mut report = small.report("panic", 1);
    let frames = report["exceptions"][0]["frames"].as_array_mut().unwrap();
    frames.push(json!({ "in_app": false, "address": "0x1234", "image": 1 }));
    let module = json!({ "name": name, "build_id": "ab".repeat(20), "size": 1 << 20 });
    report["images"].as_array_mut().unwrap().push(module);
    report
}

#[test]
fn a_system_librarys_file_is_not_missed_where_the_program_got_its_names() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    for name in ["libc.so.6", "libSystem.B.dylib", "dyld", "KERNEL32.dll", "CoreFoundation", "[vdso]"] {
        let mut report = with_module(&small, name);
        let said = symbolicate(&small, &[&report], &[&small.program()], &[]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{name}");
        assert!(said.out.contains("small::marked") && said.out.contains("0x1234"), "{name}: {said:?}");
        // Where the program's file is not given either, only that one is mentioned.
        report["images"][0]["build_id"] = "cd".repeat(20).into();
        report["images"][0]["name"] = "small.solver".into();
        let said = symbolicate(&small, &[&report], &[&small.program()], &[]);
        assert_eq!(said.code, 1, "{name}: {said:?}");
        assert!(said.err.contains("small.solver of build cdcd"), "{name}: {said:?}");
        let is_told = name == "CoreFoundation";
        assert_eq!(said.err.contains(name), is_told, "{name}: {said:?}");
    }
}

/// An event whose program is `small`, loaded at `0x400000`. `frames` are those of its first exception.
fn event(small: &Small, frames: &Value, address: u64) -> Value {
    json!({
        "event_id": "60fd8e31df9c49ab89e4148aa4c2af98", "level": "fatal", "release": "small@1.0.0",
        "exception": { "values": [
            { "type": "Cause", "stacktrace": { "frames": frames, "registers": {} } },
            { "type": "Error", "stacktrace": { "frames": [{ "instruction_addr": format!("{address:#x}") }] } },
        ] },
        "debug_meta": { "images": [{
            "type": "elf", "code_id": small.build_id(), "code_file": "/opt/small", "image_addr": "0x400000",
            "image_size": 1 << 20,
        }] },
    })
}

#[test]
fn an_address_in_no_listed_module_is_kept_and_told() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let nowhere = event(&small, &json!([]), 0x7fff_1234_5678);
    let said = symbolicate(&small, &[&nowhere], &[&small.program()], &[]);
    assert!(said.out.contains("   0: 0x7fff12345678\n"), "{said:?}");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("for a module the report does not list (in 1 report)"), "{said:?}");
    let said = symbolicate(&small, &[&nowhere], &[&small.program()], &["--json"]);
    assert_eq!((said.code, serde_json::from_str::<Value>(&said.out).unwrap()), (1, nowhere));
}

#[test]
fn only_what_got_names_is_written_anew() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let strange = json!([
        { "instruction_addr": "0x7fff12345678", "function": 7, "lineno": "seven", "filename": null },
        { "instruction_addr": 5, "vars": { "a": 1 } },
    ]);
    let event = event(&small, &strange, 0x40_0000 + small.address + 1);
    let said = symbolicate(&small, &[&event], &[&small.program()], &["--json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let found: Value = serde_json::from_str(&said.out).unwrap();
    let (old, new) = (&event["exception"]["values"], &found["exception"]["values"]);
    assert_eq!(new[1]["stacktrace"]["frames"][0]["function"], "small::marked");
    assert_eq!(new[0], old[0]);

    let mut report = small.report("panic", 1);
    report["exceptions"].as_array_mut().unwrap().push(json!({ "type": "Cause", "frames": strange }));
    let said = symbolicate(&small, &[&report], &[&small.program()], &["--json"]);
    let found: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(found["exceptions"][0]["frames"][0]["function"], "small::marked");
    assert_eq!(found["exceptions"][1], report["exceptions"][1]);
}

#[test]
fn of_two_files_of_one_build_the_one_with_lines_is_used() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let (program, symbols) = (small.program(), small.folder.path().join("symbols"));
    let mut strip = std::process::Command::new("strip");
    assert!(strip.arg("--strip-debug").arg("-o").arg(&symbols).arg(&program).status().unwrap().success());
    let report = small.report("panic", 1);
    let only = symbolicate(&small, &[&report], &[&symbols], &[]);
    assert!(only.out.contains("small::marked") && !only.out.contains("small.rs:3"), "{only:?}");
    for files in [[&*program, &*symbols], [&*symbols, &*program]] {
        let said = symbolicate(&small, &[&report], &files, &[]);
        assert!(said.out.contains("small.rs:3"), "{files:?}: {said:?}");
    }
}

#[test]
fn builds_that_are_missing_are_named_up_to_a_bound() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let reports: Vec<Value> = (0..200_u64)
        .map(|number| {
            let mut report = small.report("panic", 1);
            report["images"][0]["name"] = format!("{number}{}", "x".repeat(10_000)).into();
            report["images"][0]["build_id"] = format!("{number:04x}{}", "f".repeat(10_000)).into();
            report
        })
        .collect();
    let said = symbolicate(&small, &reports.iter().collect::<Vec<_>>(), &[&small.program()], &["--json"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("further builds (in 136 reports)"), "{}", said.err.len());
    assert!(said.err.len() < 64 * 500, "{}", said.err.len());
}
