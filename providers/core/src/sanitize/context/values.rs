//! Tests the kinds of single keys and values of a context, and takes values apart.

use super::HARMLESS;
use crate::own_words;
use crate::sanitize::Text;
use crate::{Fields, Node, Value};

/// Longest harmless value, in bytes: a name, not a sentence.
const HARMLESS_VALUE: usize = 32;

/// A value without text, unchanged. A number that JSON cannot write becomes null.
pub(super) fn number(value: Value) -> Node<Text> {
    match value {
        Node::Bool(b) => Node::Bool(b),
        Node::Int(n) => Node::Int(n),
        // `Int` is used where it fits, because JSON is read back as an `Int`.
        Node::UInt(n) => i64::try_from(n).map_or(Node::UInt(n), Node::Int),
        Node::Float(n) if n.is_finite() => Node::Float(n),
        Node::Null | Node::Float(_) | Node::String(_) | Node::List(_) | Node::Map(_) => Node::Null,
    }
}

/// A key that the map does not hold yet: `[email]`, then `[email] 2`.
pub(super) fn unused(map: &Fields<Text>, key: Text) -> Text {
    if map.get(&key).is_none() {
        return key;
    }
    (2_u32..)
        .map(|n| format!("{key} {n}"))
        .find(|numbered| map.get(numbered).is_none())
        .map_or(key, Text::cleaned)
}

/// A key without the number that [`unused`] gave it.
pub(super) fn strip_number(key: &str) -> &str {
    match key.rsplit_once(' ') {
        Some((name, n)) if !n.is_empty() && n.len() <= 4 && n.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => key,
    }
}

/// Could a programmer have written this key?
pub(super) fn is_name(key: &str) -> bool {
    key.len() <= 64 && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

pub(super) fn is_harmless(key: &str, value: &Value) -> bool {
    let short = matches!(value, Node::String(s) if s.len() <= HARMLESS_VALUE && is_name(s));
    short && HARMLESS.contains(&key)
}

/// Do numbers under this key tell nothing about a person? Texts under it may.
pub(super) fn is_numbered(key: &str) -> bool {
    key == "status_code" || own_words::is_label(key)
}

/// Fewest numbers from 0 to 255 in a list that counts as bytes.
const BYTES: usize = 16;

/// Could this list be the bytes of a text or a file?
pub(super) fn is_bytes(list: &[Value]) -> bool {
    list.len() >= BYTES && list.iter().all(|item| matches!(item, Node::Int(0..=255)))
}

/// Drops a value without recursion, because a value may be nested deeper than the stack allows.
pub(super) fn dismantle(value: Value) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Node::List(list) => rest.extend(list),
            Node::Map(map) => rest.extend(map.into_inner().into_iter().map(|(_, value)| value)),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::UInt(_) | Node::Float(_) | Node::String(_) => {}
        }
    }
}
