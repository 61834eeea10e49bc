//! What a caller attaches to an event: an ordered map of keys to JSON-like values.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A raw value in a [`Context`].
pub type Value = Node<String>;

/// The raw context of an event; the [`context!`](crate::context) macro writes one down.
///
/// A context cannot be serialized and its `Debug` shows kinds, not contents: it has not been cleaned.
///
/// ```
/// use crawl4ai_telemetry_core::context;
///
/// let context = context! { "status_code" => 404, "url" => "https://example.com/?token=abc" };
/// assert_eq!(context.len(), 2);
/// assert!(!format!("{context:?}").contains("token"));
/// ```
pub type Context = Fields<String>;

/// A JSON-like value over strings of type `S`: `String` while raw, [`Text`](crate::Text) once clean.
#[derive(Clone, PartialEq)]
pub enum Node<S> {
    /// No value.
    Null,
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A number that is not an integer; a non-finite one is written as `null`.
    Float(f64),
    /// A string.
    String(S),
    /// A list.
    List(Vec<Node<S>>),
    /// A map.
    Map(Fields<S>),
}

/// An ordered map; a key that is set again keeps its place.
#[derive(Clone, PartialEq)]
pub struct Fields<S>(Vec<(S, Node<S>)>);

impl<S> Default for Fields<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S: AsRef<str>> Fields<S> {
    /// An empty map; allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there no key?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node<S>> {
        self.0.iter().find(|(k, _)| k.as_ref() == key).map(|(_, v)| v)
    }

    /// Keys and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&S, &Node<S>)> {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// Appends without looking for the key: for callers that know it is new.
    pub(crate) fn push(&mut self, key: S, value: Node<S>) {
        self.0.push((key, value));
    }

    pub(crate) fn into_inner(self) -> Vec<(S, Node<S>)> {
        self.0
    }
}

impl Context {
    /// Sets a key.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) -> &mut Self {
        let (key, value) = (key.into(), value.into());
        match self.0.iter_mut().find(|(k, _)| *k == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
        self
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut context = Self::new();
        for (key, value) in pairs {
            context.insert(key, value);
        }
        context
    }
}

/// Writes down a [`Context`]: `context! { "key" => value, … }`.
///
/// ```
/// use crawl4ai_telemetry_core::{Value, context};
///
/// let context = context! { "retries" => 3, "strategy" => "bfs", "limit" => None::<u32> };
/// assert_eq!(context.get("retries"), Some(&Value::Int(3)));
/// ```
#[macro_export]
macro_rules! context {
    () => { $crate::__private::Context::new() };
    ($($key:expr => $value:expr),+ $(,)?) => {{
        let mut context = $crate::__private::Context::new();
        $( context.insert($key, $crate::__private::Value::from($value)); )+
        context
    }};
}

/// Shows the kind of each value and the number of keys, never a content: the map is raw.
impl<S> fmt::Debug for Fields<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{} keys}}", self.0.len())
    }
}

impl<S> fmt::Debug for Node<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(_) => f.write_str("bool"),
            Self::Int(_) | Self::UInt(_) | Self::Float(_) => f.write_str("number"),
            Self::String(_) => f.write_str("string"),
            Self::List(l) => write!(f, "[{} items]", l.len()),
            Self::Map(m) => m.fmt(f),
        }
    }
}

macro_rules! from_int {
    ($($small:ty)*) => { $(impl From<$small> for Value {
        fn from(n: $small) -> Self { Self::Int(i64::from(n)) }
    })* };
}
from_int!(i8 i16 i32 i64 u8 u16 u32);

impl From<u64> for Value {
    fn from(n: u64) -> Self {
        i64::try_from(n).map_or(Self::UInt(n), Self::Int)
    }
}

impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Self::from(n as u64)
    }
}

impl From<isize> for Value {
    fn from(n: isize) -> Self {
        Self::Int(n as i64)
    }
}

/// Beyond 64 bits a number is kept as its digits: no precision is lost.
impl From<u128> for Value {
    fn from(n: u128) -> Self {
        u64::try_from(n).map_or_else(|_| Self::String(n.to_string()), Self::from)
    }
}

impl From<i128> for Value {
    fn from(n: i128) -> Self {
        i64::try_from(n).map_or_else(|_| Self::String(n.to_string()), Self::Int)
    }
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        if n.is_finite() { Self::Float(n) } else { Self::Null }
    }
}

impl From<f32> for Value {
    fn from(n: f32) -> Self {
        Self::from(f64::from(n))
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::String(s.to_owned())
    }
}

impl From<&String> for Value {
    fn from(s: &String) -> Self {
        Self::String(s.clone())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Self::String(s)
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(s: Cow<'_, str>) -> Self {
        Self::String(s.into_owned())
    }
}

/// Invalid encodings become replacement characters.
impl From<&Path> for Value {
    fn from(p: &Path) -> Self {
        Self::String(p.to_string_lossy().into_owned())
    }
}

impl From<&PathBuf> for Value {
    fn from(p: &PathBuf) -> Self {
        Self::from(p.as_path())
    }
}

impl From<PathBuf> for Value {
    fn from(p: PathBuf) -> Self {
        Self::from(p.as_path())
    }
}

/// A duration becomes seconds.
impl From<Duration> for Value {
    fn from(d: Duration) -> Self {
        Self::Float(d.as_secs_f64())
    }
}

impl From<Context> for Value {
    fn from(c: Context) -> Self {
        Self::Map(c)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(o: Option<T>) -> Self {
        o.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Self> + Clone> From<&[T]> for Value {
    fn from(list: &[T]) -> Self {
        Self::List(list.iter().cloned().map(Into::into).collect())
    }
}

impl<T: Into<Self>, const N: usize> From<[T; N]> for Value {
    fn from(list: [T; N]) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

/// Only what is clean can be written: `Text` is the one string type here that serializes.
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
        let mut map = out.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
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
    while let Some((key, value)) = map.next_entry::<String, Value>()? {
        context.insert(key, value);
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
