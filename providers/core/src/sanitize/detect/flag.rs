//! Command-line arguments whose names show that they are secret: `--password hunter2`, `-u ada:hunter2`.

use super::cursor::{Cursor, is_ident, is_quote};
use super::{Redaction, Span, phrase, placeholder};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Programs, and those of their short arguments that are passwords: sshpass(1), docker-login(1), redis-cli,
/// smbclient(1), mongosh(1), sqlcmd, ldapsearch(1), zip(1), az-login, PuTTY's plink and pscp.
const LETTERS: [(&[u8], &[u8]); 19] = [
    (b"sshpass", b"p"),
    (b"docker login", b"p"),
    (b"podman login", b"p"),
    (b"redis-cli", b"a"),
    (b"smbclient", b"U"),
    (b"rpcclient", b"U"),
    (b"mongo", b"p"),
    (b"mongosh", b"p"),
    (b"mongodump", b"p"),
    (b"sqlcmd", b"P"),
    (b"bcp", b"P"),
    (b"ldapsearch", b"w"),
    (b"ldapmodify", b"w"),
    (b"zip", b"P"),
    (b"unzip", b"P"),
    (b"az login", b"p"),
    (b"oc login", b"p"),
    (b"plink", b"pw"),
    (b"pscp", b"pw"),
];

/// Programs, and those of their short arguments that are names of accounts: mysql(1), psql(1), smbclient(1), rpcclient(1).
const USERS: [(&[u8], &[u8]); 9] = [
    (b"mysql", b"u"),
    (b"mysqldump", b"u"),
    (b"mysqladmin", b"u"),
    (b"mariadb", b"u"),
    (b"psql", b"U"),
    (b"pg_dump", b"U"),
    (b"pg_restore", b"U"),
    (b"docker login", b"u"),
    (b"sqlcmd", b"U"),
];

/// Programs that take the password directly after `-p`, without a space: mysql(1), 7z.
const GLUED: [&[u8]; 5] = [b"mysql", b"mysqldump", b"mysqladmin", b"mariadb", b"7z"];

/// Largest distance from an argument back to the program's name, in bytes.
const PROGRAM: usize = 128;

/// Is the name of this program before `at`, on the same line?
fn runs(cursor: Cursor<'_>, at: usize, program: &[u8]) -> bool {
    let start = cursor.back(at, at.saturating_sub(PROGRAM), |b| b != b'\n');
    let line = cursor.slice(start, at);
    line.windows(program.len()).enumerate().any(|(i, w)| {
        w == program && !is_ident(cursor.before(start + i)) && !is_ident(cursor.at(start + i + program.len()))
    })
}

/// The longest name of an argument, in bytes.
const NAME: usize = 48;

/// Words that continue a sentence about an argument: `--token is required`.
const SENTENCE: [&[u8]; 22] = [
    b"is",
    b"was",
    b"not",
    b"and",
    b"or",
    b"to",
    b"for",
    b"in",
    b"requires",
    b"must",
    b"option",
    b"flag",
    b"argument",
    b"cannot",
    b"has",
    b"needs",
    b"does",
    b"with",
    b"if",
    b"should",
    b"takes",
    b"isn't",
];

/// The value after the argument whose first hyphen is at `at`. `--name=value` is left to the detector of pairs.
pub(super) fn find(cursor: Cursor<'_>, at: usize, keys: &KeyClassifier) -> Option<Span> {
    if !matches!(cursor.before(at), 0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'`' | b'[' | b'(' | 0x80..) {
        return None;
    }
    let short = cursor.at(at + 1) != b'-';
    let name = if short { at + 1 } else { at + 2 };
    let end = cursor.ahead_at_most(name, NAME, |b| is_ident(b) || b == b'-');
    if short
        && cursor.at(name) == b'p'
        && end > name + 1
        && GLUED.iter().any(|program| runs(cursor, at, program))
    {
        let start = name + 1;
        return Some(Span { start, end: value_end(cursor, start, 0), kind: Redaction::Secret });
    }
    // In a list, `["--password","…"]`, a comma between two quotes separates the value.
    let listed = is_quote(cursor.at(end)) && cursor.at(end + 1) == b',';
    if name == end || !(listed || matches!(cursor.at(end), b' ' | b'\t')) {
        return None;
    }
    let start = if listed { end + 2 } else { end };
    let start = cursor.ahead_at_most(start, 4, |b| matches!(b, b' ' | b'\t') || is_quote(b));
    let quote = Some(cursor.before(start)).filter(|b| is_quote(*b)).unwrap_or(0);
    if placeholder::ends_at(cursor, start).is_some() || (quote == 0 && is_sentence(cursor, start)) {
        return None;
    }
    let text = cursor.slice(name, end);
    let kind = if short {
        let secret = is_secret_letter(cursor, at, text, start) || is_secret_word(cursor, text, start, keys);
        let word = cursor.slice(start, cursor.ahead_at_most(start, NAME, |b| b > b' ' && !is_quote(b)));
        let user = || {
            phrase::is_name(word)
                && USERS.iter().any(|(program, name)| *name == text && runs(cursor, at, program))
        };
        match (secret, user()) {
            (true, _) => Redaction::Secret,
            (false, true) => Redaction::User,
            // PowerShell's `-ComputerName` and `-Identity`.
            (false, false)
                if text.first().is_some_and(u8::is_ascii_uppercase)
                    && text.len() > 4
                    && word != b"localhost"
                    && (text == b"Identity" || keys.class_in_text(text) == KeyClass::Personal) =>
            {
                Redaction::Redacted
            }
            (false, false) => return None,
        }
    } else {
        match keys.class_in_text(text) {
            KeyClass::Sensitive => Redaction::Secret,
            KeyClass::Personal => Redaction::Redacted,
            KeyClass::Plain | KeyClass::Content(_) => return None,
        }
    };
    let end = value_end(cursor, start, quote);
    (end > start).then_some(Span { start, end, kind })
}

/// Longest part of a value that decides whether it is a password, in bytes.
const VALUE: usize = 128;

/// Is the one-letter argument before the value at `start` a password?
fn is_secret_letter(cursor: Cursor<'_>, at: usize, letter: &[u8], start: usize) -> bool {
    let value = cursor.slice(start, cursor.ahead_at_most(start, VALUE, |b| b > b' ' && b != b','));
    // curl's `-u user:password`.
    let pair = letter == b"u" && value.contains(&b':') && !value.contains(&b'/');
    // `-p Winter84` has small letters, capitals and digits; ports, packages and folders do not have all three.
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let mixed = matches!(letter, b"p" | b"P" | b"pw")
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && !value.iter().any(|b| matches!(b, b'/' | b'\\' | b':' | b'.'));
    pair || mixed || LETTERS.iter().any(|(program, name)| *name == letter && runs(cursor, at, program))
}

/// Is the argument a word with one hyphen for a password: keytool's `-storepass`, PowerShell's `-Password`, Go's
/// `-token`? After a word that is also an option of another kind, the value is not a plain word.
fn is_secret_word(cursor: Cursor<'_>, name: &[u8], start: usize, keys: &KeyClassifier) -> bool {
    if name.len() < 4 || keys.class_in_text(name) != KeyClass::Sensitive {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let password = lower.ends_with(b"pass") || lower.ends_with(b"password") || lower.ends_with(b"passwd");
    let value = cursor.slice(start, cursor.ahead_at_most(start, VALUE, |b| b > b' ' && b != b','));
    password || !value.iter().all(|b| b.is_ascii_lowercase() || *b == b'-')
}

/// Is the text at `start` a word of a sentence, or another argument?
fn is_sentence(cursor: Cursor<'_>, start: usize) -> bool {
    let word = cursor.slice(start, cursor.ahead_at_most(start, 16, |b| is_ident(b) || b == b'\''));
    matches!(cursor.at(start), b'<' | b'-') || SENTENCE.contains(&word)
}

/// The end of a value. A quoted value ends at its quote. Another value ends with its word, whose last part may be
/// quoted: `ada:'a b'`.
fn value_end(cursor: Cursor<'_>, start: usize, quote: u8) -> usize {
    if quote != 0 {
        return cursor.claim(start, |b| b != quote && b != b'\n');
    }
    let end = cursor.claim(start, |b| b > b' ' && !is_quote(b) && b != b',');
    let inner = cursor.at(end);
    if !is_quote(inner) || cursor.before(end) != b':' {
        return end;
    }
    let close = cursor.claim(end + 1, |b| b != inner && b != b'\n');
    if cursor.at(close) == inner { close + 1 } else { close }
}
