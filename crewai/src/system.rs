//! Facts about this system, for crews that are shared.

use crawl4ai_telemetry::usage::SystemName;

/// What a shared crew sends about the system.
#[derive(Default)]
pub(crate) struct System {
    pub(crate) platform: Option<SystemName>,
    pub(crate) name: Option<SystemName>,
    pub(crate) release: Option<SystemName>,
    pub(crate) version: Option<SystemName>,
    pub(crate) cpus: Option<usize>,
}

/// Asks the system for these facts. This is done only for a crew that is shared.
pub(crate) fn system() -> System {
    use std::env::consts::{ARCH, OS};
    let (release, version) = release();
    System {
        platform: Some(format!("{OS}-{ARCH}").into()),
        name: Some(OS.into()),
        release,
        version,
        cpus: std::thread::available_parallelism().ok().map(usize::from),
    }
}

#[cfg(unix)]
fn release() -> (Option<SystemName>, Option<SystemName>) {
    let uname = rustix::system::uname();
    let name = |s: &std::ffi::CStr| Some(s.to_string_lossy().into_owned().into());
    (name(uname.release()), name(uname.version()))
}

/// On other systems the release is not asked for, because this takes `unsafe` or another program.
#[cfg(not(unix))]
fn release() -> (Option<SystemName>, Option<SystemName>) {
    (None, None)
}
