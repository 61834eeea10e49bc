//! A program with ten capturing threads is forked again and again. Every child captures, and none hangs on a lock that
//! another thread held during the fork.
//!
//! A thousand forks; `FORKS=10000` makes it ten thousand.

#![allow(clippy::print_stdout, reason = "how many forks hung is worth reading")]
#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "children of a fork end themselves, and the hook is silenced")]

mod scenario;
use std::io::Error;
use std::panic::catch_unwind;
use std::thread;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{Guard, Limits, ResultExt, capture_exception, context, flush, telemetry_context};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use scenario::{Stage, no_provider_that_answers};

const THREADS: usize = 10;

/// How many children live at once: enough for two processors, even if other programs run on them.
const CHILDREN: usize = 8;

/// A child that runs longer than this hangs. It needs milliseconds, and on a busy machine seconds.
const HANGS: Duration = Duration::from_secs(60);

/// Captures in a different way each turn, because each way has locks of its own.
fn capture(turn: usize) {
    let error = Error::other(format!("turn {turn}"));
    let failed = || Err::<(), _>(Error::other(format!("failed {turn}")));
    match turn % 5 {
        0 => drop(capture_exception(&error, context! { "turn" => turn as u64 })),
        // No operation is around this one, so its error leaves the task.
        1 => drop(telemetry_context("alone", failed)),
        2 => drop(telemetry_context("around", || telemetry_context("inside", failed))),
        3 => drop(failed().capture()),
        _ => drop(catch_unwind(|| panic!("panic {turn}"))),
    }
}

fn child(guard: Guard, turn: usize) -> ! {
    for way in 0..5 {
        capture(way);
    }
    match turn % 3 {
        0 => {}
        1 => drop(flush(Duration::from_millis(20))),
        _ => drop(guard),
    }
    std::process::exit(0)
}

fn program(_: &str) {
    std::panic::set_hook(Box::new(|_| {}));
    let forks = std::env::var("FORKS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let guard = no_provider_that_answers()
        .limits(Limits::none())
        .exit_timeout(Duration::from_millis(20))
        .install()
        .expect("installed");
    for first in 0..THREADS {
        thread::spawn(move || {
            for turn in first.. {
                capture(turn);
                // Without the pause, ten threads would leave no processor time to the children.
                thread::sleep(Duration::from_micros(200));
            }
        });
    }
    let mut alive: Vec<(Pid, Instant)> = Vec::new();
    let (mut begun, mut hung) = (0, 0);
    while begun < forks || !alive.is_empty() {
        if begun < forks && alive.len() < CHILDREN {
            begun += 1;
            match fork::fork().expect("forked") {
                fork::Fork::Child => child(guard, begun),
                fork::Fork::Parent(pid) => {
                    alive.push((Pid::from_raw(pid).expect("a process"), Instant::now()));
                }
            }
        } else {
            thread::sleep(Duration::from_millis(1));
        }
        alive.retain(|(pid, since)| {
            let ended = waitpid(Some(*pid), WaitOptions::NOHANG).expect("a child of ours").is_some();
            if !ended && since.elapsed() > HANGS {
                hung += 1;
                kill_process(*pid, Signal::KILL).expect("killed");
                waitpid(Some(*pid), WaitOptions::empty()).expect("ended");
                return false;
            }
            !ended
        });
    }
    println!("{begun} forks, {hung} children hung");
    std::process::exit(i32::from(hung > 0))
}

fn test(stage: &Stage) {
    let mut command = stage.command("");
    command.envs(std::env::var_os("FORKS").map(|forks| ("FORKS", forks)));
    let output = command.output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

fn main() {
    scenario::main(program, test);
}
