//! Content hashes, which a text calls by their name: they look like secrets and are none.

use super::cursor::Cursor;

/// Does the text call this a content hash? It must have the length of a hash. A word for a hash must be before it, and
/// no word for a secret.
pub(super) fn is_hash(cursor: Cursor<'_>, start: usize, len: usize) -> bool {
    const WORDS: [&[u8]; 17] = [
        b"sha1",
        b"sha256",
        b"sha384",
        b"sha512",
        b"sha-1",
        b"sha-256",
        b"md5",
        b"blake3",
        b"hash",
        b"digest",
        b"checksum",
        b"commit",
        b"revision",
        b"rev",
        b"etag",
        b"build-id",
        b"rustc",
    ];
    const SECRETS: [&[u8]; 10] = [
        b"password",
        b"passwd",
        b"secret",
        b"token",
        b"key",
        b"apikey",
        b"session",
        b"nonce",
        b"username",
        b"auth",
    ];
    if !matches!(len, 32 | 40 | 56 | 64 | 96 | 128) {
        return false;
    }
    let from = start.saturating_sub(96);
    // Words are compared whole, because `rev` must not match `prev` or `revoked`. Near a word for a secret, a hash
    // counts as the secret.
    let is = |words: &[&[u8]], at: usize, end: usize| {
        let word = cursor.slice(at, end);
        words.iter().any(|w| w.eq_ignore_ascii_case(word))
    };
    let mut called = false;
    let mut at = from;
    while at < start {
        let end = cursor.ahead_at_most(at, start - at, |b| b.is_ascii_alphanumeric() || b == b'-');
        let part = cursor.ahead_at_most(at, end - at, |b| b != b'-');
        called |= is(&WORDS, at, end) || is(&WORDS, at, part);
        if is(&SECRETS, at, end) {
            return false;
        }
        at = end + 1;
    }
    called
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_called_so_and_nothing_near_it_is_called_a_secret() {
        let called = |before: &str, len: usize| {
            let text = format!("{before}{}", "a1".repeat(len / 2));
            is_hash(Cursor::new(text.as_bytes()), before.len(), len)
        };
        assert!(called("checksum mismatch: sha256:", 64) && called("in commit ", 40));
        // No hash has this length.
        assert!(!called("checksum mismatch: sha256:", 62));
        // `prev` and `revoked` are no `rev`.
        assert!(!called("prev ", 40) && !called("revoked ", 40));
        assert!(!called("token hash ", 64) && !called("", 64));
    }
}
