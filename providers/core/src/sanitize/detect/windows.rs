//! Finds names that Windows makes: security identifiers (MS-DTYP section 2.4.2.1), and names of machines (`DESKTOP-`
//! and seven capitals and digits) and of accounts (`ACME\ada`).

use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::domain::is_file;
use super::url::is_pause;
use super::{Redaction, Span};

/// The identifier of a domain or a machine, `S-1-5-21-…`, whose first hyphen is at `at`. Well-known identifiers
/// (`S-1-5-18`) stay.
pub(super) fn sid(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let start = at.checked_sub(1)?;
    if !cursor.has(at, b"-1-5-21-") || is_ident(cursor.before(start)) {
        return None;
    }
    let end = cursor.ahead_at_most(at, 80, |b| b.is_ascii_digit() || b == b'-');
    Some(Span { start, end: cursor.back(end, at, |b| b == b'-'), kind: Redaction::User })
}

/// The name of a machine, `DESKTOP-AB12CD3`, whose hyphen is at `at`.
pub(super) fn machine(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let name = [&b"DESKTOP"[..], b"LAPTOP"].into_iter().find(|name| cursor.ends_any_case(at, name))?;
    let (start, end) = (at - name.len(), at + 8);
    let given = cursor.slice(at + 1, end);
    let shaped = given.len() == 7
        && given.iter().all(u8::is_ascii_alphanumeric)
        && given.iter().any(u8::is_ascii_digit)
        && !is_ident(cursor.before(start))
        && !is_ident(cursor.at(end));
    shaped.then_some(Span { start, end, kind: Redaction::Host })
}

/// The longest name of a domain or an account, in bytes.
const NAME: usize = 64;

/// Words before the name of an account.
#[rustfmt::skip]
const ANNOUNCED: [&[u8]; 13] = [
    b"user", b"account", b"login", b"logon", b"owner", b"principal", b"identity", b"benutzer", b"usuario", b"utilisateur",
    b"gebruiker", b"utente", b"konto",
];

/// Words that may be before the name of an account.
const PERHAPS: [&[u8]; 7] = [b"for", b"by", b"as", b"from", b"in", b"is", b"name"];

/// Names before a backslash that are no domains: those of every Windows, of its registry and folders, and words of logs
/// before an escaped end of a line, `ERROR\nfoo`.
#[rustfmt::skip]
const NO_DOMAIN: [&[u8]; 30] = [
    b"AUTHORITY", b"SERVICE", b"BUILTIN", b"MANAGER", b"APPPOOL", b"SOFTWARE", b"SYSTEM", b"SYSTEM32", b"WINDOWS", b"REGISTRY",
    b"MACHINE", b"GLOBAL", b"LOCAL", b"FILES", b"DLL", b"LIB", b"SRC", b"INC", b"BIN", b"ERROR", b"WARN", b"WARNING", b"INFO",
    b"DEBUG", b"TRACE", b"FATAL", b"OK", b"FAILED", b"FAIL", b"PASS",
];

/// The account `ACME\ada` (the down-level logon name of Windows), whose backslash is at `at`. The backslash may be
/// doubled. The domain is in capitals, unless a word such as `user` is before it.
pub(super) fn account(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let domain = |b: u8| is_word(b) || matches!(b, b'-' | b'.' | b'_');
    let start = cursor.back(at, at.saturating_sub(NAME), domain);
    let text = cursor.slice(start, at);
    let edge = cursor.before(start);
    let whole = matches!(edge, 0..=b' ' | b'[' | b'(' | b'{' | b'<' | b'>' | b':' | b'=' | b',' | b'|')
        || is_quote(edge)
        || edge >= 0x80;
    if text.len() < 2 || !whole || !text.iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let name = cursor.ahead_at_most(at, 2, |b| b == b'\\');
    let end = cursor.ahead_at_most(name, NAME, |b| is_word(b) || matches!(b, b'.' | b'-' | b'_' | b'$'));
    let end = cursor.back(end, name, |b| matches!(b, b'.' | b'-'));
    let gap = cursor.back(start, start.saturating_sub(2), |b| {
        matches!(b, b' ' | b':' | b'=' | b'[' | b'(') || is_quote(b)
    });
    let is_after = |words: &[&[u8]]| {
        let is = |word: &[u8]| cursor.ends_any_case(gap, word) && !is_word(cursor.before(gap - word.len()));
        gap < start && words.iter().any(|word| is(word))
    };
    let (first, second) = (cursor.at(name), cursor.at(name + 1));
    let in_capitals = !text.iter().any(u8::is_ascii_lowercase);
    let announced = is_after(&ANNOUNCED);
    // `DB\Row` and `App\Kernel` are classes of PHP.
    let shown = match () {
        () if text.eq_ignore_ascii_case(b"AzureAD") => true,
        () if in_capitals => {
            announced
                || is_after(&PERHAPS)
                || text.contains(&b'-')
                || first.is_ascii_lowercase()
                || text.len() >= 4
        }
        () => announced && first.is_ascii_lowercase(),
    };
    // An escape is followed by the start of a line or of another word.
    let escape = name == at + 1
        && matches!(first, b'n' | b'r' | b't')
        && (!second.is_ascii_lowercase() || cursor.before(at) == b'-' || text.contains(&b'_'));
    let none = NO_DOMAIN.contains(&text) || text.starts_with(b"HK") || text.starts_with(b"UTF");
    let file = cursor.slice(name, end).rsplit(|b| *b == b'.').next().is_some_and(is_file);
    let goes_on = matches!(cursor.at(end), b'\\' | b'(')
        || (matches!(cursor.at(end), b'/' | b':') && cursor.at(end + 1) > b' ' && !announced);
    if !shown || escape || none || file || goes_on || end == name {
        return None;
    }
    // A password may follow: `user acme\ada:hunter2`.
    let joined = matches!(cursor.at(end), b'/' | b':') && cursor.at(end + 1) > b' ';
    let end = if joined { cursor.claim(end, |b| !is_pause(b)) } else { end };
    Some(Span { start: start.max(floor.min(name)), end, kind: Redaction::User })
}

/// The account and the password in `net use Z: \\server\share hunter2 /user:ACME\ada`, where the password may also be
/// the last word. The slash of `/user` is at `i`. The first span, if there is one, is the password before it.
pub(super) fn net_use(cursor: Cursor<'_>, i: usize, floor: usize) -> Option<(Option<Span>, Span)> {
    let colon = i + if cursor.has_any_case(i, b"/user:") { 5 } else { 2 };
    let line = cursor.back(i, i.saturating_sub(LINE), |b| b != b'\n');
    if cursor.at(colon) != b':' || !calls_net_use(cursor.slice(line, i)) {
        return None;
    }
    let mut end = colon + 1;
    loop {
        end = cursor.claim(end, |b| b > b' ' && b != b'"' && b != b'\'');
        // The next word is the password, which may be in quotes. Another argument begins with a slash.
        let next = cursor.at(end + 1);
        if cursor.at(end) != b' ' || next == b'/' || next <= b' ' {
            break;
        }
        end += 1;
        if next == b'"' {
            end = (cursor.claim(end + 1, |b| b != b'"' && b != b'\n') + 1).min(cursor.len());
            break;
        }
    }
    let before = cursor.back(i - 1, floor.max(i.saturating_sub(NAME)), |b| b > b' ');
    let word = cursor.slice(before, i - 1);
    let password = cursor.before(i) == b' '
        && cursor.before(before) == b' '
        && !matches!(word.first(), None | Some(b'\\' | b'/' | b'*'))
        && word.last() != Some(&b':')
        && !word.eq_ignore_ascii_case(b"use");
    let password = password.then_some(Span { start: before, end: i - 1, kind: Redaction::Secret });
    (end > colon + 1).then_some((password, Span { start: colon + 1, end, kind: Redaction::User }))
}

/// Is this line a call of `net use`, so far?
fn calls_net_use(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b <= b' ').filter(|word| !word.is_empty());
    let is_net = |word: &[u8]| {
        let word = word.to_ascii_lowercase();
        word.ends_with(b"net") || word.ends_with(b"net.exe")
    };
    while let Some(word) = words.next() {
        if is_net(word) && words.clone().next().is_some_and(|word| word.eq_ignore_ascii_case(b"use")) {
            return true;
        }
    }
    false
}

/// The password in `/pass:hunter2`, an argument of Windows's `cmdkey` and others. The slash is at `i`.
pub(super) fn pass(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    let start = [&b"/pass:"[..], b"/password:"]
        .iter()
        .find(|name| cursor.has_any_case(i, name))
        .map(|name| i + name.len())?;
    let end = cursor.claim(start, |b| b > b' ' && b != b'"' && b != b'\'');
    (cursor.before(i) <= b' ' && end > start).then_some(Span { start, end, kind: Redaction::Secret })
}

/// Longest part of a line before an argument, in bytes.
const LINE: usize = 160;
