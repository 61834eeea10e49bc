//! Makes and recognizes placeholders. A placeholder that is already in a text stays.

use std::borrow::Cow;
use std::fmt::Write;

use super::cursor::Cursor;
use super::{Redaction, Span};

/// The size classes of a content placeholder. They show roughly how large the content is, never exactly.
const SIZES: [(usize, &str); 6] = [
    (100, "under 100 B"),
    (1_000, "100 B–1 KB"),
    (10_000, "1–10 KB"),
    (100_000, "10–100 KB"),
    (1_000_000, "100 KB–1 MB"),
    (usize::MAX, "over 1 MB"),
];

/// The kinds of content that a key can name.
pub(crate) const CONTENT: [&str; 16] = [
    "url",
    "html",
    "body",
    "content",
    "markdown",
    "text",
    "prompt",
    "response",
    "headers",
    "query",
    "request",
    "payload",
    "document",
    "script",
    "arguments",
    "environment",
];

/// The longest placeholder, in bytes: `[environment 100 KB–1 MB]`, or a count with the digits of 64 bits.
const LONGEST: usize = 40;

/// The placeholder of content: `[html 10–100 KB]`.
pub(crate) fn content(kind: &str, bytes: usize) -> String {
    let size = SIZES.iter().find(|(below, _)| bytes < *below).map_or("over 1 MB", |(_, size)| size);
    format!("[{kind} {size}]")
}

/// The placeholder of a list: `[headers 5 items]`.
pub(crate) fn items(kind: &str, count: usize) -> String {
    format!("[{kind} {count} items]")
}

/// The mark of a cut: `[cut 1234 bytes]`, or with another unit.
pub(crate) fn cut(count: usize, unit: &str) -> String {
    let mut out = String::with_capacity(LONGEST);
    // Writing to a string cannot fail.
    let _ = write!(out, "[cut {count} {unit}]");
    out
}

/// Is `text` a single placeholder?
pub(crate) fn is_placeholder(text: &[u8]) -> bool {
    let Some(inner) = text.strip_prefix(b"[").and_then(|t| t.strip_suffix(b"]")) else { return false };
    if text.len() > LONGEST + 16 {
        return false;
    }
    if Redaction::ALL.iter().any(|kind| kind.placeholder().as_bytes() == text) {
        return true;
    }
    let Some(space) = inner.iter().position(|b| *b == b' ') else { return false };
    let (kind, rest) = inner.split_at(space);
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (count, unit) = rest.split_at(digits);
    let counted = (1..=20).contains(&count.len());
    if kind == b"cut" {
        return counted && matches!(unit, b" bytes" | b" items" | b" keys" | b" levels");
    }
    CONTENT.iter().any(|c| c.as_bytes() == kind)
        && (SIZES.iter().any(|(_, size)| size.as_bytes() == rest) || (counted && unit == b" items"))
}

/// The end of the placeholder at `start` of a text.
pub(in crate::sanitize) fn end_in(text: &[u8], start: usize) -> Option<usize> {
    ends_at(Cursor::new(text), start)
}

/// The end of the placeholder at `i`.
pub(super) fn ends_at(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    if cursor.at(i) != b'[' {
        return None;
    }
    let close = cursor.ahead_at_most(i + 1, LONGEST + 16, |b| b != b']');
    is_placeholder(cursor.slice(i, close + 1)).then_some(close + 1)
}

/// A text without its placeholders, because the words in a placeholder say nothing about a key.
pub(crate) fn without(text: &str) -> Cow<'_, str> {
    if !text.contains('[') {
        return Cow::Borrowed(text);
    }
    let cursor = Cursor::new(text.as_bytes());
    let mut out = String::with_capacity(text.len());
    let mut behind = 0;
    for (at, c) in text.char_indices() {
        if c == '[' && at >= behind {
            behind = ends_at(cursor, at).unwrap_or(behind);
        }
        if at >= behind {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Is the span inside of a placeholder?
pub(crate) fn covers(text: &[u8], span: &Span) -> bool {
    let cursor = Cursor::new(text);
    let floor = (span.start + 1).saturating_sub(LONGEST + 16);
    // Most texts have no placeholder, so they are excluded first.
    if !text.get(floor..(span.start + 1).min(text.len())).is_some_and(|near| near.contains(&b'[')) {
        return false;
    }
    let open = cursor.back((span.start + 1).min(cursor.len()), floor, |b| b != b'[');
    match open.checked_sub(1) {
        Some(open) if cursor.at(open) == b'[' => ends_at(cursor, open).is_some_and(|end| span.end <= end),
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_are_known_and_nothing_else_is() {
        for kind in Redaction::ALL {
            assert!(is_placeholder(kind.placeholder().as_bytes()), "{kind:?}");
        }
        for kind in CONTENT {
            for bytes in [0, 99, 100, 5_000, 50_000, 500_000, 5_000_000] {
                assert!(is_placeholder(content(kind, bytes).as_bytes()), "{}", content(kind, bytes));
            }
            assert!(is_placeholder(items(kind, 7).as_bytes()));
        }
        for text in [cut(12, "bytes"), cut(usize::MAX, "items"), cut(0, "keys")] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in
            ["[html ada@example.com]", "[cut bytes]", "[]", "[url", "url]", "[secret] x", "[cut 1 ada]", ""]
        {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn sizes_are_classes() {
        assert_eq!(content("html", 0), "[html under 100 B]");
        assert_eq!(content("html", 45_000), "[html 10–100 KB]");
        assert_eq!(content("html", usize::MAX), "[html over 1 MB]");
    }

    #[test]
    fn texts_without_them() {
        for (text, rest) in
            [("a [url] b[ip]", "a  b"), ("[1] [x", "[1] [x"), ("é[html 10–100 KB]é", "éé"), ("[[url]]", "[]")]
        {
            assert_eq!(without(text), rest, "{text}");
        }
    }

    #[test]
    fn a_span_inside_a_placeholder_is_no_find() {
        let text = "a [url] b";
        let span = |start, end| Span { start, end, kind: Redaction::Custom };
        for (start, end, inside) in [(2, 7, true), (3, 6, true), (2, 8, false), (0, 1, false), (8, 9, false)]
        {
            assert_eq!(covers(text.as_bytes(), &span(start, end)), inside, "{start}..{end}");
        }
    }
}
