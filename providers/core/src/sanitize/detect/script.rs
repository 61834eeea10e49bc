//! Finds the ends of words in a text of several scripts. A word ends between letters of different scripts, and at a
//! symbol.

use super::cursor::Cursor;
use crate::sanitize::decode::{first_char, is_symbol};

/// The script of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Digits and signs, which count as the script beside them.
    Any,
    Latin,
    Greek,
    Cyrillic,
    /// Ideographs and kana, which are written together.
    Han,
    /// Another script, identified by its block.
    Other(u32),
    Symbol,
}

fn script(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' => Script::Latin,
        '\0'..='\x7f' => Script::Any,
        _ if is_symbol(c) => Script::Symbol,
        '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{300}'..='\u{36f}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{3005}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Script::Han,
        _ => Script::Other(u32::from(c) >> 8),
    }
}

/// The start of the word that ends at `end`, but not before `start`. A point ends a word in any script.
pub(super) fn word_start(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    let text = cursor.slice(start, end);
    if text.is_ascii() {
        return start;
    }
    let (mut at, mut kind) = (end, Script::Any);
    while at > start {
        let mut first = at - 1;
        while first > start && matches!(cursor.at(first), 0x80..0xc0) {
            first -= 1;
        }
        let found = first_char(cursor.slice(first, at)).map_or(Script::Symbol, script);
        if !join(&mut kind, found, cursor.at(first)) {
            break;
        }
        at = first;
    }
    at
}

/// The end of the word that starts at `start`, but not after `end`.
pub(super) fn word_end(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    if cursor.slice(start, end).is_ascii() {
        return end;
    }
    let (mut at, mut kind) = (start, Script::Any);
    while at < end {
        let c =
            first_char(cursor.slice(at, end.min(at + 4))).or_else(|| first_char(cursor.slice(at, at + 3)));
        let c = c.or_else(|| first_char(cursor.slice(at, at + 2)));
        if !join(&mut kind, c.map_or(Script::Symbol, script), cursor.at(at)) {
            break;
        }
        at += c.map_or(1, char::len_utf8);
    }
    at.min(end)
}

/// Is `i` the edge of a word? It is none after an ASCII letter or digit, or between two letters of one script.
pub(super) fn is_edge(cursor: Cursor<'_>, i: usize) -> bool {
    let before = cursor.before(i);
    if before < 0x80 {
        return !before.is_ascii_alphanumeric();
    }
    let next = cursor.ahead_at_most(i + 1, 3, |b| matches!(b, 0x80..0xc0));
    word_start(cursor, i.saturating_sub(4), next) >= i
}

fn join(kind: &mut Script, found: Script, byte: u8) -> bool {
    match (*kind, found) {
        (_, Script::Symbol) => return false,
        _ if byte == b'.' => *kind = Script::Any,
        (_, Script::Any) => {}
        (Script::Any, _) => *kind = found,
        (one, other) if one != other => return false,
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_scripts_do() {
        for (text, word) in [
            ("用户mara", "mara"),
            ("müller", "müller"),
            ("…ada7", "ada7"),
            ("日本.jp", "日本.jp"),
            ("почтаada", "ada"),
            ("用户1", "用户1"),
        ] {
            let cursor = Cursor::new(text.as_bytes());
            assert_eq!(text.get(word_start(cursor, 0, text.len())..), Some(word), "{text}");
        }
        for (text, word) in [
            ("straße.de不存在", "straße.de"),
            ("日本.jp失败", "日本.jp"),
            ("x.com…", "x.com"),
            ("例子.公司", "例子.公司"),
        ] {
            let cursor = Cursor::new(text.as_bytes());
            assert_eq!(text.get(..word_end(cursor, 0, text.len())), Some(word), "{text}");
        }
    }
}
