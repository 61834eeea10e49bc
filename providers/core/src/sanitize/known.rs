//! Values that are known to be personal: matched exactly, before any pattern.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Redaction;
use super::detect::Span;

/// The values of this machine and of the program that must never leave.
///
/// The library fills it from its one look at the environment; this crate reads no environment itself.
#[derive(Clone, Debug, Default)]
pub struct Known {
    values: Vec<(Redaction, Box<str>)>,
}

/// Names that name nobody: accounts that come with a system or an image, and the machine's name for itself.
const NOBODY: &[&str] = &[
    "root",
    "admin",
    "administrator",
    "user",
    "users",
    "guest",
    "nobody",
    "daemon",
    "ubuntu",
    "debian",
    "runner",
    "vscode",
    "node",
    "app",
    "www-data",
    "jovyan",
    "colab",
    "docker",
    "test",
    "build",
    "localhost",
    "default",
    "localhost.localdomain",
    "system",
    "server",
    "home",
    "main",
    "core",
    "std",
];

/// Values of settings that hide nothing: `USE_TOKEN=true`.
const NOTHING: &[&str] = &[
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
    /// Shorter values are ignored, in bytes: `a` would match everywhere.
    pub const SHORTEST: usize = 3;

    /// Adds a value. Longer values are matched before shorter ones.
    ///
    /// Values are found in any case. Names of users and hosts are matched as whole words outside of Rust
    /// paths, and names that name nobody (`root`, `localhost`) are ignored.
    pub fn add(&mut self, kind: Redaction, value: &str) {
        let value = value.trim();
        let named = matches!(kind, Redaction::User | Redaction::Host);
        let plain = if named { NOBODY } else { NOTHING };
        if value.len() < Self::SHORTEST || plain.iter().any(|p| value.eq_ignore_ascii_case(p)) {
            return;
        }
        if kind == Redaction::Path && value.contains('\\') {
            self.insert(kind, &value.replace('\\', "/"));
        }
        self.insert(kind, value);
    }

    fn insert(&mut self, kind: Redaction, value: &str) {
        if self.values.iter().any(|(_, v)| &**v == value) {
            return;
        }
        let at = self.values.partition_point(|(_, v)| v.len() >= value.len());
        self.values.insert(at, (kind, value.into()));
    }
}

/// Known values, ready to be searched for. Made when values are registered, never while cleaning.
#[derive(Debug, Default)]
pub(super) struct KnownSet {
    known: Known,
    search: Search,
}

#[derive(Debug, Default)]
enum Search {
    #[default]
    Empty,
    Ready(Box<AhoCorasick>),
    /// So many values that no automaton can be made of them: nothing can be checked, so nothing leaves.
    Impossible,
}

/// A check that could not be made.
pub(super) struct Failed;

impl KnownSet {
    pub(super) fn new(known: Known) -> Self {
        let search = if known.values.is_empty() {
            Search::Empty
        } else {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .ascii_case_insensitive(true)
                .build(known.values.iter().map(|(_, value)| value.as_bytes()))
                .map_or(Search::Impossible, |search| Search::Ready(Box::new(search)))
        };
        Self { known, search }
    }

    /// This set and one value more.
    pub(super) fn with(&self, kind: Redaction, value: &str) -> Self {
        let mut known = self.known.clone();
        known.add(kind, value);
        Self::new(known)
    }

    /// Appends every known value in `text`.
    pub(super) fn find(&self, text: &[u8], found: &mut Vec<Span>) -> Result<(), Failed> {
        let search = match &self.search {
            Search::Empty => return Ok(()),
            Search::Impossible => return Err(Failed),
            Search::Ready(search) => search,
        };
        for hit in search.find_iter(text) {
            let Some((kind, _)) = self.known.values.get(hit.pattern().as_usize()) else { continue };
            let span = Span { start: hit.start(), end: hit.end(), kind: *kind };
            if !matches!(kind, Redaction::User | Redaction::Host) || is_whole_name(text, &span) {
                found.push(span);
            }
        }
        Ok(())
    }
}

/// A whole word, and no segment of a Rust path: `main::run` is the program's, even when the user is `main`.
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
        assert!(set.find(text.as_bytes(), &mut spans).is_ok());
        spans.iter().map(|s| text.get(s.start..s.end).unwrap().to_owned()).collect()
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

    #[test]
    fn what_names_nobody_is_ignored() {
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
