//! Format strings in a program's data: finds the other pieces of a message's template.
//!
//! Since 1.93 rustc keeps the template of `format_args!` in one piece (`core::fmt::Arguments`): a text is its length
//! and its bytes, a hole is 0xc0 and flags, and 0 is the end. `password {} is too short` is
//! `\x09password \xc0\x0d is too short\x00`. A format of C is the bytes between two NULs, with directives for holes.

use super::bytes::{at, is_control};

/// Longest template, in bytes. Longer ones are usage texts. Every search needs a bound.
const LONGEST: usize = 2048;

/// Largest distance from a piece back to the start of its template, in bytes.
const BACK: usize = 600;

/// The longest directive of C, in bytes: `%-10.10lu` has nine.
const DIRECTIVE: usize = 10;

/// Bytes looked at in the search for a template, because each byte before a piece may be the template's start.
pub(super) const LOOKED_AT: usize = 4 * BACK;

/// Most pieces of a template, which is more than any message has.
const MOST_PIECES: usize = 64;

/// A piece of text in a template: a range of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Does a piece begin at `from`, with its length before it, and end at `end`?
pub(super) fn is_piece(data: &[u8], from: usize, end: usize) -> bool {
    let before = |n: usize| from.checked_sub(n).map_or(0, |i| usize::from(at(data, i)));
    let len = end.saturating_sub(from);
    let closed = matches!(at(data, end), 0 | 0xc0..);
    closed
        && end < data.len()
        && ((before(1) < 0x80 && before(1) == len)
            || (before(3) == 0x80 && before(2) | before(1) << 8 == len))
}

/// May a run of `len` bytes at `from` be a piece? Its length may be the byte before `from`, or the byte at `from`
/// itself.
pub(super) fn may_be_piece(data: &[u8], from: usize, len: usize) -> bool {
    let before = from.checked_sub(1).map_or(0, |i| usize::from(at(data, i)));
    before == len || usize::from(at(data, from)) + 1 == len
}

/// The pieces of the template that begins at `start`, with at least one piece and one hole.
fn parse(data: &[u8], start: usize) -> Option<Vec<Piece>> {
    rest(data, start).filter(|(_, holes)| *holes > 0).map(|(pieces, _)| pieces)
}

/// Does a piece begin at `start` with its length, and is everything after it a template up to the template's end?
pub(super) fn goes_on_from(data: &[u8], start: usize) -> bool {
    rest(data, start).is_some()
}

/// The pieces from `start` to the end of the template, and the number of holes between and after them.
fn rest(data: &[u8], start: usize) -> Option<(Vec<Piece>, usize)> {
    let (mut pieces, mut holes, mut after_text) = (Vec::new(), 0_usize, false);
    let mut i = start;
    while i < start.saturating_add(LONGEST) && pieces.len() <= MOST_PIECES {
        let byte = *data.get(i)?;
        match byte {
            0 => return (!pieces.is_empty()).then_some((pieces, holes)),
            0x81..=0xbf => return None,
            0xc0.. => {
                holes += 1;
                after_text = false;
                // The lower bits of the byte tell which follow: flags, width, precision, the argument's number.
                let extra =
                    [4, 2, 2, 2].iter().enumerate().map(|(bit, len)| usize::from((byte >> bit) & 1) * len);
                i += 1 + extra.sum::<usize>();
            }
            1..=0x80 => {
                let (skip, len) = match byte {
                    0x80 => (3, usize::from(u16::from_le_bytes([*data.get(i + 1)?, *data.get(i + 2)?]))),
                    short => (1, usize::from(short)),
                };
                let piece = Piece { start: i + skip, end: i + skip + len };
                let text = data.get(piece.start..piece.end)?;
                let is_text = !text.iter().any(|b| is_control(*b)) && std::str::from_utf8(text).is_ok();
                if after_text || text.is_empty() || !is_text {
                    return None;
                }
                pieces.push(piece);
                after_text = true;
                i = piece.end;
            }
        }
    }
    None
}

/// All pieces of the template of rustc or of C that has a piece from `start` to `end`.
pub(super) fn around(data: &[u8], start: usize, end: usize) -> Option<Vec<Piece>> {
    let has_it = |pieces: &Vec<Piece>| pieces.contains(&Piece { start, end });
    of_rustc(data, start).or_else(|| of_c(data, start)).filter(has_it)
}

/// The pieces of the longest template that begins before the piece at `start`.
fn of_rustc(data: &[u8], start: usize) -> Option<Vec<Piece>> {
    let near = match start.checked_sub(1) {
        Some(near) if (1..0x80).contains(&at(data, near)) => near,
        _ => start.checked_sub(3)?,
    };
    // This may be the last piece, so no hole needs to follow it.
    let (mut best, _) = rest(data, near)?;
    for begin in (start.saturating_sub(BACK)..near).rev() {
        let inside = begin.checked_sub(1).is_some_and(|before| at(data, before) >= 0xc0);
        if inside || !matches!(at(data, begin), 1..=0x80 | 0xc0..) {
            continue;
        }
        if let Some(longer) = parse(data, begin).filter(|pieces| pieces.iter().any(|p| p.start == start)) {
            best = longer;
        }
    }
    Some(best)
}

/// The pieces of the C format around `start`: the bytes between two bytes that are not text, split at directives.
fn of_c(data: &[u8], start: usize) -> Option<Vec<Piece>> {
    let (low, high) = (start.saturating_sub(BACK), data.len().min(start.saturating_add(BACK)));
    let before = data.get(low..start)?.iter().rposition(|b| is_control(*b))?;
    let from = low + before + 1;
    let to = start + data.get(start..high)?.iter().position(|b| is_control(*b))?;
    let (mut pieces, mut i) = (Vec::new(), from);
    while i < to && pieces.len() < MOST_PIECES {
        let text = data.get(i..to)?.iter().position(|b| *b == b'%').unwrap_or(to - i);
        if text > 0 {
            pieces.push(Piece { start: i, end: i + text });
        }
        let flags = data.get(i + text + 1..to).unwrap_or_default();
        i += text + 2 + flags.iter().take_while(|b| is_flag(**b)).count();
    }
    Some(pieces)
}

/// May this byte be between `%` and the letter of a directive?
fn is_flag(byte: u8) -> bool {
    byte.is_ascii_digit() || b"lhzjt.*-+#' $".contains(&byte)
}

/// Does a directive of C begin at `offset`?
pub(super) fn directive_at(data: &[u8], offset: usize) -> bool {
    let next = at(data, offset.saturating_add(1));
    at(data, offset) == b'%' && (next.is_ascii_alphabetic() || is_flag(next))
}

/// Does a directive of C end before `offset`?
pub(super) fn directive_before(data: &[u8], offset: usize) -> bool {
    let Some(last) = offset.checked_sub(1) else { return false };
    let ends = |len: usize| {
        let Some(begin) = offset.checked_sub(len) else { return false };
        at(data, begin) == b'%'
            && data.get(begin + 1..last).is_some_and(|flags| flags.iter().all(|b| is_flag(*b)))
    };
    at(data, last).is_ascii_alphabetic() && (2..=DIRECTIVE).any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &[u8] = b"\x00\x09password \xc0\x0d is too short\x00";

    fn texts(data: &[u8], pieces: Option<Vec<Piece>>) -> Option<Vec<&str>> {
        pieces.map(|all| all.iter().map(|p| std::str::from_utf8(&data[p.start..p.end]).unwrap()).collect())
    }

    #[test]
    fn templates_of_rustc() {
        assert_eq!(texts(SHORT, parse(SHORT, 1)), Some(vec!["password ", " is too short"]));
        let second = SHORT.len() - 1 - " is too short".len();
        let around_second = around(SHORT, second, SHORT.len() - 1);
        assert_eq!(texts(SHORT, around_second), Some(vec!["password ", " is too short"]));
        let flags = b"\xc3\x20\x00\x00\x08\x05\x00\x04 of \xc0\x00";
        assert_eq!(texts(flags, parse(flags, 0)), Some(vec![" of "]));
        let long = [b"\x80\xc8\x00".as_slice(), &[b'x'; 200], b"\xc0\x00"].concat();
        assert_eq!(parse(&long, 0), Some(vec![Piece { start: 3, end: 203 }]));
        assert!(is_piece(&long, 3, 203) && !is_piece(&long, 3, 202) && !is_piece(&long, 4, 203));
        for none in
            [b"\x04text\x00".as_slice(), b"\xc0\x00", b"\x04tex", b"\x02a\x01\xc0\x00", b"", b"\x90\x00"]
        {
            assert_eq!(parse(none, 0), None, "{none:?}");
        }
    }

    #[test]
    fn a_length_may_look_like_text() {
        let last = " is too short for this account!!";
        assert_eq!(last.len(), usize::from(b' '));
        let data = [b"\x00\x09password \xc0\x20".as_slice(), last.as_bytes(), b"\x00"].concat();
        let start = data.len() - 1 - last.len();
        assert_eq!(texts(&data, around(&data, start, data.len() - 1)), Some(vec!["password ", last]));
    }

    #[test]
    fn formats_of_c() {
        let c = b"\x00cannot open %-10.5s: error %d of %%\x00next";
        let pieces = around(c, 1, 1 + "cannot open ".len());
        assert_eq!(texts(c, pieces), Some(vec!["cannot open ", ": error ", " of "]));
        assert!(directive_at(c, 13) && !directive_at(c, 1));
        assert!(directive_before(c, 20) && !directive_before(c, 8));
    }

    #[test]
    fn every_look_has_its_end() {
        let holes = vec![0xc0; 100_000];
        assert_eq!(parse(&holes, 0), None);
        let pieces = b"\x01a\xc0".repeat(10_000);
        assert_eq!(parse(&pieces, 0), None);
    }
}
