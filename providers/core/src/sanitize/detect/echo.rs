//! Finds a quoted value that a validator or a parser repeats because it refused it: `with value "…" fails to match`, `'…' does
//! not match '^\d+$'`. A value of letters stays, because it may be a word of the program, unless the field's name is that of
//! data.
//!
//! The phrases are those of joi, yup, Zod, Mongoose, `graphql-js`, jsonschema, Json.NET, Go's `time`, Ajv, argparse, `datetime.fromisoformat`, .NET, Java's
//! `NumberFormatException`, Rails and Symfony.

use super::cursor::{Cursor, is_ident, is_quote};
use super::prose::says_nothing;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Phrases before the value.
const BEFORE: [&[u8]; 15] = [
    b"with value ",
    b"for value ",
    b"invalid value ",
    b"cast from the value ",
    b"invalid date: ",
    b"fromisoformat value: ",
    b"float value: ",
    b"int value: ",
    b"Decimal value: ",
    b"received value ",
    b"rejected value ",
    b"got value ",
    b", received ",
    b"parsing time ",
    b"cannot parse ",
];

/// Phrases behind the value and its quote.
const BEHIND: [&[u8]; 12] = [
    b" does not match ",
    b" is not of type ",
    b" is not a '",
    b" is not a valid ",
    b" is too short",
    b" is too long",
    b" is not valid under ",
    b" has non-unique ",
    b" was expected",
    b" value has an invalid ",
    b" is not valid for ",
    b" cannot be parsed ",
];

/// Longest part of a line before a phrase that is looked at, in bytes.
const HEAD: usize = 96;

/// Longest value that a phrase may follow, in bytes.
const VALUE: usize = 96;

/// The value in the quotes that open at `open`.
pub(super) fn quoted(cursor: Cursor<'_>, open: usize, keys: &KeyClassifier) -> Option<Span> {
    // The view without escapes looks at quotes behind a backslash.
    if cursor.before(open) == b'\\' {
        return None;
    }
    // All phrases before a value end in these letters, so most other quotes are excluded first.
    let bare = cursor.back(open, open.saturating_sub(3), |b| is_quote(b) || b == b'\\');
    let named = cursor.before(bare) == b' '
        && matches!(cursor.before(bare - 1), b'e' | b':' | b'd')
        && (BEFORE.iter().any(|phrase| cursor.ends_any_case(bare, phrase))
            || (cursor.ends_any_case(bare, b" value: ")
                && cursor.find(bare.saturating_sub(HEAD), bare, b"argument -").is_some()));
    // Most quoted texts have another sentence behind them. Only a bounded part is looked at until a phrase is seen.
    let quote = cursor.at(open);
    let near = cursor.ahead_at_most(open + 1, VALUE, |b| b != quote && b != b'\n');
    if !named && cursor.at(near) != quote {
        return None;
    }
    let close = cursor.ahead_at_most(near, 3, |b| is_quote(b) || b == b'\\');
    let behind = cursor.at(close) == b' '
        && matches!(cursor.at(close + 1), b'd' | b'i' | b'h' | b'w' | b'v' | b'c')
        && BEHIND.iter().any(|phrase| cursor.has(close, phrase));
    if !(named || behind) {
        return None;
    }
    let (start, end) = in_quotes(cursor, open)?;
    // The value may hold another pair of quotes, as in yup's `"…"`.
    let inner = cursor.ahead_at_most(start, 2, is_quote);
    let value = cursor.slice(inner, end);
    let done = placeholder::ends_at(cursor, inner).is_some_and(|behind| behind + 1 >= end);
    let goes = is_data(value) || is_of_field(cursor, bare, keys);
    (!done && goes && !says_nothing(value) && !value.contains(&b'\n')).then_some(Span {
        start: inner,
        end,
        kind: Redaction::Content,
    })
}

/// The value that Json.NET could not convert, `Could not convert string to DateTime: 31.13.1982. Path 'customer.day'`. It starts
/// at `start`, after a key that starts at `key`.
pub(super) fn converted(cursor: Cursor<'_>, key: usize, start: usize) -> Option<Span> {
    if !cursor.ends_any_case(key, b" string to ") {
        return None;
    }
    let stop = cursor.ahead_at_most(start, VALUE, |b| b != b'\n');
    let end = cursor.find(start, stop, b". Path '")?;
    is_data(cursor.slice(start, end)).then_some(Span { start, end, kind: Redaction::Content })
}

/// Did a person write this? It has several words with capitals, characters beyond ASCII, an `@`, or the digits of a date or of a
/// number that is longer than a setting.
fn is_data(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let plain = value.iter().all(u8::is_ascii_digit) && value.len() < 9;
    let version = digits < 6 && value.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let code = value.starts_with(b"0x");
    let capitals = value
        .split(|b| *b == b' ')
        .filter(|word| word.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0x80));
    let several = capitals.count() > 1 && value != b"Invalid Date";
    let number = digits > 3 && !plain && !version && !code;
    several || number || value.contains(&b'@') || value.iter().any(|b| *b >= 0x80)
}

/// Does the field before the phrase hold data: `"iban" with value`, `argument --dob: invalid`?
fn is_of_field(cursor: Cursor<'_>, phrase_end: usize, keys: &KeyClassifier) -> bool {
    let from = cursor.back(phrase_end, phrase_end.saturating_sub(HEAD), |b| b != b'\n');
    let head = cursor.slice(from, phrase_end);
    let words = head.split(|b| !(is_ident(*b) || *b == b'-'));
    let quoted = |word: &[u8]| {
        let at = head.windows(word.len()).position(|part| part == word);
        at.is_some_and(|at| {
            let edge = at.checked_sub(1).and_then(|at| head.get(at)).copied().unwrap_or(0);
            is_quote(edge) || word.starts_with(b"--")
        })
    };
    words
        .filter(|word| word.len() > 1 && quoted(word))
        .any(|word| matches!(keys.class_in_text(word), KeyClass::Sensitive | KeyClass::Personal))
}
