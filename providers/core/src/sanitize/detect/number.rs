//! Numbers that are somebody's: cards, bank accounts, national ids, phones. They are written in groups with one
//! sign between them, so that the groups are made once and each detector looks at them.

use super::hay::{Hay, is_ident, is_word};
use super::{Redaction, Span, card, iban, national, phone};

/// How far back a number may start before the digits that gave it away, in bytes.
const BACK: usize = 40;

/// The most groups that one number is written in: `QQ 12 34 56 C`, `06 12 34 56 78`, an IBAN's nine.
const GROUPS: usize = 10;

/// The longest group: an IBAN without spaces.
const GROUP: usize = 34;

/// A stretch of letters and digits.
#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The sign behind it, when another group follows.
    pub(super) sign: u8,
}

impl Group {
    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The groups that a number may be written in, from one place on.
pub(super) struct Groups<'a> {
    pub(super) hay: Hay<'a>,
    groups: [Group; GROUPS],
    len: usize,
}

impl<'a> Groups<'a> {
    fn at(hay: Hay<'a>, start: usize) -> Self {
        let mut all = Self { hay, groups: [Group::default(); GROUPS], len: 0 };
        let mut i = start;
        for slot in &mut all.groups {
            let end = hay.ahead_at_most(i, GROUP + 1, |b| b.is_ascii_alphanumeric());
            if end == i || end - i > GROUP {
                break;
            }
            let sign = hay.at(end);
            let goes_on =
                matches!(sign, b' ' | b'-' | b'.' | b'/') && hay.at(end + 1).is_ascii_alphanumeric();
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

    pub(super) fn text(&self, n: usize) -> &'a [u8] {
        self.get(n).map_or(&[], |g| self.hay.slice(g.start, g.end))
    }

    /// Are the first groups of these lengths, of digits only, with one sign of `signs` between all of them?
    pub(super) fn are_digits(&self, lens: &[usize], signs: &[u8]) -> bool {
        let sign = self.get(0).map_or(0, |g| g.sign);
        lens.iter().enumerate().all(|(n, len)| {
            let last = n + 1 == lens.len();
            self.get(n)
                .is_some_and(|g| g.len() == *len && (last || (g.sign == sign && signs.contains(&sign))))
                && self.text(n).iter().all(u8::is_ascii_digit)
        })
    }

    /// Behind the `n`th group, when the number may end there.
    pub(super) fn end(&self, n: usize) -> Option<usize> {
        let end = self.get(n)?.end;
        let next = self.hay.at(end);
        let goes_on = is_ident(next)
            || (matches!(next, b'.' | b'-' | b'/' | b':') && self.hay.at(end + 1).is_ascii_digit());
        (!goes_on).then_some(end)
    }
}

/// Looks at the numbers in and around the eight bytes from `at` on; returns how far it looked.
pub(super) fn find(hay: Hay<'_>, at: usize, floor: usize, found: &mut Vec<Span>) -> usize {
    let stop = (at + 8).min(hay.len());
    let mut i = floor.max(at.saturating_sub(BACK));
    // Not in the middle of a word.
    if is_word(hay.before(i)) && i > floor {
        i = hay.ahead_at_most(i, stop - i.min(stop), is_word);
    }
    while i < stop {
        let start = hay.ahead_at_most(i, stop - i, |b| !b.is_ascii_alphanumeric());
        if start >= stop {
            break;
        }
        let edge = hay.before(start);
        let open = !(is_word(edge)
            || matches!(edge, b'_' | b'$' | b'#')
            || (edge == b'.' && hay.before(start - 1).is_ascii_digit()));
        let hit = if open && may_start(hay, start) { look(&Groups::at(hay, start)) } else { None };
        if let Some((end, kind)) = hit {
            // `(555) 123-4567`, `(+49)`: the bracket belongs to it.
            found.push(Span { start, end, kind });
            i = end;
        } else {
            i = hay.ahead(start, is_word);
        }
    }
    i.max(stop)
}

/// A digit, or two capitals and something with digits.
fn may_start(hay: Hay<'_>, i: usize) -> bool {
    let b = hay.at(i);
    b.is_ascii_digit()
        || (b.is_ascii_alphabetic()
            && hay.at(hay.ahead_at_most(i, 20, |b| !b.is_ascii_digit())).is_ascii_digit())
}

fn look(groups: &Groups<'_>) -> Option<(usize, Redaction)> {
    let first = groups.text(0);
    if first.first().is_some_and(u8::is_ascii_digit)
        && let Some(end) = card::find(groups)
    {
        return Some((end, Redaction::Card));
    }
    if let Some(end) = iban::find(groups) {
        return Some((end, Redaction::Iban));
    }
    if let Some(end) = national::find(groups) {
        return Some((end, Redaction::NationalId));
    }
    phone::national(groups).map(|end| (end, Redaction::Phone))
}
