//! Single words that stay because their place in a message shows their meaning: kinds, types, and names in a list of
//! choices.

use super::bytes::{at, letters};
use super::found::Found;

/// Fewest letters of a compound name.
const COMPOUND: usize = 8;

/// Shortest name in a list of choices that must be a literal of its own in the program, in bytes.
const CHOICE: usize = 4;

/// Most names in a list of choices; a longer list is not a message.
const MOST_CHOICES: usize = 64;

/// Serde's names for the value that it found (`serde::de::Unexpected`). After a name that ends in a backtick or a
/// space, the value follows.
const KINDS: &[&str] = &[
    "string ",
    "integer `",
    "floating point `",
    "boolean `",
    "character `",
    "byte array",
    "unit value",
    "Option value",
    "newtype struct",
    "sequence",
    "map",
    "enum",
    "unit variant",
    "newtype variant",
    "tuple variant",
    "struct variant",
    "null",
];

/// Texts that are before one of the [`KINDS`].
const BEFORE_KIND: [&str; 2] = ["invalid type: ", "invalid value: "];

/// Types of Rust and of JSON that a message may name as expected.
const TYPES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64",
    "bool", "char", "str", "string", "map", "sequence", "unit", "boolean", "integer", "null", "true",
    "false", "None", "Some", "Ok", "Err", "float", "array", "struct", "enum", "option", "bytes",
];

/// Texts that are before a type or a list of choices.
const BEFORE_TYPE: [&str; 2] = ["expected ", "expected one of "];

/// Is this `snake_case`, `camelCase` or `a::path`, with so many letters that it is not the name of a person?
pub(super) fn is_compound(name: &[u8]) -> bool {
    let hump = |two: &[u8]| at(two, 0).is_ascii_lowercase() && at(two, 1).is_ascii_uppercase();
    let path = |two: &[u8]| two == b"::";
    letters(name) >= COMPOUND && (name.contains(&b'_') || name.windows(2).any(|two| hump(two) || path(two)))
}

/// Could the word from `start` to `end` of the text stay as a name?
pub(super) fn may_stay(text: &[u8], start: usize, end: usize) -> bool {
    let quoted = start.checked_sub(1).is_some_and(|before| at(text, before) == b'`');
    quoted || is_compound(text.get(start..end).unwrap_or_default())
}

/// If `gap` follows one of [`BEFORE_KIND`] and starts with one of the [`KINDS`], the length of that kind in bytes.
pub(super) fn kind(gap: &[u8], before: &[u8]) -> Option<usize> {
    if !BEFORE_KIND.iter().any(|words| before.ends_with(words.as_bytes())) {
        return None;
    }
    let fits = |kind: &&&str| {
        let goes_on = kind.ends_with([' ', '`']);
        if goes_on { gap.starts_with(kind.as_bytes()) } else { gap == kind.as_bytes() }
    };
    KINDS.iter().find(fits).map(|kind| kind.len())
}

/// Does `before` announce a type or a list of choices, and is the gap one? Choices of [`CHOICE`] bytes or more must be
/// literals of the program, and there must be at least one of them.
pub(super) fn is_expected(gap: &[u8], before: &[u8], at_text: usize, found: &Found) -> bool {
    let expects = BEFORE_TYPE.iter().any(|words| before.ends_with(words.as_bytes()));
    if !expects {
        return false;
    }
    if TYPES.iter().any(|name| name.as_bytes() == gap) {
        return true;
    }
    let Some(names) = choices(gap) else { return false };
    let whole = |(offset, name): &(usize, &[u8])| found.is_name(at_text + offset, name.len());
    names.iter().all(|name| name.1.len() < CHOICE || whole(name))
        && names.iter().any(|name| name.1.len() >= CHOICE)
}

/// The names in a list of choices, with their offsets. The list has one of the forms "`a`", "`a` or `b`" and "one of
/// `a`, `b`, `c`".
fn choices(list: &[u8]) -> Option<Vec<(usize, &[u8])>> {
    let mut offset = if list.starts_with(b"one of ") { 7 } else { 0 };
    let mut names = Vec::new();
    while names.len() < MOST_CHOICES {
        let name = list.get(offset..)?.strip_prefix(b"`")?;
        let len = name.iter().position(|b| *b == b'`')?;
        names.push((offset + 1, name.get(..len)?));
        offset += len + 2;
        let rest = list.get(offset..)?;
        if rest.is_empty() {
            return Some(names);
        }
        offset += if rest.starts_with(b", ") { 2 } else { rest.strip_prefix(b" or ").map(|_| 4)? };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_names() {
        for (name, is) in [
            ("invalid_token_state", true),
            ("InvalidToken", true),
            ("std::io::Error", true),
            ("wilhelmina", false),
            ("Wilhelmina", false),
            ("LOVELACE", false),
            ("a_b", false),
            ("McAda", false),
        ] {
            assert_eq!(is_compound(name.as_bytes()), is, "{name}");
        }
    }

    #[test]
    fn kinds_of_serde() {
        for (gap, before, len) in [
            ("string \"ada\"", "invalid type: ", Some(7)),
            ("map", "json: invalid type: ", Some(3)),
            ("mapping of ada", "invalid type: ", None),
            ("integer `4711`", "invalid value: ", Some(9)),
            ("string \"ada\"", "the type: ", None),
        ] {
            assert_eq!(kind(gap.as_bytes(), before.as_bytes()), len, "{gap}");
        }
    }

    #[test]
    fn lists_of_names() {
        let named = |names: &[(usize, usize)]| {
            let mut found = Found::default();
            names.iter().for_each(|(at, len)| found.add_name(*at, *len));
            found
        };
        let found = named(&[(11, 5), (20, 5)]);
        assert!(is_expected(b"`alpha` or `gamma`", b", expected ", 10, &named(&[(11, 5), (22, 5)])));
        assert!(!is_expected(b"`alpha` or `gamma`", b", expected ", 10, &found));
        assert!(is_expected(b"`id` or `gamma`", b", expected ", 10, &named(&[(19, 5)])));
        assert!(!is_expected(b"`id` or `ada`", b", expected ", 10, &found), "short names prove nothing");
        assert!(is_expected(b"u64", b", expected ", 10, &found));
        assert!(!is_expected(b"u64", b"found ", 10, &found));
        assert_eq!(choices(b"one of `a`, `b`, `c`").map(|names| names.len()), Some(3));
        for none in [b"`a".as_slice(), b"", b"a", b"`a` and `b`", b"`a`, "] {
            assert_eq!(choices(none), None);
        }
    }
}
