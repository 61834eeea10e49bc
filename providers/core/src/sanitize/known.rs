//! Values that are known to be personal: matched exactly, before any pattern.

use super::Redaction;

/// The values of this machine and of the program that must never leave.
///
/// The library fills it from its one look at the environment; this crate reads no environment itself.
#[derive(Clone, Debug, Default)]
pub struct Known {
    values: Vec<(Redaction, Box<str>)>,
}

impl Known {
    /// Shorter values are ignored, in bytes: `root` hides nobody, and `a` would match everywhere.
    pub const SHORTEST: usize = 3;

    /// Adds a value. Longer values are matched before shorter ones.
    pub fn add(&mut self, kind: Redaction, value: &str) {
        let value = value.trim();
        if value.len() < Self::SHORTEST || self.values.iter().any(|(_, v)| &**v == value) {
            return;
        }
        let at = self.values.partition_point(|(_, v)| v.len() >= value.len());
        self.values.insert(at, (kind, value.into()));
    }

    /// The values, longest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Redaction, &str)> {
        self.values.iter().map(|(kind, value)| (*kind, &**value))
    }
}
