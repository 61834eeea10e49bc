//! Finds tokens without a known format, because they do not look like words.
//!
//! The names of types, functions and files consist of words. In words, at least two thirds of the pairs of neighbouring
//! letters are among the commonest third of all pairs; in random text, one third of the pairs are. This distinguishes a
//! key of 20 characters from an identifier of the same length better than Shannon's entropy does, which is equal for
//! both at such lengths.

use super::cursor::Cursor;
use super::hash::is_hash;
use super::{BuiltIn, encoded};

/// The shortest token, in characters.
const SHORTEST: usize = 20;

/// The shortest secret in hexadecimal digits: 32 digits are 128 bits. Shorter ones are ids, offsets and constants.
const HEX: usize = 32;

/// Number of separate runs of digits from which the words between them count as chance. A name made of words has one or
/// two runs.
const SCATTERED: usize = 4;

/// For each letter, the letters that commonly follow it. These are the 230 commonest pairs, which are 88 % of the pairs
/// in the Rust and Python sources of a development machine.
static PAIRS: [u32; 26] = [
    0x11eb94e, 0x0144911, 0x01e4d95, 0x0564919, 0x1aef97f, 0x0064931, 0x0062190, 0x0004111, 0x22ef87f,
    0x0000000, 0x0040110, 0x11cc919, 0x014c113, 0x03c617d, 0x07ef96e, 0x01ec995, 0x0100000, 0x13ef95d,
    0x31cc195, 0x11ec9bd, 0x00eb936, 0x0000111, 0x0042111, 0x0080000, 0x0048000, 0x0000010,
];

pub(super) fn is_common(a: u8, b: u8) -> bool {
    let place = |b: u8| usize::from(b.to_ascii_lowercase().wrapping_sub(b'a'));
    PAIRS.get(place(a)).is_some_and(|row| place(b) < 26 && row >> place(b) & 1 == 1)
}

/// The statistics of a stretch of text.
#[derive(Default)]
struct CharStats {
    len: usize,
    digits: usize,
    /// The number of runs of digits.
    digit_runs: usize,
    lower: usize,
    upper: usize,
    hex: usize,
    pairs: usize,
    common: usize,
    switches: usize,
    /// One bit for each character that occurs in the text.
    seen: u128,
}

impl CharStats {
    fn at(text: &[u8]) -> Self {
        let mut stats = Self::default();
        let mut last = 0_u8;
        for b in text.iter().copied() {
            stats.len += 1;
            stats.digits += usize::from(b.is_ascii_digit());
            stats.digit_runs += usize::from(b.is_ascii_digit() && !last.is_ascii_digit());
            stats.lower += usize::from(b.is_ascii_lowercase());
            stats.upper += usize::from(b.is_ascii_uppercase());
            stats.hex += usize::from(b.is_ascii_hexdigit());
            if last.is_ascii_alphanumeric()
                && b.is_ascii_alphanumeric()
                && !(last.is_ascii_digit() && b.is_ascii_digit())
            {
                stats.pairs += 1;
                stats.common += usize::from(is_common(last, b));
                stats.switches += usize::from(class(last) != class(b));
            }
            stats.seen |= 1 << (b & 0x7f);
            last = b;
        }
        stats
    }

    fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// Are there about as many capitals as small letters, or more? Such text is not `camelCase`.
    fn is_even(&self) -> bool {
        self.lower.min(self.upper) * 10 >= self.letters() * 3
            || (self.upper > self.lower && self.lower * 5 >= self.letters())
    }

    fn is_random(&self) -> bool {
        let alnum = self.letters() + self.digits;
        // A text of few different characters is not a secret: `xxxxxxxx`, `abababab`.
        let varied = self.seen.count_ones() >= 8;
        if alnum < SHORTEST || self.letters() * 4 < alnum || self.pairs < 10 || !varied {
            return false;
        }
        let common = |tenths: usize| self.common * 10 < self.pairs * tenths;
        let changing = |part: usize| self.switches * part >= self.pairs && self.lower > 0 && self.upper > 0;
        let mixed = changing(3);
        let even = self.is_even();
        let scattered = alnum >= 24 && mixed && even && common(8);
        match self.digits {
            0 => (alnum >= HEX && (common(4) || ((even || changing(4)) && common(6)))) || scattered,
            1 => common(6) || (alnum >= HEX && even && common(7)) || scattered,
            _ => common(6) || (mixed && common(7)) || scattered,
        }
    }
}

const fn class(b: u8) -> u8 {
    match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    }
}

/// The token without a known format in the segment from `start` to `end`. The segment consists of letters, digits, `_`,
/// `-`, `+` and `/`.
pub(super) fn find(cursor: Cursor<'_>, start: usize, end: usize) -> Option<(usize, usize, BuiltIn)> {
    let text = cursor.slice(start, end);
    if text.len() < SHORTEST || is_mangled(text) {
        return None;
    }
    if let Some((start, end)) = uuid(cursor, start, end) {
        return Some((start, end, BuiltIn::Uuid));
    }
    if is_secret(cursor, start, end) {
        return Some((start, end, BuiltIn::RandomToken));
    }
    let mut at = start;
    while at < end {
        let stop = cursor.ahead_at_most(at, end - at, |b| b.is_ascii_alphanumeric());
        if stop - at >= SHORTEST && is_secret(cursor, at, stop) {
            // Text that is joined to the token without a slash mostly belongs to it. After a slash it does if no path has
            // such a name, or if there is a plus sign, as in base64.
            let from = cursor.back(at, start, |b| b != b'/');
            let to = cursor.ahead_at_most(stop, end - stop, |b| b != b'/');
            let is_base64 = text.contains(&b'+');
            let from = if is_base64 || is_odd(cursor.slice(start, from)) { start } else { from };
            let to = if is_base64 || is_odd(cursor.slice(to, end)) { end } else { to };
            return Some((from, to, BuiltIn::RandomToken));
        }
        at = cursor.ahead_at_most(stop, end - stop, |b| !b.is_ascii_alphanumeric()).max(at + 1);
    }
    None
}

/// Is this a part of base64 rather than of a path: with a plus sign, or with digits beside letters of both cases?
pub(super) fn is_odd(text: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| text.iter().any(class);
    text.contains(&b'+')
        || (has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
}

fn is_secret(cursor: Cursor<'_>, start: usize, end: usize) -> bool {
    let hex = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
    let prefixed = cursor.has_any_case(start, b"0x") && hex(cursor.slice(start + 2, end));
    let start = if prefixed { start + 2 } else { start };
    let text = cursor.slice(start, end);
    let stats = CharStats::at(text);
    if stats.hex == stats.len {
        let mixed = stats.digits > 0 && stats.digits < stats.len;
        if mixed && encoded::is_hex_text(cursor.slice(start, end)) {
            return true;
        }
        return mixed
            && stats.len >= HEX
            && stats.seen.count_ones() >= 8
            && !is_hash(cursor, start, stats.len);
    }
    stats.is_random() && (stats.digit_runs >= SCATTERED || !is_camel_case(text, &stats))
}

/// Is this a name like `x86ToArm64Translator`? Most of its letters are in words of four or more letters, and most of
/// its pairs are common. With three separate runs of digits, nearly all of its letters must be in such words.
///
/// Of a text of [`HEX`] characters with so many capitals more is asked. Then 7 of a million random texts of letters and
/// digits pass for names, and 12 of 52,000 names in the sources of other projects for random.
fn is_camel_case(text: &[u8], stats: &CharStats) -> bool {
    let is_strict = stats.is_even() && stats.letters() + stats.digits >= HEX;
    let share = match stats.digit_runs {
        runs if runs + 1 >= SCATTERED => 8,
        _ if is_strict => 7,
        _ => 6,
    };
    let (mut inside, mut pairs, mut common) = (0, 0, 0);
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let small = tail.iter().take_while(|b| b.is_ascii_lowercase()).count();
        if first.is_ascii_alphabetic() && small >= 3 {
            let word = rest.get(..=small).unwrap_or_default();
            inside += word.len();
            pairs += small;
            common += word.windows(2).filter(|two| matches!(two, [a, b] if is_common(*a, *b))).count();
        }
        rest = tail.get(small..).unwrap_or_default();
    }
    inside * 10 >= stats.letters() * share && common * 10 >= pairs * 7
}

/// Is this a symbol that rustc or C++ has mangled? Such a symbol is a name with the lengths of its parts.
fn is_mangled(text: &[u8]) -> bool {
    let start = text.iter().position(|b| *b != b'_').unwrap_or(0);
    let name = text.get(start..).unwrap_or_default();
    start > 0
        && (name.starts_with(b"ZN")
            || name.starts_with(b"RN")
            || name.starts_with(b"RIN")
            || name.starts_with(b"Z"))
        && !text.contains(&b'-')
}

/// A UUID (RFC 9562) that is not nil. It holds 122 random bits, or a clock and the address of a network card.
fn uuid(cursor: Cursor<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    const SHAPE: [usize; 5] = [8, 4, 4, 4, 12];
    let mut at = start;
    while at + 36 <= end {
        let mut i = at;
        let mut random = false;
        let fits = SHAPE.iter().enumerate().all(|(n, len)| {
            let part = cursor.slice(i, i + len);
            random |= part.iter().any(|b| *b != b'0');
            i += len + 1;
            part.iter().all(u8::is_ascii_hexdigit) && (n == 4 || cursor.at(i - 1) == b'-')
        });
        let behind = at + 36;
        if fits
            && random
            && !cursor.before(at).is_ascii_alphanumeric()
            && !cursor.at(behind).is_ascii_alphanumeric()
        {
            return Some((at, behind));
        }
        // Goes on to the next piece of letters and digits.
        at = cursor.ahead_at_most(at, end - at, |b| b.is_ascii_alphanumeric());
        at = cursor.ahead_at_most(at, end - at, |b| !b.is_ascii_alphanumeric());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<&str> {
        let cursor = Cursor::new(text.as_bytes());
        let (start, end, _) = find(cursor, 0, text.len())?;
        text.get(start..end)
    }

    #[test]
    fn random_text_is_taken() {
        for text in [
            "x7Gh29KlQp4Zt8Vw1Rm3",
            "a8f5f167f44f4964e6c998dee827110c",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "550e8400-e29b-41d4-a716-446655440000",
            "k3j9x7q2m5v8z1w4p6r0",
            "YWRhOmh1bnRlcjItYW5kLW1vcmUtdGhhbi10aGF0",
            // A random text that looks like words.
            "8p8vEPOfraAcfgFOplaghu7EiscQIP5F",
            "LoftBnvHiocQonuH22b2QzclalBu20Ka",
            "uIOk4RYLULQITllaBXmSTTCRKEAMJaes",
            "rcekSXtoLglinswcwcwtgftIaFtmceBC",
            "RWZomCexjPfeFcwtwrpPwinsdzYbostU",
            "LpufzO2IjQbil4Holl226iAWuZBilpJN",
            "0xuolqmjviJHOAVQSKnjLgJzyRHYIYoP",
            "u+A9vaE7NsZ5gg9zLxGv0hb4myzknIRh9/kIVs2q",
            "IOWfVuUSBEnsaurwPyxg72TnvIncrrtu",
            "u+aCLGGp101GqOWpGqxATto932/edUUPfgYYwXXS",
            "T6AE7/u+4PIWjUcyhkgEb31kdFN/4nWsCOK+CGns",
            "F9yVhHS+//seSeoeAGS85FftqA/KvpJCWATn559I",
            "sq0RRQQYQcs2EgB3osJKTKCwkCnYX3j/ygt+XnQW",
            "ygt+XnQW/sq0RRQQYQcs2EgB3osJKTKCwkCnYX3j",
            "kjiLM11a+viuLzS4anl/u+OzL4JEq5uaPiOSEl8T",
        ] {
            assert_eq!(taken(text), Some(text));
        }
    }

    #[test]
    fn names_are_not() {
        for text in [
            "tokio-runtime-worker-12",
            "x86_64-unknown-linux-gnu",
            "drop_in_place_u8_slice_2",
            "_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE",
            "getUserProfileByIdentifier2",
            "xmlSecGnuTLSTransformHmacMd5GetKlass",
            "NonNullU32AndThenSome16BitInteger",
            "CryptCATCDFEnumAttributesWithCDFTagName",
            "library/core/src/num/uint_macros",
            "00000000-0000-0000-0000-000000000000",
            "0123456789abcdef",
            "20261120120000123456",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "h264_nvenc_10bit_encoder_settings",
            "deadbeefdeadbeef",
        ] {
            assert_eq!(taken(text), None, "{text}");
        }
    }

    #[test]
    fn hashes_that_are_called_so_stay() {
        let hash = "a8f5f167f44f4964e6c998dee827110ca8f5f167f44f4964e6c998dee827110c";
        let text = format!("checksum mismatch: sha256:{hash}");
        let start = text.len() - hash.len();
        assert!(!is_secret(Cursor::new(text.as_bytes()), start, text.len()));
        assert!(is_secret(Cursor::new(hash.as_bytes()), 0, hash.len()));
    }
}
