//! `--page`: the findings as one file for a browser, with its own style and without scripts, which loads nothing.
//!
//! Its template escapes the values that it is given, and [`printable`] replaces what a browser would obey, as on the page
//! of `view`.

mod days;
mod tables;
mod usage;

use std::borrow::Cow;
use std::collections::BTreeSet;

use askama::Template;
use crawl4ai_telemetry::{Timestamp, printable};

use super::findings::Findings;
use super::programs::Chosen;
use super::text::{claims::claims, headline};
use crate::exit::Failure;
use crate::view::words::{Moment, counted, grouped};
use days::{Axis, Picture};
use tables::{BugRow, Claim, Loss, SharePair, Values};
use usage::Usage;

/// The style of the page of `view`, and what only this page has.
const STYLE: &str =
    concat!(include_str!("../../templates/view.css"), include_str!("../../templates/analyze.css"));

/// The hash of the style, which is the only resource that the page may use. A test fails if the style has another hash.
const STYLE_HASH: &str = "sha256-IQtEan0ObwwH+z0hngywYu/yW7CYbNBl9lKtASZlpAg=";

/// The most bugs and claims that are listed; `--format json` has all.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "analyze.html")]
struct Page<'a> {
    style: &'static str,
    style_hash: &'static str,
    name: &'a str,
    headline: String,
    made: Moment,
    reports: u64,
    axis: Axis,
    days: Picture,
    bugs: Vec<BugRow>,
    bugs_in_all: u64,
    more_bugs: Option<String>,
    of_further_bugs: u64,
    values: Vec<Values>,
    claims: Vec<Claim>,
    claims_in_all: u64,
    more_claims: Option<String>,
    shares: Vec<SharePair>,
    more_shares: Option<String>,
    usage: Option<Usage>,
    lost: Vec<Loss>,
    notes: &'a [String],
}

impl Page<'_> {
    fn grouped(&self, n: &u64) -> String {
        grouped(*n)
    }

    /// What the page is about.
    fn records(&self) -> &'static str {
        if self.reports > 0 { "crash reports" } else { "usage figures" }
    }

    fn counted(&self, n: &u64, what: &str) -> String {
        counted(*n, what)
    }
}

/// Renders the page. `notes` say what is not counted.
pub(super) fn of(
    chosen: &Chosen,
    findings: &Findings,
    notes: &[String],
    now: Timestamp,
) -> Result<String, Failure> {
    let Chosen { name, program, spans } = chosen;
    let axis = Axis::of(findings.range);
    let (bugs, claims, shares) = (program.ranked(), claims(chosen, findings), &findings.shares);
    let listed: BTreeSet<u64> = bugs.iter().take(LISTED).map(|(fingerprint, _)| *fingerprint).collect();
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        name,
        headline: headline(program, findings),
        made: now.into(),
        reports: program.reports,
        days: axis.picture(&program.days),
        bugs_in_all: bugs.len() as u64,
        more_bugs: more(bugs.len(), "more bug"),
        of_further_bugs: program.of_further_bugs,
        bugs: bugs.into_iter().take(LISTED).map(|bug| tables::bug(program, findings, &axis, bug)).collect(),
        values: tables::values(program, findings),
        claims_in_all: claims.len() as u64,
        more_claims: more(claims.len(), "more thing"),
        claims: claims.into_iter().take(LISTED).map(|claim| Claim::of(claim, &listed)).collect(),
        more_shares: more(shares.len(), "more value"),
        shares: shares.iter().take(LISTED).map(|share| tables::share(program, share, &listed)).collect(),
        usage: Usage::of(spans, findings.runs.as_ref()),
        lost: tables::lost(program),
        notes,
        axis,
    };
    let html =
        page.render().map_err(|error| Failure::Refused(format!("the page cannot be made: {error}")))?;
    Ok(match printable::text(&html) {
        Cow::Borrowed(_) => html,
        Cow::Owned(shown) => shown,
    })
}

/// How many entries are not listed, if any are not.
fn more(all: usize, what: &str) -> Option<String> {
    let more = all.saturating_sub(LISTED);
    (more > 0).then(|| counted(more as u64, what))
}
