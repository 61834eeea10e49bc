//! Files on disk: waiting reports, sent reports, limits, marks of crash loops, and pages for the user. All access uses
//! the crate [`crawl4ai_telemetry_files`], which defines who may own a folder.

pub(crate) mod crash_loop;
pub(crate) mod delivery_state;
pub(crate) mod disk;
pub(crate) mod limits;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod sent_log;
pub(crate) mod spool;

use std::path::Path;

use crawl4ai_telemetry_files::OwnedFolder;

/// The folder of all these files, below a program's configuration folder. Touches nothing.
fn below(config: &Path) -> OwnedFolder {
    OwnedFolder::at(config).folder("telemetry")
}

/// The name of this process's draft of a file. Each process has its own, because without locks two processes may write
/// at once, and each must write a whole file.
fn draft_of(stem: &str) -> String {
    format!("{stem}-{}.tmp", std::process::id())
}

/// Is this the name of a process's draft of the file?
fn is_draft_of(stem: &str, name: &str) -> bool {
    let process = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".tmp"));
    process.is_some_and(|process| process.bytes().all(|byte| byte.is_ascii_digit()))
}
