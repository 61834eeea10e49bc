//! Lists in JSON of unknown origin. Only elements that are needed are kept, whatever the length of the list.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};

/// What is kept of a list.
pub(super) trait Keeper<'de>: Default {
    /// One element.
    type Element: Deserialize<'de>;

    fn take(&mut self, element: Self::Element);

    /// Whether the rest of the list is not needed.
    fn is_full(&self) -> bool {
        false
    }
}

/// Reads a list. `null` is a list without elements.
pub(super) fn read<'de, K: Keeper<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<K, D::Error> {
    deserializer.deserialize_any(Elements(PhantomData))
}

struct Elements<K>(PhantomData<K>);

impl<'de, K: Keeper<'de>> Visitor<'de> for Elements<K> {
    type Value = K;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<K, E> {
        Ok(K::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<K, A::Error> {
        let mut keeper = K::default();
        while !keeper.is_full() {
            match elements.next_element()? {
                Some(element) => keeper.take(element),
                None => return Ok(keeper),
            }
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(keeper)
    }
}

/// The first elements of a list, at most `MOST`.
#[derive(Debug)]
pub(super) struct First<T, const MOST: usize>(pub(super) Vec<T>);

impl<T, const MOST: usize> Default for First<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Keeper<'de> for First<T, MOST> {
    type Element = T;

    fn take(&mut self, element: T) {
        self.0.push(element);
    }

    fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for First<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// The last element of a list.
#[derive(Debug)]
pub(super) struct Last<T>(pub(super) Option<T>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Keeper<'de> for Last<T> {
    type Element = T;

    fn take(&mut self, element: T) {
        self.0 = Some(element);
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Last<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_an_end() {
        let first = |text| serde_json::from_str::<First<u8, 2>>(text).map(|first| first.0);
        assert_eq!(first("[1, 2, 3, \"not read\"]").unwrap(), [1, 2]);
        assert!(first("[1, \"read\"]").is_err() && first("[1, 2").is_err() && first("{}").is_err());
        let last = |text| serde_json::from_str::<Last<u8>>(text).unwrap().0;
        assert_eq!((last("[1, 2, 3]"), last("[]"), last("null")), (Some(3), None, None));
    }
}
