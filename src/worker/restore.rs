//! From a file of the spool back to a report, and the address that goes along with it.

use std::borrow::Cow;

use crawl4ai_telemetry_core::sanitize::RestoreError;
use crawl4ai_telemetry_core::{Level, Loss, Report};
use serde::Deserialize;

use super::Desk;
use crate::config::Stored;
use crate::consent::{Decision, check_email};
use crate::spool::{Clearance, Name, Spool, SpoolError, State};

/// Why a file is no report.
#[derive(Debug, thiserror::Error)]
pub(super) enum RestoreFailure {
    #[error(transparent)]
    Read(#[from] SpoolError),
    #[error(transparent)]
    Unclean(#[from] RestoreError),
    #[error("a report cannot be written: {0}")]
    Write(#[from] serde_json::Error),
}

/// What the user gave along with this one report.
#[derive(Deserialize)]
struct Along<'a> {
    #[serde(borrow)]
    user_email: Option<Cow<'a, str>>,
}

impl Desk {
    /// The report of a file, cleaned again, as it leaves under `decision`: for one that waits for the user's answer, the
    /// decision that they agreed.
    pub(super) fn restore(
        &self,
        spool: &Spool,
        name: &Name,
        stored: &Stored,
        decision: &Decision,
    ) -> Result<Report, RestoreFailure> {
        let bytes = spool.read(name)?;
        let known = decision.email(self.gate.env(), stored);
        let report = match name.clearance {
            Clearance::Rules => self.sanitizer().restore(&bytes, known, decision.privacy),
            Clearance::Awaited => self.sanitizer().restore_agreed(&bytes, known, decision.privacy),
            Clearance::Agreed => {
                let given = given_along(&bytes);
                self.sanitizer().restore_agreed(&bytes, given.as_deref().or(known), decision.privacy)
            }
        }?;
        Ok(if name.state == State::Fatal { report.with_level(Level::Fatal) } else { report })
    }

    /// The same for a delivery: what cannot be restored is counted, and set aside.
    pub(super) fn restore_whole(
        &self,
        spool: &Spool,
        name: &Name,
        stored: &Stored,
        decision: &Decision,
    ) -> Option<Report> {
        let error = match self.restore(spool, name, stored, decision) {
            Ok(report) => return Some(report),
            Err(error) => error,
        };
        self.log.note(error.to_string());
        match error {
            RestoreFailure::Unclean(_) => {
                self.log.lost(Loss::Damaged, 1);
                spool.quarantine(name);
            }
            RestoreFailure::Read(SpoolError::Damaged) => self.log.lost(Loss::Damaged, 1),
            RestoreFailure::Read(
                SpoolError::Io { .. } | SpoolError::TooLarge { .. } | SpoolError::Foreign,
            )
            | RestoreFailure::Write(_) => {}
        }
        None
    }

    /// The user's yes to this report and no other. The address that they gave goes along with it and with no other
    /// either: it stands in the report, and nowhere else.
    pub(super) fn agree_once(&self, spool: &Spool, name: &Name, email: Option<&str>) {
        let along = email.map_or(Ok(()), |email| self.put_along(spool, name, email));
        match along {
            Ok(()) if email.is_some() => spool.remove(name),
            Ok(()) => drop(spool.agree(name)),
            Err(error) => {
                self.log.note(format!("the address does not go along: {error}"));
                spool.agree(name);
            }
        }
    }

    /// Stores the report once more, agreed to and with the address in it. Where both are there for a moment, the one that
    /// is agreed to counts.
    fn put_along(&self, spool: &Spool, name: &Name, email: &str) -> Result<(), RestoreFailure> {
        let agreed = self.gate.agreed(self.gate.decide().1);
        let report = self.sanitizer().restore_agreed(&spool.read(name)?, Some(email), agreed.privacy)?;
        let bytes = serde_json::to_vec(&report)?;
        let key = (name.id, name.time, name.fingerprint);
        let stored = spool.put_for(key, name.state, Clearance::Agreed, &bytes)?;
        spool.sync(&stored);
        Ok(())
    }
}

fn given_along(bytes: &[u8]) -> Option<String> {
    let along: Along<'_> = serde_json::from_slice(bytes).ok()?;
    along.user_email.map(Cow::into_owned).filter(|email| check_email(email).is_ok())
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
            assert_eq!(given_along(along.as_bytes()).as_deref(), given, "{along}");
        }
    }
}
