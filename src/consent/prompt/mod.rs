//! Asking the user: what is asked, by whom, and what the answer can be.
//!
//! The library asks on the terminal. A program with its own screen brings a [`ConsentPrompt`] of its own; when to ask,
//! about which report and what becomes of the answer is not its business.

mod by_hand;
mod dialog;
mod in_short;
pub(crate) mod kernel;
mod lock;
mod terminal;
mod words;

use crawl4ai_telemetry_core::{App, Payload, Report};

use super::consent_text;
use super::offer::{Offer, Place};
use crate::printable;
pub(crate) use lock::PromptLock;
pub use terminal::TerminalPrompt;
pub(crate) use terminal::number as terminal_number;

/// What Enter does, and what becomes of the report where Ctrl-C ends the program.
const NO: &str = "no; this report is deleted (Ctrl-C: keep it for now)";

/// Asks the user whether a report may be sent.
///
/// Called at most once in a process, on the program's main thread, and at most twice about one report. A prompt
/// [on the terminal](Self::is_on_terminal) is called when the program ends, behind all that it prints. One of a screen of
/// the program's own is called when an error is captured there, when the guard is dropped, or at the start when an earlier
/// run left a report. Never in a panic hook, and never while another
/// program asks on the same terminal, or on a screen of its own where this one does.
///
/// ```
/// use crawl4ai_telemetry::consent::{Answer, Choice, ConsentPrompt, Question};
///
/// struct Dialog;
///
/// impl ConsentPrompt for Dialog {
///     fn is_ready(&self) -> bool {
///         true
///     }
///
///     fn ask(&self, question: &Question<'_>) -> Answer {
///         let _text = (question.headline(), question.sent(), question.taken_out(), question.goes_to());
///         let _link = question.privacy_notice();
///         let _details = (question.failed(), question.in_short(), question.view());
///         Answer::from(Choice::NotNow) // what the user pressed
///     }
/// }
/// ```
pub trait ConsentPrompt: Send + Sync {
    /// Can the user be asked here and now? If not, the report waits for the next occasion.
    fn is_ready(&self) -> bool;

    /// Asks, and returns when the user has answered. A panic counts as [`Choice::Unanswered`].
    fn ask(&self, question: &Question<'_>) -> Answer;

    /// Does the question stand on the terminal that the program prints on? Then it waits until the program has said all that
    /// it has to say: an error message that scrolls away behind a question is read by nobody.
    fn is_on_terminal(&self) -> bool {
        false
    }
}

/// Why the user is asked now; [`Question::occasion`] says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Occasion {
    /// An error was captured.
    Error,
    /// The program panicked.
    Panic,
    /// An earlier run left a report behind.
    EarlierRun,
}

/// What the user is asked. The example of [`ConsentPrompt`] shows one.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub(crate) app: &'a App,
    pub(crate) occasion: Occasion,
    pub(crate) policy_outdated: bool,
    pub(crate) wants_email: bool,
    pub(crate) offer: &'a Offer,
    /// Where a person may carry the report instead, beside the provider.
    pub(crate) beside: Option<&'a str>,
    pub(crate) wire: Option<&'static str>,
    pub(crate) reports: &'a [Payload],
    pub(crate) about: Option<&'a Report>,
    /// Is it asked about for the last time? Who does not answer now is not asked again.
    pub(crate) is_last: bool,
}

impl<'a> Question<'a> {
    /// The program that asks.
    #[must_use]
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Why now.
    #[must_use]
    pub fn occasion(&self) -> Occasion {
        self.occasion
    }

    /// What happened, as a question that names the program.
    #[must_use]
    pub fn headline(&self) -> String {
        let name = self.app.name();
        let happened = match self.occasion {
            Occasion::Error => format!("{name} met an error."),
            Occasion::Panic => format!("{name} crashed."),
            Occasion::EarlierRun => format!("An earlier run of {name} failed."),
        };
        let again = if self.policy_outdated {
            " What reports hold, or where they go, has changed since you agreed."
        } else {
            ""
        };
        let asks = match self.offer.place() {
            Place::ByHand => "Report it?",
            Place::File(_) => "Save a crash report?",
            Place::Server | Place::Other => "Send a crash report?",
        };
        format!("{happened}{again} {asks}")
    }

    /// What failed, in the words that would leave, on one line with nothing in it that a terminal obeys: `cannot read [path]`.
    /// The type where no text leaves.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        // A terminal obeys what an error says; the whole consent would be redrawn by it.
        self.about.and_then(Report::failed).map(|said| printable::line(said).into_owned())
    }

    /// The report that is asked about, as a person reads it: at most 19 lines of 78 columns, with nothing in them that a
    /// terminal obeys. Empty where the report cannot be read; [`view`](Self::view) has every byte.
    #[must_use]
    pub fn in_short(&self) -> String {
        self.in_columns(printable::WIDTH)
    }

    /// The same for a screen with fewer columns, in more lines.
    fn in_columns(&self, width: usize) -> String {
        self.about.map(|report| in_short::in_short(report, width)).unwrap_or_default()
    }

    /// What is sent, or saved in a file, in one sentence.
    #[must_use]
    pub fn sent(&self) -> &'static str {
        consent_text::sent(self.offer)
    }

    /// What becomes of text: only the program's own words are sent, or, where the program asked for
    /// [`Privacy::Standard`](crawl4ai_telemetry_core::Privacy), what is taken out of it, and what no search finds.
    #[must_use]
    pub fn taken_out(&self) -> &'static str {
        consent_text::taken_out(self.offer)
    }

    /// Where reports go, who gets them there and for how long, as far as it is known, that a server sees the user's network
    /// address, what can be taken back, and how later reports are stopped: with the program's command, if it
    /// [has one](App::command), or with its variable.
    #[must_use]
    pub fn goes_to(&self) -> String {
        consent_text::goes_to(self.app, self.offer, &self.stop())
    }

    /// How later ones are stopped, as a sentence.
    fn stop(&self) -> String {
        consent_text::stop(self.app, self.offer)
    }

    /// What becomes of a report that nobody answered about.
    fn waits(&self) -> String {
        if self.is_last {
            return "The report stays here for a week at most, and you are not asked about it again."
                .to_owned();
        }
        format!("The report waits here for a week at most, and {} asks about it once more.", self.app.name())
    }

    /// What is said where Ctrl-C ends the program while the question stands.
    fn when_interrupted(&self) -> String {
        let done = if self.offer.by_hand { "opened" } else { self.offer.done() };
        format!("Nothing is {done}. {}", self.waits())
    }

    /// Where the user may carry the report themselves, with [`Choice::ByHand`]: `github.com/owner/project`. `None` where the
    /// program offers no such thing.
    ///
    /// Where it has nothing else, every yes means that: [`Choice::Once`] and [`Choice::Always`] hand over this report and no
    /// other, and [`goes_to`](Self::goes_to) says so.
    #[must_use]
    pub fn by_hand(&self) -> Option<&'a str> {
        if self.offer.by_hand { Some(&self.offer.destination) } else { self.beside }
    }

    /// The address of the program's [privacy notice](App::privacy_notice); `None` where the user or the administrator named
    /// the place, because the notice is about the program's own.
    #[must_use]
    pub fn privacy_notice(&self) -> Option<&'static str> {
        self.app.privacy_notice_url().filter(|_| self.offer.is_of_program())
    }

    /// Exactly what would be sent: the report that is asked about, and then the others that wait and would go along
    /// with [`Choice::Always`]. The e-mail address, if one is given, is added afterwards.
    ///
    /// What leaves in a form that no person can read stands here as JSON, and [`wire_form`](Self::wire_form) says so.
    #[must_use]
    pub fn view(&self) -> &'a [Payload] {
        self.reports
    }

    /// The media type in which the reports leave, where [`view`](Self::view) shows the same fields as JSON: a
    /// collector's protobuf. `None` when it shows them byte for byte.
    #[must_use]
    pub fn wire_form(&self) -> Option<&'static str> {
        self.wire
    }

    /// Is an e-mail address to be asked for, once the user has agreed? Not when one is known.
    #[must_use]
    pub fn wants_email(&self) -> bool {
        self.wants_email
    }
}

/// What the user chose. The examples of [`ConsentPrompt`] and [`Answer`] choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Choice {
    /// Send this report, and no other.
    Once,
    /// Send this report, the others that wait, and those to come. Stored.
    Always,
    /// Send nothing, now or later. Stored; everything that waits is deleted.
    Never,
    /// No, this time. Nothing is stored; the report is deleted.
    NotNow,
    /// Nobody was there to answer. Nothing is stored; the report waits.
    Unanswered,
    /// Hand this report over to be [carried](Question::by_hand) by the user, and send it nowhere. Nothing is stored. Where
    /// nobody carries reports it is no answer.
    ByHand,
}

/// The user's answer.
///
/// ```
/// use crawl4ai_telemetry::consent::{Answer, Choice};
///
/// let answer = Answer::from(Choice::Once).with_email(Some("ada@example.org".to_owned()));
/// assert_eq!(answer.choice, Choice::Once);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// What they chose.
    pub choice: Choice,
    /// The address that they gave along with a yes. What is no address is left out.
    pub email: Option<String>,
}

impl From<Choice> for Answer {
    fn from(choice: Choice) -> Self {
        Self { choice, email: None }
    }
}

impl Answer {
    /// With an e-mail address that goes along.
    #[must_use]
    pub fn with_email(mut self, email: Option<String>) -> Self {
        self.email = email;
        self
    }
}
