//! `key=value`, `key: value` and `key "value"` with a key that says what its value is: in prose, JSON, YAML,
//! query strings, environment dumps and what `Debug` writes.

use super::assignment::{GAP, KEY, is_blank, is_type, key};
use super::cursor::{Cursor, is_ident, is_name, is_quote, is_space, is_word};
use super::prose::{self, says_nothing};
use super::url::is_pause;
use super::value::{balanced, block, in_quotes, open_end, opened};
use super::{Redaction, Span, header, named, personal, placeholder, quoted_input, script, statement, url};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Does a name or a number stand before the sign at `at` that says nothing of what is behind it? Most do:
/// `worker failed:`, `client.rs:`, `12:00:00`.
#[inline]
pub(super) fn is_plain(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> bool {
    let from = floor.max(at.saturating_sub(KEY));
    let mut end = at;
    loop {
        let letters = cursor.back(end, from, |b| b.is_ascii_lowercase());
        let start = if letters < end { letters } else { cursor.back(end, from, |b| b.is_ascii_digit()) };
        let word = if letters < end { cursor.slice(letters, end) } else { b"0" };
        if start == end || !keys.is_plain_word(word) {
            return false;
        }
        let edge = cursor.before(start);
        if start == floor || !is_name(edge) {
            return edge < 0x80;
        }
        // `2026-11-20T12`
        let time = edge == b'T' && letters == end && cursor.before(start - 1).is_ascii_digit();
        end = if time { start - 1 } else { cursor.back(start, from, |b| matches!(b, b'.' | b'_' | b'-')) };
    }
}

/// The value behind the `:` or `=` at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let colon = cursor.at(at) == b':';
    let (last, next) = (cursor.before(at), cursor.at(at + 1));
    // `a::b`, `a ::= b`: no pair, or one whose sign comes later.
    if colon && (next == b':' || last == b':') {
        return None;
    }
    // `a == b`: the second sign stands before what it is compared with.
    if !colon && next == b'=' {
        return if last == b'=' { None } else { compared(cursor, at, floor, keys) };
    }
    let (key_start, key_end) = key(cursor, at, floor)?;
    let name = cursor.slice(key_start, key_end);
    // `a => b`, `a := b`
    let sign = if colon && next == b'=' { at + 2 } else { at + 1 };
    let start = cursor.ahead_at_most(sign, GAP, |b| is_blank(b) || b == b'>');
    // `a == b`, `a != b`, `a <= b`: a comparison, of which only a text is told.
    let comparison = !colon && matches!(last, b'=' | b'!' | b'<' | b'>');
    if comparison && in_quotes(cursor, start).is_none() {
        return None;
    }
    // `DEBUG auth::token: refreshing`, `Pool.password()`, `token.rs:12:5`.
    if colon && is_place(cursor, name, key_start, at) {
        return None;
    }
    let kind = match kind(cursor, name, key_start, floor, keys) {
        None if !KeyClassifier::may_classify_beside(name)
            && !statement::is_number(cursor, name, key_start) =>
        {
            return if name.len() > 4 { random_key(cursor, name, start) } else { None };
        }
        None => sibling(cursor, name, key_start, start, keys),
        kind => kind,
    };
    let Some(kind) = kind else {
        return without_kind(cursor, name, key_start, start).or_else(|| random_key(cursor, name, start));
    };
    if is_parsers(cursor, name, key_start) || is_number_of(cursor, name, start) {
        return None;
    }
    // `password: string = …`: the value stands behind the type.
    if colon
        && is_type(cursor.slice(start, cursor.ahead_at_most(start, 24, is_ident)))
        && declares(cursor, start)
    {
        return None;
    }
    // A line of its own: YAML and headers take all of it. So does a phrase of words.
    let phrase = name.eq_ignore_ascii_case(b"phrase") || name.eq_ignore_ascii_case(b"mnemonic");
    let prose = colon && start > at + 1;
    if prose && !is_quote(cursor.at(start)) && kind != Redaction::Authorization {
        let line = cursor.slice(start, cursor.ahead_at_most(start, LINE, |b| b != b'\n' && b != b'\\'));
        // A cookie has a sign of equality.
        let header = kind == Redaction::Cookie && line.contains(&b'=');
        if !header && prose::is_sentence(name, line) {
            return None;
        }
    }
    // `Incorrect API key provided: sk kq7 trombone. You can …`, as OpenAI says it.
    if name.eq_ignore_ascii_case(b"provided") && prose && !is_quote(cursor.at(start)) {
        let end = cursor.ahead_at_most(start, LINE, |b| !is_quote(b) && !matches!(b, b'\n' | b'\\' | b'<'));
        let stop = cursor.find(start, end, b". ").unwrap_or(end);
        let end = cursor.back(stop, start, |b| b == b'.');
        let done = placeholder::ends_at(cursor, start).is_some();
        return (!done && start < end).then_some(Span { start, end, kind });
    }
    // A personal identification number is one.
    if name.eq_ignore_ascii_case(b"pin") && !has_digit(cursor, start) {
        return None;
    }
    let whole_line = colon && (phrase || is_line_start(cursor, key_start, floor));
    value(cursor, start, kind, prose, whole_line)
}

/// How much of a line decides whether it is a sentence.
const LINE: usize = 160;

/// Does a digit stand among the next few bytes?
fn has_digit(cursor: Cursor<'_>, start: usize) -> bool {
    cursor.slice(start, cursor.ahead_at_most(start, 24, |b| b > b' ')).iter().any(u8::is_ascii_digit)
}

/// Is what looks like a key the end of a module's path or a file's name?
fn is_place(cursor: Cursor<'_>, name: &[u8], start: usize, at: usize) -> bool {
    let file = name
        .iter()
        .rposition(|b| *b == b'.')
        .is_some_and(|dot| dot > 0 && url::is_file(name.get(dot + 1..).unwrap_or_default()));
    let target = cursor.before(start) == b':' && cursor.before(start - 1) == b':';
    (file && matches!(cursor.at(at + 1), b' ' | b'0'..=b'9')) || target
}

/// Does a sign of equality follow the type that starts at `start`?
fn declares(cursor: Cursor<'_>, start: usize) -> bool {
    let behind = cursor.ahead_at_most(start, 40, |b| !matches!(b, b'=' | b'\n' | b'"' | b'\'' | b';' | b'`'));
    matches!(cursor.at(behind), b'=')
}

/// `'hunter2' == password`: the text before the first of two signs at `at`, when what stands behind them is a secret.
fn compared(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let name = cursor.ahead_at_most(at, 3, |b| b == b'=');
    let name = cursor.ahead_at_most(name, 2, is_blank);
    let name_end = cursor.ahead_at_most(name, KEY, |b| is_name(b) || b >= 0x80);
    let close = cursor.back(at, floor.max(at.saturating_sub(3)), |b| is_blank(b) || b == b'!');
    let quote = cursor.before(close);
    if !is_quote(quote) || name == name_end {
        return None;
    }
    let open = cursor.back(close - 1, floor.max(close.saturating_sub(VALUE)), |b| b != quote && b != b'\n');
    if cursor.before(open) != quote || open + 1 >= close {
        return None;
    }
    let kind = match keys.class_in_text(cursor.slice(name, name_end)) {
        KeyClass::Sensitive => Redaction::Secret,
        KeyClass::Personal => Redaction::Redacted,
        KeyClass::Plain | KeyClass::Content(_) => return None,
    };
    let span = Span { start: open, end: close - 1, kind };
    let done = placeholder::ends_at(cursor, open).is_some_and(|end| end >= span.end);
    (!done && !says_nothing(cursor.slice(open, close - 1))).then_some(span)
}

/// The longest text that is looked for before a comparison.
const VALUE: usize = 256;

/// `convertkit_key: "9WeCHsxMMTs0ucEkGI"`, `READ_KEY=…`: a key to something unknown, and random.
fn random_key(cursor: Cursor<'_>, name: &[u8], start: usize) -> Option<Span> {
    if !matches!(name, [.., b'y' | b'Y'] | [b'B', b'U', ..]) {
        return None;
    }
    let key = name
        .len()
        .checked_sub(3)
        .and_then(|at| name.get(at..))
        .is_some_and(|last| last.eq_ignore_ascii_case(b"key"));
    let split = matches!(name.len().checked_sub(4).and_then(|at| name.get(at)), Some(b'_' | b'-' | b'.'))
        || name.ends_with(b"Key");
    if name.starts_with(b"BUNDLE_") {
        // Bundler's credentials for a host, `BUNDLE_GEMS__EXAMPLE__COM=user:password`: bundle-config(1).
        let end = cursor.ahead_at_most(start, VALUE, |b| b > b' ' && !is_quote(b));
        let pair = cursor.slice(start, end).contains(&b':') && name.windows(2).any(|two| two == b"__");
        return pair.then_some(Span { start, end, kind: Redaction::Secret });
    }
    if !(key && split) {
        return None;
    }
    let (start, end) = in_quotes(cursor, start).unwrap_or_else(|| {
        (start, cursor.ahead_at_most(start, VALUE, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
    });
    let text = cursor.slice(start, end);
    let has = |class: fn(&u8) -> bool| text.iter().any(class);
    let random = (16..=VALUE).contains(&text.len())
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase);
    random.then_some(Span { start, end, kind: Redaction::Secret })
}

/// `{"name": "password", "value": "…"}`: the kind of the value by the field beside it.
fn sibling(
    cursor: Cursor<'_>,
    key: &[u8],
    key_start: usize,
    start: usize,
    keys: &KeyClassifier,
) -> Option<Redaction> {
    if named::is_of_person(key) {
        // `struct User { name: String }` is a type, a text in quotes is data.
        let text = in_quotes(cursor, opened(cursor, start)).is_some();
        return (text && named::is_in_person(cursor, key_start)).then_some(Redaction::Redacted);
    }
    // "called `Result::unwrap()` on an `Err` value: …" names no field.
    if !named::is_value(key) || cursor.ends_any_case(key_start, b"` ") {
        return None;
    }
    match named::class(cursor, key_start, start, keys) {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => None,
    }
}

/// What goes behind a key that says neither secret nor person: a row that a database repeats, a text in quotes
/// behind `prompt` or `body`. One word in quotes is a kind or a state.
fn without_kind(cursor: Cursor<'_>, name: &[u8], key_start: usize, start: usize) -> Option<Span> {
    if name.eq_ignore_ascii_case(b"detail") {
        return quoted_input::failing_row(cursor, start);
    }
    if name == b"key" && cursor.ends_any_case(key_start, b"dup ") {
        return quoted_input::document(cursor, start);
    }
    if let Some(span) = statement::bound(cursor, name, key_start, start) {
        return Some(span);
    }
    // `document.querySelector("#pw").value = 'Winter84'`
    let typed = name.ends_with(b".value") && name.len() > 6 || name == b".value";
    let model = quoted_input::is_model(name) && cursor.at(start) == b'`';
    if !(KeyClassifier::is_echoing(name) || typed || model) {
        return None;
    }
    let open = opened(cursor, start);
    // pydantic's `input_value={…}` and `input_value=['…']`
    if matches!(cursor.at(open), b'{' | b'[' | b'(') && name.ends_with(b"input_value") {
        let end = balanced(cursor, open);
        let span = Span { start: open + 1, end: end.max(open + 2) - 1, kind: Redaction::Content };
        let text = cursor.slice(span.start, span.end);
        let done = placeholder::ends_at(cursor, span.start).is_some_and(|behind| behind >= span.end);
        return (!done && text.iter().any(|b| is_quote(*b) || *b == b' ') && !says_nothing(text))
            .then_some(span);
    }
    let (start, end) = in_quotes(cursor, open)?;
    let text = cursor.slice(start, end);
    let done = placeholder::ends_at(cursor, start).is_some();
    let data = text.contains(&b' ') || (typed && !text.is_empty());
    (data && !done).then_some(Span { start, end, kind: Redaction::Content })
}

/// `max_tokens: 512` counts them, and `UserService.java:42` is a line of a file.
fn is_number_of(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    let end = cursor.ahead_at_most(start, 20, |b| b.is_ascii_digit());
    let file = name.rsplit(|b| *b == b'.').next().filter(|last| last.len() < name.len());
    let counted = name.ends_with(b"s") || name.ends_with(b"S") || file.is_some_and(url::is_file);
    end > start && counted && (is_pause(cursor.at(end)) || cursor.at(end) == 0)
}

/// The value in the quotes that open at `at`, behind a word: `password "hunter2"`.
pub(super) fn quoted(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let open = cursor.back(at, at.saturating_sub(7), |b| b == b'\\');
    // `用户"…"`, and `["--password","…"]`.
    let mut key_end = match cursor.before(open) {
        // `key - 'value'`, `key -> 'value'`
        b' ' if matches!(cursor.before(open - 1), b'-' | b'>') => {
            let sign = cursor.back(open - 1, open.saturating_sub(4), |b| matches!(b, b'-' | b'>'));
            if cursor.before(sign) != b' ' {
                return None;
            }
            sign - 1
        }
        b' ' => open - 1,
        b',' | 0x80.. => open,
        _ => return None,
    };
    // `("cookie", "…")`: a comma between two quotes.
    let listed = cursor.before(key_end) == b',' && is_quote(cursor.before(key_end - 1));
    if listed {
        key_end = cursor.back(key_end - 2, (key_end - 2).saturating_sub(7), |b| b == b'\\');
    }
    let key_start = cursor
        .back(key_end, floor.max(key_end.saturating_sub(KEY)), |b| is_word(b) || is_ident(b) || b == b'-');
    // `'role': 'user', 'content': …`: what follows is the next key.
    // `fill("#password", "…")`
    let edge = if cursor.before(key_start) == b'#' { key_start - 1 } else { key_start };
    if listed && (!is_quote(cursor.before(edge)) || cursor.at(at + 1) == b'-' || is_key(cursor, open)) {
        return None;
    }
    let name = cursor.slice(key_start, key_end);
    // `SECRET_KEY was "…"`
    if !listed && (name == b"is" || name == b"was") && cursor.before(key_start) == b' ' {
        let start =
            cursor.back(key_start - 1, floor.max(key_start.saturating_sub(KEY)), |b| is_name(b) || b >= 0x80);
        let secret = keys.class_in_text(cursor.slice(start, key_start - 1)) == KeyClass::Sensitive;
        return if secret { value(cursor, open, Redaction::Secret, false, false) } else { None };
    }
    // `["name", "Henrik Aalto"]`
    if listed && name.eq_ignore_ascii_case(b"name") {
        let (start, end) = in_quotes(cursor, open)?;
        let text = cursor.slice(start, end);
        let person =
            text.contains(&b' ') && text.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0x80);
        return if person { value(cursor, open, Redaction::Redacted, false, false) } else { None };
    }
    // Most quotes stand behind a word of a sentence.
    if name.iter().all(u8::is_ascii_lowercase) && keys.is_plain_word(name) {
        return None;
    }
    // KeyClassifier of a sentence before what it quotes: a parser's `unexpected token "<"`, `pass "x"`, `the session 'a'`.
    // "Pin `numpy` to a version"
    if name.eq_ignore_ascii_case(b"pin") && !has_digit(cursor, open) {
        return None;
    }
    let prose =
        [&b"token"[..], b"tokens", b"pass", b"session", b"sessions", b"cookie", b"cookies", b"auth", b"host"];
    let dashed = cursor.before(open - 1) != b' ' && matches!(cursor.before(open - 1), b'-' | b'>');
    if name.is_empty() || (!listed && !dashed && prose.iter().any(|word| word.eq_ignore_ascii_case(name))) {
        return None;
    }
    let kind = kind(cursor, name, key_start, floor, keys)?;
    value(cursor, open, kind, false, false)
}

/// Does a colon follow the quotes that open at `open`?
fn is_key(cursor: Cursor<'_>, open: usize) -> bool {
    in_quotes(cursor, open).is_some_and(|(_, close)| {
        let next = cursor.ahead_at_most(close, 8, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
        matches!(cursor.at(next), b':' | b'=')
    })
}

/// `unexpected token: …` is what a parser says, and its token no secret.
fn is_parsers(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    (name.eq_ignore_ascii_case(b"token") || name.eq_ignore_ascii_case(b"tokens"))
        && [&b"expected "[..], b"unexpected ", b"illegal ", b"next ", b"unknown "]
            .iter()
            .any(|word| cursor.ends_any_case(start, word))
}

fn kind(
    cursor: Cursor<'_>,
    name: &[u8],
    start: usize,
    floor: usize,
    keys: &KeyClassifier,
) -> Option<Redaction> {
    if let Some(kind) = header::kind(name) {
        return Some(kind);
    }
    let class = match keys.class_in_text(name) {
        // `API key: …`: the word before belongs to the key.
        KeyClass::Plain
            if [&b"key"[..], b"name", b"provided", b"phrase"]
                .iter()
                .any(|w| w.eq_ignore_ascii_case(name)) =>
        {
            let before = cursor.back(start, start.saturating_sub(1), |b| b == b' ');
            let mut from = cursor.back(before, floor.max(before.saturating_sub(24)), is_ident);
            // `API key provided: …`
            if name.eq_ignore_ascii_case(b"provided") {
                let gap = cursor.back(from, from.saturating_sub(1), |b| b == b' ');
                from = cursor.back(gap, floor.max(gap.saturating_sub(24)), is_ident);
            }
            keys.class_in_text(cursor.slice(from, start + name.len()))
        }
        class @ (KeyClass::Plain | KeyClass::Sensitive | KeyClass::Personal | KeyClass::Content(_)) => class,
    };
    match class {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => {
            // A key beside a word of another script: `номерpassword`.
            let end = start + name.len();
            let own = script::word_start(cursor, start, end);
            if own > start && own < end {
                self::kind(cursor, cursor.slice(own, end), own, floor, keys)
            } else {
                None
            }
        }
    }
}

fn is_line_start(cursor: Cursor<'_>, start: usize, floor: usize) -> bool {
    let line = cursor.back(start, floor.max(start.saturating_sub(32)), |b| matches!(b, b' ' | b'\t' | b'-'));
    matches!(cursor.before(line), 0 | b'\n' | b'\r') && !is_quote(cursor.at(start))
}

fn value(cursor: Cursor<'_>, start: usize, kind: Redaction, prose: bool, whole_line: bool) -> Option<Span> {
    let start = opened(cursor, start);
    if placeholder::ends_at(cursor, start)
        .is_some_and(|end| is_pause(cursor.at(end)) || cursor.at(end) == b'\\')
    {
        return None;
    }
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let start = if headers && cursor.at(start) == b'[' { start + 1 } else { start };
    let (start, end) = if let Some(block) = block(cursor, start) {
        block
    } else if let Some((start, end)) = in_quotes(cursor, start) {
        (start, end)
    } else if matches!(kind, Redaction::Authorization | Redaction::Cookie) {
        (start, header::end(cursor, start, kind))
    } else if matches!(cursor.at(start), b'{' | b'[' | b'(') {
        let end = balanced(cursor, start);
        // `(020) 7946 0018`
        (start, if kind == Redaction::Redacted { personal::end(cursor, start, end) } else { end })
    } else {
        // `date(1815, 12, 10)` ends with its bracket.
        let end = match cursor.before(start) {
            b'(' => {
                cursor.ahead_at_most(start, 64, |b| !matches!(b, b')' | b'(' | b'{' | b'"' | b'\n' | b'['))
            }
            _ => start,
        };
        let end = if end > start && cursor.at(end) == b')' { end } else { open_end(cursor, start) };
        let end = if kind == Redaction::Redacted { personal::end(cursor, start, end) } else { end };
        // `token = Bearer …`
        let scheme = [&b"bearer"[..], b"basic", b"token", b"digest", b"negotiate"];
        let names = is_word(cursor.at(end + 1))
            && scheme.iter().any(|s| s.eq_ignore_ascii_case(cursor.slice(start, end)));
        let end = if names { header::end(cursor, start, Redaction::Authorization) } else { end };
        // `Session { id: … }` and `Secret("…")` hold more than their name.
        let inner = cursor.ahead_at_most(end, 1, |b| b == b' ');
        if end > start && cursor.at(inner) == b'{' { (start, balanced(cursor, inner)) } else { (start, end) }
    };
    let span = Span { start, end, kind };
    let inside = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    if start >= end || inside || says_nothing(cursor.slice(start, end)) {
        return None;
    }
    let word_end = cursor.back(end, start, |b| matches!(b, b'.' | b':' | b'!' | b'?'));
    let word = cursor.slice(start, word_end);
    // `invalid token: 7` is a position or a count.
    if prose && word.len() <= 3 && word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if (prose || word_end == end) && prose::goes_on(word) {
        return None;
    }
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let bracketed = matches!(cursor.before(end), b'}' | b']' | b')');
    if whole_line && !headers && !bracketed && !is_quote(cursor.before(start)) {
        let line = cursor.claim(start, |b| b != b'\n' && b != b'\r');
        return Some(Span { start, end: cursor.back(line, end.min(line), is_space).max(end), kind });
    }
    Some(span)
}
