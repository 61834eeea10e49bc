//! What a value's neighbours say of it: `{"name": "password", "value": "…"}`, `["--password", "…"]`,
//! `["password", "…"]`.

use crate::sanitize::key_class::{KeyClass, KeyClassifier};
use crate::{Node, Value};

/// What fields that hold a name are called.
const NAMES: [&str; 9] =
    ["name", "key", "field", "label", "param", "parameter", "header", "variable", "option"];

/// What fields that hold its value are called.
const VALUES: [&str; 4] = ["value", "val", "values", "default"];

/// The class of the fields that hold a value, by the name in the field beside them.
pub(super) fn of_fields<'a>(
    keys: &KeyClassifier,
    fields: impl Iterator<Item = (&'a str, &'a Value)>,
) -> KeyClass {
    let named = fields.filter(|(key, _)| NAMES.iter().any(|name| name.eq_ignore_ascii_case(key)));
    named.map(|(_, value)| class(keys, value)).max().unwrap_or(KeyClass::Plain)
}

/// Is this the field that the one with the name speaks of?
pub(super) fn is_value(key: &str) -> bool {
    VALUES.iter().any(|value| value.eq_ignore_ascii_case(key))
}

/// For the items of a list, the class of what follows each: behind an argument's name anywhere, and behind any name
/// in a list of two.
pub(super) fn next_of(keys: &KeyClassifier, item: &Value, items: usize) -> KeyClass {
    let argument = matches!(item, Node::String(s) if s.starts_with('-'));
    if argument || items == 2 { class(keys, item) } else { KeyClass::Plain }
}

/// What a text says as a name of something else. What is no name says nothing: cleaning must not make one of it.
fn class(keys: &KeyClassifier, name: &Value) -> KeyClass {
    match name {
        Node::String(s) if s.len() <= 64 && s.chars().all(is_part) => keys.class_in_text(s.as_bytes()),
        Node::String(_)
        | Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::UInt(_)
        | Node::Float(_)
        | Node::List(_)
        | Node::Map(_) => KeyClass::Plain,
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
