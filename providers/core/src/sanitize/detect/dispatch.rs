//! Which detectors look where.

use super::scan::Scan;
use super::{
    Redaction, Span, connection, email, flag, header, host, html, ip, number, pair, path, pem, phone, query,
    ssh, token, url, vendor,
};

/// A byte that may be the anchor of something.
pub(super) fn trigger(scan: &mut Scan<'_>, i: usize, b: u8) {
    let hay = scan.hay;
    let floor = scan.done;
    match b {
        b':' => colon(scan, i),
        b'=' => {
            let hit = connection::find(hay, i, floor).or_else(|| pair::find(hay, i, floor, scan.words));
            scan.take(hit);
        }
        b'@' => {
            let hit = email::find(hay, i, floor);
            scan.take(hit);
        }
        b'/' => {
            let hit = path::unix(hay, i).or_else(|| url::bare(hay, i, floor));
            scan.take(hit);
        }
        b'\\' => {
            let hit = path::unc(hay, i);
            scan.take(hit);
        }
        b'.' => {
            let hit = ip::v4(hay, i, floor)
                .or_else(|| url::www(hay, i, floor))
                .or_else(|| host::find(hay, i, floor));
            scan.take(hit);
        }
        b'-' => {
            let hit = match hay.before(i) {
                _ if hay.at(i + 3) == b'-' && hay.at(i + 6) == b'-' => ip::mac(hay, i, floor),
                b'h' | b'H' | b'a' | b'A' | b'k' | b'K' => ssh::find(hay, i),
                _ if hay.at(i + 1) == b'-' => pem::find(hay, i).or_else(|| flag::find(hay, i, scan.words)),
                _ => flag::find(hay, i, scan.words),
            };
            scan.take(hit);
        }
        b'B' | b'b' => {
            let hit = header::bearer(hay, i);
            scan.take(hit);
        }
        b'<' => {
            let hit = html::find(scan, i);
            scan.take(hit);
        }
        b'?' | b'&' => {
            let hit = query::find(hay, i, floor);
            scan.take(hit);
        }
        b'+' => {
            let hit = phone::international(hay, i);
            scan.take(hit);
        }
        b'"' | b'\'' | b'`' => {
            let hit = pair::quoted(hay, i, floor, scan.words);
            scan.take(hit);
        }
        _ => {}
    }
}

fn colon(scan: &mut Scan<'_>, i: usize) {
    let (hay, floor) = (scan.hay, scan.done);
    let (last, next) = (hay.before(i), hay.at(i + 1));
    if last == b':' {
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
        None if next != b':' => pair::find(hay, i, floor, scan.words).or_else(|| url::opaque(hay, i, floor)),
        None | Some(_) => hit,
    };
    scan.take(hit);
}

/// Eight token characters in a row: perhaps the middle of a token.
pub(super) fn run(scan: &mut Scan<'_>, at: usize) {
    let behind = token::find(scan.hay, at, scan.run_done, &mut scan.found);
    scan.run_done = behind;
    // What was found stays open to the other detectors: a token may be a part of something larger.
}

/// Four digits within sixteen bytes: perhaps the middle of a number.
pub(super) fn number(scan: &mut Scan<'_>, at: usize) {
    let floor = scan.number_done.max(scan.done);
    let hit = number::find(scan.hay, at, floor, &mut scan.found);
    scan.number_done = hit;
}
