//! Tests the prompt on a real pseudo-terminal: every answer, invalid answers, the end of input, Ctrl-C, the view, the
//! e-mail address, type-ahead, and what an answer applies to.

#![cfg(unix)]
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
mod usage_sample;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::consent::{Answer, Choice, ConsentPrompt, Question};
use crawl4ai_telemetry::usage::Settings;
use crawl4ai_telemetry::{FileProvider, MemoryProvider, Outcome, Reason, Rule, capture_exception, context};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use prompting::{EMAIL, PROMPT, asking, capture, capture_twice, consent, own_screen, told, told_by};
use scenario::terminal::{Terminal, take_session};
use scenario::{InATunnel, Stage, builder, folder};

fn program(part: &str) {
    take_session();
    if part == "says yes" {
        return drop(builder().build().expect("built").enable().expect("stored"));
    }
    if part == "tells its status" {
        let status = builder().build().expect("built").status().to_string();
        return std::fs::write(folder().join("status"), status).expect("written");
    }
    let memory = MemoryProvider::default();
    let builder = match part {
        "in a tunnel" => builder().provider(InATunnel(FileProvider::new(folder().join("reports.jsonl")))),
        "usage" => builder()
            .prompt(own_screen())
            .usage(Settings::provider(memory.clone(), usage_sample::SPANS).on_by_default()),
        "insists" | "on its own screen" | "handles interrupts, on its own screen" => {
            builder().prompt(own_screen())
        }
        "fills the disk" => builder().prompt(FullDisk),
        #[cfg(feature = "otlp")]
        "to a collector" => builder().otlp_endpoint("http://127.0.0.1:9"),
        _ => builder(),
    };
    let telemetry = builder.install().expect("installed");
    println!("result 1");
    if part.starts_with("handles interrupts") {
        handle_interrupts();
    }
    match part {
        "nothing" => {}
        "delivers" => assert!(telemetry.flush(Duration::from_secs(20))),
        "holds its input" => {
            let _input = std::io::stdin().lock();
            told(capture("held"));
        }
        "insists" => {
            told(capture("first"));
            let later = capture_exception(&"x".parse::<f64>().expect_err("no number"), context! {});
            assert_eq!(later, Outcome::Suppressed(Reason::NoConsent(Rule::TerminalUnanswered)));
        }
        "twice" => capture_twice(),
        "other" => told(capture_exception(&"x".parse::<f32>().expect_err("no number"), context! {})),
        "usage" => {
            let _ = capture("first");
            telemetry.usage().record(usage_sample::feature("after the answer"));
            assert!(telemetry.usage().flush(Duration::from_secs(20)));
            std::fs::write(folder().join("spans"), memory.spans().len().to_string()).expect("written");
        }
        "handles interrupts, on its own screen" => {
            told(capture("for ada@example.org"));
            let handled = |_: &i32| folder().join("interrupted").exists();
            let waits = (0..2_000).inspect(|_| std::thread::sleep(Duration::from_millis(10)));
            assert!(waits.into_iter().find(handled).is_some(), "the program's own handler ran");
        }
        _ => told(capture("for ada@example.org")),
    }
    println!("result 2");
}

/// A yes by a user whose disk is full when they answer, so that files can be renamed, but not written.
struct FullDisk;

/// Lets files grow or not.
fn files_may_grow(may: bool) {
    let limit = getrlimit(Resource::Fsize);
    let current = if may { limit.maximum } else { Some(0) };
    setrlimit(Resource::Fsize, Rlimit { current, ..limit }).expect("limited");
}

impl ConsentPrompt for FullDisk {
    fn is_ready(&self) -> bool {
        true
    }

    fn ask(&self, _: &Question<'_>) -> Answer {
        files_may_grow(false);
        Choice::Once.into()
    }

    fn tell(&self, ending: &str) {
        files_may_grow(true);
        std::fs::write(folder().join("ending"), ending).expect("written");
    }
}

/// Behaves like a program that has awaited `tokio::signal::ctrl_c` once. The handler stays installed, so that Ctrl-C no
/// longer ends the program.
fn handle_interrupts() {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let runtime = RUNTIME.get_or_init(|| runtime);
    let listening =
        runtime.block_on(async { tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()) });
    runtime.spawn(async move {
        let mut listening = listening.expect("listens");
        while listening.recv().await.is_some() {
            std::fs::write(folder().join("interrupted"), "").expect("written");
        }
    });
}

/// The typed answers and the expected results: the outcome told to the program, the numbers of delivered and of waiting
/// reports, the stored consent, and the address in the report. With a yes to one report, the address is not stored.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, usize, usize, Option<&'a str>, Option<&'a str>);

fn every_answer() {
    let cases: &[Case<'_>] = &[
        (&[(PROMPT, "1\n"), (EMAIL, "\n")], "queued", 1, 0, None, None),
        (&[(PROMPT, "1\n"), (EMAIL, "ada@example.com\n")], "queued", 1, 0, None, Some("ada@example.com")),
        (&[(PROMPT, "2\n"), (EMAIL, "\n")], "queued", 1, 0, Some("always"), None),
        (
            &[(PROMPT, "v\n"), (PROMPT, "2\n"), (EMAIL, "no\n"), (EMAIL, "a@b\n")],
            "queued",
            1,
            0,
            Some("always"),
            Some("a@b"),
        ),
        (&[(PROMPT, "3\n")], "denied", 0, 0, Some("denied"), None),
        (&[(PROMPT, "\n")], "not now", 0, 0, None, None),
        (&[(PROMPT, "y\n"), (PROMPT, "n\n"), (PROMPT, "4\n")], "not now", 0, 0, None, None),
        (&[(PROMPT, "\u{4}")], "not now", 0, 0, None, None),
        (&[(PROMPT, "v\n"), (PROMPT, "\u{4}")], "not now", 0, 0, None, None),
        (&[(PROMPT, "1\n"), (EMAIL, "\u{4}")], "queued", 1, 0, None, None),
    ];
    for (typed, told, delivered, waiting, stored, email) in cases {
        // The terminal asks after the program's output. A program's own screen asks at once and tells it the answer.
        for (part, told) in [("error", "pending"), ("on its own screen", *told)] {
            let (stage, terminal) = (Stage::new(), Terminal::new());
            let running = terminal.run(&mut asking(&stage, part));
            for (after, text) in *typed {
                terminal.answer(after, text);
            }
            assert!(running.end().success(), "{typed:?}: {}", terminal.screen());
            assert_eq!(told_by(&stage).trim(), told, "{typed:?}");
            let reports = stage.delivered();
            assert_eq!((reports.len(), stage.waiting().len()), (*delivered, *waiting), "{typed:?}");
            assert_eq!(consent(&stage)["consent"].as_str(), *stored, "{typed:?}");
            assert_eq!(consent(&stage)["email"].as_str(), stored.and(*email), "{typed:?}");
            if let Some(report) = reports.first() {
                assert_eq!(report["exceptions"][0]["value"], "for [email]", "{typed:?}");
                assert_eq!(report["user_email"].as_str(), *email, "{typed:?}");
                let system = report["platform"]["os_version"].as_str();
                assert!(!is_debian() || system.is_some_and(|name| name.starts_with("Debian")), "{report}");
            }
        }
    }
}

/// Reports name Debian. The names of other distributions may not be on the list of known names.
fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn an_address_for_one_report_goes_with_that_one_only() {
    // Without a connection the report waits. The address is stored with it and nowhere else.
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "in a tunnel"));
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "ada@example.com\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));
    assert!(!stage.folder().join("config.json").exists(), "nothing is stored");

    // With a yes in the environment, the later report leaves without the address.
    let mut scripted = asking(&stage, "error");
    assert!(scripted.env("CRAWL4AI_TELEMETRY", "1").output().expect("runs").status.success());
    let addresses = || stage.delivered().iter().map(|r| r["user_email"].clone()).collect::<Vec<_>>();
    assert_eq!(addresses(), ["ada@example.com".into(), serde_json::Value::Null]);

    // A later question asks for an address again.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!(addresses()[2], serde_json::Value::Null);
}

fn a_no_that_cannot_be_stored_ends_usage_figures_too() {
    for (answer, sent) in [("3\n", "0"), ("\u{4}", "1")] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        std::fs::create_dir(stage.folder().join("config.json.lock")).expect("in the way");
        let running = terminal.run(&mut asking(&stage, "usage"));
        terminal.answer(PROMPT, answer);
        assert!(running.end().success(), "{}", terminal.screen());
        let spans = std::fs::read_to_string(stage.folder().join("spans")).expect("counted");
        assert_eq!(spans, sent, "{answer:?}");
    }
}

fn an_answer_that_cannot_be_stored_is_not_said_to_hold() {
    let again = "tool asks again when it next fails.";
    for (answer, said, delivered, untrue) in [
        ("3\n", "This report is deleted, but your no could not be stored: ", 0, "nobody asks again"),
        (
            "2\n",
            "This report is saved now or the next time, but your yes to later ones could not be stored: ",
            1,
            "later ones too",
        ),
    ] {
        for part in ["error", "on its own screen"] {
            let (stage, terminal) = (Stage::new(), Terminal::new());
            std::fs::create_dir(stage.folder().join("config.json.lock")).expect("in the way");
            let running = terminal.run(&mut asking(&stage, part));
            terminal.answer(PROMPT, answer);
            if delivered > 0 {
                terminal.answer(EMAIL, "ada@example.com\n");
            }
            assert!(running.end().success(), "{}", terminal.screen());
            let words = terminal.screen().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(said) && words.contains(again) && !words.contains(untrue), "{words}");
            assert!(consent(&stage).is_null(), "{part}");
            let reports = stage.delivered();
            assert_eq!((reports.len(), stage.waiting().len()), (delivered, 0), "{part} {answer:?}");
            // The address that the user gave for every report goes along with the one that leaves.
            assert!(reports.iter().all(|report| report["user_email"] == "ada@example.com"), "{reports:?}");
        }
    }
}

fn an_address_that_is_known_stands_in_the_question() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(asking(&stage, "error").env("CRAWL4AI_TELEMETRY_EMAIL", "ada@example.com"));
    terminal.wait_for(PROMPT);
    let words = terminal.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "1 save this report only, with your e-mail ada@example.com 2 always save reports, each with your e-mail 3";
    assert!(words.contains(said) && !words.contains("an e-mail address you give"), "{words}");
    terminal.answer(PROMPT, "v\n");
    terminal.wait_for("your e-mail   ada@example.com");
    terminal.wait_for("CRAWL4AI_TELEMETRY_EMAIL.");
    terminal.answer(PROMPT, "1\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert!(!terminal.screen().contains("E-mail"), "{}", terminal.screen());
    assert_eq!(stage.delivered()[0]["user_email"], "ada@example.com");
}

fn the_view_is_what_leaves() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.wait_for("Saved in the file");
    terminal.wait_for("CRAWL4AI_TELEMETRY=0 stops");
    terminal.answer(PROMPT, "v\n");
    terminal.wait_for("b shows all of it");
    let in_words = terminal.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    terminal.answer(PROMPT, "b\n");
    terminal.wait_for(PROMPT);
    let screen = terminal.screen();
    let shown = screen.lines().find(|line| line.starts_with('{')).expect("the report").to_owned();
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    let sent = std::fs::read_to_string(stage.folder().join("reports.jsonl")).expect("delivered");
    assert_eq!(sent.trim_end(), shown, "byte for byte");
    let report: serde_json::Value = serde_json::from_str(&sent).expect("a report");
    for said in
        [&report["exceptions"][0]["type"], &report["exceptions"][0]["value"], &report["platform"]["compiler"]]
    {
        assert!(in_words.contains(said.as_str().expect("said")), "{said}: {in_words}");
    }
}

/// A collector gets protobuf, which nobody can read. The view shows the same fields as JSON, and says so.
#[cfg(feature = "otlp")]
fn the_view_of_what_a_collector_gets_can_be_read() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "to a collector"));
    terminal.wait_for("Goes to 127.0.0.1, which also sees your network address.");
    terminal.answer(PROMPT, "v\n");
    terminal.wait_for("b shows every field of it, and the form in which it is sent. 127.0.0.1 also");
    terminal.answer(PROMPT, "b\n");
    terminal.wait_for(PROMPT);
    let screen = terminal.screen();
    assert!(screen.contains("It is sent in a form for machines (application/x-protobuf)."), "{screen}");
    let json = screen.split_once(" bytes ---").and_then(|(_, rest)| rest.split_once("--- end ---"));
    let report: serde_json::Value =
        serde_json::from_str(json.expect("shown").0).unwrap_or_else(|error| panic!("{error}: {screen}"));
    assert_eq!(report["exceptions"][0]["value"], "for [email]", "{screen}");
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
}

fn an_interrupt_is_no_answer_and_a_later_run_asks_once_more() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "error"));
    terminal.answer(PROMPT, "\u{3}");
    assert_eq!(running.end().signal(), Some(2), "the program's own handling of Ctrl-C is left alone");
    terminal.wait_for("Nothing is saved. The report waits here for a week");
    assert_eq!(stage.waiting().len(), 1);
    assert!(consent(&stage).is_null());

    // Nobody is asked in a pipe or without a terminal.
    assert!(asking(&stage, "nothing").output().expect("runs").status.success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));

    // The end of a later run asks once more. After a second interrupt nobody is asked again.
    for (is_asked, signal) in [(true, Some(2)), (false, None)] {
        let said = "Nothing is saved. The report stays here for a week";
        let terminal = Terminal::new();
        let running = terminal.run(&mut asking(&stage, "nothing"));
        if is_asked {
            terminal.wait_for("result 2");
            terminal.wait_for("An earlier run of tool failed.");
            terminal.answer(PROMPT, "\u{3}");
        }
        assert_eq!(running.end().signal(), signal, "{}", terminal.screen());
        if is_asked {
            terminal.wait_for(said);
        }
        assert!(is_asked || !terminal.screen().contains("crash report?"), "{}", terminal.screen());
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));
    }
    assert!(asking(&stage, "tells its status").output().expect("runs").status.success());
    let status = std::fs::read_to_string(stage.folder().join("status")).expect("told");
    assert!(status.contains("1, 1 of them waiting for your answer; 1 not asked about again"), "{status}");

    // A new error is asked about, and the question says that the other report waits.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "other"));
    terminal.wait_for("also 1 other that waits");
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 1));
}

/// The program's handler runs as usual. The question ends at once and the report waits. This applies to the first
/// question and to the question for an address.
fn an_interrupt_that_the_program_handles_ends_the_question_too() {
    for before in [&[][..], &[(PROMPT, "v\n")], &[(PROMPT, "1\n")], &[(PROMPT, "2\n")]] {
        for part in ["handles interrupts", "handles interrupts, on its own screen"] {
            let (stage, terminal) = (Stage::new(), Terminal::new());
            let running = terminal.run(&mut asking(&stage, part));
            for (after, text) in before {
                terminal.answer(after, text);
            }
            let asks_for_an_address = before.iter().any(|(_, text)| *text == "1\n" || *text == "2\n");
            let started = Instant::now();
            terminal.answer(if asks_for_an_address { EMAIL } else { PROMPT }, "\u{3}");
            assert!(running.end().success(), "{}", terminal.screen());
            assert!(started.elapsed() < Duration::from_secs(60), "nobody waited for two minutes");
            terminal.wait_for("No answer: nothing is saved.");
            assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "{before:?}");
            assert!(consent(&stage).is_null(), "{before:?}");
        }
    }
}

fn one_question_a_process_and_the_second_error_waits() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(&mut asking(&stage, "twice"));
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success());
    assert_eq!(told_by(&stage), "pending\npending\n");
    assert_eq!(stage.delivered().len(), 1, "once is bound to the report that was asked about");
    assert_eq!(stage.waiting().len(), 1);
    assert!(stage.waiting()[0].ends_with(".report.pending"));
    assert!(!terminal.screen().contains(PROMPT));

    // “Not now” also declines the other errors of this run.
    let terminal = Terminal::new();
    let once = Stage::new();
    let running = terminal.run(&mut asking(&once, "insists"));
    terminal.answer(PROMPT, "\u{4}");
    assert!(running.end().success());
    assert!(once.waiting().is_empty(), "{:?}", once.waiting());

    // A no deletes the waiting report.
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "nothing"));
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
    assert!(stage.waiting().is_empty());
}

/// What an earlier yes let wait may have been for another place, so a new yes does not cover it unseen.
fn what_waits_by_an_earlier_yes_is_counted_and_shown() {
    const SERVER: (&str, &str) =
        ("CRAWL4AI_SENTRY_DSN", "http://0123456789abcdef0123456789abcdef@127.0.0.1:9/1");
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let mut to_server = asking(&stage, "error");
    let running = terminal.run(to_server.envs([SERVER, ("CRAWL4AI_TELEMETRY", "1")]));
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));

    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(&stage, "other"));
    terminal.wait_for("always save reports, also 1 other that waits");
    terminal.answer(PROMPT, "b\n");
    terminal.wait_for("--- another one that waits (1)");
    terminal.answer(PROMPT, "\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));

    // The same by a call: the yes is for later reports.
    let mut to_server = asking(&stage, "other");
    to_server.envs([SERVER, ("CRAWL4AI_TELEMETRY", "1")]);
    assert!(to_server.output().expect("runs").status.success());
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 2));
    // The failures would delay the delivery by a random time of up to a minute.
    std::fs::remove_file(stage.folder().join("telemetry/ledger.json")).expect("it failed");
    for part in ["says yes", "delivers"] {
        assert!(asking(&stage, part).output().expect("runs").status.success());
    }
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 2));
}

/// Without its place, a yes would count for any.
fn a_yes_whose_place_cannot_be_stored_is_none() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let asking = asking(&stage, "fills the disk");
    // A write that the limit forbids ends the process by this signal, unless it is ignored.
    let mut command = Command::new("/bin/sh");
    command.args([
        "-c",
        "trap '' XFSZ; exec \"$0\"",
        asking.get_program().to_str().expect("a name in UTF-8"),
    ]);
    // The variables of whoever runs the tests, like `CI`, must not reach the program.
    command.env_clear().envs(asking.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let running = terminal.run(&mut command);
    assert!(running.end().success(), "{}", terminal.screen());
    let ending = std::fs::read_to_string(stage.folder().join("ending")).expect("told");
    assert!(ending.contains("Nothing is saved: its file in ") && ending.contains("waits here"), "{ending}");
    assert!(matches!(&*stage.waiting(), [name] if name.contains(".pending")), "{:?}", stage.waiting());
    assert!(stage.delivered().is_empty());
}

fn what_came_before_the_yes_is_not_sent() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    let running = terminal.run(asking(&stage, "error").env("TERM", "dumb"));
    assert!(running.end().success(), "{}", terminal.screen());
    // The yes is given in another run, whose user was not shown this report.
    for part in ["says yes", "nothing", "error"] {
        assert!(asking(&stage, part).output().expect("runs").status.success(), "{part}");
    }
    assert_eq!(told_by(&stage), "pending\nqueued\n");
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 1), "the later one left");
    assert!(stage.waiting()[0].ends_with(".report.pending"), "{:?}", stage.waiting());
}

fn a_program_that_holds_its_input_and_what_is_typed_ahead() {
    let (stage, terminal) = (Stage::new(), Terminal::new());
    terminal.type_ahead("2\n");
    let running = terminal.run(&mut asking(&stage, "holds its input"));
    terminal.answer(PROMPT, "3\n");
    assert!(running.end().success());
    assert_eq!(consent(&stage)["consent"], "denied", "what was typed ahead is no consent");
}

fn standard_output_belongs_to_the_program() {
    for typed in ["1\n", "2\n", "3\n", "\u{4}", "v\n"] {
        let (stage, terminal) = (Stage::new(), Terminal::new());
        let output = stage.folder().join("output");
        let file = std::fs::File::create(&output).expect("a file");
        let running = terminal.run_with_output(&mut asking(&stage, "error"), file.into());
        terminal.answer(PROMPT, typed);
        match typed {
            "1\n" | "2\n" => terminal.answer(EMAIL, "\n"),
            "v\n" => terminal.answer(PROMPT, "3\n"),
            _ => {}
        }
        assert!(running.end().success());
        assert_eq!(std::fs::read_to_string(&output).expect("written"), "result 1\nresult 2\n", "{typed:?}");
    }
}

fn test(_: &Stage) {
    every_answer();
    an_address_for_one_report_goes_with_that_one_only();
    a_no_that_cannot_be_stored_ends_usage_figures_too();
    an_answer_that_cannot_be_stored_is_not_said_to_hold();
    an_address_that_is_known_stands_in_the_question();
    the_view_is_what_leaves();
    #[cfg(feature = "otlp")]
    the_view_of_what_a_collector_gets_can_be_read();
    an_interrupt_is_no_answer_and_a_later_run_asks_once_more();
    an_interrupt_that_the_program_handles_ends_the_question_too();
    one_question_a_process_and_the_second_error_waits();
    what_waits_by_an_earlier_yes_is_counted_and_shown();
    a_yes_whose_place_cannot_be_stored_is_none();
    what_came_before_the_yes_is_not_sent();
    a_program_that_holds_its_input_and_what_is_typed_ahead();
    standard_output_belongs_to_the_program();
}

fn main() {
    scenario::main(program, test);
}
