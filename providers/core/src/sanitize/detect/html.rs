//! Markup: a page, or a piece of one.

use super::cursor::{Cursor, is_ident};
use super::scan::Scan;
use super::{Redaction, Span};

/// Elements that start a page or hold one: they need no end to be markup.
const PAGES: [&[u8]; 8] = [b"!doctype", b"html", b"head", b"body", b"script", b"style", b"svg", b"?xml"];

/// The longest name of an element that is looked for.
const NAME: usize = 32;

/// The longest start tag whose attributes are looked for.
const TAG: usize = 512;

/// The markup that starts at the `<` at `i`: an element with attributes, or with its end, or a page.
///
/// `<T>` and `<tool::Page as Drop>` are Rust; a lone `<div>` in a sentence says nothing of anybody.
pub(super) fn find(scan: &mut Scan<'_>, i: usize) -> Option<Span> {
    let cursor = scan.cursor;
    let edge = cursor.before(i);
    let next = cursor.at(i + 1);
    let comment = cursor.has(i, b"<!--");
    // `Vec<T>`, `new::<T>`
    if (is_ident(edge) || edge == b':') && !comment && next != b'!'
        || !(next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/'))
    {
        return None;
    }
    let name_end = cursor.ahead_at_most(i + 1, NAME, |b| is_ident(b) || matches!(b, b'!' | b'?' | b'-'));
    let name = cursor.slice(i + 1, name_end);
    if cursor.at(name_end) == b':' && cursor.at(name_end + 1) == b':' {
        return None;
    }
    let close = cursor.ahead_at_most(name_end, TAG, |b| !matches!(b, b'>' | b'<'));
    let tag = cursor.at(close) == b'>';
    let page = PAGES.iter().any(|p| p.eq_ignore_ascii_case(name))
        && matches!(cursor.at(name_end), b' ' | b'>' | b'\n' | b'\t' | 0);
    let attributes = cursor.at(name_end) <= b' ' && has_attribute(cursor, name_end, close);
    if !(comment || page || attributes || (tag && ends(scan, name, close))) {
        return None;
    }
    Some(Span { start: i, end: end(cursor, close), kind: Redaction::Html })
}

/// `name="…"` or `name='…'` within a tag.
fn has_attribute(cursor: Cursor<'_>, from: usize, to: usize) -> bool {
    cursor.slice(from, to).windows(3).any(|w| {
        matches!(w, [a, b'=', b'"' | b'\''] if is_ident(*a)) || matches!(w, [a, b'=', b'\\'] if is_ident(*a))
    })
}

/// Does the next end tag, wherever it is, end an element of this name?
fn ends(scan: &mut Scan<'_>, name: &[u8], from: usize) -> bool {
    if scan.next_end_tag < from && scan.next_end_tag != usize::MAX {
        scan.next_end_tag = scan.cursor.find(from, usize::MAX, b"</").unwrap_or(usize::MAX);
    }
    scan.next_end_tag != usize::MAX
        && !name.is_empty()
        && scan.cursor.has_any_case(scan.next_end_tag.saturating_add(2), name)
}

/// Behind the last tag of the markup that goes on at `i`; a tag that is cut off ends with its line.
fn end(cursor: Cursor<'_>, i: usize) -> usize {
    if cursor.at(i) != b'>' {
        return cursor.claim(i, |b| b != b'\n');
    }
    let mut end = i;
    let mut at = i;
    while let Some(open) = cursor.find(at, usize::MAX, b"<") {
        let next = cursor.at(open + 1);
        let close = cursor.ahead_at_most(open, TAG, |b| b != b'>');
        if cursor.at(close) == b'>' && (next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) {
            end = close;
        }
        at = open + 1;
    }
    end + 1
}
