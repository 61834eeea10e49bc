//! Finds the arguments of a call that logs in, in a stack trace or a line of source: `Auth->login('ada', 'hunter2')`,
//! `smtp.login("ada@example.com", "hunter2")` (PHP's `Exception::getTraceAsString`, Python's `traceback`).

use super::cursor::{Cursor, is_ident, is_quote};
use super::prose::says_nothing;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};

/// Largest distance from the bracket of a call to an argument, in bytes.
const CALL: usize = 160;

/// Names of functions whose quoted arguments are an account and its password, without their underscores.
const CALLS: [&[u8]; 19] = [
    b"login",
    b"signin",
    b"logon",
    b"authenticate",
    b"setpassword",
    b"checkpassword",
    b"verifypassword",
    b"passwordverify",
    b"passwordhash",
    b"changepassword",
    b"resetpassword",
    b"comparepassword",
    b"hashpassword",
    b"httpbasicauth",
    b"basicauth",
    b"setbasicauth",
    b"usernamepasswordcredential",
    b"plainauth",
    b"loginuser",
];

/// Longest gap before an argument, in bytes.
const GAP: usize = 24;

/// Longest rest of an argument behind a quote that PHP did not escape, in bytes.
const REST: usize = 64;

/// The text in the quotes that open at `open`, if it is an argument of such a call.
pub(super) fn argument(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    let quote = if cursor.before(open) == b'b' { open - 1 } else { open };
    let gap = cursor.back(quote, quote.saturating_sub(GAP), |b| matches!(b, b' ' | b'\n'));
    if !matches!(cursor.before(gap), b'(' | b',') {
        return None;
    }
    let bracket = cursor.back(open, open.saturating_sub(CALL), |b| !matches!(b, b'(' | b')' | b'{'));
    let end = bracket.checked_sub(1)?;
    if cursor.at(end) != b'(' {
        return None;
    }
    let start = cursor.back(end, end.saturating_sub(32), is_ident);
    let name: Vec<u8> =
        cursor.slice(start, end).iter().filter(|b| **b != b'_').map(u8::to_ascii_lowercase).collect();
    if !CALLS.contains(&name.as_slice()) {
        return None;
    }
    let (from, to) = in_quotes(cursor, open)?;
    // PHP does not escape the quotes of an argument: `login('ada', 'hun'ter2')`.
    let mark = cursor.at(open);
    let torn = is_ident(cursor.at(to + 1));
    let rest = if torn { cursor.ahead_at_most(to + 1, REST, |b| b != mark && b != b'\n') } else { to };
    let to = if cursor.at(rest) == mark { rest } else { to };
    let text = cursor.slice(from, to);
    // `authenticate('jwt')` names a strategy.
    let next = cursor.ahead_at_most(to + 2, GAP, |b| matches!(b, b' ' | b'\n' | b'b'));
    let followed = cursor.at(to + 1) == b',' && is_quote(cursor.at(next));
    let alone = !followed && cursor.before(gap) == b'(';
    let done = placeholder::ends_at(cursor, from).is_some_and(|behind| behind >= to);
    // `login('password')` names the field.
    let key =
        matches!(cursor.at(to + 1), b'=' | b':') || [&b"password"[..], b"username", b"email"].contains(&text);
    let strategy = alone && name == b"authenticate";
    (!done && !key && !strategy && !says_nothing(text)).then_some(Span {
        start: from,
        end: to,
        kind: Redaction::Secret,
    })
}
