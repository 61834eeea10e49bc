//! The scenes that every measured program plays, whichever library reports for it. The first argument names the scene.
//!
//! Uses the standard library only, because this crate adds to the size of every program, the plain one included.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// The reporter of a program. Like a guard, it is dropped at the end of `main`.
pub trait Reporter {
    /// Sets the reporter up, as a program's first call.
    fn start() -> Self;
    /// Reports an error that the program survives. True if the reporter says that it refused the error.
    fn refuses(&self, error: &Different) -> bool;
}

/// An error whose type name contains its number, so that no reporter takes two of them for the same bug.
pub struct Different(pub u32);

impl fmt::Debug for Different {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Given a `dyn Error`, reporters take the name of its type from here.
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
            // By then, reporting in the background is done.
            thread::sleep(Duration::from_millis(500));
            tell_facts();
        }
        "panic" => panic!("the scene ends here"),
        "caught" => {
            let start = Instant::now();
            let _ = std::panic::catch_unwind(|| panic!("the scene goes on"));
            println!("{}", start.elapsed().as_secs_f64() * 1e3);
            // Only the wait of the panicking code is measured here. Another scene measures the end of the program.
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

/// Prints the kernel's data about this process: the number of threads and the peak memory in KiB.
fn tell_facts() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for wanted in ["Threads:", "VmHWM:"] {
        let line = status.lines().find_map(|line| line.strip_prefix(wanted));
        println!("{}", line.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default());
    }
}
