//! Which version of which system this is, coarsely.

/// `Debian 12`, `macOS 15.1`, `Windows 11 23H2`; nothing for a system that is not known by name.
pub(super) fn os_version() -> Option<String> {
    let (id, version) = release()?;
    crawl4ai_telemetry_core::os_version(&id, &version)
}

/// The file that every distribution has (os-release(5)); the second place counts where the first is not there.
#[cfg(target_os = "linux")]
fn release() -> Option<(String, String)> {
    let text = ["/etc/os-release", "/usr/lib/os-release"].into_iter().find_map(head_of)?;
    let version = assigned(&text, "VERSION_ID").unwrap_or_default().to_owned();
    Some((assigned(&text, "ID")?.to_owned(), version))
}

#[cfg(target_os = "macos")]
fn release() -> Option<(String, String)> {
    let text = head_of("/System/Library/CoreServices/SystemVersion.plist")?;
    Some(("macos".to_owned(), product_version(&text)?.to_owned()))
}

/// `14.1-RELEASE-p3`.
#[cfg(target_os = "freebsd")]
fn release() -> Option<(String, String)> {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let version = release.split('-').next().unwrap_or_default().to_owned();
    Some(("freebsd".to_owned(), version))
}

#[cfg(windows)]
fn release() -> Option<(String, String)> {
    // A server's builds are numbered as the desktop's, and its releases have other names.
    if windows_version::is_server() {
        return Some(("windows".to_owned(), String::new()));
    }
    let version = windows_version::OsVersion::current();
    Some(("windows".to_owned(), format!("{}.{}.{}", version.major, version.minor, version.build)))
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "freebsd", windows)))]
fn release() -> Option<(String, String)> {
    None
}

/// The beginning of a small file of the system's; those have a few hundred bytes.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn head_of(path: &str) -> Option<String> {
    use std::io::Read;

    let mut text = String::new();
    std::fs::File::open(path).and_then(|f| f.take(16 * 1024).read_to_string(&mut text)).ok()?;
    Some(text)
}

/// The value of a line `NAME=value` or `NAME="value"`.
#[cfg(any(target_os = "linux", test))]
fn assigned<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim().trim_matches(['"', '\'']))
}

/// The text behind the key `ProductVersion` of a property list.
#[cfg(any(target_os = "macos", test))]
fn product_version(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("<key>ProductVersion</key>")?;
    let (_, value) = behind.split_once("<string>")?;
    value.split_once("</string>").map(|(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_system_are_understood() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!((assigned(debian, "ID"), assigned(debian, "VERSION_ID")), (Some("debian"), Some("12")));
        assert_eq!(assigned("ID_LIKE=debian\n", "ID"), None);
        let plist = "<dict>\n<key>ProductVersion</key>\n\t<string>15.1</string>\n<key>x</key></dict>";
        assert_eq!(product_version(plist), Some("15.1"));
        assert_eq!(product_version("<key>ProductVersion</key>"), None);
    }

    #[test]
    fn whatever_machine_this_is_its_version_has_the_form_that_leaves() {
        let version = os_version();
        assert!(version.is_none_or(|text| text.len() <= 40 && !text.contains(char::is_control)));
    }
}
