//! Puts fifty sequences that make a terminal do something into every place that somebody else could have written to.
//! Every subcommand must show them, and none may reach the terminal.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crawl4ai_telemetry::printable;
use serde_json::{Value, json};
use support::terminal::Terminal;
use support::{User, user_with_a_report};

/// Sequences that a terminal obeys (ECMA-48, xterm's ctlseqs), characters that change the direction of text (UAX #9),
/// and invisible ones.
const SEQUENCES: [&str; 50] = [
    // OSC sequences for the title, the clipboard, links, notices and colours, ended by BEL, by ST, or not at all.
    "\u{1b}]0;pwned\u{7}",
    "\u{1b}]2;pwned\u{1b}\\",
    "\u{1b}]52;c;cHduZWQ=\u{7}",
    "\u{1b}]8;;https://evil.example\u{7}here\u{1b}]8;;\u{7}",
    "\u{1b}]9;hello\u{7}",
    "\u{1b}]777;notify;a;b\u{7}",
    "\u{1b}]11;#ff0000\u{7}",
    "\u{1b}]1337;File=:\u{7}",
    "\u{1b}]0;never ended",
    // CSI sequences for the cursor, the screen and earlier output.
    "\u{1b}[2J",
    "\u{1b}[H",
    "\u{1b}[1A\u{1b}[2K",
    "\u{1b}[3J",
    "\u{1b}[?1049h",
    "\u{1b}[?25l",
    "\u{1b}[8m",
    "\u{1b}[31;7m",
    "\u{1b}[1;5r",
    // Queries, whose answers the terminal sends as if they had been typed.
    "\u{1b}[6n",
    "\u{1b}[c",
    "\u{1b}[>q",
    "\u{1b}[21t",
    "\u{1b}[18t",
    "\u{1b}Z",
    "\u{5}",
    // Other escapes: reset, strings for a device, character sets.
    "\u{1b}c",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}_Ga=d\u{1b}\\",
    "\u{1b}^x\u{1b}\\",
    "\u{1b}(0qqq\u{1b}(B",
    "\u{1b}#8",
    "\u{e}lqk\u{f}",
    // C1 control sequences, which begin with a single character.
    "\u{9b}2J",
    "\u{9d}0;pwned\u{9c}",
    "\u{90}x\u{9c}",
    "\u{85}You said yes.",
    // Single control characters.
    "\u{7}",
    "\u{8}\u{8}\u{8}\u{8}yes",
    "\rYou said yes.",
    "\u{7f}",
    "\u{b}\u{c}",
    "\u{18}\u{1a}",
    // Reversed and hidden text.
    "\u{202e}lmth.exe\u{202c}",
    "\u{202d}a\u{202c}",
    "\u{2066}b\u{2069}",
    "\u{2067}\u{2068}c\u{2069}",
    "\u{200f}\u{200e}\u{61c}",
    "p\u{200b}a\u{200d}y\u{2060}p\u{feff}al\u{ad}",
    "\u{2028}You said yes.\u{2029}",
    "\u{e0041}\u{e0042}\u{180e}",
];

/// Checks that `shown` contains no character of `sequence` except printable ASCII.
#[track_caller]
fn nothing_arrives(shown: &str, sequence: &str, what: &str) {
    for c in sequence.chars().filter(|c| !c.is_ascii_graphic() && *c != ' ') {
        assert!(!shown.contains(c), "{what}: {c:?} of {sequence:?} arrived:\n{shown:?}");
    }
}

/// Standard output and standard error on one terminal.
fn on_a_terminal(user: &User, variables: &[(&str, &str)], arguments: &[&str], input: Stdio) -> String {
    let terminal = Terminal::new();
    let mut command = user.command(arguments);
    command.envs(variables.iter().copied()).env("NO_COLOR", "1");
    terminal.run_with_input(&mut command, input).end();
    // Dropped, because it holds the terminal open.
    drop(command);
    terminal.rest()
}

fn message_in_a_file(user: &User, sequence: &str) -> std::path::PathBuf {
    let file = user.home().join("input");
    fs::write(&file, format!("one {sequence} two\n")).unwrap();
    file
}

/// A home folder in which somebody else has edited every file.
fn tampered(sequence: &str) -> User {
    let user = user_with_a_report();
    let config = json!({ "telemetry": { "consent": "always", "email": sequence } });
    fs::write(user.config(), config.to_string()).unwrap();
    let telemetry = user.home().join(".crawl4ai/telemetry");
    let trouble = json!({ "trouble": sequence, "failures": 1 });
    fs::write(telemetry.join("ledger.json"), trouble.to_string()).unwrap();
    let journal = telemetry.join("journal");
    fs::create_dir_all(&journal).unwrap();
    let entry = json!({
        "id": "0123456789ab4def8123456789abcdef", "time": "2026-11-20T12:00:00Z", "sent_at": "2026-11-20T12:00:00Z",
        "provider": format!("p{sequence}"), "fate": "delivered", "error": sequence, "culprit": sequence,
        "media_type": sequence, "bytes": 3,
    });
    let whole = format!("{entry}\nan error: {sequence}\n");
    fs::write(journal.join("000001700000000_0123456789ab4def8123456789abcdef.sent"), whole).unwrap();
    user
}

const SENT: &str = "01234567";

/// A server at the port of `discard`, where nothing listens.
const NOBODY_LISTENS: (&str, &str) =
    ("CRAWL4AI_SENTRY_DSN", "http://0123456789abcdef0123456789abcdef@127.0.0.1:9/1");

#[test]
fn no_sequence_from_a_file_arrives_at_a_terminal() {
    for sequence in SEQUENCES {
        let user = tampered(sequence);
        let shown = printable::line(sequence).into_owned();
        let run = |arguments: &[&str]| {
            let said = on_a_terminal(&user, &[NOBODY_LISTENS], arguments, Stdio::null());
            nothing_arrives(&said, sequence, &format!("{arguments:?}"));
            said
        };
        let entry = run(&["show", SENT]);
        assert!(
            entry.contains(&format!("an error: {}", printable::text(sequence).replace('\r', ""))),
            "{sequence:?} {entry}"
        );
        assert!(run(&["status"]).contains(&shown), "{sequence:?}");
        assert!(run(&["email"]).contains(&shown), "{sequence:?}");
        assert!(run(&["log"]).contains("0123456"), "{sequence:?}");
        run(&["log", "--json"]);
        run(&["status", "--json"]);
        run(&["send"]);
    }
}

#[test]
fn no_sequence_from_an_argument_or_a_variable_arrives_at_a_terminal() {
    for sequence in SEQUENCES {
        let user = User::new();
        let folder = user.home().join(sequence.replace('/', "-"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("config.json"), "{").unwrap();
        let dsn = format!("https://k@{sequence}/1");
        let here = [("CRAWL4AI_CONFIG_DIR", folder.to_str().unwrap()), ("CRAWL4AI_SENTRY_DSN", &*dsn)];
        for arguments in [
            &["show", sequence][..],
            &["send", sequence],
            &["email", sequence],
            &["enable", "--email", sequence],
            &[sequence],
            &["usage", sequence],
            &["status", sequence],
            &["status"],
            &["enable"],
        ] {
            let said = on_a_terminal(&user, &here, arguments, Stdio::null());
            nothing_arrives(&said, sequence, &format!("{arguments:?}"));
            assert!(!said.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn every_subcommand_in_a_tampered_home_sends_nothing_to_the_terminal() {
    let sequence = SEQUENCES.concat();
    let commands: &[&[&str]] = &[
        &["status"],
        // On other systems this would open a browser.
        #[cfg(target_os = "linux")]
        &["view"],
        &["preview"],
        &["preview", "--json"],
        &["log"],
        &["show", SENT],
        &["schema"],
        &["schema", "--json"],
        &["usage"],
        &["usage", "on"],
        &["email"],
        &["audit", env!("CARGO_BIN_EXE_crwl")],
        &["sanitize"],
        &["sanitize", "--explain"],
        &["send"],
        &["enable"],
        &["email", "--remove"],
        &["erase"],
        &["erase", "--json"],
        &["selftest"],
        &["selftest", "--yes"],
        &["purge"],
        &["disable"],
        &["help"],
    ];
    let user = tampered(&sequence);
    let evil = [("CRAWL4AI_TELEMETRY_CA_CERTIFICATES", &*sequence), ("CRAWL4AI_DEPLOYMENT_ENV", &*sequence)];
    for arguments in commands {
        let input = message_in_a_file(&user, &sequence);
        let said = on_a_terminal(&user, &evil, arguments, fs::File::open(input).unwrap().into());
        nothing_arrives(&said, &sequence, &format!("{arguments:?}"));
        assert!(!said.is_empty(), "{arguments:?}");
    }
}

/// Authors inspect texts that the sender of a report may have written.
#[test]
#[cfg(feature = "authors")]
fn no_sequence_from_a_report_arrives_at_a_terminal() {
    let program = env!("CARGO_BIN_EXE_crwl");
    let user = User::new();
    let file = user.home().join("reports.jsonl");
    let path = file.to_str().unwrap();
    for sequence in SEQUENCES {
        let frame = json!({ "function": sequence, "file": sequence, "in_app": true, "address": sequence, "image": 0 });
        let report = json!({
            "schema": 1, "id": format!("0123456789ab4def{sequence}"), "time": sequence, "level": sequence,
            "app": { "name": sequence, "version": sequence }, "environment": sequence, "fingerprint": "0123456789abcdef",
            "platform": { "os": sequence, "arch": sequence }, "operations": [sequence], "losses": { sequence: 1 },
            "exceptions": [{ "kind": sequence, "type": sequence, "value": sequence, "frames": [frame] }],
            "images": [{ "name": sequence, "build_id": sequence, "size": 1 }],
        });
        fs::write(&file, report.to_string()).unwrap();
        for arguments in [
            &["analyze", path][..],
            &["analyze", path, "--json"],
            &["analyze", path, "--format", "prometheus"],
            &["analyze", path, "--format", "elastic"],
            &["analyze", path, "--program", sequence],
            &["analyze", sequence],
            &["symbolicate", sequence, "--debug-file", sequence],
        ] {
            let said = on_a_terminal(&user, &[], arguments, Stdio::null());
            nothing_arrives(&said, sequence, &format!("{arguments:?}"));
            assert!(!said.is_empty(), "{arguments:?}");
        }
    }
    let all = SEQUENCES.concat();
    let frame = json!({ "address": "0x10", "image": 0 });
    let report = json!({
        "schema": 1, "id": all, "exceptions": [{ "type": all, "value": all, "frames": [frame] }],
        "images": [{ "name": all, "build_id": all }],
    });
    fs::write(&file, report.to_string()).unwrap();
    for arguments in [
        &["symbolicate", path, "--debug-file", program][..],
        &["symbolicate", path, "--debug-file", program, "--json"],
    ] {
        let said = on_a_terminal(&user, &[], arguments, Stdio::null());
        nothing_arrives(&said, &all, &format!("{arguments:?}"));
        assert!(said.contains("no debug file was given for"), "{said:?}");
    }
}

/// In a pipe, the bytes of a report and JSON are exact. Texts and messages are made printable there too.
#[test]
fn in_a_pipe_bytes_are_exact_and_texts_are_shown() {
    for sequence in SEQUENCES {
        let user = tampered(sequence);
        let shown = user.crwl(&["show", SENT]);
        assert_eq!(shown.out, format!("an error: {sequence}\n"));
        nothing_arrives(&shown.err, sequence, "show, standard error");
        let log: Value = serde_json::from_str(&user.crwl(&["log", "--json"]).out).unwrap();
        assert_eq!(log["sent"][0]["culprit"], sequence);
        for arguments in [&["log"][..], &["status"], &["email"]] {
            let said = user.crwl(arguments);
            nothing_arrives(&said.out, sequence, &format!("{arguments:?}"));
        }
        let input = message_in_a_file(&user, sequence);
        let cleaned =
            user.command(&["sanitize"]).stdin(fs::File::open(input).unwrap()).output().unwrap().stdout;
        let cleaned = String::from_utf8(cleaned).unwrap();
        assert!(cleaned.starts_with("one ") && !cleaned.contains("\\u0"), "{cleaned:?}");
    }
}

#[test]
fn only_one_file_of_the_command_writes() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let writes = ["stdout()", "stderr()", "println!", "eprint"].iter().any(|how| text.contains(how));
        // `main.rs` may write, because clap prints messages about arguments before a command runs.
        assert!(!writes || name == "output.rs" || name == "main.rs", "{name}");
    }
}
