//! What the measured programs do, whoever reports for them. The first argument says which scene is played.
//!
//! Standard library only: it stands in the size of every program, the plain one included.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// Whoever reports for a program. Dropped where `main` ends, as a guard is.
pub trait Reporter {
    /// What a program calls first.
    fn start() -> Self;
    /// Reports an error that the program survives. True when the reporter says that it refused it.
    fn refuses(&self, error: &Different) -> bool;
}

/// An error of a kind of its own: no reporter may take two of them for the same bug.
pub struct Different(pub u32);

impl fmt::Debug for Different {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Reporters that are handed a `dyn Error` take the name of its type from here.
        write!(f, "Different{}", self.0)
    }
}

impl fmt::Display for Different {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error number {} of a burst", self.0)
    }
}

impl Error for Different {}

/// Plays the scene that the arguments name.
pub fn play<R: Reporter>() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let scene = arguments.next().unwrap_or_default();
    let count = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let reporter = R::start();
    match scene.as_str() {
        "idle" => {}
        "facts" => tell_facts(),
        "errors" => tell_refused(&reporter, count),
        "errors-facts" => {
            tell_refused(&reporter, count);
            // What reports in the background has done so by then.
            thread::sleep(Duration::from_millis(500));
            tell_facts();
        }
        "panic" => panic!("the scene ends here"),
        "caught" => {
            let start = Instant::now();
            let _ = std::panic::catch_unwind(|| panic!("the scene goes on"));
            println!("{}", start.elapsed().as_secs_f64() * 1e3);
            // The caller's wait is what was asked for: how the program ends is another scene.
            std::process::exit(0);
        }
        "exit" => {
            tell_refused(&reporter, count);
            thread::sleep(Duration::from_secs(1));
            std::process::exit(0);
        }
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

fn tell_refused(reporter: &impl Reporter, count: u32) {
    println!("{}", (0..count).filter(|n| reporter.refuses(&Different(*n))).count());
}

/// What the kernel says of this process: threads, and the most memory it ever had, in KiB.
fn tell_facts() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for wanted in ["Threads:", "VmHWM:"] {
        let line = status.lines().find_map(|line| line.strip_prefix(wanted));
        println!("{}", line.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default());
    }
}
