//! Finds data that a program refused and repeats in its message: the text that could not be sliced, the row that
//! existed already, the input that a parser did not understand.
//!
//! The phrases are those of the standard library, PostgreSQL (error fields, "detail"), MySQL (error 1062), SQL Server
//! (error 2601), serde, Python, Jackson and clap. After phrases whose input is mostly code (`unknown token "fn"`), a
//! single word of ASCII stays.

use super::cursor::{Cursor, is_ident, is_word};
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Longest quoted text that is looked at, in bytes. If a text cannot be sliced, the standard library repeats 256 bytes
/// of it.
const SLICED: usize = 320;

/// Longest row that is searched for, in bytes.
const ROW: usize = 1024;

/// Phrases before a quoted text that is always data.
const ALWAYS: [&[u8]; 6] =
    [b") of ", b"out of bounds of ", b"when slicing ", b"open server ", b"storage account ", b"server host "];

/// Phrases before a quoted date or number that could not be read. A quoted word of letters stays, because it is a
/// mistake in the program.
const NUMBERS: [&[u8]; 3] = [b"time data ", b"to float: ", b"isoformat string: "];

/// Phrases before a quoted input that may be code.
const MAYBE: [&[u8]; 11] = [
    b"type: string ",
    b"value: string ",
    b"base 10: ",
    b"KeyError: ",
    b"Integer(): ",
    b"Float(): ",
    b"Unrecognized token ",
    b"left: ",
    b"right: ",
    b"error at or near ",
    b"Unknown database ",
];

/// The text in the quotes that open at `at`, if a phrase is before it.
pub(super) fn quoted(cursor: Cursor<'_>, at: usize, keys: &KeyClassifier) -> Option<Span> {
    let open = cursor.back(at, at.saturating_sub(7), |b| b == b'\\');
    // All phrases end in a space. The third byte from the end of a phrase excludes most phrases.
    let third = cursor.before(open.saturating_sub(2));
    let after = |phrase: &[u8]| {
        matches!(phrase, [.., b, _, _] if b.eq_ignore_ascii_case(&third))
            && cursor.ends_any_case(open, phrase)
    };
    // Most quotes follow another word, so they are excluded first.
    match (third, cursor.before(open.wrapping_sub(1)), cursor.before(open)) {
        (_, _, b'(') | (b'"' | b'\'', b',', b' ') => return typed(cursor, open),
        (b'o', b'f', b' ') | (b'n', b'g', b' ') | (b't', b'a', b' ') | (b'e', b'n' | b'a', b' ') => {}
        (b't' | b'T' | b'g' | b'0' | b'r' | b'R' | b')', b':', b' ') => {}
        (_, b':', b' ') if after_type(cursor, open) => {}
        (b'a', b'r', b' ') | (b's', b'e', b' ') | (b'r', b'y', b' ') | (b'b' | b'B', b'y' | b'Y', b' ') => {}
        (b's', b's', b' ') | (b'u', b'e', b' ') | (b'c', b't', b' ') | (b'l', b'd', b' ') => {}
        (b'e', b'r', b' ') | (b'n' | b'x', b't', b' ') | (b's', b't', b' ') => {}
        _ => return None,
    }
    let (start, end) = in_quotes(cursor, open)?;
    let span = |kind| content(cursor, Span { start, end, kind });
    if NUMBERS.iter().any(|phrase| after(phrase)) {
        // `n/a`, `nan%` and `12,5` are no data either.
        let text = cursor.slice(start, end);
        let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
        let mixed = digits > 0 && text.iter().any(u8::is_ascii_alphabetic);
        let bare = !text.contains(&b' ') && text.is_ascii() && !mixed && digits < 4;
        let short = text.len() < 7 && after(b"to float: ") && bare;
        let letters = short || text.iter().all(u8::is_ascii_alphabetic);
        return if letters { None } else { span(Redaction::Content) };
    }
    if ALWAYS.iter().any(|phrase| after(phrase)) {
        // The text may itself hold quotes, so the last quote ends it.
        let quote = cursor.before(start);
        let tail = cursor.slice(start, (start + SLICED).min(cursor.len()));
        let last = tail.iter().rposition(|b| *b == quote).map_or(end, |at| start + at);
        let sliced = quote == b'`';
        return content(
            cursor,
            Span { start, end: if sliced { last } else { end }, kind: Redaction::Content },
        );
    }
    // A date or number that could not be read, `from String "12/04/1968"`. The phrase may be behind it.
    let behind =
        || cursor.slice(end + 1, end + 9) == b" was not" || cursor.has(end + 1, b" could not be parsed");
    let numeric = after_type(cursor, open)
        || after(b"from String ")
        || after(b"input string: ")
        || ((after(b"String ") || after(b"Text ")) && behind());
    if numeric && cursor.slice(start, end).iter().filter(|b| b.is_ascii_digit()).count() > 3 {
        return span(Redaction::Content);
    }
    if MAYBE.iter().any(|phrase| after(phrase)) || after_type(cursor, open) {
        return if is_data(cursor.slice(start, end)) { span(Redaction::Content) } else { None };
    }
    if after(b"Duplicate entry ") {
        let number = cursor.slice(start, end).iter().all(u8::is_ascii_digit);
        return if number { None } else { span(Redaction::Redacted) };
    }
    if after(b"identified by ") || after(b"requirepass ") {
        return span(Redaction::Secret);
    }
    if after(b"invalid value ") {
        return option(cursor, start, end, keys);
    }
    if after(b"on field ") {
        return rejected(cursor, start, end, keys);
    }
    if after(b"object ") {
        const KEY: &[u8] = b". The duplicate key value is (";
        let row = end + 1 + KEY.len();
        return if cursor.has(end + 1, KEY) { inside(cursor, row) } else { None };
    }
    None
}

/// The text that a browser had to type or to find: `locator("#pin").fill("…")`, Playwright's call log.
fn typed(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    const TYPING: [&[u8]; 6] =
        [b"fill", b"type", b"send_keys", b"sendKeys", b"press_sequentially", b"pressSequentially"];
    const FINDING: [&[u8]; 19] = [
        b"get_by_text",
        b"getByText",
        b"get_by_label",
        b"getByLabel",
        b"get_by_title",
        b"getByTitle",
        b"get_by_placeholder",
        b"getByPlaceholder",
        b"get_by_alt_text",
        b"getByAltText",
        b"locator",
        b"text",
        b"text-is",
        b"has-text",
        b"contains",
        b"query_selector",
        b"querySelector",
        b"find_element",
        b"wait_for_selector",
    ];
    // V8 writes `Unexpected token 'A', "…"... is not valid JSON`.
    if let Some((start, end)) = in_quotes(cursor, open)
        && (cursor.has(end + 1, b"... is not valid JSON") || cursor.has(end + 1, b" is not valid JSON"))
    {
        return content(cursor, Span { start, end, kind: Redaction::Content });
    }
    let bracket = cursor.back(open, open.saturating_sub(160), |b| b != b'(' && b != b'\n');
    let call =
        cursor.back(bracket.saturating_sub(1), bracket.saturating_sub(24), |b| is_ident(b) || b == b'-');
    let call = cursor.slice(call, bracket.saturating_sub(1));
    let typing = TYPING.contains(&call);
    if cursor.before(bracket) != b'(' || !(typing || FINDING.contains(&call)) {
        return None;
    }
    let (start, end) = in_quotes(cursor, open)?;
    let close = cursor.ahead_at_most(end, 4, |b| b == b'\\');
    let last = cursor.at(close + 1) == b')';
    let text = cursor.slice(start, end);
    // `locator('#main .body')` names an element, `locator('text=Ada Lovelace')` the text in it.
    let selector = matches!(
        call,
        b"locator" | b"query_selector" | b"querySelector" | b"find_element" | b"wait_for_selector"
    );
    let by_text = !selector || text.windows(5).any(|part| part == b"text=" || part == b"text(");
    let goes = if typing { last } else { by_text && is_data(text) };
    if goes { content(cursor, Span { start, end, kind: Redaction::Content }) } else { None }
}

/// Does this field hold the answer of a model?
pub(super) fn is_model(name: &[u8]) -> bool {
    let last = name.rsplit(|b| !b.is_ascii_alphanumeric()).next().unwrap_or_default();
    [&b"output"[..], b"response", b"reply", b"generated", b"said", b"answered"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(last))
}

/// The text that a selector searches for, after the sign at `at`: `[title="…"]`, `text()='…'`, `name='…'`.
pub(super) fn selected(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    const ATTRIBUTES: [&[u8]; 9] = [
        b"title",
        b"aria-label",
        b"alt",
        b"placeholder",
        b"value",
        b"text",
        b"has-text",
        b"text()",
        b"label",
    ];
    let name = cursor.back(at, at.saturating_sub(16), |b| is_ident(b) || matches!(b, b'-' | b'(' | b')'));
    let sign = cursor.back(name, name.saturating_sub(2), |b| matches!(b, b'.' | b'@'));
    if !matches!(cursor.before(sign), b'[' | b'"' | b'\'') || !ATTRIBUTES.contains(&cursor.slice(name, at)) {
        return None;
    }
    let (start, end) = in_quotes(cursor, at + 1).unwrap_or_else(|| {
        (at + 1, cursor.ahead_at_most(at + 1, ROW, |b| !matches!(b, b'"' | b'\'' | b'`' | b']' | b'\n')))
    });
    if is_data(cursor.slice(start, end)) {
        content(cursor, Span { start, end, kind: Redaction::Content })
    } else {
        None
    }
}

/// The value in `on field 'password': rejected value […]`, which Spring writes.
fn rejected(cursor: Cursor<'_>, start: usize, end: usize, keys: &KeyClassifier) -> Option<Span> {
    const PHRASE: &[u8] = b": rejected value [";
    if !cursor.has(end + 1, PHRASE) || keys.class_in_text(cursor.slice(start, end)) == KeyClass::Plain {
        return None;
    }
    let start = end + 1 + PHRASE.len();
    let end = cursor.ahead_at_most(start, ROW, |b| b != b']' && b != b'\n');
    content(cursor, Span { start, end, kind: Redaction::Redacted })
}

/// The value in `invalid value 'x' for '--password <PASSWORD>'`. The name follows the value.
fn option(cursor: Cursor<'_>, start: usize, end: usize, keys: &KeyClassifier) -> Option<Span> {
    let name = end + 1 + b" for '".len();
    if !cursor.has(end + 1, b" for '") {
        return None;
    }
    let name = cursor.ahead_at_most(name, 3, |b| matches!(b, b'-' | b'[' | b'<'));
    let behind = cursor.ahead_at_most(name, 48, |b| is_ident(b) || b == b'-');
    let kind = match keys.class_in_text(cursor.slice(name, behind)) {
        KeyClass::Sensitive => Redaction::Secret,
        KeyClass::Personal => Redaction::Redacted,
        KeyClass::Plain | KeyClass::Content(_) => return None,
    };
    content(cursor, Span { start, end, kind })
}

/// Is the text before `open` like `invalid input syntax for type integer: "…"`?
fn after_type(cursor: Cursor<'_>, open: usize) -> bool {
    if !cursor.ends_any_case(open, b": ") {
        return false;
    }
    let word = cursor.back(open - 2, open.saturating_sub(40), is_ident);
    cursor.ends_any_case(word, b"input syntax for type ")
}

/// Did a person write this text? It must have several words, or characters beyond ASCII, so that it is not a name in a
/// program.
fn is_data(text: &[u8]) -> bool {
    let letters = text.iter().filter(|b| is_word(**b)).count();
    letters >= 3 && text.iter().any(|b| *b == b' ' || *b >= 0x80)
}

/// The values in `Key (email, tenant)=(…)`, around the `=` at `at`. Plain numbers stay if no column holds personal
/// data.
pub(super) fn row(cursor: Cursor<'_>, at: usize, keys: &KeyClassifier) -> Option<Span> {
    if cursor.before(at) != b')' || cursor.at(at + 1) != b'(' {
        return None;
    }
    let open = cursor.back(at, at.saturating_sub(256), |b| b != b'\n' && b != b'=');
    let columns = cursor.slice(open, at);
    let key = columns.windows(5).rposition(|w| w == b"Key (")?;
    let columns = columns.get(key + 5..).unwrap_or_default();
    let row = inside(cursor, at + 2)?;
    // Ids of rows are short numbers; `2 84 07 75 116 042 38` is one of a person.
    let values = cursor.slice(row.start, row.end);
    let numbers = values.split(|b| *b == b',').all(|value| {
        let value = value.trim_ascii();
        value.len() < 12 && value.iter().all(u8::is_ascii_digit)
    });
    let person = columns.split(|b| !is_ident(*b)).any(|column| keys.class_in_text(column) != KeyClass::Plain);
    (person || !numbers).then_some(row)
}

/// The row in `detail: Failing row contains (…)`, whose value starts at `i`.
pub(super) fn failing_row(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    const PHRASE: &[u8] = b"Failing row contains (";
    let i = cursor
        .ahead_at_most(i, 16, |b| b == b' ' || b == b'"' || b == b'\\' || b == b'(' || b"Some".contains(&b));
    if cursor.has(i, PHRASE) { inside(cursor, i + PHRASE.len()) } else { None }
}

/// The document in `dup key: { email: "…" }` of MongoDB, whose value starts at `i`.
pub(super) fn document(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    let start = cursor.ahead_at_most(i, 2, |b| b == b' ');
    if cursor.at(start) != b'{' {
        return None;
    }
    let end = cursor.ahead_at_most(start, ROW, |b| b != b'}' && b != b'\n');
    content(cursor, Span { start: start + 1, end, kind: Redaction::Redacted })
}

/// The inside of the bracket that opened before `start`, up to the last closing bracket before the end of the sentence
/// or the text.
pub(super) fn inside(cursor: Cursor<'_>, start: usize) -> Option<Span> {
    let mut end = start;
    loop {
        end = cursor.ahead_at_most(end, ROW.saturating_sub(end - start), |b| b != b')' && b != b'\n');
        let next = cursor.at(end + 1);
        if cursor.at(end) != b')'
            || matches!(next, 0 | b'.' | b'"' | b'\'' | b'\n' | b'\\')
            || cursor.at(end + 1) == b' '
        {
            break;
        }
        end += 1;
    }
    content(cursor, Span { start, end, kind: Redaction::Redacted })
}

/// The span, if it holds more than placeholders and signs.
fn content(cursor: Cursor<'_>, span: Span) -> Option<Span> {
    let inner = cursor.slice(span.start, span.end).trim_ascii();
    let start = cursor.ahead_at_most(span.start, span.end - span.start.min(span.end), |b| b == b' ');
    let done = placeholder::ends_at(cursor, start).is_some_and(|end| end >= start + inner.len());
    (!done && inner.iter().any(|b| is_word(*b))).then_some(span)
}
