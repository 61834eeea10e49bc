//! Reports of crashes by signal. They contain addresses of code and no data of the process.
//!
//! The signals are `SIGSEGV`, `SIGBUS`, `SIGILL`, `SIGFPE`, `SIGABRT` and `SIGTRAP`, from a null pointer in a C
//! library, an overflow of the stack, `abort`, or a panic in a destructor. The process ends exactly as it would have
//! without this crate: with the same exit status, output and core. Its next start finds a report in the spool.
//!
//! - **Before a crash** this crate has no thread, process, file, descriptor or memory. It has only six signal handlers,
//!   and an alternate stack for the thread that installs them if that thread has none.
//! - **At a crash** it walks the stack and writes one file, on the thread that crashes, within 50 ms of processor time.
//!   It takes no lock, allocates nothing, forks nothing, and reads memory through the kernel only, so that damaged
//!   memory cannot hurt it.
//! - **Recorded** are the signal and its class (`SIGSEGV: stack overflow`), the address of each frame relative to its
//!   module, the file name, build id and size of each module, and the parts that the program prepared. Nothing else is
//!   stored.
//! - **Without consent** no file is made. No file is made either if the configuration, or the administrator's file, has
//!   changed since it was read.
//! - **Other handlers** run as if this one were not installed. If such a handler repairs the fault, as those of the JVM
//!   and of Go do, the record is withdrawn, and from then on that handler is called first.
//!
//! Only the program's own call installs it; no feature of any crate does.
//!
//! It is no debugger: it stores no minidump, registers, variables or other threads. On systems other than Linux with
//! x86-64 or aarch64 [`Handler::install`] returns an error and nothing happens.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "linux/mod.rs"]
mod system;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "none.rs"]
mod system;

use std::fmt;
use std::path::Path;

/// The handler of this process. It does nothing until it is installed.
///
/// ```no_run
/// use crawl4ai_telemetry_native::{Consent, Plan, handler};
/// use std::path::Path;
///
/// let handler = handler();
/// let configuration = Some(Path::new("/home/ada/.weather/config.json"));
/// handler.install(&Plan {
///     spool: Path::new("/home/ada/.weather/telemetry/spool"),
///     configuration,
///     machine_policy: Some(Path::new("/etc/weather/telemetry.json")),
///     head: r#"{"schema":1,"level":"fatal","privacy":"standard","app":{"name":"weather","version":"1.0.0"},"environment":"cli","platform":{"os":"linux","arch":"x86_64"},"fingerprint":"0000000000000000""#,
///     kind: "panic",
///     tail: r#","operations":[],"context":{}}"#,
/// })?;
///
/// // Taken before the configuration is read, so that a change in between is seen at the crash.
/// let stamp = handler.stamp(configuration, Some(Path::new("/etc/weather/telemetry.json")));
/// let user_agreed = true;
/// if user_agreed {
///     handler.arm(Consent::Given, stamp);
/// } else {
///     handler.disarm();
/// }
/// # Ok::<(), crawl4ai_telemetry_native::InstallError>(())
/// ```
#[must_use]
pub const fn handler() -> Handler {
    Handler { _private: () }
}

/// The handler of this process: see [`handler`].
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    _private: (),
}

/// The parts of a record that are known before a crash.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The folder of stored reports: an absolute path of at most 1,024 bytes. If it is missing, a crash creates it, and
    /// at most two folders above it.
    pub spool: &'a Path,
    /// The file that holds the user's answer: an absolute path of at most 1,024 bytes. If it has changed since
    /// [`Handler::stamp`], nothing is written.
    pub configuration: Option<&'a Path>,
    /// The file with the administrator's policy, which takes precedence over the user's answer. The rules of
    /// `configuration` apply to it too.
    pub machine_policy: Option<&'a Path>,
    /// The JSON of a report from its first brace on, without `id`, `time`, `exceptions` and `images`, and without a
    /// comma at its end; at most 1,024 bytes. The fingerprint in it is 16 zeros, because the next start computes the
    /// real one from the functions' names.
    pub head: &'a str,
    /// The kind of the one exception, as the report's schema writes it; at most 16 letters.
    pub kind: &'a str,
    /// The rest of the report's JSON, from a comma to its last brace; at most 1,024 bytes.
    pub tail: &'a str,
}

/// The state of the user's consent, unless it was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes: the record is a report that waits for its delivery.
    Given,
    /// The user has not been asked yet: the record waits for their answer.
    Awaited,
}

/// Tells from which state of the configuration file, and of the administrator's file, an answer was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(u64);

/// The reason why nothing was installed or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// This system is not Linux on x86-64 or aarch64.
    Unsupported,
    /// A path is relative, too long or holds a zero.
    Path,
    /// A prepared part is too long, or lacks its required start or end.
    Prepared,
    /// A crash is being recorded, or was recorded.
    Busy,
    /// The kernel refused the handlers.
    Refused,
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "native crashes are recorded on Linux with x86-64 and aarch64 only",
            Self::Path => "the paths of a plan must be absolute, and at most 1024 bytes long",
            Self::Prepared => {
                "a prepared part of the record is no part of a report, or longer than 1024 bytes"
            }
            Self::Busy => "a crash of this process is being recorded",
            Self::Refused => "the kernel refused the signal handlers",
        })
    }
}

impl std::error::Error for InstallError {}

impl Handler {
    /// Installs the signal handlers and remembers `plan`. A second call replaces the plan and changes nothing else.
    /// Nothing is recorded before [`Self::arm`].
    ///
    /// Ignored signals stay ignored. The handlers stay while the process lives, because a handler that was installed
    /// later may call this one; so a library that links this crate must not be unloaded.
    ///
    /// # Errors
    ///
    /// [`InstallError`]; this call then installed no handler.
    pub fn install(&self, plan: &Plan<'_>) -> Result<(), InstallError> {
        system::install(plan)
    }

    /// The state of the plan's two files. Take it before the files are read, and pass it to [`Self::arm`] with the
    /// answer that was read from them. A missing file has a state too.
    #[must_use]
    pub fn stamp(&self, configuration: Option<&Path>, machine_policy: Option<&Path>) -> Stamp {
        Stamp(system::stamp([configuration, machine_policy]))
    }

    /// Records crashes from now on, as long as both files have the state of `stamp`. This is one atomic store.
    pub fn arm(&self, consent: Consent, stamp: Stamp) {
        system::arm(consent, stamp.0);
    }

    /// Records nothing from now on. This is one atomic store.
    pub fn disarm(&self) {
        system::disarm();
    }

    /// Removes the record of a signal that another handler repaired, and returns whether there was a record. Call it
    /// when the program ends normally. It does nothing while another handler is still handling that signal.
    pub fn survived(&self) -> bool {
        system::survived()
    }
}
