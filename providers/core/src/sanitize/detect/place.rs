//! Tells places in code, and targets of a log, from keys.

use super::cursor::{Cursor, is_ident, is_word};
use super::domain;
use super::prose::{goes_on, names_module};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Extensions of source files that are rarely the last part of a file's name elsewhere. A line's number must follow.
#[rustfmt::skip]
const SOURCES: [&[u8]; 18] = [
    b"ex", b"exs", b"erl", b"hrl", b"clj", b"cljs", b"zig", b"nim", b"dart", b"ml", b"mli", b"hs", b"scala", b"lua", b"vue",
    b"svelte", b"swift", b"cs",
];

/// Levels of a log's line.
#[rustfmt::skip]
const LEVELS: [&[u8]; 10] = [
    b"ERROR", b"WARN", b"WARNING", b"INFO", b"DEBUG", b"TRACE", b"CRITICAL", b"FATAL", b"NOTICE", b"SEVERE",
];

/// Longest part of a line that decides whether it is a sentence, in bytes.
const LINE: usize = 96;

/// Is the supposed key from `start` to its colon at `at` the end of a module's path, a file's name, or the target of a
/// log's line, `ERROR app.auth.password: …`? A number follows the name of a file: `password.ex:14`.
pub(super) fn is_place(
    cursor: Cursor<'_>,
    name: &[u8],
    start: usize,
    at: usize,
    keys: &KeyClassifier,
) -> bool {
    if cursor.before(start) == b':' && cursor.before(start - 1) == b':' {
        return true;
    }
    let Some(dot) = name.iter().rposition(|b| *b == b'.').filter(|dot| *dot > 0) else { return false };
    let last = name.get(dot + 1..).unwrap_or_default();
    let file = domain::is_file(last) && matches!(cursor.at(at + 1), b' ' | b'0'..=b'9');
    let digits = cursor.ahead_at_most(at + 1, 5, |b| b.is_ascii_digit());
    let numbered = digits > at + 1 && !is_word(cursor.at(digits)) && SOURCES.contains(&last);
    file || numbered || is_target(cursor, name, start, at, keys)
}

/// Is this the target of a log's line? It has three or more parts and stands behind the level, and a sentence follows.
/// The last part may be a class. A program may also log a setting, so after the name of one that is not also the name of a
/// module, one of the first words must be one that continues a sentence. The words of a phrase may be such words.
fn is_target(cursor: Cursor<'_>, name: &[u8], start: usize, at: usize, keys: &KeyClassifier) -> bool {
    let mut parts = name.rsplit(|b| *b == b'.');
    let last = parts.next().unwrap_or_default();
    let is_module = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_lowercase)
            && part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
    };
    let is_class = last.first().is_some_and(u8::is_ascii_uppercase) && last.iter().all(|b| is_ident(*b));
    if parts.clone().count() < 2 || !parts.all(is_module) || !(is_class || is_module(last)) {
        return false;
    }
    let edge = cursor.back(start, start.saturating_sub(3), |b| matches!(b, b' ' | b':' | b']'));
    let behind = |level: &[u8]| {
        edge < start
            && cursor.slice(edge.saturating_sub(level.len()), edge) == level
            && !is_word(cursor.before(edge - level.len()))
    };
    if !LEVELS.iter().any(|level| behind(level)) {
        return false;
    }
    // Python's logging writes `ERROR:app.auth.password:…`, others write a blank behind the colon.
    let blank = cursor.at(at + 1) == b' ';
    if !blank && cursor.before(start) != b':' {
        return false;
    }
    let text = at + 1 + usize::from(blank);
    let line = cursor.slice(text, cursor.ahead_at_most(text, LINE, |b| b != b'\n'));
    let words = || line.split(|b| *b == b' ').filter(|word| !word.is_empty());
    let is_plain = |word: &[u8]| word.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b','));
    let sentence = words().take(2).filter(|word| is_plain(word)).count() == 2;
    let lower = last.to_ascii_lowercase();
    let is_phrase = [&b"phrase"[..], b"mnemonic", b"seed"].iter().any(|end| lower.ends_with(end));
    // `TokenService` is a class; `Password` may be a field.
    let tail = last.iter().rposition(u8::is_ascii_uppercase).filter(|at| *at > 0);
    let tail = tail.and_then(|at| last.get(at..)).filter(|_| is_class);
    let is_long_class =
        tail.is_some_and(|tail| tail != b"Name" && keys.class_in_text(tail) == KeyClass::Plain);
    let class = keys.class_in_text(last);
    let is_free = is_long_class || names_module(last) || class == KeyClass::Plain;
    let near = if class == KeyClass::Personal { 1 } else { 3 };
    let has_value =
        words().any(|word| word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic));
    sentence && !is_phrase && !has_value && (is_free || words().take(near).any(goes_on))
}
