//! In a notebook whose user has not decided, the program shows the choices once, and sends and stores nothing. Where
//! the kernel supports questions, it asks once, and reads no byte more than the answer.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a notebook prints")]

mod scenario;
use std::io::{BufRead, Write};
use std::process::{Output, Stdio};

use crawl4ai_telemetry::{
    App, Outcome, Reason, Rule, Telemetry, capture_exception, context, enable, enable_once,
};
use scenario::Stage;

fn program(part: &str) {
    let folder = scenario::folder();
    let telemetry =
        Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI").command("tool telemetry"))
            .file(folder.join("reports.jsonl"))
            .exit_timeout(std::time::Duration::from_secs(5));
    let _telemetry = telemetry.install().expect("installed");
    println!("cell 1");
    // The process of a cell survives a panic, and the panic hook shows nothing.
    let _ = std::panic::catch_unwind(|| panic!("a cell panics"));
    let capture = || capture_exception(&std::io::Error::other("x"), context! {});
    if part == "asked" {
        // The user has not seen this error, so it is not sent, whatever the answer is.
        assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::NotebookUnanswered)));
        return rest_of_the_input();
    }
    for _ in 0..3 {
        assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::NotebookUnanswered)));
    }
    match part {
        "always" => enable().expect("stored"),
        "once" => enable_once().expect("stored"),
        _ => return,
    }
    assert!(matches!(capture(), Outcome::Queued(_)));
}

/// Checks that the kernel's next message is still in standard input.
fn rest_of_the_input() {
    let mut next = String::new();
    std::io::stdin().read_line(&mut next).expect("the next cell");
    assert_eq!(next, "LOAD_AND_RUN next cell\n");
    println!("decided {}", crawl4ai_telemetry::status().expect("installed").consent.name());
}

/// Plays the kernel. The process has the name of the kernel's process for cells, and the next cell follows the answer.
fn asked(answer: &str) -> String {
    let stage = Stage::new();
    let kernel = stage.folder().join("evcxr_jupyter");
    std::fs::copy(std::env::current_exe().expect("this program"), &kernel).expect("copied");
    let mut command = stage.command_of(&kernel, "asked");
    command.env_remove("CRAWL4AI_TELEMETRY").envs([("EVCXR_IS_RUNTIME", "1"), ("JPY_PARENT_PID", "7")]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("runs");
    let mut input = child.stdin.take().expect("a pipe");
    let mut lines = std::io::BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let request = lines
        .by_ref()
        .map(|line| line.expect("text"))
        .find(|line| line.starts_with("EVCXR_INPUT_REQUEST:"))
        .expect("asked");
    assert_eq!(request.matches(':').count(), 1, "the kernel cuts the question at a second colon");
    input.write_all(format!("{answer}\nLOAD_AND_RUN next cell\n").as_bytes()).expect("written");
    let rest: Vec<String> = lines.map(|line| line.expect("text")).collect();
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("Names, what you typed and other text become labels like [url],")
            && said.contains("Saved in the file "),
        "told before it was asked: {said}"
    );
    let way_out = "from now on; `telemetry.disable()?;` ends that";
    assert_eq!(said.contains(way_out), answer == "2", "the answer names a way back: {said}");
    assert!(!rest.iter().any(|line| line.starts_with("EVCXR_INPUT_REQUEST")), "asked once: {rest:?}");
    // Without an answer, the choices are shown as content of the notebook.
    let undecided = rest.last().is_some_and(|line| line.ends_with("not_set"));
    assert_eq!(rest.iter().any(|line| line == "EVCXR_BEGIN_CONTENT text/html"), undecided, "{rest:?}");
    rest.last().cloned().unwrap_or_default()
}

/// Runs a part with standard input open and silent, as that of a kernel is. A read would block for ever.
fn run(stage: &Stage, part: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = stage.command(part);
    command.env_remove("CRAWL4AI_TELEMETRY").envs(variables.iter().copied());
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("runs");
    let silent = child.stdin.take();
    let output = child.wait_with_output().expect("ends");
    drop(silent);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn test(_: &Stage) {
    let rust = [("EVCXR_IS_RUNTIME", "1"), ("JPY_PARENT_PID", "7")];
    for (part, delivered) in [("", 0), ("once", 1), ("always", 1)] {
        let stage = Stage::new();
        let output = run(&stage, part, &rust);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 4, "once: {out}");
        assert_eq!(lines[0], "cell 1");
        assert_eq!(lines[1], "EVCXR_BEGIN_CONTENT text/html");
        assert!(lines[2].contains("<code>telemetry.enable_once()?;</code>"), "{out}");
        assert_eq!(lines[3], "EVCXR_END_CONTENT");
        assert!(!out.contains("EVCXR_INPUT_REQUEST"));
        assert_eq!(stage.delivered().len(), delivered, "{part}");
        if delivered == 0 {
            assert!(stage.files().is_empty(), "{:?}", stage.files());
        }
    }

    // Where the system does not tell whether the current thread is the main thread, nobody is asked.
    let questions = if cfg!(target_os = "linux") { usize::MAX } else { 0 };
    for (answer, decided) in [
        ("1", "once"),
        ("2", "always"),
        ("3", "denied"),
        ("", "not_set"),
        ("what?", "not_set"),
        (&"2".repeat(100_000), "not_set"),
    ]
    .into_iter()
    .take(questions)
    {
        assert_eq!(asked(answer), format!("decided {decided}"), "{answer:.10}");
    }

    // With a kernel for another language, nothing is written to standard output.
    let stage = Stage::new();
    let output = run(&stage, "", &[("JPY_PARENT_PID", "7")]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "cell 1\n");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(err.matches("!tool telemetry enable --once").count(), 1, "{err}");
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

fn main() {
    scenario::main(program, test);
}
