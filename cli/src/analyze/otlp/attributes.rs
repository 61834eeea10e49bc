//! Attributes of a log record or of its program. A collector may hold records of any program, so that only the values
//! of known keys are read, and a value of another kind is no value.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::analyze::lists::{First, Keeper, Last, read};

/// The keys whose values are read. Earlier versions put the name of one program, `crawl4ai`, before those of a report.
const KEYS: [&str; 19] = [
    "service.name",
    "service.version",
    "crewai_version",
    "deployment.environment.name",
    "os.type",
    "report.fingerprint",
    "report.id",
    "report.operations",
    "report.losses",
    "crawl4ai.report.fingerprint",
    "crawl4ai.report.id",
    "crawl4ai.report.operations",
    "crawl4ai.report.losses",
    "exception.type",
    "exception.message",
    "exception.stacktrace",
    "code.function.name",
    "code.file.path",
    "code.line.number",
];

/// The most losses of a report that are read. The library has fewer reasons.
const LOSSES: usize = 64;

/// The first value of each known key.
#[derive(Default)]
pub(super) struct Attributes<'a>(Vec<(&'static str, &'a RawValue)>);

#[derive(Deserialize)]
pub(super) struct Pair<'a> {
    #[serde(borrow, default)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

impl<'a> Keeper<'a> for Attributes<'a> {
    type Element = Option<Pair<'a>>;

    fn take(&mut self, pair: Option<Pair<'a>>) {
        let Some(Pair { key: Some(key), value: Some(value) }) = pair else { return };
        if let Some(key) = KEYS.into_iter().find(|known| *known == key)
            && self.get(key).is_none()
        {
            self.0.push((key, value));
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Attributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let attributes: Attributes<'de> = read(deserializer)?;
        Ok(attributes)
    }
}

impl<'a> Attributes<'a> {
    fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        serde_json::from_str::<OfText<'_>>(self.get(key)?.get()).ok()?.text
    }

    pub(super) fn number(&self, key: &str) -> Option<u64> {
        int(self.get(key)?)
    }

    /// The last text of a list.
    pub(super) fn last(&self, key: &str) -> Option<Cow<'a, str>> {
        let list = serde_json::from_str::<OfList<'_>>(self.get(key)?.get()).ok()?.list?;
        list.values.0?.text
    }

    /// The numbers of a map.
    pub(super) fn numbers(&self, key: &str) -> Vec<(Cow<'a, str>, u64)> {
        let map = self.get(key).and_then(|raw| serde_json::from_str::<OfMap<'_>>(raw.get()).ok());
        let pairs = map.and_then(|map| map.map).map(|map| map.values.0).unwrap_or_default();
        pairs.into_iter().flatten().filter_map(|pair| Some((pair.key?, int(pair.value?)?))).collect()
    }
}

#[derive(Deserialize)]
struct OfText<'a> {
    #[serde(borrow, default, rename = "stringValue")]
    text: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct OfNumber<'a> {
    #[serde(borrow, default, rename = "intValue")]
    number: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct OfList<'a> {
    #[serde(borrow, default, rename = "arrayValue")]
    list: Option<Values<Last<OfText<'a>>>>,
}

#[derive(Deserialize)]
struct OfMap<'a> {
    #[serde(borrow, default, rename = "kvlistValue")]
    map: Option<Values<First<Option<Pair<'a>>, LOSSES>>>,
}

#[derive(Deserialize)]
struct Values<V> {
    #[serde(default)]
    values: V,
}

fn int(raw: &RawValue) -> Option<u64> {
    number(serde_json::from_str::<OfNumber<'_>>(raw.get()).ok()?.number?)
}

/// A 64-bit number is a string in this encoding, but some programs write a number.
fn number(raw: &RawValue) -> Option<u64> {
    raw.get().trim_matches('"').parse().ok()
}

/// A time in nanoseconds. 0 is one that was not set.
pub(super) fn time(raw: &RawValue) -> Option<u64> {
    number(raw).filter(|nanos| *nanos > 0)
}
