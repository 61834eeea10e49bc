//! Finds the part of a path that may stay: the name of a source file with its line, as in a frame, or the file of a
//! public package.

use super::cursor::Cursor;

/// Extensions of source files.
#[rustfmt::skip]
const SOURCES: [&[u8]; 24] = [
    b"rs", b"py", b"pyx", b"js", b"mjs", b"cjs", b"ts", b"tsx", b"jsx", b"go", b"c", b"h", b"cc", b"cpp", b"hpp", b"java", b"kt",
    b"rb", b"php", b"cs", b"swift", b"scala", b"ex", b"lua",
];

/// Folders in which package managers keep public packages: npm, pip, Debian's Python, Bundler, Maven, Go, Composer,
/// Bower.
#[rustfmt::skip]
const PACKAGES: [&[u8]; 14] = [
    b"node_modules", b"site-packages", b"dist-packages", b"gems", b".m2", b"mod", b"vendor", b"bower_components", b"third_party",
    b"Frameworks", b"python3", b"libraries", b"rustlib", b"rustc",
];

/// Folders of sources. If a frame names a file in one of them, with its line, that file may stay.
const ROOMS: [&[u8]; 7] = [b"src", b"lib", b"libs", b"tests", b"examples", b"benches", b"internal"];

const fn is_slash(b: &u8) -> bool {
    matches!(b, b'/' | b'\\')
}

/// The start of the part of the path from `start` to `end` that may stay, including the slash before it. It is `end` if
/// no part may stay.
pub(super) fn kept_from(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    let path = cursor.slice(start, end);
    let Some(slash) = path.iter().rposition(is_slash) else { return end };
    let name = path.get(slash + 1..).unwrap_or_default();
    let extension = name.rsplit(|b| *b == b'.').next().filter(|last| last.len() < name.len());
    let source = extension.is_some_and(|last| SOURCES.contains(&last));
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+');
    if !source || !name.iter().all(plain) || is_random(name) {
        return end;
    }
    if let Some(from) = krate(path, plain) {
        return start + from;
    }
    let mut parts = path.get(..slash).unwrap_or_default().split(is_slash);
    let is = |names: &[&[u8]], part: &[u8]| names.contains(&part);
    let packaged = parts.clone().any(|part| is(&PACKAGES, part) || part.starts_with(b"python3."));
    let mut room = || parts.any(|part| is(&ROOMS, part)) && has_line(cursor, end);
    if packaged || room() { start + slash } else { end }
}

/// The start of the crate's folder in a path such as
/// `…/registry/src/index.crates.io-6f17d22bba15001f/tower-http-0.6.1/src/trace/on_failure.rs`.
fn krate(path: &[u8], plain: impl Fn(&u8) -> bool) -> Option<usize> {
    let mut starts = path.iter().enumerate().filter(|(_, b)| is_slash(b)).map(|(at, _)| at);
    let after = |name: &[u8], at: usize| {
        path.get(..at).is_some_and(|head| {
            head.ends_with(name)
                && head.len().checked_sub(name.len() + 1).is_some_and(|n| path.get(n).is_some_and(is_slash))
        })
    };
    let registry = starts.clone().find(|at| {
        after(b"src", *at) && {
            let head = path.get(..at.saturating_sub(3)).unwrap_or_default();
            let end = head.iter().rposition(|b| !is_slash(b)).map_or(0, |n| n + 1);
            head.get(..end).is_some_and(|head| head.ends_with(b"registry"))
        }
    })?;
    // The slash after the folder of the index is the start.
    let mut behind = starts.by_ref().skip_while(|at| *at <= registry);
    let index = path.get(registry..)?.iter().position(|b| !is_slash(b))? + registry;
    let from = behind.find(|at| *at > index)?;
    let from = path.get(from..)?.iter().position(|b| !is_slash(b))? + from - 1;
    path.get(from..)?.iter().all(|b| plain(b) || is_slash(b)).then_some(from)
}

/// Does a line number follow: `:12:5`, `(90)`, `", line 199`?
fn has_line(cursor: Cursor<'_>, end: usize) -> bool {
    let next = cursor.at(end);
    let digit = cursor.at(end + 1).is_ascii_digit();
    (matches!(next, b':' | b'(') && digit) || cursor.has(end, b"\", line ")
}

/// Was this name generated? It then has more than six digits in a row, or more than 48 bytes.
fn is_random(name: &[u8]) -> bool {
    name.split(|b| !b.is_ascii_digit()).any(|digits| digits.len() > 6) || name.len() > 48
}
