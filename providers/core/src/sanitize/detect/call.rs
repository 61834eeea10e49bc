//! Finds the arguments of a call that logs in, in a stack trace or a line of source: `Auth->login('ada', 'hunter2')`,
//! `smtp.login("ada@example.com", "hunter2")` (PHP's `Exception::getTraceAsString`, Python's `traceback`).

use super::cursor::{Cursor, is_ident};
use super::prose::says_nothing;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};

/// Largest distance from the bracket of a call to an argument, in bytes.
const CALL: usize = 160;

/// Names of functions whose quoted arguments are an account and its password, without their underscores.
const CALLS: [&[u8]; 24] = [
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
    b"attempt",
    b"httpbasicauth",
    b"basicauth",
    b"setbasicauth",
    b"usernamepasswordcredential",
    b"plainauth",
    b"registeruser",
    b"createuser",
    b"signup",
    b"loginuser",
    b"authenticateuser",
];

/// The text in the quotes that open at `open`, if it is an argument of such a call.
pub(super) fn argument(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    if !matches!((cursor.before(open.saturating_sub(1)), cursor.before(open)), (_, b'(') | (b',', b' ')) {
        return None;
    }
    let bracket = cursor.back(open, open.saturating_sub(CALL), |b| !matches!(b, b'(' | b')' | b'\n' | b'{'));
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
    let text = cursor.slice(from, to);
    let done = placeholder::ends_at(cursor, from).is_some_and(|behind| behind >= to);
    // `login('password')` names the field.
    let key =
        matches!(cursor.at(to + 1), b'=' | b':') || [&b"password"[..], b"username", b"email"].contains(&text);
    (!done && !key && !says_nothing(text)).then_some(Span { start: from, end: to, kind: Redaction::Secret })
}
