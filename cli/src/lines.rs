//! Reads lines of any length and any bytes in constant memory.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};

/// The longest line, in bytes. Longer lines are cut. A log line has about a thousandth of it, and files without line
/// breaks are not a use case.
pub(crate) const LONGEST: usize = 1024 * 1024;

/// One line.
pub(crate) struct Line<'a> {
    /// The line without its ending; bytes that are not UTF-8 are replaced.
    pub(crate) text: Cow<'a, str>,
    /// `\n`, `\r\n`, or nothing at the end of the input.
    pub(crate) ending: &'static str,
    /// The line was longer than [`LONGEST`], and the rest was dropped.
    pub(crate) cut: bool,
}

/// Reads lines one at a time, into the same buffer.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    longest: usize,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: BufReader<R>) -> Self {
        Self { input, line: Vec::new(), longest: LONGEST }
    }

    /// Sets another length than [`LONGEST`] at which lines are cut.
    #[cfg(feature = "authors")]
    pub(crate) fn with_longest(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// The next line; `None` at the end of the input.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let (mut cut, mut any, mut ended) = (false, false, false);
        while !ended {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                break;
            }
            any = true;
            let newline = memchr::memchr(b'\n', buffer);
            let piece = newline.and_then(|at| buffer.get(..at)).unwrap_or(buffer);
            let room = self.longest.saturating_sub(self.line.len());
            cut |= piece.len() > room;
            self.line.extend_from_slice(piece.get(..room).unwrap_or(piece));
            let used = newline.map_or(buffer.len(), |at| at + 1);
            ended = newline.is_some();
            self.input.consume(used);
        }
        if !any {
            return Ok(None);
        }
        let ending = match (ended, cut, self.line.last()) {
            (false, ..) => "",
            (true, false, Some(b'\r')) => {
                self.line.pop();
                "\r\n"
            }
            (true, ..) => "\n",
        };
        Ok(Some(Line { text: String::from_utf8_lossy(&self.line), ending, cut }))
    }

    /// Whether reading the next line could block.
    pub(crate) fn would_wait(&self) -> bool {
        self.input.buffer().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8], capacity: usize) -> Vec<(String, &'static str, bool)> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, input));
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push((line.text.into_owned(), line.ending, line.cut));
        }
        found
    }

    #[test]
    fn lines_come_apart_and_go_together_again_whatever_the_size_of_the_buffer() {
        /// Input, and the lines expected from it with their endings.
        type Case<'a> = (&'a [u8], &'a [(&'a str, &'a str)]);

        let cases: &[Case<'_>] = &[
            (b"", &[]),
            (b"\n", &[("", "\n")]),
            (b"\n\n", &[("", "\n"), ("", "\n")]),
            (b"one", &[("one", "")]),
            (b"one\ntwo\n", &[("one", "\n"), ("two", "\n")]),
            (b"one\r\ntwo\r", &[("one", "\r\n"), ("two\r", "")]),
            (b"\xff\xfeone\n\xc3", &[("\u{fffd}\u{fffd}one", "\n"), ("\u{fffd}", "")]),
            ("ä€\n".as_bytes(), &[("ä€", "\n")]),
        ];
        for (input, expected) in cases {
            for capacity in [1, 2, 3, 64] {
                let found = lines(input, capacity);
                let found: Vec<_> = found.iter().map(|(text, ending, _)| (text.as_str(), *ending)).collect();
                assert_eq!(found, *expected, "{input:?} {capacity}");
            }
        }
    }

    #[test]
    fn a_line_without_an_end_takes_no_more_memory_than_the_limit() {
        let mut input = BufReader::new(io::repeat(b'a').take(100 * LONGEST as u64).chain(&b"\nnext\n"[..]));
        input.fill_buf().unwrap();
        let mut lines = Lines::new(input);
        let line = lines.next().unwrap().unwrap();
        assert!(line.cut);
        assert_eq!((line.text.len(), line.ending), (LONGEST, "\n"));
        assert!(lines.line.capacity() <= 2 * LONGEST);
        assert_eq!(lines.next().unwrap().unwrap().text, "next");
        assert!(lines.next().unwrap().is_none());
    }

    #[test]
    fn a_line_at_the_limit_is_whole() {
        let mut input = vec![b'a'; LONGEST];
        input.extend(b"\n");
        assert_eq!(lines(&input, 4096), [("a".repeat(LONGEST), "\n", false)]);
        input.insert(0, b'b');
        assert!(lines(&input, 4096)[0].2);
    }
}
