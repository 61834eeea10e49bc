//! Finds the names of accounts, and passwords beside them, in the messages that servers and clients log about a login.
//! Each rule names the program whose documentation or source gives the message.

use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::prose::goes_on;
use super::url::is_pause;
use super::{Redaction, Span};

/// The longest name of an account, in bytes.
const NAME: usize = 64;

/// Most words of a name before an address.
const WORDS: usize = 4;

/// Longest bracket in which FreeRADIUS writes a login, in bytes.
const LOGIN: usize = 160;

/// The words before a name in the messages of OpenSSH's `auth.c` and `packet.c`.
const BEFORE_NAME: [&[u8]; 10] = [
    b"invalid user ",
    b"authenticating user ",
    b"for user ",
    b"from user ",
    b"by user ",
    b" password for ",
    b" publickey for ",
    b" hostbased for ",
    b" gssapi-with-mic for ",
    b" keyboard-interactive/pam for ",
];

/// The name before the address of a machine, `Failed password for invalid user ada from 203.0.113.7`. The address
/// starts at `address`.
pub(super) fn before_address(cursor: Cursor<'_>, address: usize, floor: usize) -> Option<Span> {
    // `from [2001:db8::7]`
    let address = if cursor.before(address) == b'[' { address - 1 } else { address };
    let end = if cursor.ends_any_case(address, b" from ") {
        address - b" from ".len()
    } else if cursor.before(address) == b' ' {
        address - 1
    } else {
        return None;
    };
    let from = floor.max(end.saturating_sub(NAME));
    let mut start = cursor.back(end, from, |b| b > b' ' && !is_quote(b));
    // The name may have spaces: `Failed password for invalid user ada lovelace from 203.0.113.7`.
    for _ in 0..WORDS {
        let named = (cursor.ends_any_case(start, b"for ") || cursor.ends_any_case(start, b"user "))
            && BEFORE_NAME.iter().any(|words| cursor.ends_any_case(start, words));
        let single = !cursor.slice(start, end).contains(&b' ');
        // `closed by user input from 10.0.0.1` is a sentence.
        let weak = cursor.ends_any_case(start, b"by user ") || cursor.ends_any_case(start, b"from user ");
        if named && weak && !is_last(cursor, address, end + 1 == address) {
            return None;
        }
        if named && (single || cursor.ends_any_case(start, b"invalid user ")) {
            let whole = start < end && is_word(cursor.at(start));
            return whole.then_some(Span { start, end, kind: Redaction::User });
        }
        if end == address - 1 || cursor.before(start) != b' ' {
            return None;
        }
        start = cursor.back(start - 1, from, |b| b > b' ' && !is_quote(b));
    }
    None
}

/// Is the address that starts at `address` the last but OpenSSH's `port 22`? Without a word between name and address, the
/// message may end there.
fn is_last(cursor: Cursor<'_>, address: usize, is_direct: bool) -> bool {
    let end = cursor.ahead_at_most(address, NAME, |b| b > b' ');
    cursor.has(end, b" port ") || (is_direct && cursor.at(end) == 0)
}

/// The login that FreeRADIUS writes before the bracket at `at`: `Login incorrect: [ada/hunter2] (from client …`. The
/// method stays: `[ada/<via Auth-Type = eap>]`.
pub(super) fn radius(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if !cursor.has(at, b"(from client ") || !cursor.ends_any_case(at, b"] ") {
        return None;
    }
    let close = at - 2;
    let start = cursor.back(close, floor.max(close.saturating_sub(LOGIN)), |b| !matches!(b, b'[' | b'\n'));
    let login = cursor.slice(start, close);
    let end = login.windows(2).position(|two| two == b"/<").map_or(close, |at| start + at);
    (cursor.before(start) == b'[' && start < end && !login.contains(&b']')).then_some(Span {
        start,
        end,
        kind: Redaction::User,
    })
}

/// The name in the messages of Apache's `mod_auth_basic`, `AH01617: user ada: authentication failure`. It starts after
/// `user`, which is at `i`.
pub(super) fn apache(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    let start = i + b"user ".len();
    let name = cursor.ahead_at_most(start, NAME, |b| b > b' ' && b != b':');
    let colon = cursor.ahead_at_most(start, NAME, |b| b >= b' ' && b != b':' && !is_quote(b));
    let end = if cursor.at(colon) == b':' { colon } else { name };
    (cursor.has(i, b"user ") && is_word(cursor.at(start)) && matches!(cursor.at(end), b':' | b' '))
        .then_some(Span { start, end, kind: Redaction::User })
}

/// The logon of Oracle's clients around the `@` at `at`: `connect ada/hunter2@orcl`, `sqlplus ada/"hunter2"@//host`
/// (SQL*Plus User's Guide, CONNECT).
pub(super) fn oracle(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    const CLIENTS: [&[u8]; 8] = [
        b"connect ",
        b"conn ",
        b"sqlplus ",
        b"sqlplus -s ",
        b"sqlldr ",
        b"expdp ",
        b"impdp ",
        b"rman target ",
    ];
    let from = floor.max(at.saturating_sub(NAME));
    let slash = cursor.back(at, from, |b| b > b' ' && b != b'/').checked_sub(1)?;
    if cursor.at(slash) != b'/' || slash + 1 == at {
        return None;
    }
    let start = cursor.back(slash, from, |b| is_ident(b) || matches!(b, b'$' | b'#' | b'.' | b'"'));
    let called = CLIENTS
        .iter()
        .any(|client| cursor.ends_any_case(start, client) && !is_word(cursor.before(start - client.len())));
    // `ada/hunter2@//host:1521/service` is EZConnect's form in any sentence (Oracle Net Services, "Easy Connect").
    let easy = cursor.has(at + 1, b"//") && !matches!(cursor.before(start), b'/' | b':' | b'.' | b'@');
    if !(called || easy) || start == slash {
        return None;
    }
    Some(Span { start, end: cursor.claim(at + 1, |b| !is_pause(b)), kind: Redaction::Connection })
}

/// The start of a principal of Kerberos, whose instance starts at `instance`: `ada/admin@EXAMPLE.COM` (RFC 4120 section
/// 6.2). Names of realms are upper-case.
pub(super) fn principal(cursor: Cursor<'_>, instance: usize, realm: &[u8], floor: usize) -> usize {
    if cursor.before(instance) != b'/' || realm.iter().any(u8::is_ascii_lowercase) || !realm.contains(&b'.') {
        return instance;
    }
    let from = floor.max(instance.saturating_sub(NAME));
    let start = cursor.back(instance - 1, from, |b| is_word(b) || matches!(b, b'.' | b'_' | b'-'));
    if start + 1 == instance || matches!(cursor.before(start), b'/' | b':') { instance } else { start }
}

/// The name in the bracket at `at`: `unable to authenticate user [ada]` (Elasticsearch), `Authentication for user [ada]
/// -> [ada] FAILED` (Samba); or the name before the time of a request, `203.0.113.7 - ada [10/Oct/2026:13:55:36 +0000]`
/// (Apache's common log format).
pub(super) fn bracketed(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    // Before most brackets is another word, so they are excluded first.
    let announced = matches!(
        cursor.before(at.saturating_sub(1)),
        b'r' | b'R'
            | b't'
            | b'T'
            | b'>'
            | b']'
            | b':'
            | b'n'
            | b'o'
            | b'L'
            | b'N'
            | b'A'
            | b'O'
            | b'S'
            | b'M'
    );
    if announced || cursor.at(at + 1) == b'U' {
        let end = cursor.ahead_at_most(at + 1, NAME, |b| {
            b >= b' ' && !matches!(b, b'[' | b']' | b'/' | b'\\') && !is_quote(b)
        });
        // vsftpd writes `[pid 3] [ada] FAIL LOGIN`. The name of an account of Steam: `[U:1:84413027]`.
        let of_vsftpd = cursor.has(end, b"] FAIL LOGIN") || cursor.has(end, b"] OK LOGIN");
        let named = of_vsftpd
            || is_told(cursor, at, end)
            || cursor.has(at, b"[U:1:")
            || is_account(cursor, at, cursor.slice(at + 1, end));
        if named && cursor.at(end) == b']' {
            return Some(Span { start: at + 1, end, kind: Redaction::User });
        }
    }
    if cursor.at(at + 3) == b'/' { before_time(cursor, at, floor) } else { None }
}

/// Does a program announce the name in the bracket from `at` to `end`: Ansible's `fatal: [nas]: UNREACHABLE!`, Samba's `workstation
/// [PC]`, OpenVPN's `SENT CONTROL [laptop]`, an element of a patient in DICOM, `(0010,0010) PN [NOLL^ELFRIEDE]` (PS3.6)?
fn is_told(cursor: Cursor<'_>, at: usize, end: usize) -> bool {
    let of_ansible = cursor.has(end, b"]: FAILED!") || cursor.has(end, b"]: UNREACHABLE!");
    let of_patient = || cursor.find(at.saturating_sub(16), at, b"(0010,").is_some();
    (of_ansible && cursor.ends_any_case(at, b"fatal: ") && cursor.slice(at + 1, end) != b"localhost")
        || [&b"workstation "[..], b"mapped to ", b"SENT CONTROL "]
            .iter()
            .any(|word| cursor.ends_any_case(at, word))
        || of_patient()
}

/// Does the text before the bracket at `at` say that `name` in it is that of an account?
fn is_account(cursor: Cursor<'_>, at: usize, name: &[u8]) -> bool {
    let known = || [&b"user "[..], b"account "].iter().any(|word| cursor.ends_any_case(at, word));
    let again =
        || cursor.ends_any_case(at, b"] -> ") && cursor.find(at.saturating_sub(NAME), at, b"ser [").is_some();
    let words = name.split(|b| *b == b' ');
    (known() || again())
        && name.iter().any(u8::is_ascii_alphabetic)
        && !name.starts_with(b"0x")
        && words.clone().count() <= WORDS
        && !words.clone().any(goes_on)
}

/// The name before the time in the bracket at `at`: `- ada [10/Oct/2026:`.
fn before_time(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let time = cursor.slice(at + 1, at + 13);
    let is_time = time.len() == 12
        && time.iter().enumerate().all(|(i, b)| match i {
            2 | 6 => *b == b'/',
            11 => *b == b':',
            3..=5 => b.is_ascii_alphabetic(),
            _ => b.is_ascii_digit(),
        });
    if !is_time || cursor.before(at) != b' ' {
        return None;
    }
    let end = at - 1;
    let start = cursor.back(end, floor.max(end.saturating_sub(NAME)), |b| b > b' ');
    (cursor.ends_any_case(start, b" - ") && is_word(cursor.at(start))).then_some(Span {
        start,
        end,
        kind: Redaction::User,
    })
}

/// The name before the colon at `at` in the log of sudo(8): `sudo: ada : 3 incorrect password attempts ; TTY=…`.
pub(super) fn sudo(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.before(at) != b' ' || cursor.at(at + 1) != b' ' {
        return None;
    }
    let end = at - 1;
    let start = cursor.back(end, floor.max(end.saturating_sub(NAME)), |b| b > b' ');
    let gap = cursor.back(start, start.saturating_sub(8), |b| b == b' ');
    // journald and syslog write `sudo[123]:`.
    let close = gap.saturating_sub(1);
    let digits = cursor.back(close.saturating_sub(1), close.saturating_sub(9), |b| b.is_ascii_digit());
    let numbered = cursor.ends_any_case(gap, b"]:") && cursor.ends_any_case(digits, b"sudo[");
    let listed = cursor.find(at, at + LOGIN, b" ; ").is_some();
    (start < end && gap < start && listed && (numbered || cursor.ends_any_case(gap, b"sudo:")))
        .then_some(Span { start, end, kind: Redaction::User })
}

/// The name after the colon at `at`, `Login failed: ada` (Nextcloud, ownCloud). A sentence may be there instead.
pub(super) fn failed(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    if !cursor.ends_any_case(at, b"login failed") || cursor.at(at + 1) != b' ' {
        return None;
    }
    let quote = usize::from(is_quote(cursor.at(at + 2)));
    let start = at + 2 + quote;
    let stop =
        cursor.ahead_at_most(start, NAME, |b| b > b' ' && !is_quote(b) && !matches!(b, b',' | b';' | b')'));
    let end = cursor.back(stop, start, |b| matches!(b, b'.' | b':' | b'!'));
    let word = cursor.slice(start, end);
    let alone = matches!(cursor.at(stop), 0 | b'\n' | b'\\' | b',' | b';')
        || is_quote(cursor.at(stop))
        || cursor.has(stop, b" (");
    let reason = goes_on(word)
        || !word.iter().any(u8::is_ascii_lowercase)
        || word.ends_with(b"Error")
        || word.ends_with(b"Exception")
        || [&b"unauthorized"[..], b"forbidden"].iter().any(|reason| reason.eq_ignore_ascii_case(word));
    (alone && is_word(cursor.at(start)) && !reason).then_some(Span { start, end, kind: Redaction::User })
}

/// The name, if it is there, and the password of FTP and POP3 in a log of commands, `PASS hunter2` after `USER ada`
/// (RFC 959, RFC 1939). `PASS` starts at `i`.
pub(super) fn pass(cursor: Cursor<'_>, i: usize, floor: usize) -> Option<(Option<Span>, Span)> {
    let start = i + b"PASS ".len();
    // On a line of its own, the password may have spaces.
    let line = matches!(cursor.before(i), 0 | b'\n' | b'\t' | b'>')
        || is_quote(cursor.before(i))
        || [&b"> "[..], b"] "].iter().any(|edge| cursor.ends_any_case(i, edge));
    if !(line || cursor.ends_any_case(i, b": ")) || !cursor.has(i, b"PASS ") {
        return None;
    }
    let from = i.saturating_sub(LOGIN);
    let user = cursor.slice(from, i).windows(5).rposition(|part| part == b"USER ")? + from + b"USER ".len();
    let name = cursor.ahead_at_most(user, NAME, |b| b > b' ' && !is_quote(b) && b != b'\\');
    let user =
        (user >= floor && name > user).then_some(Span { start: user, end: name, kind: Redaction::User });
    let end = cursor.claim(start, |b| (b > b' ' || (line && b == b' ')) && !is_quote(b) && b != b'\\');
    (end > start).then_some((user, Span { start, end, kind: Redaction::Secret }))
}

/// The user name (553) or a password (554, 925) in a message of FIX 4.4, `|553=ada|554=hunter2|`, whose equals sign is at
/// `at`. Logs write the sign between fields as `|`, `^A`, or in other ways.
pub(super) fn fix(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let tag = at.checked_sub(3)?;
    let kind = match cursor.slice(tag, at) {
        b"553" => Redaction::User,
        b"554" | b"925" => Redaction::Secret,
        _ => return None,
    };
    let last = cursor.before(tag);
    let shown = || cursor.find(tag.saturating_sub(LOGIN), tag, b"8=FIX").is_some();
    let sign = match last {
        b'|' | 1 => last,
        b'A' if cursor.before(tag - 1) == b'^' => b'^',
        b';' | b' ' if shown() => last,
        _ => return None,
    };
    let end = cursor.claim(at + 1, |b| b != sign && b != b'\n');
    (end > at + 1).then_some(Span { start: at + 1, end, kind })
}

/// Does the label of an account's name end at `end`? Windows writes it into the message of event 4625 in the language
/// of the machine.
pub(super) fn is_label(cursor: Cursor<'_>, end: usize) -> bool {
    const LABELS: [&str; 5] =
        ["Имя учетной записи", "Имя учётной записи", "Nom du compte", "Nombre de cuenta", "Nome da conta"];
    let last = matches!(
        (cursor.before(end.saturating_sub(1)), cursor.before(end)),
        (b't', b'e' | b'a') | (_, 0x80..)
    );
    last && LABELS.iter().any(|label| cursor.ends_any_case(end, label.as_bytes()))
}
