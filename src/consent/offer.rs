//! The terms of a yes: how much text a report may hold, and where it goes.

use crawl4ai_telemetry_core::Privacy;

use super::config::StoredSettings;

/// What the user is asked to agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// How much text a report may hold.
    pub(crate) privacy: Privacy,
    /// Where it goes, in the words that users read.
    pub(crate) destination: String,
    /// Does a [person carry](crawl4ai_telemetry_core::TelemetryProvider::by_hand) each report there?
    pub(crate) by_hand: bool,
    /// Does the machine's administrator name the destination? Then a yes without a destination does not count, because
    /// it was given for the program's own.
    pub(crate) of_administrator: bool,
}

impl Offer {
    /// Does a stored yes cover this offer? More text or another destination needs a new yes. A yes of an older version
    /// names neither: it counts for [`Privacy::Standard`] and for the program's own destination.
    pub(crate) fn is_covered_by(&self, yes: &StoredSettings) -> bool {
        let level = yes.level.unwrap_or(Privacy::Standard);
        let same_place = match &yes.destination {
            Some(given) => *given == self.destination,
            None => !self.of_administrator,
        };
        level <= self.privacy && same_place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(privacy: Privacy, of_administrator: bool) -> Offer {
        Offer { privacy, destination: "crashes.example.com".to_owned(), by_hand: false, of_administrator }
    }

    #[test]
    fn a_yes_covers_the_same_or_less_text_to_the_same_place() {
        use Privacy::{OwnWords, Standard, Strict};
        let here = Some("crashes.example.com");
        let table = [
            // A yes of an older version covers every level.
            (None, None, [true, true, true]),
            (Some(Standard), here, [true, true, true]),
            (Some(OwnWords), here, [false, true, true]),
            (Some(Strict), here, [false, false, true]),
            (Some(Standard), Some("elsewhere.example.com"), [false; 3]),
            (Some(OwnWords), Some(""), [false; 3]),
            (Some(OwnWords), None, [false, true, true]),
        ];
        for (level, destination, expected) in table {
            let yes = StoredSettings {
                level,
                destination: destination.map(str::to_owned),
                ..StoredSettings::default()
            };
            let covered =
                [Standard, OwnWords, Strict].map(|privacy| offer(privacy, false).is_covered_by(&yes));
            assert_eq!(covered, expected, "{level:?} {destination:?}");
            // A destination of the administrator's needs a yes that names it.
            let covered =
                [Standard, OwnWords, Strict].map(|privacy| offer(privacy, true).is_covered_by(&yes));
            assert_eq!(covered, if destination.is_some() { expected } else { [false; 3] });
        }
    }
}
