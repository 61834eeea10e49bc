//! All measured rows, in the order of the table.

mod attribute;
mod burst;
mod captures;
mod crashes;
mod leaving;
mod sanitizer;
mod start;
mod weight;
mod words;

use crate::Failure;
use crate::bench::Bench;
use crate::row::Row;

/// Rows that are measured together.
type Group = fn(&Bench) -> Result<Vec<Row>, Failure>;

pub(crate) const GROUPS: &[(&str, Group)] = &[
    ("attribute", attribute::rows),
    ("captures", captures::rows),
    ("sanitizer", sanitizer::rows),
    ("words", words::rows),
    ("leaving", leaving::rows),
    ("burst", burst::rows),
    ("start", start::rows),
    ("weight", weight::rows),
    ("crashes", crashes::rows),
];
