//! The groups in which a number is written, with one sign between groups.

use super::cursor::{Cursor, is_ident};

/// The most groups in which one number is written: `QQ 12 34 56 C`, `06 12 34 56 78`, the nine groups of an IBAN.
const GROUPS: usize = 10;

/// The longest group, in characters: an IBAN without spaces.
pub(super) const GROUP: usize = 34;

/// A group of letters and digits.
#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The sign after the group, if another group follows.
    pub(super) sign: u8,
}

impl Group {
    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The groups from one place on, in which a number may be written.
pub(super) struct Groups<'a> {
    pub(super) cursor: Cursor<'a>,
    groups: [Group; GROUPS],
    len: usize,
}

impl<'a> Groups<'a> {
    pub(super) fn at(cursor: Cursor<'a>, start: usize) -> Self {
        let mut all = Self { cursor, groups: [Group::default(); GROUPS], len: 0 };
        let mut i = start;
        for slot in &mut all.groups {
            let end = cursor.ahead_at_most(i, GROUP + 1, |b| b.is_ascii_alphanumeric());
            if end == i || end - i > GROUP {
                break;
            }
            let sign = cursor.at(end);
            let goes_on =
                matches!(sign, b' ' | b'-' | b'.' | b'/') && cursor.at(end + 1).is_ascii_alphanumeric();
            *slot = Group { start: i, end, sign: if goes_on { sign } else { 0 } };
            all.len += 1;
            if !goes_on {
                break;
            }
            i = end + 1;
        }
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().take(self.len)
    }

    pub(super) fn get(&self, n: usize) -> Option<&Group> {
        self.groups.get(n).filter(|_| n < self.len)
    }

    /// The byte at `i` of the text.
    pub(super) fn byte(&self, i: usize) -> u8 {
        self.cursor.at(i)
    }

    pub(super) fn text(&self, n: usize) -> &'a [u8] {
        self.get(n).map_or(&[], |g| self.cursor.slice(g.start, g.end))
    }

    /// Do the first groups consist of digits, have these lengths, and have the same one of `signs` between them?
    pub(super) fn are_digits(&self, lens: &[usize], signs: &[u8]) -> bool {
        let sign = self.get(0).map_or(0, |g| g.sign);
        lens.iter().enumerate().all(|(n, len)| {
            let last = n + 1 == lens.len();
            self.get(n)
                .is_some_and(|g| g.len() == *len && (last || (g.sign == sign && signs.contains(&sign))))
                && self.text(n).iter().all(u8::is_ascii_digit)
        })
    }

    /// The end of the `n`th group, if the number may end there.
    pub(super) fn end(&self, n: usize) -> Option<usize> {
        let end = self.get(n)?.end;
        let next = self.cursor.at(end);
        let goes_on = is_ident(next)
            || (matches!(next, b'.' | b'-' | b'/' | b':') && self.cursor.at(end + 1).is_ascii_digit());
        (!goes_on).then_some(end)
    }
}
