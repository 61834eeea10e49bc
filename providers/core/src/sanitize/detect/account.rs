//! Finds names of accounts and machines beside a sign that tells what they are: a path of Vault, MySQL's `'ada'@'laptop'`, `uid=ada`,
//! `USER ada (Login failed)`.

use super::cursor::{Cursor, is_word};
use super::phrase::is_name;
use super::value::in_quotes;
use super::{Redaction, Span};

/// The longest name, in bytes.
const NAME: usize = 64;

/// Longest value that a search for a row repeats, in bytes.
const VALUE: usize = 160;

/// The name in a path of Vault after the slash at `at`, `auth/userpass/login/ada` (Vault's API, "Login").
pub(super) fn of_vault(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let in_path =
        cursor.ends_any_case(at, b"/login") && cursor.find(at.saturating_sub(NAME), at, b"auth/").is_some();
    let end = cursor.ahead_at_most(at + 1, NAME, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-'));
    (in_path && end > at + 1).then_some(Span { start: at + 1, end, kind: Redaction::User })
}

/// The host in the name of an account of MySQL, `'ada'@'laptop'` ("Specifying Account Names"), whose `@` is at `at`.
pub(super) fn of_mysql(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let (start, end) = in_quotes(cursor, at + 1)?;
    let host = cursor.slice(start, end);
    let shown =
        matches!(host, b"%" | b"localhost") || !host.iter().any(|b| is_word(*b)) || host.starts_with(b"[");
    (!shown).then_some(Span { start, end, kind: Redaction::Host })
}

/// The name of a document in the quotes that open at `at`, as Cocoa writes it: `The file “Lease Noll.pdf” couldn’t be opened`.
pub(super) fn of_document(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    const WORDS: [&[u8]; 4] = [b"file ", b"folder ", b"document ", b"item "];
    if !cursor.has(at, "“".as_bytes()) || !WORDS.iter().any(|word| cursor.ends_any_case(at, word)) {
        return None;
    }
    let start = at + "“".len();
    let stop = cursor.ahead_at_most(start, VALUE, |b| b != b'\n');
    let end = cursor.find(start, stop, "”".as_bytes())?;
    let named = start < end && super::placeholder::ends_at(cursor, start).is_none();
    named.then_some(Span { start, end, kind: Redaction::Path })
}

/// The machine and the name before the bracket at `at` in restic's message, `locked exclusively by PID 18311 on laptop by ada (UID
/// 1000, GID 1000)`.
pub(super) fn of_lock(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if !cursor.has(at, b"(UID ") || cursor.before(at) != b' ' {
        return None;
    }
    let from = floor.max(at.saturating_sub(VALUE));
    let line = cursor.slice(from, at);
    let start = from + line.windows(4).rposition(|part| part == b" on ")? + 4;
    let owned = line.windows(4).any(|part| part == b" by ") && line.windows(4).any(|part| part == b"PID ");
    (owned && start + 1 < at).then_some(Span { start, end: at - 1, kind: Redaction::User })
}

/// The name after `uid=` or Exim's `set_id=`, if it is no number; and the value that ActiveRecord searched for: `Couldn't
/// find Customer with 'name'=Huber GmbH`. The value starts at `start`.
pub(super) fn of_uid(cursor: Cursor<'_>, key: &[u8], key_start: usize, start: usize) -> Option<Span> {
    if cursor.before(start) != b'=' || !cursor.at(start).is_ascii_alphabetic() {
        return None;
    }
    if matches!(key, b"uid" | b"set_id") {
        let end = cursor.ahead_at_most(start, NAME, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-'));
        let none = !is_name(cursor.slice(start, end)) || cursor.at(end) == b'(';
        return (!none).then_some(Span { start, end, kind: Redaction::User });
    }
    let found = cursor.ends_any_case(key_start, b" with '")
        && cursor.find(key_start.saturating_sub(NAME), key_start, b"find ").is_some();
    let end = cursor.ahead_at_most(start, VALUE, |b| !matches!(b, b')' | b'[' | b'\n' | b'"'));
    let value = cursor.slice(start, end);
    let own = value.iter().any(|b| b.is_ascii_uppercase() || matches!(b, b'@' | 0x80..));
    (found && own).then_some(Span { start, end, kind: Redaction::Redacted })
}

/// The name before the bracket at `at` in the log of ProFTPD, `USER ada (Login failed)`.
pub(super) fn proftpd(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.before(at) != b' ' {
        return None;
    }
    if !(cursor.has(at, b"(Login failed)")
        || cursor.has(at, b"(no such user")
        || cursor.has(at, b"(user not found"))
    {
        return None;
    }
    let end = at - 1;
    let start = cursor.back(end, floor.max(end.saturating_sub(NAME)), |b| b > b' ');
    (start < end && cursor.ends_any_case(start, b"user ")).then_some(Span {
        start,
        end,
        kind: Redaction::User,
    })
}

/// The name in the bracket at `at` behind that of its domain, as Samba writes it: `[DOMAIN]\[ada]`.
pub(super) fn of_samba(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let end = cursor.ahead_at_most(at + 1, NAME, |b| b > b' ' && b != b']' && b != b'[');
    let named = cursor.ends_any_case(at, b"]\\") && cursor.at(end) == b']' && end > at + 1;
    named.then_some(Span { start: at + 1, end, kind: Redaction::User })
}
