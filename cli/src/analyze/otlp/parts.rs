//! The levels of a request above its records, which are the same for logs and for spans.

use serde::{Deserialize, Deserializer};

use super::attributes::Attributes;
use crate::analyze::lists::{Keeper, read};

/// The program that records belong to.
#[derive(Deserialize)]
pub(super) struct Resource<'a> {
    #[serde(borrow, default)]
    pub(super) attributes: Attributes<'a>,
}

/// Parts of a request that hold records. Empty parts are not kept.
pub(super) struct Parts<T>(pub(super) Vec<T>);

pub(super) trait Part {
    fn has_records(&self) -> bool;
}

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Part + Deserialize<'de>> Keeper<'de> for Parts<T> {
    type Element = T;

    fn take(&mut self, part: T) {
        if part.has_records() {
            self.0.push(part);
        }
    }
}

impl<'de, T: Part + Deserialize<'de>> Deserialize<'de> for Parts<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}
