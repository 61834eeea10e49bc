//! A file in a folder of the user that is replaced at each write, such as a page to look at.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use crate::folder::OwnedFolder;

/// A file with a fixed name. It is for the user alone, is written whole or not at all, and replaces the previous one.
///
/// ```
/// use crawl4ai_telemetry_files::{KeptFile, OwnedFolder};
///
/// # let home = tempfile::tempdir()?;
/// let page = KeptFile::new(OwnedFolder::at(home.path().join(".tool")).folder("telemetry"), "page", "html");
/// let path = page.write(b"<!doctype html>")?;
/// assert!(path.ends_with(".tool/telemetry/page.html"));
/// page.delete()?;
/// assert!(!path.exists());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeptFile {
    folder: OwnedFolder,
    stem: &'static str,
    ending: &'static str,
}

impl KeptFile {
    /// The file `stem.ending` in a folder. Makes no system call. The ending is required, because a browser needs it.
    #[must_use]
    pub fn new(folder: OwnedFolder, stem: &'static str, ending: &'static str) -> Self {
        Self { folder, stem, ending }
    }

    /// Replaces the previous file, with mode 0600, and returns its path.
    ///
    /// # Errors
    /// When the folder may not be used, or the file cannot be written. The previous file then stays.
    pub fn write(&self, content: &[u8]) -> io::Result<PathBuf> {
        let (folder, name) = (self.folder.create()?, self.name());
        // A draft of this name was left by a process that died.
        let draft = folder.draft_anew(format!("{}-{}.tmp", self.draft_stem(), std::process::id()))?;
        draft.file().write_all(content)?;
        draft.place(&name)?;
        Ok(self.folder.path().join(name))
    }

    /// Deletes the file, and the drafts of processes that died. A missing file is no error.
    ///
    /// # Errors
    /// When a file cannot be deleted.
    pub fn delete(&self) -> io::Result<()> {
        let name = self.name();
        let delete =
            || self.folder.open_to_delete()?.remove_named(|found| found == name || self.is_draft(found));
        match delete() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            deleted => deleted.map(drop),
        }
    }

    fn name(&self) -> String {
        format!("{}.{}", self.stem, self.ending)
    }

    /// Is this the name of a draft? Each process has its own draft.
    fn is_draft(&self, name: &str) -> bool {
        let rest = name.strip_prefix(&self.draft_stem()).and_then(|rest| rest.strip_prefix('-'));
        let process = rest.and_then(|rest| rest.strip_suffix(".tmp"));
        process.is_some_and(|process| process.bytes().all(|b| b.is_ascii_digit()))
    }

    /// The start of a draft's name. For a page it is the stem, as in earlier versions. For another file it also holds
    /// the ending, because the stem may be the same.
    fn draft_stem(&self) -> String {
        if self.ending == "html" { self.stem.to_owned() } else { format!("{}-{}", self.stem, self.ending) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn page(home: &Path) -> KeptFile {
        KeptFile::new(OwnedFolder::at(home).folder("telemetry"), "page", "html")
    }

    #[test]
    fn there_is_one_and_it_is_for_the_user_alone() {
        let home = tempfile::tempdir().unwrap();
        let page = page(&home.path().join(".weather"));
        page.delete().unwrap();
        assert!(!home.path().join(".weather").exists(), "nothing is made to delete from");

        page.write(b"one").unwrap();
        let path = page.write(b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let folder = path.parent().unwrap();
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(folder)), (0o600, 0o700));
        }

        for (name, ours) in [("page-4711.tmp", true), ("page-of-mine.tmp", false), ("page.html.bak", false)] {
            fs::write(folder.join(name), "half").unwrap();
            page.delete().unwrap();
            assert_eq!(folder.join(name).exists(), !ours, "{name}");
        }
        assert!(!path.exists());
    }

    #[test]
    fn two_of_one_stem_are_two() {
        let home = tempfile::tempdir().unwrap();
        let page = page(home.path());
        let text = KeptFile { ending: "md", ..page.clone() };
        let (html, md) = (page.write(b"page").unwrap(), text.write(b"text").unwrap());
        fs::write(md.with_file_name("page-md-4711.tmp"), "half").unwrap();
        page.delete().unwrap();
        assert_eq!((html.exists(), fs::read(&md).unwrap()), (false, b"text".to_vec()));
        assert!(md.with_file_name("page-md-4711.tmp").exists());
        text.delete().unwrap();
        assert_eq!(fs::read_dir(md.parent().unwrap()).unwrap().count(), 0);
    }

    #[test]
    #[cfg(unix)]
    fn it_is_never_written_through_a_link() {
        let home = tempfile::tempdir().unwrap();
        let page = page(home.path());
        let path = page.write(b"one").unwrap();
        let letter = home.path().join("letter");
        fs::write(&letter, "dear Ada").unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&letter, &path).unwrap();
        page.write(b"two").unwrap();
        assert_eq!(fs::read(&letter).unwrap(), b"dear Ada");
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }
}
