//! `InterruptLine` in a program without a handler, in programs with one, and with a screen that accepts nothing.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its process is told its part"
)]

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use crawl4ai_telemetry_sys::InterruptLine;

const PART: &str = "INTERRUPT_LINE_PART";
const LINE: &str = "the report waits\n";

extern "C" fn returns(_: libc::c_int) {}

/// The handler that [`chains`] calls, as libraries do that keep their predecessor.
static BEFORE: AtomicUsize = AtomicUsize::new(0);

extern "C" fn chains(signal: libc::c_int) {
    // SAFETY: it is the address of a handler with this signature, which the kernel returned.
    let before =
        unsafe { std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(BEFORE.load(Ordering::Relaxed)) };
    before(signal);
}

/// Sets a handler and returns the previous one.
fn set(handler: usize) -> usize {
    // SAFETY: the structures may be zero, and the handler has the signature that the flags ask for.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut before: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        assert_eq!(libc::sigaction(libc::SIGINT, &action, &mut before), 0);
        before.sa_sigaction
    }
}

fn interrupt() {
    // SAFETY: `raise` has no preconditions.
    assert_eq!(unsafe { libc::raise(libc::SIGINT) }, 0);
}

fn begin() -> Option<InterruptLine> {
    InterruptLine::begin(LINE.to_owned())
}

/// Runs one part in a process of its own, because a signal's handler belongs to the process.
#[test]
fn part() {
    let part = std::env::var(PART);
    if part.is_ok() {
        // A shell ignores the signal for what it starts in the background, and children inherit that.
        set(libc::SIG_DFL);
    }
    match part.as_deref() {
        Ok("stands") => {
            let line = begin();
            assert!(line.is_some() && begin().is_none(), "one at a time");
            interrupt();
        }
        Ok("many at once") => {
            let start = Arc::new(Barrier::new(8));
            for _ in 0..500 {
                let threads: Vec<_> = (0..8)
                    .map(|_| Arc::clone(&start))
                    .map(|start| std::thread::spawn(move || (start.wait(), begin()).1))
                    .collect();
                let lines: Vec<_> =
                    threads.into_iter().filter_map(|one| one.join().expect("ended")).collect();
                assert_eq!(lines.len(), 1, "one at a time");
            }
            interrupt();
        }
        Ok("is over") => {
            drop(begin());
            drop(begin().expect("anew"));
            interrupt();
        }
        Ok("handled") => {
            for handler in [returns as *const () as usize, libc::SIG_IGN] {
                set(handler);
                assert!(begin().is_none(), "the program does not end by it");
                interrupt();
            }
        }
        Ok("handled meanwhile") => {
            let line = begin().expect("no handler");
            set(returns as *const () as usize);
            interrupt();
            drop(line);
            interrupt();
        }
        Ok("chained meanwhile") => {
            let line = begin().expect("no handler");
            BEFORE.store(set(returns as *const () as usize), Ordering::Relaxed);
            set(chains as *const () as usize);
            interrupt();
            drop(line);
            interrupt();
        }
        Ok("child of a fork") => {
            let _line = begin().expect("no handler");
            // SAFETY: the child calls nothing but `raise` and `_exit`.
            let child = unsafe { libc::fork() };
            if child == 0 {
                // SAFETY: `raise` and `_exit` have no preconditions.
                unsafe {
                    libc::raise(libc::SIGINT);
                    libc::_exit(1);
                }
            }
            let mut status = 0;
            // SAFETY: the child is this process's, and the status is a local.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert!(libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGINT);
        }
        Ok(part) => panic!("{part}"),
        Err(_) => {}
    }
}

fn command(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "part", "--nocapture"]).env(PART, part).stdin(Stdio::null());
    command
}

fn run(part: &str) -> (Output, bool) {
    let output = command(part).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).contains(LINE);
    (output, said)
}

#[test]
fn the_line_is_written_and_the_signal_ends_the_process() {
    let (output, said) = run("stands");
    assert_eq!((output.status.signal(), said), (Some(libc::SIGINT), true), "{output:?}");
    for part in ["is over", "many at once"] {
        let (output, said) = run(part);
        assert_eq!((output.status.signal(), said), (Some(libc::SIGINT), false), "{part}: {output:?}");
    }
}

#[test]
fn a_handler_of_the_programs_stays_and_nothing_is_written() {
    for part in ["handled", "handled meanwhile", "chained meanwhile"] {
        let (output, said) = run(part);
        assert!(output.status.success() && !said, "{part}: {output:?}");
    }
}

#[test]
fn a_child_of_a_fork_says_nothing() {
    let (output, said) = run("child of a fork");
    assert!(output.status.success() && !said, "{output:?}");
}

/// Standard error is a full pipe that nobody reads. The end does not wait for it.
#[test]
fn a_screen_that_takes_nothing_holds_up_no_end() {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    fill(&writer);
    let status = command("stands").stdout(Stdio::null()).stderr(writer).status().expect("runs");
    assert_eq!(status.signal(), Some(libc::SIGINT));
    let mut all = Vec::new();
    reader.read_to_end(&mut all).expect("read");
    assert!(!String::from_utf8_lossy(&all).contains(LINE));
}

fn fill(pipe: &std::io::PipeWriter) {
    use std::os::fd::AsRawFd;
    let descriptor = pipe.as_raw_fd();
    // SAFETY: the descriptor is open, and the bytes are a local.
    unsafe {
        let flags = libc::fcntl(descriptor, libc::F_GETFL);
        assert_eq!(libc::fcntl(descriptor, libc::F_SETFL, flags | libc::O_NONBLOCK), 0);
        let piece = [b'.'; 4096];
        while libc::write(descriptor, piece.as_ptr().cast(), piece.len()) > 0 {}
        assert_eq!(libc::fcntl(descriptor, libc::F_SETFL, flags), 0);
    }
}
