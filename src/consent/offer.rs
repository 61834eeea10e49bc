//! The terms of a yes: how much text a report may hold, and where it goes.

use crawl4ai_telemetry_core::Privacy;

use super::config::StoredSettings;
use crate::destination;

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
    /// Did the user name the destination, by a variable? Then what the program declares about its authors' server does
    /// not apply to the destination.
    pub(crate) of_user: bool,
}

/// What kind of place a report goes to, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// A person carries it there.
    ByHand,
    /// This file, on this machine.
    File(&'a str),
    /// The host of a server.
    Server,
    /// Another destination, in the provider's own words.
    Other,
}

impl Offer {
    /// What kind of place it goes to.
    pub(crate) fn place(&self) -> Place<'_> {
        if self.by_hand {
            return Place::ByHand;
        }
        match destination::file(&self.destination) {
            Some(file) => Place::File(file),
            None if is_host(&self.destination) => Place::Server,
            None => Place::Other,
        }
    }

    /// The verb for what a yes does with a report.
    pub(crate) fn verb(&self) -> &'static str {
        match self.place() {
            Place::File(_) => "save",
            Place::Server | Place::Other | Place::ByHand => "send",
        }
    }

    /// The past participle of [`verb`](Self::verb).
    pub(crate) fn done(&self) -> &'static str {
        if self.verb() == "save" { "saved" } else { "sent" }
    }

    /// Did the program choose the destination? Only then does what the program declares, such as its privacy notice,
    /// apply to the destination.
    pub(crate) fn is_of_program(&self) -> bool {
        !self.of_administrator && !self.of_user
    }

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

impl Offer {
    /// Why a stored yes does not [cover](Self::is_covered_by) this offer: the end of a sentence that begins with the yes.
    pub(crate) fn not_covered_because(&self, yes: &StoredSettings) -> String {
        match &yes.destination {
            Some(given) if *given != self.destination => {
                format!("was for {given}, and reports go to {} now", self.destination)
            }
            None if self.of_administrator => {
                format!("was for the program's own place, and reports go to {} now", self.destination)
            }
            _ if yes.level.unwrap_or(Privacy::Standard) > self.privacy => {
                "was for reports with less text in them".to_owned()
            }
            _ => "was for reports that say less".to_owned(),
        }
    }
}

/// One word that names a host: `crashes.example.com`, `[::1]`, `localhost`, with or without a port.
fn is_host(destination: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']');
    destination.chars().all(is_name)
        && (destination.contains(['.', ':']) || destination.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_told_from_a_file_and_from_what_nobody_knows() {
        for (destination, place) in [
            ("crashes.example.com", Place::Server),
            ("127.0.0.1", Place::Server),
            ("[::1]:8000", Place::Server),
            ("localhost", Place::Server),
            ("the file re ports.jsonl", Place::File("re ports.jsonl")),
            ("the memory of this process", Place::Other),
            ("mattermost", Place::Other),
            ("example.com/owner/tool", Place::Other),
            ("", Place::Other),
        ] {
            let mut offer = Offer { destination: destination.to_owned(), ..offer(Privacy::OwnWords, false) };
            assert_eq!(offer.place(), place, "{destination}");
            offer.by_hand = true;
            assert_eq!(offer.place(), Place::ByHand, "{destination}");
        }
    }

    fn offer(privacy: Privacy, of_administrator: bool) -> Offer {
        Offer {
            privacy,
            destination: "crashes.example.com".to_owned(),
            by_hand: false,
            of_administrator,
            of_user: false,
        }
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
