//! What everybody is told who decides, or for whom a default decides: what a report holds, where it goes, and how to
//! take a yes back.

use crawl4ai_telemetry_core::{App, Privacy};

use super::offer::Offer;

/// What is sent, wherever somebody is asked; what is in a report that a person carries. In words of people who do not
/// program: no type, stack, token or compiler.
pub(crate) fn sent(offer: &Offer) -> &'static str {
    if offer.by_hand {
        return held(offer.privacy);
    }
    match offer.privacy {
        Privacy::Standard => {
            "Sent: what kind of error it was, its cleaned text, when and where in the program it happened, what the program noted \
             about it, and the versions of the program, of the tool that built it and of your system."
        }
        Privacy::OwnWords => {
            "Sent: what kind of error it was, what the program says and noted about it, where in the program it happened, \
             and the versions of the program, of the tool that built it and of your system."
        }
        Privacy::Strict => {
            "Sent: what kind of error it was, when and where in the program it happened, on what kind of system, the \
             versions of the program and of the tool that built it, and no message."
        }
    }
}

/// The same where the program sends nothing.
fn held(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Standard => {
            "In it: what kind of error it was, its cleaned text, when and where in the program it happened, what the program noted \
             about it, and the versions of the program, of the tool that built it and of your system."
        }
        Privacy::OwnWords => {
            "In it: what kind of error it was, what the program says and noted about it, where in the program it \
             happened, and the versions of the program, of the tool that built it and of your system."
        }
        Privacy::Strict => {
            "In it: what kind of error it was, when and where in the program it happened, on what kind of system, the \
             versions of the program and of the tool that built it, and no message."
        }
    }
}

/// What is not sent. Where a person carries the report, no e-mail address is asked for.
///
/// At [`Privacy::Standard`] also what nobody can promise: a text is searched, and a search finds what has a form. Names of
/// the login and the machine that are short, or that many bear, are not searched for.
pub(crate) fn taken_out(offer: &Offer) -> &'static str {
    match offer.privacy {
        Privacy::OwnWords if offer.by_hand => {
            "Only words that stand in the program's own files are in it; other words, most names and what you typed among \
             them, are replaced by what kind of thing they were. Besides: times, some numbers, and what the program \
             marks as harmless."
        }
        Privacy::Strict if offer.by_hand => {
            "Besides: single words and numbers under names that a list allows, and what the program marks as harmless."
        }
        Privacy::Standard => {
            "Taken out: web, e-mail and network addresses, secret keys, paths of files, content of pages, and the names \
             of your login and your computer unless they are short or common. What has no form, like a person's name, \
             is not found."
        }
        Privacy::OwnWords => {
            "Only words that stand in the program's own files are sent; other words, most names and what you typed among \
             them, are replaced by what kind of thing they were. Besides: times, some numbers, what the program \
             marks as harmless, and your e-mail if you give it."
        }
        Privacy::Strict => {
            "Besides: single words and numbers under names that a list allows, what the program marks as harmless, and \
             your e-mail if you give it."
        }
    }
}

/// All of it, a paragraph each.
pub(crate) fn paragraphs(app: &App, offer: &Offer, way_out: &str) -> Vec<String> {
    let mut paragraphs = vec![sent(offer).to_owned(), taken_out(offer).to_owned(), goes_to(offer, way_out)];
    if offer.of_administrator {
        // What the program declares is of its authors' server.
        let who = "The administrator of this machine named that place: ask them who reads it, and how long it is kept.";
        paragraphs.push(who.to_owned());
        return paragraphs;
    }
    paragraphs.extend(keeper(app));
    paragraphs.extend(app.privacy_notice_url().map(|url| format!("Privacy notice: {url}")));
    paragraphs
}

/// Who answers for the reports, and for how long they are kept, as the program declares it.
fn keeper(app: &App) -> Option<String> {
    let days = app.retention_time().map(|time| time.as_secs().div_ceil(24 * 60 * 60));
    let long = days.map(|days| format!("{days} day{}", if days == 1 { "" } else { "s" }));
    match (app.controller_address(), long) {
        (Some(who), Some(long)) => Some(format!("Who answers for it: {who}. Kept for {long}.")),
        (Some(who), None) => Some(format!("Who answers for it: {who}.")),
        (None, Some(long)) => Some(format!("Kept for {long}.")),
        (None, None) => None,
    }
}

/// Where a report goes, and how to take a yes back.
pub(crate) fn goes_to(offer: &Offer, way_out: &str) -> String {
    let destination = &offer.destination;
    if offer.by_hand {
        return format!(
            "Opens a page on this computer in your browser, or writes a file if none opens. That sends nothing: a link on \
             the page hands the report to {destination}, where you send it under your own name, or do not; whoever may look \
             there can read it, and only the project's owners can delete it. Turn this question off with {way_out}."
        );
    }
    let goes = match destination.strip_prefix("the file ") {
        Some(file) => format!("Written to the file {file}, on this machine."),
        None => format!("Goes to {destination}."),
    };
    format!("{goes} Take it back later with {way_out}.")
}

/// How to end it: by the command, where there is one, and by the variable, which always works.
pub(crate) fn way_out(app: &App) -> String {
    or_command(app, &format!("{}_TELEMETRY=0", app.env_prefix_name()))
}

/// The same for whoever is about to say yes. Where there is no command nothing but the variable ends it, which does not take
/// away what is stored.
pub(crate) fn take_back(app: &App) -> String {
    if app.has_command() {
        way_out(app)
    } else {
        format!("the variable {}, for as long as it is set", way_out(app))
    }
}

/// How to undo a stored yes; `verb` begins the sentence where there is a command. A variable does not undo it: it stands
/// above what is stored while it is set.
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

/// The same for usage figures.
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
