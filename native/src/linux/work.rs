//! Makes one record, from a signal to a file.

use crawl4ai_telemetry_native_walk::name::Wait;
use crawl4ai_telemetry_native_walk::record::{self, Prepared};
use crawl4ai_telemetry_native_walk::{Arch, Death, Id, Probe, Reader, Registers, name};
use crawl4ai_telemetry_sys::linux::kernel::{self, Descriptor, Errno, ZeroTerminated};
use crawl4ai_telemetry_sys::linux::{Claim, Fault, on_own_stack};

use super::armed;
use super::chain::CHAIN;
use super::memory::{OwnMemory, Proc};
use super::state::{STATE, State};
use crate::Consent;

/// The end of the walk, in nanoseconds of processor time from the signal on. With the writing it stays below the
/// promised 50 ms. The limit is not clock time, because a record must have the same frames on a busy machine.
const WALK: u64 = 45_000_000;

/// The end of the reading of the mappings, in the same time. The rest of it is enough for the deepest walk. A process
/// may have 65,530 mappings, which take 100 ms.
const MAPS: u64 = 30_000_000;

/// Reads of the mappings between two looks at the clock.
const READS: u32 = 16;

/// The end of both in clock time, in nanoseconds. It is less than the time that other threads wait for a record.
const BY_CLOCK: u64 = 400_000_000;

/// Longest wait for another thread that records, in milliseconds.
const PATIENCE: u32 = 500;

/// Does the process surely end by this signal?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Certain,
    /// The previous handler may repair the fault.
    Unknown,
}

/// The result of an attempt to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    Now,
    /// Nothing was recorded, because there is no consent, another crash was recorded first, or the record could not be
    /// written.
    Not,
}

struct Job<'a, 'f> {
    state: Claim<'a, State>,
    fault: &'a Fault<'f>,
    end: End,
    stored: bool,
}

/// Records a crash, if nothing else was recorded in this process.
pub(super) fn record(fault: &Fault<'_>, end: End) -> Recorded {
    if !armed::is_armed() {
        return Recorded::Not;
    }
    let Some(state) = claim() else { return Recorded::Not };
    let mut job = Job { state, fault, end, stored: false };
    on_own_stack(&mut job, |job| job.stored = job.run().is_some());
    if job.stored {
        if end == End::Unknown {
            CHAIN.announce();
        }
        // The claim is kept, so that only the first crash is reported.
        return Recorded::Now;
    }
    job.state.release();
    Recorded::Not
}

/// Claims the memory for a crash; `None` if a crash was recorded already. Waits while another thread records a crash,
/// because the process must not end before that record is written.
fn claim() -> Option<Claim<'static, State>> {
    for _ in 0..PATIENCE {
        match STATE.claim() {
            Ok(state) => return Some(state),
            Err(taken) if taken.by_this_thread || !taken.in_use => return None,
            Err(_) => kernel::sleep(1_000_000),
        }
    }
    None
}

fn probe(fault: &Fault<'_>) -> Probe {
    Probe { address: fault.address(), stack_pointer: fault.stack_pointer(), is_unmapped: fault.is_unmapped() }
}

/// The record of this process, if it has one. While this is held, no other thread can record.
pub(super) fn stored() -> Option<Claim<'static, State>> {
    STATE.reclaim()
}

/// Removes the record of a signal that the process survived. If the process surely ends, the record stays.
pub(super) fn withdraw(mut state: Claim<'_, State>) -> bool {
    let Some(locked) = state.locked.take() else { return false };
    locked.close_after(|| {
        if let Some(path) = ZeroTerminated::new(state.stored.bytes()) {
            // If the record cannot be removed, it is reported as a crash later.
            let _ = kernel::remove(path);
        }
    });
    state.stored.clear();
    state.release();
    true
}

impl Job<'_, '_> {
    fn run(&mut self) -> Option<()> {
        let start = Start::now();
        let arch = Arch::HERE?;
        let state = &mut *self.state;
        // It is another process's: of the parent, or of a child that has used this memory (`vfork`) and whose descriptors
        // had the same numbers.
        if let Some(inherited) = state.locked.take() {
            inherited.forget();
        }
        let consent = armed::consent(&state.answers)?;
        let limit = allow_descriptors();
        let (general, pc) = self.fault.registers();
        let probe = probe(self.fault);
        let proc = read_maps(state, probe, start);
        let mut memory = OwnMemory::open(proc, &mut state.buffer);
        state.lines.clear();
        let State { maps, lines, walk, .. } = state;
        let mut reader = Reader::new(&mut memory, lines);
        let registers = Registers { general, pc };
        walk.run(&mut reader, arch, maps, registers, || start.is_longer_ago_than(WALK));
        drop(memory);

        let death = Death {
            signal: self.fault.signal(),
            code: self.fault.code(),
            by_instruction: self.fault.is_by_instruction(),
            address: probe.address,
            pc,
            is_stack_overflow: state.maps.is_stack_overflow(),
            crossed: state.walk.crossed(),
        };
        let milliseconds = kernel::realtime() / 1_000_000;
        let id = Id::from_random(kernel::random().unwrap_or_else(|| poor_random(start.clock)));
        let State { head, head_and_tail, kind, record, walk, maps, .. } = state;
        let (head, tail) = head_and_tail.bytes().split_at_checked(*head)?;
        let prepared = Prepared { head, kind: kind.bytes(), tail };
        record::write(record, &prepared, id, milliseconds, &death, walk, maps);
        let stored = super::store::store(state, id, milliseconds, wait_of(self.end, consent), |state| {
            armed::consent(&state.answers) == Some(consent)
        });
        if let Some((soft, hard)) = limit {
            // If this fails, the process ends with a higher limit.
            let _ = kernel::set_descriptor_limit(soft, hard);
        }
        stored.then_some(())
    }
}

const fn wait_of(end: End, consent: Consent) -> Wait {
    match (end, consent) {
        (End::Certain, Consent::Given) => Wait::Delivery,
        (End::Certain, Consent::Awaited) => Wait::Answer,
        (End::Unknown, Consent::Given) => Wait::End,
        (End::Unknown, Consent::Awaited) => Wait::EndAndAnswer,
    }
}

/// When the work for a signal began.
#[derive(Clone, Copy)]
struct Start {
    clock: u64,
    thread_time: u64,
}

impl Start {
    fn now() -> Self {
        Self { clock: kernel::monotonic(), thread_time: kernel::thread_time() }
    }

    fn is_longer_ago_than(self, thread_time: u64) -> bool {
        kernel::thread_time().wrapping_sub(self.thread_time) > thread_time
            || kernel::monotonic().wrapping_sub(self.clock) > BY_CLOCK
    }
}

/// Reads the mappings, or as many as there is time for, and returns the folder in `/proc` from which they were read.
fn read_maps(state: &mut State, probe: Probe, start: Start) -> Proc {
    for proc in [Proc::Process, Proc::Thread] {
        state.maps.begin(probe);
        if let Ok(file) = Descriptor::read_only(proc.maps()) {
            feed_maps(state, &file, start);
        }
        if !state.maps.is_empty() {
            return proc;
        }
    }
    Proc::Thread
}

fn feed_maps(state: &mut State, file: &Descriptor, start: Start) {
    let mut reads = 0_u32;
    loop {
        reads = reads.wrapping_add(1);
        if reads.is_multiple_of(READS) && start.is_longer_ago_than(MAPS) {
            return;
        }
        match file.read(&mut state.buffer) {
            Ok(0) => return,
            Ok(length) => state.maps.feed(state.buffer.get(..length).unwrap_or_default()),
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// If the process has reached its limit of descriptors, raises the limit as far as allowed. Returns the limits to
/// restore.
fn allow_descriptors() -> Option<(u64, u64)> {
    let Err(Errno::MFILE) = Descriptor::read_only(Proc::Process.maps()).map(drop) else { return None };
    let (soft, hard) = kernel::descriptor_limit().ok()?;
    kernel::set_descriptor_limit(hard, hard).ok()?;
    Some((soft, hard))
}

/// Bytes for an id, from values that differ from crash to crash. They are for a machine that has no random numbers yet.
fn poor_random(begin: u64) -> [u8; 16] {
    let process = u64::from(kernel::process()).wrapping_shl(32) | u64::from(kernel::thread());
    let high = name::checksum(&(kernel::realtime() ^ process).to_le_bytes());
    let low = name::checksum(&(begin ^ high).to_le_bytes());
    (u128::from(high).wrapping_shl(64) | u128::from(low)).to_le_bytes()
}
