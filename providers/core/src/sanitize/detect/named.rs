//! Classifies a value whose name is in another field of the same object: `{"name": "password", "value": "…"}`,
//! Kubernetes' `- name: …` and `value: …`, `EnvVar { name: …, value: … }`.

use super::Redaction;
use super::cursor::{Cursor, is_name, is_quote};
use super::value::in_quotes;
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Largest distance between the two fields, in bytes.
const REACH: usize = 160;

/// Names of fields that hold the name of something.
#[rustfmt::skip]
const NAMES: [&[u8]; 16] = [
    b"name", b"key", b"field", b"id", b"label", b"param", b"parameter", b"header", b"variable", b"var", b"option",
    b"attribute", b"type", b"path", b"property", b"loc",
];

/// Fields that hold personal data if the object is a person.
#[rustfmt::skip]
const OF_PERSONS: [&[u8]; 7] = [b"name", b"sub", b"address", b"city", b"zip", b"gender", b"company"];

/// Names of types of objects that are persons: `User { name: … }`, `Claims { sub: … }`.
#[rustfmt::skip]
const PERSONS: [&[u8]; 16] = [
    b"user", b"customer", b"person", b"patient", b"employee", b"contact", b"profile", b"claims", b"member",
    b"userinfo", b"userprofile", b"passenger", b"tenant", b"student", b"subscriber", b"applicant",
];

/// What may be around such a type's name: `CreatePatientDto`.
const AROUND: [&[u8]; 14] = [
    b"Create",
    b"Update",
    b"New",
    b"Register",
    b"Save",
    b"Dto",
    b"DTO",
    b"Request",
    b"Input",
    b"Form",
    b"Payload",
    b"Record",
    b"Entity",
    b"Model",
];

/// Does this field occur in persons as well as in other objects?
pub(super) fn is_of_person(key: &[u8]) -> bool {
    OF_PERSONS.contains(&key)
}

/// Is the key inside of the brackets of a person's type?
pub(super) fn is_in_person(cursor: Cursor<'_>, key: usize) -> bool {
    let open =
        cursor.back(key, key.saturating_sub(REACH), |b| !matches!(b, b'{' | b'(' | b'}' | b')' | b'<'));
    let owner = match cursor.before(open) {
        b'{' | b'(' => {
            let end = cursor.back(open - 1, open.saturating_sub(2), |b| b == b' ');
            cursor.slice(cursor.back(end, end.saturating_sub(32), |b| b.is_ascii_alphabetic()), end)
        }
        // Ruby writes `#<User id: 1, …>`.
        b'<' => cursor.slice(open, cursor.ahead_at_most(open, 16, |b| b.is_ascii_alphabetic())),
        _ => return false,
    };
    let owner = AROUND.iter().fold(owner, |owner, word| owner.strip_prefix(*word).unwrap_or(owner));
    let owner = AROUND.iter().fold(owner, |owner, word| owner.strip_suffix(*word).unwrap_or(owner));
    owner.first().is_some_and(u8::is_ascii_uppercase) && PERSONS.iter().any(|p| p.eq_ignore_ascii_case(owner))
}

/// Does a quoted text follow the sign in these bytes, which start with the rest of a key?
fn is_text(rest: &[u8]) -> bool {
    let behind = rest.iter().skip_while(|b| !matches!(**b, b':' | b'=')).skip(1);
    let mut behind = behind.skip_while(|b| matches!(**b, b' ' | b'\\' | b'>'));
    behind.next().is_some_and(|b| is_quote(*b) || b.is_ascii_digit())
}

/// Are fields of a person in the braces around the key: `{"name": "Ada Lovelace", "email": …}`?
pub(super) fn is_beside_person(cursor: Cursor<'_>, key: usize) -> bool {
    const FIELDS: [&[u8]; 12] = [
        b"email",
        b"e_mail",
        b"phone",
        b"mobile",
        b"birth",
        b"dob",
        b"iban",
        b"geburtsdatum",
        b"telefon",
        b"surname",
        b"lastname",
        b"last_name",
    ];
    let is_brace = |b: u8| matches!(b, b'{' | b'}' | b'\n');
    let open = cursor.back(key, key.saturating_sub(REACH), |b| !is_brace(b));
    let close = cursor.ahead_at_most(key, REACH, |b| !is_brace(b));
    let text = cursor.slice(open, close).to_ascii_lowercase();
    cursor.before(open) == b'{'
        && FIELDS.iter().any(|field| {
            text.windows(field.len()).enumerate().any(|(at, part)| {
                let end = at + field.len();
                let rest = text.get(end..).unwrap_or_default();
                let word = rest.iter().take_while(|b| is_name(**b)).count();
                let sign =
                    rest.iter().skip(word).take(3).find(|b| !(is_quote(**b) || matches!(**b, b' ' | b'\\')));
                part == *field && matches!(sign, Some(b':' | b'=')) && is_text(rest)
            })
        })
}

/// Is this the name of a field that holds the value?
pub(super) fn is_value(key: &[u8]) -> bool {
    [&b"value"[..], b"val", b"default", b"stringvalue", b"rejectedvalue", b"input"]
        .iter()
        .any(|v| v.eq_ignore_ascii_case(key))
}

const fn is_gap(b: u8) -> bool {
    is_quote(b) || matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b',' | b';' | b'-')
}

/// The class of the value at `value`, whose key is at `key`. The name may be directly before or after them, or anywhere
/// in the same braces.
pub(super) fn class(cursor: Cursor<'_>, key: usize, value: usize, keys: &KeyClassifier) -> KeyClass {
    let beside = before(cursor, key).or_else(|| behind(cursor, value));
    beside.map_or(KeyClass::Plain, |name| keys.class_in_text(name)).max(within(cursor, key, value, keys))
}

/// The kind of a value in an indented line, whose name is alone in the line above: `password\n  String should have …,
/// input_value='…'`. The name may be a path: `user.0.password`.
pub(super) fn above(cursor: Cursor<'_>, key: usize, keys: &KeyClassifier) -> Option<Redaction> {
    let line = cursor.back(key, key.saturating_sub(2 * REACH), |b| b != b'\n');
    let end = line.checked_sub(1).filter(|end| cursor.at(*end) == b'\n' && cursor.at(line) == b' ')?;
    let end = cursor.back(end, end.saturating_sub(1), |b| b == b'\r');
    let start =
        cursor.back(end, end.saturating_sub(REACH), |b| is_name(b) || b >= 0x80 || matches!(b, b'[' | b']'));
    if start == end || !matches!(cursor.before(start), 0 | b'\n') {
        return None;
    }
    match keys.class_in_text(cursor.slice(start, end)) {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => None,
    }
}

/// The class that a name in the same braces gives the value: `{"value": "…", "msg": "too short", "param": "password"}`,
/// `{"loc": ["body", "password"], "input": "…"}`
fn within(cursor: Cursor<'_>, key: usize, value: usize, keys: &KeyClassifier) -> KeyClass {
    let is_brace = |b: u8| matches!(b, b'{' | b'}' | b'\n');
    let open = cursor.back(key, key.saturating_sub(REACH), |b| !is_brace(b));
    if cursor.before(open) != b'{' {
        return KeyClass::Plain;
    }
    let word = |b: u8| is_name(b) || b >= 0x80;
    let close = cursor.ahead_at_most(value, REACH, |b| !is_brace(b));
    let mut class = KeyClass::Plain;
    let mut i = open;
    while i < close {
        let start = cursor.ahead_at_most(i, close - i, |b| !word(b));
        let end = cursor.ahead_at_most(start, close - start, word);
        let sign = cursor.ahead_at_most(end, 4, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
        if matches!(cursor.at(sign), b':' | b'=') && is_field(cursor.slice(start, end)) {
            let name = cursor.ahead_at_most(sign + 1, 8, |b| is_gap(b) || b == b'[');
            let list = cursor.slice(sign + 1, name).contains(&b'[');
            let stop = cursor.ahead_at_most(name, 64, |b| if list { b != b']' } else { word(b) });
            class = class.max(keys.class_in_text(cursor.slice(name, stop)));
        }
        i = end.max(i + 1);
    }
    class
}

fn before(cursor: Cursor<'_>, key: usize) -> Option<&[u8]> {
    let from = key.saturating_sub(REACH);
    let end = cursor.back(key, from, is_gap);
    let start = cursor.back(end, from, |b| is_name(b) || b >= 0x80);
    let sign = cursor.back(start, from, |b| is_quote(b) || matches!(b, b' ' | b'\\' | b'('));
    let sign =
        if cursor.ends_any_case(sign, b"Some") { cursor.back(sign - 4, from, |b| b == b' ') } else { sign };
    if end == key || start == end || !matches!(cursor.before(sign), b':' | b'=') {
        return None;
    }
    let field_end = cursor.back(sign - 1, from, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
    let field = cursor.slice(cursor.back(field_end, from, is_name), field_end);
    is_field(field).then(|| cursor.slice(start, end))
}

fn behind(cursor: Cursor<'_>, value: usize) -> Option<&[u8]> {
    let (_, end) = in_quotes(cursor, value)?;
    let field = cursor.ahead_at_most(end, 16, is_gap);
    let field_end = cursor.ahead_at_most(field, 16, is_name);
    let sign = cursor.ahead_at_most(field_end, 4, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
    if field == end || !is_field(cursor.slice(field, field_end)) || !matches!(cursor.at(sign), b':' | b'=') {
        return None;
    }
    let start = cursor.ahead_at_most(sign + 1, 4, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
    Some(cursor.slice(start, cursor.ahead_at_most(start, 64, |b| is_name(b) || b >= 0x80)))
}

fn is_field(field: &[u8]) -> bool {
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(field))
}
