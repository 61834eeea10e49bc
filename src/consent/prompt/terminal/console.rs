//! The console of Windows.

use std::fs::File;
use std::io::Read;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use winapi_util::{HandleRef, console, file};

use super::super::dialog::{LineRead, LineReader};

/// How long to wait for a line. This is enough time to read a report. A run that nobody watches then goes on.
const PATIENCE: Duration = Duration::from_secs(120);

/// The earliest time of an answer. Nobody reads the question in less time, so an earlier line was typed before it.
const EARLIEST: Duration = Duration::from_millis(400);

/// The longest answer, in bytes. The rest of a longer line is dropped.
const LONGEST: usize = 1024;

/// `ENABLE_LINE_INPUT` and `ENABLE_ECHO_INPUT` (`SetConsoleMode`).
const WHOLE_LINES_SHOWN: u32 = 0x2 | 0x4;

/// Only a console has a mode. The terminals of Cygwin and MSYS are pipes to the program. The console behind them is
/// hidden, so a question there would wait for ever.
pub(super) fn is_ready() -> bool {
    let shown = |mode| mode & WHOLE_LINES_SHOWN == WHOLE_LINES_SHOWN;
    console::mode(HandleRef::stdin()).is_ok_and(shown)
        && console::mode(HandleRef::stderr()).is_ok()
        && !file::typ(HandleRef::stdout()).is_ok_and(|output| output.is_pipe())
}

/// The console itself, without the buffer of `std`, whose lock the program may hold.
///
/// A read of a console cannot be cancelled, so a thread reads. If nobody answers in time, the thread still takes the
/// next line. That line is then a late answer, and the program does not get it.
pub(super) struct Keyboard {
    wanted: SyncSender<()>,
    lines: Receiver<LineRead>,
    opened: Option<Instant>,
}

impl Keyboard {
    pub(super) fn open(_: String) -> Option<Self> {
        let input = File::options().read(true).write(true).open("CONIN$").ok()?;
        let (wanted, asked) = sync_channel(1);
        let (answer, lines) = sync_channel(1);
        let read = move || while asked.recv().is_ok() && answer.send(line(&input)).is_ok() {};
        thread::Builder::new().name("telemetry-prompt".to_owned()).spawn(read).ok()?;
        Some(Self { wanted, lines, opened: None })
    }

    fn line(&self) -> LineRead {
        if self.wanted.send(()).is_err() {
            return LineRead::Nobody;
        }
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => LineRead::Nobody,
        }
    }
}

impl LineReader for Keyboard {
    fn next(&mut self) -> LineRead {
        if self.opened.is_some() {
            return self.line();
        }
        let opened = *self.opened.insert(Instant::now());
        loop {
            match self.line() {
                LineRead::Text(_) if opened.elapsed() < EARLIEST => {}
                line @ (LineRead::Text(_) | LineRead::End | LineRead::Nobody) => return line,
            }
        }
    }
}

fn line(mut input: &File) -> LineRead {
    let (mut line, mut piece) = (Vec::new(), [0; 256]);
    loop {
        let Some(read) = input.read(&mut piece).ok().and_then(|n| piece.get(..n)) else {
            return LineRead::End;
        };
        // Ctrl-Z is the end of input of a console.
        if read.is_empty() || (line.is_empty() && read.starts_with(b"\x1a")) {
            return LineRead::End;
        }
        let ended = read.ends_with(b"\n");
        line.extend(read.iter().take(LONGEST.saturating_sub(line.len())));
        if ended {
            return LineRead::Text(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
    }
}
