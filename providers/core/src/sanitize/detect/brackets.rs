//! Finds the bracket that closes another one, over quotes, and the end of what is not closed.

use super::cursor::{Cursor, is_ident};

/// Largest indentation that is looked at, in bytes.
const INDENT: usize = 64;

/// Longest part of a line that decides whether it is a frame, in bytes.
const LINE: usize = 160;

/// The place after the bracket that closes the one at `i`. If none does, the end of the text, or of the line before the
/// frames of a stack.
pub(super) fn balanced(cursor: Cursor<'_>, i: usize) -> usize {
    let mut depth = 0_usize;
    let mut quote = 0;
    let mut last = 0;
    let mut at = i;
    while at < cursor.len() {
        let b = cursor.at(at);
        match b {
            b'\\' => at += 1,
            b'\n' => {
                // Only a text in double quotes goes on in the next line.
                quote = if quote == b'"' { quote } else { 0 };
                if is_frame(cursor, at + 1) {
                    return at;
                }
            }
            _ if quote != 0 => {
                let closes = b == quote && (quote == b'"' || is_behind_text(cursor.at(at + 1)));
                quote = if closes { 0 } else { quote };
            }
            b'"' => quote = b,
            // An apostrophe in a word opens nothing.
            b'\'' | b'`' if is_before_text(last) => quote = b,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        if !matches!(b, b' ' | b'\n' | b'\r' | b'\t' | b'b') {
            last = b;
        }
        at += 1;
    }
    cursor.len()
}

/// May a text in quotes begin behind this sign?
const fn is_before_text(b: u8) -> bool {
    matches!(b, b'[' | b'{' | b'(' | b',' | b':' | b'=' | b'>')
}

/// May this byte be behind the closing quote of a text?
const fn is_behind_text(b: u8) -> bool {
    matches!(b, b',' | b']' | b'}' | b')' | b':' | b';' | b'=' | b' ' | b'\n' | b'\r' | b'\t' | b'\\' | 0)
}

/// Is the line at `i` a frame of a stack, in JavaScript, Java or Python?
fn is_frame(cursor: Cursor<'_>, i: usize) -> bool {
    let start = cursor.ahead_at_most(i, INDENT, |b| matches!(b, b' ' | b'\t'));
    let place = || {
        let line = cursor.slice(start, cursor.ahead_at_most(start, LINE, |b| b != b'\n'));
        line.contains(&b'(') || line.windows(2).any(|two| matches!(two, [b':', b'0'..=b'9' | b'/']))
    };
    start > i && (cursor.has(start, b"at ") || cursor.has(start, b"File \"")) && place()
}

/// The end of the value in brackets at `i`. In Go a type may precede the values: `[]string{"…"}`, `[]interface {}{"…"}`.
pub(super) fn bracketed(cursor: Cursor<'_>, i: usize) -> usize {
    const INTERFACE: &[u8] = b"interface {}";
    let end = balanced(cursor, i);
    let name = if cursor.has(end, INTERFACE) {
        end + INTERFACE.len()
    } else {
        cursor.ahead_at_most(end, 24, |b| is_ident(b) || matches!(b, b'.' | b'*' | b'[' | b']'))
    };
    if name > end && cursor.at(name) == b'{' { balanced(cursor, name) } else { end }
}

/// The inside of the bracket at `i`, up to the end of the text if it is not closed.
pub(super) fn inside(cursor: Cursor<'_>, i: usize) -> (usize, usize) {
    let end = balanced(cursor, i);
    let closed = end > i + 1 && matches!(cursor.before(end), b'}' | b']' | b')');
    (i + 1, if closed { end - 1 } else { end })
}
