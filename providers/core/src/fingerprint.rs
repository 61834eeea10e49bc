//! The fingerprint of a bug. It is equal on every machine, and in every version of the program in which the bug is in
//! the same functions.

use std::fmt;
use std::str::FromStr;

use crate::Kind;
use crate::ids::{ParseError, as_text};
use crate::report::{Exception, Frame, Image};

mod compiled;

pub use compiled::innermost_own;
use compiled::{one_spelling, own_function};

/// Most addresses of a stack without names that count. The innermost addresses, some twenty in an unoptimized build,
/// are those of the capture itself, and are equal for all errors.
const ADDRESSES: usize = 32;

/// A stable hash of the sanitized type chain and the program's own function.
///
/// Of a stack of compiled code, the innermost of the program's own functions counts that was not inlined into another,
/// by its name in the symbol table. So the fingerprint is the same whether there was time for debug information or not.
///
/// The program's own words in a message count; the values in a message do not. Line numbers do not count, because they
/// change with every edit above them. If no function of the program's own is known (a stripped binary, or a closure that
/// was inlined into another crate), the place of the panic or of the capture counts instead, and if there is no such
/// place, the addresses.
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
    /// `signature` is the hash of the texts without their values, if the program's words could be read. If there is a
    /// signature, the innermost function of the program's own is enough, so that the same bug through two callers has
    /// one fingerprint. Of compiled code, no other counts in any case, because the others are not always known.
    ///
    /// For a signal, the addresses in the program's own modules count, so that the fingerprint is equal before and
    /// after names are known.
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
            // The stack is skipped, because the same error carries a stack for some users and none for others.
            if let Some(function) = &exception.captured_in {
                hash.field(one_spelling(function).as_bytes());
                continue;
            }
            let names: Vec<&str> = outermost(&exception.frames).filter_map(Frame::function).collect();
            // Line tables alone have no paths, where there is no symbol table beside them.
            let known = if names.iter().any(|name| name.contains("::")) {
                let function = own_function(exception.kind, &names);
                function.inspect(|function| hash.field(function.as_bytes())).is_some()
            } else {
                hash.in_app(&exception.frames, most)
            };
            match exception.location.as_ref().or(exception.captured_at.as_ref()) {
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

/// The outermost function of each address, which the others of the address were inlined into. An address in no module
/// that the report lists tells nothing of inlining, so that every function there counts as compiled.
fn outermost(frames: &[Frame]) -> impl Iterator<Item = &Frame> {
    let place = |frame: &Frame| frame.image.zip(frame.address.map(|address| address.0));
    let is_inlined = move |at: usize, frame: &Frame| {
        let into = frames.get(at + 1).and_then(place);
        into.is_some() && into == place(frame)
    };
    let compiled = frames.iter().enumerate().filter(move |(at, frame)| !is_inlined(*at, frame));
    compiled.map(|(_, frame)| frame).filter(|frame| frame.address.is_some())
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

/// The checksum (FNV-1a, 64 bits) that the spool writes after a report, to detect damage by a power cut.
///
/// It guards against accidents only; a stored report is cleaned again in any case.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = Fnv::new();
    hash.bytes(bytes);
    hash.0
}

/// Hashes a sequence of texts.
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

/// FNV-1a, 64 bits: it is specified, so the value is equal on every machine and with every compiler.
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

    /// Adds the functions of frames that say themselves whose they are. Returns whether there was one.
    fn in_app(&mut self, frames: &[Frame], most: usize) -> bool {
        let own = frames.iter().filter(|frame| frame.in_app);
        let named = own.filter_map(|frame| Some((frame.function.as_ref()?, frame.module.as_ref())));
        let mut known = false;
        for (function, module) in named.take(most) {
            known = true;
            // In Rust, a name is unique by its path. A name without a path is made unique by its module.
            if let Some(module) = module.filter(|_| !function.contains("::")) {
                self.field(module.as_bytes());
            }
            self.field(function.as_bytes());
        }
        known
    }

    fn signal(&mut self, signal: &Exception, images: &[Image]) {
        self.field(signal.type_name.as_bytes());
        // Libraries are skipped, because they differ between machines.
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

    /// Adds a field and an end mark, so that `ab`, `c` and `a`, `bc` differ.
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
