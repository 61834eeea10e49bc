//! A terminal for a scenario. The parent types and reads, and the program takes it for a terminal with a person.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::Winsize;

/// Longer than any step here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The variable that tells the program to make its standard input its controlling terminal.
const OWN_SESSION: &str = "SCENARIO_OWN_SESSION";

/// The program's side: starts a new session, as a login shell does. It must run before anything else.
pub fn take_session() {
    if std::env::var_os(OWN_SESSION).is_some() {
        rustix::process::setsid().expect("a session");
        rustix::process::ioctl_tiocsctty(std::io::stdin()).expect("a controlling terminal");
    }
}

/// A pseudo-terminal, and what appeared on it.
pub struct Terminal {
    keyboard: File,
    slave: OwnedFd,
    screen: Arc<(Mutex<Vec<u8>>, Condvar)>,
    reader: JoinHandle<()>,
}

/// A program that runs on a terminal.
pub struct Running {
    pub child: Child,
}

impl Terminal {
    #[allow(clippy::new_without_default, reason = "a terminal is made")]
    pub fn new() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        // Otherwise the program would inherit it, and its terminal would never disappear.
        rustix::io::fcntl_setfd(&master, rustix::io::FdFlags::CLOEXEC).expect("not inherited");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let path = ptsname(&master, Vec::new()).expect("its name");
        let slave = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())
            .expect("opened");
        let keyboard = File::from(master);
        let mut reader = keyboard.try_clone().expect("a second handle");
        let screen = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let shown = Arc::clone(&screen);
        let reader = std::thread::Builder::new()
            .spawn(move || {
                let mut piece = [0; 4096];
                while let Ok(n @ 1..) = reader.read(&mut piece) {
                    shown.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..n]);
                    shown.1.notify_all();
                }
            })
            .expect("a thread");
        Self { keyboard, slave, screen, reader }
    }

    /// Changes the width of the terminal's window.
    pub fn resize(&self, columns: u16) {
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        rustix::termios::tcsetwinsize(&self.keyboard, size).expect("resized");
    }

    fn descriptor(&self) -> Stdio {
        self.slave.try_clone().expect("a descriptor").into()
    }

    /// Runs a program with all its streams on this terminal, as the leader of a session.
    pub fn run(&self, command: &mut Command) -> Running {
        self.run_with_output(command, self.descriptor())
    }

    /// Like `run`, with standard output elsewhere.
    pub fn run_with_output(&self, command: &mut Command, output: Stdio) -> Running {
        let command = command.env(OWN_SESSION, "1");
        let command = command.stdin(self.descriptor()).stderr(self.descriptor()).stdout(output);
        Running { child: command.spawn().expect("runs") }
    }

    /// Runs a program whose input is not this terminal, but whose output is.
    pub fn run_with_input(&self, command: &mut Command, input: Stdio) -> Running {
        let command = command.stdin(input).stderr(self.descriptor()).stdout(self.descriptor());
        Running { child: command.spawn().expect("runs") }
    }

    /// Everything that appeared, after every program on the terminal has ended. The terminal closes with the last one.
    pub fn rest(self) -> String {
        String::from_utf8_lossy(&self.bytes()).replace("\r\n", "\n")
    }

    /// Like `rest`, as bytes, which need not be UTF-8.
    pub fn bytes(self) -> Vec<u8> {
        drop(self.slave);
        self.reader.join().expect("reads");
        self.screen.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until `after` has appeared, and then types `text`.
    pub fn answer(&self, after: &str, text: &str) {
        self.wait_for(after);
        self.forget();
        (&self.keyboard).write_all(text.as_bytes()).expect("typed");
    }

    /// Types `text` without waiting.
    pub fn type_ahead(&self, text: &str) {
        (&self.keyboard).write_all(text.as_bytes()).expect("typed");
    }

    /// What has appeared so far.
    pub fn screen(&self) -> String {
        let shown = self.screen.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&shown).replace('\r', "")
    }

    /// Waits until something has appeared.
    pub fn wait_for(&self, text: &str) {
        let (shown, news) = &*self.screen;
        let there = |shown: &mut Vec<u8>| !String::from_utf8_lossy(shown).contains(text);
        let guard = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, late) = news.wait_timeout_while(guard, PATIENCE, there).expect("not poisoned");
        assert!(!late.timed_out(), "{text:?} did not appear:\n{}", String::from_utf8_lossy(&guard));
    }

    /// Clears what has appeared.
    pub fn forget(&self) {
        self.screen.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Running {
    /// Waits for the program's end.
    pub fn end(mut self) -> ExitStatus {
        self.child.wait().expect("ends")
    }
}
