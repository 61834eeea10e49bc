//! The texts for users who decide about reports, or for whom a default decides: what a report holds, where it goes and
//! who gets it, what can be taken back, and how to stop later reports.

use crawl4ai_telemetry_core::{App, Privacy};

use super::Decision;
use super::config::StoredConfig;
use super::offer::{Offer, Place};
use crate::environment::Env;

/// What a report holds, at each level. In words of people who do not program: no type, stack, token or compiler.
macro_rules! holds {
    ($verb:literal, $privacy:expr) => {
        match $privacy {
            Privacy::Standard => concat!(
                $verb,
                ": what went wrong, when and where in the program, its cleaned messages and notes, versions of the \
                 program, its programming language and your system."
            ),
            Privacy::OwnWords => concat!(
                $verb,
                ": what went wrong and where in the program, its messages and notes about that, versions of the program, \
                 its programming language and your system."
            ),
            Privacy::Strict => concat!(
                $verb,
                ": the kind of error, when and where in the program it happened, the kind of system, versions of the \
                 program and its programming language, and no message."
            ),
        }
    };
}

/// What is sent, or saved in a file, wherever somebody is asked; what is in a report that a person carries.
pub(crate) fn sent(offer: &Offer) -> &'static str {
    match offer.place() {
        Place::ByHand => holds!("In it", offer.privacy),
        Place::File(_) => holds!("Saved", offer.privacy),
        Place::Server | Place::Other => holds!("Sent", offer.privacy),
    }
}

/// What is not in a report. `asks_for_email` is false where a person carries it, and where an address is [known](KnownEmail).
///
/// At [`Privacy::OwnWords`] a name passes that is also a word of the program, and the system's messages pass, which the
/// program does not hold. At [`Privacy::Standard`] a text is searched, and a search finds what has a form: names of the
/// login and the machine that are short, or that many bear, are not searched for.
pub(crate) fn taken_out(offer: &Offer, asks_for_email: bool) -> &'static str {
    match (offer.privacy, asks_for_email) {
        (Privacy::OwnWords, false) => {
            "Names, what you typed and other text become labels like [url], except words that the program or system uses. \
             Numbers by such words stay, even yours. Also: times, and what the program marks as harmless."
        }
        (Privacy::OwnWords, true) => {
            "Names, what you typed and other text become labels like [url], except words that the program or system uses. \
             Numbers by such words stay, even yours. Also: times, what the program marks as harmless, an e-mail address you give."
        }
        (Privacy::Strict, false) => {
            "Also: labels, yes and no, single words and numbers that a fixed list allows, and what the program's code marks as harmless."
        }
        (Privacy::Strict, true) => {
            "Also: labels, yes and no, single words and numbers that a fixed list allows, what the program's code marks as harmless, \
             an e-mail address you give."
        }
        (Privacy::Standard, _) => {
            "Taken out of texts: web, e-mail and network addresses, secret keys, file paths, content of pages, and the names of \
             your login and computer unless short or common. What cannot be recognised, like a person's name, stays in."
        }
    }
}

/// The e-mail address that goes along with a report if the user agrees, because it is known already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownEmail {
    pub(crate) address: String,
    /// How that ends, as a sentence.
    pub(crate) ends: String,
}

impl KnownEmail {
    /// The address of the variable, or that of an earlier yes.
    pub(crate) fn of(app: &App, env: &Env, stored: &StoredConfig, decision: &Decision) -> Option<Self> {
        let agreed = decision.agreed();
        let address = agreed.email(env, stored)?;
        let by_variable = env.own("TELEMETRY_EMAIL").map(str::trim) == Some(address);
        Some(Self::new(app, address, by_variable))
    }

    pub(crate) fn new(app: &App, address: &str, by_variable: bool) -> Self {
        let ends = if by_variable {
            format!("It is the one in the variable {}_TELEMETRY_EMAIL.", app.env_prefix_name())
        } else if app.has_command() {
            format!("`{} email --remove` ends that for later reports.", app.command_name())
        } else {
            "You gave it before; a no to all reports ends that.".to_owned()
        };
        Self { address: address.to_owned(), ends }
    }

    /// That it goes along, and how that ends.
    pub(crate) fn goes_along(&self, offer: &Offer) -> String {
        format!("Your e-mail address {} is {} with it. {}", self.address, offer.done(), self.ends)
    }
}

/// [What is not in a report](taken_out), and the e-mail address that is.
pub(crate) fn texts(offer: &Offer, known: Option<&KnownEmail>) -> String {
    let taken_out = taken_out(offer, known.is_none() && !offer.by_hand);
    known.map_or_else(|| taken_out.to_owned(), |known| format!("{taken_out} {}", known.goes_along(offer)))
}

/// All of it, a paragraph each. `texts` is about [texts], and `stop` is a [sentence](stop).
pub(crate) fn paragraphs(app: &App, offer: &Offer, texts: String, stop: &str) -> Vec<String> {
    let mut paragraphs = vec![sent(offer).to_owned(), texts, goes_to(app, offer, stop)];
    if offer.is_of_program() {
        paragraphs.extend(app.privacy_notice_url().map(|url| format!("Privacy notice: {url}")));
    }
    paragraphs
}

/// Where a report goes, who gets it there, and what can be taken back.
pub(crate) fn goes_to(app: &App, offer: &Offer, stop: &str) -> String {
    let destination = &offer.destination;
    let goes = match offer.place() {
        Place::ByHand => format!(
            "If you agree, a page with it opens in your browser, or a file is saved if none opens. That sends nothing yet. A \
             link on the page gives {destination} the report and your network address. If you then post it, under your own \
             name, all who can see that site can read it, and only the project's owners can delete it."
        ),
        Place::File(file) => {
            format!(
                "Saved in the file {file} on this computer, not sent; whoever can open that file can read it."
            )
        }
        Place::Server => format!("Goes to {destination}, which also sees your network address."),
        Place::Other => format!("Goes to {destination}. A server there also sees your network address."),
    };
    let sentences = [goes, who_gets_it(app, offer), back(app, offer), stop.to_owned()]
        .into_iter()
        .filter(|said| !said.is_empty());
    sentences.collect::<Vec<_>>().join(" ")
}

/// Who gets the reports, and how long they are kept. The program declares both for its authors' server; otherwise the
/// text says what is known. It is empty for a file on this computer and for what the user posts, because the authors
/// keep neither.
fn who_gets_it(app: &App, offer: &Offer) -> String {
    if offer.of_administrator {
        return "The administrator of this machine named that place: ask them who reads it, how long it is kept, and to \
                delete it."
            .to_owned();
    }
    let is_server = match offer.place() {
        Place::ByHand | Place::File(_) => return String::new(),
        Place::Server => true,
        Place::Other => false,
    };
    if offer.of_user {
        return if is_server { "Whoever runs that server can read it.".to_owned() } else { String::new() };
    }
    let days = app.retention_time().map(|time| time.as_secs().div_ceil(24 * 60 * 60));
    let kept = days.map(|days| format!("Kept for {days} day{}.", if days == 1 { "" } else { "s" }));
    let who = match app.controller_address() {
        Some(who) => Some(format!("Reports are for {who}, who decide who reads them.")),
        None if is_server => {
            Some("This program does not say who runs that server; they can read it.".to_owned())
        }
        None => None,
    };
    [who, kept].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How a report can be deleted at its destination. Empty for a report that the user posts, because [`goes_to`] says who
/// can delete it.
fn back(app: &App, offer: &Offer) -> String {
    let erase = app.has_command().then(|| format!("`{} erase`", app.command_name()));
    match (offer.place(), erase) {
        (Place::ByHand, _) => String::new(),
        (Place::File(_), Some(erase)) => format!("{erase} deletes your reports from it."),
        (Place::File(_), None) => {
            "To undo, delete that file, with older reports in it, and the copy in the program's own folder."
                .to_owned()
        }
        (Place::Server | Place::Other, Some(erase)) if offer.is_of_program() => {
            format!("You can ask to have a sent report deleted: {erase} writes your letter.")
        }
        (Place::Server | Place::Other, _) => "Once sent, you cannot take it back yourself.".to_owned(),
    }
}

/// How to turn reports off: by the program's command, if it has one, or by the variable, which always works.
pub(crate) fn way_out(app: &App) -> String {
    or_command(app, &format!("{}_TELEMETRY=0", app.env_prefix_name()))
}

/// How to stop later reports, as a sentence for a user who is about to say yes. If the program has a command, the
/// sentence names it. Otherwise only the variable stops reports after a stored yes, as long as it is set. A user need
/// not know what a variable is, so the sentence says who can set it.
pub(crate) fn stop(app: &App, offer: &Offer) -> String {
    let what = stopped(offer);
    if app.has_command() {
        return format!("`{} disable` stops {what}.", app.command_name());
    }
    let variable = format!("{}_TELEMETRY=0", app.env_prefix_name());
    format!("Setting the variable {variable} stops {what}; whoever looks after this computer can do that.")
}

/// Like [`stop`], for a notebook: `code` is what the user runs.
pub(crate) fn stop_with(code: &str, offer: &Offer) -> String {
    format!("To stop {}, run `{code}`.", stopped(offer))
}

fn stopped(offer: &Offer) -> &'static str {
    if offer.by_hand { "this question" } else { "later reports" }
}

/// How to undo a stored yes. `verb` begins the sentence if the program has a command. A variable does not undo the yes,
/// but overrides it while it is set.
pub(crate) fn undo(verb: &str, app: &App) -> String {
    let variable = format!("{}_TELEMETRY=0", app.env_prefix_name());
    if app.has_command() {
        format!(
            "{verb} with `{} disable`; {variable} stops them for as long as it is set.",
            app.command_name()
        )
    } else {
        format!("The variable {variable} stops them for as long as it is set.")
    }
}

/// Like [`way_out`], for usage figures.
pub(crate) fn way_out_of_usage(app: &App) -> String {
    or_command(app, &format!("{}_DISABLE_TELEMETRY=true", app.env_prefix_name()))
}

fn or_command(app: &App, variable: &str) -> String {
    if app.has_command() {
        format!("`{} disable` or {variable}", app.command_name())
    } else {
        variable.to_owned()
    }
}
