//! Skips what languages print between the sign of a pair and its value: `Some(`, `b`, `&`, `string(10)`,
//! `[Object: null prototype]`.

use super::cursor::{Cursor, is_ident, is_quote, is_space};
use super::value::{INDENT, line_break};

/// Most prefixes of one value: `Some(Ok(&[`.
const PREFIXES: usize = 4;

/// Longest name of a function or type before a value, in bytes.
const NAME: usize = 24;

/// Most digits of a length.
const DIGITS: usize = 9;

/// How Node.js prints an object without a prototype, such as parsed cookies.
const NULL_PROTOTYPE: &[u8] = b"[Object: null prototype] ";

/// Names before a length, in PHP and JavaScript.
const SIZED: [&[u8]; 6] = [b"string", b"array", b"object", b"Set", b"Map", b"WeakSet"];

/// Words before a call that makes the value.
const CALLS: [&[u8]; 2] = [b"new ", b"await "];

/// The place after the text that a language puts before a value.
pub(super) fn opened(cursor: Cursor<'_>, start: usize) -> usize {
    let mut i = start;
    for _ in 0..PREFIXES {
        let name = cursor.ahead_at_most(i, NAME, |b| is_ident(b) || b == b':' || b == b'.');
        let next = if let Some(next) = sized(cursor, i).or_else(|| next_line(cursor, i)) {
            next
        } else if cursor.at(name) == b'(' && name > i {
            name + 1
        } else if let Some(call) = CALLS.iter().find(|call| cursor.has(i, call)) {
            let called = cursor.ahead_at_most(i + call.len(), NAME, |b| is_ident(b) || b == b'.');
            if cursor.at(called) != b'(' {
                break;
            }
            called + 1
        } else if cursor.has(i, NULL_PROTOTYPE) {
            i + NULL_PROTOTYPE.len()
        } else {
            prefix(cursor, i)
        };
        if next == i {
            break;
        }
        i = next;
    }
    i
}

/// The place after a sign or letters that belong to the quote or bracket behind them: `b"`, `r#"`, `@"`, `N'`, `&[`,
/// `%{`, `~w(`.
fn prefix(cursor: Cursor<'_>, i: usize) -> usize {
    const LETTERS: &[u8] = b"bBrRfFuULNEe@$";
    let letters = cursor.ahead_at_most(i, 2, |b| LETTERS.contains(&b));
    let hashes = cursor.ahead_at_most(letters, 8, |b| b == b'#');
    if hashes > i && is_quote(cursor.at(hashes)) && (hashes == letters || cursor.before(letters) == b'r') {
        return hashes;
    }
    let opens = |i: usize| matches!(cursor.at(i), b'[' | b'{' | b'(');
    match cursor.at(i) {
        b'&' if opens(i + 1) => i + 1,
        b'%' | b'#' if cursor.at(i + 1) == b'{' => i + 1,
        b'%' | b'~' if matches!(cursor.at(i + 1), b'w' | b'W') && opens(i + 2) => i + 2,
        // `map[string]string{…}` and `map[theme:…]` of Go
        b'm' if cursor.has(i, b"map[") => i + 3,
        _ => i,
    }
}

/// The place after a length that precedes a bracket or a quote: `string(10) "…"`, `array:2 […]`, `Set(2) {…}`, `<ref *1> {…}`.
fn sized(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    let name = cursor.ahead_at_most(i, NAME, is_ident);
    let from = if cursor.has(i, b"<ref *") { i + b"<ref *".len() } else { name + 1 };
    let digits = cursor.ahead_at_most(from, DIGITS, |b| b.is_ascii_digit());
    let close = match (cursor.before(from), cursor.at(digits)) {
        (b'(', b')') | (b'*', b'>') => digits + 1,
        (b':', b' ') if name > i => digits,
        _ => return None,
    };
    let value = close + 1;
    // `Some(482913) (attempt 2)` has no length.
    let known = SIZED.contains(&cursor.slice(i, name));
    let listed = matches!(cursor.at(value), b'[' | b'{') && (known || (name == i && digits - from < 4));
    let opens = listed || (known && is_quote(cursor.at(value)));
    (digits > from && cursor.at(close) == b' ' && opens).then_some(value)
}

/// The value on the next line, as PHP prints the values of an array: `Array`, `array (`, `string(10) "…"`.
fn next_line(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    const ARRAY: &[u8] = b"Array";
    let named = cursor.has(i, ARRAY);
    let end = if named { i + ARRAY.len() } else { i };
    let line = end + line_break(cursor, end);
    if line == end {
        // `array (` of `var_export`
        return cursor.has(i, b"array (").then_some(i + b"array ".len());
    }
    let value = cursor.ahead_at_most(line, INDENT, is_space);
    if named {
        return (cursor.at(value) == b'(').then_some(value);
    }
    let printed = [&b"array ("[..], b"array(", b"string("].iter().any(|word| cursor.has(value, word));
    printed.then_some(value)
}

/// Does a mark of PHP for who may see a property stand at `i`: `protected]`, `App\User:private]`, `"User":private]`?
pub(super) fn is_visibility(cursor: Cursor<'_>, i: usize) -> bool {
    let end = cursor.ahead_at_most(i, 96, |b| is_ident(b) || matches!(b, b'\\' | b'"' | b':'));
    let mark = cursor.slice(i, end);
    let is_mark = matches!(mark, b"protected" | b"private") || mark.ends_with(b":private");
    cursor.at(end) == b']' && is_mark && (cursor.has(end + 1, b"=>") || cursor.has(end + 1, b" =>"))
}

/// The end of the key before PHP's mark that ends at `end`: `password:protected`, `"token":"User":private`.
pub(super) fn before_visibility(cursor: Cursor<'_>, end: usize) -> usize {
    let from = end.saturating_sub(96);
    if !cursor.ends_any_case(end, b":protected") && !cursor.ends_any_case(end, b":private") {
        return end;
    }
    let mark = cursor.back(end, from, |b| b != b':').saturating_sub(1);
    // The name of the class whose property it is.
    let class = cursor.back(mark, from, |b| is_ident(b) || matches!(b, b'\\' | b'"'));
    if cursor.before(class) == b':' { class - 1 } else { mark }
}
