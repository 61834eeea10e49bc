//! The page: one file with its own style and without scripts, which loads nothing.
//!
//! Its template escapes the values that it is given. Other characters that a browser would obey, such as those that
//! reverse text, are replaced by their codes. This is done by [`printable`], once for the whole page.

use std::borrow::{Borrow, Cow};

use askama::Template;
use crawl4ai_telemetry::{NEVER_SENT, Privacy, Rule, SENT_ALONG, Status, Telemetry, Timestamp, printable};

use super::reports::{self, List, Room};
use super::taken_out::{self, TakenOut};
use super::words::{Moment, Piece, counted, grouped, pieces};
use crate::exit::Failure;

const STYLE: &str = include_str!("../../templates/view.css");

/// The hash of the style, which is the only resource that the page may use. A test fails if the style has another hash.
const STYLE_HASH: &str = "sha256-K1Ds7vGUzGeoRolSSl7Cxbo/ZfRh+ey1o2uwROADYqc=";

/// The longest value of a fact, in characters, because paths and servers' answers are not bounded otherwise.
const FACT: usize = 2_000;

#[derive(Template)]
#[template(path = "view.html")]
struct Page<'a> {
    style: &'static str,
    style_hash: &'static str,
    name: &'a str,
    version: &'a str,
    command: &'a str,
    prefix: &'a str,
    made: Moment,
    status: &'a Status,
    reason: Vec<Piece>,
    way_back: Vec<Piece>,
    rules: Vec<(Rule, String)>,
    waiting: List,
    sent: List,
    remembered: usize,
    taken_out: Option<TakenOut>,
    holds: Vec<Piece>,
    /// Whether only own words leave.
    own_words: bool,
    never: &'static [&'static str],
    along: &'static [&'static str],
    facts: Vec<(&'static str, String)>,
}

impl Page<'_> {
    /// Takes references and values, because the template passes both.
    fn counted(&self, n: impl Borrow<usize>, what: &str) -> String {
        counted(*n.borrow() as u64, what)
    }

    fn grouped(&self, n: impl Borrow<usize>) -> String {
        grouped(*n.borrow() as u64)
    }

    /// The command line for a subcommand.
    fn typed(&self, what: &str) -> String {
        format!("{} {what}", self.command)
    }

    fn pieces(&self, sentence: impl AsRef<str>) -> Vec<Piece> {
        pieces(sentence.as_ref())
    }

    /// Turns a remark of `status` into a sentence.
    fn sentence(&self, said: &str) -> String {
        let mut letters = said.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        super::words::short(&format!("{first}{}.", letters.as_str()), FACT)
    }

    /// The variable that turns all of it off.
    fn variable(&self) -> String {
        format!("{}_TELEMETRY=0", self.prefix)
    }

    fn total(&self) -> String {
        grouped(self.taken_out.as_ref().map_or(0, |found| found.total))
    }

    /// The value of a fact from `status`, if there is one.
    fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }
}

/// Renders the current page.
pub(super) fn of(telemetry: &Telemetry, now: Timestamp) -> Result<String, Failure> {
    let (app, status) = (telemetry.app(), telemetry.status());
    let mut room = Room::new(telemetry);
    let (waiting, sent) = (reports::waiting(telemetry, &mut room), reports::sent(telemetry, &mut room));
    let facts = status.facts().into_iter();
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        name: app.name(),
        version: app.version(),
        command: app.command_name(),
        prefix: app.env_prefix_name(),
        made: now.into(),
        status: &status,
        reason: pieces(&status.reason()),
        way_back: pieces(&status.way_back()),
        rules: Rule::ALL.iter().map(|rule| (*rule, rule.reason(app.env_prefix_name()))).collect(),
        taken_out: taken_out::over_time(waiting.taken_out().chain(sent.taken_out())),
        remembered: telemetry.sent_ids().len(),
        holds: pieces(&telemetry.consent_text()),
        own_words: status.privacy == Privacy::OwnWords,
        never: NEVER_SENT,
        along: SENT_ALONG,
        facts: facts.map(|(name, value)| (name, super::words::short(&value, FACT))).collect(),
        waiting,
        sent,
    };
    let html =
        page.render().map_err(|error| Failure::Refused(format!("the page cannot be made: {error}")))?;
    Ok(match printable::text(&html) {
        Cow::Borrowed(_) => html,
        Cow::Owned(shown) => shown,
    })
}
