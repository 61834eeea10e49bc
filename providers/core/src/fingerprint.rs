//! The same bug, the same value, on every machine and in every version that did not move it.

use std::fmt;
use std::str::FromStr;

use crate::Kind;
use crate::ids::{ParseError, as_text};
use crate::report::{Exception, Image};

/// How many addresses of a stack without names count. The innermost are those of the capture itself, some twenty in an
/// unoptimized build, and tell nothing apart.
const ADDRESSES: usize = 32;

/// A stable hash of the sanitized type chain and the in-app functions.
///
/// Of messages, what the program itself wrote counts, and nothing of their values. Lines are left out: they move with every
/// edit above them. Where no function is known (a stripped binary) the place of the panic stands
/// in, and where that is not known either, the addresses.
///
/// ```
/// use crawl4ai_telemetry_core::Fingerprint;
///
/// let fingerprint: Fingerprint = "6d665459cc9a4c95".parse()?;
/// assert_eq!(fingerprint.to_string(), "6d665459cc9a4c95");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// `signature` is the hash of what the texts say without their values, where the program's words could be read. With
    /// it, the innermost function of the program's own is enough: the same bug through two callers is one.
    ///
    /// A signal counts by where the program's own modules were, in each build: it is the same before names are known and after.
    pub(crate) fn of(exceptions: &[Exception], images: &[Image], signature: Option<Self>) -> Self {
        let mut hash = Fnv::new();
        if let [signal] = exceptions
            && signal.kind == Kind::Signal
        {
            hash.signal(signal, images);
            return Self(hash.0);
        }
        if let Some(Self(signature)) = signature {
            hash.field(&signature.to_le_bytes());
        }
        let most = if signature.is_some() { 1 } else { usize::MAX };
        for exception in exceptions {
            hash.field(exception.type_name.as_bytes());
            // What one user's error carries and another's does not must not tell them apart.
            if let Some(function) = &exception.captured_in {
                hash.field(function.as_bytes());
                continue;
            }
            let mut known = false;
            let own = exception.frames.iter().filter(|f| f.in_app);
            let named = own.filter_map(|frame| Some((frame.function.as_ref()?, frame.module.as_ref())));
            for (function, module) in named.take(most) {
                known = true;
                // A path tells a function from others, as in Rust; where its name has none, its module does.
                if let Some(module) = module.filter(|_| !function.contains("::")) {
                    hash.field(module.as_bytes());
                }
                hash.field(function.as_bytes());
            }
            match &exception.location {
                Some(place) if !known => {
                    hash.field(place.file.as_bytes());
                    hash.field(&place.line.to_le_bytes());
                }
                None if !known => {
                    for address in exception.frames.iter().filter_map(|f| f.address).take(ADDRESSES) {
                        hash.field(&address.0.to_le_bytes());
                    }
                }
                Some(_) | None => {}
            }
        }
        Self(hash.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseError;

    fn from_str(s: &str) -> Result<Self, ParseError> {
        let digits = s.len() == 16 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match u64::from_str_radix(s, 16) {
            Ok(bits) if digits => Ok(Self(bits)),
            Ok(_) | Err(_) => Err(ParseError("16 lower-case hexadecimal digits")),
        }
    }
}
as_text!(Fingerprint);

/// The checksum that the spool writes behind a report, to catch what a power cut leaves (FNV-1a, 64 bits).
///
/// It guards against accidents, not against people: what is read is cleaned again whatever it says.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = Fnv::new();
    hash.bytes(bytes);
    hash.0
}

/// Makes the hash of what texts say.
pub(crate) struct TextHash(Fnv);

impl TextHash {
    pub(crate) const fn new() -> Self {
        Self(Fnv::new())
    }

    pub(crate) fn field(&mut self, bytes: &[u8]) {
        self.0.field(bytes);
    }

    pub(crate) const fn finish(self) -> Fingerprint {
        Fingerprint(self.0.0)
    }
}

/// FNV-1a, 64 bits: specified, so that the value is the same on every machine and with every compiler.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn signal(&mut self, signal: &Exception, images: &[Image]) {
        self.field(signal.type_name.as_bytes());
        // Libraries differ between machines.
        let is_library = |name: &str| name.contains(".so") || name.starts_with('[');
        let mut last = None;
        let own = signal.frames.iter().filter_map(|frame| {
            let image = images.get(frame.image?)?;
            (!is_library(&image.name)).then_some((image, frame.address?.0))
        });
        let mut counted = 0;
        for (image, address) in own {
            // Functions that were inlined into each other share an address.
            if last.replace(address) == Some(address) {
                continue;
            }
            self.field(image.build_id.as_deref().unwrap_or(&*image.name).as_bytes());
            self.field(&address.to_le_bytes());
            counted += 1;
            if counted == 8 {
                break;
            }
        }
    }

    /// A field and an end mark, so that `ab`, `c` is not `a`, `bc`.
    fn field(&mut self, bytes: &[u8]) {
        self.bytes(bytes);
        self.bytes(&[0xff]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_fnv_1a_as_published() {
        assert_eq!(checksum(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(checksum(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(checksum(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
