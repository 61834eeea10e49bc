//! Finds SSH public keys with their comment, which names a person and a machine (RFC 4253 section 6.6, OpenSSH).

use super::cursor::{Cursor, is_word};
use super::url::is_pause;
use super::{Redaction, Span};

/// Names of key types, split before their first hyphen.
const TYPES: [(&[u8], &[u8]); 8] = [
    (b"ssh", b"-rsa"),
    (b"ssh", b"-ed25519"),
    (b"ssh", b"-dss"),
    (b"ssh", b"-ed448"),
    (b"ecdsa", b"-sha2-nistp256"),
    (b"ecdsa", b"-sha2-nistp384"),
    (b"ecdsa", b"-sha2-nistp521"),
    (b"sk", b"-ssh-ed25519@openssh.com"),
];

/// The longest comment that is removed with the key, in bytes.
const COMMENT: usize = 128;

/// The key whose type has its first hyphen at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let (head, tail) =
        TYPES.iter().find(|(head, tail)| cursor.has(at, tail) && cursor.ends_any_case(at, head))?;
    let start = at - head.len();
    let body = cursor.ahead_at_most(at + tail.len(), 4, |b| b == b' ');
    if is_word(cursor.before(start)) || body == at + tail.len() || !cursor.has(body, b"AAAA") {
        return None;
    }
    let end = cursor.claim(body, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    // The comment is one word that no other text continues.
    let word =
        cursor.ahead_at_most(end + 1, COMMENT, |b| is_word(b) || matches!(b, b'@' | b'.' | b'_' | b'-'));
    let comment = if cursor.at(end) == b' ' && (is_pause(cursor.at(word)) || cursor.at(word) == b'\\') {
        word
    } else {
        end
    };
    Some(Span { start, end: comment, kind: Redaction::Token })
}
