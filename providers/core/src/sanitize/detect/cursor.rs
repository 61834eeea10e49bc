//! The bytes that are searched. Reading never panics: outside of the text every byte is 0.

/// The input of a detector: a text, or a decoded view of a text, which may not be UTF-8.
///
/// Looking ahead or back is bounded. Without a bound, a detector may look only at bytes that it claims in any case,
/// because the search never returns to claimed bytes. So the whole search stays linear. The test `work_is_linear`
/// counts the bytes looked at.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn len(self) -> usize {
        self.0.len()
    }

    /// All bytes, for the pass that looks at each block once.
    pub(super) const fn all(self) -> &'a [u8] {
        self.0
    }

    #[inline]
    pub(super) fn at(self, i: usize) -> u8 {
        work::count(1);
        self.0.get(i).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn before(self, i: usize) -> u8 {
        i.checked_sub(1).map_or(0, |i| self.at(i))
    }

    /// The bytes of a range; empty if it is not inside of the text.
    #[inline]
    pub(super) fn slice(self, start: usize, end: usize) -> &'a [u8] {
        work::count(end.saturating_sub(start).min(self.0.len()));
        self.0.get(start..end).unwrap_or_default()
    }

    /// Is `literal` at `i`?
    #[inline]
    pub(super) fn has(self, i: usize, literal: &[u8]) -> bool {
        work::count(1);
        self.0.get(i..).is_some_and(|rest| rest.starts_with(literal))
    }

    /// Is `literal` at `i`, in upper or lower case?
    #[inline]
    pub(super) fn has_any_case(self, i: usize, literal: &[u8]) -> bool {
        self.slice(i, i.saturating_add(literal.len())).eq_ignore_ascii_case(literal) && !literal.is_empty()
    }

    /// Does `literal` end at `i`, in upper or lower case?
    pub(super) fn ends_any_case(self, i: usize, literal: &[u8]) -> bool {
        i.checked_sub(literal.len()).is_some_and(|start| self.has_any_case(start, literal))
    }

    /// The end of the bytes from `i` that satisfy `class`. The caller must claim all of them.
    #[inline]
    pub(super) fn claim(self, i: usize, class: impl Fn(u8) -> bool) -> usize {
        self.ahead_at_most(i, usize::MAX, class)
    }

    /// Skips at most `most` bytes from `i` that satisfy `class`, and returns the place after them.
    #[inline]
    pub(super) fn ahead_at_most(self, i: usize, most: usize, class: impl Fn(u8) -> bool) -> usize {
        let end = i.saturating_add(most).min(self.0.len());
        let seen = self.0.get(i..end).unwrap_or_default();
        let n = seen.iter().position(|b| !class(*b)).unwrap_or(seen.len());
        work::count(n);
        i + n
    }

    /// Is the backslash at `i` the start of an escape that ends a value: `\n`, `\"`, `\\`?
    pub(super) fn is_escape(self, i: usize) -> bool {
        self.at(i) == b'\\' && matches!(self.at(i + 1), b'n' | b'r' | b't' | b'"' | b'\'' | b'\\' | b'u' | 0)
    }

    /// The start of the bytes before `i` that satisfy `class`, but not before `floor`.
    #[inline]
    pub(super) fn back(self, i: usize, floor: usize, class: impl Fn(u8) -> bool) -> usize {
        let seen = self.0.get(floor.min(i)..i).unwrap_or_default();
        let n = seen.iter().rev().position(|b| !class(*b)).unwrap_or(seen.len());
        work::count(n);
        i - n
    }

    /// The next place of `literal` from `i`, before `stop`.
    pub(super) fn find(self, i: usize, stop: usize, literal: &[u8]) -> Option<usize> {
        let (first, rest) = literal.split_first()?;
        let stop = stop.min(self.0.len());
        let mut at = i;
        loop {
            let seen = self.0.get(at..stop)?;
            let n = seen.iter().position(|b| b == first);
            work::count(n.unwrap_or(seen.len()));
            at += n?;
            if self.has(at + 1, rest) {
                return Some(at);
            }
            at += 1;
        }
    }
}

const WORD: u8 = 1;
const IDENT: u8 = 2;
const NAME: u8 = 4;

/// The classes of each byte. One look-up replaces five comparisons.
static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        if b.is_ascii_alphanumeric() || b >= 0x80 {
            classes[i] |= WORD;
        }
        if b.is_ascii_alphanumeric() || b == b'_' {
            classes[i] |= IDENT | NAME;
        }
        if matches!(b, b'-' | b'.' | b'$') {
            classes[i] |= NAME;
        }
        i += 1;
    }
    classes
}

#[inline]
fn is(b: u8, class: u8) -> bool {
    CLASSES.get(usize::from(b)).is_some_and(|says| says & class != 0)
}

/// The last bytes of a text, which are fewer than eight, filled up with zeros to a block.
#[inline]
pub(in crate::sanitize) fn last_block(text: &[u8], tail: &[u8]) -> [u8; 8] {
    if let Some(last) = text.last_chunk::<8>() {
        return (u64::from_le_bytes(*last) >> (64 - 8 * tail.len().clamp(1, 8))).to_le_bytes();
    }
    let mut block = [0; 8];
    for (to, from) in block.iter_mut().zip(tail) {
        *to = *from;
    }
    block
}

/// Is this a letter or digit of any script?
#[inline]
pub(super) fn is_word(b: u8) -> bool {
    is(b, WORD)
}

/// May this byte be inside of an identifier?
#[inline]
pub(super) fn is_ident(b: u8) -> bool {
    is(b, IDENT)
}

/// May this byte be inside of the name of a setting, a header or a field: `x-api-key`, `db.password`, `$token`?
#[inline]
pub(super) fn is_name(b: u8) -> bool {
    is(b, NAME)
}

pub(super) const fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

pub(super) const fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'' | b'`')
}

#[cfg(not(test))]
pub(in crate::sanitize) mod work {
    #[inline(always)]
    pub(in crate::sanitize) const fn count(_: usize) {}
}

/// Counts the bytes that were looked at, so that tests show that the work grows no faster than the length of the text.
#[cfg(test)]
pub(in crate::sanitize) mod work {
    use std::cell::Cell;

    thread_local!(static LOOKED_AT: Cell<u64> = const { Cell::new(0) });

    pub(in crate::sanitize) fn count(bytes: usize) {
        LOOKED_AT.set(LOOKED_AT.get() + bytes as u64);
    }

    /// The number of bytes that `act` looks at.
    pub(in crate::sanitize) fn of(act: impl FnOnce()) -> u64 {
        let before = LOOKED_AT.get();
        act();
        LOOKED_AT.get() - before
    }
}
