//! The names of stored reports: `<time>_<id>_<fingerprint>_<checksum>.<state>`, then `.pending` while the user has not
//! answered, or `.agreed` when they said yes to this very report.
//!
//! The name holds all that delivery and eviction need, so that it is enough to list the folder.

use std::fmt;

use crawl4ai_telemetry_core::{Fingerprint, ReportId, Timestamp};

/// What a stored report waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportState {
    /// It waits for delivery.
    Ready,
    /// It waits for delivery, as a fatal error, whatever level its content has.
    Fatal,
    /// It waits for the end of its process, or for proof that the process survived.
    Unresolved,
    /// It waits for names and words that its process is looking up, or for delivery if the process ends first.
    Partial,
}

impl ReportState {
    const fn extension(self) -> &'static str {
        match self {
            Self::Ready => "report",
            Self::Fatal => "fatal",
            Self::Unresolved => "panic",
            Self::Partial => "partial",
        }
    }

    fn parse(extension: &str) -> Option<Self> {
        let all = [Self::Ready, Self::Fatal, Self::Unresolved, Self::Partial];
        all.into_iter().find(|s| s.extension() == extension)
    }

    /// The state after the process that stored the report has ended; `None` if the end changes nothing.
    pub(super) const fn without_its_process(self) -> Option<Self> {
        match self {
            Self::Ready | Self::Fatal => None,
            Self::Unresolved => Some(Self::Fatal),
            Self::Partial => Some(Self::Ready),
        }
    }
}

/// Who decides whether a stored report may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clearance {
    /// The rules, which are read again before the report is sent.
    Rules,
    /// The user, who has not answered yet. The report never leaves before an answer.
    AwaitingConsent,
    /// The user, who was asked about this very report and said yes. A later no still counts.
    Agreed,
}

impl Clearance {
    const fn extension(self) -> &'static str {
        match self {
            Self::Rules => "",
            Self::AwaitingConsent => ".pending",
            Self::Agreed => ".agreed",
        }
    }
}

/// The name of one stored report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredName {
    pub(crate) time: Timestamp,
    pub(crate) id: ReportId,
    /// `None` until names are looked up and texts are narrowed, because the fingerprint is made of them.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) checksum: u64,
    pub(crate) state: ReportState,
    pub(crate) clearance: Clearance,
}

/// Replaces a fingerprint that is not known.
const NO_FINGERPRINT: &str = "----------------";

impl fmt::Display for StoredName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}_{}_", self.time.as_millis(), self.id)?;
        match self.fingerprint {
            Some(fingerprint) => fingerprint.fmt(f)?,
            None => f.write_str(NO_FINGERPRINT)?,
        }
        write!(f, "_{:016x}.{}{}", self.checksum, self.state.extension(), self.clearance.extension())
    }
}

impl StoredName {
    /// Parses the name of a file. Returns `None` for every file that is not the library's.
    pub(crate) fn parse(file: &str) -> Option<Self> {
        let (stem, extension) = file.split_once('.')?;
        let (clearance, state) = [Clearance::AwaitingConsent, Clearance::Agreed]
            .into_iter()
            .find_map(|c| Some((c, extension.strip_suffix(c.extension())?)))
            .unwrap_or((Clearance::Rules, extension));
        let state = ReportState::parse(state)?;
        let mut parts = stem.split('_');
        let (time, id) = (parts.next()?, parts.next()?);
        let (fingerprint, checksum) = (parts.next()?, parts.next()?);
        if parts.next().is_some() || time.len() != 15 || checksum.len() != 16 {
            return None;
        }
        let fingerprint = match fingerprint {
            NO_FINGERPRINT => None,
            known => Some(known.parse().ok()?),
        };
        let name = Self {
            time: Timestamp::from_millis(time.parse().ok()?),
            id: id.parse().ok()?,
            fingerprint,
            checksum: u64::from_str_radix(checksum, 16).ok()?,
            state,
            clearance,
        };
        // Only one spelling is accepted, because `+5` and upper case parse as numbers too.
        (name.to_string() == file).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_was_made_of() {
        let known = "0123456789abcdef".parse().ok();
        for (fingerprint, state, clearance) in [
            (None, ReportState::Unresolved, Clearance::Rules),
            (known, ReportState::Ready, Clearance::AwaitingConsent),
            (None, ReportState::Fatal, Clearance::Agreed),
            (None, ReportState::Unresolved, Clearance::AwaitingConsent),
            (None, ReportState::Partial, Clearance::Rules),
            (None, ReportState::Partial, Clearance::AwaitingConsent),
        ] {
            let name = StoredName {
                time: Timestamp::from_millis(1_763_678_400_123),
                id: ReportId::from_bytes([9; 16]),
                fingerprint,
                checksum: 0xfeed,
                state,
                clearance,
            };
            assert_eq!(StoredName::parse(&name.to_string()), Some(name));
        }
    }

    #[test]
    fn other_files_are_not_ours() {
        let good =
            "001763678400123_09090909090949098909090909090909_----------------_000000000000feed.report";
        assert!(StoredName::parse(good).is_some());
        for bad in [
            "",
            ".",
            "report",
            "notes.report",
            &good.replace(".report", ".json"),
            &good.replace(".report", ".report.tmp"),
            &good.replace(".report", ".pending"),
            &good.replace(".report", ".report.pending.agreed"),
            &good.replace(".report", ".report."),
            &good.replace("feed", "FEED"),
            &good.replace("0017", "+017"),
            &good.replace("_0", "-0"),
            &format!("_{good}"),
            &format!("../{good}"),
        ] {
            assert_eq!(StoredName::parse(bad), None, "{bad}");
        }
    }
}
