//! The library's own prompt: on standard error and standard input, and only where that disturbs nobody.

use super::dialog::run as run_dialog;
use super::{Answer, Choice, ConsentPrompt, Question};
use crate::environment::Env;
use crate::printable::{self, Screen, broken, columns, width_of};

/// Asks on the terminal.
///
/// ```
/// use crawl4ai_telemetry::Env;
/// use crawl4ai_telemetry::consent::{ConsentPrompt, TerminalPrompt};
///
/// let prompt = TerminalPrompt::new(&Env::from_pairs("WEATHER", [("TERM", "dumb")]));
/// assert!(!prompt.is_ready());
/// ```
#[derive(Clone, Debug)]
pub struct TerminalPrompt {
    dumb: bool,
}

impl TerminalPrompt {
    /// For the terminal that `TERM` names in these variables.
    #[must_use]
    pub fn new(env: &Env) -> Self {
        Self { dumb: env.get("TERM") == Some("dumb") }
    }
}

impl ConsentPrompt for TerminalPrompt {
    /// Three conditions must hold. Standard input and standard error are a terminal that takes whole lines and shows
    /// what is typed; otherwise the program has a screen of its own. The process is in the terminal's foreground,
    /// because a read in the background would stop it. Standard output is no pipe, because its reader may be a pager,
    /// which reads from the same terminal.
    fn is_ready(&self) -> bool {
        !self.dumb && system::is_ready()
    }

    fn is_on_terminal(&self) -> bool {
        true
    }

    fn ask(&self, question: &Question<'_>) -> Answer {
        let when_interrupted = format!("\n{}", broken(&question.when_interrupted(), width_of(columns())));
        match system::Keyboard::open(printable::text(&when_interrupted).into_owned()) {
            Some(mut keyboard) => run_dialog(question, &mut keyboard, &mut Screen),
            None => Choice::Unanswered.into(),
        }
    }

    fn tell(&self, ending: &str) {
        printable::tell(ending);
    }
}

/// The number of the terminal that shows the question. Standard error is looked at, because standard input may be
/// `/dev/tty`, whose number is the same in every window.
#[cfg(unix)]
#[allow(clippy::unnecessary_cast, reason = "the number has another type on macOS")]
pub(crate) fn number() -> Option<u64> {
    let screen = std::io::stderr();
    if !std::io::IsTerminal::is_terminal(&screen) {
        return None;
    }
    rustix::fs::fstat(&screen).ok().map(|found| found.st_rdev as u64)
}

/// Every console of Windows counts as the same.
#[cfg(not(unix))]
pub(crate) const fn number() -> Option<u64> {
    None
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io::{ErrorKind, IsTerminal, Read};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use crawl4ai_telemetry_sys::{InterruptLine, InterruptWatch};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{FileType, fstat};
    use rustix::io::Errno;
    use rustix::process::getpgrp;
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, tcflush, tcgetattr, tcgetpgrp,
        tcsetattr,
    };

    use super::super::dialog::{LineRead, LineReader, TypedAhead};

    /// A user who types within this time is not answering the question, because nobody can have read it yet.
    const MOMENT: Duration = Duration::from_millis(400);

    /// How often to look whether the program's own handler took Ctrl-C. The handler may run on another thread, so that
    /// it does not end the wait here.
    const LOOK: Duration = Duration::from_millis(100);

    /// How long to wait for a line. This is enough time to read a report. A run that nobody watches then goes on.
    const PATIENCE: Duration = Duration::from_secs(120);

    /// The longest answer, in bytes. The rest of a longer line is dropped.
    const LONGEST: usize = 1024;

    /// The most reads, of 256 bytes each, by which typed keys are thrown away. The rest is flushed.
    const MOST_PIECES: usize = 256;

    pub(super) fn is_ready() -> bool {
        let (input, output) = (std::io::stdin(), std::io::stdout());
        let whole_lines_shown = tcgetattr(&input)
            .is_ok_and(|modes| modes.local_modes.contains(LocalModes::ICANON | LocalModes::ECHO));
        let piped = fstat(&output).is_ok_and(|found| {
            matches!(FileType::from_raw_mode(found.st_mode), FileType::Fifo | FileType::Socket)
        });
        input.is_terminal()
            && std::io::stderr().is_terminal()
            && whole_lines_shown
            && !piped
            && in_foreground(&input)
    }

    fn in_foreground(terminal: &impl AsFd) -> bool {
        tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp())
    }

    /// Standard input without the buffer of `std`. A program that reads lines in a loop holds the lock of that buffer
    /// while it captures an error.
    pub(super) struct Keyboard {
        input: File,
        /// Set if the program has a handler of its own for Ctrl-C, so that Ctrl-C does not end the program.
        interrupts: Option<InterruptWatch>,
        /// Set if the program has no handler, so that Ctrl-C ends it. Then this line says what happens to the report.
        _line: Option<InterruptLine>,
    }

    impl Keyboard {
        /// `when_interrupted` is written if Ctrl-C ends the program.
        pub(super) fn open(when_interrupted: String) -> Option<Self> {
            let input = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
            let _line = InterruptLine::begin(when_interrupted);
            Some(Self { input: input.into(), interrupts: InterruptWatch::begin(), _line })
        }
    }

    /// Throws away what was typed and not read yet, and says how it ended.
    ///
    /// Keys without an Enter can be read only if the terminal does not wait for whole lines, so it does not during this
    /// call. Ctrl-C works as before.
    fn throw_away(input: &mut File) -> TypedAhead {
        let Ok(whole_lines) = tcgetattr(&*input) else { return TypedAhead::Nothing };
        let mut keys = whole_lines.clone();
        keys.local_modes.remove(LocalModes::ICANON);
        // A read returns at once with the bytes that are there.
        keys.special_codes[SpecialCodeIndex::VMIN] = 0;
        keys.special_codes[SpecialCodeIndex::VTIME] = 0;
        if tcsetattr(&*input, OptionalActions::Now, &keys).is_err() {
            return TypedAhead::Nothing;
        }
        let (mut last, mut piece) = (None, [0; 256]);
        // The number of reads is limited, because a terminal may send bytes without end.
        for _ in 0..MOST_PIECES {
            match input.read(&mut piece) {
                Ok(n @ 1..) => last = piece.get(n - 1).copied(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
            }
        }
        let _ = tcsetattr(&*input, OptionalActions::Now, &whole_lines);
        let _ = tcflush(&*input, QueueSelector::IFlush);
        match last {
            None => TypedAhead::Nothing,
            // Ctrl-D is read as a zero.
            Some(b'\n' | 0) => TypedAhead::Lines,
            Some(_) => TypedAhead::Keys,
        }
    }

    impl LineReader for Keyboard {
        fn typed_ahead(&mut self) -> TypedAhead {
            if !in_foreground(&self.input) {
                return TypedAhead::Nothing;
            }
            let typed = throw_away(&mut self.input);
            if typed == TypedAhead::Nothing {
                return typed;
            }
            // The user may still be typing.
            std::thread::sleep(MOMENT);
            match throw_away(&mut self.input) {
                TypedAhead::Nothing => typed,
                rest @ (TypedAhead::Lines | TypedAhead::Keys) => rest,
            }
        }

        fn next(&mut self) -> LineRead {
            let mut line = Vec::new();
            let mut piece = [0; 256];
            let start = Instant::now();
            loop {
                let left = PATIENCE.saturating_sub(start.elapsed());
                let piece_of_it = if self.interrupts.is_some() { left.min(LOOK) } else { left };
                let timeout = Timespec::try_from(piece_of_it).unwrap_or_default();
                let found = poll(&mut [PollFd::new(&self.input, PollFlags::IN)], Some(&timeout));
                if self.interrupts.as_ref().is_some_and(InterruptWatch::came) {
                    return LineRead::Interrupted;
                }
                match found {
                    Ok(0) if left.is_zero() => return LineRead::Nobody,
                    Ok(0) => continue,
                    Ok(_) => {}
                    // A signal that the program handles itself, such as that of a resized window, is no answer.
                    Err(Errno::INTR) => continue,
                    Err(_) => return LineRead::End,
                }
                // If the process was sent to the background meanwhile, a read would stop it.
                if !in_foreground(&self.input) {
                    return LineRead::Nobody;
                }
                let read = match self.input.read(&mut piece) {
                    Ok(n) => piece.get(..n).unwrap_or_default(),
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(_) => return LineRead::End,
                };
                if read.is_empty() {
                    return LineRead::End;
                }
                let ended = read.ends_with(b"\n");
                line.extend(read.iter().take(LONGEST.saturating_sub(line.len())));
                if ended {
                    return LineRead::Text(String::from_utf8_lossy(&line).trim_end().to_owned());
                }
            }
        }
    }
}

#[cfg(windows)]
mod console;
#[cfg(windows)]
use console as system;

#[cfg(not(any(unix, windows)))]
mod system {
    use super::super::dialog::{LineRead, LineReader};

    pub(super) fn is_ready() -> bool {
        false
    }

    pub(super) struct Keyboard;

    impl Keyboard {
        pub(super) fn open(_: String) -> Option<Self> {
            None
        }
    }

    impl LineReader for Keyboard {
        fn next(&mut self) -> LineRead {
            LineRead::Nobody
        }
    }
}
