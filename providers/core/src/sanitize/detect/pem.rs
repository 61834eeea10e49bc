//! PEM blocks: RFC 7468, PGP's armour (RFC 9580 section 6.2), and PuTTY's files by their header.

use super::hay::Hay;
use super::{Redaction, Span};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// The longest label that is looked for: `ENCRYPTED PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
const LABEL: usize = 64;

/// From `-----BEGIN ` to behind the dashes of the next `-----END `, or to the end of the text: what looks like
/// half a key is half a key. Line breaks inside may be escaped.
pub(super) fn find(hay: Hay<'_>, i: usize) -> Option<Span> {
    if !hay.has(i, BEGIN) {
        return None;
    }
    let end = hay.find(i + BEGIN.len(), END).map_or(hay.len(), |at| {
        let behind = at + END.len();
        let label =
            hay.ahead_at_most(behind, LABEL, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ');
        let dashes = hay.ahead_at_most(label, 5, |b| b == b'-');
        if dashes > label { dashes } else { behind }
    });
    Some(Span { start: i, end, kind: Redaction::Pem })
}
