//! Text in a buffer of fixed size: bytes, numbers and times. It is written without the standard library's formatting,
//! which can panic.

/// At most `N` bytes. A part that does not fit is not written at all, and [`Self::is_whole`] is false from then on.
///
/// ```
/// use crawl4ai_telemetry_native_walk::Text;
///
/// let mut text = Text::<16>::new();
/// text.put(b"0x");
/// text.hexadecimal(0x1f3a0, 1);
/// assert_eq!((text.bytes(), text.is_whole()), (&b"0x1f3a0"[..], true));
/// text.decimal(1_234_567_890, 1);
/// assert!(!text.is_whole());
/// ```
#[derive(Debug)]
// The length is first, so that a short text in a large buffer touches one page.
#[repr(C)]
pub struct Text<const N: usize> {
    length: usize,
    lost: bool,
    bytes: [u8; N],
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Text<N> {
    /// An empty text.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; N], length: 0, lost: false }
    }

    /// Removes all bytes.
    pub fn clear(&mut self) {
        self.length = 0;
        self.lost = false;
    }

    /// The bytes that were written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Did every part fit?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.lost
    }

    /// Writes bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        let Some(room) = self.bytes.get_mut(self.length..end) else {
            self.lost = true;
            return;
        };
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.length = end;
    }

    /// Writes a number with at least `width` digits.
    pub fn decimal(&mut self, number: u64, width: usize) {
        self.digits(number, width, 10);
    }

    /// Writes a number with at least `width` lower-case hexadecimal digits.
    pub fn hexadecimal(&mut self, number: u64, width: usize) {
        self.digits(number, width, 16);
    }

    fn digits(&mut self, number: u64, width: usize, base: u64) {
        // 2 to the power of 64 has 20 decimal digits.
        let mut digits = [b'0'; 20];
        let mut rest = number;
        let mut written = 0_usize;
        for slot in digits.iter_mut().rev() {
            let digit = (if base == 10 { rest % 10 } else { rest % 16 }) as u8;
            rest = if base == 10 { rest / 10 } else { rest / 16 };
            *slot =
                if digit < 10 { b'0'.wrapping_add(digit) } else { b'a'.wrapping_add(digit.wrapping_sub(10)) };
            written = written.wrapping_add(1);
            if rest == 0 && written >= width {
                break;
            }
        }
        let from = digits.len().saturating_sub(written);
        self.put(digits.get(from..).unwrap_or_default());
    }

    /// Writes milliseconds since 1970 in the form of RFC 3339, in UTC.
    pub fn time(&mut self, milliseconds: u64) {
        let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
        let (year, month, day) = date(days);
        self.decimal(year, 4);
        for (mark, number) in [(b"-", month), (b"-", day), (b"T", rest / 3_600_000)] {
            self.put(mark);
            self.decimal(number, 2);
        }
        for number in [rest / 60_000 % 60, rest / 1000 % 60] {
            self.put(b":");
            self.decimal(number, 2);
        }
        self.put(b".");
        self.decimal(rest % 1000, 3);
        self.put(b"Z");
    }
}

/// Year, month and day of a day since 1970, from Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `civil_from_days`.
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days.wrapping_add(719_468);
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let years = day_of_era
        .wrapping_sub(day_of_era / 1460)
        .wrapping_add(day_of_era / 36_524)
        .wrapping_sub(day_of_era / 146_096)
        / 365;
    let before = years.wrapping_mul(365).wrapping_add(years / 4).wrapping_sub(years / 100);
    let day_of_year = day_of_era.wrapping_sub(before);
    let from_march = day_of_year.wrapping_mul(5).wrapping_add(2) / 153;
    let day = day_of_year.wrapping_sub(from_march.wrapping_mul(153).wrapping_add(2) / 5).wrapping_add(1);
    let month = if from_march < 10 { from_march.wrapping_add(3) } else { from_march.wrapping_sub(9) };
    let year = years.wrapping_add(era.wrapping_mul(400)).wrapping_add(u64::from(month <= 2));
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Text<64>)) -> String {
        let mut text = Text::new();
        write(&mut text);
        String::from_utf8(text.bytes().to_vec()).expect("text")
    }

    #[test]
    fn numbers() {
        for (number, width) in [(0, 1), (0, 5), (7, 1), (255, 2), (u64::MAX, 1), (u64::MAX, 19), (4096, 8)] {
            assert_eq!(written(|t| t.decimal(number, width)), format!("{number:0width$}"));
            if width <= 16 {
                assert_eq!(written(|t| t.hexadecimal(number, width)), format!("{number:0width$x}"));
            }
        }
    }

    #[test]
    fn times() {
        for (milliseconds, time) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (1_763_678_400_123, "2025-11-20T22:40:00.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(written(|t| t.time(milliseconds)), time);
        }
    }

    #[test]
    fn what_does_not_fit_is_lost_whole_and_told() {
        let mut text = Text::<4>::new();
        text.put(b"abcd");
        assert!(text.is_whole());
        text.put(b"e");
        assert_eq!((text.bytes(), text.is_whole()), (&b"abcd"[..], false));
        text.clear();
        assert_eq!((text.bytes(), text.is_whole()), (&b""[..], true));
    }
}
