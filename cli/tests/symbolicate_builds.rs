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
