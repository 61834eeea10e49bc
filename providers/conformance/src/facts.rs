//! Values of this machine that must not be in any data that is sent.

use std::fs;

/// Length of the shortest value that is searched for, in bytes. Shorter ones, such as `root` or `home`, occur in
/// harmless text.
const SHORTEST: usize = 5;

/// The home folder, the working folder, and the names of the user and the machine.
fn facts() -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "the suite looks for this machine's values in what leaves")]
    let environment = ["HOME", "USERPROFILE", "USER", "USERNAME", "HOSTNAME", "COMPUTERNAME"]
        .map(|name| std::env::var(name).ok());
    let files = ["/etc/hostname", "/proc/sys/kernel/hostname"].map(|path| fs::read_to_string(path).ok());
    let folder = std::env::current_dir().ok().map(|path| path.to_string_lossy().into_owned());
    environment
        .into_iter()
        .chain(files)
        .chain([folder])
        .flatten()
        .map(|value| value.trim().to_owned())
        .filter(|value| value.len() >= SHORTEST && value != "localhost")
        .collect()
}

/// Fails if `bytes` contain a value of this machine.
///
/// # Panics
/// When `bytes` contain such a value.
pub fn assert_nothing_of_this_machine(what: &str, bytes: &[u8]) {
    for fact in facts() {
        assert!(!contains(bytes, fact.as_bytes()), "{what} holds {fact:?}, which is this machine's");
    }
}

/// Does `bytes` contain `needle`?
pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || bytes.windows(needle.len()).any(|window| window == needle)
}
