//! Crash loops: processes that died soon after their start.
//!
//! A mark is made when a process panics within a minute of its start, and removed when the process survives. So a
//! healthy start writes nothing. The marks are empty files, because the panic hook makes them.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry_core::__private::checksum;
use crawl4ai_telemetry_core::Timestamp;
use crawl4ai_telemetry_files::{Folder, OwnedFolder};
use once_cell::race::OnceNonZeroUsize;

use crate::store;

/// Age below which a panic counts as a death at the start.
pub(crate) const YOUNG: Duration = Duration::from_secs(60);

/// Time span whose marks count towards a loop.
pub(crate) const LOOP: Duration = Duration::from_secs(10 * 60);

/// Age at which marks are removed.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// Maximum number of marks that are kept, because more tell nothing new.
const MOST: usize = 64;

/// How bad a crash loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CrashLoop {
    /// No loop.
    None,
    /// Three or four deaths in ten minutes: one report of each bug an hour, and sending waits.
    Slow,
    /// Five or more deaths in ten minutes: only phase 1 of a panic still runs.
    Silent,
}

impl CrashLoop {
    /// The loop that results from this many dead processes within [`LOOP`].
    pub(crate) fn of(deaths: usize) -> Self {
        match deaths {
            0..=2 => Self::None,
            3..=4 => Self::Slow,
            _ => Self::Silent,
        }
    }
}

/// The marks of one version of a program.
#[derive(Clone, Debug)]
pub(crate) struct CrashHistory {
    folder: OwnedFolder,
    version: String,
}

impl CrashHistory {
    pub(crate) fn below(config: &Path, version: &str) -> Self {
        let version = format!("{:016x}", checksum(version.as_bytes()));
        Self { folder: store::below(config).folder("crashes"), version }
    }

    /// Marks this run. The panic hook calls this, so it takes no lock, cannot panic and ignores failures.
    pub(crate) fn mark(&self, now: Timestamp) {
        if let Ok(folder) = self.folder.create() {
            let mark = format!("{:015}_{}_{}", now.as_millis(), run(), self.version);
            let _ = folder.create(mark);
        }
    }

    /// Removes the marks of this process, because it survived.
    pub(crate) fn forgive(&self) {
        let own = run();
        let Ok(folder) = self.folder.open() else { return };
        for (name, mark) in marks(&folder) {
            if mark.process == own {
                // A mark that is gone already needs no removal.
                let _ = folder.remove(name);
            }
        }
    }

    /// Returns the loop at `now`. Also removes marks of other versions, and marks older than a day.
    pub(crate) fn judge(&self, now: Timestamp) -> CrashLoop {
        let mut processes = Vec::new();
        let Ok(folder) = self.folder.open() else { return CrashLoop::None };
        let marks = marks(&folder);
        let superfluous = marks.len().saturating_sub(MOST);
        for (at, (name, mark)) in marks.into_iter().enumerate() {
            let age = now.since(mark.time);
            // A mark from the future was made while the clock was wrong.
            let of_now = mark.time <= now && age <= FORGOTTEN && mark.version == self.version;
            if !of_now || at < superfluous {
                let _ = folder.remove(name);
            } else if age <= LOOP && !processes.contains(&mark.process) {
                processes.push(mark.process);
            }
        }
        CrashLoop::of(processes.len())
    }
}

/// A number that distinguishes this run of a process from every other. It is random, because in a container each run
/// has the same process number. The child of a fork is a run of its own. There is no lock, because the panic hook calls
/// this.
fn run() -> u32 {
    static RUN: OnceNonZeroUsize = OnceNonZeroUsize::new();
    let random = RUN.get_or_init(|| {
        let random = getrandom::u32().unwrap_or_else(|_| std::process::id()) | 1;
        NonZeroUsize::new(random as usize).unwrap_or(NonZeroUsize::MIN)
    });
    u32::try_from(random.get()).unwrap_or_default().wrapping_add(std::process::id())
}

/// The marks in the folder, oldest first.
fn marks(folder: &Folder) -> Vec<(String, CrashMark)> {
    let mut marks = folder.names(|name| Some((name.to_owned(), CrashMark::parse(name)?))).unwrap_or_default();
    marks.sort_by_key(|(_, mark)| mark.time);
    marks
}

struct CrashMark {
    time: Timestamp,
    process: u32,
    version: String,
}

impl CrashMark {
    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('_');
        let mark = Self {
            time: Timestamp::from_millis(parts.next()?.parse().ok()?),
            process: parts.next()?.parse().ok()?,
            version: parts.next()?.to_owned(),
        };
        parts.next().is_none().then_some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn count(crash_history: &CrashHistory) -> usize {
        marks(&crash_history.folder.open().unwrap()).len()
    }

    fn plant(crash_history: &CrashHistory, minute: u64, process: u32) {
        let name = format!("{:015}_{process}_{}", minute * 60_000, crash_history.version);
        fs::write(crash_history.folder.path().join(name), "").unwrap();
    }

    fn at(minute: u64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    #[test]
    fn three_make_a_loop_and_five_silence_it_until_time_or_a_new_version_helps() {
        let home = tempfile::tempdir().unwrap();
        let crash_history = CrashHistory::below(home.path(), "1.0");
        assert_eq!(crash_history.judge(at(0)), CrashLoop::None, "nothing there");
        crash_history.mark(at(100));
        plant(&crash_history, 101, 1);
        plant(&crash_history, 101, 1);
        assert_eq!(crash_history.judge(at(102)), CrashLoop::None, "two processes");
        plant(&crash_history, 102, 2);
        assert_eq!(crash_history.judge(at(103)), CrashLoop::Slow);
        plant(&crash_history, 103, 3);
        plant(&crash_history, 104, 4);
        assert_eq!(crash_history.judge(at(105)), CrashLoop::Silent);
        assert_eq!(crash_history.judge(at(112)), CrashLoop::Slow, "100 and 101 lie back");
        assert_eq!(crash_history.judge(at(130)), CrashLoop::None);

        let next = CrashHistory::below(home.path(), "1.1");
        assert_eq!(next.judge(at(105)), CrashLoop::None);
        assert_eq!(crash_history.judge(at(105)), CrashLoop::None, "the marks of the old version are gone");
    }

    #[test]
    fn marks_are_forgotten_after_a_day() {
        let home = tempfile::tempdir().unwrap();
        let crash_history = CrashHistory::below(home.path(), "1.0");
        crash_history.mark(at(0));
        (1..5).for_each(|process| plant(&crash_history, 0, process));
        let left = |hour: u64| (crash_history.judge(at(hour * 60)), count(&crash_history));
        assert_eq!(left(0), (CrashLoop::Silent, 5));
        assert_eq!(left(24), (CrashLoop::None, 5), "over, and remembered");
        assert_eq!(left(25), (CrashLoop::None, 0));
    }

    #[test]
    fn who_survives_is_forgiven() {
        let home = tempfile::tempdir().unwrap();
        let crash_history = CrashHistory::below(home.path(), "1.0");
        crash_history.mark(at(4));
        for minute in 0..5 {
            plant(&crash_history, minute, u32::try_from(minute).unwrap() + 1);
        }
        crash_history.forgive();
        assert_eq!(count(&crash_history), 5);
    }

    #[test]
    fn marks_of_the_future_and_other_files_do_not_count() {
        let home = tempfile::tempdir().unwrap();
        let crash_history = CrashHistory::below(home.path(), "1.0");
        crash_history.mark(at(1));
        (2..9).for_each(|process| plant(&crash_history, 1_000_000, process));
        fs::write(crash_history.folder.path().join("notes.txt"), "").unwrap();
        assert_eq!(crash_history.judge(at(2)), CrashLoop::None);
        assert_eq!(count(&crash_history), 1);
    }
}
