//! Linux: the setup before a crash.

mod armed;
mod chain;
mod handler;
mod locked;
mod memory;
mod state;
mod store;
mod work;

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crawl4ai_telemetry_native_walk::Text;
use crawl4ai_telemetry_native_walk::record::PREPARED;
use crawl4ai_telemetry_sys::linux as sys;

use crate::{Consent, InstallError, Plan};
use state::{PATH, STATE};

/// Longest kind of an exception, in bytes.
const KIND: usize = 16;

pub(crate) fn install(plan: &Plan<'_>) -> Result<(), InstallError> {
    check(plan)?;
    let mut state = STATE.claim().map_err(|_| InstallError::Busy)?;
    replace(&mut state.spool, plan.spool.as_os_str().as_bytes());
    for (text, path) in state.answers.iter_mut().zip([plan.configuration, plan.machine_policy]) {
        zero_terminate(text, path);
    }
    replace(&mut state.kind, plan.kind.as_bytes());
    replace(&mut state.head_and_tail, plan.head.as_bytes());
    state.head_and_tail.put(plan.tail.as_bytes());
    state.head = plan.head.len();
    state.release();
    sys::install(handler::on_fault).map_err(|_| InstallError::Refused)
}

fn replace<const N: usize>(text: &mut Text<N>, with: &[u8]) {
    text.clear();
    text.put(with);
}

/// Writes a path with a zero byte at its end, or nothing without a path.
fn zero_terminate(text: &mut PathText, path: Option<&Path>) {
    text.clear();
    if let Some(path) = path {
        text.put(path.as_os_str().as_bytes());
        text.put(b"\0");
    }
}

fn check(plan: &Plan<'_>) -> Result<(), InstallError> {
    let is_path = |path: &Path| {
        let bytes = path.as_os_str().as_bytes();
        path.is_absolute() && bytes.len() <= PATH && !bytes.contains(&0)
    };
    if !is_path(plan.spool) || ![plan.configuration, plan.machine_policy].into_iter().flatten().all(is_path) {
        return Err(InstallError::Path);
    }
    let is_kind = plan.kind.len() <= KIND && plan.kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let is_head =
        plan.head.len() <= PREPARED && plan.head.starts_with('{') && !plan.head.ends_with([',', '{']);
    let is_tail = plan.tail.len() <= PREPARED && plan.tail.starts_with(',') && plan.tail.ends_with('}');
    if is_kind && is_head && is_tail { Ok(()) } else { Err(InstallError::Prepared) }
}

pub(crate) fn stamp(answers: [Option<&Path>; 2]) -> u64 {
    armed::stamp(&answers.map(|path| {
        let mut text = PathText::new();
        zero_terminate(&mut text, path);
        text
    }))
}

pub(crate) fn arm(consent: Consent, stamp: u64) {
    armed::arm(consent, stamp);
}

pub(crate) fn disarm() {
    armed::disarm();
}

pub(crate) fn survived() -> bool {
    // A thread that crashed may still be in an earlier handler, which ends the process.
    let is_over = || chain::CHAIN.is_over_here();
    is_over() && work::stored().filter(|_| is_over()).is_some_and(work::withdraw)
}

/// A path with a zero byte at its end.
type PathText = Text<{ PATH + 1 }>;
