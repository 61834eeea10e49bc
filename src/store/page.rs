//! The pages that show the user what waits and what was sent: one that the command makes, one with a report to carry to
//! an issue tracker, and that report as text. A new page replaces the previous one. `purge` deletes all pages, and so
//! does a no.

use std::io;
use std::path::{Path, PathBuf};

use crawl4ai_telemetry_files::KeptFile;

use crate::store;

/// The pages of one program of one user.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    shown: KeptFile,
    /// Written by the provider that opens them, under the names in its crate. They are deleted here even if the program
    /// no longer uses that provider.
    carried: [KeptFile; 2],
}

impl Page {
    /// The pages below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: &Path) -> Self {
        let file = |stem, ending| KeptFile::new(store::below(config), stem, ending);
        Self { shown: file("page", "html"), carried: [file("issue", "html"), file("issue", "md")] }
    }

    /// Writes the command's page in place of the previous one, and returns its path.
    pub(crate) fn write(&self, page: &[u8]) -> io::Result<PathBuf> {
        self.shown.write(page)
    }

    /// Deletes all pages, even when one of them cannot be deleted.
    pub(crate) fn delete(&self) -> io::Result<()> {
        let all = [&self.shown].into_iter().chain(&self.carried);
        let deleted: Vec<io::Result<()>> = all.map(KeptFile::delete).collect();
        deleted.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn all_of_them_go_together() {
        let home = tempfile::tempdir().unwrap();
        let page = Page::below(home.path());
        let folder = page.write(b"one").unwrap().parent().unwrap().to_owned();
        for name in ["issue.html", "issue.md", "issue-4711.tmp", "issue-md-4711.tmp", "issue.txt"] {
            fs::write(folder.join(name), "a report").unwrap();
        }
        page.delete().unwrap();
        let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["issue.txt"]);
    }
}
