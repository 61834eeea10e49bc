//! A text that was written as its bytes: `[104, 101, 108, …]`, which is how `Debug` writes a `Vec<u8>`.

use super::cursor::Cursor;
use super::{Redaction, Span};

/// Shorter lists are addresses, versions and colours.
const LEAST: usize = 8;

/// A list of bytes whose bracket stands before `start` and that reads as text: most are printable, half are letters.
pub(super) fn find(cursor: Cursor<'_>, start: usize) -> Option<Span> {
    let (mut i, mut count, mut printable, mut letters) = (start, 0_usize, 0_usize, 0_usize);
    loop {
        let end = cursor.ahead_at_most(i, 4, |b| b.is_ascii_digit());
        let n = cursor.slice(i, end).iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
        let Some(byte) = u8::try_from(n).ok().filter(|_| end > i) else { break };
        count += 1;
        printable += usize::from(matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
        letters += usize::from(byte.is_ascii_alphabetic() || byte >= 0xc2);
        i = end;
        if cursor.at(end) != b',' {
            break;
        }
        i = cursor.ahead_at_most(end + 1, 12, |b| matches!(b, b' ' | b'\n'));
    }
    let text = count >= LEAST && printable * 4 >= count * 3 && letters * 2 >= count;
    text.then_some(Span { start, end: i, kind: Redaction::Content })
}
