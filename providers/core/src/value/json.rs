//! Values as JSON. Clean values can be written; raw values can only be read.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Context, Fields, Node, Value};

/// Only clean values can be written, because `Text` is the only string type here that serializes.
impl Serialize for Node<crate::Text> {
    fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
        match self {
            Self::Null => out.serialize_unit(),
            Self::Bool(b) => out.serialize_bool(*b),
            Self::Int(n) => out.serialize_i64(*n),
            Self::UInt(n) => out.serialize_u64(*n),
            Self::Float(n) => out.serialize_f64(*n),
            Self::String(s) => out.serialize_str(s),
            Self::List(list) => out.collect_seq(list),
            Self::Map(map) => map.serialize(out),
        }
    }
}

impl Serialize for Fields<crate::Text> {
    fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
        let mut map = out.serialize_map(Some(self.entries().len()))?;
        for (key, value) in self.entries() {
            map.serialize_entry(&**key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct ContextVisitor;
        impl<'de> Visitor<'de> for ContextVisitor {
            type Value = Context;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Context, A::Error> {
                read_map(map)
            }
        }
        input.deserialize_map(ContextVisitor)
    }
}

fn read_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Context, A::Error> {
    let mut context = Context::new();
    // `places` maps each key to its index. `insert` would compare all keys, and the text may have any number of them.
    let mut places = HashMap::new();
    while let Some((key, value)) = map.next_entry::<String, Value>()? {
        match places.entry(key) {
            Entry::Occupied(place) => context.replace(*place.get(), value),
            Entry::Vacant(place) => {
                context.push(place.key().clone(), value);
                place.insert(context.len() - 1);
            }
        }
    }
    Ok(context)
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
        Ok(Value::Bool(b))
    }
    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::Int(n))
    }
    fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
        Ok(Value::from(n))
    }
    fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
        Ok(Value::from(n))
    }
    fn visit_str<E>(self, s: &str) -> Result<Value, E> {
        Ok(Value::from(s))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        read_map(map).map(Value::Map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_that_stands_twice_the_last_value_counts_at_the_first_place() {
        let context: Context = serde_json::from_str(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(context, [("a", 3), ("b", 2)].into_iter().collect());
    }

    #[test]
    fn many_keys_are_read_in_linear_time() {
        let keys: Vec<String> = (0..300_000).map(|n| format!("\"{n}\":{n}")).collect();
        let context: Context = serde_json::from_str(&format!("{{{}}}", keys.join(","))).unwrap();
        assert_eq!(context.len(), 300_000);
    }
}
