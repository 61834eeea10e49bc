//! Is address space limited (`ulimit -v`)?

/// Limit below which no file is mapped whole. The debug information of a program is often 100 MB. If an allocation
/// fails, Rust ends the process, which must not happen because of a report.
#[cfg(unix)]
const SCARCE: u64 = 1 << 30;

/// Has this process so little address space that looking up names could end it?
pub(crate) fn is_scarce() -> bool {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        getrlimit(Resource::As).current.is_some_and(|limit| limit < SCARCE)
    }
    #[cfg(not(unix))]
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_has_room() {
        assert!(!is_scarce());
    }
}
