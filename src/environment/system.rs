//! The name and version of the system, coarsely.

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "macos"))]
use crawl4ai_telemetry_files::read_at_most;

/// `Debian 12`, `macOS 15.1`, `Windows 11 23H2`; `None` for a system that is not known by name. It is read only when a
/// report is made that may hold it.
pub(crate) fn os_version() -> Option<String> {
    let (id, version) = release()?;
    crawl4ai_telemetry_core::os_version(&id, &version)
}

/// The file that every distribution has (os-release(5)). The second path counts if the first does not exist.
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
fn release() -> Option<(String, String)> {
    let text = ["/etc/os-release", "/usr/lib/os-release"].into_iter().find_map(text_of)?;
    let version = assigned(&text, "VERSION_ID").unwrap_or_default().to_owned();
    Some((assigned(&text, "ID")?.to_owned(), version))
}

#[cfg(target_os = "macos")]
fn release() -> Option<(String, String)> {
    let text = text_of("/System/Library/CoreServices/SystemVersion.plist")?;
    Some(("macos".to_owned(), product_version(&text)?.to_owned()))
}

#[cfg(windows)]
fn release() -> Option<(String, String)> {
    // The version is left out, because a server has the same build numbers as a desktop, but other names of releases.
    if windows_version::is_server() {
        return Some(("windows".to_owned(), String::new()));
    }
    let version = windows_version::OsVersion::current();
    Some(("windows".to_owned(), format!("{}.{}.{}", version.major, version.minor, version.build)))
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "macos", windows)))]
fn release() -> Option<(String, String)> {
    None
}

/// The text of a small file of the system, a few hundred bytes. A pipe is not opened, because reading it would block
/// for ever.
#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "macos"))]
fn text_of(path: &str) -> Option<String> {
    if !std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return None;
    }
    let bytes = read_at_most(std::fs::File::open(path).ok()?, 16 * 1024).ok()??;
    String::from_utf8(bytes).ok()
}

/// The value of a line `NAME=value` or `NAME="value"`.
#[cfg(any(target_os = "linux", target_os = "freebsd", test))]
fn assigned<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim().trim_matches(['"', '\'']))
}

/// The text after the key `ProductVersion` of a property list.
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
    #[cfg(target_os = "linux")]
    fn a_system_that_is_known_by_name_is_named() {
        let said = text_of("/etc/os-release").unwrap_or_default();
        let id = assigned(&said, "ID").unwrap_or_default();
        let expected =
            crawl4ai_telemetry_core::os_version(id, assigned(&said, "VERSION_ID").unwrap_or_default());
        assert_eq!(os_version(), expected);
        assert!(id != "debian" || expected.is_some_and(|name| name.starts_with("Debian")), "{said}");
        assert!(text_of("/etc").is_none() && text_of("/dev/zero").is_none());
    }
}
