//! Reports that a person files in an issue tracker, on a real terminal. Nothing opens before the yes. The browser is
//! given a path and nothing of the report. The title and text of the form are those that the person was shown. Only a
//! yes to this report opens a page.

#![cfg(all(unix, not(target_os = "macos")))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a scenario is a program, and a test fails by panicking"
)]

mod prompting;
mod scenario;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crawl4ai_telemetry::{App, Builder, Environment, IssueLink, Privacy, Telemetry, Tracker};
use crawl4ai_telemetry_conformance::{Reply, Server};

use prompting::{asking, capture, consent};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, folder};

/// The ends of the question: with only the issue link, and with a provider as well.
const ALONE: &str = "1, 3, v or b? ";
const BESIDE: &str = "1, 2, 3, 4, v or b? ";

/// The variable that holds the address of the tracker.
const TRACKER: &str = "SCENARIO_TRACKER";

/// The text of the error. It must not occur in the arguments of any process.
const SAID: &str = "the shelf collapsed under ```\n@ada #1 <script>alert(1)</script> größer & more";

fn alone() -> Builder {
    let tracker = std::env::var(TRACKER).unwrap_or_else(|_| "http://127.0.0.1:9".to_owned());
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        .environment(Environment::Cli)
        // These tests check their own short texts. Own words have separate tests.
        .privacy(Privacy::Standard)
        .exit_timeout(Duration::from_secs(5))
        .issue_link(IssueLink::new(format!("{tracker}/owner/tool")).tracker(Tracker::Forgejo))
}

fn program(part: &str) {
    take_session();
    let telemetry = match part {
        "says yes" => return drop(alone().build().expect("built").enable().expect("stored")),
        "purges" => return assert_eq!(alone().build().expect("built").purge().expect("purged"), 0),
        "disables" => return drop(alone().build().expect("built").disable().expect("stored")),
        "in a server" => alone().environment(Environment::ApiServer).install().expect("installed"),
        "in a notebook" => alone().environment(Environment::Jupyter).install().expect("installed"),
        "as in the book" => {
            let app = App::new("weather", "1.4.0");
            let link = "https://github.com/owner/weather";
            let builder = Telemetry::builder(app).environment(Environment::Cli).issue_link(link);
            builder.config_folder(folder()).exit_timeout(Duration::from_secs(5)).install().expect("installed")
        }
        "beside" => alone().file(folder().join("reports.jsonl")).install().expect("installed"),
        _ => alone().install().expect("installed"),
    };
    match part {
        "nothing" => {}
        "panics" => panic!("{SAID}"),
        "long" => drop(capture(&format!("{SAID} {}", "and so on, größer 名 ".repeat(90)))),
        _ => drop(capture(SAID)),
    }
    println!("result");
    drop(telemetry);
}

/// A browser that records the number of its arguments and the first one.
fn browser(stage: &Stage, code: i32) -> PathBuf {
    let (path, opened) = (stage.folder().join("browser"), stage.folder().join("opened"));
    fs::write(&path, format!("#!/bin/sh\necho \"$# $1\" >> '{}'\nexit {code}\n", opened.display()))
        .expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it runs");
    path
}

fn on_a_desktop(stage: &Stage, part: &str) -> Command {
    let mut command = asking(stage, part);
    command.env("BROWSER", browser(stage, 0)).env("CRAWL4AI_TELEMETRY_EMAIL", "ada@example.com");
    command
}

fn page(stage: &Stage) -> PathBuf {
    stage.folder().join("telemetry/issue.html")
}

fn text(stage: &Stage) -> PathBuf {
    stage.folder().join("telemetry/issue.md")
}

fn opened(stage: &Stage) -> String {
    fs::read_to_string(stage.folder().join("opened")).unwrap_or_default()
}

fn is_private(path: &Path) {
    assert_eq!(
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777,
        0o600,
        "{}",
        path.display()
    );
}

fn nothing_was_written(stage: &Stage, why: &str) {
    assert!(!page(stage).exists() && !text(stage).exists() && opened(stage).is_empty(), "{why}");
}

/// The part of a page between two marks.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(begin).unwrap_or_else(|| panic!("{begin}: {page}"));
    rest.split_once(end).expect("it ends").0
}

fn unescaped(html: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next().expect("two digits")).to_digit(16).expect("a digit") as u8;
        bytes.push(if byte == b'%' { digit() * 16 + digit() } else { byte });
    }
    String::from_utf8(bytes).expect("no character is cut")
}

/// Requests a link as a browser does, and returns the parameters that the server received.
fn follow(server: &Server, link: &str) -> Vec<(String, String)> {
    let before = server.requests().len();
    let path = link.strip_prefix(&server.url()).expect("to the tracker");
    let mut connection = TcpStream::connect(server.address()).expect("connected");
    write!(
        connection,
        "GET {path} HTTP/1.1\r\nHost: tracker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = Vec::new();
    connection.take(1 << 20).read_to_end(&mut answer).expect("answered");
    assert!(server.wait_for_requests(before + 1, Duration::from_secs(20)));
    let request = server.requests().pop().expect("a request");
    let query = request.path.split_once('?').expect("parameters").1.to_owned();
    query
        .split('&')
        .map(|pair| pair.split_once('=').expect("a value"))
        .map(|(n, v)| (decoded(n), decoded(v)))
        .collect()
}

/// The complete report, as the answer `b` shows it.
fn shown_by_b(terminal: &Terminal) -> String {
    terminal.answer(ALONE, "b\n");
    terminal.wait_for(prompting::PROMPT);
    let screen = terminal.screen();
    let shown = screen.split_once(" bytes ---\n").and_then(|(_, rest)| rest.split_once("\n--- end ---"));
    shown.unwrap_or_else(|| panic!("{screen}")).0.trim_end().to_owned()
}

fn the_form_holds_what_the_person_was_shown_and_nothing_is_sent_before_the_yes() {
    for part in ["error", "panics", "long"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let server = Server::always(Reply::status(200));
        let running = terminal.run(on_a_desktop(&stage, part).env(TRACKER, server.url()));
        terminal.wait_for("Report it?");
        terminal.wait_for("If you agree, a page with it opens in your browser");
        terminal.wait_for("open the page with this report");
        let screen = terminal.screen();
        assert!(screen.contains("what failed") && !screen.contains("always"), "{screen}");
        assert!(!screen.contains("Crash reports are sent"), "{screen}");
        let shown = shown_by_b(&terminal);
        nothing_was_written(&stage, part);
        terminal.answer(prompting::PROMPT, "1\n");
        let status = running.end();
        assert_eq!(status.success(), part != "panics", "{}", terminal.screen());
        let screen = terminal.screen();
        assert!(screen.contains("A page opens in your browser"), "{screen}");
        assert!(!screen.contains("E-mail"), "what anybody may read gets no address: {screen}");

        // The browser was given the path of the page, which only its user can read.
        assert_eq!(opened(&stage), format!("1 {}\n", page(&stage).display()), "{part}");
        is_private(&page(&stage));
        is_private(&text(&stage));
        assert_eq!(server.connections(), 0, "nothing is sent by that");

        // The form and the search are checked as the tracker receives them.
        let html = fs::read_to_string(page(&stage)).expect("a page");
        let links: Vec<String> = html
            .split("<a href=\"")
            .skip(1)
            .map(|rest| unescaped(rest.split('"').next().expect("an end")))
            .collect();
        let parameters = follow(&server, &links[1]);
        let (title, body) = (&parameters[0], &parameters[1]);
        assert_eq!((&*title.0, &*body.0), ("title", "body"));
        assert!(links[1].len() <= 8_000, "{}", links[1].len());
        assert!(shown.starts_with(&format!("# {}\n", title.1)), "{shown}");
        let is_cut = body.1.contains("may be attached");
        assert_eq!((is_cut, links.len()), (part == "long" || is_cut, if is_cut { 3 } else { 2 }));
        let report = between(&body.1, "```text\n", "\n```\n").trim_end_matches('…').trim_end();
        assert!(shown.contains(report), "{report}\n---\n{shown}");
        assert!(report.contains("the shelf collapsed under ```\\u000a@ada #1"), "{report}");
        assert!(is_cut || shown.ends_with(body.1.trim_end()), "{shown}");
        assert_eq!(fs::read_to_string(text(&stage)).expect("a file").trim_end(), shown, "{part}");
        let fingerprint = between(&shown, "fingerprint   ", "\n");
        let search = follow(&server, &links[0]);
        assert_eq!(search, [("state".into(), "all".into()), ("q".into(), fingerprint.into())]);
        for private in ["ada@example.com", stage.folder().to_str().expect("a path")] {
            assert!(!shown.contains(private) && !body.1.contains(private), "{private}: {shown}");
        }

        // The report was handed over once, and the journal records it.
        assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());
        assert!(consent(&stage).is_null(), "no yes is stored");
        assert!(
            stage.files().iter().any(|file| file.starts_with("telemetry/journal")),
            "{:?}",
            stage.files()
        );
    }
}

/// Checks that the screen shows the text of the page's block, in its order. `…` matches any text.
fn the_page_of_the_book_shows_the_screen_as_it_is() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(on_a_desktop(&stage, "as in the book").env("COLUMNS", "80"));
    terminal.answer("result", "");
    terminal.wait_for(ALONE);
    let question = terminal.screen();
    terminal.answer(ALONE, "1\n");
    assert!(running.end().success(), "{}", terminal.screen());
    let said = question + &terminal.screen();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/without-a-server.md");
    let page = fs::read_to_string(page).expect("the page");
    let blocks: Vec<&str> =
        page.split("```text\n").skip(1).map(|rest| rest.split("```").next().expect("it ends")).collect();
    assert_eq!(blocks.len(), 1, "the screen");
    let mut rest = &*said;
    for piece in blocks.iter().flat_map(|block| block.split('…')).filter(|piece| !piece.trim().is_empty()) {
        let found = rest.split_once(piece);
        rest = found.unwrap_or_else(|| panic!("the page shows {piece:?}, and the screen is {said}")).1;
    }
}

fn nothing_else_opens_anything() {
    for (typed, waiting, stored, signal) in [
        ("3\n", 0, Some("denied"), None),
        ("\n", 0, None, None),
        ("\u{4}", 0, None, None),
        // With only the issue link, `2` is no valid answer, because a yes to future reports is not offered.
        ("2\n2\n2\n", 0, None, None),
        ("\u{3}", 1, None, Some(2)),
    ] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(&mut on_a_desktop(&stage, "error"));
        terminal.answer(ALONE, typed);
        assert_eq!(running.end().signal(), signal, "{}", terminal.screen());
        nothing_was_written(&stage, typed);
        assert_eq!(stage.waiting().len(), waiting, "{typed:?}");
        assert_eq!(consent(&stage)["consent"].as_str(), stored, "{typed:?}");
    }
}

fn a_yes_that_was_given_before_opens_nothing() {
    // The person is asked even if consent is stored or set in a variable.
    for variable in [None, Some("1")] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        if variable.is_none() {
            assert!(asking(&stage, "says yes").status().expect("runs").success());
        }
        let mut command = on_a_desktop(&stage, "error");
        command.envs(variable.map(|value| ("CRAWL4AI_TELEMETRY", value)));
        let running = terminal.run(&mut command);
        terminal.wait_for(ALONE);
        nothing_was_written(&stage, "before the yes");
        terminal.answer(ALONE, "1\n");
        assert!(running.end().success(), "{}", terminal.screen());
        assert_eq!(opened(&stage).lines().count(), 1);
    }
}

fn in_pipes_builds_and_servers_nothing_happens() {
    let runs = |stage: &Stage, part: &str, name: &str, value: &str| {
        let terminal = Terminal::new();
        let mut command = on_a_desktop(stage, part);
        let running = terminal.run(command.env(name, value));
        assert!(running.end().success(), "{}", terminal.screen());
        // The command keeps the terminal open.
        drop(command);
        let screen = terminal.rest();
        assert_eq!(screen, "result\n", "{part} {name}");
    };
    for (part, name, value) in [
        ("error", "CI", "true"),
        ("error", "GITHUB_ACTIONS", "true"),
        ("error", "DO_NOT_TRACK", "1"),
        ("error", "CRAWL4AI_TELEMETRY", "0"),
        ("in a server", "TERM", "xterm"),
        ("in a notebook", "NOTHING", "1"),
    ] {
        for says_yes in [false, true] {
            let stage = Stage::new();
            if says_yes {
                assert!(asking(&stage, "says yes").status().expect("runs").success());
            }
            runs(&stage, part, name, value);
            nothing_was_written(&stage, part);
            assert!(stage.waiting().is_empty(), "{part} {name}: {:?}", stage.waiting());
        }
    }
    let stage = Stage::new();
    assert!(asking(&stage, "says yes").status().expect("runs").success());
    let output = on_a_desktop(&stage, "error").stdin(Stdio::null()).output().expect("runs");
    assert!(output.status.success());
    assert_eq!((&*output.stdout, &*output.stderr), (&b"result\n"[..], &b""[..]));
    nothing_was_written(&stage, "a pipe");
    assert!(stage.waiting().is_empty());
}

fn where_no_browser_can_be_opened_the_report_is_a_file() {
    for (name, variables) in [
        ("no screen", &[][..]),
        ("a browser that is not there", &[("BROWSER", "/nowhere/at/all")]),
        ("a desktop without one", &[("DISPLAY", ":77"), ("PATH", "/nowhere")]),
    ] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let mut command = asking(&stage, "error");
        let running = terminal.run(command.envs(variables.iter().copied()));
        terminal.answer(ALONE, "1\n");
        assert!(running.end().success(), "{}", terminal.screen());
        let screen = terminal.screen();
        let said = format!(
            "No browser could be opened here.\nThe report is in\n  {}\nTo post it for all who see that site to read, paste that text into\n  \
             http://127.0.0.1:9/owner/tool/issues/new\nOtherwise nothing is sent. Delete that file when you do not need it any more.\n",
            text(&stage).display()
        );
        assert!(screen.contains(&said), "{name}: {screen}");
        is_private(&text(&stage));
        assert!(fs::read_to_string(text(&stage)).expect("a file").contains("the shelf collapsed"), "{name}");
        assert!(stage.waiting().is_empty());
    }
}

fn what_cannot_be_handed_over_is_asked_about_once_more_and_no_later_run_opens_it_by_itself() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    fs::create_dir_all(text(&stage).join("in the way")).expect("made");
    let running = terminal.run(&mut on_a_desktop(&stage, "error"));
    terminal.answer(ALONE, "1\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!((opened(&stage).len(), stage.waiting().len()), (0, 1), "{}", terminal.screen());
    assert!(stage.waiting()[0].ends_with(".pending"), "{:?}", stage.waiting());
    fs::remove_dir_all(text(&stage)).expect("removed");

    let output = on_a_desktop(&stage, "nothing").output().expect("runs");
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!((opened(&stage).len(), stage.waiting().len()), (0, 1), "not where nobody is asked");

    let terminal = Terminal::new();
    let running = terminal.run(&mut on_a_desktop(&stage, "nothing"));
    terminal.wait_for("An earlier run of tool failed. Report it?");
    terminal.answer(ALONE, "1\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!((opened(&stage).lines().count(), stage.waiting().len()), (1, 0));
}

fn beside_a_provider_it_is_one_more_answer() {
    for (typed, delivered, pages) in
        [("4\n", 0, 1), ("1\n", 1, 0), ("2\n", 1, 0), ("3\n", 0, 0), ("\n", 0, 0)]
    {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(on_a_desktop(&stage, "beside").env_remove("CRAWL4AI_TELEMETRY_EMAIL"));
        terminal.wait_for("Saved in the file");
        terminal.wait_for("don't save it, but post it yourself: a page opens, or else its text lies");
        terminal.answer(BESIDE, typed);
        if delivered > 0 {
            terminal.answer(prompting::EMAIL, "ada@example.com\n");
        }
        assert!(running.end().success(), "{}", terminal.screen());
        assert_eq!(
            (stage.delivered().len(), opened(&stage).lines().count()),
            (delivered, pages),
            "{typed:?}"
        );
        assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());
        if typed == "2\n" {
            // A yes to all reports applies to the file provider only, and opens no page.
            assert!(on_a_desktop(&stage, "beside").output().expect("runs").status.success());
            assert_eq!((stage.delivered().len(), opened(&stage).len()), (2, 0));
        }
        if pages > 0 {
            let text = fs::read_to_string(text(&stage)).expect("a file");
            assert!(!text.contains("ada@example.com"), "{text}");
        }
    }
}

fn it_goes_when_the_user_says_so() {
    for part in ["purges", "disables"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let running = terminal.run(&mut on_a_desktop(&stage, "error"));
        terminal.answer(ALONE, "1\n");
        assert!(running.end().success(), "{}", terminal.screen());
        assert!(page(&stage).exists() && text(&stage).exists());
        assert!(asking(&stage, part).status().expect("runs").success());
        assert!(!page(&stage).exists() && !text(&stage).exists(), "{part}");
    }
}

/// Checks the arguments of every started process, and every connection, with `strace` if it is installed.
fn no_argument_of_any_process_holds_anything_of_the_report_and_no_socket_is_opened() {
    if Command::new("strace").arg("-V").output().is_err() {
        return;
    }
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let calls = stage.folder().join("calls");
    let plain = on_a_desktop(&stage, "error");
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-s", "100000", "-e", "trace=execve,execveat,socket,connect", "-o"]);
    traced.arg(&calls).arg(plain.get_program()).env_clear();
    traced.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let running = terminal.run(traced.env("PATH", "/usr/bin:/bin"));
    terminal.answer(ALONE, "1\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!(opened(&stage).lines().count(), 1, "{}", terminal.screen());
    let calls = fs::read_to_string(&calls).expect("traced");
    assert!(calls.matches("execve(").count() >= 2 && calls.contains("issue.html"), "{calls}");
    for word in ["shelf", "collapsed", "%20", "issues/new", "fingerprint", "socket(", "connect("] {
        assert!(!calls.contains(word), "{word}: {calls}");
    }
}

fn test(_: &Stage) {
    the_form_holds_what_the_person_was_shown_and_nothing_is_sent_before_the_yes();
    the_page_of_the_book_shows_the_screen_as_it_is();
    nothing_else_opens_anything();
    a_yes_that_was_given_before_opens_nothing();
    in_pipes_builds_and_servers_nothing_happens();
    where_no_browser_can_be_opened_the_report_is_a_file();
    what_cannot_be_handed_over_is_asked_about_once_more_and_no_later_run_opens_it_by_itself();
    beside_a_provider_it_is_one_more_answer();
    it_goes_when_the_user_says_so();
    no_argument_of_any_process_holds_anything_of_the_report_and_no_socket_is_opened();
}

fn main() {
    scenario::main(program, test);
}
