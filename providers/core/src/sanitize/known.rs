//! Values that are known to be personal. They are matched exactly, before any pattern.

mod ngram;
mod shared_names;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::Redaction;
use super::detect::{Evidence, Finding, Span};
use ngram::NgramPrefilter;

/// The values of this machine and of the program that must never leave.
///
/// The library fills it once, when it reads the environment; this crate reads no environment.
///
/// ```
/// use crawl4ai_telemetry_core::Sanitizer;
/// use crawl4ai_telemetry_core::sanitize::{Known, Redaction};
///
/// let mut known = Known::default();
/// known.add(Redaction::User, "lovelace");
/// let sanitizer = Sanitizer::builder().known(known).build();
/// assert_eq!(sanitizer.text("no room for lovelace").as_str(), "no room for [user]");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Known {
    values: Vec<(Redaction, Arc<str>)>,
    /// The same values as a set, so that the cost of a look-up does not grow with the number of values.
    distinct: HashSet<Arc<str>>,
    /// Length of all values together, in bytes.
    bytes: usize,
    /// Length of the longest value, in bytes.
    longest: usize,
    /// Was a value refused because the limit was reached?
    is_over: bool,
}

/// Values of settings that need no protection: `USE_TOKEN=true`.
const HARMLESS_SETTINGS: &[&str] = &[
    "true",
    "false",
    "none",
    "null",
    "yes",
    "off",
    "auto",
    "default",
    "enabled",
    "disabled",
    "debug",
    "info",
    "warn",
    "error",
    "production",
    "development",
    "staging",
    "test",
    "/tmp",
    "/root",
    "/usr",
    "/home",
    "/var",
    "/app",
];

impl Known {
    /// Length of the shortest value that is kept, in bytes. Shorter values are ignored, because `a` would match
    /// everywhere.
    pub const SHORTEST: usize = 3;

    /// Most values that are kept. A program that registers more, perhaps one for each request, would otherwise fill its
    /// memory.
    pub const MOST: usize = 16_384;

    /// Most bytes of all values together: some hundred for each value.
    const MOST_BYTES: usize = 4 << 20;

    /// Adds a value. If one value contains another, the kind of the longer one counts.
    ///
    /// After [`MOST`](Self::MOST) values, or four megabytes of them, no more can be kept. Because the next value must
    /// not leave, no text leaves then: each text becomes `[unscrubbed]`.
    ///
    /// Values are found in upper and lower case. Names of users and hosts are matched as whole words outside of Rust
    /// paths. Names that identify no one (`root`, `localhost`) are ignored.
    pub fn add(&mut self, kind: Redaction, value: &str) {
        let value = value.trim();
        let named = matches!(kind, Redaction::User | Redaction::Host);
        let is_plain = if named {
            shared_names::hold(value)
        } else {
            HARMLESS_SETTINGS.iter().any(|setting| value.eq_ignore_ascii_case(setting))
        };
        if value.len() < Self::SHORTEST || is_plain {
            return;
        }
        if kind == Redaction::Path && value.contains('\\') {
            self.insert(kind, &value.replace('\\', "/"));
        }
        self.insert(kind, value);
    }

    fn insert(&mut self, kind: Redaction, value: &str) {
        if self.distinct.contains(value) {
            return;
        }
        if self.values.len() == Self::MOST || self.bytes + value.len() > Self::MOST_BYTES {
            self.is_over = true;
            return;
        }
        let value: Arc<str> = value.into();
        self.bytes += value.len();
        self.longest = self.longest.max(value.len());
        self.distinct.insert(Arc::clone(&value));
        self.values.push((kind, value));
    }
}

/// Known values, prepared for the search. The preparation happens when a value is registered, never while a text is
/// cleaned.
#[derive(Debug)]
pub(super) struct KnownSet {
    known: Known,
    /// Number of values that the prefilters hold already.
    ready: usize,
    long: NgramPrefilter<4>,
    /// The prefilter for values of at most six bytes.
    short: NgramPrefilter<2>,
}

impl KnownSet {
    pub(super) fn new(known: Known) -> Self {
        let mut set = Self { known, ready: 0, long: NgramPrefilter::new(), short: NgramPrefilter::new() };
        set.make_ready();
        set
    }

    /// Adds a value; the cost does not depend on the number of values.
    pub(super) fn add(&mut self, kind: Redaction, value: &str) {
        self.known.add(kind, value);
        self.make_ready();
    }

    fn make_ready(&mut self) {
        for (n, (_, value)) in self.known.values.iter().enumerate().skip(self.ready) {
            let value = value.as_bytes();
            // Every value of `Known` is long enough for one of the two prefilters.
            let _ = self.long.add(n, value) || self.short.add(n, value);
        }
        self.ready = self.known.values.len();
    }

    /// Like [`find`](Self::find), in a range of a text. Whether a name is a whole word is decided in the whole text.
    pub(super) fn find_within(&self, text: &[u8], range: &Range<usize>, found: &mut Vec<Finding>) {
        let mut inside = Vec::new();
        self.find(text.get(range.clone()).unwrap_or_default(), &mut inside);
        let moved = inside.into_iter().map(|finding| Finding {
            start: finding.start + range.start,
            end: finding.end + range.start,
            ..finding
        });
        found.extend(moved.filter(|finding| {
            let named = matches!(finding.kind, Redaction::User | Redaction::Host);
            !named || is_whole_name(text, &finding.span())
        }));
    }

    /// Length of the longest value, in bytes.
    pub(super) const fn longest(&self) -> usize {
        self.known.longest
    }

    /// Was every value kept?
    pub(super) const fn is_whole(&self) -> bool {
        !self.known.is_over
    }

    /// Appends every known value in `text`. If one value contains another, it may append both.
    #[inline]
    pub(super) fn find(&self, text: &[u8], found: &mut Vec<Finding>) {
        self.long.find(text, &self.known, found);
        self.short.find(text, &self.known, found);
    }
}

/// Is the span a whole word, and not a segment of a Rust path? `main::run` belongs to the program, even if the user is
/// called `main`.
fn is_whole_name(text: &[u8], span: &Span) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let behind = text.get(span.end..).unwrap_or_default();
    let part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80);
    !(part(before.last()) || part(behind.first()) || before.ends_with(b"::") || behind.starts_with(b"::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &KnownSet, text: &str) -> Vec<String> {
        let mut spans = Vec::new();
        set.find(text.as_bytes(), &mut spans);
        let whole = |s: &&Finding| !spans.iter().any(|o| o != *s && o.start <= s.start && s.end <= o.end);
        spans.iter().filter(whole).map(|s| text.get(s.start..s.end).unwrap().to_owned()).collect()
    }

    #[test]
    fn values_are_found_longest_first_in_any_case() {
        let mut known = Known::default();
        known.add(Redaction::Protected, "hunter2");
        known.add(Redaction::Protected, "hunter2-long");
        known.add(Redaction::User, "ada");
        known.add(Redaction::Path, r"C:\Users\ada");
        let set = KnownSet::new(known);
        for (text, expected) in [
            ("xhunter2x", &["hunter2"][..]),
            ("HUNTER2-LONG", &["HUNTER2-LONG"]),
            ("ada, Ada and adamant", &["ada", "Ada"]),
            ("ada::run, tool::ada, ada_tool", &[]),
            (r"in c:\users\ada\x", &[r"c:\users\ada"]),
            ("in C:/Users/ada/x", &["C:/Users/ada"]),
            ("nothing here", &[]),
        ] {
            assert_eq!(found(&set, text), expected, "{text}");
        }
    }

    /// Compares the result with the simplest search. The texts have so few letters that values overlap and repeat.
    #[test]
    fn every_value_is_found_wherever_it_stands_and_nothing_else() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut below = |n: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % n as u64).unwrap()
        };
        for round in 0..2000 {
            let word = |len: usize, below: &mut dyn FnMut(usize) -> usize| -> String {
                (0..len).map(|_| ["a", "B", "b", "@", "`", "7", " ", "é"][below(8)]).collect()
            };
            let values: Vec<String> =
                (0..=below(30)).map(|_| word(3 + below(3 + round % 30), &mut below)).collect();
            let mut known = Known::default();
            values.iter().for_each(|value| known.add(Redaction::Protected, value));
            let mut text = word(below(60), &mut below);
            text.push_str(&values[below(values.len())].to_ascii_uppercase());
            text.push_str(&word(below(20), &mut below));

            let mut expected = vec![false; text.len()];
            for (_, value) in &known.values {
                for (at, window) in text.as_bytes().windows(value.len()).enumerate() {
                    if window.eq_ignore_ascii_case(value.as_bytes()) {
                        expected[at..at + value.len()].fill(true);
                    }
                }
            }
            let mut covered = vec![false; text.len()];
            let mut spans = Vec::new();
            KnownSet::new(known).find(text.as_bytes(), &mut spans);
            spans.iter().for_each(|span| covered[span.start..span.end].fill(true));
            assert_eq!(covered, expected, "{values:?} in {text:?}");
        }
    }

    #[test]
    fn a_range_cuts_no_word_in_two() {
        let mut known = Known::default();
        known.add(Redaction::User, "ada");
        let set = KnownSet::new(known);
        let inside = |range: Range<usize>| {
            let mut found = Vec::new();
            set.find_within(b"ada, adamant ada", &range, &mut found);
            found.iter().map(|finding| finding.start).collect::<Vec<_>>()
        };
        assert_eq!([inside(0..8), inside(0..16), inside(4..16)], [vec![0], vec![0, 13], vec![13]]);
    }

    #[test]
    fn what_cannot_be_kept_is_said() {
        let mut set = KnownSet::new(Known::default());
        for n in 0..Known::MOST {
            set.add(Redaction::Protected, &format!("value-{n}"));
        }
        set.add(Redaction::Protected, "value-7");
        assert!(set.is_whole(), "the same value again is no new one");
        assert_eq!(found(&set, "got value-16383!"), ["value-16383"]);
        set.add(Redaction::Protected, "one-more");
        assert!(!set.is_whole());
    }

    #[test]
    fn what_identifies_no_one_is_ignored() {
        let mut known = Known::default();
        for (kind, value) in [
            (Redaction::User, "root"),
            (Redaction::Host, "localhost"),
            (Redaction::Protected, "ab"),
            (Redaction::Protected, "true"),
            (Redaction::Protected, "  "),
        ] {
            known.add(kind, value);
        }
        assert!(found(&KnownSet::new(known), "root true ab localhost").is_empty());
    }
}
