//! The only reader of environment variables. It makes a snapshot that all other code uses.
//!
//! A snapshot cannot change during a decision, and a look-up takes no lock of the C library. Tests and embedding
//! programs can supply an environment without a change to that of the process.

use std::fmt;
use std::sync::Arc;

/// A snapshot of environment variables, and the prefix of the program's own. Cheap to clone.
///
/// ```
/// use crawl4ai_telemetry::Env;
///
/// let env = Env::from_pairs("MY_TOOL", [("MY_TOOL_TELEMETRY", "0"), ("CI", "true")]);
/// assert_eq!(env.own("TELEMETRY"), Some("0"));
/// assert_eq!(env.get("CI"), Some("true"));
/// ```
#[derive(Clone)]
pub struct Env {
    inner: Arc<Snapshot>,
}

struct Snapshot {
    prefix: String,
    variables: Vec<(String, String)>,
    source: Option<VariableSource>,
}

/// The source of a snapshot.
type VariableSource = Arc<dyn Fn() -> Vec<(String, String)> + Send + Sync>;

impl Env {
    /// The variables of this process, read now. Values that are not UTF-8 are read with replacement characters.
    ///
    /// `prefix` is without the underscore: `CRAWL4AI`.
    #[must_use]
    pub fn from_process(prefix: &str) -> Self {
        Self::from_source(prefix, of_process)
    }

    /// The variables that `source` returns, now and at each [refresh](Self::refresh). This is for programs that embed
    /// this one and keep their variables elsewhere.
    #[must_use]
    pub fn from_source(
        prefix: &str,
        source: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    ) -> Self {
        Self::new(prefix, source(), Some(Arc::new(source)))
    }

    /// Exactly these variables. If a name occurs twice, the first one counts.
    #[must_use]
    pub fn from_pairs<N: Into<String>, V: Into<String>>(
        prefix: &str,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self::new(prefix, variables, None)
    }

    fn new(prefix: &str, variables: Vec<(String, String)>, source: Option<VariableSource>) -> Self {
        Self { inner: Arc::new(Snapshot { prefix: prefix.to_owned(), variables, source }) }
    }

    /// The variables as they are now, read on the calling thread. Decisions based on an older snapshot stay until
    /// [`refresh_environment`](crate::refresh_environment) is called.
    #[must_use]
    pub fn refresh(&self) -> Self {
        match &self.inner.source {
            Some(source) => Self::new(self.prefix(), source(), Some(Arc::clone(source))),
            None => self.clone(),
        }
    }

    /// The prefix of the program's own variables, without the underscore.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.inner.prefix
    }

    /// A variable by its full name. An empty value is a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(|n| same_name(n, name))
    }

    /// A variable of the program's own: `own("TELEMETRY")` is `CRAWL4AI_TELEMETRY` under the prefix `CRAWL4AI`.
    #[must_use]
    pub fn own(&self, suffix: &str) -> Option<&str> {
        let prefix = &*self.inner.prefix;
        self.find(|n| {
            n.len() == prefix.len() + 1 + suffix.len()
                && n.get(..prefix.len()).is_some_and(|p| same_name(p, prefix))
                && n.as_bytes().get(prefix.len()) == Some(&b'_')
                && n.get(prefix.len() + 1..).is_some_and(|s| same_name(s, suffix))
        })
    }

    /// Is the variable set, and not empty?
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }

    /// Only the variables that a decision reads after the set-up, so that no copy of the others is kept.
    pub(crate) fn of_decisions(&self) -> Self {
        let own = |name: &str| {
            name.len() > self.prefix().len()
                && name.get(..self.prefix().len()).is_some_and(|start| same_name(start, self.prefix()))
        };
        let decides = |name: &str| {
            own(name) || super::DECISIVE.iter().flat_map(|all| all.iter()).any(|n| same_name(n, name))
        };
        let variables = self.inner.variables.iter().filter(|(name, _)| decides(name)).cloned().collect();
        Self::new(self.prefix(), variables, self.inner.source.clone())
    }

    /// Are all names and values equal?
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        self.inner.variables == other.inner.variables
    }

    /// All variables, names and values, for a program that is started with the same ones.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inner.variables.iter().map(|(name, value)| (&**name, &**value))
    }

    fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<&str> {
        self.variables().find(|(name, _)| wanted(name)).map(|(_, value)| value)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
fn of_process() -> Vec<(String, String)> {
    let lossy = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))).collect()
}

/// Windows does not distinguish `Path` from `PATH`.
fn same_name(a: &str, b: &str) -> bool {
    if cfg!(windows) { a.eq_ignore_ascii_case(b) } else { a == b }
}

/// Shows how many variables there are, never a name or a value.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("prefix", &self.inner.prefix)
            .field("variables", &self.inner.variables.len())
            .finish()
    }
}

/// The value of a variable that *permits* something.
///
/// Only the words `1`, `true`, `on` and `yes` permit, in any case and with surrounding space ignored. An empty value
/// counts as unset. **Every other word is a no**, because somebody who writes `disabled`, `never` or `nein` does not
/// want the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// `1`, `true`, `on` or `yes`.
    On,
    /// `0`, `false`, `off`, `no`, and any other word.
    Off,
    /// Not set, or empty.
    Unset,
}

impl Switch {
    /// Reads the value of a variable.
    #[must_use]
    pub(crate) fn read(value: Option<&str>) -> Self {
        match value.map(str::trim) {
            None | Some("") => Self::Unset,
            Some(word) if is_one_of(word, &["1", "true", "on", "yes"]) => Self::On,
            Some(_) => Self::Off,
        }
    }
}

/// Reads a variable that *forbids* or *marks* something, as `DO_NOT_TRACK` and `CI` do. It is set if its value is
/// neither empty nor `0` nor `false`, in any case and with surrounding space ignored.
///
/// An unknown word counts as set, because it must not lift a prohibition: `CI=woodpecker` is a yes.
#[must_use]
pub(crate) fn flag(value: Option<&str>) -> bool {
    value.map(str::trim).is_some_and(|word| !word.is_empty() && !is_one_of(word, &["0", "false"]))
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|w| w.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_words_permit_and_an_unknown_one_forbids() {
        let cases = [
            (None, Switch::Unset),
            (Some(""), Switch::Unset),
            (Some("  "), Switch::Unset),
            (Some("1"), Switch::On),
            (Some("true"), Switch::On),
            (Some("On"), Switch::On),
            (Some(" YES\n"), Switch::On),
            (Some("0"), Switch::Off),
            (Some("False"), Switch::Off),
            (Some("OFF"), Switch::Off),
            (Some("no"), Switch::Off),
            (Some("disabled"), Switch::Off),
            (Some("never"), Switch::Off),
            (Some("2"), Switch::Off),
            (Some("\u{fffd}"), Switch::Off),
            (Some("yes please"), Switch::Off),
        ];
        for (value, expected) in cases {
            assert_eq!(Switch::read(value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_flag_holds_unless_it_says_zero_false_or_nothing() {
        let cases = [
            (None, false),
            (Some(""), false),
            (Some(" "), false),
            (Some("0"), false),
            (Some(" FALSE "), false),
            (Some("1"), true),
            (Some("true"), true),
            (Some("no"), true),
            (Some("woodpecker"), true),
            (Some("00"), true),
        ];
        for (value, expected) in cases {
            assert_eq!(flag(value), expected, "{value:?}");
        }
    }

    #[test]
    fn own_variables_are_the_prefix_an_underscore_and_the_suffix() {
        let env =
            Env::from_pairs("APP", [("APP_TELEMETRY", "a"), ("APPS_TELEMETRY", "b"), ("APPXTELEMETRY", "c")]);
        assert_eq!(env.own("TELEMETRY"), Some("a"));
        assert_eq!(env.own("TELEMETRY_EMAIL"), None);
        assert_eq!(env.own(""), None);
        assert_eq!(Env::from_pairs("ÄPP", [("ÄPP_X", "1"), ("ÄP", "2")]).own("X"), Some("1"));
    }

    #[test]
    fn an_empty_value_is_a_value_but_does_not_count_as_set() {
        let env = Env::from_pairs("A", [("EMPTY", "")]);
        assert_eq!(env.get("EMPTY"), Some(""));
        assert!(!env.is_set("EMPTY"));
        assert!(!env.is_set("MISSING"));
    }

    #[test]
    fn debug_shows_no_name_and_no_value() {
        let env = Env::from_pairs("A", [("STRIPE_KEY", "sk_live_1")]);
        let shown = format!("{env:?}");
        assert_eq!(shown, r#"Env { prefix: "A", variables: 1 }"#);
    }

    #[test]
    fn a_source_is_asked_again_and_a_list_stays_what_it_is() {
        let count = std::sync::atomic::AtomicU32::new(0);
        let next = move || {
            let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            vec![("N".to_owned(), n.to_string())]
        };
        let first = Env::from_source("A", next);
        assert_eq!(
            (first.get("N"), first.refresh().get("N"), first.get("N")),
            (Some("0"), Some("1"), Some("0"))
        );
        assert_eq!(first.refresh().prefix(), "A");
        let list = Env::from_pairs("A", [("N", "0")]);
        assert_eq!(list.refresh().get("N"), Some("0"));
    }

    #[test]
    fn the_process_has_an_environment() {
        assert!(Env::from_process("CARGO").get("PATH").is_some());
    }
}
