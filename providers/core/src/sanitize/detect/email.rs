//! E-mail addresses (RFC 5321, RFC 6531) and other texts of the form `user@machine`.

use super::cursor::{Cursor, is_word};
use super::{Redaction, Span, domain, login, script, url};

/// The longest local part, in bytes (RFC 5321 section 4.5.3.1.1).
const LOCAL: usize = 64;

/// Most bytes in which the end of a host is searched for. A host's name is shorter (RFC 1035 section 2.3.4).
const HOST: usize = 256;

/// The longest quoted local part, in bytes.
const QUOTED: usize = 66;

/// Longest part of a remote's path that is searched for signs of a path, in bytes.
const REMOTE: usize = 128;

fn is_local(b: u8) -> bool {
    is_word(b)
        || matches!(
            b,
            b'.' | b'_' | b'+' | b'-' | b'%' | b'~' | b'!' | b'#' | b'$' | b'&' | b'*' | b'^' | b'\''
        )
}

/// The address around the `@` at `at`. A password before it (`user:pass@host`) and the path of an scp-like remote after
/// it (`git@host:path`) are part of the find.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let local = local(cursor, at, floor)?;
    let host = cursor.ahead_at_most(at + 1, HOST, |b| is_word(b) || matches!(b, b'.' | b'-'));
    let host = script::word_end(cursor, at + 1, host);
    let host = cursor.back(host, at + 1, |b| matches!(b, b'.' | b'-'));
    let name = cursor.slice(at + 1, host);
    let is_country = || name.rsplit(|b| *b == b'.').next().is_some_and(domain::is_country);
    // `{closure@main.rs:12:3}` and `fn@lib.rs:12` are places in code.
    let placed = || {
        (cursor.at(host) == b':' && cursor.at(host + 1).is_ascii_digit())
            || cursor.has(host, b" line ")
            || cursor.ends_any_case(at, b"closure")
    };
    let named = domain::is_host(name) || (is_country() && domain::is_domain(name) && !placed());
    let literal = cursor.at(at + 1) == b'[' && matches!(cursor.at(at + 2), b'0'..=b'9' | b'I' | b'i');
    if literal {
        let close = cursor.ahead_at_most(at + 2, 64, |b| b != b']' && b != b' ');
        let end = if cursor.at(close) == b']' { close + 1 } else { close };
        return Some(Span { start: local, end, kind: Redaction::Email });
    }
    if host == at + 1 {
        return None;
    }
    let address = domain::is_address(cursor.slice(at + 1, host));
    if let Some(end) = remote(cursor, host) {
        return Some(Span { start: local, end, kind: Redaction::Url });
    }
    // In `user:pass@host`, the text before the colon belongs to the find.
    let with_password = cursor.before(local) == b':' && cursor.at(local.saturating_sub(2)) != b':';
    if with_password && !cursor.ends_any_case(local, b"mailto:") {
        let start = cursor.back(local - 1, floor, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-' | b'+'));
        let bounded = start.max(local.saturating_sub(LOCAL));
        let machine = is_machine(cursor, local, at + 1, host);
        if (named || address || machine) && bounded + 1 < local {
            let end = url::end(cursor, host, cursor.before(bounded));
            return Some(Span { start: bounded, end, kind: Redaction::Url });
        }
    }
    let mail =
        cursor.back(local, floor.max(local.saturating_sub(7)), |b| b.is_ascii_alphabetic() || b == b':');
    let start = if cursor.has_any_case(mail, b"mailto:") {
        mail
    } else {
        login::principal(cursor, local, cursor.slice(at + 1, host), floor)
    };
    (named || address || is_machine(cursor, local, at + 1, host)).then_some(Span {
        start,
        end: host,
        kind: Redaction::Email,
    })
}

/// Longest name of a person before an address, in bytes.
const PERSON: usize = 64;

/// The name of the person before the address in the angle bracket that starts at `start` (RFC 5322 section 3.4): `Ada
/// Lovelace <ada@example.com>`. It is at least two words with capitals, or quoted.
pub(super) fn display_name(cursor: Cursor<'_>, start: usize, floor: usize) -> Option<Span> {
    let bracket = start.checked_sub(1).filter(|at| cursor.at(*at) == b'<' && cursor.before(*at) == b' ')?;
    let quote = cursor.before(bracket - 1);
    let quoted = matches!(quote, b'"' | b'\'');
    let end = if quoted { bracket - 2 } else { bracket - 1 };
    let from = floor.max(end.saturating_sub(PERSON));
    let first = cursor.back(end, from, |b| is_word(b) || matches!(b, b' ' | b'-' | b'.' | b'\'' | b','));
    // An apostrophe belongs to the name, `O'Brien`; a quote has no letter before it.
    let opening = (first..end).rev().find(|at| cursor.at(*at) == b'\'' && !is_word(cursor.before(*at)));
    let first = opening.map_or(first, |at| at + 1);
    // The quote may end behind the address: `"Ada Lovelace <ada@example.com>"`.
    let opened = matches!(cursor.before(first), b'"' | b'\'') && (!quoted || cursor.before(first) == quote);
    if opened && first < end && cursor.slice(first, end).iter().any(|b| is_word(*b)) {
        return Some(Span { start: first, end, kind: Redaction::Redacted });
    }
    let capital = |at: usize| cursor.at(at).is_ascii_uppercase() || cursor.at(at) >= 0x80;
    let (mut at, mut words) = (end, 0);
    loop {
        let word = cursor.back(at, first.max(from), |b| is_word(b) || matches!(b, b'-' | b'.' | b'\''));
        if word == at || !capital(word) {
            break;
        }
        (at, words) = (word, words + 1);
        if cursor.before(word) != b' ' || words > 4 {
            break;
        }
        at -= 1;
    }
    let name = if cursor.at(at) == b' ' { at + 1 } else { at };
    (words >= 2 && !quoted).then_some(Span { start: name, end, kind: Redaction::Redacted })
}

/// Is the single name after the `@`, as in `ada@laptop`, a machine? The version of a package is not, unless the messages
/// of OpenSSH are around it.
fn is_machine(cursor: Cursor<'_>, local: usize, start: usize, end: usize) -> bool {
    const VERSIONS: [&[u8]; 18] = [
        b"latest",
        b"next",
        b"beta",
        b"alpha",
        b"canary",
        b"rc",
        b"main",
        b"master",
        b"head",
        b"stable",
        b"nightly",
        b"dev",
        b"workspace",
        b"file",
        b"npm",
        b"edge",
        b"git",
        b"sha256",
    ];
    let host = cursor.slice(start, end);
    let is_version = || {
        let numbered = host.first().is_some_and(|b| matches!(b, b'v' | b'V'))
            && host.iter().skip(1).all(u8::is_ascii_digit);
        numbered || VERSIONS.iter().any(|version| version.eq_ignore_ascii_case(host))
    };
    let is_login = || {
        [&b"ssh "[..], b"scp ", b"sftp "].iter().any(|program| cursor.ends_any_case(local, program))
            || cursor.has(end, b": Permission denied")
            || cursor.has(end, b"'s password")
    };
    let time = [&b"am"[..], b"pm"].iter().any(|half| half.eq_ignore_ascii_case(host));
    host.len() >= 2
        && !time
        && host.first().is_some_and(u8::is_ascii_alphabetic)
        && !host.contains(&b'.')
        && (!is_version() || is_login())
}

fn local(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<usize> {
    if cursor.before(at) == b'"' {
        let from = floor.max(at.saturating_sub(QUOTED));
        let open = cursor.back(at - 1, from, |b| b != b'"' && b != b'\n');
        return (cursor.before(open) == b'"').then(|| open - 1);
    }
    let start = cursor.back(at, floor.max(at.saturating_sub(LOCAL)), is_local);
    let start = script::word_start(cursor, start, at);
    let start =
        cursor.ahead_at_most(start, LOCAL, |b| matches!(b, b'\'' | b'*' | b'#' | b'&' | b'~' | b'.' | b'!'));
    // The text before the `@` may already be a find of another kind. At the start of a text, a decorator is there.
    (start < at || (floor == at && at > 0) || cursor.before(at) == b']').then_some(start.min(at))
}

/// The end of an scp-like remote's path: `host:path` with a slash, or the name of a repository.
fn remote(cursor: Cursor<'_>, host: usize) -> Option<usize> {
    if cursor.at(host) != b':'
        || !(is_word(cursor.at(host + 1)) || matches!(cursor.at(host + 1), b'/' | b'~' | b'.'))
    {
        return None;
    }
    let head = cursor.slice(host + 1, cursor.ahead_at_most(host + 1, REMOTE, |b| b > b' '));
    let numeric = head.iter().all(u8::is_ascii_digit);
    let path = head.contains(&b'/') || head.windows(4).any(|part| part == b".git");
    (!numeric && path).then(|| url::end(cursor, host + 1, 0))
}
