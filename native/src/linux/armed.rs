//! Whether a crash may be recorded: one atomic, and the files that it was read from as they were then.

use std::sync::atomic::{AtomicU64, Ordering};

use crawl4ai_telemetry_native_walk::name::checksum;
use crawl4ai_telemetry_sys::linux::kernel::{self, ZeroTerminated};

use super::PathText;
use crate::Consent;

/// 0, or the consent in the two lowest bits and the stamp of both files in the others.
static ARMED: AtomicU64 = AtomicU64::new(0);

const CONSENT: u64 = 3;
const GIVEN: u64 = 1;
const AWAITED: u64 = 2;

pub(super) fn arm(consent: Consent, stamp: u64) {
    let consent = match consent {
        Consent::Given => GIVEN,
        Consent::Awaited => AWAITED,
    };
    ARMED.store(stamp & !CONSENT | consent, Ordering::Release);
}

pub(super) fn disarm() {
    ARMED.store(0, Ordering::Release);
}

/// May a crash be recorded? Opens nothing.
pub(super) fn is_armed() -> bool {
    ARMED.load(Ordering::Acquire) & CONSENT != 0
}

/// The consent, if both files are still those that it was read from.
pub(super) fn consent(answers: &[PathText; 2]) -> Option<Consent> {
    let armed = ARMED.load(Ordering::Acquire);
    let consent = match armed & CONSENT {
        GIVEN => Consent::Given,
        AWAITED => Consent::Awaited,
        _ => return None,
    };
    (stamp(answers) & !CONSENT == armed & !CONSENT).then_some(consent)
}

/// Which files they are, in a number. A file that is not there has a state of its own, and so has each reason why one
/// cannot be looked at.
pub(super) fn stamp(answers: &[PathText; 2]) -> u64 {
    let mut bytes = [0_u8; 80];
    for (to, from) in bytes.iter_mut().zip(answers.iter().flat_map(state).flat_map(u64::to_le_bytes)) {
        *to = from;
    }
    checksum(&bytes)
}

fn state(file: &PathText) -> [u64; 5] {
    let Some(path) = ZeroTerminated::new(file.bytes()) else { return [0; 5] };
    match kernel::stamp(path) {
        Ok(fields) => fields,
        Err(error) => [u64::MAX, error.0 as u64, 0, 0, 0],
    }
}
