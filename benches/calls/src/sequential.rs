//! The sanitizer's peer: twelve rules, as client-side scrubbers write them, one after the other.

use regex::{NoExpand, Regex};

pub(crate) struct Sequential(Vec<(Regex, &'static str)>);

impl Sequential {
    pub(crate) fn new() -> Self {
        let rules = [
            (r"[a-zA-Z][a-zA-Z0-9+.-]*://[^ \t\n]+", "[url]"),
            (r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}", "[email]"),
            (r"(?-u:\b)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?-u:\b)", "[ip]"),
            (r"(?-u:\b)(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?-u:\b)", "[ip]"),
            (r"/(?:home|Users)/[^/ \t\n]+", "[path]"),
            (r"[A-Za-z]:\\Users\\[^\\ \t\n]+", "[path]"),
            (r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", "[jwt]"),
            (r"(?:AKIA|ASIA)[A-Z0-9]{16}", "[token]"),
            (r"gh[pousr]_[A-Za-z0-9]{36}", "[token]"),
            (r"-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----", "[pem]"),
            (r"(?i-u:password|secret|token|api_key) *[:=] *[^ \t\n,;]+", "[secret]"),
            (r"(?-u:\b)[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}(?-u:\b)", "[card]"),
        ];
        Self(rules.iter().map(|(rule, text)| (Regex::new(rule).expect("a rule"), *text)).collect())
    }

    pub(crate) fn clean(&self, text: &str) -> String {
        let start = text.to_owned();
        self.0.iter().fold(start, |text, (rule, with)| rule.replace_all(&text, NoExpand(with)).into_owned())
    }
}
