//! Finds tokens: JSON Web Tokens (RFC 7519, RFC 7516), tokens with a vendor's format, and tokens that only look random.

use super::cursor::Cursor;
use super::scan::{BLOCK, is_run};
use super::{BuiltIn, Finding, Redaction, Span, encoded, entropy, vendor};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// The shortest JWT, in bytes: `eyJ`, a header and a point.
const SHORTEST_JWT: usize = 16;

/// The shortest token, in bytes: Slack's, which is `xox` and twelve more.
const SHORTEST: usize = 15;

/// The shortest token of lower-case letters only, in bytes.
const LETTERS: usize = 32;

/// Longest stretch of base64 behind a slash that belongs to the token before it, in bytes. What is longer looks random.
const BEHIND: usize = 64;

const fn is_base64url(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

/// Looks at the run of token characters around the block at `at`, which has only token characters. Returns the end of
/// the run.
#[inline]
pub(super) fn find(
    cursor: Cursor<'_>,
    at: usize,
    floor: usize,
    keys: &KeyClassifier,
    found: &mut Vec<Finding>,
) -> usize {
    let start = cursor.back(at, floor, is_run);
    let end = cursor.claim(at + BLOCK, is_run);
    // Most runs are words: too short, or only lower-case letters.
    if end - start >= SHORTEST {
        let run = cursor.slice(start, end);
        if run.len() >= LETTERS || run.iter().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            look(cursor, start, end, found);
            if let Some((start, end)) = vendor::of_parts(cursor, start, end) {
                found.extend(BuiltIn::VendorToken.found(Some(Span { start, end, kind: Redaction::Token })));
            }
            if is_announced(cursor, start, end, keys) {
                let token = Span { start, end, kind: Redaction::Token };
                found.extend(BuiltIn::AnnouncedToken.found(Some(token)));
            }
        }
    }
    end
}

/// Does a word before it call this token a secret: `session 8f14e45fceea167a`, `TOTP secret JBSWY3DPEHPK3PXP`? The
/// token is too short to look random, but unlike a word it has letters and digits in one piece.
fn is_announced(cursor: Cursor<'_>, start: usize, end: usize, keys: &KeyClassifier) -> bool {
    let mut behind = cursor.back(start, start.saturating_sub(2), |b| matches!(b, b' ' | b':' | b'#'));
    let numbered = cursor.ends_any_case(behind, b" id");
    if numbered {
        behind -= 3;
        behind = cursor.back(behind, behind.saturating_sub(1), |b| b == b',');
    }
    let text = cursor.slice(start, end);
    // Numbers of devices and of keys: Android's `device 9774d56d682e549c`, GnuPG's `RSA key, ID 7C3A91F0E2B4D856`.
    let named = (numbered && cursor.ends_any_case(behind, b"key"))
        || [&b"device"[..], b"android"].iter().any(|word| cursor.ends_any_case(behind, word));
    if named && behind < start && matches!(text.len(), 16 | 32 | 40) && text.iter().all(u8::is_ascii_hexdigit)
    {
        return true;
    }
    let plain = text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    if behind == start || !plain || digits < 2 || digits == text.len() {
        return false;
    }
    let word = cursor.back(behind, behind.saturating_sub(24), is_base64url);
    let before = cursor.back(word, word.saturating_sub(1), |b| b == b' ');
    let two = cursor.back(before, before.saturating_sub(16), is_base64url);
    let key = cursor.has_any_case(word, b"key");
    keys.class_in_text(cursor.slice(if key { two } else { word }, behind)) == KeyClass::Sensitive
}

fn look(cursor: Cursor<'_>, start: usize, end: usize, found: &mut Vec<Finding>) {
    let mut done = start;
    let mut i = start;
    let mut take = |from: usize, to: usize, detector: BuiltIn| {
        let kind = if detector == BuiltIn::Jwt { Redaction::Jwt } else { Redaction::Token };
        found.extend(detector.found(Some(Span { start: from, end: to, kind })));
        to
    };
    let mut no_jwt_before = start;
    while i < end {
        // A token starts only where a word starts.
        let jwt = if i >= no_jwt_before { jwt(cursor, i, end) } else { Jwt::None };
        let token = match jwt {
            Jwt::Until(behind) => Some((behind, BuiltIn::Jwt)),
            Jwt::NoneBefore(at) => {
                no_jwt_before = at;
                None
            }
            Jwt::None => vendor::at(cursor, i).map(|behind| (behind, BuiltIn::VendorToken)),
        };
        if let Some((behind, detector)) = token {
            // Base64 may hold the start of such a token by chance, so the text that is joined to it is removed too.
            let slash = match cursor.before(i) {
                b'+' => true,
                _ if cursor.slice(i, behind).contains(&b'+') => true,
                b'/' => {
                    let part = cursor.back(i - 1, done, |b| is_base64url(b) || b == b'+');
                    entropy::is_odd(cursor.slice(part, i - 1))
                }
                _ => false,
            };
            let is_joined = |b: u8| is_base64url(b) || b == b'+' || (slash && b == b'/');
            let from = cursor.back(i, done, is_joined);
            let behind = cursor.ahead_at_most(behind, end - behind.min(end), is_joined);
            let most = (end - behind.min(end)).min(BEHIND);
            let rest = cursor.ahead_at_most(behind, most, |b| is_joined(b) || b == b'/');
            let behind = if entropy::is_odd(cursor.slice(behind, rest)) { rest } else { behind };
            done = take(from, behind, detector);
            i = done;
        }
        let word = cursor.ahead_at_most(i, end - i.min(end), |b| b.is_ascii_alphanumeric());
        i = cursor.ahead_at_most(word, end - word.min(end), |b| !b.is_ascii_alphanumeric()).max(i + 1);
    }
    if let Some(from) = encoded::hash(cursor, start) {
        done = take(from, end, BuiltIn::PasswordHash).max(done);
    } else if encoded::is_base64_text(cursor.slice(start, end)) {
        done = take(start, end, BuiltIn::EncodedText).max(done);
    }
    if let Some((from, to)) = vendor::inside(cursor, start, end) {
        done = take(from, to, BuiltIn::VendorToken).max(done);
    }
    let mut from = done;
    while from < end {
        let to = cursor.ahead_at_most(from, end - from, |b| is_base64url(b) || matches!(b, b'+' | b'/'));
        if let Some((from, to, detector)) = entropy::find(cursor, from, to) {
            let padded = cursor.ahead_at_most(to, 2, |b| b == b'=');
            take(from, padded, detector);
        }
        from = to + 1;
    }
}

enum Jwt {
    None,
    Until(usize),
    /// The text starts like a JWT but has no parts. No JWT starts before this place.
    NoneBefore(usize),
}

/// The end of a JWT. It has three parts, five if it is encrypted, or two if the rest was cut.
fn jwt(cursor: Cursor<'_>, i: usize, end: usize) -> Jwt {
    if !cursor.has(i, b"eyJ") || i + SHORTEST_JWT > end {
        return Jwt::None;
    }
    let stop = cursor.claim(i, |b| is_base64url(b) || b == b'.');
    let behind = cursor.back(stop, i, |b| b == b'.');
    if cursor.slice(i, behind).contains(&b'.') { Jwt::Until(behind) } else { Jwt::NoneBefore(stop) }
}
