//! Finds markup: a page, or a part of one.

use super::cursor::{Cursor, is_ident};
use super::scan::Scan;
use super::{Redaction, Span, placeholder};

/// Elements that start or enclose a page. They count as markup even without an end tag.
const PAGES: [&[u8]; 8] = [b"!doctype", b"html", b"head", b"body", b"script", b"style", b"svg", b"?xml"];

/// Elements in the error answers of stores, queues and services: Amazon S3 ("REST error responses"), Azure Storage
/// ("status and error codes"), SOAP 1.2 section 5.4. They are not markup; the value of a key in them is redacted by
/// another detector.
#[rustfmt::skip]
const ERRORS: [&[u8]; 22] = [
    b"Error", b"Errors", b"ErrorResponse", b"Code", b"Message", b"Type", b"Detail", b"Details", b"Reason", b"Fault", b"RequestId",
    b"RequestID", b"HostId", b"Resource", b"Region", b"AuthenticationErrorDetail", b"ExceptionMessage", b"faultcode", b"faultstring",
    b"ErrorCode", b"ErrorMessage", b"Response",
];

/// Elements of HTML, which Python's repr of an object may look like.
#[rustfmt::skip]
const ELEMENTS: [&[u8]; 44] = [
    b"a", b"abbr", b"article", b"aside", b"b", b"body", b"br", b"button", b"canvas", b"code", b"div", b"em", b"footer", b"form",
    b"h1", b"h2", b"h3", b"head", b"header", b"html", b"i", b"iframe", b"img", b"input", b"label", b"li", b"link", b"main", b"meta",
    b"nav", b"ol", b"option", b"p", b"pre", b"script", b"section", b"select", b"span", b"strong", b"style", b"table", b"td", b"tr", b"ul",
];

/// The longest name of an element, in bytes.
const NAME: usize = 32;

/// The longest start tag that is searched for attributes, in bytes.
const TAG: usize = 512;

/// The markup that starts at the `<` at `i`: an element with attributes or with its end tag, or a page.
///
/// `<T>` and `<tool::Page as Drop>` are Rust, and a single `<div>` in a sentence reveals nothing, so neither is markup.
pub(super) fn find(scan: &mut Scan<'_>, i: usize) -> Option<Span> {
    let cursor = scan.cursor;
    let edge = cursor.before(i);
    let next = cursor.at(i + 1);
    let comment = cursor.has(i, b"<!--");
    // These are generic arguments of Rust: `Vec<T>`, `new::<T>`.
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
    if ERRORS.contains(&name) || is_error_prolog(cursor, name, name_end) || is_repr(cursor, name, name_end) {
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
    // Only the content of an XML element such as `<HostId>…</HostId>` is markup, because the text beside the element is
    // not in it.
    let xml =
        tag && name.first().is_some_and(u8::is_ascii_uppercase) && name.iter().any(u8::is_ascii_lowercase);
    let own = xml && !page && !is_element(name) && ends(scan, name, close);
    let end = if own { scan.next_end_tag } else { end(cursor, close) };
    let start = if own { close + 1 } else { i };
    let done = own && placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    (start < end && !done).then_some(Span { start, end, kind: Redaction::Html })
}

fn is_element(name: &[u8]) -> bool {
    ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name))
}

/// Is this `<?xml …?>` before an element of [`ERRORS`]?
fn is_error_prolog(cursor: Cursor<'_>, name: &[u8], name_end: usize) -> bool {
    let close = cursor.ahead_at_most(name_end, 128, |b| b != b'>');
    let open = cursor.ahead_at_most(close + 1, 8, |b| matches!(b, b' ' | b'\n' | b'\r' | b'\\' | b'n'));
    let root = cursor.ahead_at_most(open + 1, NAME, is_ident);
    name == b"?xml" && cursor.at(open) == b'<' && ERRORS.contains(&cursor.slice(open + 1, root))
}

/// Is this Python's repr of an object, such as `<Task pending name='Task-1' …>` or `<Response [404]>`? The object's
/// name is no element of HTML, and the word after it has no value.
fn is_repr(cursor: Cursor<'_>, name: &[u8], name_end: usize) -> bool {
    let word = cursor.ahead_at_most(name_end + 1, NAME, |b| is_ident(b) || matches!(b, b'-' | b'.' | b':'));
    cursor.at(name_end) == b' '
        && !name.starts_with(b"!")
        && !name.starts_with(b"?")
        && !is_element(name)
        && !matches!(cursor.at(word), b'=' | b'>' | b'/')
}

/// Does the tag hold an attribute: `name="…"` or `name='…'`?
fn has_attribute(cursor: Cursor<'_>, from: usize, to: usize) -> bool {
    cursor.slice(from, to).windows(3).any(|w| {
        matches!(w, [a, b'=', b'"' | b'\''] if is_ident(*a)) || matches!(w, [a, b'=', b'\\'] if is_ident(*a))
    })
}

/// Does the name of the next end tag, at any distance, begin with `name`?
fn ends(scan: &mut Scan<'_>, name: &[u8], from: usize) -> bool {
    if scan.next_end_tag < from && scan.next_end_tag != usize::MAX {
        scan.next_end_tag = scan.cursor.find(from, usize::MAX, b"</").unwrap_or(usize::MAX);
    }
    scan.next_end_tag != usize::MAX
        && !name.is_empty()
        && scan.cursor.has_any_case(scan.next_end_tag.saturating_add(2), name)
}

/// The end of the last tag of the markup that continues at `i`. A tag that is cut off ends with its line.
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
