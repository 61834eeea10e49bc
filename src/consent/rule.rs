//! The rules about crash reports, by name.

use super::ByFile;

/// The rule that decided about crash reports: the first that matches, in this order.
///
/// ```
/// use crawl4ai_telemetry::Rule;
///
/// assert_eq!(Rule::StoredDenial.name(), "stored_denial");
/// println!("{}", Rule::KillSwitch.reason("WEATHER"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `PREFIX_TELEMETRY`, `PREFIX_DISABLE_TELEMETRY` or `PREFIX_DISABLE_TRACKING` says no.
    KillSwitch,
    /// `DO_NOT_TRACK` is set.
    DoNotTrack,
    /// The [administrator's file](crate::consent::MachinePolicyStatus) says no, or cannot be read or followed.
    AdministratorDenial,
    /// The configuration file may hold a decision that cannot be read.
    Unreadable,
    /// The user said no.
    StoredDenial,
    /// The user said yes.
    StoredConsent,
    /// `PREFIX_TELEMETRY` says yes.
    EnvironmentConsent,
    /// Nobody said yes, and the administrator's file forbids the question.
    QuestionHidden,
    /// The program runs on a server or in a container, where nobody can be asked. Reports are on until somebody says
    /// no.
    ServerDefault,
    /// The program runs in a notebook whose user has not answered.
    NotebookUnanswered,
    /// The program runs at a terminal whose user has not answered.
    TerminalUnanswered,
    /// Nobody said yes.
    NoConsent,
}

impl Rule {
    /// Every rule, in the order in which they are tried.
    pub const ALL: &'static [Self] = &[
        Self::KillSwitch,
        Self::DoNotTrack,
        Self::AdministratorDenial,
        Self::Unreadable,
        Self::StoredDenial,
        Self::StoredConsent,
        Self::EnvironmentConsent,
        Self::QuestionHidden,
        Self::ServerDefault,
        Self::NotebookUnanswered,
        Self::TerminalUnanswered,
        Self::NoConsent,
    ];

    /// The stable name of the rule, in `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillSwitch => "kill_switch",
            Self::DoNotTrack => "do_not_track",
            Self::AdministratorDenial => "administrator_denial",
            Self::Unreadable => "unreadable",
            Self::StoredDenial => "stored_denial",
            Self::StoredConsent => "stored_consent",
            Self::EnvironmentConsent => "environment_consent",
            Self::QuestionHidden => "question_hidden",
            Self::ServerDefault => "server_default",
            Self::NotebookUnanswered => "notebook_unanswered",
            Self::TerminalUnanswered => "terminal_unanswered",
            Self::NoConsent => "no_consent",
        }
    }

    /// Is the rule the user's own no, which also deletes reports on their way to the disk? A variable and the
    /// administrator's file only hold such reports back, because either can be gone at the next moment.
    #[must_use]
    pub(crate) const fn leaves_nothing_behind(self) -> bool {
        matches!(self, Self::StoredDenial)
    }

    /// Is the rule a no that does not come from the user's answer? Such a no may be gone at the next moment, while the
    /// answer stays.
    #[must_use]
    pub(crate) const fn only_holds_back(self) -> bool {
        matches!(self, Self::KillSwitch | Self::DoNotTrack | Self::AdministratorDenial | Self::Unreadable)
    }

    /// Does the rule hold while a file that decides cannot be read? It may be gone at the next moment.
    #[must_use]
    pub(crate) const fn may_be_of_a_moment(self) -> bool {
        matches!(self, Self::AdministratorDenial | Self::Unreadable)
    }

    /// Can the rule end without a call into this library? Then each capture decides anew, because another cell of a
    /// notebook may answer, and the administrator's file may change or be unreadable for a moment only.
    #[must_use]
    pub(crate) const fn may_end_by_itself(self) -> bool {
        matches!(self, Self::NotebookUnanswered | Self::AdministratorDenial | Self::QuestionHidden)
    }

    /// Does the rule come from the [administrator's file](crate::consent::MachinePolicyStatus)?
    #[must_use]
    pub const fn is_administrators(self) -> bool {
        matches!(self, Self::AdministratorDenial | Self::QuestionHidden)
    }

    /// [`reason`](Self::reason), with the path of the administrator's file if the rule comes from that file.
    pub(crate) fn reason_by(self, prefix: &str, file: Option<&ByFile>) -> String {
        let sentence = self.reason(prefix);
        match file.filter(|_| self.is_administrators()) {
            Some(file) => file.explain(&sentence),
            None => sentence,
        }
    }

    /// The reason in one sentence for people. `prefix` is the prefix of the program's environment variables.
    #[must_use]
    pub fn reason(self, prefix: &str) -> String {
        match self {
            Self::KillSwitch => format!(
                "An environment variable says no: {prefix}_TELEMETRY, {prefix}_DISABLE_TELEMETRY or {prefix}_DISABLE_TRACKING."
            ),
            Self::DoNotTrack => "The environment variable DO_NOT_TRACK is set.".to_owned(),
            Self::AdministratorDenial => "The administrator of this machine says no.".to_owned(),
            Self::Unreadable => {
                "The configuration file cannot be read reliably, so nothing is sent.".to_owned()
            }
            Self::StoredDenial => "You said no.".to_owned(),
            Self::StoredConsent => "You said yes.".to_owned(),
            Self::EnvironmentConsent => {
                format!("The environment variable {prefix}_TELEMETRY says yes, for this process.")
            }
            Self::QuestionHidden => {
                "Nobody said yes, and the administrator of this machine has turned the question off."
                    .to_owned()
            }
            Self::ServerDefault => {
                "Servers and containers send reports without any free text until somebody says no.".to_owned()
            }
            Self::NotebookUnanswered => "You have not decided yet; the notebook shows how.".to_owned(),
            Self::TerminalUnanswered => "You have not decided yet.".to_owned(),
            Self::NoConsent => "Nobody said yes, and nobody can be asked here.".to_owned(),
        }
    }
}

impl serde::Serialize for Rule {
    /// Serializes the rule as its name.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_and_a_reason_of_its_own() {
        for (i, rule) in Rule::ALL.iter().enumerate() {
            assert!(rule.reason("APP").ends_with('.'), "{rule}");
            for other in Rule::ALL.iter().skip(i + 1) {
                assert_ne!(rule.name(), other.name());
                assert_ne!(rule.reason("APP"), other.reason("APP"));
            }
        }
    }
}
