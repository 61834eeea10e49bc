//! The class of a value, decided by its neighbours: `{"name": "password", "value": "…"}`, `["--password", "…"]`,
//! `["password", "…"]`.

use crate::sanitize::key_class::{KeyClass, KeyClassifier};
use crate::{Node, Value};

/// Names of fields that hold the name of something: `name` in `{"name": "password", "value": "…"}`.
const NAMES: [&str; 9] =
    ["name", "key", "field", "label", "param", "parameter", "header", "variable", "option"];

/// Names of fields that hold the value of the thing that a field of [`NAMES`] names.
const VALUES: [&str; 4] = ["value", "val", "values", "default"];

/// The class of the fields that hold a value, decided by the field of [`NAMES`] beside them.
pub(super) fn of_fields<'a>(
    keys: &KeyClassifier,
    fields: impl Iterator<Item = (&'a str, &'a Value)>,
) -> KeyClass {
    let named = fields.filter(|(key, _)| NAMES.iter().any(|name| name.eq_ignore_ascii_case(key)));
    named.map(|(_, value)| class(keys, value)).max().unwrap_or(KeyClass::Plain)
}

/// Is `key` one of [`VALUES`]?
pub(super) fn is_value(key: &str) -> bool {
    VALUES.iter().any(|value| value.eq_ignore_ascii_case(key))
}

/// The class of the next item of a list, decided by `item`. In a list of two, `item` may be any name; in a longer list,
/// only an argument's name counts.
pub(super) fn next_of(keys: &KeyClassifier, item: &Value, items: usize) -> KeyClass {
    let argument = matches!(item, Node::String(s) if s.starts_with('-'));
    if argument || items == 2 { class(keys, item) } else { KeyClass::Plain }
}

/// The class of a text as the name of something else. A text that cannot be a name is plain, because cleaning must not
/// turn it into a name.
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
