//! `symbolicate` with unsuitable input, and with debug information beside the program.

#![cfg(all(unix, feature = "authors"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/small.rs"]
mod small;
mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use small::Small;
use support::{Said, User};

fn symbolicate(report: &Path, debug: &[&Path], more: &[&str]) -> Said {
    let debug = debug.iter().flat_map(|path| ["--debug-file", path.to_str().unwrap()]);
    let arguments: Vec<&str> = ["symbolicate", report.to_str().unwrap()].into_iter().chain(debug).collect();
    User::new().crwl(&[&arguments, more].concat())
}

fn written(small: &Small, name: &str, bytes: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = small.folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn debug_information_beside_the_program_is_found_by_its_number() {
    if !small::can_compile() {
        return;
    }
    for (split, extension) in [("packed", "dwp"), ("unpacked", "dwo"), ("off", "none")] {
        let small = Small::compile(split);
        let beside = small.files(extension);
        assert_eq!(beside.is_empty(), split == "off", "{split}");
        let report = written(&small, "report.json", small.report("panic", 1).to_string());
        let program = small.program();
        let files: Vec<&Path> = [&*program].into_iter().chain(beside.iter().map(|path| &**path)).collect();
        let said = symbolicate(&report, &files, &["--json"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{split}");
        let frame = serde_json::from_str::<Value>(&said.out).unwrap()["exceptions"][0]["frames"][0].clone();
        let expected = json!({
            "function": "small::marked", "module": "small", "file": "small.rs", "line": 3, "in_app": true,
            "address": format!("{:#x}", small.address + 1), "image": 0,
        });
        assert_eq!(frame, expected, "{split}");
        // Split debug information does not name its build.
        if let Some(only) = beside.first() {
            let said = symbolicate(&report, &[only], &[]);
            assert_eq!((said.code, said.out.as_str()), (1, ""));
            assert!(said.err.contains("give it too"), "{said:?}");
        }
    }
}

#[test]
fn a_signal_stops_at_an_address_and_a_call_returns_behind_it() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    for (kind, behind, is_marked) in [("signal", 0, true), ("panic", 0, false), ("panic", 1, true)] {
        let report = written(&small, "report.json", small.report(kind, behind).to_string());
        let said = symbolicate(&report, &[&small.program()], &[]);
        assert_eq!(said.out.contains("small::marked"), is_marked, "{kind} {behind}: {said:?}");
    }
}

#[test]
fn what_is_no_debug_file_is_said() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let folder = small.folder.path();
    let report = written(&small, "report.json", small.report("panic", 1).to_string());
    let program = fs::read(small.program()).unwrap();
    let pipe = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let stripped = folder.join("stripped");
    let strip = std::process::Command::new("strip").arg("-o").arg(&stripped).arg(small.program()).status();
    assert!(strip.unwrap().success());
    let without_id = folder.join("without-id");
    let mut objcopy = std::process::Command::new("objcopy");
    objcopy.args(["--remove-section", ".note.gnu.build-id"]).arg(small.program()).arg(&without_id);
    assert!(objcopy.status().unwrap().success());
    let cases = [
        (folder.join("nothing"), "No such file"),
        (folder.to_owned(), "is a folder"),
        (pipe, "is no regular file"),
        (written(&small, "empty", ""), "is no file with debug information"),
        (written(&small, "text", "just a text"), "is no file with debug information"),
        (written(&small, "a.pdb", "Microsoft C/C++ MSF 7.00\r\n\x1aDS"), "is a PDB"),
        (written(&small, "fat", b"\xca\xfe\xba\xbe\0\0\0\x02\0\0\0\0\0\0\0\0"), "lipo"),
        (written(&small, "torn", &program[..100]), ""),
        (stripped, "it was stripped"),
        (without_id, "has no build id"),
    ];
    for (path, expected) in cases {
        let said = symbolicate(&report, &[&path], &[]);
        assert_eq!(said.code, 1, "{path:?} {said:?}");
        assert!(
            said.err.contains(expected) && said.err.contains(path.to_str().unwrap()),
            "{path:?} {said:?}"
        );
    }
    // Any damage leads to a regular exit code.
    for at in (0..program.len()).step_by(program.len() / 40) {
        let mut damaged = program.clone();
        damaged[at..].iter_mut().take(4096).for_each(|byte| *byte ^= 0xa5);
        let said = symbolicate(&report, &[&written(&small, "damaged", &damaged)], &[]);
        assert!(said.code == 0 || said.code == 1, "{at}: {said:?}");
        assert!(!said.err.contains("panicked"), "{at}: {said:?}");
    }
}

#[test]
fn lines_that_are_no_reports_are_counted_and_told() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let good = small.report("panic", 1).to_string();
    let mut huge = small.report("panic", 1);
    huge["exceptions"][0]["frames"] = json!([
        { "address": "0xffffffffffffffff", "image": 0 },
        { "address": "0x1ffffffffffffffff", "image": 0 },
        { "address": 5, "image": 18_446_744_073_709_551_615_u64, "line": -1 },
        { "address": "0x10", "image": 7, "line": 1e300, "in_app": "yes" },
        { "function": 7, "file": [], "module": {} },
        "no frame",
    ]);
    let mut hostile = small.report("panic", 1);
    hostile["exceptions"][0]["type"] = "\u{1b}[2Jgone\nYou said yes.".into();
    hostile["exceptions"][0]["frames"][0] =
        json!({ "function": "a\u{202e}b\u{7}\nc", "file": "\u{9b}2J.rs" });
    hostile["app"]["name"] = "\u{1b}]0;title\u{7}".into();
    hostile["images"][0]["name"] = "\u{1b}[31m".into();
    hostile["operations"] = json!(["\u{1b}[5m", 7]);
    let nested = "[".repeat(100_000);
    let input = [
        &good,
        good.split_at(good.len() / 2).0,
        "",
        "[1, 2]",
        "null",
        r#"{"span":"a usage span"}"#,
        &format!("{{\"pad\":\"{}\"}}", "x".repeat(2 * 1024 * 1024)),
        &nested,
        &huge.to_string(),
        &hostile.to_string(),
        "\u{0}\u{ff}",
        r#"{"schema":1,"exceptions":[null,{},{"frames":{}},{"frames":[null]}]}"#,
        r#"{"exception":{"values":[null,{"stacktrace":7},{"stacktrace":{"frames":[{"instruction_addr":"0xzz"}]}}]}}"#,
        r#"{"exception":[],"debug_meta":{"images":[{"image_addr":18446744073709551615}]}}"#,
        &good,
    ]
    .join("\n");
    let reports = written(&small, "reports.jsonl", input);
    for more in [&[][..], &["--json"][..]] {
        let said = symbolicate(&reports, &[&small.program()], more);
        assert!(said.err.contains("line 2 is no JSON, or torn; left out"), "{}", said.err);
        assert!(said.err.contains("line 7 is longer than 1 MiB; left out"), "{}", said.err);
        assert!(
            said.err.contains("left out: 6 lines") && said.err.contains("no reports: 1 line"),
            "{}",
            said.err
        );
        assert_eq!(said.out.matches("small::marked").count(), 2, "{}", said.out);
        if more.is_empty() {
            assert!(said.out.chars().all(|c| c == '\n' || !c.is_control()), "{}", said.out);
            assert!(!said.out.contains('\u{202e}') && said.out.contains("\\u202e"), "{}", said.out);
            assert!(said.out.contains("gone\\u000aYou said yes."), "{}", said.out);
        } else {
            assert_eq!(
                said.out.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(),
                7
            );
        }
    }
    let nothing = written(&small, "nothing.jsonl", "torn\n{}\n");
    let said = symbolicate(&nothing, &[&small.program()], &[]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("no report was found"), "{said:?}");
    let said = symbolicate(small.folder.path(), &[&small.program()], &[]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
}

#[test]
fn standard_input_is_read_and_a_reader_may_go() {
    if !small::can_compile() {
        return;
    }
    let small = Small::compile("off");
    let program = small.program();
    let line = small.report("panic", 1).to_string() + "\n";
    let user = User::new();
    let mut command = user.command(&["symbolicate", "-", "--debug-file", program.to_str().unwrap()]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("small::marked"));

    // The reader closes the pipe early, as in `… | head`.
    let reports = written(&small, "many.jsonl", line.repeat(2_000));
    let arguments = ["symbolicate", reports.to_str().unwrap(), "--debug-file", program.to_str().unwrap()];
    let mut child = user.command(&arguments).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}
