//! Conversions of types to values.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Context, Value};

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

/// A number that needs more than 64 bits is kept as its digits, so that no precision is lost.
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

/// Bytes that are not valid Unicode become replacement characters.
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

macro_rules! from_reference {
    ($($copy:ty)*) => { $(impl From<&$copy> for Value {
        fn from(value: &$copy) -> Self { Self::from(*value) }
    })* };
}
from_reference!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool &str Duration);

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
