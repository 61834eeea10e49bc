//! A name and its value as two fields of one thing: `{"name": "password", "value": "…"}`, Kubernetes' `- name: …`
//! and `value: …`, `EnvVar { name: …, value: … }`.

use super::hay::{Hay, is_name, is_quote};
use super::value::in_quotes;
use crate::sanitize::words::{Class, Words};

/// How far the other field is looked for.
const REACH: usize = 160;

/// What fields that hold a name are called.
#[rustfmt::skip]
const NAMES: [&[u8]; 16] = [
    b"name", b"key", b"field", b"id", b"label", b"param", b"parameter", b"header", b"variable", b"var", b"option",
    b"attribute", b"type", b"path", b"property", b"loc",
];

/// Fields that are a person's when the thing that they belong to is one.
#[rustfmt::skip]
const OF_PERSONS: [&[u8]; 7] = [b"name", b"sub", b"address", b"city", b"zip", b"gender", b"company"];

/// Types that are persons: `User { name: … }`, `Claims { sub: … }`.
#[rustfmt::skip]
const PERSONS: [&[u8]; 12] = [
    b"user", b"customer", b"person", b"patient", b"employee", b"contact", b"profile", b"claims", b"member",
    b"userinfo", b"userprofile", b"passenger",
];

/// Is this a field that a person has, and other things too?
pub(super) fn is_of_person(key: &[u8]) -> bool {
    OF_PERSONS.contains(&key)
}

/// Does the key stand in the brackets of a person's type?
pub(super) fn is_in_person(hay: Hay<'_>, key: usize) -> bool {
    let open = hay.back(key, key.saturating_sub(REACH), |b| !matches!(b, b'{' | b'(' | b'}' | b')' | b'<'));
    let owner = match hay.before(open) {
        b'{' | b'(' => {
            let end = hay.back(open - 1, open.saturating_sub(2), |b| b == b' ');
            hay.slice(hay.back(end, end.saturating_sub(16), |b| b.is_ascii_alphabetic()), end)
        }
        // Ruby's `#<User id: 1, …>`
        b'<' => hay.slice(open, hay.ahead_at_most(open, 16, |b| b.is_ascii_alphabetic())),
        _ => return false,
    };
    owner.first().is_some_and(u8::is_ascii_uppercase) && PERSONS.iter().any(|p| p.eq_ignore_ascii_case(owner))
}

/// Is this what the other field is called, the one that holds the value?
pub(super) fn is_value(key: &[u8]) -> bool {
    [&b"value"[..], b"val", b"default", b"stringvalue", b"rejectedvalue", b"input"]
        .iter()
        .any(|v| v.eq_ignore_ascii_case(key))
}

const fn is_gap(b: u8) -> bool {
    is_quote(b) || matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b',' | b';' | b'-')
}

/// What the name says whose value stands at `value`, behind the key at `key`: the name right before or behind them,
/// or anywhere in the same braces.
pub(super) fn class(hay: Hay<'_>, key: usize, value: usize, words: &Words) -> Class {
    let beside = before(hay, key).or_else(|| behind(hay, value));
    beside.map_or(Class::Plain, |name| words.secret(name)).max(within(hay, key, value, words))
}

/// `{"value": "…", "msg": "too short", "param": "password"}`, `{"loc": ["body", "password"], "input": "…"}`
fn within(hay: Hay<'_>, key: usize, value: usize, words: &Words) -> Class {
    let is_brace = |b: u8| matches!(b, b'{' | b'}' | b'\n');
    let open = hay.back(key, key.saturating_sub(REACH), |b| !is_brace(b));
    if hay.before(open) != b'{' {
        return Class::Plain;
    }
    let word = |b: u8| is_name(b) || b >= 0x80;
    let close = hay.ahead_at_most(value, REACH, |b| !is_brace(b));
    let mut class = Class::Plain;
    let mut i = open;
    while i < close {
        let start = hay.ahead_at_most(i, close - i, |b| !word(b));
        let end = hay.ahead_at_most(start, close - start, word);
        let sign = hay.ahead_at_most(end, 4, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
        if matches!(hay.at(sign), b':' | b'=') && is_field(hay.slice(start, end)) {
            let name = hay.ahead_at_most(sign + 1, 8, |b| is_gap(b) || b == b'[');
            let list = hay.slice(sign + 1, name).contains(&b'[');
            let stop = hay.ahead_at_most(name, 64, |b| if list { b != b']' } else { word(b) });
            class = class.max(words.secret(hay.slice(name, stop)));
        }
        i = end.max(i + 1);
    }
    class
}

fn before(hay: Hay<'_>, key: usize) -> Option<&[u8]> {
    let from = key.saturating_sub(REACH);
    let end = hay.back(key, from, is_gap);
    let start = hay.back(end, from, |b| is_name(b) || b >= 0x80);
    let sign = hay.back(start, from, |b| is_quote(b) || matches!(b, b' ' | b'\\' | b'('));
    let sign = if hay.ends_any_case(sign, b"Some") { hay.back(sign - 4, from, |b| b == b' ') } else { sign };
    if end == key || start == end || !matches!(hay.before(sign), b':' | b'=') {
        return None;
    }
    let field_end = hay.back(sign - 1, from, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
    let field = hay.slice(hay.back(field_end, from, is_name), field_end);
    is_field(field).then(|| hay.slice(start, end))
}

fn behind(hay: Hay<'_>, value: usize) -> Option<&[u8]> {
    let (_, end) = in_quotes(hay, value)?;
    let field = hay.ahead_at_most(end, 16, is_gap);
    let field_end = hay.ahead_at_most(field, 16, is_name);
    let sign = hay.ahead_at_most(field_end, 4, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
    if field == end || !is_field(hay.slice(field, field_end)) || !matches!(hay.at(sign), b':' | b'=') {
        return None;
    }
    let start = hay.ahead_at_most(sign + 1, 4, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
    Some(hay.slice(start, hay.ahead_at_most(start, 64, |b| is_name(b) || b >= 0x80)))
}

fn is_field(field: &[u8]) -> bool {
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(field))
}
