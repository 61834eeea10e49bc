//! If something cannot be read, the commands say so, with its place and what can be done about it. They must not say
//! that nothing waits or that nothing was sent.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the program of the test reads what it is to do")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Parser;
use crawl4ai_telemetry::{App, Builder, Environment, Level, Limits, Telemetry, context};
use crwl::TelemetryCommand;
use support::Offline;

/// The variables that tell the program what to do: the arguments of its command, or the texts that it captures.
const ARGUMENTS: &str = "TEST_ARGUMENTS";
const CAPTURES: &str = "TEST_CAPTURES";
/// The variable with the file that reports go to. Without it they wait.
const FILE: &str = "TEST_FILE";

#[derive(Parser)]
struct Weather {
    #[command(flatten)]
    telemetry: TelemetryCommand,
}

fn telemetry() -> Builder {
    let app = App::new("weather", "1.4.0").command("weather telemetry");
    // There are no limits, because all these reports are from one place and count as one bug.
    let builder = Telemetry::builder(app).environment(Environment::Cli).limits(Limits::none());
    match std::env::var_os(FILE) {
        Some(file) => builder.file(PathBuf::from(file)),
        None => builder.provider(Offline),
    }
}

/// Acts as the program if a variable is set. It tests nothing itself.
#[test]
fn program() {
    if let Ok(texts) = std::env::var(CAPTURES) {
        let telemetry = telemetry().build().unwrap();
        for text in texts.split(' ') {
            let _ = telemetry.capture_message(Level::Error, text, context! {});
        }
        telemetry.flush(Duration::from_secs(20));
    }
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let words = std::iter::once("weather").chain(arguments.split(' '));
    let code = Weather::parse_from(words).telemetry.run(telemetry());
    assert_eq!(code, std::process::ExitCode::SUCCESS);
}

/// A user of the program, for whom file modes apply. Root may read everything, so the program runs without root's
/// capabilities.
struct User {
    home: tempfile::TempDir,
    file: Option<PathBuf>,
}

impl User {
    /// A user whose reports wait.
    fn offline() -> Self {
        Self { home: tempfile::tempdir().unwrap(), file: None }
    }

    /// A user whose reports go to a file.
    fn with_file() -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = Some(home.path().join("reports.jsonl"));
        Self { home, file }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.home.path().join(".weather/telemetry").join(below)
    }

    fn run(&self, variable: &str, value: &str) -> (String, bool) {
        let (test, flags) =
            (std::env::current_exe().unwrap(), ["--exact", "program", "--nocapture", "--quiet"]);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--bounding-set=-all", "--inh-caps=-all"]).arg(test);
            command
        } else {
            Command::new(test)
        };
        command.args(flags).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.home.path());
        command.env("WEATHER_TELEMETRY", "1").env(variable, value).stdin(Stdio::null());
        command.envs(self.file.iter().map(|file| (FILE, file)));
        let output = command.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (said.replace(self.home.path().to_str().unwrap(), "~"), output.status.success())
    }

    fn captures(&self, texts: &str) {
        let (said, ok) = self.run(CAPTURES, texts);
        assert!(ok, "{said}");
    }

    /// The output of a command, and whether it succeeded.
    fn says(&self, arguments: &str) -> (String, bool) {
        self.run(ARGUMENTS, arguments)
    }

    /// The paths of the waiting reports.
    fn waiting(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.path("spool")).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ending| ending == "report")).collect()
    }
}

fn lock_out(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap();
}

fn let_in(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The lines of the output that contain `part`.
fn lines<'a>(said: &'a str, part: &str) -> Vec<&'a str> {
    said.lines().filter(|line| line.contains(part)).collect()
}

/// The file has a torn report of this user, and a torn one of somebody else.
#[test]
fn a_line_that_erase_cannot_read_is_named() {
    let user = User::with_file();
    user.captures("one two three");
    let file = user.file.clone().unwrap();
    let written = fs::read_to_string(&file).unwrap();
    let all: Vec<&str> = written.lines().collect();
    let piece = all[1].get(..90).unwrap();
    let theirs = r#"{"schema":1,"id":"00000000000000000000000000000007","ti"#;
    fs::write(&file, format!("{}\n{piece}\n{theirs}\n{}\n", all[0], all[2])).unwrap();

    let (said, ok) = user.says("erase");
    assert!(!ok, "{said}");
    assert_eq!(lines(&said, "Deleted"), ["Deleted 2 reports from the file ~/reports.jsonl."]);
    let torn = "Line 1 of that file is torn. A part of a report from here is left, which was not deleted.";
    assert_eq!(lines(&said, torn).len(), 1, "{said}");
    let unknown = "Line 2 of that file cannot be read. A report may be there, from here or somebody else's.";
    assert_eq!(lines(&said, unknown).len(), 1, "{said}");
    assert!(said.contains("in an editor"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{piece}\n{theirs}\n"));

    // A line that may or may not be such a report is mentioned, but is not a failure.
    fs::write(&file, format!("{theirs}\n")).unwrap();
    let (said, ok) = user.says("erase");
    assert!(ok && said.contains("Line 1 of that file cannot be read"), "{said}");
}

/// Checks that each command that would say "nothing" says instead what it cannot read, where, and how to fix it.
fn says_why(user: &User, commands: &[&str], why: &str) {
    for command in commands {
        let (said, ok) = user.says(command);
        assert!(!ok, "{command}: {said}");
        assert!(said.contains(why), "{command}: {said}");
        for lie in ["Nothing", "nothing waits", "No report is known", "Deleted 0"] {
            assert!(!said.contains(lie), "{command}: {said}");
        }
    }
}

#[test]
fn a_folder_of_reports_that_cannot_be_listed_is_not_said_to_be_empty() {
    for below in ["spool", ""] {
        let user = User::offline();
        user.captures("one two");
        assert_eq!(user.waiting().len(), 2);
        let folder = user.path(below);
        lock_out(&folder);
        let at = format!("~/.weather/telemetry/{below}");
        let why = format!(
            "the folder of reports cannot be read: Permission denied (os error 13); \
             `chmod u+rwx {}` gives you the right",
            at.trim_end_matches('/')
        );
        let (status, ok) = user.says("status");
        assert!(ok && status.contains("  waiting        not known\n"), "{status}");
        assert_eq!(lines(&status, &why).len(), 1, "{status}");
        let (json, _) = user.says("status --json");
        assert!(json.contains("\"unreadable\": [\n    \"the folder of reports cannot be read"), "{json}");
        for count in ["pending", "unanswered", "asked_twice"] {
            assert!(json.contains(&format!("\n  \"{count}\": null,")), "{count} is no number here: {json}");
        }
        let page = user.home.path().join("page.html");
        let view = format!("view --out {}", page.display());
        says_why(&user, &["log", "log --json", "show 0123", "send", "purge", &view], &why);
        let html = fs::read_to_string(&page).unwrap();
        assert!(html.contains("Nobody can say what waits") && !html.contains("Nothing waits"), "{html}");
        assert!(html.contains("The folder of reports cannot be read") && html.contains("<b>?</b>"), "{html}");
        // A preview does not use stored files.
        assert!(user.says("preview").1);

        // The advice in the message works.
        let_in(&folder, 0o700);
        assert!(user.says("status").0.contains("  waiting        2\n"));
        assert!(user.says("purge").0.contains("Deleted 2 waiting reports"));
    }
}

#[test]
fn one_report_that_cannot_be_read_is_told_and_blocks_no_other() {
    let mut user = User::offline();
    user.captures("one two three");
    let all = user.waiting();
    lock_out(&all[1]);
    let why = "the folder of reports holds 1 file that cannot be read: Permission denied (os error 13); \
               `chmod u+rw ~/.weather/telemetry/spool/*` gives you the right";
    let (status, ok) = user.says("status");
    assert!(ok && status.contains("  waiting        3\n"), "{status}");
    assert_eq!(lines(&status, why).len(), 1, "{status}");
    let page = user.home.path().join("page.html");
    says_why(&user, &["log", &format!("view --out {}", page.display())], why);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("cannot be read any more, and does not leave") && html.contains("u+rw"), "{html}");

    // The other reports leave, by a run of the program and by the command. The command says why one is left.
    user.file = Some(user.home.path().join("reports.jsonl"));
    user.captures("four");
    let (said, ok) = user.says("send");
    assert!(!ok && said.contains("1 still to be sent") && said.contains(why), "{said}");
    let sent = fs::read_to_string(user.file.clone().unwrap()).unwrap();
    assert_eq!(sent.lines().count(), 3, "{sent}");
    assert_eq!(user.waiting(), [all[1].clone()], "and it is not deleted");
    let_in(&all[1], 0o600);
    let (said, ok) = user.says("send");
    assert!(ok && said.contains("1 delivered, 0 refused, 0 still to be sent."), "{said}");
}

#[test]
fn the_counts_of_what_was_delivered_are_not_lost_while_they_cannot_be_read() {
    let user = User::with_file();
    user.captures("one two three");
    let ledger = user.path("ledger.json");
    let known = fs::read_to_string(&ledger).unwrap();
    lock_out(&ledger);
    user.captures("four");
    let_in(&ledger, 0o600);
    assert_eq!(fs::read_to_string(&ledger).unwrap(), known);
}

#[test]
fn a_record_of_what_was_sent_that_cannot_be_read_is_not_said_to_be_empty() {
    let user = User::with_file();
    user.captures("one");
    let file = user.file.clone().unwrap();
    let (record, ids) = (user.path("journal"), user.path("sent-ids.jsonl"));

    lock_out(&record);
    let why = "the record of what was sent cannot be read: Permission denied (os error 13); \
               `chmod u+rwx ~/.weather/telemetry/journal` gives you the right";
    let (status, _) = user.says("status");
    assert!(status.contains("  sent           not known\n") && status.contains(why), "{status}");
    let page = user.home.path().join("page.html");
    says_why(&user, &["log", "purge", &format!("view --out {}", page.display())], why);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("Nobody can say what was sent from here."), "{html}");
    let_in(&record, 0o700);

    // Without the ids nobody could ask for an erasure, so that they must not be lost.
    let known = fs::read_to_string(&ids).unwrap();
    assert!(user.says("purge").1);
    lock_out(&ids);
    user.captures("two");
    let why = "the list of ids of what was sent cannot be read: Permission denied (os error 13); \
               `chmod u+rw ~/.weather/telemetry/sent-ids.jsonl` gives you the right";
    let (said, ok) = user.says("erase");
    assert!(!ok && said.contains("Deleted 1 report from") && said.contains(why), "{said}");
    assert!(user.says("purge").1, "the entry of the second, which stands in the record alone");
    says_why(&user, &["erase"], why);
    let_in(&ids, 0o600);
    assert_eq!(fs::read_to_string(&ids).unwrap(), known, "what was known is not overwritten");
    let (said, ok) = user.says("erase");
    assert!(ok && said.contains("Deleted 1 report from"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
}
