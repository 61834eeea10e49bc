//! The values that a caller attaches to an event: an ordered map of keys to JSON-like values.

mod convert;
mod copy;
mod json;

use std::fmt;

/// A raw value in a [`Context`].
///
/// ```
/// use crawl4ai_telemetry_core::Value;
///
/// let depth = Value::from(3);
/// assert_eq!(depth, Value::Int(3));
/// ```
pub type Value = Node<String>;

/// The raw context of an event; the [`context!`](crate::context) macro makes one.
///
/// A context cannot be serialized and its `Debug` shows kinds, not contents, because it has not been cleaned.
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
///
/// ```
/// use crawl4ai_telemetry_core::{Node, Value};
///
/// let value: Value = Node::List(vec![Node::Int(404), Node::from("not found")]);
/// assert_eq!(Value::from(404), Node::Int(404));
/// ```
#[derive(PartialEq)]
pub enum Node<S> {
    /// No value.
    Null,
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A floating-point number; NaN and infinity are written as `null`.
    Float(f64),
    /// A string.
    String(S),
    /// A list.
    List(Vec<Node<S>>),
    /// A map.
    Map(Fields<S>),
}

/// An ordered map. A key that is set again keeps its place.
///
/// ```
/// use crawl4ai_telemetry_core::{Context, Node};
///
/// let mut context = Context::new();
/// context.insert("attempt", 1);
/// context.insert("attempt", 2);
/// assert_eq!(context.get("attempt"), Some(&Node::Int(2)));
/// assert_eq!(context.len(), 1);
/// ```
// An empty map holds `None`, so that an unused `context! {}` has nothing to drop.
#[derive(Clone, PartialEq)]
pub struct Fields<S>(Option<Vec<(S, Node<S>)>>);

impl<S> Default for Fields<S> {
    fn default() -> Self {
        Self(None)
    }
}

/// Takes nested values apart one by one, because a recursive drop of 10,000 levels would overflow the stack.
impl<S> Drop for Fields<S> {
    #[inline]
    fn drop(&mut self) {
        if let Some(entries) = self.0.take() {
            take_apart(entries);
        }
    }
}

fn take_apart<S>(entries: Vec<(S, Node<S>)>) {
    let nested = |node: &Node<S>| matches!(node, Node::List(_) | Node::Map(_));
    if !entries.iter().any(|(_, node)| nested(node)) {
        return;
    }
    let mut open: Vec<Node<S>> = entries.into_iter().map(|(_, node)| node).collect();
    while let Some(node) = open.pop() {
        match node {
            Node::List(list) => open.extend(list),
            Node::Map(mut map) => {
                open.extend(map.0.take().into_iter().flatten().map(|(_, node)| node));
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::UInt(_) | Node::Float(_) | Node::String(_) => {}
        }
    }
}

impl<S> Fields<S> {
    fn entries(&self) -> &[(S, Node<S>)] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<S: AsRef<str>> Fields<S> {
    /// An empty map; allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// The number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Is there no key?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node<S>> {
        self.entries().iter().find(|(k, _)| k.as_ref() == key).map(|(_, v)| v)
    }

    /// Keys and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&S, &Node<S>)> {
        self.entries().iter().map(|(k, v)| (k, v))
    }

    /// Appends without looking for the key, because the caller knows that it is new.
    pub(crate) fn push(&mut self, key: S, value: Node<S>) {
        self.0.get_or_insert_default().push((key, value));
    }

    /// Sets the value at a known index.
    fn replace(&mut self, at: usize, value: Node<S>) {
        if let Some((_, old)) = self.0.as_mut().and_then(|entries| entries.get_mut(at)) {
            *old = value;
        }
    }

    pub(crate) fn into_inner(mut self) -> Vec<(S, Node<S>)> {
        self.0.take().unwrap_or_default()
    }
}

impl Context {
    /// Sets a key.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) -> &mut Self {
        let (key, value) = (key.into(), value.into());
        let entries = self.0.get_or_insert_default();
        match entries.iter_mut().find(|(k, _)| *k == key) {
            Some((_, old)) => *old = value,
            None => entries.push((key, value)),
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

/// Makes a [`Context`]: `context! { "key" => value, … }`.
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

/// Shows the kind of each value and the number of keys, never a content, because the map is raw.
impl<S> fmt::Debug for Fields<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{} keys}}", self.entries().len())
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
