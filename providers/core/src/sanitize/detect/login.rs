//! Finds the names of accounts, and passwords beside them, in the messages that servers and clients log about a login.
//! Each rule names the program whose documentation or source gives the message.

use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::url::is_pause;
use super::{Redaction, Span};

/// The longest name of an account, in bytes.
const NAME: usize = 64;

/// Longest bracket in which FreeRADIUS writes a login, in bytes.
const LOGIN: usize = 160;

/// The words before a name in the messages of OpenSSH's `auth.c` and `packet.c`.
const BEFORE_NAME: [&[u8]; 8] = [
    b"invalid user ",
    b"authenticating user ",
    b"for user ",
    b" password for ",
    b" publickey for ",
    b" hostbased for ",
    b" gssapi-with-mic for ",
    b" keyboard-interactive/pam for ",
];

/// The name before the address of a machine, `Failed password for invalid user ada from 203.0.113.7`. The address
/// starts at `address`.
pub(super) fn before_address(cursor: Cursor<'_>, address: usize, floor: usize) -> Option<Span> {
    // `from [2001:db8::7]`
    let address = if cursor.before(address) == b'[' { address - 1 } else { address };
    let end = if cursor.ends_any_case(address, b" from ") {
        address - b" from ".len()
    } else if cursor.before(address) == b' ' {
        address - 1
    } else {
        return None;
    };
    let start = cursor.back(end, floor.max(end.saturating_sub(NAME)), |b| b > b' ' && !is_quote(b));
    let named = (cursor.ends_any_case(start, b"for ") || cursor.ends_any_case(start, b"user "))
        && BEFORE_NAME.iter().any(|words| cursor.ends_any_case(start, words));
    (named && start < end && is_word(cursor.at(start))).then_some(Span { start, end, kind: Redaction::User })
}

/// The login that FreeRADIUS writes before the bracket at `at`: `Login incorrect: [ada/hunter2] (from client …`. The
/// method stays: `[ada/<via Auth-Type = eap>]`.
pub(super) fn radius(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if !cursor.has(at, b"(from client ") || !cursor.ends_any_case(at, b"] ") {
        return None;
    }
    let close = at - 2;
    let start = cursor.back(close, floor.max(close.saturating_sub(LOGIN)), |b| !matches!(b, b'[' | b'\n'));
    let login = cursor.slice(start, close);
    let end = login.windows(2).position(|two| two == b"/<").map_or(close, |at| start + at);
    (cursor.before(start) == b'[' && start < end && !login.contains(&b']')).then_some(Span {
        start,
        end,
        kind: Redaction::User,
    })
}

/// The name in the messages of Apache's `mod_auth_basic`, `AH01617: user ada: authentication failure`. It starts after
/// `user`, which is at `i`.
pub(super) fn apache(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    let start = i + b"user ".len();
    let end = cursor.ahead_at_most(start, NAME, |b| b > b' ' && b != b':');
    (cursor.has(i, b"user ") && is_word(cursor.at(start)) && matches!(cursor.at(end), b':' | b' '))
        .then_some(Span { start, end, kind: Redaction::User })
}

/// The logon of Oracle's clients around the `@` at `at`: `connect ada/hunter2@orcl`, `sqlplus ada/"hunter2"@//host`
/// (SQL*Plus User's Guide, CONNECT).
pub(super) fn oracle(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    const CLIENTS: [&[u8]; 8] = [
        b"connect ",
        b"conn ",
        b"sqlplus ",
        b"sqlplus -s ",
        b"sqlldr ",
        b"expdp ",
        b"impdp ",
        b"rman target ",
    ];
    let from = floor.max(at.saturating_sub(NAME));
    let slash = cursor.back(at, from, |b| b > b' ' && b != b'/').checked_sub(1)?;
    if cursor.at(slash) != b'/' || slash + 1 == at {
        return None;
    }
    let start = cursor.back(slash, from, |b| is_ident(b) || matches!(b, b'$' | b'#' | b'.' | b'"'));
    let called = CLIENTS
        .iter()
        .any(|client| cursor.ends_any_case(start, client) && !is_word(cursor.before(start - client.len())));
    if !called || start == slash {
        return None;
    }
    Some(Span { start, end: cursor.claim(at + 1, |b| !is_pause(b)), kind: Redaction::Connection })
}

/// The start of a principal of Kerberos, whose instance starts at `instance`: `ada/admin@EXAMPLE.COM` (RFC 4120 section
/// 6.2). Names of realms are upper-case.
pub(super) fn principal(cursor: Cursor<'_>, instance: usize, realm: &[u8], floor: usize) -> usize {
    if cursor.before(instance) != b'/' || realm.iter().any(u8::is_ascii_lowercase) || !realm.contains(&b'.') {
        return instance;
    }
    let from = floor.max(instance.saturating_sub(NAME));
    let start = cursor.back(instance - 1, from, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-'));
    if start + 1 == instance || matches!(cursor.before(start), b'/' | b':') { instance } else { start }
}

/// Does the label of an account's name end at `end`? Windows writes it into the message of event 4625 in the language
/// of the machine.
pub(super) fn is_label(cursor: Cursor<'_>, end: usize) -> bool {
    const LABELS: [&str; 5] =
        ["Имя учетной записи", "Имя учётной записи", "Nom du compte", "Nombre de cuenta", "Nome da conta"];
    let last = matches!(cursor.before(end), b'e' | b'a' | 0x80..);
    last && LABELS.iter().any(|label| cursor.ends_any_case(end, label.as_bytes()))
}
