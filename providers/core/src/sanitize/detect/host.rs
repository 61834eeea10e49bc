//! Names of machines without a path: `db.internal.acme.corp`, `build-7.acme.net`.
//!
//! A module of a program is written like a host, so that only endings which are domains before anything else
//! count, and two labels alone only with the endings of the first days.

use super::cursor::{Cursor, is_ident, is_word};
use super::url::is_host;
use super::{Redaction, Span};

/// RFC 1035 section 2.3.4.
const HOST: usize = 255;

/// The longest ending that is looked for.
const ENDING: usize = 12;

/// Does an ending, in lower case, make a host of two labels?
fn is_first(ending: &[u8]) -> bool {
    matches!(ending, b"com" | b"net" | b"org" | b"edu" | b"gov" | b"mil" | b"onion")
}

/// Does an ending, in lower case, make a host of three labels and more: a country's, or what private networks
/// use?
#[rustfmt::skip]
fn is_later(ending: &[u8]) -> bool {
    matches!(
        ending,
        b"io" | b"dev" | b"ai" | b"cloud" | b"de" | b"fr" | b"uk" | b"eu" | b"ca" | b"au" | b"jp" | b"cn"
        | b"nl" | b"ch" | b"se" | b"ru" | b"br" | b"pl" | b"cz" | b"dk" | b"fi" | b"kr" | b"mx" | b"za"
        | b"nz" | b"internal" | b"local" | b"lan" | b"corp" | b"intranet" | b"localdomain" | b"example"
        | b"arpa" | b"co" | b"es" | b"be" | b"pt" | b"gr" | b"hu" | b"ro" | b"ua" | b"tr" | b"il"
        | b"sg" | b"hk" | b"tw" | b"vn" | b"ie" | b"biz" | b"xyz" | b"svc" | b"home"
    )
}

/// Endings of private networks: RFC 6762 (`local`), RFC 8375 and what came before it, ICANN (`internal`).
fn is_private(ending: &[u8]) -> bool {
    matches!(ending, b"internal" | b"local" | b"lan" | b"corp" | b"home" | b"localdomain" | b"intranet")
}

/// A machine's name and a private ending, `db-prod-3.internal`: no module has a hyphen in its name.
fn is_machine(host: &[u8]) -> bool {
    host.split(|b| *b == b'.').next().is_some_and(|name| name.contains(&b'-'))
}

/// A host whose last point stands at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if !is_word(cursor.before(at)) || !cursor.at(at + 1).is_ascii_alphabetic() {
        return None;
    }
    let end = cursor.ahead_at_most(at + 1, ENDING, |b| b.is_ascii_alphabetic());
    let mut lower = [0; ENDING];
    for (to, from) in lower.iter_mut().zip(cursor.slice(at + 1, end)) {
        *to = from.to_ascii_lowercase();
    }
    let ending = lower.get(..end - at - 1)?;
    let first = is_first(ending);
    if !(first || is_later(ending)) {
        return None;
    }
    let next = cursor.at(end);
    let goes_on = is_ident(next)
        || matches!(next, b'(' | b'-' | b'/' | b'@')
        || (next == b'.' && is_word(cursor.at(end + 1)));
    if goes_on || (next == b':' && cursor.at(end + 1) == b':') {
        return None;
    }
    let start =
        cursor.back(at, floor.max(at.saturating_sub(HOST)), |b| is_word(b) || matches!(b, b'-' | b'.'));
    let host = cursor.slice(start, end);
    let labels = host.iter().filter(|b| **b == b'.').count() + 1;
    let edge = cursor.before(start);
    let plain = !matches!(edge, b'_' | b'/' | b'\\' | b'$' | b'@' | b'#' | b':')
        || (edge == b':' && cursor.before(start - 1) != b':');
    let least = if first || (is_private(ending) && is_machine(host)) { 2 } else { 3 };
    (plain && labels >= least && is_host(host)).then_some(Span { start, end, kind: Redaction::Host })
}
