//! Which detectors look where.

use super::hay::{Hay, is_ident};
use super::scan::{Scan, is_run};
use super::{
    Redaction, Span, connection, dn, echo, email, flag, header, host, html, ip, number, pair, path, pem,
    phone, query, ssh, token, url, vendor, windows,
};

/// The byte at `i` may be the anchor of something, or make a decoded view worth a look.
#[inline]
pub(super) fn trigger(scan: &mut Scan<'_>, i: usize) {
    let hay = scan.hay;
    let floor = scan.done;
    // What was found is not looked at again.
    let open = i >= floor;
    match hay.at(i) {
        b':' if open && !is_path_sign(hay, i) => colon(scan, i),
        b'=' if open => {
            let hit = connection::find(hay, i, floor)
                .or_else(|| echo::row(hay, i, scan.words))
                .or_else(|| dn::find(hay, i, floor))
                .or_else(|| pair::find(hay, i, floor, scan.words));
            scan.take(hit);
        }
        b'@' if open => {
            let hit = email::find(hay, i, floor);
            scan.take(hit);
        }
        b'/' if open => {
            let path = path::unix(hay, i);
            // The extension that stays behind a path is no token, nor the start of one.
            let behind = path.map_or(0, |path| hay.ahead_at_most(path.end, 9, is_run));
            scan.run_done = scan.run_done.max(behind);
            scan.take(path.or_else(|| url::bare(hay, i, floor)));
        }
        b'\\' => {
            scan.views.see(hay, i, b'\\');
            let hit = if open { path::unc(hay, i) } else { None };
            scan.take(hit);
        }
        b'.' if open => point(scan, i),
        b'-' if open => {
            let hit = match hay.before(i) {
                _ if hay.at(i + 3) == b'-' && hay.at(i + 6) == b'-' => ip::mac(hay, i, floor),
                b'h' | b'H' | b'a' | b'A' | b'k' | b'K' => ssh::find(hay, i),
                b's' | b'S' if hay.at(i + 1) == b'1' => windows::sid(hay, i),
                b'P' => windows::machine(hay, i),
                _ if hay.at(i + 1) == b'-' => pem::find(hay, i).or_else(|| flag::find(hay, i, scan.words)),
                _ => flag::find(hay, i, scan.words),
            };
            scan.take(hit);
        }
        // The name of a scheme may be the end of something else and still announce a credential.
        b'B' | b'b' if matches!(hay.at(i + 1) | 0x20, b'a' | b'e') => {
            let hit = header::bearer(hay, i);
            scan.take(hit);
        }
        b'<' if open => {
            let hit = html::find(scan, i);
            scan.take(hit);
        }
        b'?' | b'&' if open => {
            scan.views.see(hay, i, hay.at(i));
            let hit = query::find(hay, i, floor);
            scan.take(hit);
        }
        b'+' if open => {
            let hit = phone::international(hay, i);
            scan.take(hit);
        }
        b'"' | b'\'' | b'`' if open && matches!(hay.before(i), b' ' | b'\\' | b',' | b'(' | 0x80..) => {
            let hit = pair::quoted(hay, i, floor, scan.words).or_else(|| echo::quoted(hay, i, scan.words));
            scan.take(hit);
        }
        b @ (b'%' | b'\n' | 0x1b | 0x80..) => scan.views.see(hay, i, b),
        _ => {}
    }
}

/// A point between two digits, or between two words.
fn point(scan: &mut Scan<'_>, i: usize) {
    let (hay, floor) = (scan.hay, scan.done);
    let (last, next) = (hay.before(i), hay.at(i + 1));
    let mac = if hay.at(i + 5) == b'.' { ip::dotted_mac(hay, i) } else { None };
    let hit = match last {
        _ if mac.is_some() => mac,
        b'0'..=b'9' if next.is_ascii_digit() => ip::v4(hay, i, floor),
        b'w' | b'W' => url::www(hay, i, floor).or_else(|| host::find(hay, i, floor)),
        _ if next.is_ascii_alphabetic() => host::find(hay, i, floor),
        _ => None,
    };
    scan.take(hit);
}

/// One of the two colons in `core::ops`? An address may have such a pair as well, behind a hexadecimal digit.
#[inline]
fn is_path_sign(hay: Hay<'_>, i: usize) -> bool {
    let last = hay.before(i);
    last == b':' || (hay.at(i + 1) == b':' && is_ident(last) && !last.is_ascii_hexdigit())
}

fn colon(scan: &mut Scan<'_>, i: usize) {
    let (hay, floor) = (scan.hay, scan.done);
    let (last, next) = (hay.before(i), hay.at(i + 1));
    // Most colons end a few words of a sentence.
    if next == b' ' && pair::is_plain(hay, i, floor, scan.words) {
        return;
    }
    let hit = match next {
        b':' => ip::v6(hay, i, floor),
        b'/' if hay.at(i + 2) == b'/' => url::with_scheme(hay, i, floor).or_else(|| path::windows(hay, i)),
        b'/' | b'\\' => path::windows(hay, i).or_else(|| url::opaque(hay, i, floor)),
        _ if last.is_ascii_hexdigit() && next.is_ascii_hexdigit() => ip::v6(hay, i, floor),
        _ => None,
    };
    let digits = last.is_ascii_digit() && next.is_ascii_alphanumeric();
    let hit = match hit {
        None if digits => {
            vendor::telegram(hay, i, floor).map(|(start, end)| Span { start, end, kind: Redaction::Token })
        }
        None if next != b':' && !pair::is_plain(hay, i, floor, scan.words) => {
            pair::find(hay, i, floor, scan.words).or_else(|| url::opaque(hay, i, floor))
        }
        None if next > b' ' && next != b':' => url::opaque(hay, i, floor),
        None | Some(_) => hit,
    };
    scan.take(hit);
}

/// Eight token characters in a row: perhaps the middle of a token.
pub(super) fn run(scan: &mut Scan<'_>, at: usize) {
    let behind = token::find(scan.hay, at, scan.run_done, scan.words, scan.found);
    scan.run_done = behind;
    // What was found stays open to the other detectors: a token may be a part of something larger.
}

/// Four digits within sixteen bytes: perhaps the middle of a number.
pub(super) fn number(scan: &mut Scan<'_>, at: usize) {
    let floor = scan.number_done.max(scan.done);
    let hit = number::find(scan.hay, at, floor, scan.found);
    scan.number_done = hit;
}
