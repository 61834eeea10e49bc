//! Finds a secret that is compared with a text, `'hunter2' == password`, and a random value whose key only ends in
//! `key`.

use super::assignment::{KEY, is_blank};
use super::cursor::{Cursor, is_name, is_quote};
use super::prose::says_nothing;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// The longest compared text, in bytes.
const VALUE: usize = 256;

/// Does an equals sign follow the type that starts at `start`?
pub(super) fn declares(cursor: Cursor<'_>, start: usize) -> bool {
    let behind = cursor.ahead_at_most(start, 40, |b| !matches!(b, b'=' | b'\n' | b'"' | b'\'' | b';' | b'`'));
    matches!(cursor.at(behind), b'=')
}

/// The text in `'hunter2' == password`, before the first of the two signs at `at`, if the name after the signs is a
/// secret's.
pub(super) fn before(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let name = cursor.ahead_at_most(at, 3, |b| b == b'=');
    let name = cursor.ahead_at_most(name, 2, is_blank);
    let name_end = cursor.ahead_at_most(name, KEY, |b| is_name(b) || b >= 0x80);
    let close = cursor.back(at, floor.max(at.saturating_sub(3)), |b| is_blank(b) || b == b'!');
    let quote = cursor.before(close);
    if !is_quote(quote) || name == name_end {
        return None;
    }
    let open = cursor.back(close - 1, floor.max(close.saturating_sub(VALUE)), |b| b != quote && b != b'\n');
    if cursor.before(open) != quote || open + 1 >= close {
        return None;
    }
    let kind = match keys.class_in_text(cursor.slice(name, name_end)) {
        KeyClass::Sensitive => Redaction::Secret,
        KeyClass::Personal => Redaction::Redacted,
        KeyClass::Plain | KeyClass::Content(_) => return None,
    };
    let span = Span { start: open, end: close - 1, kind };
    let done = placeholder::ends_at(cursor, open).is_some_and(|end| end >= span.end);
    (!done && !says_nothing(cursor.slice(open, close - 1))).then_some(span)
}

/// The value of `convertkit_key: "9WeCHsxMMTs0ucEkGI"` or `READ_KEY=…`. Nothing is known about such a key, so only a
/// random value counts.
pub(super) fn random_key(cursor: Cursor<'_>, name: &[u8], start: usize) -> Option<Span> {
    if !matches!(name, [.., b'y' | b'Y'] | [b'B', b'U', ..]) {
        return None;
    }
    let key = name
        .len()
        .checked_sub(3)
        .and_then(|at| name.get(at..))
        .is_some_and(|last| last.eq_ignore_ascii_case(b"key"));
    let split = matches!(name.len().checked_sub(4).and_then(|at| name.get(at)), Some(b'_' | b'-' | b'.'))
        || name.ends_with(b"Key");
    if name.starts_with(b"BUNDLE_") {
        // Bundler writes the credentials for a host as `BUNDLE_GEMS__EXAMPLE__COM=user:password`: bundle-config(1).
        let end = cursor.ahead_at_most(start, VALUE, |b| b > b' ' && !is_quote(b));
        let pair = cursor.slice(start, end).contains(&b':') && name.windows(2).any(|two| two == b"__");
        return pair.then_some(Span { start, end, kind: Redaction::Secret });
    }
    if !(key && split) {
        return None;
    }
    let (start, end) = in_quotes(cursor, start).unwrap_or_else(|| {
        (start, cursor.ahead_at_most(start, VALUE, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
    });
    let text = cursor.slice(start, end);
    let has = |class: fn(&u8) -> bool| text.iter().any(class);
    let random = (16..=VALUE).contains(&text.len())
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase);
    random.then_some(Span { start, end, kind: Redaction::Secret })
}
