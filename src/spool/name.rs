//! The names of stored reports: `<time>-<id>-<fingerprint>-<checksum>.<state>`.
//!
//! All that delivery and eviction must know stands in the name, so that a look at the folder is enough.

use std::fmt;

use crawl4ai_telemetry_core::{Fingerprint, ReportId, Timestamp};

/// What a stored report waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Delivery.
    Ready,
    /// Delivery, as the end of its process, whatever its content says.
    Fatal,
    /// The news whether its process survived.
    Unsettled,
}

impl State {
    const fn extension(self) -> &'static str {
        match self {
            Self::Ready => "report",
            Self::Fatal => "fatal",
            Self::Unsettled => "panic",
        }
    }

    fn parse(extension: &str) -> Option<Self> {
        [Self::Ready, Self::Fatal, Self::Unsettled].into_iter().find(|s| s.extension() == extension)
    }
}

/// The name of one stored report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) time: Timestamp,
    pub(crate) id: ReportId,
    /// Not known yet after phase 1 of a panic.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) checksum: u64,
    pub(crate) state: State,
}

/// Stands for a fingerprint that is not known.
const NO_FINGERPRINT: &str = "----------------";

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}_{}_", self.time.as_millis(), self.id)?;
        match self.fingerprint {
            Some(fingerprint) => fingerprint.fmt(f)?,
            None => f.write_str(NO_FINGERPRINT)?,
        }
        write!(f, "_{:016x}.{}", self.checksum, self.state.extension())
    }
}

impl Name {
    /// `None` for every file that is not ours.
    pub(crate) fn parse(file: &str) -> Option<Self> {
        let (stem, extension) = file.split_once('.')?;
        let state = State::parse(extension)?;
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
        };
        // One spelling per name: `+5` and upper case parse as numbers too.
        (name.to_string() == file).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_was_made_of() {
        for (fingerprint, state) in
            [(None, State::Unsettled), ("0123456789abcdef".parse().ok(), State::Ready), (None, State::Fatal)]
        {
            let name = Name {
                time: Timestamp::from_millis(1_763_678_400_123),
                id: ReportId::from_bytes([9; 16]),
                fingerprint,
                checksum: 0xfeed,
                state,
            };
            assert_eq!(Name::parse(&name.to_string()), Some(name));
        }
    }

    #[test]
    fn other_files_are_not_ours() {
        let good =
            "001763678400123_09090909090949098909090909090909_----------------_000000000000feed.report";
        assert!(Name::parse(good).is_some());
        for bad in [
            "",
            ".",
            "report",
            "notes.report",
            &good.replace(".report", ".json"),
            &good.replace(".report", ".report.tmp"),
            &good.replace("feed", "FEED"),
            &good.replace("0017", "+017"),
            &good.replace("_0", "-0"),
            &format!("_{good}"),
            &format!("../{good}"),
        ] {
            assert_eq!(Name::parse(bad), None, "{bad}");
        }
    }
}
