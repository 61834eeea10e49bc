//! Values that are known to be personal: matched exactly, before any pattern.

use super::Redaction;
use super::detect::Span;

/// The values of this machine and of the program that must never leave.
///
/// The library fills it from its one look at the environment; this crate reads no environment itself.
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
///
/// Three neighbouring bytes of each value, those that are rarest in messages, are its fingerprint. A table
/// says which values a byte may be the first, second or third of; only where three bytes agree is a value
/// compared. That is what vectorized searchers do, a byte at a time, and in any case.
#[derive(Debug)]
pub(super) struct KnownSet {
    known: Known,
    /// For each byte, the buckets that it is the first of, and eight bits further the second, then the third.
    table: Box<[u32; 256]>,
    /// The values of each bucket, longest first, and where in them their fingerprint stands.
    buckets: [Vec<(usize, usize)>; 8],
}

impl KnownSet {
    pub(super) fn new(known: Known) -> Self {
        let mut set =
            Self { known: Known::default(), table: Box::new([0; 256]), buckets: Default::default() };
        for (n, (_, value)) in known.values.iter().enumerate() {
            let offset = fingerprint(value.as_bytes());
            let bucket = n % set.buckets.len();
            for (place, b) in value.bytes().skip(offset).take(3).enumerate() {
                for case in [b.to_ascii_lowercase(), b.to_ascii_uppercase()] {
                    if let Some(slot) = set.table.get_mut(usize::from(case)) {
                        *slot |= 1 << (bucket + 8 * place);
                    }
                }
            }
            if let Some(values) = set.buckets.get_mut(bucket) {
                values.push((n, offset));
            }
        }
        set.known = known;
        set
    }

    /// This set and one value more.
    pub(super) fn with(&self, kind: Redaction, value: &str) -> Self {
        let mut known = self.known.clone();
        known.add(kind, value);
        Self::new(known)
    }

    /// Appends every known value in `text`; where one holds another, perhaps both.
    pub(super) fn find(&self, text: &[u8], found: &mut Vec<Span>) {
        if self.known.values.is_empty() {
            return;
        }
        let (mut before, mut last) = (0, 0);
        let (blocks, tail) = text.as_chunks::<8>();
        for (n, block) in blocks.iter().enumerate() {
            let (first, second) = (before, last);
            let mut agreed = 0;
            for b in block {
                let marks = self.marks(*b);
                agreed |= before & (last >> 8) & (marks >> 16);
                (before, last) = (last, marks);
            }
            if agreed & 0xff != 0 {
                self.look(text, n * 8, block, (first, second), found);
            }
        }
        self.look(text, blocks.len() * 8, tail, (before, last), found);
    }

    fn marks(&self, b: u8) -> u32 {
        self.table.get(usize::from(b)).copied().unwrap_or(0)
    }

    /// Compares where the marks agree among the bytes from `at` on; `before` are the marks of the two before.
    fn look(&self, text: &[u8], at: usize, bytes: &[u8], before: (u32, u32), found: &mut Vec<Span>) {
        let (mut before, mut last) = before;
        for (i, b) in (at..).zip(bytes) {
            let marks = self.marks(*b);
            let agreed = before & (last >> 8) & (marks >> 16) & 0xff;
            if agreed != 0
                && let Some(start) = i.checked_sub(2)
            {
                found.extend(self.compare(text, start, agreed));
            }
            (before, last) = (last, marks);
        }
    }

    /// The longest value of the agreed buckets whose fingerprint stands at `at`.
    #[cold]
    fn compare(&self, text: &[u8], at: usize, agreed: u32) -> Option<Span> {
        let buckets = self.buckets.iter().enumerate().filter(|(n, _)| agreed >> n & 1 == 1);
        buckets
            .flat_map(|(_, values)| values)
            .filter_map(|(n, offset)| {
                let (kind, value) = self.known.values.get(*n)?;
                let start = at.checked_sub(*offset)?;
                let span = Span { start, end: start.checked_add(value.len())?, kind: *kind };
                let found = text.get(span.start..span.end)?.eq_ignore_ascii_case(value.as_bytes());
                let named = matches!(kind, Redaction::User | Redaction::Host);
                (found && (!named || is_whole_name(text, &span))).then_some(span)
            })
            .max_by_key(|span| span.end - span.start)
    }
}

/// Where the three bytes stand that are rarest in messages: digits and signs before letters, rare letters before
/// common ones.
fn fingerprint(value: &[u8]) -> usize {
    let weight = |b: &u8| match b.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 4_u32,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'h' => 3,
        b'a'..=b'z' | b'/' | b'.' => 2,
        b'0'..=b'9' | b'-' | b'_' | b':' => 1,
        _ => 0,
    };
    let rarest =
        value.windows(3).enumerate().min_by_key(|(_, window)| window.iter().map(weight).sum::<u32>());
    rarest.map_or(0, |(at, _)| at)
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
        set.find(text.as_bytes(), &mut spans);
        let whole = |s: &&Span| !spans.iter().any(|o| o != *s && o.start <= s.start && s.end <= o.end);
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
