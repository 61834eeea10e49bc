//! `sanitize --words-of` and `audit`, with the words of the command itself.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::io::Write;
use std::process::Stdio;

use support::User;

/// Exit code, standard output, standard error.
fn sanitize(arguments: &[&str], input: &str) -> (i32, String, String) {
    let user = User::new();
    let mut command = user.command(&["sanitize"]);
    let mut child = command.args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    // Failures are ignored, because a command that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const CRWL: &str = env!("CARGO_BIN_EXE_crwl");

#[test]
fn only_the_programs_words_stay() {
    let input = "cannot write to standard output: Ada Lovelace\nAda says hello\n\nsee /home/ada/x.html\n";
    let (code, out, err) = sanitize(&["--words-of", CRWL], input);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "cannot write to standard output: [text]\n[text]\n\n[word] [path]\n");
}

#[test]
fn what_stays_is_explained() {
    let (code, out, err) =
        sanitize(&["--words-of", CRWL, "--explain"], "cannot read standard input: Ada at /home/ada/x\n");
    assert_eq!((code, out.as_str()), (0, "cannot read standard input: [text] [path]\n"));
    let said: Vec<&str> = err.lines().collect();
    assert!(said[0].starts_with("line 1: bytes 0 to 28 stay: "), "{err}");
    assert_eq!(said[1], "line 1: bytes 35 to 46: path");
}

#[test]
fn what_is_no_program_is_refused() {
    for (path, why) in
        [("Cargo.toml", "no executable"), ("no/such/file", "not there"), (".", "no executable")]
    {
        let (code, out, err) = sanitize(&["--words-of", path], "x\n");
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains(path) && err.contains(why), "{err}");
    }
}

#[test]
fn an_audit_tells_sizes_and_names() {
    let user = User::new();
    let said = user.crwl(&["audit", CRWL]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].ends_with(" of words"), "{}", said.out);
    assert!(lines[1].contains("in lists of words") && lines[2].contains("look like names"), "{}", said.out);
    assert_eq!(user.crwl(&["audit", "Cargo.toml"]).code, 1);
}
