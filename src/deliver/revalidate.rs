//! Reads a file of the spool back into a report, with the e-mail address and the destination that are stored with it.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use crawl4ai_telemetry_core::sanitize::{FrameNames, RestoreError};
use crawl4ai_telemetry_core::{Level, Loss, Report};
use serde::Deserialize;

use super::Pipeline;
use super::words_reading::Words;
use crate::capture::symbol_table::SymbolTable;
use crate::capture::symbols::LoadedModules;
use crate::consent::config::StoredConfig;
use crate::consent::{Decision, check_email};
use crate::store::delivery_state::EndWithout;
use crate::store::spool::{Clearance, ReportState, Spool, SpoolError, StoredName};

/// Why a file is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RevalidateError {
    #[error(transparent)]
    Read(#[from] SpoolError),
    #[error(transparent)]
    Unclean(#[from] RestoreError),
    #[error("a report cannot be written: {0}")]
    Write(#[from] serde_json::Error),
}

/// The fields that the user's yes adds to a stored report.
#[derive(Deserialize)]
struct Along<'a> {
    #[serde(borrow)]
    user_email: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    agreed_for: Option<Cow<'a, str>>,
}

impl Pipeline {
    /// Reads a report from its file and cleans it again, as it leaves under `decision`. For a report that waits for the
    /// user's answer, `decision` is the one that holds if they agree.
    pub(crate) fn revalidate(
        &self,
        spool: &Spool,
        name: &StoredName,
        stored: &StoredConfig,
        decision: &Decision,
    ) -> Result<Report, RevalidateError> {
        let bytes = spool.read(name)?;
        let known = decision.email(self.policy.admission.env(), stored);
        let beside = self.names_beside_words(name, &bytes, decision.privacy, LoadedModules::look);
        if self.words_for(name, decision.privacy) == Words::LeftOut {
            let table = SymbolTable::of_this_program();
            let names = (self.policy.admission.app(), table.as_ref().map(|table| table as &dyn FrameNames));
            let report = self.sanitizer().restore_without_words(&bytes, known, decision.privacy, names)?;
            return Ok(at_level(name, report));
        }
        // A report that the user is asked about gets its names when it is completed, and is then shown as it is stored.
        // So nothing leaves that the user has not seen, even if completing it fails on a full disk.
        let bytes = if name.clearance == Clearance::Rules {
            self.with_names(name, bytes, beside.as_ref())
        } else {
            bytes
        };
        let report = match name.clearance {
            Clearance::Rules => self.sanitizer().restore(&bytes, known, decision.privacy),
            Clearance::AwaitingConsent => self.sanitizer().restore_agreed(&bytes, known, decision.privacy),
            Clearance::Agreed => {
                let given = attached_email(&bytes);
                self.sanitizer().restore_agreed(&bytes, given.as_deref().or(known), decision.privacy)
            }
        }?;
        Ok(at_level(name, report))
    }

    /// Reads and cleans a report for its delivery. A damaged file is counted and set aside; every error is noted.
    pub(super) fn revalidate_or_set_aside(
        &self,
        spool: &Spool,
        name: &StoredName,
        stored: &StoredConfig,
        decision: &Decision,
    ) -> Option<Report> {
        let error = match self.revalidate(spool, name, stored, decision) {
            Ok(report) => return Some(report),
            Err(error) => error,
        };
        self.diagnostics.note(error.to_string());
        match error {
            RevalidateError::Unclean(_) => {
                self.diagnostics.lost(Loss::Damaged, 1);
                spool.quarantine(name);
            }
            RevalidateError::Read(SpoolError::Damaged) => self.diagnostics.lost(Loss::Damaged, 1),
            RevalidateError::Read(
                SpoolError::Io { .. } | SpoolError::TooLarge { .. } | SpoolError::Foreign,
            )
            | RevalidateError::Write(_) => {}
        }
        None
    }

    /// Counts a report against the limits if that was not done yet. The reports not counted yet are those of a signal,
    /// of phase 1 of a panic whose process died right then, and of an error that was stored without the program's
    /// words. The report is stored again under its fingerprint, so that another try does not count it again. `None`
    /// when the limits refuse the report, which is then deleted.
    pub(super) fn settle(&self, spool: &Spool, name: StoredName, report: &Report) -> Option<StoredName> {
        // A report that the user has seen and agreed to is neither stored again nor counted.
        if name.fingerprint.is_some() || name.clearance == Clearance::Agreed {
            return Some(name);
        }
        // The report is stored before it is counted. Otherwise, if the process ends in between, each start would count
        // it again, until the limits refuse it as a repeat.
        let settled = self.store_complete(spool, name, report);
        if !self.store.admits(report) {
            spool.remove(&settled);
            return None;
        }
        Some(settled)
    }

    /// Completes a report that waits for the user's answer with names and narrowed texts. It is stored as it is shown
    /// to the user, and not altered after their yes.
    pub(super) fn complete_waiting(&self, spool: &Spool, name: StoredName) -> StoredName {
        if name.fingerprint.is_some() {
            return name;
        }
        let agreed = self.policy.admission.decide().1.agreed();
        let Some(bytes) = self.read_or_count(spool, &name) else { return name };
        // The e-mail address is added later, with the user's yes or when the report leaves.
        match self.sanitizer().restore_agreed(&self.with_names(&name, bytes, None), None, agreed.privacy) {
            Ok(report) => self.store_complete(spool, name, &report),
            Err(_) => name,
        }
    }

    /// Replaces the file of a report that has no fingerprint by one with its fingerprint. Returns the old name if that
    /// fails.
    fn store_complete(&self, spool: &Spool, name: StoredName, report: &Report) -> StoredName {
        let key = (name.id, name.time, Some(report.fingerprint()));
        let stored = report.to_stored().map_err(|error| error.to_string()).and_then(|bytes| {
            spool.put_for(key, name.state, name.clearance, &bytes).map_err(|e| e.to_string())
        });
        match stored {
            // While both files exist, the one with a fingerprint counts.
            Ok(stored) => {
                self.forget_ends_without_what_was_found();
                spool.sync(&stored);
                spool.remove(&name);
                // All reports may have been deleted before the new file existed.
                if self.policy.admission.decide().1.rule.leaves_nothing_behind() {
                    spool.remove(&stored.name);
                }
                stored.name
            }
            Err(error) => {
                self.diagnostics.note(error);
                name
            }
        }
    }

    /// Forgets the ends of the program that had no time for words or line numbers, if a report was just stored with
    /// these.
    fn forget_ends_without_what_was_found(&self) {
        let found = &self.cleaning.found;
        for (found, without) in [(&found.words, EndWithout::Words), (&found.lines, EndWithout::Lines)] {
            if found.swap(false, Ordering::AcqRel) {
                self.store.forget_ends(without);
            }
        }
    }

    /// Stores the user's yes to this report only, for the destination that they were told of. The e-mail address that
    /// they gave leaves with no other report, because it is stored in this one and nowhere else. False when the yes
    /// could not be stored.
    pub(super) fn agree_once(&self, spool: &Spool, name: &StoredName, email: Option<&str>) -> bool {
        match self.store_agreed(spool, name, email) {
            Ok(()) => {
                spool.remove(name);
                true
            }
            Err(error) => {
                self.diagnostics.note(format!(
                    "the e-mail address or the destination of a yes cannot be stored: {error}"
                ));
                false
            }
        }
    }

    /// Stores the report again as one that is agreed to, with the e-mail address and the destination in it. While both
    /// files exist, the one that is agreed to counts.
    fn store_agreed(
        &self,
        spool: &Spool,
        name: &StoredName,
        email: Option<&str>,
    ) -> Result<(), RevalidateError> {
        let agreed = self.policy.admission.decide().1.agreed();
        let bytes = self.with_names(name, spool.read(name)?, None);
        let report = self.sanitizer().restore_agreed(&bytes, email, agreed.privacy)?;
        let bytes = agreed_for(&report.to_stored()?, self.sender.destination())?;
        let key = (name.id, name.time, name.fingerprint);
        let stored = spool.put_for(key, name.state, Clearance::Agreed, &bytes)?;
        spool.sync(&stored);
        Ok(())
    }

    /// Did the user say yes to this report for the destination that reports go to now? Otherwise they are asked again.
    /// `None` if that cannot be read. A damaged file is counted, and was set aside.
    pub(super) fn is_agreed_for_this_place(&self, spool: &Spool, name: &StoredName) -> Option<bool> {
        let bytes = self.read_or_count(spool, name)?;
        // Earlier versions stored no destination.
        let place = along(&bytes).and_then(|along| along.agreed_for);
        Some(place.is_none_or(|place| place == self.sender.destination()))
    }

    /// The content of a file of the spool, unless it cannot be read, which is noted.
    fn read_or_count(&self, spool: &Spool, name: &StoredName) -> Option<Vec<u8>> {
        let read = spool.read(name);
        if let Err(SpoolError::Damaged) = read {
            self.diagnostics.lost(Loss::Damaged, 1);
        }
        read.map_err(|error| self.diagnostics.note(error.to_string())).ok()
    }
}

/// The stored report with the destination that the user said yes to.
fn agreed_for(report: &[u8], place: &str) -> Result<Vec<u8>, serde_json::Error> {
    let mut stored: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(report)?;
    stored.insert("agreed_for".to_owned(), place.into());
    serde_json::to_vec(&stored)
}

/// Gives the report the level `Fatal` if its error ended the program.
fn at_level(name: &StoredName, report: Report) -> Report {
    if name.state == ReportState::Fatal { report.with_level(Level::Fatal) } else { report }
}

fn along(bytes: &[u8]) -> Option<Along<'_>> {
    serde_json::from_slice(bytes).ok()
}

fn attached_email(bytes: &[u8]) -> Option<String> {
    along(bytes)?.user_email.map(Cow::into_owned).filter(|email| check_email(email).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_an_address_is_taken_for_one() {
        for (along, given) in [
            (r#"{"id": 7, "user_email": "ada@example.com", "context": {}}"#, Some("ada@example.com")),
            (r#"{"user_email": "\u0061da@example.com"}"#, Some("ada@example.com")),
            (r#"{"user_email": "GET /?token=abc def@example.com"}"#, None),
            (r#"{"user_email": "Ada <ada@example.com>"}"#, None),
            (r#"{"user_email": ["ada@example.com"]}"#, None),
            (r#"{"context": {"user_email": "ada@example.com"}}"#, None),
            ("{", None),
        ] {
            assert_eq!(attached_email(along.as_bytes()).as_deref(), given, "{along}");
        }
    }
}
