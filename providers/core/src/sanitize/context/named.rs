//! The class of a value by its neighbours: `{"name": "password", "value": "…"}`, `["--password", "…"]`,
//! `["password", "…"]`.

use crate::sanitize::key_class::{KeyClass, KeyClassifier};
use crate::{Node, Value};

/// Names of fields that hold a name.
const NAMES: [&str; 9] =
    ["name", "key", "field", "label", "param", "parameter", "header", "variable", "option"];

/// Names of fields that hold the value for it.
const VALUES: [&str; 4] = ["value", "val", "values", "default"];

/// The class of the fields that hold a value, by the name in the field beside them.
pub(super) fn of_fields<'a>(
    keys: &KeyClassifier,
    fields: impl Iterator<Item = (&'a str, &'a Value)>,
) -> KeyClass {
    let named = fields.filter(|(key, _)| NAMES.iter().any(|name| name.eq_ignore_ascii_case(key)));
    named.map(|(_, value)| class(keys, value)).max().unwrap_or(KeyClass::Plain)
}

/// Is this a name of the field that holds the value?
pub(super) fn is_value(key: &str) -> bool {
    VALUES.iter().any(|value| value.eq_ignore_ascii_case(key))
}

/// The class of the item that follows an item of a list: anywhere if this item is an argument's name, and in a list of
/// two for any name.
pub(super) fn next_of(keys: &KeyClassifier, item: &Value, items: usize) -> KeyClass {
    let argument = matches!(item, Node::String(s) if s.starts_with('-'));
    if argument || items == 2 { class(keys, item) } else { KeyClass::Plain }
}

/// The class of a text that is the name of something else. A text that is no name has none, because cleaning must not
/// turn it into one.
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
