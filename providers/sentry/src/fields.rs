//! Cuts strings to the sizes of their fields.
//!
//! Text that a server would cut or change is cut here, so that the log of what was sent shows what the server keeps.
//! The bounds are those of Relay, which receives events for Sentry.

/// The longest value of a tag, in characters.
const TAG: usize = 200;

/// The longest name of a release, in characters.
const RELEASE: usize = 200;

/// Cuts a text to `most` characters; a cut text ends with `…`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// The value of a tag: one line, not empty.
pub(crate) fn tag(value: &str) -> Option<String> {
    let line = value
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (!line.is_empty()).then(|| cut(&line, TAG))
}

/// `name@version`, with `-` for characters that releases may not have
/// (<https://docs.sentry.io/cli/releases/#naming-releases>).
pub(crate) fn release(name: &str, version: &str) -> String {
    let release: String = format!("{name}@{version}")
        .chars()
        .map(|c| if c == '/' || c == '\\' || c.is_whitespace() || c.is_control() { '-' } else { c })
        .collect();
    cut(&release, RELEASE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_at_a_character_and_says_so() {
        let table =
            [("", 4, ""), ("abcd", 4, "abcd"), ("abcde", 4, "abc…"), ("äöüßé", 4, "äöü…"), ("abc", 1, "…")];
        for (text, most, expected) in table {
            assert_eq!(cut(text, most), expected, "{text}");
        }
    }

    #[test]
    fn a_tag_is_one_line() {
        let table = [("fetch", Some("fetch")), ("a\nb\r\n c ", Some("a b c")), ("", None), (" \n ", None)];
        for (value, expected) in table {
            assert_eq!(tag(value).as_deref(), expected, "{value:?}");
        }
    }

    #[test]
    fn a_release_is_a_name_that_relay_takes() {
        let table = [
            ("my-tool", "1.4.2", "my-tool@1.4.2"),
            ("my tool", "1.4.2-rc.1+5", "my-tool@1.4.2-rc.1+5"),
            ("@scope/tool", "1\t2\\3\n", "@scope-tool@1-2-3-"),
        ];
        for (name, version, expected) in table {
            assert_eq!(release(name, version), expected);
        }
    }
}
