//! The runs that a pass over the words found, before it is decided which of them count.

use std::collections::BTreeSet;

use super::Rule;
use super::texts::Texts;

/// Most runs that are kept before equal ones are joined; they take 256 KiB.
const MOST: usize = 8 * 1024;

/// Most one-word literals that are remembered.
const MOST_NAMES: usize = 4 * 1024;

/// A run: bytes of the texts that occur in the words, and that are enough to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// Is the run a whole literal?
    pub(super) exact: bool,
    pub(super) len: usize,
    pub(super) at: usize,
    pub(super) rule: Rule,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    candidates: Vec<Candidate>,
    names: BTreeSet<(usize, usize)>,
    /// Could edges from the program's code change which runs count?
    pub(super) is_undecided: bool,
    /// Number of bytes that were looked at, because the work is bounded.
    pub(super) looked_at: usize,
    full: bool,
}

impl Found {
    pub(super) fn add(&mut self, candidate: Candidate) {
        if self.full || self.candidates.last() == Some(&candidate) {
            return;
        }
        self.candidates.push(candidate);
        if self.candidates.len() >= MOST {
            self.tidy();
            self.full = self.candidates.len() >= MOST / 2;
        }
    }

    /// Remembers a literal of one word. It counts only in places where names occur.
    pub(super) fn add_name(&mut self, at: usize, len: usize) {
        if self.names.len() < MOST_NAMES {
            self.names.insert((at, len));
        }
    }

    pub(super) fn is_name(&self, at: usize, len: usize) -> bool {
        self.names.contains(&(at, len))
    }

    /// The remembered literals of one word: the place and length of each.
    pub(super) fn names(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.names.iter().copied()
    }

    pub(super) fn join(&mut self, other: Self) {
        other.candidates.into_iter().for_each(|candidate| self.add(candidate));
        other.names.into_iter().for_each(|(at, len)| self.add_name(at, len));
    }

    fn tidy(&mut self) {
        self.candidates.sort_unstable();
        self.candidates.dedup();
    }

    /// The rule that keeps each byte. In a message two literals never overlap, so an exact run takes precedence over
    /// others, and a longer run over a shorter one.
    pub(super) fn settle(&mut self, texts: &Texts) -> Vec<Option<Rule>> {
        let mut kept = vec![None; texts.bytes().len()];
        self.tidy();
        for Candidate { len, at, rule, .. } in std::mem::take(&mut self.candidates).into_iter().rev() {
            let Some(bytes) = kept.get_mut(at..at.saturating_add(len)) else { continue };
            let is_taken = |byte: Option<&Option<Rule>>| byte.is_some_and(Option::is_some);
            if is_taken(bytes.first()) == is_taken(bytes.last()) {
                bytes.iter_mut().filter(|byte| byte.is_none()).for_each(|byte| *byte = Some(rule));
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(exact: bool, at: usize, len: usize) -> Candidate {
        Candidate { exact, len, at, rule: if exact { Rule::Literal } else { Rule::Part } }
    }

    fn kept(candidates: &[Candidate]) -> String {
        let texts = Texts::join(&["0123456789"]);
        let mut found = Found::default();
        candidates.iter().for_each(|c| found.add(*c));
        let signs = found.settle(&texts).into_iter().map(|rule| match rule {
            None => '.',
            Some(Rule::Literal) => 'L',
            Some(_) => 'p',
        });
        signs.skip(1).take(10).collect()
    }

    #[test]
    fn exact_before_loose_and_long_before_short() {
        assert_eq!(kept(&[candidate(false, 1, 8), candidate(true, 6, 5)]), ".....LLLLL");
        assert_eq!(kept(&[candidate(true, 1, 4), candidate(true, 3, 5)]), "..LLLLL...");
        assert_eq!(kept(&[candidate(false, 1, 8), candidate(false, 3, 2)]), "pppppppp..");
        assert_eq!(kept(&[candidate(true, 1, 2), candidate(true, 5, 2)]), "LL..LL....");
        assert_eq!(kept(&[candidate(true, 100, 2)]), "..........");
    }

    #[test]
    fn what_is_found_again_and_again_is_kept_once() {
        let mut found = Found::default();
        for i in 0..10 * MOST {
            found.add(candidate(i % 2 == 0, 1 + i % 7, 3));
        }
        assert!(!found.full && found.candidates.len() < MOST);
        for i in 0..10 * MOST {
            found.add(candidate(true, i, i));
        }
        assert!(found.full && found.candidates.len() <= MOST);
    }
}
