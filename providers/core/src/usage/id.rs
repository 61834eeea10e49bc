//! Keys and ids. Both have 128 bits, so that they cannot hold a text.

use std::fmt;
use std::str::FromStr;

use super::Type;
use super::value::{RawValue, attribute_value};
use crate::ids::ParseError;

/// A random id of something in the program, written as a UUID (RFC 9562).
///
/// ```
/// use crawl4ai_telemetry_core::usage::Id;
///
/// let id: Id = "6ba7b810-9dad-41d1-80b4-00c04fd430c8".parse()?;
/// assert_eq!(id.to_string(), "6ba7b810-9dad-41d1-80b4-00c04fd430c8");
/// assert!("Ada Lovelace".parse::<Id>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

/// A random number that is equal in all spans about one thing, written as 32 hexadecimal digits.
///
/// The number is random for each object and new in each run, because it leaves by default. A hash of the object's texts
/// would be the same everywhere, so that somebody who guesses a short text could check the guess.
///
/// ```
/// use crawl4ai_telemetry_core::usage::Key;
///
/// let random = [0x5a; 16];
/// assert_eq!(Key::from_bytes(random).to_string(), "5a".repeat(16));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

impl Id {
    /// The id of 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl Key {
    /// The key of 16 random bytes. Never pass other bytes, such as a hash of a text, because they would leave by
    /// default.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [time_low, time_mid, version, variant] = [(96, 8), (80, 4), (64, 4), (48, 4)]
            .map(|(shift, digits): (u32, u32)| (self.0 >> shift) & ((1_u128 << (digits * 4)) - 1));
        let node = self.0 & ((1 << 48) - 1);
        write!(f, "{time_low:08x}-{time_mid:04x}-{version:04x}-{variant:04x}-{node:012x}")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Reads both forms of a UUID: five groups of digits, or 32 digits.
impl FromStr for Id {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let grouped = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        let digits = if grouped { text.replace('-', "") } else { text.to_owned() };
        hexadecimal(&digits).map(Self).ok_or(ParseError("a UUID"))
    }
}

impl FromStr for Key {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        hexadecimal(text).map(Self).ok_or(ParseError("32 hexadecimal digits"))
    }
}

fn hexadecimal(digits: &str) -> Option<u128> {
    let right = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    u128::from_str_radix(digits, 16).ok().filter(|_| right)
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

attribute_value! {
    Id => Type::Id, |id| RawValue::Clean(id.to_string().into());
    Key => Type::Key, |key| RawValue::Clean(key.to_string().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_keys_hold_128_bits_and_no_text() {
        let uuid = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
        for text in [uuid, "6BA7B810-9DAD-41D1-80B4-00C04FD430C8", "6ba7b8109dad41d180b400c04fd430c8"] {
            assert_eq!(text.parse::<Id>().unwrap().to_string(), uuid, "{text}");
        }
        assert_eq!(Id::from_bytes([0; 16]).to_string(), "00000000-0000-0000-0000-000000000000");
        for text in
            ["", "ada", "6ba7b810-9dad-41d1-80b4-00c04fd430cg", "+ba7b8109dad41d180b400c04fd430c8", "é"]
        {
            assert!(text.parse::<Id>().is_err(), "{text}");
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
        assert!(uuid.parse::<Key>().is_err(), "a key is written without dashes");
    }
}
