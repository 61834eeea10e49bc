//! The test's side of a scenario. It answers what `cargo test` and `cargo nextest` may ask of a test program as libtest
//! does (`--list`, filters, `--exact`, `--skip`, `--ignored`, `--quiet`), by means of `libtest-mimic`.

use libtest_mimic::{Arguments, Completion, Trial};

use super::Stage;

/// The variable that names the part that the program plays. It is not set in the parent.
pub const PART: &str = "SCENARIO_PART";

/// The variable that is set once ignored signals are restored.
#[cfg(target_os = "linux")]
const RESTORED: &str = "SCENARIO_SIGNALS_RESTORED";

/// One test of a scenario.
pub struct Test {
    name: String,
    run: fn(&Stage),
    missing: Option<String>,
}

/// Whether a test's requirement is met; `Err` holds the reason to skip the test.
pub type Need = Result<(), String>;

impl Test {
    pub fn new(name: &str, run: fn(&Stage)) -> Self {
        Self { name: name.to_owned(), run, missing: None }
    }

    /// Skips the test, with the reason, if the requirement is not met.
    pub fn needs(mut self, need: Need) -> Self {
        self.missing = self.missing.or(need.err());
        self
    }

    fn into_trial(self, listing: bool) -> Trial {
        let Self { name, run, missing } = self;
        // nextest asks for the list of ignored tests. `cargo test` prints the reason during the run.
        let ignored = listing && missing.is_some();
        let trial = Trial::ignorable_test(name, move || match missing {
            Some(reason) => Ok(Completion::ignored_with(reason)),
            None => {
                run(&Stage::new());
                Ok(Completion::Completed)
            }
        });
        trial.with_ignored_flag(ignored)
    }
}

/// Runs `program` in a child. In the parent, runs one test, named after the file.
pub fn main(program: fn(part: &str), test: fn(&Stage)) {
    main_of(program, || vec![Test::new(env!("CARGO_CRATE_NAME"), test)]);
}

/// Like `main`, for a test with a requirement.
pub fn main_where(need: fn() -> Need, program: fn(part: &str), test: fn(&Stage)) {
    main_of(program, || vec![Test::new(env!("CARGO_CRATE_NAME"), test).needs(need())]);
}

/// Runs `program` in a child. In the parent, runs several tests of one program, one after the other.
pub fn main_of<F: FnOnce() -> Vec<Test>>(program: fn(part: &str), tests: F) {
    if let Ok(part) = std::env::var(PART) {
        return program(&part);
    }
    #[cfg(target_os = "linux")]
    restore_signals();
    let (mut arguments, filters) = arguments(std::env::args());
    // Tests run one at a time, on the main thread, because scenarios measure time.
    arguments.test_threads = Some(1);
    let tests = tests().into_iter().map(|test| test.into_trial(arguments.list));
    libtest_mimic::run(
        &arguments,
        tests.filter(|trial| chosen(trial.name(), &filters, arguments.exact)).collect(),
    )
    .exit();
}

fn chosen(name: &str, filters: &[String], exact: bool) -> bool {
    let fits = |filter: &String| if exact { name == filter } else { name.contains(filter.as_str()) };
    filters.is_empty() || filters.iter().any(fits)
}

/// libtest accepts several filters, of which one has to match, and `--no-capture`. `libtest-mimic` 0.8 supports
/// neither.
fn arguments(all: impl Iterator<Item = String>) -> (Arguments, Vec<String>) {
    const WITH_A_VALUE: [&str; 6] = ["--skip", "--test-threads", "--color", "--format", "--logfile", "-Z"];
    let (mut known, mut filters, mut is_value) = (Vec::new(), Vec::new(), true);
    for argument in all {
        if !is_value && !argument.starts_with('-') {
            filters.push(argument);
            continue;
        }
        is_value = WITH_A_VALUE.contains(&argument.as_str());
        known.push(if argument == "--no-capture" { "--nocapture".into() } else { argument });
    }
    if let [filter] = &*filters {
        known.push(filter.clone());
        filters.clear();
    }
    (Arguments::from_iter(known), filters)
}

/// If the parent ignores signals (`nohup`, a shell's `&`), starts this program again with their defaults. Otherwise
/// every program that a test starts would ignore them too.
#[cfg(target_os = "linux")]
fn restore_signals() {
    use std::os::unix::process::CommandExt;
    const HUP_INT_QUIT: u64 = 0b111;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    if ignored & HUP_INT_QUIT != 0 && std::env::var_os(RESTORED).is_none() {
        let mut again = std::process::Command::new("env");
        again.arg("--default-signal=HUP,INT,QUIT").arg(format!("{RESTORED}=1"));
        let failed = again.args(std::env::args_os()).exec();
        println!("signals stay ignored, because `env --default-signal` did not start: {failed}");
    }
}

/// Requires root, for tests that take something away or act as another user.
pub fn root() -> Need {
    #[cfg(unix)]
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    Err("needs root".into())
}

/// Requires programs on this machine. Each is run with arguments that show whether it can do what the test needs.
pub fn tools(commands: &[&[&str]]) -> Need {
    for command in commands {
        let (name, arguments) = command.split_first().expect("a command");
        let tried = std::process::Command::new(name).args(arguments).output();
        if !tried.is_ok_and(|output| output.status.success()) {
            return Err(format!("needs `{}`", command.join(" ")));
        }
    }
    Ok(())
}
