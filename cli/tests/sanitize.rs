//! `sanitize` as people use it: in a pipe.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::thread;

use support::User;

fn start(user: &User, arguments: &[&str]) -> (Child, ChildStdin) {
    let mut command = user.command(&["sanitize"]);
    let mut child = command.args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let input = child.stdin.take().unwrap();
    (child, input)
}

/// Exit code, standard output, standard error.
fn sanitize(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let user = User::new();
    let (child, mut pipe) = start(&user, arguments);
    let input = input.to_vec();
    let writer = thread::Builder::new().spawn(move || pipe.write_all(&input)).unwrap();
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn lines_are_cleaned_one_by_one_and_keep_their_endings() {
    let input =
        "GET https://example.com/?token=abc failed\r\n\nindex out of bounds: the len is 3\nada@example.com";
    let (code, out, err) = sanitize(&[], input.as_bytes());
    assert_eq!(out, "GET [url] failed\r\n\nindex out of bounds: the len is 3\n[email]");
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(sanitize(&[], b""), (0, String::new(), String::new()));
}

#[test]
fn what_was_taken_is_explained_without_saying_it() {
    let input = "clean\nmail ada@example.com and https://example.com/?token=abc\n-----BEGIN X-----\nAAAA\n";
    let (code, out, err) = sanitize(&["--explain"], input.as_bytes());
    assert_eq!((code, out.as_str()), (0, "clean\nmail [email] and [url]\n[pem]\n[pem]\n"));
    let lines = [
        "line 2: bytes 5 to 20: email",
        "line 2: bytes 25 to 55: url",
        "line 3: bytes 0 to 17: pem",
        "line 4: bytes 0 to 4: pem",
    ];
    assert_eq!(err.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn what_is_not_utf_8_is_replaced() {
    let (code, out, _) = sanitize(&[], b"caf\xe9 \xff\n\0\n");
    assert_eq!((code, out.as_str()), (0, "caf\u{fffd} \u{fffd}\n\0\n"));
}

#[test]
fn a_private_key_goes_with_all_its_lines() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";
    let input =
        format!("before\n-----BEGIN PRIVATE KEY-----\n{body}\n{body}\n-----END PRIVATE KEY-----\nafter\n");
    let (_, out, _) = sanitize(&[], input.as_bytes());
    assert_eq!(out, "before\n[pem]\n[pem]\n[pem]\n[pem]\nafter\n");
}

#[test]
fn a_line_without_an_end_is_cut_and_the_next_one_is_whole() {
    let mut input = b"word ".repeat(400_000);
    input.extend(b"\nnext\n");
    let (code, out, _) = sanitize(&[], &input);
    let (first, rest) = out.split_once('\n').unwrap();
    assert!(first.ends_with("word[cut]") && first.len() <= 1024 * 1024 + "[cut]".len(), "{}", first.len());
    assert_eq!((code, rest), (0, "next\n"));

    // Without a space to cut at, nothing of the line is kept.
    let (_, out, _) = sanitize(&[], &vec![b'k'; 3 * 1024 * 1024]);
    assert_eq!(out, "[cut]");
}

#[test]
fn context_maps_are_cleaned_by_their_keys() {
    let input = concat!(
        r#"{"status_code": 404, "url": "https://example.com", "password": "x", "author": "ada"}"#,
        "\n\n",
        "not JSON\n[1]\n{\"a\": 1} x\n",
        r#"{"ok": true}"#,
    );
    let (code, out, err) = sanitize(&["--json"], input.as_bytes());
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    let first: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(first["status_code"], 404);
    assert_eq!(first["password"], "[redacted]");
    assert_eq!(first["author"], "ada");
    assert!(!lines[0].contains("example.com"), "{out}");
    assert_eq!(lines[1..], ["", r#"{"ok":true}"#]);
    assert_eq!(code, 1);
    assert!(err.contains("line 3: not a JSON object") && err.contains("3 of 6 lines were left out"), "{err}");
}

#[test]
fn complaints_are_counted_not_repeated_for_ever() {
    let (code, out, err) = sanitize(&["--json"], &b"x\n".repeat(10_000));
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(err.lines().count(), 6, "{err}");
    let deep = [b"[".repeat(500_000), b"\n".to_vec()].concat();
    assert_eq!(sanitize(&["--json"], &deep).0, 1);
    let deep = [b"{\"a\":".repeat(100_000), b"1".to_vec(), b"}".repeat(100_000)].concat();
    assert_eq!(sanitize(&["--json"], &deep).0, 1);
}

#[test]
fn at_the_strict_level_no_free_text_is_left() {
    let (code, out, _) = sanitize(&["--json", "--strict"], br#"{"retries": 3, "note": "hello there"}"#);
    let map: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &map["retries"]), (0, &serde_json::json!(3)));
    assert!(!out.contains("hello"), "{out}");
}

#[test]
fn whoever_writes_a_line_and_waits_gets_an_answer() {
    let user = User::new();
    let (mut child, mut input) = start(&user, &[]);
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        input.write_all(b"from ada@example.com\n").unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "from [email]\n");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let user = User::new();
    let (mut child, mut input) = start(&user, &[]);
    drop(child.stdout.take());
    let mut refused = false;
    for _ in 0..10_000 {
        refused |= input.write_all(&b"all is well\n".repeat(1_000)).is_err();
        if refused {
            break;
        }
    }
    assert!(refused, "it read on although nobody listens");
    drop(input);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
    assert!(child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let user = User::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = user.command(&["sanitize"]).stdin(Stdio::piped()).stdout(full).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"all is well\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: cannot write to standard output"));
}
