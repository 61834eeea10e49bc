//! The signals that a thread blocks.

use core::ptr;

use super::call::call;

/// All signals. The kernel blocks neither `SIGKILL` nor `SIGSTOP`.
pub(super) const ALL: u64 = u64::MAX;

/// The bit of a signal.
pub(super) fn bit(signal: libc::c_int) -> u64 {
    1_u64.wrapping_shl(signal.wrapping_sub(1) as u32)
}

/// The signals 1 to 64 of a set, which are all that the kernel has.
pub(super) fn first_word(set: &libc::sigset_t) -> u64 {
    const { assert!(size_of::<libc::sigset_t>() >= 8 && align_of::<libc::sigset_t>() >= 8) };
    // SAFETY: the set begins with the kernel's 64 bits, by the assertion above.
    unsafe { *ptr::from_ref(set).cast::<u64>() }
}

/// Writes these signals to a set.
pub(super) fn set_first_word(set: &mut libc::sigset_t, word: u64) {
    // SAFETY: the set begins with the kernel's 64 bits, by the assertion in `first_word`, and is borrowed for writing.
    unsafe { *ptr::from_mut(set).cast::<u64>() = word };
}

/// Blocks exactly these signals, and returns the signals that were blocked before.
pub(super) fn set_mask(mask: u64) -> u64 {
    let mut old = 0_u64;
    let arguments =
        [libc::SIG_SETMASK as usize, (&raw const mask) as usize, (&raw mut old) as usize, 8, 0, 0];
    // SAFETY: 8 bytes are read from one local and written to another.
    unsafe { call(libc::SYS_rt_sigprocmask, arguments) };
    old
}

/// Can 8 bytes at this address be read? The kernel reads them as a set of signals, and then refuses the change, because
/// no change has the number that is given.
pub(super) fn is_readable(address: usize) -> bool {
    const NO_CHANGE: usize = u32::MAX as usize;
    // SAFETY: the kernel checks what it reads, and writes nothing.
    let answer = unsafe { call(libc::SYS_rt_sigprocmask, [NO_CHANGE, address, 0, 8, 0, 0]) };
    answer == -(libc::EINVAL as isize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_set_and_given_back() {
        let before = set_mask(bit(libc::SIGUSR1));
        assert_eq!(set_mask(before), bit(libc::SIGUSR1));
        assert_eq!(set_mask(before), before);
        // SAFETY: the set consists of numbers.
        let mut set: libc::sigset_t = unsafe { core::mem::zeroed() };
        set_first_word(&mut set, bit(libc::SIGUSR2));
        // SAFETY: the set is a local.
        assert_eq!(unsafe { libc::sigismember(&set, libc::SIGUSR2) }, 1);
        assert_eq!(first_word(&set), bit(libc::SIGUSR2));
    }

    #[test]
    fn the_kernel_tells_what_can_be_read() {
        let there = 0_u64;
        assert!(is_readable((&raw const there) as usize));
        for nowhere in [0, 8, 0x7000_0000_0000, usize::MAX - 7] {
            assert!(!is_readable(nowhere), "{nowhere:#x}");
        }
    }
}
