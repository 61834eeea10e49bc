//! Finds PEM blocks: RFC 7468, PGP's armour (RFC 9580 section 6.2), and PuTTY's files, which are known by their header.

use super::cursor::{Cursor, is_quote};
use super::{Redaction, Span};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// The longest label, in bytes. `ENCRYPTED PRIVATE KEY` and `PGP PRIVATE KEY BLOCK` are shorter.
const LABEL: usize = 64;

/// The shortest line of base64 in a body, in bytes.
const LINE: usize = 16;

/// Most headers before a body.
const HEADERS: usize = 8;

/// Longest part of a line that decides whether it belongs to a body, in bytes.
const DECIDES: usize = 128;

/// Most bytes that are searched for the end of a block; a chain of certificates is shorter.
const BLOCK: usize = 64 * 1024;

fn label(cursor: Cursor<'_>, i: usize) -> usize {
    cursor.ahead_at_most(i, LABEL, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ')
}

const fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-')
}

/// The block from `-----BEGIN ` to the dashes after its `-----END `. If the end is missing, everything that looks like
/// a body is taken, because a part of a key may be a secret. Line breaks in the block may be escaped. A mention of
/// `-----BEGIN ` without a body stays.
pub(super) fn find(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    if !cursor.has(i, BEGIN) {
        return None;
    }
    let dashes = label(cursor, i + BEGIN.len());
    let head = cursor.ahead_at_most(dashes, 5, |b| b == b'-');
    let body = body(cursor, head);
    let span = |end| Some(Span { start: i, end, kind: Redaction::Pem });
    // The end follows the body. Between them may be a part that was lost or wrapped.
    let gap = cursor.ahead_at_most(body, 16, |b| !is_base64(b) || b == b'-');
    let near = cursor.find(body, gap.max(body + 64), END);
    let end = near.or_else(|| {
        if body > head { cursor.find(body, body.saturating_add(BLOCK.min(body - head)), END) } else { None }
    });
    if let Some(at) = end {
        let label = label(cursor, at + END.len());
        let close = cursor.ahead_at_most(label, 5, |b| b == b'-');
        return span(if close > label { close } else { at + END.len() });
    }
    if body > head { span(body) } else { None }
}

/// The end of the text from `i` that looks like the body of a block: lines of base64 and headers.
fn body(cursor: Cursor<'_>, i: usize) -> usize {
    let (mut end, mut at, mut last, mut headers) = (i, i, 0, 0);
    loop {
        at = cursor
            .ahead_at_most(at, 32, |b| b <= b' ' || is_quote(b) || matches!(b, b'|' | b'>' | b',' | b'\\'));
        // This is the letter of an escaped line break.
        if cursor.before(at) == b'\\' && matches!(cursor.at(at), b'n' | b'r' | b't') {
            at += 1;
            continue;
        }
        let word = cursor.ahead_at_most(at, DECIDES, is_base64);
        let text = cursor.slice(at, word);
        if cursor.at(word) == b':' && cursor.at(word + 1) == b' ' && !text.is_empty() && text.len() < 32 {
            // Headers may be before the body: `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`.
            let line = cursor.ahead_at_most(word, DECIDES, |b| b != b'\n' && b != b'\\');
            headers += 1;
            if headers <= HEADERS && matches!(cursor.at(line), b'\n' | b'\\') {
                at = line;
                continue;
            }
            return end;
        }
        let base64 = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || matches!(b, b'+' | b'/' | b'=');
        let tail = last >= LINE
            && !text.is_empty()
            && text.len() < last
            && (text.len() < 4 || text.iter().any(base64));
        // A short line at the end is the last part of a body that was cut.
        let cut = word == cursor.len()
            && at > i
            && cursor.before(at) <= b' '
            && text.len() >= 4
            && text.iter().all(base64);
        if cut {
            return word;
        }
        if text.starts_with(END)
            || text.starts_with(b"-----")
            || !((text.len() >= LINE && text.iter().any(base64)) || tail)
        {
            return end;
        }
        let word = cursor.claim(word, is_base64);
        last = if tail && text.len() < LINE { 0 } else { text.len() };
        end = word;
        at = word;
    }
}
