//! Random values whose seed is printed, so that a run can be repeated.

use std::hash::{BuildHasher, RandomState};

pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A new seed for this run. `PLANTED_SEED=…`, set when compiling, repeats an earlier run.
    pub(crate) fn fresh_seed() -> u64 {
        let given = option_env!("PLANTED_SEED").and_then(|seed| seed.parse().ok());
        given.unwrap_or_else(|| RandomState::new().hash_one(0))
    }

    /// The next number of `SplitMix64`.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn of(&mut self, alphabet: &str, n: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..n).map(|_| letters[self.below(letters.len() as u64) as usize]).collect()
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    pub(crate) fn hex(&mut self, n: usize) -> String {
        self.of("0123456789abcdef", n)
    }

    pub(crate) fn digits(&mut self, n: usize) -> String {
        self.of("0123456789", n)
    }

    /// `n` digits, of which the first is not 0.
    pub(crate) fn number(&mut self, n: usize) -> String {
        self.of("123456789", 1) + &self.digits(n - 1)
    }

    pub(crate) fn upper(&mut self, n: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", n)
    }

    pub(crate) fn base36(&mut self, n: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", n)
    }

    pub(crate) fn base62(&mut self, n: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", n)
    }

    pub(crate) fn base64url(&mut self, n: usize) -> String {
        // The text starts and ends with a letter or digit, like a token that was not cut.
        self.base62(1)
            + &self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", n - 2)
            + &self.base62(1)
    }

    pub(crate) fn base64(&mut self, n: usize) -> String {
        self.base62(1)
            + &self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", n - 2)
            + &self.base62(1)
    }

    /// A name that nobody has, so that it cannot occur in a message by chance.
    pub(crate) fn name(&mut self) -> String {
        const PARTS: [&str; 12] =
            ["zor", "vek", "qui", "lam", "bry", "oth", "nix", "ulf", "pem", "jad", "wex", "gro"];
        (0..3).map(|_| self.pick(&PARTS)).collect()
    }
}
