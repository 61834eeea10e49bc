//! State besides reports that must outlive the process: the number of reports that left, the losses that the next
//! report has to tell, and the time when the server may be asked again.
//!
//! The state is one small file, which is read and replaced under its own lock. When the file cannot be used, the state
//! is kept in memory, so that limits hold for this process only, and is written once the file can be used again.

mod state;

use std::io::{self, ErrorKind, Write};
use std::mem;
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry_core::Losses;
use crawl4ai_telemetry_files::{Folder, OwnedFolder, Patience, read_at_most};

pub(crate) use state::{DeliveryState, EndWithout};

use crate::fork_safe::ForkSafe;
use crate::store;
use crate::store::problem::Problem;

/// Maximum size of a file that is read, in bytes.
const LONGEST: u64 = 256 * 1024;

/// The name of the file.
const FILE: &str = "ledger.json";

/// The beginning of the names of drafts of the file.
const DRAFT: &str = "ledger";

/// The lock file for changes of the state and of the ids of sent reports.
pub(in crate::store) const LOCK: &str = "ledger.lock";

/// Maximum wait for the lock. Another process needs a millisecond for its change, unless it was stopped.
pub(in crate::store) const PATIENCE: Patience =
    Patience { longest: Duration::from_secs(2), step: Duration::from_millis(2) };

/// The state of one program of one user.
#[derive(Debug)]
pub(crate) struct DeliveryStateFile {
    folder: Option<OwnedFolder>,
    memory: ForkSafe<Memory>,
}

/// What this process knows of the state.
#[derive(Default)]
struct Memory {
    state: DeliveryState,
    /// The state that was read from the disk or written there last. What is different in `state` could not be written.
    on_disk: DeliveryState,
    /// Losses of this process that no report has told, and that could not be written.
    losses: Losses,
}

impl DeliveryStateFile {
    /// The delivery state below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: Option<&Path>) -> Self {
        Self { folder: config.map(store::below), memory: ForkSafe::default() }
    }

    /// Reads the state without changing it.
    pub(crate) fn read(&self) -> DeliveryState {
        let folder = self.folder.as_ref().map(OwnedFolder::open);
        let on_disk = match folder {
            Some(Ok(folder)) => load(&folder).ok(),
            Some(Err(error)) if error.kind() == ErrorKind::NotFound => Some(DeliveryState::default()),
            Some(Err(_)) | None => None,
        };
        let memory = self.memory.lock();
        let mut state = memory.state.clone();
        if let Some(on_disk) = on_disk {
            state = state.onto(&memory.on_disk, on_disk);
        }
        state.keep_unreported(&memory.losses);
        state
    }

    /// Why the file cannot be read. Its counts then hold for this process only.
    pub(crate) fn problem(&self) -> Option<Problem> {
        Problem::of_file(self.folder.as_ref()?, FILE)
    }

    /// Changes the state for all processes if that is possible, otherwise for this process only.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut DeliveryState) -> T) -> T {
        self.change(|memory| change(&mut memory.state)).0
    }

    /// Keeps losses that no report has told.
    pub(crate) fn keep_unreported(&self, losses: &Losses) {
        self.change(|memory| add(&mut memory.losses, losses));
    }

    /// Takes the losses, for the report that will tell them. Losses on the disk are told by the process that removes
    /// them there, so that no two processes tell them.
    pub(crate) fn take_unreported(&self) -> Losses {
        let ((mut losses, removed), is_written) =
            self.change(|memory| (mem::take(&mut memory.losses), memory.state.take_unreported()));
        if is_written {
            add(&mut losses, &removed);
        }
        losses
    }

    /// Changes the state. Also returns whether the changed state is on the disk.
    fn change<T>(&self, change: impl FnOnce(&mut Memory) -> T) -> (T, bool) {
        let open = self.folder.as_ref().and_then(|folder| folder.create().ok());
        // The memory is locked later, so that no thread waits for it while this one waits for another process.
        let mut locked = open.as_ref().and_then(|open| Some((open.lock(LOCK, PATIENCE).ok()?, open)));
        let memory = &mut *self.memory.lock();
        match locked.as_ref().map(|(_, open)| (load(open), open.is_foreign(FILE))) {
            Some((Ok(on_disk), _)) => memory.read(on_disk),
            // The user's own file that cannot be read is not replaced; another's is.
            Some((Err(_), false)) => locked = None,
            Some((Err(_), true)) | None => {}
        }
        let result = change(memory);
        // A state that cannot be written is remembered until it can be, or this process ends.
        let is_written = locked.is_some_and(|(_lock, open)| memory.write(open).is_ok());
        (result, is_written)
    }
}

impl Memory {
    fn read(&mut self, on_disk: DeliveryState) {
        self.state = mem::take(&mut self.state).onto(&self.on_disk, on_disk.clone());
        self.on_disk = on_disk;
    }

    fn write(&mut self, folder: &Folder) -> io::Result<()> {
        let mut state = self.state.clone();
        state.keep_unreported(&self.losses);
        store(folder, &state)?;
        *self = Self { on_disk: state.clone(), state, losses: Losses::default() };
        Ok(())
    }
}

fn add(all: &mut Losses, more: &Losses) {
    for (reason, n) in more.iter() {
        all.add(reason, n);
    }
}

/// A state file that does not exist or cannot be parsed gives a new state. A file that cannot be read is an error.
fn load(folder: &Folder) -> io::Result<DeliveryState> {
    match folder.open(FILE) {
        Ok(file) => Ok(read_at_most(file, LONGEST)?
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(DeliveryState::default()),
        Err(error) => Err(error),
    }
}

fn store(folder: &Folder, state: &DeliveryState) -> io::Result<()> {
    // An existing draft comes from an earlier process with the same number that died while it wrote.
    let draft = folder.draft_anew(store::draft_of(DRAFT))?;
    let mut file = draft.file();
    file.write_all(&serde_json::to_vec(state)?)?;
    draft.place(FILE)?;
    folder.remove_strays(|name| store::is_draft_of(DRAFT, name));
    Ok(())
}

#[cfg(test)]
mod tests;
