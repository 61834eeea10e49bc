//! PEM blocks: RFC 7468, PGP's armour (RFC 9580 section 6.2), and PuTTY's files by their header.

use super::cursor::Cursor;
use super::{Redaction, Span};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// The longest label that is looked for: `ENCRYPTED PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
const LABEL: usize = 64;

/// From `-----BEGIN ` to behind the dashes of the next `-----END `, or to the end of the text: what looks like
/// half a key is half a key. Line breaks inside may be escaped.
pub(super) fn find(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    if !cursor.has(i, BEGIN) {
        return None;
    }
    let end = cursor.find(i + BEGIN.len(), usize::MAX, END).map_or(cursor.len(), |at| {
        let behind = at + END.len();
        let label = cursor
            .ahead_at_most(behind, LABEL, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ');
        let dashes = cursor.ahead_at_most(label, 5, |b| b == b'-');
        if dashes > label { dashes } else { behind }
    });
    Some(Span { start: i, end, kind: Redaction::Pem })
}
