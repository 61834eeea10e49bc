//! Usage spans, and the runs whose starts were counted.

use crate::analyze::dates::date;
use crate::analyze::runs::Runs;
use crate::analyze::spans::Spans;
use crate::analyze::spans::text::{Row, rows, title};
use crate::analyze::text::runs;
use crate::view::words::{counted, grouped};

pub(super) struct Usage {
    pub(super) spans: String,
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
    pub(super) more: Vec<String>,
    pub(super) runs: Option<RunsOfPage>,
}

pub(super) struct RunsOfPage {
    pub(super) title: String,
    /// The starts, the fatal reports, the share of runs without a crash, and the version.
    pub(super) versions: Vec<[String; 4]>,
    pub(super) further: Option<String>,
    /// The day, its starts and its fatal reports.
    pub(super) days: Vec<[String; 3]>,
}

impl Usage {
    /// `None` where there are no spans.
    pub(super) fn of(spans: &Spans, runs: Option<&Runs>) -> Option<Self> {
        let (rows, more) = rows(spans);
        let runs = runs.map(|of| RunsOfPage::of(spans, of));
        let usage = Self { spans: counted(spans.count, "span"), title: title(spans), rows, more, runs };
        (spans.count > 0).then_some(usage)
    }
}

impl RunsOfPage {
    fn of(spans: &Spans, of: &Runs) -> Self {
        let days = of.by_day().map(|(day, starts, fatal)| [date(day), grouped(starts), runs::known(fatal)]);
        Self {
            title: runs::title(of),
            versions: runs::rows(spans, of),
            further: runs::further(of),
            days: days.collect(),
        }
    }
}
