//! Absolute paths: Unix, macOS with spaces, Windows with any slash, UNC, `~/`.
//!
//! The whole path goes, because every part of it can name a person, a customer or a project; a well-known
//! extension stays, because it tells what was being read.

use super::hay::{Hay, is_ident, is_quote, is_word};
use super::{Redaction, Span};

/// How far a closing quote is looked for.
const QUOTED: usize = 1024;

/// How far the rest of a name with spaces is looked for.
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

/// A Unix path whose first slash stands at `at`, or whose `~` stands before it.
pub(super) fn unix(hay: Hay<'_>, at: usize) -> Option<Span> {
    let tilde = hay.before(at) == b'~';
    let start = if tilde { at - 1 } else { at };
    let edge = hay.before(start);
    let next = hay.at(at + 1);
    if let Some(start) = variable(hay, at) {
        return Some(span(hay, start, at, hay.before(start)));
    }
    // `../home/ada` is absolute all the same.
    if edge == b'.' && (hay.has(at, b"/home/") || hay.has(at, b"/Users/")) {
        return Some(span(hay, at, at, edge));
    }
    // `home/ada/x`, without the slash in front
    if let Some(start) = home(hay, at) {
        return Some(span(hay, start, at, hay.before(start)));
    }
    if is_word(edge)
        || matches!(edge, b'/' | b'.' | b'_' | b'-' | b']' | b')' | b'}' | b'*' | b'\\' | b'%' | b'~' | b'+')
    {
        return None;
    }
    // `2001:db8::/32`
    if edge == b':' && hay.before(start - 1) == b':' {
        return None;
    }
    // `</p>` is markup, and `/=` an operator.
    if (edge == b'<' && !tilde)
        || !(is_word(next) || matches!(next, b'.' | b'_' | b'~' | b'@' | b'-' | b'+' | b'$'))
    {
        return None;
    }
    Some(span(hay, start, at, edge))
}

/// The folder of homes that ends at the slash at `at`, when two more names follow.
fn home(hay: Hay<'_>, at: usize) -> Option<usize> {
    if !matches!(hay.before(at), b'e' | b's') {
        return None;
    }
    let start = [&b"home"[..], b"Users"]
        .into_iter()
        .find(|name| hay.ends_any_case(at, name))
        .map(|n| at - n.len())?;
    let named = hay.has(start, b"home") || hay.has(start, b"Users");
    let name = hay.ahead_at_most(at + 1, 64, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-'));
    let edge = hay.before(start);
    let whole = matches!(edge, 0 | b' ' | b'(' | b'=' | b'\n') || is_quote(edge);
    (named && whole && name > at + 1 && hay.at(name) == b'/' && is_word(hay.at(name + 1))).then_some(start)
}

/// `~ada/…`, `$HOME/…`, `${HOME}/…` before the slash at `at`: where that starts.
fn variable(hay: Hay<'_>, at: usize) -> Option<usize> {
    let end = if hay.before(at) == b'}' { at - 1 } else { at };
    let name = hay.back(end, end.saturating_sub(32), |b| is_ident(b) || b == b'-');
    let open = if end < at && hay.before(name) == b'{' { name - 1 } else { name };
    let sign = hay.before(open);
    let edge = hay.before(open.saturating_sub(1));
    let path = is_ident(hay.at(at + 1)) || hay.at(at + 1) == b'.';
    (name < end && matches!(sign, b'~' | b'$') && !is_word(edge) && path).then(|| open - 1)
}

/// A path with a drive letter before the colon at `at`.
pub(super) fn windows(hay: Hay<'_>, at: usize) -> Option<Span> {
    let start = at.checked_sub(1)?;
    if !hay.at(start).is_ascii_alphabetic() || is_ident(hay.before(start)) {
        return None;
    }
    // `\\?\C:\…` starts with its prefix.
    let verbatim = hay.back(start, start.saturating_sub(8), |b| matches!(b, b'\\' | b'?' | b'.'));
    let start = if hay.has(verbatim, b"\\") { verbatim } else { start };
    Some(span(hay, start, at + 1, hay.before(start)))
}

/// `\\server\share`, with single or doubled backslashes, the first of them at `at`; also `\Users\…`.
pub(super) fn unc(hay: Hay<'_>, at: usize) -> Option<Span> {
    let edge = hay.before(at);
    if is_word(edge) || matches!(edge, b'\\' | b'_' | b'.' | b':' | b']' | b')' | b'}') {
        return None;
    }
    let host = hay.ahead_at_most(at, 9, |b| b == b'\\');
    // `%USERPROFILE%\…`
    if edge == b'%' && is_word(hay.at(host)) {
        let name = hay.back(at - 1, at.saturating_sub(33), is_ident);
        if name < at - 1 && hay.before(name) == b'%' {
            return Some(span(hay, name - 1, at, hay.before(name - 1)));
        }
    }
    if host < at + 2 {
        let rooted =
            [&b"Users\\"[..], b"Windows\\", b"ProgramData\\", b"Program Files", b"Documents and Settings"];
        return rooted.iter().any(|root| hay.has_any_case(host, root)).then(|| span(hay, at, at, edge));
    }
    let verbatim = matches!(hay.at(host), b'?' | b'.') && hay.at(host + 1) == b'\\';
    let server =
        hay.ahead_at_most(host, 256, |b| is_ident(b) || matches!(b, b'-' | b'.' | b'$') || b >= 0x80);
    if !verbatim && (server == host || hay.at(server) != b'\\') {
        return None;
    }
    Some(span(hay, at, host, edge))
}

/// The path from `start` on, of which the bytes before `i` are known to belong to it.
fn span(hay: Hay<'_>, start: usize, i: usize, edge: u8) -> Span {
    let quoted = if is_quote(edge) { close(hay, i, edge) } else { None };
    let end = quoted.unwrap_or_else(|| open_end(hay, i));
    // Trailing points and slashes that end a sentence do no harm; an extension stays outside.
    let path = hay.slice(start, end);
    let name = path.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or_default();
    let kept = name.iter().rposition(|b| *b == b'.').filter(|dot| *dot > 0).map_or(0, |dot| {
        let extension = name.get(dot + 1..).unwrap_or_default();
        if is_extension(extension) { extension.len() + 1 } else { 0 }
    });
    Span { start, end: end - kept, kind: Redaction::Path }
}

fn is_extension(extension: &[u8]) -> bool {
    EXTENSIONS.iter().any(|e| e.eq_ignore_ascii_case(extension))
}

/// The closing quote of a quoted path, spaces and all.
fn close(hay: Hay<'_>, i: usize, quote: u8) -> Option<usize> {
    let end = hay.ahead_at_most(i, QUOTED, |b| b != quote && b != b'\n');
    if hay.at(end) != quote {
        return None;
    }
    // The backslash of an escaped quote is no part of the path.
    let trimmed = if quote == b'"' && hay.before(end) == b'\\' { end - 1 } else { end };
    Some(trimmed)
}

/// The end of a path without quotes.
fn open_end(hay: Hay<'_>, i: usize) -> usize {
    let mut end = i;
    loop {
        end = hay.ahead(end, |b| is_path(b) || b == b'\\');
        // The backslash of an escaped quote or line break ends it.
        let escape = hay.at(end) == b'"' && hay.before(end) == b'\\';
        if escape {
            end -= 1;
        }
        match continues(hay, end) {
            Some(further) if further > end => end = further,
            Some(_) | None => break,
        }
    }
    hay.back(end, i, |b| matches!(b, b'.' | b'!' | b'}' | b'&'))
}

/// A path may go on behind a space, a bracket or a comma: `Application Support/x`, `Program Files (x86)\y`.
fn continues(hay: Hay<'_>, end: usize) -> Option<usize> {
    if !matches!(hay.at(end), b' ' | b'(' | b')' | b',' | b'\'' | b'[' | b']') {
        return None;
    }
    let stop = (end + SPACED).min(hay.len());
    let mut i = end;
    let mut words = 0;
    while i < stop {
        i = hay.ahead_at_most(i, 2, |b| matches!(b, b' ' | b'(' | b')' | b',' | b'\'' | b'[' | b']'));
        // `a:b`, another absolute path or a word of a sentence: the path is over.
        let first = hay.at(i);
        if matches!(first, b'/' | b'\\' | b'~') && words > 0 {
            return (i > end && hay.before(i) != b' ').then_some(i);
        }
        if !is_word(first) {
            return (matches!(first, b'/' | b'\\') && hay.before(i) != b' ' && i > end).then_some(i);
        }
        let word =
            hay.ahead_at_most(i, SPACED, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-' | b'&' | b'+'));
        if matches!(hay.at(word), b'/' | b'\\') && hay.at(word + 1) > b' ' && hay.at(word + 1) != b'"' {
            return Some(word);
        }
        // `Documents and Settings` is a folder of every Windows before Vista.
        if hay.has(i, b"and Settings") {
            i += b"and ".len();
            continue;
        }
        // `My Secret File.txt`
        let file =
            hay.slice(i, word).iter().rposition(|b| *b == b'.').map(|dot| hay.slice(i + dot + 1, word));
        if first.is_ascii_uppercase()
            && file.is_some_and(is_extension)
            && !matches!(hay.at(word), b'(' | b':')
        {
            return Some(word);
        }
        // Names of folders start with a capital or a digit; words of a sentence do not.
        let capital = first.is_ascii_uppercase() || first.is_ascii_digit() || first >= 0x80;
        if !(capital || hay.before(i) == b'(') || words > 3 {
            return None;
        }
        words += 1;
        i = word;
    }
    None
}
