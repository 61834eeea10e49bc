//! Arguments of a command line whose name says that they are secret: `--password hunter2`, `-u ada:hunter2`.

use super::cursor::{Cursor, is_ident, is_quote};
use super::{Redaction, Span, placeholder};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Programs and their argument of one letter that is a password: sshpass(1), docker-login(1), redis-cli.
const LETTERS: [(&[u8], &[u8]); 5] = [
    (b"sshpass", b"p"),
    (b"docker login", b"p"),
    (b"podman login", b"p"),
    (b"redis-cli", b"a"),
    (b"smbclient", b"U"),
];

/// Programs that take the password without a space behind `-p`: mysql(1), 7z.
const GLUED: [&[u8]; 5] = [b"mysql", b"mysqldump", b"mysqladmin", b"mariadb", b"7z"];

/// How far back the program's name is looked for.
const PROGRAM: usize = 128;

/// Does a program's name stand before `at`, on the same line?
fn runs(cursor: Cursor<'_>, at: usize, program: &[u8]) -> bool {
    let start = cursor.back(at, at.saturating_sub(PROGRAM), |b| b != b'\n');
    let line = cursor.slice(start, at);
    line.windows(program.len()).enumerate().any(|(i, w)| {
        w == program && !is_ident(cursor.before(start + i)) && !is_ident(cursor.at(start + i + program.len()))
    })
}

/// The longest name of an argument that is looked for.
const NAME: usize = 48;

/// The value behind the argument whose first hyphen stands at `at`; `--name=value` is a pair like any other.
pub(super) fn find(cursor: Cursor<'_>, at: usize, keys: &KeyClassifier) -> Option<Span> {
    if !matches!(cursor.before(at), 0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'`' | b'[' | b'(') {
        return None;
    }
    let (name, user) = if cursor.at(at + 1) == b'-' { (at + 2, false) } else { (at + 1, true) };
    let end = cursor.ahead_at_most(name, NAME, |b| is_ident(b) || b == b'-');
    if user
        && cursor.at(name) == b'p'
        && end > name + 1
        && GLUED.iter().any(|program| runs(cursor, at, program))
    {
        let stop = cursor.ahead(end, |b| b > b' ' && !is_quote(b) && b != b',');
        return Some(Span { start: name + 1, end: stop, kind: Redaction::Secret });
    }
    // `["--password","…"]`: a comma between two quotes.
    let listed = is_quote(cursor.at(end)) && cursor.at(end + 1) == b',';
    if (cursor.at(end) != b' ' && !listed) || name == end {
        return None;
    }
    let end_of_name = if listed { end + 2 } else { end };
    let start = cursor.ahead_at_most(end_of_name, 4, |b| b == b' ' || is_quote(b));
    let quote = cursor.before(start);
    let stop = cursor.ahead(start, |b| {
        if is_quote(quote) { b != quote && b != b'\n' } else { b > b' ' && !is_quote(b) && b != b',' }
    });
    let value = cursor.slice(start, stop);
    let kind = if user {
        // curl's `-u user:password`.
        let pair = cursor.slice(name, end) == b"u" && value.contains(&b':') && !value.contains(&b'/');
        let name = cursor.slice(name, end);
        let letter = || LETTERS.iter().any(|(program, letter)| *letter == name && runs(cursor, at, program));
        (pair || letter()).then_some(Redaction::Secret)?
    } else {
        match keys.class_in_text(cursor.slice(name, end)) {
            KeyClass::Sensitive => Redaction::Secret,
            KeyClass::Personal => Redaction::Redacted,
            KeyClass::Plain | KeyClass::Content(_) => return None,
        }
    };
    let taken = placeholder::ends_at(cursor, start).is_some();
    // `--token is required`: a sentence about the argument.
    let sentence = !is_quote(quote)
        && (matches!(
            value,
            b"is"
                | b"was"
                | b"not"
                | b"and"
                | b"or"
                | b"to"
                | b"for"
                | b"in"
                | b"requires"
                | b"must"
                | b"option"
                | b"flag"
                | b"argument"
                | b"cannot"
                | b"has"
        ) || value.starts_with(b"<")
            || value.starts_with(b"-"));
    (!taken && !sentence && !value.is_empty()).then_some(Span { start, end: stop, kind })
}
