//! Which detectors look where.

use super::cursor::{Cursor, is_ident};
use super::scan::{Scan, is_run};
use super::{
    Redaction, Span, connection, dn, email, flag, header, host, html, ip, number, pair, path, pem, phone,
    query, quoted_input, ssh, token, url, vendor, windows,
};

/// The byte at `i` may be the anchor of something, or make a decoded view worth a look.
#[inline]
pub(super) fn trigger(scan: &mut Scan<'_>, i: usize) {
    let cursor = scan.cursor;
    let floor = scan.done;
    // What was found is not looked at again.
    let open = i >= floor;
    match cursor.at(i) {
        b':' if open && !is_path_sign(cursor, i) => colon(scan, i),
        b'=' if open => {
            let hit = connection::find(cursor, i, floor)
                .or_else(|| quoted_input::row(cursor, i, scan.keys))
                .or_else(|| dn::find(cursor, i, floor))
                .or_else(|| pair::find(cursor, i, floor, scan.keys));
            scan.take(hit);
        }
        b'@' if open => {
            let hit = email::find(cursor, i, floor);
            scan.take(hit);
        }
        b'/' if open => {
            let path = path::unix(cursor, i);
            // The extension that stays behind a path is no token, nor the start of one.
            let behind = path.map_or(0, |path| cursor.ahead_at_most(path.end, 9, is_run));
            scan.run_done = scan.run_done.max(behind);
            scan.take(path.or_else(|| url::bare(cursor, i, floor)));
        }
        b'\\' => {
            scan.views.see(cursor, i, b'\\');
            let hit = if open { path::unc(cursor, i) } else { None };
            scan.take(hit);
        }
        b'.' if open => point(scan, i),
        b'-' if open => {
            let hit = match cursor.before(i) {
                _ if cursor.at(i + 3) == b'-' && cursor.at(i + 6) == b'-' => ip::mac(cursor, i, floor),
                b'h' | b'H' | b'a' | b'A' | b'k' | b'K' => ssh::find(cursor, i),
                b's' | b'S' if cursor.at(i + 1) == b'1' => windows::sid(cursor, i),
                b'P' => windows::machine(cursor, i),
                _ if cursor.at(i + 1) == b'-' => {
                    pem::find(cursor, i).or_else(|| flag::find(cursor, i, scan.keys))
                }
                _ => flag::find(cursor, i, scan.keys),
            };
            scan.take(hit);
        }
        // The name of a scheme may be the end of something else and still announce a credential.
        b'B' | b'b' if matches!(cursor.at(i + 1) | 0x20, b'a' | b'e') => {
            let hit = header::bearer(cursor, i);
            scan.take(hit);
        }
        b'<' if open => {
            let hit = html::find(scan, i);
            scan.take(hit);
        }
        b'?' | b'&' if open => {
            scan.views.see(cursor, i, cursor.at(i));
            let hit = query::find(cursor, i, floor);
            scan.take(hit);
        }
        b'+' if open => {
            let hit = phone::international(cursor, i);
            scan.take(hit);
        }
        b'"' | b'\'' | b'`' if open && matches!(cursor.before(i), b' ' | b'\\' | b',' | b'(' | 0x80..) => {
            let hit = pair::quoted(cursor, i, floor, scan.keys)
                .or_else(|| quoted_input::quoted(cursor, i, scan.keys));
            scan.take(hit);
        }
        b @ (b'%' | b'\n' | 0x1b | 0x80..) => scan.views.see(cursor, i, b),
        _ => {}
    }
}

/// A point between two digits, or between two words.
fn point(scan: &mut Scan<'_>, i: usize) {
    let (cursor, floor) = (scan.cursor, scan.done);
    let (last, next) = (cursor.before(i), cursor.at(i + 1));
    let mac = if cursor.at(i + 5) == b'.' { ip::dotted_mac(cursor, i) } else { None };
    let hit = match last {
        _ if mac.is_some() => mac,
        b'0'..=b'9' if next.is_ascii_digit() => ip::v4(cursor, i, floor),
        b'w' | b'W' => url::www(cursor, i, floor).or_else(|| host::find(cursor, i, floor)),
        _ if next.is_ascii_alphabetic() => host::find(cursor, i, floor),
        _ => None,
    };
    scan.take(hit);
}

/// One of the two colons in `core::ops`? An address may have such a pair as well, behind a hexadecimal digit.
#[inline]
fn is_path_sign(cursor: Cursor<'_>, i: usize) -> bool {
    let last = cursor.before(i);
    last == b':' || (cursor.at(i + 1) == b':' && is_ident(last) && !last.is_ascii_hexdigit())
}

fn colon(scan: &mut Scan<'_>, i: usize) {
    let (cursor, floor) = (scan.cursor, scan.done);
    let (last, next) = (cursor.before(i), cursor.at(i + 1));
    // Most colons end a few words of a sentence.
    if next == b' ' && pair::is_plain(cursor, i, floor, scan.keys) {
        return;
    }
    let hit = match next {
        b':' => ip::v6(cursor, i, floor),
        b'/' if cursor.at(i + 2) == b'/' => {
            url::with_scheme(cursor, i, floor).or_else(|| path::windows(cursor, i))
        }
        b'/' | b'\\' => path::windows(cursor, i).or_else(|| url::opaque(cursor, i, floor)),
        _ if last.is_ascii_hexdigit() && next.is_ascii_hexdigit() => ip::v6(cursor, i, floor),
        _ => None,
    };
    let digits = last.is_ascii_digit() && next.is_ascii_alphanumeric();
    let hit = match hit {
        None if digits => {
            vendor::telegram(cursor, i, floor).map(|(start, end)| Span { start, end, kind: Redaction::Token })
        }
        None if next != b':' && !pair::is_plain(cursor, i, floor, scan.keys) => {
            pair::find(cursor, i, floor, scan.keys).or_else(|| url::opaque(cursor, i, floor))
        }
        None if next > b' ' && next != b':' => url::opaque(cursor, i, floor),
        None | Some(_) => hit,
    };
    scan.take(hit);
}

/// Eight token characters in a row: perhaps the middle of a token.
pub(super) fn run(scan: &mut Scan<'_>, at: usize) {
    let behind = token::find(scan.cursor, at, scan.run_done, scan.keys, scan.found);
    scan.run_done = behind;
    // What was found stays open to the other detectors: a token may be a part of something larger.
}

/// Four digits within sixteen bytes: perhaps the middle of a number.
pub(super) fn number(scan: &mut Scan<'_>, at: usize) {
    let floor = scan.number_done.max(scan.done);
    let hit = number::find(scan.cursor, at, floor, scan.found);
    scan.number_done = hit;
}
