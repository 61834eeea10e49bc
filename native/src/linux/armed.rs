//! Whether a crash may be recorded: one atomic with the consent and the state of the configuration file.

use std::sync::atomic::{AtomicU64, Ordering};

use crawl4ai_telemetry_native_walk::name::checksum;
use crawl4ai_telemetry_sys::linux::kernel::{self, ZeroTerminated};

use super::PathText;
use crate::Consent;

/// 0, or the consent in the two lowest bits and the configuration's stamp in the others.
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

/// The consent, if the configuration is still in the state that it was read from.
pub(super) fn consent(configuration: &PathText) -> Option<Consent> {
    let armed = ARMED.load(Ordering::Acquire);
    let consent = match armed & CONSENT {
        GIVEN => Consent::Given,
        AWAITED => Consent::Awaited,
        _ => return None,
    };
    (stamp(configuration) & !CONSENT == armed & !CONSENT).then_some(consent)
}

/// The state of the configuration file as a number. A missing file has its own number, and so has each error.
pub(super) fn stamp(configuration: &PathText) -> u64 {
    let Some(path) = ZeroTerminated::new(configuration.bytes()) else { return 0 };
    let fields = match kernel::stamp(path) {
        Ok(fields) => fields,
        Err(error) => [u64::MAX, error.0 as u64, 0, 0, 0],
    };
    let mut bytes = [0_u8; 40];
    for (to, from) in bytes.iter_mut().zip(fields.iter().flat_map(|field| field.to_le_bytes())) {
        *to = from;
    }
    checksum(&bytes)
}
