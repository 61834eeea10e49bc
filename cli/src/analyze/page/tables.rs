//! The rows of the page's tables.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::days::{Axis, Picture};
use crate::analyze::exact::Tested;
use crate::analyze::findings::Findings;
use crate::analyze::names::{Name, OTHERS};
use crate::analyze::program::{Bug, DIMENSIONS, Program, VERSION};
use crate::analyze::shares::Share;
use crate::analyze::text::claims::{self, value_words};
use crate::analyze::text::versions;
use crate::analyze::versions::in_words;
use crate::view::bars::part;
use crate::view::words::counted;

/// The width of the longest bar of a table, in units of the picture.
const WHOLE: u64 = 1_000;

/// The most values of a dimension that are listed.
const LISTED: usize = 50;

/// A bug and its days.
pub(super) struct BugRow {
    pub(super) fingerprint: String,
    pub(super) title: String,
    pub(super) count: u64,
    pub(super) fatal: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) days: Picture,
}

pub(super) fn bug(
    program: &Program,
    findings: &Findings,
    axis: &Axis,
    (fingerprint, bug): (u64, &Bug),
) -> BugRow {
    let shown = |version: String| in_words(&version).to_owned();
    let (first, last) =
        versions(program, findings, bug).map(|(first, last)| (shown(first), shown(last))).unzip();
    BugRow {
        fingerprint: hex(fingerprint),
        title: bug.title.clone(),
        count: bug.count,
        fatal: bug.fatal,
        first,
        last,
        days: axis.picture(&bug.days),
    }
}

/// A bug that a row is about.
pub(super) struct Of {
    pub(super) fingerprint: String,
    /// Whether the bug is in the table of bugs.
    pub(super) is_listed: bool,
}

impl Of {
    fn new(bug: u64, listed: &BTreeSet<u64>) -> Self {
        Self { fingerprint: hex(bug), is_listed: listed.contains(&bug) }
    }
}

/// What stands out.
pub(super) struct Claim {
    pub(super) of: Option<Of>,
    /// What it is about if it is about no bug.
    pub(super) what: &'static str,
    pub(super) said: String,
    pub(super) p: String,
}

impl Claim {
    pub(super) fn of(claims::Claim { bug, what, said, p }: claims::Claim, listed: &BTreeSet<u64>) -> Self {
        Self { of: bug.map(|bug| Of::new(bug, listed)), what, said, p }
    }
}

/// A share of a bug's reports, and of the other bugs' reports.
pub(super) struct SharePair {
    pub(super) of: Of,
    pub(super) value: String,
    /// Of the bug's reports, and of the others'.
    pub(super) parts: [Part; 2],
}

/// `count` of `of`.
pub(super) struct Part {
    pub(super) count: u64,
    pub(super) of: u64,
    pub(super) percent: String,
    pub(super) width: u64,
}

pub(super) fn share(program: &Program, share: &Tested<Share>, listed: &BTreeSet<u64>) -> SharePair {
    let what = &share.what;
    let (here, elsewhere) = what.parts();
    let one = |count, of, part_of: f64| Part {
        count,
        of,
        percent: format!("{:.0} %", part_of * 100.0),
        width: part(count, of, WHOLE),
    };
    SharePair {
        of: Of::new(what.bug, listed),
        value: value_words(program, what),
        parts: [one(what.count, what.of, here), one(what.elsewhere, what.of_others, elsewhere)],
    }
}

/// Reports by the values of one dimension.
pub(super) struct Values {
    pub(super) dimension: &'static str,
    /// What it is called above the table, and in its first column.
    pub(super) heading: String,
    pub(super) one: String,
    pub(super) rows: Vec<Value>,
    /// How many values are not listed, if any are not, and the number of their reports.
    pub(super) more: Option<String>,
    pub(super) of_more: u64,
    /// Reports of values or bugs beyond the bound.
    pub(super) of_further: u64,
}

pub(super) struct Value {
    /// Empty for a report without an operation.
    pub(super) text: String,
    pub(super) count: u64,
    pub(super) width: u64,
}

impl Values {
    pub(super) fn is_version(&self) -> bool {
        DIMENSIONS.get(VERSION) == Some(&self.dimension)
    }
}

/// Versions, the newest first, then the other dimensions, the most frequent value first. None where there is no report.
pub(super) fn values(program: &Program, findings: &Findings) -> Vec<Values> {
    if program.reports == 0 {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..DIMENSIONS.len()).collect();
    order.sort_by_key(|dimension| *dimension != VERSION);
    order.into_iter().filter_map(|dimension| of_dimension(program, findings, dimension)).collect()
}

fn of_dimension(program: &Program, findings: &Findings, dimension: usize) -> Option<Values> {
    let names = program.names.get(dimension)?;
    let totals = program.totals.get(dimension)?;
    let mut all: Vec<(Name, u64)> = totals.iter().filter(|(name, _)| *name != OTHERS).collect();
    if dimension == VERSION {
        all.sort_by_key(|(name, _)| Reverse(findings.order.place(*name)));
    } else {
        all.sort_by_key(|(name, count)| (Reverse(*count), names.text(*name)));
    }
    let rest = all.split_off(all.len().min(LISTED));
    let most = all.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let row = |(name, count): (Name, u64)| Value {
        text: names.text(name).to_owned(),
        count,
        width: part(count, most, WHOLE),
    };
    let dimension = DIMENSIONS.get(dimension).copied()?;
    let one = if dimension == "os" { "system" } else { dimension };
    Some(Values {
        dimension,
        heading: capital(&format!("{one}s")),
        one: capital(one),
        rows: all.into_iter().map(row).collect(),
        more: (!rest.is_empty()).then(|| counted(rest.len() as u64, &format!("more {one}"))),
        of_more: rest.iter().map(|(_, count)| *count).sum(),
        of_further: totals.of(OTHERS) + program.of_further_bugs,
    })
}

/// Reports lost for one reason.
pub(super) struct Loss {
    pub(super) reason: String,
    pub(super) count: u64,
    pub(super) width: u64,
}

pub(super) fn lost(program: &Program) -> Vec<Loss> {
    let most = program.lost.values().copied().max().unwrap_or(0);
    let loss = |(reason, count): (&String, &u64)| Loss {
        reason: reason.clone(),
        count: *count,
        width: part(*count, most, WHOLE),
    };
    program.lost.iter().map(loss).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn hex(fingerprint: u64) -> String {
    format!("{fingerprint:016x}")
}
