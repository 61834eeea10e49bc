//! The page that the command shows its user: one, for the user alone, and gone with what it shows.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crawl4ai_telemetry_files::OwnedFolder;

use crate::store;

/// The file. A browser goes by its ending.
const NAME: &str = "page.html";

/// Is this the page while it is written? Each process has a name of its own for it.
fn is_draft(name: &str) -> bool {
    let process = name.strip_prefix("page-").and_then(|rest| rest.strip_suffix(".tmp"));
    process.is_some_and(|process| process.bytes().all(|b| b.is_ascii_digit()))
}

/// The page of one program of one user.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    folder: OwnedFolder,
}

impl Page {
    /// Below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: &Path) -> Self {
        Self { folder: store::below(config) }
    }

    /// Writes it in place of the one before, and says where it lies.
    pub(crate) fn write(&self, page: &[u8]) -> io::Result<PathBuf> {
        let folder = self.folder.create()?;
        // One that died in here left its draft.
        let draft = folder.draft_anew(format!("page-{}.tmp", std::process::id()))?;
        draft.file().write_all(page)?;
        draft.place(NAME)?;
        Ok(self.folder.path().join(NAME))
    }

    /// Deletes it, where there is one.
    pub(crate) fn delete(&self) -> io::Result<()> {
        let delete = || self.folder.open_to_delete()?.remove_named(|name| name == NAME || is_draft(name));
        match delete() {
            Err(error) if io::Error::kind(&error) == ErrorKind::NotFound => Ok(()),
            deleted => deleted.map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn there_is_one_and_it_is_for_the_user_alone() {
        let home = tempfile::tempdir().unwrap();
        let page = Page::below(&home.path().join(".weather"));
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
    #[cfg(unix)]
    fn it_is_never_written_through_a_link() {
        let home = tempfile::tempdir().unwrap();
        let page = Page::below(home.path());
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
