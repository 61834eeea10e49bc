//! A function that runs when the process ends by `exit`.

use std::fmt;

/// Calls `hook` when this process ends by `exit`, on the thread that ends it.
///
/// A process ends by `exit` if `main` returns, or if any thread calls [`std::process::exit`] or C's `exit`. The hook is
/// not called after `_exit`, `quick_exit`, `abort`, a signal or `exec`. There is one hook: a later call replaces it, so
/// that calling twice is the same as calling once. It runs once, after the standard library has flushed standard
/// output.
///
/// - **Panics** of the hook are caught: they never unwind into C, and the exit code stays. The panic hook prints its
///   message as usual.
/// - **Forks.** A child inherits its parent's registration, but the hook is not called in the child unless the child
///   calls `on_exit` itself.
/// - **Thread-locals** with a destructor may be gone on the thread that ends the process, so the hook uses
///   `LocalKey::try_with`. Other threads are still running, and may hold any lock.
/// - **`exit` must not be called in the hook.** The standard library aborts at a second call on the same thread, and C
///   leaves it undefined.
/// - **Shared libraries** (a Python extension module): the registration belongs to the library that this crate is
///   linked into. With `dlclose`, glibc and Apple's loader call the hook when the library is unloaded, before its code
///   is gone and with the loader's lock held; musl never unloads. CPython does not unload extension modules.
///
/// Nothing is registered, allocated or started before the first call. Registration takes no lock of this crate, so it
/// can be called in a child of a fork.
///
/// # Errors
///
/// [`ExitHookError`]: this call does not cause the hook to be called.
///
/// ```
/// use crawl4ai_telemetry_sys::{ExitHookError, on_exit};
///
/// fn store_what_waits() {}
///
/// match on_exit(store_what_waits) {
///     Ok(()) => {}
///     Err(ExitHookError::Unsupported) => assert!(!cfg!(unix)),
///     Err(other) => return Err(other),
/// }
/// # Ok::<(), ExitHookError>(())
/// ```
///
/// Sources: POSIX.1-2024, `atexit` and `exit`; for shared libraries the Itanium C++ ABI, section 3.3.6.3
/// (`__cxa_atexit`), on which `atexit` of glibc and of macOS is built.
pub fn on_exit(hook: fn()) -> Result<(), ExitHookError> {
    #[cfg(unix)]
    return unix::on_exit(hook);
    #[cfg(not(unix))]
    {
        let _ = hook;
        Err(ExitHookError::Unsupported)
    }
}

/// Why [`on_exit`] registered nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExitHookError {
    /// The C library has no memory for one more function.
    Refused,
    /// The process is ending, and the hook was called already.
    Ending,
    /// This system's `exit` calls no hook. On Windows [`std::process::exit`] is `ExitProcess`, which does not use the C
    /// library's list.
    Unsupported,
}

impl fmt::Display for ExitHookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the C library has no memory for one more function to be called at the exit",
            Self::Ending => "the process is ending",
            Self::Unsupported => "this system calls no function at the exit of a process",
        })
    }
}

impl std::error::Error for ExitHookError {}

#[cfg(unix)]
mod unix {
    use std::mem;
    use std::panic::catch_unwind;
    use std::process;
    use std::ptr;
    use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

    use super::ExitHookError;

    /// Null or a `fn()`. It is an atomic and no `OnceLock`, because a child of a fork must not wait for a thread of its
    /// parent.
    static HOOK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
    /// Is [`run`] registered? A child of a fork inherits this value, as it inherits the C library's list. Two threads
    /// that race may register [`run`] twice, but [`RAN`] makes its second call do nothing.
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    /// The process that last called `on_exit`. No process has the number 0.
    static OWNER: AtomicU32 = AtomicU32::new(0);
    /// The process in which the hook was called.
    static RAN: AtomicU32 = AtomicU32::new(0);

    pub(super) fn on_exit(hook: fn()) -> Result<(), ExitHookError> {
        let process = process::id();
        if RAN.load(Ordering::Acquire) == process {
            return Err(ExitHookError::Ending);
        }
        HOOK.store(hook as *mut (), Ordering::Release);
        if !REGISTERED.load(Ordering::Acquire) {
            // SAFETY: `atexit` may be called at any time from any thread. `run` has the required signature and does not
            // unwind. It stays loaded as long as its entry in the list, because unloading a library removes its
            // entries.
            if unsafe { libc::atexit(run) } != 0 {
                return Err(ExitHookError::Refused);
            }
            REGISTERED.store(true, Ordering::Release);
        }
        OWNER.store(process, Ordering::Release);
        Ok(())
    }

    extern "C" fn run() {
        let process = process::id();
        // A forked child inherits its parent's registration. The hook runs only in a process that called `on_exit`
        // itself, and only once.
        if OWNER.load(Ordering::Acquire) != process || RAN.swap(process, Ordering::AcqRel) == process {
            return;
        }
        let hook = HOOK.load(Ordering::Acquire);
        if hook.is_null() {
            return;
        }
        // SAFETY: `HOOK` is null or was made of a `fn()` by `on_exit`, its only writer, and null was just excluded.
        let hook = unsafe { mem::transmute::<*mut (), fn()>(hook) };
        if let Err(payload) = catch_unwind(hook) {
            // The payload is not dropped, because its destructor is the program's code and may panic too.
            #[allow(clippy::mem_forget, reason = "the process ends")]
            mem::forget(payload);
        }
    }
}
