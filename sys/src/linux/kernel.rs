//! The services of the kernel that a handler needs: files, clocks, random numbers, and the process's own memory.

use core::ffi::CStr;
use core::mem;
use core::ptr;

use super::call::call;

/// An error's number (`errno(3)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

impl Errno {
    /// The call was interrupted and should be tried again.
    pub const INTR: Self = Self(libc::EINTR);
    /// The process has as many descriptors as it may.
    pub const MFILE: Self = Self(libc::EMFILE);
    /// There is no such file.
    pub const NOENT: Self = Self(libc::ENOENT);
}

/// A path that ends with a zero byte. It is not searched for other zeros, because a search would contain a panic; a
/// zero inside ends the path early.
#[derive(Clone, Copy, Debug)]
pub struct ZeroTerminated<'a>(&'a [u8]);

impl<'a> ZeroTerminated<'a> {
    /// `None` if the last byte is no zero.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        (bytes.last() == Some(&0)).then_some(Self(bytes))
    }

    fn address(self) -> usize {
        self.0.as_ptr() as usize
    }
}

impl<'a> From<&'a CStr> for ZeroTerminated<'a> {
    fn from(text: &'a CStr) -> Self {
        Self(text.to_bytes_with_nul())
    }
}

fn answer(raw: isize) -> Result<usize, Errno> {
    usize::try_from(raw).map_err(|_| Errno(i32::try_from(raw.wrapping_neg()).unwrap_or(libc::EINVAL)))
}

const HERE: usize = libc::AT_FDCWD as usize;

/// An open file. It is closed when it is dropped.
#[derive(Debug)]
pub struct Descriptor(usize);

impl Descriptor {
    /// Opens a file to be read.
    pub fn read_only(path: ZeroTerminated<'_>) -> Result<Self, Errno> {
        Self::open(path, libc::O_RDONLY | libc::O_CLOEXEC)
    }

    /// Creates a file that only its user may read and write. Fails if there is a file or a link at the path.
    pub fn create_new(path: ZeroTerminated<'_>) -> Result<Self, Errno> {
        Self::open(path, libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW | libc::O_CLOEXEC)
    }

    fn open(path: ZeroTerminated<'_>, flags: i32) -> Result<Self, Errno> {
        let arguments = [HERE, path.address(), flags as usize, 0o600, 0, 0];
        // SAFETY: the path ends with a zero and outlives the call.
        answer(unsafe { call(libc::SYS_openat, arguments) }).map(Self)
    }

    /// Reads the next bytes; 0 at the end.
    pub fn read(&self, into: &mut [u8]) -> Result<usize, Errno> {
        let arguments = [self.0, into.as_mut_ptr() as usize, into.len(), 0, 0, 0];
        // SAFETY: at most `into.len()` bytes are written to where `into` is, which is borrowed for writing.
        answer(unsafe { call(libc::SYS_read, arguments) })
    }

    /// Reads the bytes at `offset`; 0 after the end.
    pub fn read_at(&self, into: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let arguments = [self.0, into.as_mut_ptr() as usize, into.len(), offset as usize, 0, 0];
        // SAFETY: as for `read`. If the file is this process's memory and `into` is a part of what is read, bytes are
        // copied to where they were.
        answer(unsafe { call(libc::SYS_pread64, arguments) })
    }

    /// Writes some of the bytes and returns their number.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let arguments = [self.0, bytes.as_ptr() as usize, bytes.len(), 0, 0, 0];
        // SAFETY: at most `bytes.len()` bytes are read from where `bytes` is.
        answer(unsafe { call(libc::SYS_write, arguments) })
    }

    /// Locks the file until it is closed. Fails if it is locked already.
    pub fn lock(&self) -> Result<(), Errno> {
        let arguments = [self.0, (libc::LOCK_EX | libc::LOCK_NB) as usize, 0, 0, 0, 0];
        // SAFETY: no pointer is given.
        answer(unsafe { call(libc::SYS_flock, arguments) }).map(drop)
    }

    /// Leaves the file open, with its lock, until the process ends.
    pub fn leave_open(self) {
        #[allow(clippy::mem_forget, reason = "what is dropped is closed")]
        mem::forget(self);
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the descriptor was opened by `open`, and is closed nowhere else.
        unsafe { call(libc::SYS_close, [self.0, 0, 0, 0, 0, 0]) };
    }
}

/// Renames a file. A file that has the new name is replaced.
pub fn rename(from: ZeroTerminated<'_>, to: ZeroTerminated<'_>) -> Result<(), Errno> {
    let arguments = [HERE, from.address(), HERE, to.address(), 0, 0];
    // SAFETY: both paths end with a zero and outlive the call.
    answer(unsafe { call(libc::SYS_renameat2, arguments) }).map(drop)
}

/// Removes a file.
pub fn remove(path: ZeroTerminated<'_>) -> Result<(), Errno> {
    // SAFETY: the path ends with a zero and outlives the call.
    answer(unsafe { call(libc::SYS_unlinkat, [HERE, path.address(), 0, 0, 0, 0]) }).map(drop)
}

/// Makes a folder that only its user may enter.
pub fn make_folder(path: ZeroTerminated<'_>) -> Result<(), Errno> {
    // SAFETY: the path ends with a zero and outlives the call.
    answer(unsafe { call(libc::SYS_mkdirat, [HERE, path.address(), 0o700, 0, 0, 0]) }).map(drop)
}

fn status(path: ZeroTerminated<'_>, flags: i32) -> Result<libc::stat, Errno> {
    // SAFETY: the structure consists of numbers, all of which may be zero.
    let mut found: libc::stat = unsafe { mem::zeroed() };
    let arguments = [HERE, path.address(), (&raw mut found) as usize, flags as usize, 0, 0];
    // SAFETY: the path ends with a zero; on both architectures the C library's structure is the kernel's.
    answer(unsafe { call(libc::SYS_newfstatat, arguments) })?;
    Ok(found)
}

/// Is this a folder and no link, and does it belong to this process's user?
#[must_use]
pub fn is_own_folder(path: ZeroTerminated<'_>) -> bool {
    // SAFETY: no pointer is given.
    let user = unsafe { call(libc::SYS_geteuid, [0; 6]) };
    status(path, libc::AT_SYMLINK_NOFOLLOW)
        .is_ok_and(|found| found.st_mode & libc::S_IFMT == libc::S_IFDIR && found.st_uid as isize == user)
}

/// The values that tell whether a file is unchanged: device, inode, size, and the time of its last change, in seconds
/// and nanoseconds. A program that writes to the file cannot set this time back.
pub fn stamp(path: ZeroTerminated<'_>) -> Result<[u64; 5], Errno> {
    let found = status(path, 0)?;
    Ok([found.st_dev, found.st_ino, found.st_size as u64, found.st_ctime as u64, found.st_ctime_nsec as u64])
}

/// This process's number.
#[must_use]
pub fn process() -> u32 {
    // SAFETY: no pointer is given.
    unsafe { call(libc::SYS_getpid, [0; 6]) as u32 }
}

/// This thread's number.
#[must_use]
pub fn thread() -> u32 {
    // SAFETY: no pointer is given.
    unsafe { call(libc::SYS_gettid, [0; 6]) as u32 }
}

fn clock(which: libc::clockid_t) -> u64 {
    let mut time = [0_u64; 2];
    // SAFETY: two numbers of 64 bits are written to where `time` is.
    unsafe { call(libc::SYS_clock_gettime, [which as usize, time.as_mut_ptr() as usize, 0, 0, 0, 0]) };
    let [seconds, nanoseconds] = time;
    seconds.wrapping_mul(1_000_000_000).wrapping_add(nanoseconds)
}

/// Nanoseconds of a clock that only goes forward.
#[must_use]
pub fn monotonic() -> u64 {
    clock(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds that this thread has run on a processor.
#[must_use]
pub fn thread_time() -> u64 {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Nanoseconds since 1970, by the machine's clock.
#[must_use]
pub fn realtime() -> u64 {
    clock(libc::CLOCK_REALTIME)
}

/// Sleeps for less than a second.
pub fn sleep(nanoseconds: u32) {
    let time = [0_u64, u64::from(nanoseconds.min(999_999_999))];
    // SAFETY: two numbers of 64 bits are read from where `time` is.
    unsafe { call(libc::SYS_nanosleep, [time.as_ptr() as usize, 0, 0, 0, 0, 0]) };
}

/// Random bytes; `None` while a machine that has just started has none yet.
#[must_use]
pub fn random() -> Option<[u8; 16]> {
    let mut bytes = [0_u8; 16];
    let arguments = [bytes.as_mut_ptr() as usize, bytes.len(), libc::GRND_NONBLOCK as usize, 0, 0, 0];
    // SAFETY: 16 bytes are written to where `bytes` is.
    let got = answer(unsafe { call(libc::SYS_getrandom, arguments) });
    (got == Ok(16)).then_some(bytes)
}

/// Copies this process's own memory at `address`. Never faults, even if nothing is mapped there.
pub fn copy_own_memory(address: u64, into: &mut [u8]) -> Result<usize, Errno> {
    let to = [into.as_mut_ptr() as usize, into.len()];
    let from = [address as usize, into.len()];
    let arguments = [process() as usize, to.as_ptr() as usize, 1, from.as_ptr() as usize, 1, 0];
    // SAFETY: the kernel writes at most `into.len()` bytes to where `into` is, and checks what it reads.
    answer(unsafe { call(libc::SYS_process_vm_readv, arguments) })
}

/// The current limit for open descriptors, and the highest limit that the process may set for itself.
pub fn descriptor_limit() -> Result<(u64, u64), Errno> {
    let mut limit = [0_u64; 2];
    let arguments =
        [0, libc::RLIMIT_NOFILE as usize, ptr::null::<u64>() as usize, limit.as_mut_ptr() as usize, 0, 0];
    // SAFETY: two numbers of 64 bits are written to where `limit` is.
    answer(unsafe { call(libc::SYS_prlimit64, arguments) })?;
    let [soft, hard] = limit;
    Ok((soft, hard))
}

/// Sets the current and the highest limit for open descriptors.
pub fn set_descriptor_limit(soft: u64, hard: u64) -> Result<(), Errno> {
    let limit = [soft, hard];
    let arguments = [0, libc::RLIMIT_NOFILE as usize, limit.as_ptr() as usize, 0, 0, 0];
    // SAFETY: two numbers of 64 bits are read from where `limit` is.
    answer(unsafe { call(libc::SYS_prlimit64, arguments) }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    #[test]
    fn files_are_created_once_and_have_the_stamp_that_the_standard_library_sees() {
        let folder = tempfile::tempdir().expect("a folder");
        let path =
            |name: &str| CString::new(folder.path().join(name).to_str().expect("text")).expect("no zero");
        let (first, second) = (path("first"), path("second"));
        let (first, second) = (ZeroTerminated::from(&*first), ZeroTerminated::from(&*second));
        let file = Descriptor::create_new(first).expect("created");
        assert_eq!(Descriptor::create_new(first).map(drop), Err(Errno(libc::EEXIST)));
        assert_eq!(file.write(b"hello"), Ok(5));
        assert_eq!(file.lock(), Ok(()));
        assert_eq!(Descriptor::read_only(first).expect("there").lock(), Err(Errno(libc::EAGAIN)));
        drop(file);
        assert_eq!(Descriptor::read_only(first).expect("there").lock(), Ok(()), "closed, and not locked");
        assert_eq!(rename(first, second), Ok(()));
        let metadata = std::fs::metadata(folder.path().join("second")).expect("renamed");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        let changed = (metadata.ctime() as u64, metadata.ctime_nsec() as u64);
        let expected = [metadata.dev(), metadata.ino(), metadata.size(), changed.0, changed.1];
        assert_eq!(stamp(second), Ok(expected));
        let mut bytes = [0; 8];
        let file = Descriptor::read_only(second).expect("there");
        assert_eq!((file.read(&mut bytes), &bytes[..5]), (Ok(5), &b"hello"[..]));
        assert_eq!((file.read_at(&mut bytes, 3), &bytes[..2]), (Ok(2), &b"lo"[..]));
        assert_eq!(remove(second), Ok(()));
        assert_eq!(stamp(second), Err(Errno::NOENT));
    }

    #[test]
    fn a_folder_is_made_for_its_user_alone_and_a_link_to_one_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path =
            |name: &str| CString::new(folder.path().join(name).to_str().expect("text")).expect("no zero");
        let (made, link, missing) = (path("made"), path("link"), path("missing"));
        assert_eq!(make_folder(made.as_c_str().into()), Ok(()));
        assert_eq!(make_folder(made.as_c_str().into()), Err(Errno(libc::EEXIST)));
        let mode = std::fs::metadata(folder.path().join("made")).expect("made").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::os::unix::fs::symlink(folder.path().join("made"), folder.path().join("link")).expect("linked");
        assert!(is_own_folder(made.as_c_str().into()));
        assert!(!is_own_folder(link.as_c_str().into()) && !is_own_folder(missing.as_c_str().into()));
        assert!(ZeroTerminated::new(b"/tmp").is_none() && ZeroTerminated::new(b"").is_none());
    }

    #[test]
    fn memory_is_copied_and_what_is_not_mapped_is_an_error() {
        let there = *b"sixteen bytes ok";
        let mut copy = [0; 16];
        if let Err(error) = copy_own_memory((&raw const there) as u64, &mut copy) {
            assert!(matches!(error, Errno(libc::EPERM | libc::ENOSYS)), "{error:?}: refused by a sandbox");
            return;
        }
        assert_eq!(copy, there);
        assert_eq!(copy_own_memory(8, &mut copy), Err(Errno(libc::EFAULT)));
    }

    #[test]
    fn clocks_numbers_and_limits_are_the_processs() {
        assert_eq!(process(), std::process::id());
        let before = monotonic();
        sleep(1_000_000);
        assert!(monotonic() - before >= 1_000_000);
        let before = thread_time();
        assert!((0..100_000_u64).map(std::hint::black_box).sum::<u64>() > 0 && thread_time() > before);
        let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
        assert!(now.abs_diff(realtime() / 1_000_000_000) < 60);
        assert_ne!(random(), random());
        let (soft, hard) = descriptor_limit().expect("a limit");
        assert!(soft > 0 && soft <= hard);
        assert_eq!(set_descriptor_limit(soft, hard), Ok(()));
    }
}
