//! The platform of a report: the program's target and compiler, and the operating system with its version.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{Text, runtime};

/// The compiler that built this crate, `rustc 1.95.0`. The build script sets it.
pub const COMPILER: Option<&str> = option_env!("CRAWL4AI_TELEMETRY_RUSTC");

/// The target of the program, and the system that it runs on, in coarse terms: `linux`, `x86_64`, `Debian 12`,
/// `rustc 1.95.0`. It holds no host name, no kernel version and nothing else that identifies a machine.
/// [`Report::platform`](crate::Report::platform) returns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform<S = Text> {
    pub(crate) os: S,
    pub(crate) arch: S,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub(crate) os_version: Option<S>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub(crate) compiler: Option<S>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub(crate) runtime: Option<S>,
}

/// A default without the bound `S: Default`, which serde would require otherwise.
const fn none<S>() -> Option<S> {
    None
}

impl Platform {
    /// The operating system, as [`std::env::consts::OS`] names it.
    #[must_use]
    pub fn os(&self) -> &str {
        self.os.as_str()
    }

    /// The processor's architecture, as [`std::env::consts::ARCH`] names it.
    #[must_use]
    pub fn arch(&self) -> &str {
        self.arch.as_str()
    }

    /// The system and its version: `Debian 12`. `None` at the strict level, and if unknown.
    #[must_use]
    pub fn os_version(&self) -> Option<&str> {
        self.os_version.as_ref().map(Text::as_str)
    }

    /// The system and its version in two parts, `Debian` and `12`; the second is empty if no version is known.
    #[must_use]
    pub fn os_name_and_version(&self) -> Option<(&str, &str)> {
        let said = self.os_version()?;
        let at = said
            .find(|c: char| c.is_ascii_digit())
            .filter(|at| said.get(..*at).is_some_and(|b| b.ends_with(' ')));
        Some(match at {
            Some(at) => (said.get(..at).unwrap_or_default().trim_end(), said.get(at..).unwrap_or_default()),
            None => (said, ""),
        })
    }

    /// The compiler of the library, and so of the program: `rustc 1.95.0`. `None` if there is a
    /// [`runtime`](Self::runtime).
    #[must_use]
    pub fn compiler(&self) -> Option<&str> {
        self.compiler.as_ref().map(Text::as_str)
    }

    /// The runtime of code that is not compiled: `CPython 3.11.7`.
    #[must_use]
    pub fn runtime(&self) -> Option<&str> {
        self.runtime.as_ref().map(Text::as_str)
    }

    /// The language of the code that [`runtime`](Self::runtime) runs: `python`.
    #[must_use]
    pub fn language(&self) -> Option<&'static str> {
        runtime::language(self.runtime()?)
    }
}

impl Platform<String> {
    /// The platform of this build, and the runtime of the code that failed.
    pub(crate) fn of_this_build(os_version: Option<String>, runtime: Option<String>) -> Self {
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            os_version,
            compiler: COMPILER.filter(|_| runtime.is_none()).map(str::to_owned),
            runtime,
        }
    }

    /// The operating system's version, if it has one of the known forms. The form is checked because a stored file may
    /// have been changed.
    pub(crate) fn version_of_os(&self) -> Option<&str> {
        let is_release = |text: &str| {
            text.rsplit_once(' ').is_some_and(|(name, v)| is_system(name) && is_version(v, 1..=2))
        };
        let is_windows = |text: &str| {
            let release = text.strip_prefix("Windows ");
            release.is_some_and(|release| WINDOWS.iter().any(|(_, known)| *known == release))
        };
        self.os_version.as_deref().filter(|text| is_system(text) || is_release(text) || is_windows(text))
    }

    pub(crate) fn version_of_compiler(&self) -> Option<&str> {
        let is_channel = |text: &str| match text.split_once('.') {
            Some((channel, number)) => CHANNELS.contains(&channel) && is_version(number, 1..=1),
            None => CHANNELS.contains(&text),
        };
        let is_release = |text: &str| match text.split_once('-') {
            Some((version, channel)) => is_version(version, 3..=3) && is_channel(channel),
            None => is_version(text, 3..=3),
        };
        self.compiler.as_deref().filter(|text| text.strip_prefix("rustc ").is_some_and(is_release))
    }

    pub(crate) fn version_of_runtime(&self) -> Option<&str> {
        self.runtime.as_deref().filter(|text| runtime::is_one(text))
    }
}

/// Known systems: the system's own id, and the name that people know. Other systems have no name in a report, because
/// the name of a company's own system would tell whose machine it is. Source of the ids: `ID` of os-release(5), as each
/// system ships it.
const SYSTEMS: [(&str, &str); 33] = [
    ("almalinux", "AlmaLinux"),
    ("alpine", "Alpine"),
    ("amzn", "Amazon Linux"),
    ("arch", "Arch Linux"),
    ("azurelinux", "Azure Linux"),
    ("centos", "CentOS"),
    ("chromeos", "ChromeOS"),
    ("cos", "Container-Optimized OS"),
    ("debian", "Debian"),
    ("elementary", "elementary OS"),
    ("endeavouros", "EndeavourOS"),
    ("fedora", "Fedora"),
    ("freebsd", "FreeBSD"),
    ("gentoo", "Gentoo"),
    ("kali", "Kali"),
    ("linuxmint", "Linux Mint"),
    ("macos", "macOS"),
    ("mageia", "Mageia"),
    ("manjaro", "Manjaro"),
    ("nixos", "NixOS"),
    ("ol", "Oracle Linux"),
    ("opensuse-leap", "openSUSE Leap"),
    ("opensuse-tumbleweed", "openSUSE Tumbleweed"),
    ("pop", "Pop!_OS"),
    ("raspbian", "Raspbian"),
    ("rhel", "RHEL"),
    ("rocky", "Rocky Linux"),
    ("sles", "SLES"),
    ("steamos", "SteamOS"),
    ("ubuntu", "Ubuntu"),
    ("void", "Void"),
    ("windows", "Windows"),
    ("wolfi", "Wolfi"),
];

/// The first build of each release of Windows, the latest first. Source: Microsoft's "Windows 11 release information"
/// and "Windows 10 release information".
const WINDOWS: [(u32, &str); 19] = [
    (26_200, "11 25H2"),
    (26_100, "11 24H2"),
    (22_631, "11 23H2"),
    (22_621, "11 22H2"),
    (22_000, "11 21H2"),
    (19_045, "10 22H2"),
    (19_044, "10 21H2"),
    (19_043, "10 21H1"),
    (19_042, "10 20H2"),
    (19_041, "10 2004"),
    (18_363, "10 1909"),
    (18_362, "10 1903"),
    (17_763, "10 1809"),
    (17_134, "10 1803"),
    (16_299, "10 1709"),
    (15_063, "10 1703"),
    (14_393, "10 1607"),
    (10_586, "10 1511"),
    (10_240, "10 1507"),
];

/// Words that follow the version of a compiler that is not a release.
const CHANNELS: [&str; 3] = ["nightly", "beta", "dev"];

/// Most digits of one part of a version number. A year has four digits. The date of a rolling system's last update has
/// more, and does not leave.
const DIGITS: usize = 4;

/// A system's name and version in the form that a report has: the first two parts of the version. `None` for a system
/// that is not listed.
///
/// ```
/// use crawl4ai_telemetry_core::os_version;
///
/// assert_eq!(os_version("debian", "12"), Some("Debian 12".to_owned()));
/// assert_eq!(os_version("alpine", "3.19.1"), Some("Alpine 3.19".to_owned()));
/// assert_eq!(os_version("arch", ""), Some("Arch Linux".to_owned()));
/// assert_eq!(os_version("acme-desktop", "7"), None);
/// ```
#[must_use]
pub fn os_version(id: &str, version: &str) -> Option<String> {
    let (_, name) = SYSTEMS.iter().find(|(known, _)| *known == id)?;
    if id == "windows" {
        // In `10.0.22631`, the third number tells the release, for Windows 10 and 11 alike.
        let build: Option<u32> = version.split('.').nth(2).and_then(|build| build.parse().ok());
        let release = WINDOWS.iter().find(|(first, _)| build.is_some_and(|build| build >= *first));
        return Some(release.map_or_else(|| (*name).to_owned(), |(_, release)| format!("{name} {release}")));
    }
    let coarse = match version.match_indices('.').nth(1) {
        Some((second, _)) => version.get(..second).unwrap_or_default(),
        None => version,
    };
    Some(if is_version(coarse, 1..=2) { format!("{name} {coarse}") } else { (*name).to_owned() })
}

fn is_system(name: &str) -> bool {
    SYSTEMS.iter().any(|(_, known)| *known == name)
}

/// Does the text consist of numbers with dots between them, and is their count in `numbers`?
pub(crate) fn is_version(version: &str, numbers: RangeInclusive<usize>) -> bool {
    let is_number =
        |part: &str| (1..=DIGITS).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    version.split('.').all(is_number) && numbers.contains(&version.split('.').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_coarse_and_of_a_known_system() {
        for (id, version, expected) in [
            ("ubuntu", "24.04", Some("Ubuntu 24.04")),
            ("opensuse-leap", "15.6", Some("openSUSE Leap 15.6")),
            ("nixos", "24.11.20250101.abcdef", Some("NixOS 24.11")),
            ("debian", "trixie/sid", Some("Debian")),
            ("debian", "12 of Ada Lovelace", Some("Debian")),
            ("debian", "123456789", Some("Debian")),
            ("opensuse-tumbleweed", "20240101", Some("openSUSE Tumbleweed")),
            ("macos", "15.1.1", Some("macOS 15.1")),
            ("windows", "10.0.22635", Some("Windows 11 23H2")),
            ("windows", "10.0.19045", Some("Windows 10 22H2")),
            ("windows", "6.1.7601", Some("Windows")),
            ("Debian", "12", None),
            ("", "", None),
        ] {
            assert_eq!(os_version(id, version).as_deref(), expected, "{id} {version}");
        }
    }

    #[test]
    fn what_a_file_says_leaves_only_in_its_form() {
        let stored = |os_version: &str, compiler: &str| Platform {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            os_version: Some(os_version.to_owned()),
            compiler: Some(compiler.to_owned()),
            runtime: None,
        };
        let good = stored("Debian 12", "rustc 1.95.0");
        assert_eq!(
            (good.version_of_os(), good.version_of_compiler()),
            (Some("Debian 12"), Some("rustc 1.95.0"))
        );
        for known in ["Arch Linux", "Windows 11 23H2", "openSUSE Leap 15.6"] {
            assert_eq!(stored(known, "").version_of_os(), Some(known));
        }
        for known in ["rustc 1.97.0-nightly", "rustc 1.96.0-beta.3", "rustc 1.95.0-dev"] {
            assert_eq!(stored("", known).version_of_compiler(), Some(known));
        }
        for hostile in [
            "Debian 12 ada@example.com",
            "Debian 10.0.0.1",
            "Debian 12345678",
            "ada",
            "",
            "Debian ",
            "rustc",
            "rustc ",
            "rustc 1.9.ada",
            "rustc 10.0.0.1",
            "rustc 12345678",
            "rustc 1.95.0-ada",
            "rustc 1.95.0-beta.ada",
            "rustc 1.9.0-dev-dev-nightly",
        ] {
            let bad = stored(hostile, hostile);
            assert_eq!((bad.version_of_os(), bad.version_of_compiler()), (None, None), "{hostile}");
        }
    }

    #[test]
    fn this_build_knows_its_compiler() {
        let platform = Platform::of_this_build(None, None);
        assert!(platform.version_of_compiler().is_some(), "{platform:?}");
    }
}
