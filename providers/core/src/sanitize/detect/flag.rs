//! Arguments of a command line whose name says that they are secret: `--password hunter2`, `-u ada:hunter2`.

use super::hay::{Hay, is_ident, is_quote};
use super::{Redaction, Span, placeholder};
use crate::sanitize::words::{Class, Words};

/// The longest name of an argument that is looked for.
const NAME: usize = 48;

/// The value behind the argument whose first hyphen stands at `at`; `--name=value` is a pair like any other.
pub(super) fn find(hay: Hay<'_>, at: usize, words: &Words) -> Option<Span> {
    if !matches!(hay.before(at), 0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'`' | b'[' | b'(') {
        return None;
    }
    let (name, user) = if hay.at(at + 1) == b'-' { (at + 2, false) } else { (at + 1, true) };
    let end = hay.ahead_at_most(name, NAME, |b| is_ident(b) || b == b'-');
    if hay.at(end) != b' ' || name == end {
        return None;
    }
    let start = hay.ahead_at_most(end, 4, |b| b == b' ' || is_quote(b));
    let quote = hay.before(start);
    let stop = hay.ahead(start, |b| {
        if is_quote(quote) { b != quote && b != b'\n' } else { b > b' ' && !is_quote(b) && b != b',' }
    });
    let value = hay.slice(start, stop);
    let kind = if user {
        // curl's `-u user:password`.
        let pair = hay.slice(name, end) == b"u" && value.contains(&b':') && !value.contains(&b'/');
        pair.then_some(Redaction::Secret)?
    } else {
        match words.secret(hay.slice(name, end)) {
            Class::Sensitive => Redaction::Secret,
            Class::Personal => Redaction::Redacted,
            Class::Plain | Class::Content(_) => return None,
        }
    };
    let taken = placeholder::ends_at(hay, start).is_some();
    // `--token is required`: a sentence about the argument.
    let sentence = !is_quote(quote)
        && (matches!(
            value,
            b"is"
                | b"was"
                | b"not"
                | b"and"
                | b"or"
                | b"to"
                | b"for"
                | b"in"
                | b"requires"
                | b"must"
                | b"option"
                | b"flag"
                | b"argument"
                | b"cannot"
                | b"has"
        ) || value.starts_with(b"<")
            || value.starts_with(b"-"));
    (!taken && !sentence && !value.is_empty()).then_some(Span { start, end: stop, kind })
}
