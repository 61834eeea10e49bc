//! The bytes that are searched, read without a panic path: outside of the text every byte is 0.

/// What a detector sees: a text, or a decoded view of one that need not be UTF-8.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn len(self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn at(self, i: usize) -> u8 {
        self.0.get(i).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn before(self, i: usize) -> u8 {
        i.checked_sub(1).map_or(0, |i| self.at(i))
    }

    /// The bytes of a range; empty when it does not lie in the text.
    #[inline]
    pub(super) fn slice(self, start: usize, end: usize) -> &'a [u8] {
        self.0.get(start..end).unwrap_or_default()
    }

    /// Does `literal` stand at `i`?
    #[inline]
    pub(super) fn has(self, i: usize, literal: &[u8]) -> bool {
        self.0.get(i..).is_some_and(|rest| rest.starts_with(literal))
    }

    /// Does `literal` stand at `i`, in any case?
    #[inline]
    pub(super) fn has_any_case(self, i: usize, literal: &[u8]) -> bool {
        self.slice(i, i.saturating_add(literal.len())).eq_ignore_ascii_case(literal) && !literal.is_empty()
    }

    /// Does `literal` end at `i`, in any case?
    pub(super) fn ends_any_case(self, i: usize, literal: &[u8]) -> bool {
        i.checked_sub(literal.len()).is_some_and(|start| self.has_any_case(start, literal))
    }

    /// Behind the bytes from `i` on that satisfy `class`.
    #[inline]
    pub(super) fn ahead(self, i: usize, class: impl Fn(u8) -> bool) -> usize {
        let rest = self.0.get(i..).unwrap_or_default();
        i + rest.iter().position(|b| !class(*b)).unwrap_or(rest.len())
    }

    /// The same, over at most `most` bytes.
    #[inline]
    pub(super) fn ahead_at_most(self, i: usize, most: usize, class: impl Fn(u8) -> bool) -> usize {
        let end = i.saturating_add(most).min(self.0.len());
        let seen = self.0.get(i..end).unwrap_or_default();
        i + seen.iter().position(|b| !class(*b)).unwrap_or(seen.len())
    }

    /// Is the backslash at `i` the start of an escape that ends a value: `\n`, `\"`, `\\`?
    pub(super) fn is_escape(self, i: usize) -> bool {
        self.at(i) == b'\\' && matches!(self.at(i + 1), b'n' | b'r' | b't' | b'"' | b'\'' | b'\\' | b'u' | 0)
    }

    /// The first of the bytes before `i` that satisfy `class`, looking no further back than `floor`.
    #[inline]
    pub(super) fn back(self, i: usize, floor: usize, class: impl Fn(u8) -> bool) -> usize {
        let seen = self.slice(floor.min(i), i);
        i - seen.iter().rev().position(|b| !class(*b)).unwrap_or(seen.len())
    }

    /// Where `literal` stands next, at `i` or behind it.
    pub(super) fn find(self, i: usize, literal: &[u8]) -> Option<usize> {
        let (first, rest) = literal.split_first()?;
        let mut at = i;
        loop {
            let seen = self.0.get(at..)?;
            at += seen.iter().position(|b| b == first)?;
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

/// What the classes below say of each byte: one look instead of five comparisons.
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

/// A text's last bytes, of which there are less than eight, as a block that ends in zeros.
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

/// Letters and digits of any script.
#[inline]
pub(super) fn is_word(b: u8) -> bool {
    is(b, WORD)
}

/// What may stand inside an identifier.
#[inline]
pub(super) fn is_ident(b: u8) -> bool {
    is(b, IDENT)
}

/// What may stand inside the name of a setting, a header or a field: `x-api-key`, `db.password`, `$token`.
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
