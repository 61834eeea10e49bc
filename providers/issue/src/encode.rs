//! Encodes a text for an address or for HTML.

use std::fmt::Write as _;

/// Percent-encodes a text for a part of an address (RFC 3986). Letters, digits, `-`, `.`, `_` and `~` stay; each byte
/// of other characters becomes `%` and two digits.
pub(crate) fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len().saturating_mul(2));
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The length of a text in an address, in bytes after percent-encoding.
pub(crate) fn percent_length(text: &str) -> usize {
    text.bytes().map(|byte| if is_plain(byte) { 1 } else { 3 }).sum()
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The longest start of a text that takes at most `most` bytes in an address. It ends between two characters.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    let mut length = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        length = length.saturating_add(percent_length(c.encode_utf8(&mut [0; 4])));
        length > most
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Escapes a text for HTML, between tags or in an attribute in double quotes.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len().saturating_add(text.len() / 8));
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_a_text_and_is_not_changed_by_it() {
        for (text, encoded) in [
            ("a-b.c_d~e", "a-b.c_d~e"),
            ("a b\n+&=?#%", "a%20b%0A%2B%26%3D%3F%23%25"),
            ("größer 名", "gr%C3%B6%C3%9Fer%20%E5%90%8D"),
        ] {
            assert_eq!(percent(text), encoded);
            assert_eq!(percent_length(text), encoded.len());
        }
    }

    #[test]
    fn no_character_is_cut() {
        let text = "ab名c";
        for (most, expected) in
            [(0, ""), (1, "a"), (2, "ab"), (3, "ab"), (10, "ab"), (11, "ab名"), (12, "ab名c")]
        {
            assert_eq!(beginning(text, most), expected, "{most}");
        }
        assert_eq!(beginning(text, usize::MAX), text);
    }

    #[test]
    fn html_is_text() {
        assert_eq!(html("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
