//! Tokens: JSON Web Tokens (RFC 7519, RFC 7516).

use super::hay::Hay;
use super::{Redaction, Span};

const fn is_base64url(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

/// Looks at the run of token characters around `at`; returns where it ends.
pub(super) fn find(hay: Hay<'_>, at: usize, floor: usize, found: &mut Vec<Span>) -> usize {
    let part = |b: u8| is_base64url(b) || b == b'.';
    let start = hay.back(at, floor, part);
    let end = hay.ahead(at, part);
    let run = Hay::new(hay.slice(0, end));
    let mut i = start;
    while let Some(jwt) = run.find(i, b"eyJ").filter(|jwt| *jwt + 16 <= end) {
        if !is_base64url(hay.before(jwt)) && hay.slice(jwt, end).contains(&b'.') {
            found.push(Span { start: jwt, end: hay.back(end, jwt, |b| b == b'.'), kind: Redaction::Jwt });
            break;
        }
        i = jwt + 3;
    }
    end.max(at + 1)
}
