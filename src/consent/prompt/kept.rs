//! Where the report and the answer are kept on this computer, and how the user deletes them there. A program without a
//! command names the files.

use std::path::{Path, PathBuf};

use super::Question;
use crate::printable;

/// What is kept, and where.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The folder of the reports that wait.
    pub(crate) waiting: PathBuf,
    /// The file of the stored answer and the e-mail address. `None` if nothing can be stored.
    pub(crate) answer: Option<PathBuf>,
}

impl Kept {
    /// The lines of the paths below which an e-mail address is kept after a yes to all reports: the answer's file, and the
    /// folder with copies of the sent reports.
    fn address(&self) -> String {
        let folder = self.waiting.parent().unwrap_or(&self.waiting);
        self.answer.iter().map(PathBuf::as_path).chain([folder]).map(line).collect()
    }
}

/// A path on a line of its own, so that it can be copied.
pub(super) fn line(path: &Path) -> String {
    format!("\n  {}", printable::line(&path.to_string_lossy()))
}

/// How a report that waits is deleted now. A path ends the text.
pub(super) fn delete_now(question: &Question<'_>) -> String {
    let app = question.app();
    if app.has_command() {
        return format!("`{} purge` deletes it now.", app.command_name());
    }
    format!("To delete it now, delete the files in{}", line(&question.kept.waiting))
}

/// How a report is deleted that the user agreed to, until it has left.
pub(super) fn until_then(question: &Question<'_>) -> String {
    let app = question.app();
    if app.has_command() {
        let command = app.command_name();
        return format!("`{command} status` says if it still waits, and `{command} purge` deletes it then.");
    }
    format!("Until then you can delete it in{}", line(&question.kept.waiting))
}

/// Where an e-mail address is kept that goes along with every report, and how it is deleted. `done` says what happens to
/// the reports. A path is followed by another line.
pub(super) fn address(question: &Question<'_>, done: &str) -> String {
    let app = question.app();
    if app.has_command() {
        let command = app.command_name();
        return format!(
            "On this computer it is kept too: `{command} email --remove` deletes it, and `{command} purge` the copies of {done} reports."
        );
    }
    format!(
        "On this computer it is kept too, with copies of {done} reports, until you delete{}\n",
        question.kept.address()
    )
}
