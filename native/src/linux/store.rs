//! Stores the record on the disk: whole or not at all, under the names of the library's spool.

use crawl4ai_telemetry_native_walk::name::{self, Id, Wait};
use crawl4ai_telemetry_sys::linux::kernel::{self, Descriptor, Errno, ZeroTerminated};

use super::locked::Locked;
use super::state::{FileText, State};

/// Most folders that are created if the spool is missing: the spool, the library's folder and the program's folder.
const FOLDERS: usize = 3;

/// Writes the record under a temporary name and renames it. Returns whether it succeeded.
///
/// `is_allowed` is asked when the file is written: a no that was stored while the record was made holds too.
///
/// The file is not synced. The kernel has the record, so only a power cut could lose it.
pub(super) fn store(
    state: &mut State,
    id: Id,
    milliseconds: u64,
    wait: Wait,
    is_allowed: impl Fn(&State) -> bool,
) -> bool {
    if !state.record.is_whole() || !ensure_folder(state) {
        return false;
    }
    let sum = name::checksum(state.record.bytes());
    name::temporary(&mut state.name, id, sum);
    path(&mut state.temporary, state.spool.bytes(), state.name.bytes());
    name::stored(&mut state.name, id, milliseconds, sum, wait);
    path(&mut state.stored, state.spool.bytes(), state.name.bytes());
    let stored = write(state, wait, is_allowed);
    if stored.is_none() {
        state.stored.clear();
    }
    stored.is_some()
}

fn write(state: &mut State, wait: Wait, is_allowed: impl Fn(&State) -> bool) -> Option<()> {
    let temporary = ZeroTerminated::new(state.temporary.bytes())?;
    let stored = ZeroTerminated::new(state.stored.bytes())?;
    let file = Descriptor::create_new(temporary).ok()?;
    let is_locked = matches!(wait, Wait::End | Wait::EndAndAnswer);
    let done = put(&file, state.record.bytes())
        .and_then(|()| if is_locked { file.lock() } else { Ok(()) })
        .and_then(|()| if is_allowed(state) { kernel::rename(temporary, stored) } else { Err(Errno(0)) });
    if done.is_err() {
        // This file is no report. If it cannot be removed now, the next start removes it.
        let _ = kernel::remove(temporary);
        return None;
    }
    state.locked = is_locked.then(|| Locked::new(file));
    Some(())
}

fn put(file: &Descriptor, bytes: &[u8]) -> Result<(), Errno> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match file.write(rest) {
            Ok(0) => return Err(Errno(0)),
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(error) => {
                if error == Errno::FBIG {
                    // Otherwise the process would end by SIGXFSZ when the handler returns.
                    kernel::take_file_size_signal();
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

fn path(out: &mut FileText, folder: &[u8], name: &[u8]) {
    out.clear();
    out.put(folder);
    out.put(b"/");
    out.put(name);
    out.put(b"\0");
}

/// Checks that the spool exists and is the user's own. Creates it if it is missing, because a crash may come before the
/// first report.
fn ensure_folder(state: &mut State) -> bool {
    let State { spool, temporary: scratch, .. } = state;
    let is_own = |scratch: &mut FileText| {
        scratch.clear();
        scratch.put(spool.bytes());
        scratch.put(b"\0");
        ZeroTerminated::new(scratch.bytes()).is_some_and(kernel::is_own_folder)
    };
    if is_own(scratch) {
        return true;
    }
    for above in (0..FOLDERS).rev() {
        scratch.clear();
        scratch.put(parent(spool.bytes(), above));
        scratch.put(b"\0");
        if let Some(folder) = ZeroTerminated::new(scratch.bytes()) {
            // Errors are ignored, because most of these folders exist already.
            let _ = kernel::make_folder(folder);
        }
    }
    is_own(scratch)
}

/// The folder `above` levels above a path.
fn parent(path: &[u8], above: usize) -> &[u8] {
    let mut folder = path;
    for _ in 0..above {
        let Some(at) = folder.iter().rposition(|byte| *byte == b'/') else { return folder };
        folder = folder.get(..at).unwrap_or_default();
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::state::STATE;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_no_while_the_file_is_written_removes_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = || -> Vec<_> {
            let names =
                std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|file| file.file_name());
            names.filter_map(|name| name.into_string().ok()).collect()
        };
        let mut state = STATE.claim().expect("no other test uses it");
        state.spool.put(folder.path().as_os_str().as_bytes());
        state.record.put(b"{}");
        let id = Id::from_random([7; 16]);
        let mut store = |answer: bool| {
            store(&mut state, id, 1, Wait::Delivery, |_| {
                assert!(matches!(&files()[..], [name] if name.ends_with(".tmp")), "{:?}", files());
                answer
            })
        };
        assert!(!store(false));
        assert_eq!(files(), [""; 0]);
        assert!(store(true));
        assert!(matches!(&files()[..], [name] if name.ends_with(".fatal")), "{:?}", files());
    }

    #[test]
    fn folders_above() {
        let path = b"/home/ada/.tool/telemetry/spool";
        assert_eq!(parent(path, 0), path);
        assert_eq!(parent(path, 2), b"/home/ada/.tool");
        assert_eq!(parent(b"/spool", 2), b"");
    }
}
