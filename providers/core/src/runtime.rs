//! The runtime of code that is not compiled: an interpreter's name and version.

use crate::platform::is_version;

/// Known interpreters, with the language that each runs. Other interpreters have no name in a report, because the name
/// of a company's own interpreter would tell whose machine it is.
const RUNTIMES: [(&str, &str); 5] =
    [("CPython", "python"), ("GraalPy", "python"), ("PyPy", "python"), ("Node.js", "node"), ("Ruby", "ruby")];

/// A runtime's name and version in the form that a report has: at most three numbers. `None` for a runtime that is not
/// listed.
///
/// ```
/// use crawl4ai_telemetry_core::runtime;
///
/// assert_eq!(runtime("CPython", "3.11.7"), Some("CPython 3.11.7".to_owned()));
/// assert_eq!(runtime("CPython", "3.15.0a2+ (built by ada)"), Some("CPython 3.15.0".to_owned()));
/// assert_eq!(runtime("AcmePython", "3.11.7"), None);
/// ```
#[must_use]
pub fn runtime(name: &str, version: &str) -> Option<String> {
    let end = version.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(version.len());
    let version = version.get(..end).unwrap_or_default().trim_end_matches('.');
    let said = if version.is_empty() { name.to_owned() } else { format!("{name} {version}") };
    is_one(&said).then_some(said)
}

/// Is this a listed runtime, with or without a version? The check is repeated when a report is read, because a stored
/// file may have been changed.
pub(crate) fn is_one(said: &str) -> bool {
    let is_known = |name: &str| RUNTIMES.iter().any(|(known, _)| *known == name);
    match said.split_once(' ') {
        Some((name, version)) => is_known(name) && is_version(version, 1..=3),
        None => is_known(said),
    }
}

pub(crate) fn language(said: &str) -> Option<&'static str> {
    let name = said.split(' ').next().unwrap_or_default();
    RUNTIMES.iter().find(|(known, _)| *known == name).map(|(_, language)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_and_numbers() {
        for (name, version, said) in [
            ("PyPy", "7.3.15", Some("PyPy 7.3.15")),
            ("Node.js", "v22", Some("Node.js")),
            ("CPython", "", Some("CPython")),
            ("CPython", "3.11.7.ada", Some("CPython 3.11.7")),
            ("CPython", "10.0.0.1", None),
            ("CPython", "20240101", None),
            ("CPython ada", "3.11.7", None),
            ("", "3.11.7", None),
        ] {
            assert_eq!(runtime(name, version).as_deref(), said, "{name} {version}");
        }
        for hostile in
            ["CPython 3.11 ada", "CPython ", "ada", "", "CPython 3.11.7\n", "CPython ada@example.com"]
        {
            assert!(!is_one(hostile), "{hostile}");
        }
        assert_eq!(language("PyPy 7.3.15"), Some("python"));
        assert_eq!(language("ada"), None);
    }
}
