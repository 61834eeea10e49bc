//! Systems on which nothing is recorded.

use std::path::Path;

use crate::{Consent, InstallError, Plan};

pub(crate) fn install(_: &Plan<'_>) -> Result<(), InstallError> {
    Err(InstallError::Unsupported)
}

pub(crate) fn stamp(_: [Option<&Path>; 2]) -> u64 {
    0
}

pub(crate) fn arm(_: Consent, _: u64) {}

pub(crate) fn disarm() {}

pub(crate) fn survived() -> bool {
    false
}
