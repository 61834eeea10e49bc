//! The signature by which an error is recognized: the texts of its chain. Types are not compared, because boxing, `?`
//! and `anyhow` change types but keep texts.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::error::Chain;

/// Minimum length of a text that is searched for in others, in bytes. A shorter text may occur in another by accident.
const SHORTEST_CONTAINED: usize = 8;

/// Maximum length, in bytes, of a text that is searched for, and of the part of a log record that is searched.
const LONGEST_CONTAINED: usize = 1024;

/// The parts of a reported error that are remembered.
#[derive(Clone, Default)]
pub(crate) struct ErrorSignature {
    /// A hash of each link's text, outermost first.
    pub(super) links: Vec<u64>,
    /// Was the chain longer than the part that was kept?
    pub(super) cut: bool,
    /// The outermost text, if its length allows a search for it.
    text: Option<Box<str>>,
    /// The layers that the error has crossed.
    pub(super) crossed: Vec<&'static str>,
    /// The texts of a log record; empty for an error.
    pub(super) record: Vec<Box<str>>,
}

impl ErrorSignature {
    pub(super) fn of(chain: &Chain<'_>) -> Self {
        let texts = || chain.exceptions.iter().map(|link| link.message.as_deref().unwrap_or_default());
        let lengths = SHORTEST_CONTAINED..=LONGEST_CONTAINED;
        Self {
            links: texts().map(hash).collect(),
            cut: chain.cut > 0,
            text: texts().next().filter(|text| lengths.contains(&text.len())).map(Into::into),
            crossed: Vec::new(),
            record: chain.record.iter().map(|text| head(text).into()).collect(),
        }
    }

    /// Does `other`, whose chain is `chain`, tell of the same error?
    pub(super) fn is(&self, other: &Self, chain: &Chain<'_>) -> bool {
        self.is_suffix_of(other)
            || self.is_contained_in_root_of(chain)
            || self.is_told_in(&other.record)
            || self.tells_of(chain)
    }

    /// Does the log record contain this error's outermost text, or equal the text of one of its links?
    fn is_told_in(&self, record: &[Box<str>]) -> bool {
        record.iter().any(|said| {
            let text = self.text.as_deref();
            text.is_some_and(|text| contains(said, text)) || self.links.contains(&hash(said))
        })
    }

    /// Does this log record contain the text of one of the links of `chain`?
    fn tells_of(&self, chain: &Chain<'_>) -> bool {
        let texts = || chain.exceptions.iter().filter_map(|link| link.message.as_deref());
        let holds = |said: &str, text: &str| {
            said == text || (text.len() >= SHORTEST_CONTAINED && contains(said, text))
        };
        self.record.iter().any(|said| texts().any(|text| holds(said, text)))
    }

    /// Does the chain of `other`, from some link on, have the texts of this chain?
    pub(super) fn is_suffix_of(&self, other: &Self) -> bool {
        (0..other.links.len()).any(|from| {
            let rest = other.links.get(from..).unwrap_or_default();
            let same = self.links.iter().zip(rest).all(|(a, b)| a == b);
            // The part that was cut off cannot be compared. Without a cut, both chains must end at the same link.
            same && !self.links.is_empty() && (self.cut || other.cut || self.links.len() == rest.len())
        })
    }

    /// Does the root of `chain` contain this text? Only the root is searched, because an error that became a text has
    /// no source.
    pub(super) fn is_contained_in_root_of(&self, chain: &Chain<'_>) -> bool {
        let root = chain.exceptions.last().and_then(|link| link.message.as_deref());
        let Some((root, text)) = root.zip(self.text.as_deref()) else { return false };
        chain.cut == 0 && contains(root, text)
    }
}

/// The part of a log record that is kept, so that errors can be searched for in it.
fn head(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST_CONTAINED)).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Does `haystack` contain `text` as whole words?
fn contains(haystack: &str, text: &str) -> bool {
    haystack.match_indices(text).any(|(at, _)| {
        let before = haystack.get(..at).and_then(|s| s.chars().next_back());
        let behind = haystack.get(at + text.len()..).and_then(|s| s.chars().next());
        [before, behind].into_iter().flatten().all(|c| !c.is_alphanumeric())
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
