//! Finds names of accounts and machines in sentences that a program is known to write around them: `credentials for "ada"`,
//! `denied to ada.`, `getaddrinfo ENOTFOUND nas`. The name is in quotes, or it is the last word of its line, or a sentence about
//! it ends there: `User ada not found`.

use super::cursor::{Cursor, is_quote, is_word};
use super::prose::goes_on;
use super::resolve::is_machine;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};

/// The longest name, in bytes.
const NAME: usize = 64;

/// Phrases before a quoted name: Prisma (P1000, P1010), PostgreSQL, Spring Security, Keycloak, Git's credential helpers, Docker,
/// `gh auth status`, NetworkManager.
const BEFORE_QUOTES: [&[u8]; 14] = [
    b"credentials for ",
    b"authenticate as ",
    b"authenticated as ",
    b"authenticating as ",
    b"logged in as ",
    b"log in as ",
    b"login as ",
    b"signed in as ",
    b"sign in as ",
    b"connect as ",
    b"impersonate ",
    b"access point ",
    b"on behalf of ",
    b"tenant ",
];

/// Phrases before the name of an account that is the last word of its line: GitHub (`Permission to … denied to ada.`), `gh auth
/// status`, OpenSSH, Kerberos, sudo.
const BEFORE_LAST: [&[u8]; 14] = [
    b"denied to ",
    b"logged in as ",
    b"logging in as ",
    b"log in as ",
    b"signed in as ",
    b"authenticated as ",
    b"authenticate as ",
    b"for user ",
    b"as user ",
    b"unknown user ",
    b"no such user ",
    b"for principal ",
    b"password required for ",
    b"UsernameNotFoundException: ",
];

/// Phrases before the name of a machine that is the last word of its line: Node's `dns`, Java, Go, systemd-resolved.
const BEFORE_HOST: [&[u8]; 6] = [
    b"ENOTFOUND ",
    b"EAI_AGAIN ",
    b"UnknownHostException: ",
    b"resolve hostname ",
    b"resolve host ",
    b"unknown host ",
];

/// Kinds of certificates of Apple's developers, which the name of a person or a company follows (Apple, "Certificates").
const SIGNERS: [&[u8]; 5] = [
    b"Apple Development: ",
    b"Apple Distribution: ",
    b"Developer ID Application: ",
    b"iPhone Developer: ",
    b"iPhone Distribution: ",
];

/// Ends of sentences about an account.
const ENDS: [&[u8]; 11] = [
    b" not found",
    b" was not found",
    b" could not be found",
    b" does not exist",
    b" already exists",
    b" is locked",
    b" is disabled",
    b" is not authorized",
    b" not authorized",
    b" is not in the sudoers file",
    b" logged in",
];

/// Words between `user` and the end of such a sentence that are no names.
#[rustfmt::skip]
const NOUNS: [&[u8]; 83] = [
    b"account", b"accounts", b"profile", b"session", b"sessions", b"name", b"names", b"id", b"ids", b"group",
    b"groups", b"record", b"role", b"roles", b"data", b"agent", b"token", b"input", b"type", b"settings",
    b"preferences", b"config", b"configuration", b"directory", b"folder", b"file", b"list", b"info", b"details", b"entity",
    b"object", b"model", b"table", b"service", b"store", b"context", b"key", b"email", b"interface", b"login",
    b"cache", b"schema", b"namespace", b"registration", b"flow", b"pool", b"attribute", b"field", b"column", b"cookie",
    b"password", b"locale", b"state", b"mode", b"license", b"limit", b"order", b"orders", b"portal", b"permissions",
    b"access", b"management", b"creation", b"deletion", b"lookup", b"query", b"authentication", b"authorization", b"request", b"action",
    b"event", b"mapping", b"scope", b"level", b"defined", b"code", b"space", b"process", b"identifier", b"credentials",
    b"resource", b"endpoint", b"bucket",
];

/// The name in the quotes that open at `open`, after a phrase.
pub(super) fn quoted(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    // The view without escapes looks at quotes behind a backslash.
    if cursor.before(open) == b'\\' {
        return None;
    }
    if is_of_mosquitto(cursor, open) {
        let (start, end) = in_quotes(cursor, open)?;
        return (start < end).then_some(Span { start, end, kind: Redaction::User });
    }
    // Cassandra's server and its drivers quote the whole sentence: `'Provided username ada and/or password are incorrect'`.
    const PROVIDED: &[u8] = b"Provided username ";
    if cursor.has(open + 1, PROVIDED) {
        let start = open + 1 + PROVIDED.len();
        let stop = cursor.ahead_at_most(start, NAME, |b| b >= b' ' && !is_quote(b));
        let end = cursor.find(start, stop, b" and")?;
        let named = is_name(cursor.slice(start, end)) && placeholder::ends_at(cursor, start).is_none();
        return named.then_some(Span { start, end, kind: Redaction::User });
    }
    // Xcode's names of certificates, `"Apple Development: Ada Lovelace (7KQ4X2M9RV)"`.
    if matches!(cursor.at(open + 1), b'A' | b'D' | b'i')
        && let Some(signer) = SIGNERS.iter().find(|signer| cursor.has(open + 1, signer))
    {
        let start = open + 1 + signer.len();
        if placeholder::ends_at(cursor, start).is_some() {
            return None;
        }
        let (_, end) = in_quotes(cursor, open)?;
        return (start < end).then_some(Span { start, end, kind: Redaction::Redacted });
    }
    // Most quotes follow another word, so they are excluded first.
    let ends = match (cursor.before(open.saturating_sub(2)), cursor.before(open.wrapping_sub(1))) {
        (b'o', b'r') | (b'a', b's') | (b't', b'e') | (b'n', b't') | (b'o', b'f') => {
            BEFORE_QUOTES.iter().any(|phrase| cursor.ends_any_case(open, phrase))
        }
        // Active Directory's `Cannot find an object with identity: 'ada'`.
        (b'y', b':') => cursor.ends_any_case(open, b"with identity: "),
        // OpenVPN writes the name of a certificate as `[CN 'laptop']`.
        (b'C', b'N') => cursor.ends_any_case(open, b"[CN "),
        // PostgreSQL's roles are accounts.
        (b'l', b'e') => cursor.ends_any_case(open, b"role "),
        _ => false,
    };
    if !ends {
        return None;
    }
    let (start, end) = in_quotes(cursor, open)?;
    let role = cursor.before(open.wrapping_sub(1)) == b'e' && cursor.ends_any_case(open, b"role ");
    let of_postgres =
        || [&b" does not exist"[..], b" is not permitted to"].iter().any(|tail| cursor.has(end + 1, tail));
    let done = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    // `tenant 'default'` is a word of the program.
    let tenant = cursor.ends_any_case(open, b"tenant ");
    let several = cursor.slice(start, end).contains(&b' ');
    let found =
        !done && is_name(cursor.slice(start, end)) && (!role || of_postgres()) && (!tenant || several);
    found.then_some(Span { start, end, kind: Redaction::User })
}

/// Do the quotes that open at `open` hold the name of a client of Mosquitto, `(p2, c1, k60, u'ada')`?
pub(super) fn is_of_mosquitto(cursor: Cursor<'_>, open: usize) -> bool {
    cursor.before(open) == b'u'
        && cursor.ends_any_case(open, b", u")
        && cursor.before(open - 3).is_ascii_digit()
        && cursor.find(open.saturating_sub(16), open, b", k").is_some()
}

/// The name before the colon at `at` in a message of ClickHouse, `DB::Exception: ada: Authentication failed`.
pub(super) fn before_failure(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.at(at + 2) != b'A' || !cursor.has(at + 1, b" Authentication failed") {
        return None;
    }
    let start = word(cursor, at, floor);
    let after = cursor.ends_any_case(start, b"Exception: ");
    (start < at && after && is_name(cursor.slice(start, at))).then_some(Span {
        start,
        end: at,
        kind: Redaction::User,
    })
}

/// The name whose line ends at `end`, or the name in a sentence that ends there. A point may be after it.
pub(super) fn at_line_end(cursor: Cursor<'_>, end: usize, floor: usize) -> Option<Span> {
    let end = cursor.back(end, floor.max(end.saturating_sub(5)), |b| matches!(b, b'.' | b'\r' | b')' | b' '));
    let start = word(cursor, end, floor);
    if start == end || cursor.before(start) != b' ' {
        return None;
    }
    let text = cursor.slice(start, end);
    let after = |phrase: &&[u8]| cursor.ends_any_case(start, phrase);
    let kind = match cursor.before(start - 1) {
        b'o' | b'r' | b's' | b'f' | b'l' | b':' if BEFORE_LAST.iter().any(after) => Redaction::User,
        b'D' | b'N' | b'e' | b't' | b':' if BEFORE_HOST.iter().any(after) => Redaction::Host,
        _ => return in_sentence(cursor, end, floor),
    };
    let noun = NOUNS.iter().any(|noun| noun.eq_ignore_ascii_case(text));
    // GitHub writes `Permission to acme/site.git denied to ada.`.
    let granted = !cursor.ends_any_case(start, b"denied to ")
        || cursor.find(start.saturating_sub(2 * NAME), start, b"ermission to ").is_some();
    let named = if kind == Redaction::Host { is_machine(text) } else { is_name(text) && !noun && granted };
    (is_word(cursor.at(start)) && named).then_some(Span { start, end, kind })
}

/// The name in the sentence that ends at `end`: `User ada not found`, `ada is not in the sudoers file`.
fn in_sentence(cursor: Cursor<'_>, end: usize, floor: usize) -> Option<Span> {
    let tail = ENDS.iter().filter(|tail| cursor.ends_any_case(end, tail)).max_by_key(|tail| tail.len())?;
    let end = end.checked_sub(tail.len()).filter(|end| *end > floor)?;
    let start = word(cursor, end, floor);
    let text = cursor.slice(start, end);
    let after_user = cursor.ends_any_case(start, b"user ")
        || cursor.ends_any_case(start, b"customer ")
        || cursor.ends_any_case(start, b"user with name ");
    let announced = after_user || tail.ends_with(b"sudoers file");
    let noun = NOUNS.iter().any(|noun| noun.eq_ignore_ascii_case(text));
    let whole = start < end
        && is_word(cursor.at(start))
        && is_word(cursor.before(end))
        && text.iter().any(u8::is_ascii_alphabetic)
        && !text.contains(&b'\\');
    (announced && whole && !noun && is_name(text)).then_some(Span { start, end, kind: Redaction::User })
}

fn word(cursor: Cursor<'_>, end: usize, floor: usize) -> usize {
    cursor.back(end, floor.max(end.saturating_sub(NAME)), |b| b > b' ' && !is_quote(b))
}

/// Could this be the name of an account, and not a word that continues the sentence or a role?
pub(super) fn is_name(text: &[u8]) -> bool {
    const ROLES: [&[u8]; 21] = [
        b"you",
        b"sysdba",
        b"service",
        b"system",
        b"root",
        b"admin",
        b"everyone",
        b"anonymous",
        b"guest",
        b"user",
        b"users",
        b"administrator",
        b"nobody",
        b"others",
        b"all",
        b"guests",
        b"unauthenticated",
        b"postgres",
        b"matching",
        b"it",
        b"this",
    ];
    let role = ROLES.iter().any(|role| role.eq_ignore_ascii_case(text));
    let long = text.len() <= NAME && !text.contains(&b'\n');
    long && !role && !goes_on(text) && text.iter().any(|b| is_word(*b))
}
