//! Erasure of reports: the library erases those in a file, and writes a letter about those on a server to the people
//! who are responsible for it.

use std::fmt::Write as _;

use crawl4ai_telemetry_core::{App, ProviderError, ReportId};
use serde::Serialize;

use crate::deliver::Pipeline;
use crate::printable::line;
use crate::printable::wrap;
use crate::store::sent_log::{SentId, SentLog, kept_destination};

/// The provider that writes to a file.
const FILE: &str = "file";

/// The result of [`Telemetry::erase`](crate::Telemetry::erase), with the letter that asks for the remaining erasure.
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .build()?;
/// let erasure = telemetry.erase()?;
/// assert_eq!((erasure.erased, erasure.letter), (0, None), "nothing was ever sent");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Erasure {
    /// Number of reports that were removed from the file that reports go to.
    pub erased: usize,
    /// The file from which they were removed, with its whole path.
    pub file: Option<String>,
    /// Numbers of the lines of that file that cannot be read and that name one of the reports, such as a line that a
    /// power cut tore. Numbers start at 1, and at most 20 are listed. The lines are kept, because somebody else's
    /// report may be on the same line.
    pub torn_lines: Vec<u64>,
    /// Numbers of the file's other lines that cannot be read, with the same limit. A part of a report may be in them.
    pub unreadable_lines: Vec<u64>,
    /// Number of lines that cannot be read and are in neither list.
    pub unlisted_lines: u64,
    /// Files to which reports went before. They were not searched.
    pub other_files: Vec<String>,
    /// Reports that went to servers, whose operators have to erase them.
    pub on_servers: Vec<SentId>,
    /// The letter that asks for the erasure of the reports on servers: one for each of the recipients, below each other.
    pub letter: Option<String>,
    /// Whom the letters are addressed to.
    pub recipients: Vec<String>,
    /// Is there a server of which it is not known who chose it? A report of an earlier version went to it.
    pub is_chooser_unknown: bool,
}

/// Erases the reports that can be reached, and writes the letter about the others.
pub(crate) fn erase(pipeline: &Pipeline) -> Result<Erasure, ProviderError> {
    let (ids, sender) = (sent_ids(pipeline), &pipeline.sender);
    let mut erasure = Erasure::default();
    if let Some(eraser) = &sender.eraser {
        let all: Vec<ReportId> = ids.iter().map(|sent| sent.id).collect();
        let erased = eraser(&all)?;
        erasure.erased = erased.reports;
        erasure.torn_lines = erased.torn_lines;
        erasure.unreadable_lines = erased.unreadable_lines;
        erasure.unlisted_lines = erased.unlisted_lines;
        erasure.file = Some(sender.whole_destination().into_owned());
    }
    let own_file = erasure.file.as_deref().map(kept_destination);
    for sent in ids {
        if sent.provider != FILE {
            erasure.on_servers.push(sent);
        } else if own_file.as_ref() != Some(&sent.destination)
            && sent.destination != FILE
            && !erasure.other_files.contains(&sent.destination)
        {
            erasure.other_files.push(sent.destination);
        }
    }
    erasure.is_chooser_unknown =
        erasure.on_servers.iter().any(|sent| sent.of_program.is_none() && !is_declared(pipeline, sent));
    let letters = letters(pipeline, &erasure.on_servers);
    if !letters.is_empty() {
        let texts: Vec<&str> = letters.iter().map(|(_, text)| &**text).collect();
        erasure.letter = Some(texts.join("\n\n"));
        erasure.recipients = letters.into_iter().map(|(recipient, _)| recipient).collect();
    }
    Ok(erasure)
}

/// Reports that were sent and may still be stored at their destination, oldest first.
pub(crate) fn sent_ids(pipeline: &Pipeline) -> Vec<SentId> {
    let ids = |log: &SentLog| log.ids(pipeline.clock.now(), pipeline.policy.remembers_ids_for());
    pipeline.store.sent_log.as_ref().map(ids).unwrap_or_default()
}

/// A letter for each of those who keep the reports, with its recipient.
fn letters(pipeline: &Pipeline, sent: &[SentId]) -> Vec<(String, String)> {
    let app = pipeline.policy.admission.app();
    let mut recipients: Vec<(String, Vec<&SentId>)> = Vec::new();
    for sent in sent {
        let recipient = recipient(pipeline, sent);
        match recipients.iter_mut().find(|(known, _)| *known == recipient) {
            Some((_, theirs)) => theirs.push(sent),
            None => recipients.push((recipient, vec![sent])),
        }
    }
    let write = |(recipient, theirs): (String, Vec<&SentId>)| {
        let text = letter(app, &recipient, &theirs);
        (recipient, text)
    };
    recipients.into_iter().map(write).collect()
}

/// Did the program choose the place of this report, so that what it declares is about that place? Of a report of an
/// earlier version it is not known who chose it, unless it is the place to which reports go now.
fn is_declared(pipeline: &Pipeline, sent: &SentId) -> bool {
    // An entry of the log alone names the provider as its place.
    let is_here = || {
        kept_destination(pipeline.sender.destination()) == sent.destination
            || (sent.destination == sent.provider && sent.provider == pipeline.sender.name())
    };
    sent.of_program.unwrap_or_else(|| pipeline.policy.admission.offer().is_of_program() && is_here())
}

/// Who keeps a report.
fn recipient(pipeline: &Pipeline, sent: &SentId) -> String {
    let app = pipeline.policy.admission.app();
    match (app.controller_address(), app.privacy_notice_url()) {
        _ if !is_declared(pipeline, sent) => format!("whoever runs {}", line(&sent.destination)),
        (Some(controller), _) => line(controller).into_owned(),
        (None, Some(notice)) => format!("whoever {notice} names"),
        (None, None) => format!("the authors of {}", line(app.name())),
    }
}

/// Writes a letter that lacks only the user's name, in paragraphs of 78 columns.
fn letter(app: &App, recipient: &str, sent: &[&SentId]) -> String {
    let name = line(app.name());
    let mut text = format!("To: {recipient}\n");
    // Writing to a string does not fail.
    let _ = writeln!(text, "Subject: Erasure of crash reports of {name} (Article 17 GDPR)\n");
    for paragraph in [
        format!("{name} sent you the crash reports below from my computer. Please erase them and every copy of them."),
        "As far as they rest on my consent, I take it back for these reports (Article 17(1)(b) GDPR); else I object to \
         their processing (Articles 17(1)(c) and 21). Please tell me when it is done, within one month (Article 12(3))."
            .to_owned(),
    ] {
        wrap(&paragraph, &mut text);
        text.push('\n');
    }
    for SentId { id, sent_at, destination, .. } in sent {
        let when: String = sent_at.to_string().replace('T', " ").chars().take(19).collect();
        let _ = writeln!(text, "  {id}  sent {when} UTC to {}", line(destination));
    }
    text.push_str("\n[your name, and where the answer reaches you]\n");
    text
}

#[cfg(test)]
#[cfg(feature = "file")]
mod tests;
