//! Bars of a picture. Each stands for a span of days.

/// The width of a bar including the gap after it, and the height of the highest bar, in units of the picture.
pub(crate) const STEP: u64 = 10;
pub(crate) const HEIGHT: u64 = 40;

/// The bar for a span of days, and its number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) x: u64,
    pub(crate) y: u64,
    pub(crate) height: u64,
    pub(crate) n: u64,
    /// The first day of the span.
    pub(crate) day: String,
}

impl Bar {
    /// The bar at a place, counted from 0, of a picture whose highest bar stands for `most`.
    pub(crate) fn new(at: u64, n: u64, most: u64, day: String) -> Self {
        // At least 2, so that every number is visible.
        let height = part(n, most, HEIGHT).max(2);
        Self { x: at * STEP + 1, y: HEIGHT - height, height, n, day }
    }
}

/// The length of a bar for `n`, where one for `most` has the length `whole`.
pub(crate) fn part(n: u64, most: u64, whole: u64) -> u64 {
    // The product fits into 128 bits for every number.
    let length = u128::from(n) * u128::from(whole) / u128::from(most.max(1));
    u64::try_from(length).unwrap_or(whole).min(whole)
}
