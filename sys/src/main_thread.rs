//! Is this the thread that `main` runs on?

/// Is the calling thread the one that `main` runs on? `None` if the system does not tell.
///
/// [`std::thread::current`] tells it too, but panics after the thread's locals are gone, as in a [hook](crate::on_exit)
/// that runs when the process ends.
///
/// ```
/// use crawl4ai_telemetry_sys::is_main_thread;
///
/// let other = std::thread::spawn(is_main_thread).join();
/// assert!(!matches!(other, Ok(Some(true))));
/// ```
#[must_use]
pub fn is_main_thread() -> Option<bool> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        // SAFETY: `gettid` takes nothing and cannot fail (gettid(2)).
        let thread = unsafe { libc::gettid() };
        // The first thread of a process has the process's number (gettid(2)), and so has the one thread of a child of a
        // fork.
        Some(u32::try_from(thread) == Ok(std::process::id()))
    }
    #[cfg(target_vendor = "apple")]
    {
        // SAFETY: `pthread_main_np` takes nothing and may be called from any thread (pthread_main_np(3)).
        Some(unsafe { libc::pthread_main_np() } == 1)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_thread_of_a_test_is_not_the_first() {
        // The test harness runs each test on a thread of its own, unless it has only one.
        let other = std::thread::scope(|scope| scope.spawn(super::is_main_thread).join());
        assert_eq!(
            other.ok().flatten(),
            cfg!(any(target_os = "linux", target_vendor = "apple")).then_some(false)
        );
    }
}
