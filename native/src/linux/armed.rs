//! Whether a crash may be recorded: one atomic value, which holds the consent and the state of the files from which the
//! consent was read.

use std::sync::atomic::Ordering;

use crawl4ai_telemetry_native_walk::name::checksum;
use crawl4ai_telemetry_sys::linux::kernel::{self, ZeroTerminated};

use super::PathText;
use super::state::STATE;
use crate::Consent;

/// The bits of the consent in [`STATE`]'s `armed`. If nothing may be recorded, the whole value is 0. Otherwise the other
/// bits are the stamp of both files.
const CONSENT: u64 = 3;
const GIVEN: u64 = 1;
const AWAITED: u64 = 2;

pub(super) fn arm(consent: Consent, stamp: u64) {
    let consent = match consent {
        Consent::Given => GIVEN,
        Consent::Awaited => AWAITED,
    };
    STATE.armed.store(stamp & !CONSENT | consent, Ordering::Release);
}

pub(super) fn disarm() {
    STATE.armed.store(0, Ordering::Release);
}

/// May a crash be recorded? This opens no file.
pub(super) fn is_armed() -> bool {
    STATE.armed.load(Ordering::Acquire) & CONSENT != 0
}

/// The consent, if both files are unchanged since it was read.
pub(super) fn consent(answers: &[PathText; 2]) -> Option<Consent> {
    let armed = STATE.armed.load(Ordering::Acquire);
    let consent = match armed & CONSENT {
        GIVEN => Consent::Given,
        AWAITED => Consent::Awaited,
        _ => return None,
    };
    (stamp(answers) & !CONSENT == armed & !CONSENT).then_some(consent)
}

/// A number for the state of both files. A missing file has a state of its own, and so has each error that prevents
/// looking at a file.
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
