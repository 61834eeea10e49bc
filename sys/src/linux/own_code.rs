//! The addresses of this module's code. The module is the program, or the library that this code is a part of.

use core::ffi::{c_int, c_void};
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

/// The start and the end of this module's code.
static OWN_CODE: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// Finds the module of the function at `here` among the loaded modules. It is called before a crash, because the loader
/// takes a lock.
pub(super) fn find(here: usize) -> bool {
    let here = ptr::without_provenance_mut(here);
    // SAFETY: `look` has the signature that is asked for, does not unwind, and takes its data for a number.
    unsafe { libc::dl_iterate_phdr(Some(look), here) == 1 }
}

unsafe extern "C" fn look(module: *mut libc::dl_phdr_info, _: libc::size_t, here: *mut c_void) -> c_int {
    // SAFETY: the loader gives a pointer that is valid during the call.
    let module = unsafe { &*module };
    for at in 0..usize::from(module.dlpi_phnum) {
        // SAFETY: the loader says that there are that many headers.
        let header = unsafe { &*module.dlpi_phdr.add(at) };
        let start = (module.dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
        let end = start.wrapping_add(header.p_memsz as usize);
        if header.p_type == libc::PT_LOAD && (start..end).contains(&here.addr()) {
            let [first, last] = &OWN_CODE;
            first.store(start, Ordering::Relaxed);
            last.store(end, Ordering::Relaxed);
            return 1;
        }
    }
    0
}

/// Is `address` in the code of this module?
pub(super) fn is_own_code(address: usize) -> bool {
    let [first, last] = &OWN_CODE;
    (first.load(Ordering::Relaxed)..last.load(Ordering::Relaxed)).contains(&address)
}
