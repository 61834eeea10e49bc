//! Runs a program in a folder of its own, with a clean environment and a time limit.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Failure;

/// A temporary folder that serves as home folder and for temporary files.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) millis: f64,
    pub(crate) killed: bool,
    pub(crate) output: String,
}

impl Run {
    /// The numbers that the program printed.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        self.output.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    }
}

impl Stage {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self { folder: tempfile::tempdir()? })
    }

    /// Plays a scene with consent given. Both libraries send to `dsn`, each through its own variable.
    pub(crate) fn play(
        &self,
        program: &Path,
        scene: &[&str],
        dsn: Option<&str>,
        limit: Duration,
    ) -> Result<Run, Failure> {
        let mut command = Command::new(program);
        command.args(scene).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        for variable in ["HOME", "TMPDIR", "CRAWL4AI_CONFIG_DIR"] {
            command.env(variable, self.folder.path());
        }
        command.env("CRAWL4AI_TELEMETRY", "1");
        for variable in dsn.and(Some(["CRAWL4AI_SENTRY_DSN", "SENTRY_DSN"])).into_iter().flatten() {
            command.env(variable, dsn.unwrap_or_default());
        }
        let start = Instant::now();
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        let (ended, has_ended) = sync_channel(1);
        let watch = thread::spawn(move || {
            let late = has_ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            // The child is not yet reaped, or only just, so that the id is still its own.
            late && kill_process(pid, Signal::KILL).is_ok()
        });
        let output = child.wait_with_output()?;
        let millis = start.elapsed().as_secs_f64() * 1e3;
        let _ = ended.send(());
        let killed = watch.join().map_err(|_| "the watch panicked")?;
        let expected = if scene.first() == Some(&"panic") { Some(101) } else { Some(0) };
        if !killed && output.status.code() != expected {
            return Err(format!("{} {scene:?} ended with {}", program.display(), output.status).into());
        }
        Ok(Run { millis, killed, output: String::from_utf8_lossy(&output.stdout).into_owned() })
    }
}

/// The DSN of a project on a server.
pub(crate) fn dsn(url: &str) -> String {
    url.replace("http://", "http://0123456789abcdef0123456789abcdef@") + "/1"
}

pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}
