//! What a yes is given for: how much a report may hold, and where it goes.

use crawl4ai_telemetry_core::Privacy;

use super::config::StoredSettings;

/// What the user is asked to agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// How much text a report may hold.
    pub(crate) privacy: Privacy,
    /// Where it goes, as people are told.
    pub(crate) destination: String,
    /// Does a [person carry](crawl4ai_telemetry_core::TelemetryProvider::by_hand) each report there?
    pub(crate) by_hand: bool,
    /// Did the machine's administrator say that it goes there? A yes that names no place was given for the program's.
    pub(crate) of_administrator: bool,
}

impl Offer {
    /// Does a stored yes cover this? More text or another destination asks again. A yes of an older version names neither:
    /// it was given for [`Privacy::Standard`], wherever the program sent.
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
            // A yes of an older version: whatever text, wherever.
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
            // What the administrator names takes a yes that was told of that very place.
            let covered =
                [Standard, OwnWords, Strict].map(|privacy| offer(privacy, true).is_covered_by(&yes));
            assert_eq!(covered, if destination.is_some() { expected } else { [false; 3] });
        }
    }
}
