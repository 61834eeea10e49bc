//! Puts bytes that are not text into every file that a subcommand reads, even into unused places. No subcommand may
//! pass any of them to the terminal.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::terminal::Terminal;
use support::{User, user_with_a_report};

/// Bytes that a terminal obeys. They are not valid UTF-8, or follow bytes that are not.
const BYTES: [&[u8]; 20] = [
    // C1 controls, as eight-bit terminals take them.
    b"\x9b2J",
    b"\x9d0;pwned\x9c",
    b"\x90+q544e\x9c",
    b"\x9fGa=d\x9c",
    b"\x9ex\x9c",
    b"\x98x\x9c",
    b"\x85You said yes.",
    b"\x8d\x84\x88",
    b"\x9a\x8e\x8f",
    // An escape after half a character, before one, and in place of its end.
    b"\xe2\x82\x1b[2J",
    b"\xf0\x9f\x98\x1b]0;x\x07",
    b"\x1b\xff]0;x\x07",
    b"\xc2\x1b[6n",
    // Overlong forms of ESC, BEL and CSI, in two and three bytes.
    b"\xc0\x9b[2J",
    b"\xc0\x87\xe0\x80\x9b",
    b"\xe0\x82\x9b2J",
    // Surrogates, numbers beyond Unicode, and bytes that never occur in UTF-8.
    b"\xed\xa0\x9b\xed\xb0\x9b",
    b"\xf4\x90\x80\x9b\xf8\x88\x80\x80\x9b",
    b"\xfe\xff\x00\x1b\xff\xfe\x1b\x00",
    // `ESC [2J` in UTF-16, followed by U+202E, which reverses text.
    b"\x00\x1b\x00[\x002\x00J\x20\x2e",
];

/// Checks that every byte is printable ASCII, the end of a line, or part of a character that a terminal shows.
#[track_caller]
fn nothing_arrives(shown: &[u8], bytes: &[u8], what: &str) {
    let text = std::str::from_utf8(shown);
    let text =
        text.unwrap_or_else(|_| panic!("{what}: no UTF-8 arrived of {bytes:x?}:\n{}", shown.escape_ascii()));
    // A terminal itself ends lines like this.
    let text = text.replace("\r\n", "\n");
    let obeyed = text.chars().find(|c| c.is_control() && *c != '\n');
    assert!(obeyed.is_none(), "{what}: {obeyed:?} of {bytes:x?} arrived:\n{text:?}");
}

/// The bytes of standard output and standard error on one terminal.
fn on_a_terminal(user: &User, variables: &[(&str, &[u8])], arguments: &[&str], input: Stdio) -> Vec<u8> {
    let terminal = Terminal::new();
    let mut command = user.command(arguments);
    command.envs(variables.iter().map(|(name, value)| (name, std::ffi::OsStr::from_bytes(value))));
    command.env("NO_COLOR", "1");
    terminal.run_with_input(&mut command, input).end();
    // The command holds the terminal open.
    drop(command);
    terminal.bytes()
}

const ID: &str = "0123456789ab4def8123456789abcdef";

/// The bytes inside a JSON text, and again after its line.
fn json_with(bytes: &[u8], before: &str, behind: &str) -> Vec<u8> {
    [before.as_bytes(), bytes, behind.as_bytes(), b"\n", bytes, b"\n"].concat()
}

/// A home folder in which every file has the bytes in the place of a text. Some files have the bytes in their names.
fn home_of(bytes: &[u8], config: bool) -> User {
    let user = user_with_a_report();
    let ours = user.home().join(".crawl4ai");
    if config {
        let text = json_with(bytes, r#"{"telemetry":{"consent":"always","email":""#, r#""},"more":1}"#);
        fs::write(ours.join("config.json"), text).unwrap();
    }
    fs::write(ours.join("config.json.damaged-0"), bytes).unwrap();
    let telemetry = ours.join("telemetry");
    let folders = ["journal", "crashes", "spool/quarantine"].map(|name| telemetry.join(name));
    folders.iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
    let write = |name: &str, text: Vec<u8>| fs::write(telemetry.join(name), text).unwrap();
    write("ledger.json", json_with(bytes, r#"{"failures":1,"trouble":""#, r#""}"#));
    write("prompt.lock", bytes.to_vec());
    write(
        "sent-ids.jsonl",
        json_with(
            bytes,
            &format!(r#"{{"id":"{ID}","sent_at":"2026-11-20T12:00:00Z","provider":"sentry","destination":""#),
            r#""}"#,
        ),
    );
    let entry = format!(
        r#"{{"id":"{ID}","time":"2026-11-20T12:00:00Z","sent_at":"2026-11-20T12:00:00Z","provider":"sentry","fate":"delivered","error":""#
    );
    write(
        &format!("journal/000001700000000_{ID}.sent"),
        json_with(bytes, &entry, r#"","culprit":"x","media_type":"application/json","bytes":3}"#),
    );
    // An entry of the sent log with a complete head, followed by bytes that are not text.
    let whole = format!(
        "{entry}x\",\"culprit\":\"x\",\"media_type\":\"application/json\",\"bytes\":{}}}\n",
        bytes.len()
    );
    let other = "0123456789ab4def8123456789abcdee";
    write(
        &format!("journal/000001700000001_{other}.sent"),
        [whole.replace(ID, other).as_bytes(), bytes].concat(),
    );
    for (folder, name) in [("spool", "report"), ("spool", "report.pending"), ("spool/quarantine", "report")] {
        let name = format!("001795801284576_{ID}_----------------_0123456789abcdef.{name}");
        write(&format!("{folder}/{name}"), json_with(bytes, r#"{"schema":1,"id":""#, r#""}"#));
    }
    // File names that the library never creates. A name cannot contain a slash or a zero byte.
    let name: Vec<u8> = bytes.iter().copied().filter(|byte| !matches!(byte, 0 | b'/')).collect();
    for folder in ["spool", "journal", "crashes"] {
        fs::write(telemetry.join(folder).join(std::ffi::OsStr::from_bytes(&name)), bytes).unwrap();
    }
    user
}

/// Subcommands that show the content of the files.
const LOOK: &[&[&str]] = &[
    &["status"],
    &["status", "--json"],
    &["log"],
    &["log", "--json"],
    &["show", "0123456789ab4def8123456789abcdef"],
    &["show", "0123456789ab4def8123456789abcdee"],
    &["email"],
    &["sanitize"],
    &["erase"],
    &["erase", "--json"],
];

/// The other subcommands, ordered so that none deletes the files that the next one reads.
const DO: &[&[&str]] = &[
    &["view", "--out", "/dev/stdout"],
    &["preview"],
    &["preview", "--json"],
    &["show", "01234567"],
    &["schema"],
    &["usage"],
    &["audit", env!("CARGO_BIN_EXE_crwl")],
    &["sanitize", "--explain"],
    &["send"],
    &["selftest", "--yes"],
    &["email", "--remove"],
    &["usage", "on"],
    &["usage", "off"],
    &["enable"],
    &["disable"],
    &["purge"],
    &["purge", "--numbers"],
    &["help"],
];

fn every_command_says_plain_text(user: &User, commands: &[&[&str]], bytes: &[u8]) {
    let input = user.home().join("input");
    fs::write(&input, [b"one ", bytes, b" two\n"].concat()).unwrap();
    for arguments in commands {
        let said = on_a_terminal(user, &[], arguments, fs::File::open(&input).unwrap().into());
        nothing_arrives(&said, bytes, &format!("{arguments:?}"));
        assert!(!said.is_empty(), "{arguments:?}");
    }
}

#[test]
fn no_bytes_from_a_file_arrive_at_a_terminal() {
    for bytes in BYTES {
        every_command_says_plain_text(&home_of(bytes, false), LOOK, bytes);
    }
    let all = BYTES.concat();
    // With a damaged configuration some commands do not read the other files, so both cases are tested.
    for config in [false, true] {
        every_command_says_plain_text(&home_of(&all, config), &[LOOK, DO].concat(), &all);
    }
}

#[test]
fn no_bytes_from_a_variable_arrive_at_a_terminal() {
    let user = user_with_a_report();
    for bytes in BYTES {
        let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        let dsn = [b"https://k@", &*bytes, b"/1"].concat();
        for (name, value) in [
            ("CRAWL4AI_SENTRY_DSN", &dsn),
            ("CRAWL4AI_TELEMETRY", &bytes),
            ("CRAWL4AI_DEPLOYMENT_ENV", &bytes),
            ("CRAWL4AI_TELEMETRY_PROXY", &bytes),
            ("CRAWL4AI_TELEMETRY_CA_CERTIFICATES", &bytes),
            ("CRAWL4AI_CONFIG_DIR", &bytes),
            ("DO_NOT_TRACK", &bytes),
            ("TERM", &bytes),
        ] {
            for arguments in [&["status"][..], &["send"]] {
                let said = on_a_terminal(&user, &[(name, value)], arguments, Stdio::null());
                nothing_arrives(&said, &bytes, &format!("{name} {arguments:?}"));
                assert!(!said.is_empty(), "{name} {arguments:?}");
            }
        }
    }
}

/// The senders of reports could have put these bytes into them, and authors inspect the reports on a terminal.
#[test]
#[cfg(feature = "authors")]
fn no_bytes_from_a_report_arrive_at_a_terminal() {
    let user = User::new();
    let named = |name: &str| -> PathBuf { user.home().join(name) };
    for bytes in BYTES.iter().copied().chain([&*BYTES.concat()]) {
        let report = |value: &[u8]| {
            let before =
                format!(r#"{{"schema":1,"id":"{ID}","time":"2026-11-20T12:00:00Z","exceptions":[{{"type":""#);
            let behind = br#"","value":"x","frames":[{"address":"0x10","image":0}]}],"images":[{"name":"x","build_id":"ab"}]}"#;
            [before.as_bytes(), value, behind].concat()
        };
        let (file, debug) = (named("reports.jsonl"), named("debug"));
        let mut lines = fs::File::create(&file).unwrap();
        for line in [&report(b"x"), &report(bytes), &bytes.to_vec(), &report(b"y")] {
            lines.write_all(line).unwrap();
            lines.write_all(b"\n").unwrap();
        }
        fs::write(&debug, bytes).unwrap();
        fs::write(named("one"), report(bytes)).unwrap();
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let (file, debug, one) = (path(&file), path(&debug), path(&named("one")));
        let program = env!("CARGO_BIN_EXE_crwl");
        let quick = [
            &["analyze", &file][..],
            &["analyze", &file, "--json"],
            &["analyze", &file, "--format", "prometheus"],
            &["analyze", &file, "--format", "elastic"],
            &["analyze", &debug],
            &["symbolicate", &one, "--debug-file", &debug],
            &["audit", &debug],
            &["sanitize", "--words-of", &debug],
        ];
        // Reading the names of a whole program takes seconds.
        let slow = [
            &["symbolicate", &file, "--debug-file", program][..],
            &["symbolicate", &one, "--debug-file", program],
            &["symbolicate", &one, "--debug-file", program, "--json"],
            &["symbolicate", &debug, "--debug-file", program],
        ];
        let all = bytes.len() > 100;
        for arguments in quick.iter().chain(slow.iter().filter(|_| all)) {
            let said = on_a_terminal(&user, &[], arguments, fs::File::open(&one).unwrap().into());
            nothing_arrives(&said, bytes, &format!("{arguments:?}"));
            assert!(!said.is_empty(), "{arguments:?}");
        }
    }
}
