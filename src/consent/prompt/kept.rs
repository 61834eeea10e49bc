//! Where the report and the answer are kept on this computer, and how the user deletes them there. A program without a
//! command names the files.

use std::path::{Path, PathBuf, absolute};

use super::Question;
use crate::consent::offer::Place;
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
    /// The folder of all that is kept of reports: those that wait, and copies of those that left.
    fn folder(&self) -> &Path {
        self.waiting.parent().unwrap_or(&self.waiting)
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
        return format!("To delete it now, run `{} purge`.", app.command_name());
    }
    format!("To delete it now, delete the files in{}", line(&question.kept.waiting))
}

/// How reports that leave are deleted here: while they wait, and as copies afterwards. `done` says what happens to
/// reports. A path ends the text.
pub(super) fn here(question: &Question<'_>, done: &str) -> String {
    let app = question.app();
    if app.has_command() {
        let command = app.command_name();
        return format!(
            "`{command} status` says what still waits. `{command} purge` deletes that, and the copies of {done} reports that stay on \
             this computer."
        );
    }
    format!(
        "What waits, and copies of {done} reports, stay in this folder until you delete it:{}",
        line(question.kept.folder())
    )
}

/// Where the report that a person carries is kept here, and how it is deleted. A path ends the text.
pub(super) fn carried(question: &Question<'_>) -> String {
    let app = question.app();
    if app.has_command() {
        return format!("`{} purge` deletes what is kept of it here.", app.command_name());
    }
    format!(
        "What is kept of it here stays in this folder until you delete it:{}",
        line(question.kept.folder())
    )
}

/// Where an e-mail address is kept that goes along with every report, and how it is deleted. `done` says what happens to
/// the reports. A path is followed by a new line.
pub(super) fn address(question: &Question<'_>, done: &str) -> String {
    let app = question.app();
    let file = match question.offer.place() {
        Place::File(file) => Some(file),
        Place::Server | Place::Other | Place::ByHand => None,
    };
    if app.has_command() {
        let command = app.command_name();
        let erase =
            if file.is_some() { format!(", and `{command} erase` the reports") } else { String::new() };
        return format!(
            "On this computer `{command} email --remove` deletes it, and `{command} purge` the copies of {done} reports{erase}; all of \
             these hold it."
        );
    }
    let answer = question.kept.answer.as_deref().map(line).unwrap_or_default();
    let file = file.and_then(|file| absolute(file).ok()).map(|file| line(&file)).unwrap_or_default();
    format!(
        "On this computer it stays in copies of {done} reports and beside your answer, until you delete all of these, which also \
         forgets your answers:{}{answer}{file}\n",
        line(question.kept.folder())
    )
}
