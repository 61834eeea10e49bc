//! The file of a record, locked until it is known whether the process survives.

use crawl4ai_telemetry_sys::linux::kernel::Descriptor;

/// An open file of this process, unless the program has closed it meanwhile. A program may close descriptors that it did
/// not open, as daemons do, and open others, which then have the same number.
pub(super) struct Locked {
    file: Descriptor,
    /// The device and the inode of the file; zeros if they are not known. No `Option`, so that `None` of the whole is all
    /// zeros too.
    identity: (u64, u64),
}

impl Locked {
    pub(super) fn new(file: Descriptor) -> Self {
        let identity = file.identity().unwrap_or((0, 0));
        Self { file, identity }
    }

    /// Calls `before`, and then closes the file, which ends its lock. Closes nothing if the number is that of another
    /// file. This is found out before the call, because the inode of a file that was removed may be given to another, and
    /// after it, because another thread may have closed the file meanwhile.
    pub(super) fn close_after(self, before: impl FnOnce()) {
        let is_same = |locked: &Self| locked.file.identity() == Ok(locked.identity);
        let was_same = is_same(&self);
        before();
        if !(was_same && is_same(&self)) {
            self.forget();
        }
    }

    /// Leaves the descriptor to whoever has the number now.
    pub(super) fn forget(self) {
        self.file.leave_open();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_sys::linux::kernel::ZeroTerminated;
    use std::ffi::CString;
    use std::fs::File;

    #[test]
    fn it_is_closed_as_long_as_it_is_the_same_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("record");
        let text = CString::new(path.to_str().expect("text")).expect("no zero");
        let locked = || {
            let path = ZeroTerminated::from(&*text);
            let file = Descriptor::create_new(path).expect("created");
            file.lock().expect("locked");
            Locked::new(file)
        };
        let is_locked = || File::open(&path).expect("there").try_lock().is_err();

        let kept = locked();
        assert!(is_locked());
        kept.close_after(|| assert!(is_locked(), "until the call is over"));
        assert!(!is_locked());

        std::fs::remove_file(&path).expect("removed");
        // What another file looks like that has the number now.
        let mut other = locked();
        other.identity = (1, 1);
        other.close_after(|| ());
        assert!(is_locked(), "and left open");

        std::fs::remove_file(&path).expect("removed");
        locked().forget();
        assert!(is_locked());
    }
}
