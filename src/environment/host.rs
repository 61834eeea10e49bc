//! The only code that queries the system about itself.

use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;

/// The results of one query of the machine. `default()` is a machine with nothing: no terminal, no home folder, no
/// name.
///
/// `Debug` shows the facts and leaves out the names, because the output may be logged.
#[derive(Clone, Default)]
pub(crate) struct Host {
    /// Standard input is a terminal.
    pub(crate) stdin_terminal: bool,
    /// Standard error is a terminal.
    pub(crate) stderr_terminal: bool,
    /// The process is in the terminal's foreground, so that reading from it does not stop the process.
    pub(crate) foreground: bool,
    /// A container's marker file exists, or the control group has a container's name.
    pub(crate) container: bool,
    /// The machine's name, as the system reports it.
    pub(crate) name: Option<String>,
    /// The user's home folder.
    pub(crate) home: Option<PathBuf>,
    /// The working folder.
    pub(crate) working_folder: Option<PathBuf>,
    /// The folder for temporary files.
    pub(crate) temporary_folder: Option<PathBuf>,
}

/// The user's folders as the environment variables name them.
#[derive(Clone, Default)]
pub(crate) struct UserFolders {
    home: Option<PathBuf>,
    temporary: Option<PathBuf>,
}

impl UserFolders {
    /// Reads variables of the process. So it is called when telemetry is set up, and not later.
    #[must_use]
    pub(crate) fn look() -> Self {
        Self {
            home: dirs::home_dir().filter(|home| home.is_absolute()),
            temporary: Some(std::env::temp_dir()),
        }
    }
}

impl Host {
    /// Queries the system once, and reads no variable: a few calls about the terminal and the names, the existence of
    /// two files, and one small file.
    #[must_use]
    pub(crate) fn look(folders: &UserFolders) -> Self {
        let stdin_terminal = std::io::stdin().is_terminal();
        Self {
            stdin_terminal,
            stderr_terminal: std::io::stderr().is_terminal(),
            foreground: stdin_terminal && is_foreground(),
            container: is_container(),
            name: machine_name(),
            home: folders.home.clone(),
            working_folder: std::env::current_dir().ok(),
            temporary_folder: folders.temporary.clone(),
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("stdin_terminal", &self.stdin_terminal)
            .field("stderr_terminal", &self.stderr_terminal)
            .field("foreground", &self.foreground)
            .field("container", &self.container)
            .finish_non_exhaustive()
    }
}

#[cfg(unix)]
fn is_foreground() -> bool {
    rustix::termios::tcgetpgrp(std::io::stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Other systems have no job control that could stop a process that reads.
#[cfg(not(unix))]
fn is_foreground() -> bool {
    true
}

#[cfg(unix)]
fn machine_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

/// There is no name here, because `COMPUTERNAME` is in the snapshot of the environment.
#[cfg(not(unix))]
fn machine_name() -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
fn is_container() -> bool {
    use std::io::Read;
    use std::path::Path;

    if ["/.dockerenv", "/run/.containerenv"].iter().any(|marker| Path::new(marker).exists()) {
        return true;
    }
    let mut groups = String::new();
    // A process is in a dozen groups at most. Their names take only a small part of this size.
    let read =
        std::fs::File::open("/proc/self/cgroup").and_then(|f| f.take(16 * 1024).read_to_string(&mut groups));
    read.is_ok() && names_container(&groups)
}

#[cfg(not(target_os = "linux"))]
fn is_container() -> bool {
    false
}

/// Is a container's control group among these (the format of `/proc/PID/cgroup`, cgroups(7))?
///
/// The name must belong to a container, not to the service that runs containers: on a host with Docker, that service is
/// in `/system.slice/docker.service`.
#[cfg(any(target_os = "linux", test))]
fn names_container(groups: &str) -> bool {
    let is_id = |s: &str| s.len() == 64 && s.bytes().all(|b| b.is_ascii_hexdigit());
    let scopes = ["docker-", "libpod-", "cri-containerd-", "crio-"];
    groups.lines().filter_map(|line| line.splitn(3, ':').nth(2)).any(|path| {
        path.split('/').any(|part| {
            let scope = part.strip_suffix(".scope").unwrap_or(part);
            is_id(part)
                || part.starts_with("kubepods")
                || scopes.iter().any(|s| scope.strip_prefix(s).is_some_and(is_id))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn containers_are_told_from_what_runs_them() {
        let inside = [
            format!("12:memory:/docker/{ID}\n1:name=systemd:/docker/{ID}\n"),
            format!("0::/system.slice/docker-{ID}.scope\n"),
            format!("0::/machine.slice/libpod-{ID}.scope/container\n"),
            "0::/kubepods.slice/kubepods-burstable.slice/x\n".to_owned(),
            format!("5:cpu:/kubepods/besteffort/pod1/{ID}"),
            format!("0::/k8s.io/cri-containerd-{ID}.scope"),
            format!("1:a:b:/docker/{ID}"),
        ];
        for groups in inside {
            assert!(names_container(&groups), "{groups}");
        }
        let outside = [
            "",
            "0::/\n",
            "0::/user.slice/user-1000.slice/session-2.scope\n",
            "0::/system.slice/docker.service\n",
            "0::/system.slice/containerd.service\n",
            "0::/lxc.payload.machine/\n",
            "nonsense",
            "::::",
        ];
        for groups in outside {
            assert!(!names_container(groups), "{groups}");
        }
    }

    #[test]
    fn debug_leaves_the_names_out() {
        let host = Host {
            name: Some("adas-laptop".into()),
            home: Some("/home/ada".into()),
            working_folder: Some("/home/ada/secret".into()),
            ..Host::default()
        };
        assert!(!format!("{host:?}").contains("ada"));
    }

    #[test]
    fn one_look_finds_a_working_folder() {
        let host = Host::look(&UserFolders::look());
        assert!(host.working_folder.is_some());
        assert!(host.home.is_none_or(|home| home.is_absolute()));
    }
}
