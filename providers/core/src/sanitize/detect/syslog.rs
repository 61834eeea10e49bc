//! Finds the name of the machine in a line of a system's log, `Jun  9 03:14:22 mailgate sshd[20117]: …` (RFC 3164 section 4.1).

use super::cursor::{Cursor, is_word};
use super::{Redaction, Span};

/// The longest name, in bytes.
const NAME: usize = 63;

/// The name behind the time whose second colon is at `at`.
pub(super) fn machine(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let is_time = cursor.at(at + 3) == b' '
        && cursor.before(at.checked_sub(2)?) == b':'
        && cursor.before(at.checked_sub(5)?) == b' '
        && cursor.before(at.checked_sub(8)?) == b' ';
    let month = cursor.slice(at.checked_sub(12)?, at - 9);
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    if !is_time || !MONTHS.contains(&month) {
        return None;
    }
    let start = at + 4;
    let end = cursor.ahead_at_most(start, NAME, |b| is_word(b) || matches!(b, b'-' | b'.' | b'_'));
    let name = cursor.slice(start, end);
    // After the name is the program: `sshd[20117]:`, `kernel:`.
    let program =
        cursor.ahead_at_most(end + 1, NAME, |b| is_word(b) || matches!(b, b'-' | b'.' | b'_' | b'/'));
    // These write no number.
    let alone =
        [&b"kernel"[..], b"sudo", b"su", b"systemd", b"CRON"].contains(&cursor.slice(end + 1, program));
    let tagged = cursor.at(end) == b' '
        && program > end + 1
        && (cursor.at(program) == b'[' || (cursor.at(program) == b':' && alone));
    let level = name.iter().all(u8::is_ascii_uppercase) || name == b"localhost";
    (tagged && !level && name.iter().any(u8::is_ascii_alphabetic)).then_some(Span {
        start,
        end,
        kind: Redaction::Host,
    })
}
