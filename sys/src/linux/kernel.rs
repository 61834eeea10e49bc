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
    /// The file would exceed the process's limit for the size of files.
    pub const FBIG: Self = Self(libc::EFBIG);
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

    /// The file's device and inode.
    pub fn identity(&self) -> Result<(u64, u64), Errno> {
        let found = status_at(self.0, ZeroTerminated::from(c""), libc::AT_EMPTY_PATH)?;
        Ok((found.st_dev, found.st_ino))
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
///
/// This is the call that the C library makes, because a filter of system calls may end the process for another one.
pub fn rename(from: ZeroTerminated<'_>, to: ZeroTerminated<'_>) -> Result<(), Errno> {
    #[cfg(target_arch = "x86_64")]
    let (number, arguments) = (libc::SYS_rename, [from.address(), to.address(), 0, 0, 0, 0]);
    #[cfg(target_arch = "aarch64")]
    let (number, arguments) = (libc::SYS_renameat, [HERE, from.address(), HERE, to.address(), 0, 0]);
    // SAFETY: both paths end with a zero and outlive the call.
    answer(unsafe { call(number, arguments) }).map(drop)
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
    status_at(HERE, path, flags)
}

fn status_at(folder: usize, path: ZeroTerminated<'_>, flags: i32) -> Result<libc::stat, Errno> {
    // SAFETY: the structure consists of numbers, all of which may be zero.
    let mut found: libc::stat = unsafe { mem::zeroed() };
    let arguments = [folder, path.address(), (&raw mut found) as usize, flags as usize, 0, 0];
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

/// Is this the number of a living thread of this process?
#[must_use]
pub fn is_own_thread(thread: u32) -> bool {
    // SAFETY: no pointer is given, and no signal is sent by number 0.
    let answer = unsafe { call(libc::SYS_tgkill, [process() as usize, thread as usize, 0, 0, 0, 0]) };
    answer != -(libc::ESRCH as isize)
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

/// Takes back the signal with which the kernel tells this thread of a write that failed by [`Errno::FBIG`]. The signal
/// must be blocked.
pub fn take_file_size_signal() {
    let signals = 1_u64.wrapping_shl(libc::SIGXFSZ.wrapping_sub(1) as u32);
    let no_wait = [0_u64; 2];
    let arguments = [(&raw const signals) as usize, 0, (&raw const no_wait) as usize, 8, 0, 0];
    // SAFETY: 8 bytes of one local and 16 of another are read, and the null pointer asks for no details.
    unsafe { call(libc::SYS_rt_sigtimedwait, arguments) };
}

/// Reads this process's own memory at `address`, whole or not at all: from `/proc/self/mem`, which a filter of system
/// calls allows where it allows files, or else by [`copy_own_memory`].
#[must_use]
pub fn read_own_memory(address: u64, into: &mut [u8]) -> bool {
    let read = Descriptor::read_only(ZeroTerminated::from(c"/proc/self/mem"))
        .and_then(|memory| memory.read_at(into, address))
        .or_else(|_| copy_own_memory(address, into));
    read == Ok(into.len())
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
mod tests;
