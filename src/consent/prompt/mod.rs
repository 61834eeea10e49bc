//! Asking the user: what is asked, by whom, and what the answer can be.
//!
//! The library asks on the terminal. A program with its own screen brings a [`ConsentPrompt`] of its own. The library
//! decides when to ask and about which report, and carries out the answer.

mod by_hand;
mod dialog;
mod ending;
mod in_short;
mod kept;
pub(crate) mod kernel;
mod lock;
mod terminal;
mod words;

use crawl4ai_telemetry_core::{App, Payload, Report};

use super::consent_text::{self, KnownEmail};
use super::offer::{Offer, Place};
use crate::printable;
pub(crate) use ending::{Undone, ending};
pub(crate) use kept::Kept;
pub(crate) use lock::PromptLock;
pub use terminal::TerminalPrompt;
pub(crate) use terminal::number as terminal_number;

/// What Enter does, and what happens to the report if Ctrl-C ends the program.
const NO: &str = "no; this report is deleted (Ctrl-C: keep it for now)";

/// Asks the user whether a report may be sent.
///
/// It is called on the program's main thread, at most once in a process and at most twice about one report. It is never
/// called in a panic hook. It is not called while another program asks on the same terminal or, for a prompt on a
/// screen of the program's own, on such a screen.
///
/// A prompt [on the terminal](Self::is_on_terminal) is called when the program ends, after all that the program prints.
/// A prompt on the program's own screen is called when an error is captured on the main thread, when the guard is
/// dropped, or at the start if an earlier run left a report.
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
///
///     fn tell(&self, ending: &str) {
///         println!("{ending}"); // "Nothing is sent; this report is deleted."
///     }
/// }
/// ```
pub trait ConsentPrompt: Send + Sync {
    /// Can the user be asked here and now? If not, the report waits for the next occasion.
    fn is_ready(&self) -> bool;

    /// Asks, and returns when the user has answered. A panic counts as [`Choice::Unanswered`].
    fn ask(&self, question: &Question<'_>) -> Answer;

    /// Says how it ended. Called when the answer has been carried out, with a sentence or two: what has become of the
    /// report and of later ones, and what could not be done, such as a no that could not be stored. If the report is saved
    /// in a file, the next line is the path of that file. Does nothing by default.
    fn tell(&self, _ending: &str) {}

    /// Is the question shown on the terminal that the program prints on? Then it waits until the program has printed
    /// everything, because nobody reads an error message that a question has scrolled away.
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
    /// The e-mail address that goes along because it is known.
    pub(crate) known_email: Option<&'a KnownEmail>,
    pub(crate) offer: &'a Offer,
    /// The place to which the user may carry the report themselves, as an alternative to the provider.
    pub(crate) beside: Option<&'a str>,
    pub(crate) wire: Option<&'static str>,
    pub(crate) reports: &'a [Payload],
    pub(crate) about: Option<&'a Report>,
    /// Where the report and the answer are kept.
    pub(crate) kept: &'a Kept,
    /// Is the user asked about this report for the last time? If they do not answer now, they are not asked about it
    /// again.
    pub(crate) is_last: bool,
}

impl<'a> Question<'a> {
    /// The program that asks.
    #[must_use]
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Why the user is asked now.
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

    /// What failed, as the text that would leave: `cannot read [path]`. If no text leaves, it is the error's type. It
    /// is one line without characters that a terminal obeys.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        // Some characters of an error's text would make a terminal overwrite the question.
        self.about.and_then(Report::failed).map(|said| printable::line(said).into_owned())
    }

    /// The report that is asked about, in words: at most 19 lines of 78 columns, without characters that a terminal
    /// obeys. Empty if the report cannot be read. [`view`](Self::view) has every byte.
    #[must_use]
    pub fn in_short(&self) -> String {
        self.in_columns(printable::WIDTH)
    }

    /// Like [`in_short`](Self::in_short), for a screen of another width. Fewer columns take more lines.
    fn in_columns(&self, width: usize) -> String {
        self.about.map(|report| in_short::in_short(report, width)).unwrap_or_default()
    }

    /// What is sent, or saved in a file, in one sentence.
    #[must_use]
    pub fn sent(&self) -> &'static str {
        consent_text::sent(self.offer)
    }

    /// What happens to text. It says that only the program's own words are sent. If the program asked for
    /// [`Privacy::Standard`](crawl4ai_telemetry_core::Privacy), it says what is taken out of text and what no search
    /// finds.
    #[must_use]
    pub fn taken_out(&self) -> &'static str {
        consent_text::taken_out(self.offer, self.wants_email)
    }

    /// Where reports go, what can be taken back, and how later reports are stopped: with the program's command, if it
    /// [has one](App::command), or with its variable. As far as it is known, it says who gets the reports and how long
    /// they are kept. It also says that a server sees the user's network address. It begins with the e-mail address that
    /// goes along, if one is known already.
    #[must_use]
    pub fn goes_to(&self) -> String {
        let goes_to = consent_text::goes_to(self.app, self.offer, &self.stop());
        match self.known_email {
            Some(known) => format!("{} {goes_to}", known.goes_along(self.offer)),
            None => goes_to,
        }
    }

    /// How later reports are stopped, as a sentence.
    fn stop(&self) -> String {
        consent_text::stop(self.app, self.offer)
    }

    /// What happens to the report if nobody answers.
    fn waits(&self) -> String {
        let (verb, asked) = if self.is_last {
            ("stays", "You are not asked about it again.")
        } else {
            ("waits", "You are asked about it once more.")
        };
        format!(
            "The report {verb} here for a week and is deleted when {} next runs after that; only your account and this computer's \
             administrators can read it. {asked} {}",
            self.app.name(),
            kept::delete_now(self)
        )
    }

    /// What is printed if Ctrl-C ends the program during the question.
    fn when_interrupted(&self) -> String {
        let done = if self.offer.by_hand { "opened" } else { self.offer.done() };
        format!("Nothing is {done}. {}", self.waits())
    }

    /// The place to which the user may carry the report themselves, with [`Choice::ByHand`]:
    /// `github.com/owner/project`. `None` if the program offers no such place.
    ///
    /// If the program offers nothing else, every yes means this: [`Choice::Once`] and [`Choice::Always`] hand over this
    /// report and no other. [`goes_to`](Self::goes_to) says so.
    #[must_use]
    pub fn by_hand(&self) -> Option<&'a str> {
        if self.offer.by_hand { Some(&self.offer.destination) } else { self.beside }
    }

    /// The address of the program's [privacy notice](App::privacy_notice). `None` if the user or the administrator
    /// named the destination, because the notice is about the program's own destination.
    #[must_use]
    pub fn privacy_notice(&self) -> Option<&'static str> {
        self.app.privacy_notice_url().filter(|_| self.offer.is_of_program())
    }

    /// Exactly what would be sent: the report that is asked about, and then the others that wait and would go along
    /// with [`Choice::Always`]. The e-mail address, if one is given, is added afterwards.
    ///
    /// If the reports leave in a form that no person can read, they are JSON here, and [`wire_form`](Self::wire_form)
    /// says so.
    #[must_use]
    pub fn view(&self) -> &'a [Payload] {
        self.reports
    }

    /// The media type in which the reports leave, such as a collector's protobuf, if [`view`](Self::view) has the same
    /// fields as JSON. `None` if `view` has the bytes that leave.
    #[must_use]
    pub fn wire_form(&self) -> Option<&'static str> {
        self.wire
    }

    /// Should the prompt ask for an e-mail address after the user has agreed? Not if an address is known.
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
    /// Hand this report over to be [carried](Question::by_hand) by the user, and send it nowhere. Nothing is stored. If
    /// the program offers no place for that, this counts as [`Unanswered`](Self::Unanswered).
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
    /// The e-mail address that they gave along with a yes. An invalid address is ignored.
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
