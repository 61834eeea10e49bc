//! The addresses of this module's code. The module is the program, or the library that this code is a part of.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicUsize, Ordering};

/// The start and the end of this module's code; zeros until it was found.
pub(super) struct OwnCode([AtomicUsize; 2]);

/// A function of the module, and the found code around it.
struct Search {
    here: usize,
    found: Option<(usize, usize)>,
}

impl OwnCode {
    pub(super) const fn new() -> Self {
        Self([const { AtomicUsize::new(0) }; 2])
    }

    /// Finds the module of the function at `here` among the loaded modules. It is called before a crash, because the
    /// loader takes a lock.
    pub(super) fn find(&self, here: usize) -> bool {
        let mut search = Search { here, found: None };
        // SAFETY: `look` has the signature that is asked for, does not unwind, and is given the local that it expects.
        unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut search).cast()) };
        let Some((start, end)) = search.found else { return false };
        let Self([first, last]) = self;
        first.store(start, Ordering::Relaxed);
        last.store(end, Ordering::Relaxed);
        true
    }

    /// Is `address` in the code of this module?
    pub(super) fn contains(&self, address: usize) -> bool {
        let Self([first, last]) = self;
        (first.load(Ordering::Relaxed)..last.load(Ordering::Relaxed)).contains(&address)
    }
}

unsafe extern "C" fn look(module: *mut libc::dl_phdr_info, _: libc::size_t, search: *mut c_void) -> c_int {
    // SAFETY: `find` gives a pointer to its own local, which no other code uses during the call.
    let search = unsafe { &mut *search.cast::<Search>() };
    // SAFETY: the loader gives a pointer that is valid during the call.
    let module = unsafe { &*module };
    for at in 0..usize::from(module.dlpi_phnum) {
        // SAFETY: the loader says that there are that many headers.
        let header = unsafe { &*module.dlpi_phdr.add(at) };
        let start = (module.dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
        let end = start.wrapping_add(header.p_memsz as usize);
        if header.p_type == libc::PT_LOAD && (start..end).contains(&search.here) {
            search.found = Some((start, end));
            return 1;
        }
    }
    0
}
