//! Shows text from outside safely: the content of a file, a report, a server's answer, a variable or an argument.
//!
//! A terminal obeys some characters instead of showing them: they move the cursor, change the window's title, answer
//! for the user, reverse the order of the letters or are invisible. Each such character is shown by its code and never
//! printed itself. The codes are those of JSON, so that a shown report is still the same JSON.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text of several lines: line breaks and tabs stay, other characters that a terminal obeys are shown by their codes.
///
/// ```
/// use crawl4ai_telemetry_core::printable;
///
/// assert_eq!(printable::text("one\n\u{1b}[2Jtwo"), "one\n\\u001b[2Jtwo");
/// assert_eq!(printable::text("naïve 名前 🦀"), "naïve 名前 🦀");
/// ```
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    escape(text, |c| matches!(c, '\n' | '\t'))
}

/// Shows a part of a line: a name, a path, an error. It is like [`text`], but shows line breaks and tabs by their codes
/// too, so that nothing in the part can look like a line of its own.
///
/// ```
/// use crawl4ai_telemetry_core::printable;
///
/// assert_eq!(printable::line("a\nYou said yes."), "a\\u000aYou said yes.");
/// ```
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// Shows bytes that may not be text. It is like [`text`], but shows each byte that is not UTF-8 as `\x` and two digits.
///
/// ```
/// use crawl4ai_telemetry_core::printable;
///
/// assert_eq!(printable::bytes(b"ok \x9b2J"), "ok \\x9b2J");
/// ```
#[must_use]
pub fn bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(whole) = str::from_utf8(bytes) {
        return text(whole);
    }
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        shown.push_str(&text(chunk.valid()));
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown.into()
}

fn escape(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_shown = |c: char| stays(c) || !is_obeyed(c);
    if text.chars().all(is_shown) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_shown(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown.into()
}

/// Does a terminal act on this character, or show nothing where a reader expects a character?
///
/// - Control characters (ECMA-48: C0, DEL and C1).
/// - Characters that set the direction of text (UAX #9) or break lines (UAX #14).
/// - Invisible characters, tags and fillers (Unicode 16: most of `Default_Ignorable_Code_Point`, and U+FFF9 to U+FFFB).
///
/// Variation selectors choose the look of the character before them. Those below U+10000 do not count as obeyed. Those
/// from U+E0100 on do, because they are in the range of the tags.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown_and_everything_else_stays() {
        for (given, shown) in [
            ("plain: ä 名前 שלום 👩‍🚀 e\u{301}", "plain: ä 名前 שלום 👩\\u200d🚀 e\u{301}"),
            ("\u{1b}]0;title\u{7}", "\\u001b]0;title\\u0007"),
            ("\u{9b}2J\u{7f}\0\r", "\\u009b2J\\u007f\\u0000\\u000d"),
            ("\u{202e}gpj.exe\u{202c}", "\\u202egpj.exe\\u202c"),
            ("\u{2066}\u{2067}\u{2068}\u{2069}\u{61c}", "\\u2066\\u2067\\u2068\\u2069\\u061c"),
            ("a\u{200b}b\u{feff}c\u{ad}", "a\\u200bb\\ufeffc\\u00ad"),
            ("\u{2028}\u{2029}\u{85}\u{b}\u{c}", "\\u2028\\u2029\\u0085\\u000b\\u000c"),
            ("\u{e0041}", "\\udb40\\udc41"),
            ("C:\\u0041 \\", "C:\\u0041 \\"),
        ] {
            assert_eq!(line(given), shown, "{given:?}");
            assert_eq!(text(given), shown, "{given:?}");
            assert_eq!(bytes(given.as_bytes()), shown, "{given:?}");
        }
        assert_eq!((text("a\tb\n"), line("a\tb\n")), ("a\tb\n".into(), "a\\u0009b\\u000a".into()));
        assert_eq!(bytes(b"\xff\x1b[0m\xc3\x28"), "\\xff\\u001b[0m\\xc3(");
        assert!(matches!(text("nothing to do"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_report_that_is_shown_is_still_the_same_json() {
        let report = serde_json::json!({ "value": "\u{1b}[2J\u{202e}\u{9b}\u{7f}\u{e0041}\u{200b}" });
        let json = serde_json::to_string(&report).unwrap();
        let shown = bytes(json.as_bytes());
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), report);
    }
}
