//! Shows a user at a terminal how much has been read.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::output::Streams;

/// The time before the first message, and between two messages.
const EVERY: Duration = Duration::from_secs(1);

pub(super) struct Progress {
    /// The size of all files in bytes, if it is known.
    size: Option<u64>,
    read: u64,
    lines: u64,
    said_at: Instant,
    was_said: bool,
}

impl Progress {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        let sizes = paths.iter().map(|path| fs::metadata(path).ok().filter(|file| file.is_file()));
        let sizes: Option<Vec<_>> = sizes.collect();
        let size = sizes.map(|files| files.iter().map(fs::Metadata::len).sum());
        Self { size, read: 0, lines: 0, said_at: Instant::now(), was_said: false }
    }

    pub(super) fn read(&mut self, bytes: usize, streams: &mut Streams) {
        self.read += bytes as u64 + 1;
        self.lines += 1;
        // The clock is read only once in 256 lines.
        if self.lines.is_multiple_of(256) && self.said_at.elapsed() >= EVERY {
            self.said_at = Instant::now();
            self.was_said = true;
            let read = self.read / 1_000_000;
            streams.progress(&match self.size {
                Some(size) if size > 0 => format!("{read} MB, {} %", (self.read * 100 / size).min(100)),
                Some(_) | None => format!("{read} MB"),
            });
        }
    }

    pub(super) fn end(&self, streams: &mut Streams) {
        if self.was_said {
            streams.progress("");
        }
    }
}
