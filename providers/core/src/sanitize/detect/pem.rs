//! PEM blocks: RFC 7468, PGP's armour (RFC 9580 section 6.2), and PuTTY's files by their header.

use super::hay::Hay;
use super::{Redaction, Span};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// From `-----BEGIN ` to behind the dashes of the next `-----END `, or to the end of the text: what looks like
/// half a key is half a key. Line breaks inside may be escaped.
pub(super) fn find(hay: Hay<'_>, i: usize) -> Option<Span> {
    if !hay.has(i, BEGIN) {
        return None;
    }
    let end = hay.find(i + BEGIN.len(), END).map_or(hay.len(), |at| {
        let label = hay.ahead_at_most(at + END.len(), 64, |b| b != b'-');
        hay.ahead_at_most(label, 5, |b| b == b'-')
    });
    Some(Span { start: i, end, kind: Redaction::Pem })
}
