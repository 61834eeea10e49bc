//! Tokens: JSON Web Tokens (RFC 7519, RFC 7516), those with a vendor's format, and those that only look random.

use super::hay::Hay;
use super::scan::{BLOCK, is_run};
use super::{Redaction, Span, encoded, entropy, vendor};
use crate::sanitize::words::{Class, Words};

/// The shortest JWT worth the name: `eyJ`, a header and a point.
const SHORTEST_JWT: usize = 16;

/// The shortest token that is looked for: Slack's, `xox` and twelve more.
const SHORTEST: usize = 15;

/// The shortest token of small letters only.
const LETTERS: usize = 32;

const fn is_base64url(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

/// Looks at the run of token characters around the block of them at `at`; returns where it ends.
#[inline]
pub(super) fn find(hay: Hay<'_>, at: usize, floor: usize, words: &Words, found: &mut Vec<Span>) -> usize {
    let start = hay.back(at, floor, is_run);
    let end = hay.ahead(at + BLOCK, is_run);
    // Most runs are words: too short, or small letters only.
    if end - start >= SHORTEST {
        let run = hay.slice(start, end);
        if run.len() >= LETTERS || run.iter().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            look(hay, start, end, found);
            if is_announced(hay, start, end, words) {
                found.push(Span { start, end, kind: Redaction::Token });
            }
        }
    }
    end
}

/// `session 8f14e45fceea167a`, `TOTP secret JBSWY3DPEHPK3PXP`: too short to look random, and called a secret. Letters
/// and digits in one piece, which no word is.
fn is_announced(hay: Hay<'_>, start: usize, end: usize, words: &Words) -> bool {
    let mut behind = hay.back(start, start.saturating_sub(2), |b| matches!(b, b' ' | b':' | b'#'));
    if hay.ends_any_case(behind, b" id") {
        behind -= 3;
    }
    let text = hay.slice(start, end);
    let plain = text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    if behind == start || !plain || digits < 2 || digits == text.len() {
        return false;
    }
    let word = hay.back(behind, behind.saturating_sub(24), is_base64url);
    let before = hay.back(word, word.saturating_sub(1), |b| b == b' ');
    let two = hay.back(before, before.saturating_sub(16), is_base64url);
    let key = hay.has_any_case(word, b"key");
    words.secret(hay.slice(if key { two } else { word }, behind)) == Class::Sensitive
}

fn look(hay: Hay<'_>, start: usize, end: usize, found: &mut Vec<Span>) {
    let mut done = start;
    let mut i = start;
    let mut take = |from: usize, to: usize, kind: Redaction| {
        found.push(Span { start: from, end: to, kind });
        to
    };
    let mut no_jwt_before = start;
    while i < end {
        // Tokens start where a word does.
        let jwt = if i >= no_jwt_before { jwt(hay, i, end) } else { Jwt::None };
        let token = match jwt {
            Jwt::Until(behind) => Some((behind, Redaction::Jwt)),
            Jwt::NoneBefore(at) => {
                no_jwt_before = at;
                None
            }
            Jwt::None => vendor::at(hay, i).map(|behind| (behind, Redaction::Token)),
        };
        if let Some((behind, kind)) = token {
            // Within base64 a start may stand by accident: what is joined to it belongs to it.
            let slash = hay.before(i) == b'+';
            let from = hay.back(i, start, |b| is_base64url(b) || b == b'+' || (slash && b == b'/'));
            done = take(from, behind, kind);
            i = done;
        }
        let word = hay.ahead_at_most(i, end - i.min(end), |b| b.is_ascii_alphanumeric());
        i = hay.ahead_at_most(word, end - word.min(end), |b| !b.is_ascii_alphanumeric()).max(i + 1);
    }
    if let Some(from) = encoded::hash(hay, start) {
        done = take(from, end, Redaction::Token).max(done);
    } else if encoded::is_base64_text(hay.slice(start, end)) {
        done = take(start, end, Redaction::Token).max(done);
    }
    if let Some((from, to)) = vendor::inside(hay, start, end) {
        done = take(from, to, Redaction::Token).max(done);
    }
    let mut from = done;
    while from < end {
        let to = hay.ahead_at_most(from, end - from, |b| is_base64url(b) || matches!(b, b'+' | b'/'));
        if let Some((from, to)) = entropy::find(hay, from, to) {
            let padded = hay.ahead_at_most(to, 2, |b| b == b'=');
            take(from, padded, Redaction::Token);
        }
        from = to + 1;
    }
}

enum Jwt {
    None,
    Until(usize),
    /// It starts like one but has no parts, and neither has anything before this place.
    NoneBefore(usize),
}

/// Three parts, or the five of an encrypted one; also the first two, when the rest was cut.
fn jwt(hay: Hay<'_>, i: usize, end: usize) -> Jwt {
    if !hay.has(i, b"eyJ") || i + SHORTEST_JWT > end {
        return Jwt::None;
    }
    let stop = hay.ahead(i, |b| is_base64url(b) || b == b'.');
    let behind = hay.back(stop, i, |b| b == b'.');
    if hay.slice(i, behind).contains(&b'.') { Jwt::Until(behind) } else { Jwt::NoneBefore(stop) }
}
