//! The destination of the yes by which a report is stored, kept in the report's file. It leaves for no other.

use std::borrow::Cow;

use crawl4ai_telemetry_core::ReportId;
use serde::Deserialize;

use super::Pipeline;
use crate::consent::{Decision, Rule};
use crate::store::spool::{Clearance, ReportKey, ReportState, Spool, SpoolError, StoredName, StoredReport};

/// The field of a stored report. It never leaves, because a report is read without it.
#[derive(Deserialize)]
struct Along<'a> {
    #[serde(borrow, default)]
    agreed_for: Option<Cow<'a, str>>,
}

impl Pipeline {
    /// Stores a report that leaves by the rules. If `decision` is the stored yes, its destination is stored too. A
    /// variable and the default of servers hold for whatever destination they stand beside later.
    pub(super) fn put_under(
        &self,
        spool: &Spool,
        key: ReportKey,
        state: ReportState,
        report: &[u8],
        decision: &Decision,
    ) -> Result<StoredReport, SpoolError> {
        let is_stored_yes = decision.allowed && decision.rule == Rule::StoredConsent;
        let place = is_stored_yes.then(|| self.sender.destination());
        spool.put(key, state, &with_place(report, place))
    }

    /// Is the yes to this report, or the one by which it was stored, for the destination that reports go to now? `None`
    /// if that cannot be read. A damaged file is counted, and was set aside.
    pub(super) fn is_for_this_place(&self, spool: &Spool, name: &StoredName) -> Option<bool> {
        let bytes = self.read_or_count(spool, name)?;
        // Earlier versions stored no destination.
        Some(place_of(&bytes).is_none_or(|place| place == self.sender.destination()))
    }

    /// Does the stored yes cover this report, which waits for an answer because reports went elsewhere meanwhile? A
    /// yes that is newer than the report covers later ones only.
    pub(super) fn is_covered_again(&self, spool: &Spool, name: &StoredName) -> bool {
        let (stored, decision) = self.policy.admission.decide();
        name.clearance == Clearance::AwaitingConsent
            && decision.allowed
            && decision.rule == Rule::StoredConsent
            && stored.settings.decided_at.is_some_and(|at| at <= name.time)
            && self
                .read_or_count(spool, name)
                .is_some_and(|bytes| place_of(&bytes).is_some_and(|place| place == self.sender.destination()))
    }

    /// Leaves these reports to the stored yes to another place again, because the user was asked and did not answer. What a
    /// person carries waits for them.
    pub(super) fn leave_to_earlier_yes(&self, spool: &Spool, asked: &[ReportId]) {
        let carried = self.policy.awaiting_consent.agreed_by_hand();
        let waits = |name: &StoredName| {
            asked.contains(&name.id)
                && !carried.contains(&name.id)
                && name.clearance == Clearance::AwaitingConsent
        };
        for name in spool.list().iter().filter(|name| waits(name)) {
            if self.read_or_count(spool, name).is_some_and(|bytes| place_of(&bytes).is_some()) {
                spool.leave_to_rules(name);
            }
        }
    }
}

/// The destination in a stored report.
pub(super) fn place_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    serde_json::from_slice::<Along<'_>>(bytes).ok()?.agreed_for
}

/// The stored report with this destination in it. Bytes that are no object stay as they are, and are no report either.
pub(super) fn with_place<'a>(report: &'a [u8], place: Option<&str>) -> Cow<'a, [u8]> {
    let (Some(place), Some(fields)) = (place, report.strip_suffix(b"}")) else { return report.into() };
    let place = serde_json::Value::from(place);
    [fields, format!(r#","agreed_for":{place}}}"#).as_bytes()].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_read_as_it_was_stored() {
        for place in ["crashes.example.com", "the file a\"b\\é.jsonl"] {
            let bytes = with_place(br#"{"id":"7"}"#, Some(place));
            assert_eq!(place_of(&bytes).as_deref(), Some(place));
        }
        assert_eq!(place_of(&with_place(br#"{"id":"7"}"#, None)), None);
        assert_eq!(*with_place(b"torn", Some("elsewhere")), *b"torn");
    }
}
