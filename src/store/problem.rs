//! Reasons why stored data cannot be read, as text with a way to fix them. Without a reason, the user would take
//! unreadable data for no data.

use std::io::{self, ErrorKind};
use std::path::Path;

use crawl4ai_telemetry_files::{Folder, OwnedFolder, Refusal};

/// Why a folder, or files in it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Is everything about the folder unknown, even the number of its files?
    pub(crate) is_whole: bool,
    /// The reason, as the end of a sentence that begins with the folder's name.
    pub(crate) why: String,
}

impl Problem {
    /// Checks a folder and those files in it that are `ours`, but reads no file. A folder that may not be used, such as
    /// a link, is a problem. A file that may not be used is no problem, because the code that reads it sets it aside.
    pub(crate) fn of(folder: &OwnedFolder, mut ours: impl FnMut(&str) -> bool) -> Option<Self> {
        if let Some((at, error)) = folder.obstacle() {
            let why = match Refusal::of(&error) {
                Some(refusal) => format!("cannot be used: {refusal}"),
                None => format!("cannot be read: {error}{}", mend(&error, "u+rwx", &at, "")),
            };
            return Some(Self { is_whole: true, why });
        }
        let open = folder.open().ok()?;
        let names = open.names(|name| ours(name).then(|| name.to_owned())).ok()?;
        let locked: Vec<io::Error> = names.iter().filter_map(|name| unreadable(&open, name)).collect();
        let (first, path) = (locked.first()?, folder.path());
        let them = if locked.len() == 1 { "1 file" } else { &format!("{} files", locked.len()) };
        let why = format!("holds {them} that cannot be read: {first}{}", mend(first, "u+rw", &path, "/*"));
        Some(Self { is_whole: false, why })
    }

    /// Like [`of`](Self::of), for one file.
    pub(crate) fn of_file(folder: &OwnedFolder, name: &str) -> Option<Self> {
        let error = unreadable(&folder.open().ok()?, name)?;
        let path = folder.path().join(name);
        let why = format!("cannot be read: {error}{}", mend(&error, "u+rw", &path, ""));
        Some(Self { is_whole: true, why })
    }
}

/// The system's reason why a file of the user cannot be opened.
pub(crate) fn unreadable(folder: &Folder, name: &str) -> Option<io::Error> {
    if folder.is_foreign(name) {
        return None;
    }
    let error = folder.open(name).err()?;
    (error.kind() != ErrorKind::NotFound && Refusal::of(&error).is_none()).then_some(error)
}

/// The end of the sentence that says how to get the right to read, if that right is missing.
fn mend(error: &io::Error, right: &str, path: &Path, all: &str) -> String {
    if error.kind() != ErrorKind::PermissionDenied {
        return String::new();
    }
    if !cfg!(unix) {
        return "; give yourself the right to read it".to_owned();
    }
    format!("; `chmod {right} {}{all}` gives you the right", quoted(&path.display().to_string()))
}

/// A path, quoted for a shell.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,@~".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_command() {
        for (path, expected) in
            [("/home/ada/.weather", "/home/ada/.weather"), ("/a b", "'/a b'"), ("/it's", r"'/it'\''s'")]
        {
            assert_eq!(quoted(path), expected);
        }
    }

    #[test]
    fn what_is_there_and_what_is_missing_are_no_problem() {
        let home = tempfile::tempdir().unwrap();
        let folder = OwnedFolder::at(home.path().join(".weather")).folder("telemetry");
        assert_eq!(Problem::of(&folder, |_| true), None);
        folder.create().unwrap().create("one").unwrap();
        assert_eq!(Problem::of(&folder, |_| true), None);
        assert_eq!((Problem::of_file(&folder, "one"), Problem::of_file(&folder, "two")), (None, None));
    }
}
