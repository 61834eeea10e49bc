//! Finds absolute paths: Unix, macOS with spaces, Windows with either slash, UNC, `~/`.
//!
//! The whole path is removed, because every part of it can name a person, a customer or a project. A well-known
//! extension stays, because it tells which kind of file was read.

use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::{Redaction, Span, package, script};

/// Largest distance at which the closing quote of a path is searched for, in bytes.
const QUOTED: usize = 1024;

/// Largest distance at which the rest of a name with spaces is searched for, in bytes.
const SPACED: usize = 64;

/// Extensions that stay.
#[rustfmt::skip]
const EXTENSIONS: [&[u8]; 88] = [
    b"html", b"htm", b"xhtml", b"xml", b"json", b"jsonl", b"ndjson", b"yaml", b"yml", b"toml", b"ini",
    b"cfg", b"conf", b"env", b"lock", b"txt", b"md", b"rst", b"log", b"csv", b"tsv", b"pdf", b"doc",
    b"docx", b"xls", b"xlsx", b"ppt", b"pptx", b"png", b"jpg", b"jpeg", b"gif", b"webp", b"svg", b"ico",
    b"bmp", b"mp3", b"mp4", b"webm", b"wav", b"zip", b"tar", b"gz", b"tgz", b"xz", b"zst", b"bz2", b"7z",
    b"rar", b"rs", b"py", b"pyc", b"ipynb", b"js", b"mjs", b"cjs", b"ts", b"tsx", b"jsx", b"css", b"go",
    b"c", b"h", b"cc", b"cpp", b"hpp", b"java", b"kt", b"rb", b"php", b"sh", b"ps1", b"bat", b"sql", b"db",
    b"sqlite", b"sqlite3", b"so", b"dll", b"dylib", b"exe", b"bin", b"dat", b"tmp", b"pem", b"key", b"crt",
    b"sock",
];

fn is_path(b: u8) -> bool {
    is_word(b)
        || matches!(
            b,
            b'/' | b'.'
                | b'_'
                | b'-'
                | b'~'
                | b'@'
                | b'+'
                | b'%'
                | b'$'
                | b'#'
                | b'='
                | b'&'
                | b'!'
                | b'^'
                | b'{'
                | b'}'
        )
}

/// A Unix path whose first slash is at `at`, perhaps with a `~` before it.
pub(super) fn unix(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let tilde = cursor.before(at) == b'~';
    let start = if tilde { at - 1 } else { at };
    let edge = cursor.before(start);
    let next = cursor.at(at + 1);
    if let Some(start) = variable(cursor, at) {
        return Some(span(cursor, start, at, cursor.before(start)));
    }
    // A relative path counts as an absolute one if it leads to a home folder: `../home/ada`.
    if edge == b'.' && (cursor.has(at, b"/home/") || cursor.has(at, b"/Users/")) {
        return Some(span(cursor, at, at, edge));
    }
    // The slash at the start may be missing: `home/ada/x`.
    if let Some(start) = home(cursor, at) {
        return Some(span(cursor, start, at, cursor.before(start)));
    }
    // `и/или` and `输入/输出` are words. A path that directly follows another script starts with an ASCII character.
    let glued = edge >= 0x80 && !(next.is_ascii() && starts_beside(cursor, start, at));
    let joined = edge.is_ascii_alphanumeric()
        || matches!(edge, b'/' | b'.' | b'_' | b'-' | b']' | b')' | b'}' | b'*' | b'\\' | b'%' | b'~' | b'+');
    if glued || (joined && !is_behind_option(cursor, start, at)) {
        return None;
    }
    // This slash is before the length of a network's prefix: `2001:db8::/32`.
    if edge == b':' && cursor.before(start - 1) == b':' {
        return None;
    }
    // `</p>` is markup, and `/=` is an operator.
    let end_tag = edge == b'<'
        && !tilde
        && cursor.at(cursor.ahead_at_most(at + 1, 64, |b| is_ident(b) || matches!(b, b'-' | b'.' | b':')))
            != b'/';
    if end_tag || !(is_word(next) || matches!(next, b'.' | b'_' | b'~' | b'@' | b'-' | b'+' | b'$')) {
        return None;
    }
    Some(span(cursor, start, at, edge))
}

/// Folders at the root of Unix: those of the Filesystem Hierarchy Standard 3.0, and those of macOS.
#[rustfmt::skip]
const ROOTS: [&[u8]; 18] = [
    b"home/", b"Users/", b"root/", b"var/", b"tmp/", b"usr/", b"etc/", b"opt/", b"srv/", b"mnt/", b"media/", b"data/", b"app/",
    b"private/", b"Volumes/", b"Library/", b"Applications/", b"run/",
];

/// Does a path from the root directly follow an option of one letter or a bracket: `-I/home/ada/include`,
/// `[INFO]/home/ada/x`?
fn is_behind_option(cursor: Cursor<'_>, start: usize, at: usize) -> bool {
    let option = start >= 2
        && cursor.before(start).is_ascii_alphabetic()
        && cursor.before(start - 1) == b'-'
        && matches!(cursor.before(start - 2), 0..=b' ' | b'"' | b'\'' | b'`');
    (option || matches!(cursor.before(start), b']' | b')'))
        && ROOTS.iter().any(|root| cursor.has(at + 1, root))
}

/// Does a path start at the slash at `at`, although a character beyond ASCII ends directly before it, at `start`?
fn starts_beside(cursor: Cursor<'_>, start: usize, at: usize) -> bool {
    let symbol = script::word_start(cursor, start.saturating_sub(4), start) == start;
    symbol || start < at || ROOTS.iter().any(|root| cursor.has(at + 1, root))
}

/// The start of `home` or `Users` before the slash at `at`, if two more names follow in the path.
fn home(cursor: Cursor<'_>, at: usize) -> Option<usize> {
    if !matches!(cursor.before(at), b'e' | b's') {
        return None;
    }
    let start = [&b"home"[..], b"Users"]
        .into_iter()
        .find(|name| cursor.ends_any_case(at, name))
        .map(|n| at - n.len())?;
    let named = cursor.has(start, b"home") || cursor.has(start, b"Users");
    let name = cursor.ahead_at_most(at + 1, 64, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-'));
    let edge = cursor.before(start);
    let whole = matches!(edge, 0 | b' ' | b'(' | b'=' | b'\n') || is_quote(edge);
    (named && whole && name > at + 1 && cursor.at(name) == b'/' && is_word(cursor.at(name + 1)))
        .then_some(start)
}

/// The start of `~ada/…`, `$HOME/…` or `${HOME}/…` before the slash at `at`.
fn variable(cursor: Cursor<'_>, at: usize) -> Option<usize> {
    let end = if cursor.before(at) == b'}' { at - 1 } else { at };
    let name = cursor.back(end, end.saturating_sub(32), |b| is_ident(b) || b == b'-');
    let open = if end < at && cursor.before(name) == b'{' { name - 1 } else { name };
    let sign = cursor.before(open);
    let edge = cursor.before(open.saturating_sub(1));
    let path = is_ident(cursor.at(at + 1)) || cursor.at(at + 1) == b'.';
    (name < end && matches!(sign, b'~' | b'$') && !is_word(edge) && path).then(|| open - 1)
}

/// A path with a drive letter before the colon at `at`.
pub(super) fn windows(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let start = at.checked_sub(1)?;
    if !cursor.at(start).is_ascii_alphabetic() || is_ident(cursor.before(start)) {
        return None;
    }
    // `\\?\C:\…` starts with the prefix before the drive.
    let verbatim = cursor.back(start, start.saturating_sub(8), |b| matches!(b, b'\\' | b'?' | b'.'));
    let start = if cursor.has(verbatim, b"\\") { verbatim } else { start };
    Some(span(cursor, start, at + 1, cursor.before(start)))
}

/// The path that starts with the backslash at `at`: `\\server\share`, with single or doubled backslashes, or
/// `\Users\…`.
pub(super) fn unc(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let edge = cursor.before(at);
    // A relative path of Windows: `..\..\Users\ada\x`.
    if edge == b'.' && cursor.at(at.saturating_sub(2)) == b'.' {
        let start = cursor.back(at, at.saturating_sub(64), |b| matches!(b, b'.' | b'\\'));
        let name = cursor.ahead_at_most(at, 64, |b| matches!(b, b'.' | b'\\'));
        let more = cursor.ahead_at_most(name, 64, |b| is_ident(b) || b >= 0x80 || b == b'-');
        let path = !is_word(cursor.before(start)) && is_word(cursor.at(name)) && cursor.at(more) == b'\\';
        return path.then(|| span(cursor, start, at, cursor.before(start)));
    }
    if edge.is_ascii_alphanumeric() || matches!(edge, b'\\' | b'_' | b'.' | b':' | b']' | b')' | b'}') {
        return None;
    }
    let host = cursor.ahead_at_most(at, 9, |b| b == b'\\');
    // A path that starts with a variable: `%USERPROFILE%\…`.
    if edge == b'%' && is_word(cursor.at(host)) {
        let name = cursor.back(at - 1, at.saturating_sub(33), is_ident);
        if name < at - 1 && cursor.before(name) == b'%' {
            return Some(span(cursor, name - 1, at, cursor.before(name - 1)));
        }
    }
    if host < at + 2 {
        let rooted =
            [&b"Users\\"[..], b"Windows\\", b"ProgramData\\", b"Program Files", b"Documents and Settings"];
        return rooted.iter().any(|root| cursor.has_any_case(host, root)).then(|| span(cursor, at, at, edge));
    }
    let verbatim = matches!(cursor.at(host), b'?' | b'.') && cursor.at(host + 1) == b'\\';
    let server =
        cursor.ahead_at_most(host, 256, |b| is_ident(b) || matches!(b, b'-' | b'.' | b'$') || b >= 0x80);
    if !verbatim && (server == host || cursor.at(server) != b'\\') {
        return None;
    }
    // In `\\\\?\\UNC\\server`, the `?` is not part of a name.
    Some(span(cursor, at, if verbatim { host + 1 } else { host }, edge))
}

/// The span of the path that starts at `start`. The bytes before `i` are known to belong to it.
fn span(cursor: Cursor<'_>, start: usize, i: usize, edge: u8) -> Span {
    let quoted = if is_quote(edge) { close(cursor, i, edge) } else { None };
    let end = quoted.unwrap_or_else(|| open_end(cursor, i));
    // Points and slashes at the end of a sentence may stay in the span. An extension stays outside of it.
    let path = cursor.slice(start, end);
    let name = path.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or_default();
    let place = package::kept_from(cursor, start, end);
    if place < end {
        return Span { start, end: place, kind: Redaction::Path };
    }
    let kept = name.iter().rposition(|b| *b == b'.').filter(|dot| *dot > 0).map_or(0, |dot| {
        let extension = name.get(dot + 1..).unwrap_or_default();
        if is_extension(extension) { extension.len() + 1 } else { 0 }
    });
    Span { start, end: end - kept, kind: Redaction::Path }
}

fn is_extension(extension: &[u8]) -> bool {
    EXTENSIONS.iter().any(|e| e.eq_ignore_ascii_case(extension))
}

/// The closing quote of a quoted path, which may hold spaces.
fn close(cursor: Cursor<'_>, i: usize, quote: u8) -> Option<usize> {
    let end = cursor.ahead_at_most(i, QUOTED, |b| b != quote && b != b'\n');
    if cursor.at(end) != quote {
        return None;
    }
    // The backslash of an escaped quote does not belong to the path.
    let trimmed = if quote == b'"' && cursor.before(end) == b'\\' { end - 1 } else { end };
    Some(trimmed)
}

/// The end of a path without quotes.
fn open_end(cursor: Cursor<'_>, i: usize) -> usize {
    let mut end = i;
    loop {
        end = cursor.claim(end, |b| is_path(b) || b == b'\\');
        // The backslash of an escaped quote or line break ends the path.
        let escape = cursor.at(end) == b'"' && cursor.before(end) == b'\\';
        if escape {
            end -= 1;
        }
        // A path may hold a space that is escaped for a shell: `My\ Documents`.
        if !escape && cursor.at(end) == b' ' && cursor.before(end) == b'\\' && is_word(cursor.at(end + 1)) {
            end += 1;
            continue;
        }
        match continues(cursor, end) {
            Some(further) if further > end => end = further,
            Some(_) | None => break,
        }
    }
    cursor.back(end, i, |b| matches!(b, b'.' | b'!' | b'}' | b'&'))
}

/// The end of a path that goes on after a space, a bracket or a comma: `Application Support/x`,
/// `Program Files (x86)\y`.
fn continues(cursor: Cursor<'_>, end: usize) -> Option<usize> {
    if !matches!(cursor.at(end), b' ' | b'(' | b')' | b',' | b'\'' | b'[' | b']') {
        return None;
    }
    let stop = (end + SPACED).min(cursor.len());
    let mut i = end;
    let mut words = 0;
    while i < stop {
        i = cursor.ahead_at_most(i, 2, |b| matches!(b, b' ' | b'(' | b')' | b',' | b'\'' | b'[' | b']'));
        // A sign, another absolute path or a word of a sentence ends the path.
        let first = cursor.at(i);
        if matches!(first, b'/' | b'\\' | b'~') && words > 0 {
            return (i > end && cursor.before(i) != b' ').then_some(i);
        }
        if !is_word(first) {
            return (matches!(first, b'/' | b'\\') && cursor.before(i) != b' ' && i > end).then_some(i);
        }
        // A request ends in the version of the protocol: `GET /cart HTTP/1.1`.
        if cursor.has(i, b"HTTP/") && cursor.at(i + 5).is_ascii_digit() {
            return None;
        }
        let word =
            cursor.ahead_at_most(i, SPACED, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-' | b'&' | b'+'));
        if matches!(cursor.at(word), b'/' | b'\\')
            && cursor.at(word + 1) > b' '
            && cursor.at(word + 1) != b'"'
        {
            return Some(word);
        }
        // Every Windows before Vista has the folder `Documents and Settings`.
        if cursor.has(i, b"and Settings") {
            i += b"and ".len();
            continue;
        }
        // The last name may be a file with spaces: `My Secret File.txt`.
        let file =
            cursor.slice(i, word).iter().rposition(|b| *b == b'.').map(|dot| cursor.slice(i + dot + 1, word));
        if first.is_ascii_uppercase()
            && file.is_some_and(is_extension)
            && !matches!(cursor.at(word), b'(' | b':')
        {
            return Some(word);
        }
        // If an earlier name of the path has a space, the file's name may too: `Salary letter Halloran.pdf:`.
        if words > 0 || cursor.slice(end.saturating_sub(SPACED), end).contains(&b' ') {
            let rest = cursor.ahead_at_most(i, SPACED, |b| {
                is_word(b) || matches!(b, b' ' | b'_' | b'-' | b'&' | b'+' | b'.')
            });
            let rest = cursor.back(rest, i, |b| b == b' ' || b == b'.');
            let dot = cursor.slice(i, rest).iter().rposition(|b| *b == b'.');
            let file = dot.is_some_and(|dot| is_extension(cursor.slice(i + dot + 1, rest)));
            if file && matches!(cursor.at(rest), b':' | b'\n' | b'"' | b'\'' | 0) {
                return Some(rest);
            }
        }
        // The names of folders start with a capital or a digit, the words of a sentence do not.
        let capital = first.is_ascii_uppercase() || first.is_ascii_digit() || first >= 0x80;
        if !(capital || cursor.before(i) == b'(') || words > 3 {
            return None;
        }
        words += 1;
        i = word;
    }
    None
}
